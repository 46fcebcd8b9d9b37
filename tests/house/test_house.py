"""The rules of the house that no linter knows."""

import re
import tomllib
from pathlib import Path

from platforms.registry import NAMES

ROOT = Path(__file__).parents[2]
FLOORS = ("bot", "handlers", "platforms", "models", "sandbox", "locales", "tests", "benchmarks")
#: Every file but the migrations, which alembic writes.
FILES = sorted(
    path for floor in FLOORS for path in (ROOT / floor).rglob("*.py") if path.parts[-3:-1] != ("migrations", "versions")
)
LONGEST = 400
#: Written in pieces, so that this file does not break its own rules.
UNFINISHED = re.compile(
    "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3, "NotImplemented" + "Error", "pragma: no" + " cover"])
)
SWALLOWED = re.compile(r"\bexcept[^:\n]*:\s*(pass|\.\.\.)\s*$|\bexcept" + r":|contextlib\." + "suppress", re.MULTILINE)
PATCHED = re.compile(r"mock\." + "patch|Magic" + r"Mock|monkeypatch\." + "setattr")
SKIPPED_FOREVER = re.compile(r"@pytest\.mark\.(skip|xfail)\b(?!if)")


def broken(rule: re.Pattern[str]) -> list[str]:
    """File and line of what the rule finds."""
    texts = {path: path.read_text(encoding="utf-8") for path in FILES}
    return [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}: {found[0]}"
        for path, text in texts.items()
        for found in rule.finditer(text)
    ]


def test_the_house_is_found() -> None:
    assert len(FILES) > 500


def test_no_file_is_longer_than_a_reader_bears() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_bytes().count(b"\n") for path in FILES}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}, "split them by what they do"


def test_nothing_is_left_unfinished() -> None:
    assert broken(UNFINISHED) == []


def test_no_exception_is_swallowed() -> None:
    assert broken(SWALLOWED) == []


def test_nothing_is_patched() -> None:
    assert broken(PATCHED) == []


def test_no_test_is_skipped_forever() -> None:
    assert broken(SKIPPED_FOREVER) == []


def test_the_look_at_the_files_finds_a_line() -> None:
    here = str(Path(__file__).relative_to(ROOT))
    assert f"{here}:1: " + '"""The rules of the house' in broken(re.compile('^"""The rules of the ' + "house"))


def test_tests_have_no_init_file() -> None:
    assert [str(path) for path in FILES if "tests" in path.parts and path.name == "__init__.py"] == []


def test_platform_folders_have_the_same_files() -> None:
    for folder in (ROOT / "platforms" / platform for platform in NAMES):
        assert {"__init__.py", "adapter.py", "wire.py", "README.md"} <= {path.name for path in folder.iterdir()}


def test_the_lock_names_every_dependency_with_hashes_and_no_address() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert "-index" not in lock
    locked = dict(re.findall(r"^([a-z0-9._-]+(?:\[[a-z,]+\])?)==(.*?)(?=^[a-z]|\Z)", lock, re.MULTILINE | re.DOTALL))
    assert all("--hash=sha256:" in rest for rest in locked.values())
    extras = (asked for group in project["optional-dependencies"].values() for asked in group)
    for asked in [*project["dependencies"], *extras]:
        wanted = re.split(r"[\[<>=!~; ]", asked)[0].lower().replace("_", "-")
        assert wanted in {entry.split("[")[0] for entry in locked}, f"{wanted}: run `make lock`"


def test_every_target_of_the_makefile_is_explained() -> None:
    makefile = (ROOT / "Makefile").read_text()
    declared = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split()
    explained = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    assert sorted(declared) == sorted(explained)


def test_ci_runs_what_developers_run() -> None:
    assert "make check" in (ROOT / ".ci" / "run").read_text()


def test_every_folder_of_tests_is_run_by_the_quick_command_or_is_known_to_be_slow() -> None:
    """`make test` takes pytest's own paths, `make check` the others too, and both run on every landing."""
    quick = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]["testpaths"]
    makefile = (ROOT / "Makefile").read_text()
    named = dict(re.findall(r"^(TRACED|QUICK|SLOW) := (.+)$", makefile, re.MULTILINE))
    assert sorted(Path(path).name for path in quick) == sorted([*named["TRACED"].split(), *named["QUICK"].split()])
    folders = {path.relative_to(ROOT / "tests").parts[0] for path in (ROOT / "tests").rglob("test_*.py")}
    assert sorted(" ".join(named.values()).split()) == sorted(folders)
    pytests = re.findall(r"\$\(PYTEST\) (.*)", makefile[makefile.index("\ncheck:") : makefile.index("\nfix:")])
    assert pytests == ["$(TRACED:%=tests/%) --cov", "$(SLOW:%=tests/%) $(QUICK:%=tests/%)"]
