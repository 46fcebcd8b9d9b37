"""README.md's tables are what the code says; `make docs` writes them anew."""

from pathlib import Path

import pytest

from bot.readme import README, renewed, tables, write


def test_the_readme_has_every_table_as_the_code_has_it() -> None:
    text = README.read_text(encoding="utf-8")
    assert all(f"<!-- table: {name} -->" in text for name in tables())
    assert renewed(text) == text, "run `make docs`"


def test_every_command_and_button_stands_in_its_table_with_who_may_use_it() -> None:
    made = tables()
    assert "| `post [text]` | Draft a post | author |" in made["commands"]
    assert "| `link [CODE]` |" in made["commands"]
    assert "| everybody |" in made["commands"]
    assert "| `take` | Hold a comment, so that nobody answers it twice | moderator |" in made["buttons"]


def test_a_command_without_words_after_it_and_a_bar_in_usage_are_written_well() -> None:
    commands = tables()["commands"]
    assert "| `status` |" in commands
    assert "`language [en \\| it \\| auto]`" in commands


def test_writing_changes_only_what_is_between_the_markers(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("before\n<!-- table: commands -->\nOUTDATED\n<!-- end of table -->\nafter\n")
    assert write(readme)
    text = readme.read_text()
    assert text.startswith("before\n<!-- table: commands -->\n| Command |")
    assert text.endswith("|\n<!-- end of table -->\nafter\n")
    assert "OUTDATED" not in text
    assert not write(readme)


def test_a_table_that_nobody_makes_is_refused() -> None:
    with pytest.raises(KeyError):
        renewed("<!-- table: nonsense --><!-- end of table -->")
