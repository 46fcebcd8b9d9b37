"""Deliveries leave once, in order, and what became of an attempt is known, whoever else is at work."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from handlers.delivery.delivering import PATIENCE
from handlers.desk import Desk
from models.delivery import LEASE, MOST_ATTEMPTS, Delivery, DeliveryState
from models.errors import WrongMoment
from models.lane import Lane
from models.store import Store
from platforms.contract import (
    AccessLost,
    ContentRefused,
    MediaNotReady,
    OutcomeUnknown,
    RateLimited,
    TryLater,
    Unreachable,
)
from support.paper_office import PaperOffice, in_threads

D = DeliveryState
MINUTE = timedelta(minutes=1)


# -- every end of an attempt -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "state", "error"),
    [
        ({"id": "1"}, D.DONE, ""),
        (OutcomeUnknown("the line went dead"), D.UNSURE, "OutcomeUnknown"),
        (ZeroDivisionError(), D.UNSURE, "Bug"),
        (TryLater("busy"), D.WAITING, "TryLater"),
        (RateLimited("slowly", MINUTE), D.WAITING, "RateLimited"),
        (ContentRefused("no"), D.FAILED, "ContentRefused"),
    ],
)
@pytest.mark.parametrize("lane", ["account:acme", "slack:C1"])
def test_an_attempt_ends_as_its_outcome_says(
    office: PaperOffice, outcome: object, state: DeliveryState, error: str, lane: str
) -> None:
    office.courier.sends = [outcome]
    row = office.attempt(number := office.wants(lane))
    assert (row.state, row.error, row.attempts) == (state, error, 1)
    assert office.courier.ends == [(number, state.value, False)]
    assert office.due() == []


@pytest.mark.parametrize(
    ("outcome", "state", "attempts"),
    [
        (lambda: None, D.DONE, 1),
        (WrongMoment("P1 changed"), D.FAILED, 1),
        (ContentRefused("no"), D.FAILED, 1),
        (TryLater("its card is not there", timedelta(seconds=1)), D.WAITING, 0),
        (ZeroDivisionError(), D.WAITING, 1),
    ],
)
def test_what_cannot_be_made_ready_does_not_leave(
    office: PaperOffice, outcome: object, state: DeliveryState, attempts: int
) -> None:
    office.courier.packs = [outcome]
    row = office.attempt(office.wants())
    assert (row.state, row.attempts) == (state, attempts)
    assert office.courier.sent == []
    assert len(office.courier.ends) == (state != D.WAITING)


def test_what_is_not_waiting_or_not_due_is_not_attempted(office: PaperOffice) -> None:
    later, done = office.wants(due_at=office.now + MINUTE), office.wants(state=D.DONE)
    assert [office.deliverer.attempt(number, "w") for number in (later, done, 999)] == [False] * 3
    assert office.courier.sent == []


def test_nothing_waits_for_ever_for_what_must_be_there_before_it(office: PaperOffice) -> None:
    number = office.wants(created_at=office.now - PATIENCE - MINUTE)
    office.courier.packs = [TryLater("its card is not there")]
    assert office.attempt(number).state == D.FAILED


def test_what_a_network_keeps_postponing_fails_in_the_end_and_is_told(office: PaperOffice) -> None:
    number = office.wants(attempts=MOST_ATTEMPTS - 1)
    office.courier.sends = [Unreachable("down")]
    assert office.attempt(number).state == D.FAILED
    assert office.courier.ends == [(number, "failed", False)]


def test_what_is_for_a_chat_outlasts_an_outage_of_hours(office: PaperOffice) -> None:
    number = office.wants("slack:C1", attempts=MOST_ATTEMPTS + 5, created_at=office.now - timedelta(hours=8))
    office.courier.sends = [Unreachable("down"), Unreachable("down")]
    assert office.attempt(number).state == D.WAITING
    office.now += PATIENCE
    assert office.attempt(number).state == D.FAILED


def test_one_message_that_its_chat_cannot_take_does_not_hold_the_room_for_a_day(office: PaperOffice) -> None:
    number = office.wants("slack:C1", attempts=MOST_ATTEMPTS)
    office.courier.sends = [MediaNotReady("the picture is not ready")]
    assert office.attempt(number).state == D.FAILED


def test_a_chat_that_refuses_its_token_is_no_account_and_holds_nothing(office: PaperOffice) -> None:
    office.courier.sends = [AccessLost("revoked")]
    assert office.attempt(office.wants("slack:C1")).state == D.FAILED


def test_a_bug_in_the_telling_does_not_undo_what_is_known(office: PaperOffice) -> None:
    def follows(desk: Desk, delivery: Delivery) -> tuple[()]:
        desk.add(Lane(name="half a change", not_before=office.now))
        raise ZeroDivisionError

    office.courier.on_end = follows
    assert office.attempt(office.wants()).state == D.DONE
    with office.store.read() as session:
        assert session.get(Lane, "half a change") is None


@pytest.mark.parametrize("when", ["packs", "finds"])
def test_the_trouble_of_the_database_costs_a_delivery_nothing(office: PaperOffice, when: str) -> None:
    trouble = OperationalError("UPDATE", {}, Exception("deadlock detected"))
    if when == "packs":
        office.courier.packs, number = [trouble], office.wants()
        with pytest.raises(OperationalError):
            office.attempt(number)
        assert office.due() == [number]
        assert office.row(number).attempts == 0
    else:
        office.courier.finds, number = [trouble], office.unsure()
        with pytest.raises(OperationalError):
            office.settle(number)
        assert office.row(number).state == D.UNSURE
        office.now += LEASE
        assert office.settler.unsure() == [(number, "account:acme")]


def test_a_lane_that_another_worker_has_claimed_is_left_to_it(office: PaperOffice) -> None:
    number = office.wants()
    office.wants(state=D.SENDING, lease_until=office.now + LEASE)
    assert not office.deliverer.attempt(number, "late")
    assert office.row(number).state == D.WAITING


# -- at the same time --------------------------------------------------------------------------------------------------


def test_many_threads_attempt_nothing_twice(both: PaperOffice) -> None:
    numbers = [both.wants(f"account:{n % 4}") for n in range(12)]

    def work() -> None:
        while due := both.due():
            for number in due:
                both.deliverer.attempt(number, threading.current_thread().name)

    in_threads(6, work)
    assert {both.row(number).state for number in numbers} <= {D.DONE}
    assert set(Counter(both.courier.sent).values()) == {1}


def test_a_late_result_of_a_lost_row_is_refused(office: PaperOffice) -> None:
    def late() -> dict[str, str]:
        office.settler.reap(all_of_them=True)
        return {"id": "1"}

    office.courier.sends = [late]
    row = office.attempt(office.wants())
    assert (row.state, row.result, row.error) == (D.UNSURE, {}, "Interrupted")


def test_a_worker_that_lost_its_row_does_not_go_on(office: PaperOffice) -> None:
    def late() -> dict[str, str]:
        assert office.courier.progress
        office.courier.progress.save("part 1", "100")
        office.settler.reap(all_of_them=True)
        office.courier.progress.save("part 2", "101")
        return {"id": "1"}

    office.courier.sends = [late]
    row = office.attempt(office.wants())
    assert (row.state, row.progress) == (D.UNSURE, {"part 1": "100"})
    assert office.courier.progress
    assert office.courier.progress.load("part 1") == "100"
    assert office.courier.progress.load("part 2") is None


def test_a_deadlock_at_the_end_of_a_delivery_loses_nothing_of_what_follows(migrated_postgres: str) -> None:
    store = Store(migrated_postgres)
    office = PaperOffice(store)
    number = office.wants()
    with store.write() as session:
        session.add(Lane(name="post", not_before=office.now))
    held, begun = threading.Event(), threading.Event()

    def member() -> None:
        with store.write() as session:
            session.get(Lane, "post", with_for_update=True)
            held.set()
            begun.wait(10)
            threading.Event().wait(0.5)  # so that the other one waits first, and is the one to be given up
            session.get(type(office.row(number)), number, with_for_update=True)

    pressing = threading.Thread(target=member)

    def follows(desk: object, _delivery: object) -> tuple[()]:
        begun.set()
        desk.session.get(Lane, "post", with_for_update=True)  # type: ignore[attr-defined]
        return ()

    def sends() -> dict[str, str]:
        pressing.start()
        held.wait(10)
        return {"id": "1"}

    office.courier.sends, office.courier.on_end = [sends], follows
    assert office.attempt(number).state == D.DONE
    pressing.join(30)
    assert office.courier.ends == [(number, "done", False)]
    store.close()


# -- leases ------------------------------------------------------------------------------------------------------------


def test_a_lease_is_renewed_by_its_holder_only(office: PaperOffice) -> None:
    number = office.wants(state=D.SENDING, lease_by="me", lease_until=office.now)
    office.deliverer.renew([], "me", LEASE)
    office.deliverer.renew([office.row(number).lane], "somebody else", LEASE)
    assert office.row(number).lease_until == office.now
    office.deliverer.renew([office.row(number).lane], "me", LEASE)
    assert office.row(number).lease_until == office.now + LEASE


def test_evidence_counts_from_the_end_of_an_attempt_however_long_it_took(office: PaperOffice) -> None:
    def slow_upload() -> OutcomeUnknown:
        office.now += 3 * MINUTE
        return OutcomeUnknown("the line went dead")

    number = office.wants()
    office.courier.sends = [slow_upload]
    row = office.attempt(number)
    assert row.check_at == office.now + office.courier.earliest
    office.now += timedelta(seconds=1)
    assert office.settler.unsure() == []
    assert len(office.courier.sent) == 1
