"""Boosts of a desk of an earlier version: what was agreed runs on, what was half agreed is decided, to the cent."""

from datetime import timedelta
from typing import Any

import requests
from sqlmodel import select

from models.ledger import Entry
from support.app_bench import AppBench
from support.patience import PATIENCE
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
    books = requests.get(f"{networks[1].address}/_/books", timeout=PATIENCE).json()["campaigns"]
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
    desk.asked("Ada", "boost B1")
    desk.click("Ada", "Stop", "B1")
    desk.wait(timedelta(days=4), 3)
    books, sums = campaigns(networks, older), ledger(desk)
    assert (books["B1"]["status"], books["B2"]["spent"], books["B3"]["spent"]) == ("PAUSED", 6000, 4500)
    assert sums["book"] == sums["reserve"] - sums["release"] == sum(campaign["spent"] for campaign in books.values())
    for code, end in (("B1", "· Stopped"), ("B2", "· Ended"), ("B3", "· Ended")):
        desk.asked("Ada", f"boost {code}")
        assert end in desk.shown(code)


def test_an_extension_that_waits_is_refused_and_no_money_moves(desk: AppBench, older: Older) -> None:
    desk.asked("Chiara", "boost B2")
    desk.click("Chiara", "Refuse", "B2")
    desk.fill("Chiara")
    assert ledger(desk) == older.contents["ledger"]
    desk.asked("Chiara", "boost B2")
    assert "Extend" in [button.label for _, button in desk.drawn("slack") if button.subject == "B2"]
