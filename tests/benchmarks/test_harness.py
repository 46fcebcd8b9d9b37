"""Every benchmark still runs, at a size whose figures mean nothing; none of them is a timed test."""

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks import ack, burst, load, machine, report, rest, sweep
from benchmarks.common import ROOT, Failed, Figures, Size, children, part, spread, wait_until
from support.programs import program

TINY = Size(scale=0.001, rounds=1)

pytestmark = pytest.mark.timeout(600)  # it starts many processes; none of them is waited for by a clock


def kept(name: str, found: Figures, folder: Path) -> str:
    """The page after the part was kept there."""
    told = {"at": "2026-01-01 00:00 UTC", "scale": 0.001, "rounds": 1, "seconds": 1, "machine": {"cores": "2"}}
    bench.keep(name, {**told, "found": found}, folder)
    assert (folder / "benchmarks" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    return (folder / "benchmarks.md").read_text()


def test_acknowledgements_are_timed_over_both_transports(tmp_path: Path) -> None:
    found = ack.measure(TINY, cases=[("http", "button", 2), ("socket", "command", 2)])
    assert [set(case["figures"]) for case in found["cases"]] == [set(ack.CONTENDERS)] * 2
    assert all(f["p99 ms"]["median"] > 0 for case in found["cases"] for f in case["figures"].values())
    assert "| socket | command | 2 |" in kept("ack", found, tmp_path)


def test_the_sweep_is_timed_beside_every_other(tmp_path: Path) -> None:
    found = sweep.measure(TINY)
    assert set(found["contenders"]) == set(sweep.CONTENDERS)
    assert "APScheduler 3, SQLAlchemyJobStore, SQLite" in kept("sweep", found, tmp_path)


@pytest.mark.parametrize("among", [("bare", "sqlite"), ("postgresql", "workers2"), ("procrastinate",), ("celery",)])
def test_a_burst_leaves_to_its_last_post(among: tuple[str, ...], tmp_path: Path) -> None:
    if "celery" in among:
        program("redis-server")
    found = burst.measure(TINY, among)
    assert found["contenders"].keys() == set(among)
    assert {one["reason"] for one in found["missing"].values()} == {"not asked for in this run"}
    assert all(one.get("not done", {"max": 0})["max"] == 0 for one in found["contenders"].values())
    assert all(burst.CONTENDERS[key].name in kept("burst", found, tmp_path) for key in among)


def test_events_and_comments_are_stored_once_on_both_databases(tmp_path: Path) -> None:
    told = bench.run("intake", TINY)
    assert "| signed webhooks |" in kept("intake", told["found"], tmp_path)
    assert told["machine"].keys() == machine.description().keys()


def test_a_desk_is_started_until_it_is_ready(tmp_path: Path) -> None:
    found = rest.measure(TINY, ("sqlite", "sqlite stored"))
    assert all(desk["MiB"]["median"] > 0 for desk in found["desks"].values())
    assert rest.DESKS["sqlite stored"] in kept("rest", found, tmp_path)


def test_a_desk_at_rest_is_counted(tmp_path: Path) -> None:
    found = load.measure(TINY, ("sqlite meta",))
    (desk,) = found["desks"].values()
    assert desk["transactions"]["median"] > 0
    assert load.DESKS["sqlite meta"] in kept("load", found, tmp_path)


def test_a_part_that_is_measured_anew_leaves_the_others_and_what_missed_is_marked(tmp_path: Path) -> None:
    cost = {"median": 1.0, "min": 1.0, "max": 1.0}
    names = {"name": "Bottega, SQLite", "ms": [cost, cost, cost]}
    swept = {"counts": [1, 2, 3], "due": 1, "contenders": {"sqlite": {**names, "ratio": 1.3}}}
    kept("sweep", swept, tmp_path)
    late = {"name": "new desk, SQLite", "ready s": cost, "MiB": cost}
    page = kept("rest", {"stored": 1, "desks": {"sqlite": late}}, tmp_path)
    assert "| 1.30 | **missed** |" in page
    assert "new desk, SQLite" in page
    assert set(json.loads((tmp_path / "benchmarks" / "results.json").read_text())["parts"]) == {"sweep", "rest"}


def test_the_page_in_docs_is_what_the_results_say() -> None:
    results, page = ROOT / "docs" / "benchmarks" / "results.json", ROOT / "docs" / "benchmarks.md"
    assert results.exists() == page.exists()
    if results.exists():
        plots = bench.plots_in(results.parent)
        assert report.page(json.loads(results.read_text()), plots) == page.read_text(), "run `make bench`"


def test_a_part_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench.main(["brust"])
    assert "there is no part brust" in capsys.readouterr().err


def test_a_process_that_dies_fails_the_measurement() -> None:
    with pytest.raises(Failed, match="KeyError: 'nonsense'"), children() as start:
        start("burst_others", "nonsense", "", 1, 1).hear()


def test_figures_are_the_median_with_the_least_and_the_most() -> None:
    assert spread([{"ms": 3.0}, {"ms": 1.0}, {"ms": 2.0}]) == {"ms": {"median": 2.0, "min": 1.0, "max": 3.0}}
    assert part([float(n) for n in range(100)], 0.99) == 99.0
    wait_until(lambda: 1.0, 1.0, "what is there")
    with pytest.raises(Failed, match="no round was measured"):
        spread([])
