"""Processes that race for the same rows and lanes, on both databases: each row once, no lane by two, no dead heard."""

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from models.delivery import LEASE, Delivery, DeliveryState
from models.store import Store
from support.paper_office import PaperOffice
from support.racers import appears, ended, pausing, race, started

D = DeliveryState
PROCESSES, LANES, ROWS = 4, 3, 24


@pytest.fixture
def office(both: PaperOffice) -> PaperOffice:
    return both


def test_processes_that_race_send_each_row_once_and_share_no_lane(office: PaperOffice, tmp_path: Path) -> None:
    numbers = [office.wants(f"account:{n % LANES}") for n in range(ROWS)]
    log = tmp_path / "sent"
    ended(*[started(race, office.store.url, str(log)) for _ in range(PROCESSES)])
    lines = [line.split() for line in log.read_text().splitlines()]
    rows = [office.row(number) for number in numbers]
    assert {(row.state, row.attempts, row.fence) for row in rows} == {(D.DONE, 1, 1)}
    assert Counter(key for what, _lane, key in lines if what == "begin") == Counter(row.key for row in rows)
    for lane in {row.lane for row in rows}:
        told = [(what, key) for what, its, key in lines if its == lane]
        wanted = [row.key for row in rows if row.lane == lane]
        assert told == [(what, key) for key in wanted for what in ("begin", "end")], "one at a time, in order"


def test_a_process_that_slept_through_its_lease_is_not_believed(office: PaperOffice, tmp_path: Path) -> None:
    number, ready = office.wants(due_at=office.now), tmp_path / "ready"
    sleeper = started(pausing, office.store.url, number, str(ready))
    try:
        appears(ready)
        os.kill(sleeper.pid, signal.SIGSTOP)
        office.now += LEASE
        assert office.settler.reap() == 1
        assert office.row(number).state == D.UNSURE
        office.now += office.courier.earliest
        office.settle(number)
        office.now += office.courier.earliest
        assert office.settle(number).state == D.WAITING, "the network knows nothing of it"
        assert office.attempt(number).state == D.DONE
        (tmp_path / "ready.on").touch()
    finally:
        os.kill(sleeper.pid, signal.SIGCONT)
    ended(sleeper)
    row = office.row(number)
    assert (row.state, row.fence, row.attempts) == (D.DONE, 2, 2)
    assert row.result == {"sent": row.key}, "not what the sleeper said"


def test_what_is_behind_a_row_that_somebody_holds_does_not_overtake_it(migrated_postgres: str) -> None:
    store = Store(migrated_postgres)
    office = PaperOffice(store)
    lane = "slack:C1"
    first, held, last = (office.wants(lane) for _ in range(3))
    with store.write() as session:
        assert session.get(Delivery, held, with_for_update=True)  # as who draws a card anew does
        office.deliverer.attempt(first, "bench", lambda: True)
        assert [office.row(number).state for number in (first, held, last)] == [D.DONE, D.WAITING, D.WAITING]
    office.deliverer.attempt(held, "bench", lambda: True)
    assert [office.row(number).state for number in (first, held, last)] == [D.DONE, D.DONE, D.DONE]
    store.close()
