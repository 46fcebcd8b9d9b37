"""The rules of the house that no linter knows."""

import re
import tomllib
from pathlib import Path

import pytest

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


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_house_is_found() -> None:
    assert len(FILES) > 20


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_is_short_finished_and_swallows_nothing(path: Path) -> None:
    text = path.read_text()
    assert text.count("\n") <= LONGEST, "split it by what it does"
    for rule in (UNFINISHED, SWALLOWED, PATCHED, SKIPPED_FOREVER):
        found = rule.search(text)
        assert not found, found


@pytest.mark.parametrize("path", [path for path in FILES if "tests" in path.parts], ids=name)
def test_tests_have_no_init_file(path: Path) -> None:
    assert path.name != "__init__.py"


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
