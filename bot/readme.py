"""Writes the tables of README.md that are drawn from the code: `python -m bot.readme`, or `make docs`."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from handlers.registry import Entry, load
from platforms.table import rows as platform_rows

README = Path(__file__).parent.parent / "README.md"


def tables() -> dict[str, str]:
    """Every table by the name between its markers, as Markdown."""
    registry = load()
    commands = (
        (f"`{entry.verb} {entry.usage}`".replace(" `", "`"), entry.help_line, _who(entry))
        for entry in registry.commands.values()
    )
    buttons = ((f"`{entry.verb}`", entry.help_line, _who(entry)) for entry in registry.buttons.values())
    return {
        "commands": _table(("Command", "What it does", "Who may"), commands),
        "buttons": _table(("Button", "What it does", "Who may"), buttons),
        "platforms": _lines(platform_rows()),
    }


def renewed(text: str) -> str:
    """The text with every table between its markers as the code has it. Raises KeyError for a table nobody makes."""
    made = tables()

    def table(found: re.Match[str]) -> str:
        return f"{found[1]}\n{made[found[2]]}\n{found[3]}"

    return re.sub(r"(<!-- table: (\w+) -->).*?(<!-- end of table -->)", table, text, flags=re.DOTALL)


def write(readme: Path) -> bool:
    """Bring the file's tables up to date; returns whether anything changed."""
    before = readme.read_text(encoding="utf-8")
    after = renewed(before)
    readme.write_text(after, encoding="utf-8")
    return after != before


def _who(entry: Entry) -> str:
    return "everybody" if entry.strangers else entry.role.value if entry.role else "members"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return _lines([head, *sorted(rows)])


def _lines(rows: Sequence[tuple[str, ...]]) -> str:
    lines = [rows[0], tuple("---" for _ in rows[0]), *rows[1:]]
    return "\n".join(f"| {' | '.join(_cell(words) for words in line)} |" for line in lines)


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


if __name__ == "__main__":
    write(README)
