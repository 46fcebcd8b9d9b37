"""Boosts of a desk of an earlier version: what was agreed runs on, what was half agreed is decided, to the cent."""

from datetime import timedelta
from typing import Any

import requests
from sqlmodel import select

from models.ledger import Entry
from support.app_bench import AppBench
from support.stage import Stage
from updates.conftest import Older

HOUR = timedelta(hours=1)
Networks = tuple[Stage, Stage]


def ledger(desk: AppBench) -> dict[str, int]:
    """The sums of the ledger's movements."""
    sums: dict[str, int] = {}
    with desk.app.store.read() as session:
        for entry in session.exec(select(Entry)).all():
            sums[entry.kind] = sums.get(entry.kind, 0) + entry.amount
    return sums


def campaigns(networks: Networks, older: Older) -> dict[str, dict[str, Any]]:
    """The network's own books, by the code of the boost."""
    books = requests.get(f"{networks[1].address}/_/books", timeout=10).json()["campaigns"]
    made = {boost["made"]["campaign"]: code for code, boost in older.contents["boosts"].items()}
    return {made[campaign["id"]]: campaign for campaign in books}


def budgets(networks: Networks, older: Older) -> dict[str, int]:
    """What each may spend in all, as the network has it."""
    ordered = {boost["made"]["ad"]: code for code, boost in older.contents["boosts"].items()}
    shown = networks[1].state()["ads"]["boosts"]
    return {ordered[row["ad"]]: int(row["lifetime_budget"]) for row in shown}


def test_extensions_are_decided_and_ordered_and_the_money_is_neither_lost_nor_doubled(
    desk: AppBench, networks: Networks, older: Older
) -> None:
    assert ledger(desk) == older.contents["ledger"]
    for _ in range(4):
        desk.wait(timedelta(minutes=3))  # the answer to the third's extension was lost: it is told again
    assert budgets(networks, older) == {"B1": 3000, "B2": 3000, "B3": 4500}
    assert ledger(desk)["reserve"] == older.contents["ledger"]["reserve"]
    desk.asked("Chiara", "boost B2")
    desk.click("Chiara", "Approve", "B2")
    assert budgets(networks, older) == {"B1": 3000, "B2": 6000, "B3": 4500}, "the voice given before counts"
    assert ledger(desk)["reserve"] == older.contents["ledger"]["reserve"] + 3000
    desk.wait(timedelta(days=3), 3)
    desk.wait(timedelta(days=2), 3)
    books, sums = campaigns(networks, older), ledger(desk)
    assert {code: campaign["spent"] for code, campaign in books.items()} == {"B1": 3000, "B2": 6000, "B3": 4500}
    assert sums["book"] == sums["reserve"] - sums.get("release", 0) == 13500
    for code in books:
        desk.asked("Ada", f"boost {code}")
        assert "· Ended" in desk.shown(code)


def test_an_extension_that_waits_is_refused_and_what_runs_is_stopped(
    desk: AppBench, networks: Networks, older: Older
) -> None:
    desk.asked("Chiara", "boost B2")
    desk.click("Chiara", "Refuse", "B2")
    desk.fill("Chiara")
    assert ledger(desk) == older.contents["ledger"]
    for code in ("B1", "B2", "B3"):
        desk.asked("Ada", f"boost {code}")
        desk.click("Ada", "Stop", code)
    desk.wait(timedelta(minutes=10), 4)
    assert {campaign["status"] for campaign in campaigns(networks, older).values()} == {"PAUSED"}
    desk.wait(timedelta(days=2), 4)
    sums, books = ledger(desk), campaigns(networks, older)
    spent = sum(campaign["spent"] for campaign in books.values())
    assert sums["book"] == sums["reserve"] - sums["release"] == spent
