"""An older process meets kinds of deliveries that it does not know, while a desk is updated: it leaves them alone."""

from datetime import timedelta

import pytest

from models.delivery import Delivery, DeliveryState
from support.bench import DeskBench
from support.paper_office import PaperOffice
from support.posts import approved

D = DeliveryState
LANES = ["account:acme", "slack:C1"]


@pytest.fixture
def office(both: PaperOffice) -> PaperOffice:
    return both


def newer(office: PaperOffice) -> None:
    """The process is the newer one from now on."""
    office.couriers["tomorrow"] = office.courier


@pytest.mark.parametrize("lane", LANES)
def test_what_waits_is_neither_claimed_nor_failed_and_keeps_nothing_waiting(office: PaperOffice, lane: str) -> None:
    unknown, known = office.wants(lane, kind="tomorrow"), office.wants(lane)
    for _ in range(20):
        assert office.due() == [known]
        assert not office.deliverer.attempt(unknown, "a job that the newer process made")
        office.now += timedelta(hours=2)
    row = office.row(unknown)
    assert (row.state, row.attempts, row.fence, row.error) == (D.WAITING, 0, 0, "")
    assert office.attempt(known).state == D.DONE
    newer(office)
    assert office.due() == [unknown]
    assert office.attempt(unknown).state == D.DONE


def test_what_is_behind_it_in_its_lane_follows_at_once(office: PaperOffice) -> None:
    first, unknown, third = office.wants(), office.wants(kind="tomorrow"), office.wants()
    office.deliverer.attempt(first, "bench", lambda: True)
    assert [office.row(number).state for number in (first, unknown, third)] == [D.DONE, D.WAITING, D.DONE]


@pytest.mark.parametrize("lane", LANES)
def test_what_is_unsure_is_not_looked_up_nor_given_up(office: PaperOffice, lane: str) -> None:
    unknown = office.unsure(lane, kind="tomorrow")
    for _ in range(20):
        assert office.settler.unsure() == []
        assert office.settle(unknown).state == D.UNSURE
        office.now += timedelta(hours=2)
    assert office.row(unknown).checks == 0
    newer(office)
    assert office.settler.unsure() == [(unknown, lane)]
    assert office.settle(unknown).state != D.UNSURE


def test_what_a_newer_process_died_over_is_unsure_until_one_knows_it(office: PaperOffice) -> None:
    unknown = office.wants(kind="tomorrow", state=D.SENDING, lease_until=office.now - timedelta(minutes=1), fence=1)
    office.settler.reap()
    assert office.settle(unknown).state == D.UNSURE
    newer(office)
    office.now += timedelta(minutes=5)
    assert office.settle(unknown).state == D.WAITING, "it was certainly not there"


def test_what_is_held_stays_held_and_the_rest_is_released(bench: DeskBench) -> None:
    code = approved(bench)
    bench.say("Bruno", "stop everything")
    bench.say("Bruno", f"schedule {code} in 5 minutes")
    with bench.store.write() as session:
        for state in (D.HELD, D.FAILED, D.UNSURE, D.WAITING):
            row = Delivery(
                kind="tomorrow", lane="account:acme", state=state.value, due_at=bench.now, created_at=bench.now
            )
            row.subject, row.error = code, "Stopped"
            session.add(row)
    bench.wait(timedelta(minutes=6))
    assert bench.deliveries()[0].state == D.HELD
    for typed in ("held", "status", "queue", f"open {code}", f"log {code}", "home"):
        bench.say("Bruno", typed)
    bench.say("Bruno", "resume everything")
    bench.wait(timedelta(minutes=1))
    assert len(bench.public()) == 1
    assert [row.state for row in bench.deliveries("tomorrow")] == [D.HELD, D.FAILED, D.UNSURE, D.WAITING]
