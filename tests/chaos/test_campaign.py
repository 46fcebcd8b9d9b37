"""The short campaign: a few seeds in both settings, and every promise holds at their end."""

import tempfile
from pathlib import Path

import pytest

from chaos import campaign, seed
from chaos.page import ACCOUNTS
from chaos.plan import DISTRIBUTED, EMBEDDED, SETTINGS, SPAN, plan
from support.postgres import running_server

#: Chosen for what they meet: kills, storms, cut streams, a locked or stopped database, clocks that jump, Meta's errors.
SHORT = ((778, EMBEDDED), (339, DISTRIBUTED), (600, DISTRIBUTED))


def survived(number: int, setting: str, tmp_path: Path) -> seed.Result:
    given = plan(number, setting)
    # A socket's path may have at most 107 bytes: pytest's own folders are too deep for what the plan starts.
    with tempfile.TemporaryDirectory(prefix="chaos") as folder:
        if setting == EMBEDDED:
            return seed.run(given, Path(folder) / "seed", None, tmp_path)
        with running_server() as server:
            return seed.run(given, Path(folder) / "seed", server, tmp_path)


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("number", "setting"), SHORT, ids=[str(number) for number, _ in SHORT])
def test_every_promise_holds_after_the_storm(number: int, setting: str, tmp_path: Path) -> None:
    result = survived(number, setting, tmp_path)
    assert not result.violations, "\n".join([str(result.plan), *result.violations, f"kept in {result.kept}"])
    assert sum(result.struck.values()) + sum(result.left_out.values()) >= len(result.plan.strikes)
    assert result.published + result.asked >= len(ACCOUNTS) * result.posts
    assert sum(result.boosts.values()) == len(result.plan.boosts)


@pytest.mark.parametrize("number", range(40))
def test_the_same_seed_is_the_same_plan(number: int) -> None:
    first, second = plan(number), plan(number)
    assert first == second
    assert first.setting == SETTINGS[number % 2]
    assert all(0 < strike.at <= SPAN for strike in first.strikes)
    assert str(first) == str(second)


def test_every_kind_of_fault_is_met_within_forty_seeds() -> None:
    met = {setting: {s.kind for n in range(40) for s in plan(n, setting).strikes} for setting in SETTINGS}
    assert {"database locked", "disk full"} <= met[EMBEDDED] - met[DISTRIBUTED]
    assert {"database stopped", "database connections cut", "one clock ahead"} <= met[DISTRIBUTED] - met[EMBEDDED]
    assert len(met[EMBEDDED]) == 23
    assert len(met[DISTRIBUTED]) == 24


def test_a_table_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Page\n\nWords.\n")
    for seconds in (1, 2):
        result = seed.Result(plan(seconds), seconds=seconds)
        campaign.rewrite(page, campaign.markdown([result]), f"{seconds} of 40 seeds.")
    text = page.read_text()
    assert text.startswith("# Page\n\nWords.\n\n## The last long run\n\n2 of 40 seeds.\n")
    assert (text.count("| seconds |"), "1 of 40" in text) == (1, False)
