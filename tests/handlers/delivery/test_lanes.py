"""What leaves for one account, or one room, leaves in order, and waits where a network or chat says so."""

import threading
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from models.delivery import LEASE, MOST_ATTEMPTS, Delivery, DeliveryState
from models.lane import Lane, hold
from models.store import Store
from platforms.contract import QuotaSpent, RateLimited, Unreachable
from support.paper_office import PaperOffice

D = DeliveryState
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("lane", ["account:acme", "slack:C1"])
def test_a_rate_limit_holds_the_whole_lane_and_its_order(office: PaperOffice, lane: str) -> None:
    first, second = office.wants(lane), office.wants(lane)
    office.courier.sends = [RateLimited("slowly", MINUTE)]
    office.attempt(first)
    assert office.due() == []
    office.now += MINUTE
    assert office.due() == [first]
    office.attempt(first)
    assert office.due() == [second]


def test_a_quota_that_is_used_up_holds_what_is_of_its_kind_and_nothing_else(both: PaperOffice) -> None:
    for kind in ("post", "reply"):
        both.couriers[kind] = both.courier
    first, second = both.wants(kind="post"), both.wants(kind="post")
    other, elsewhere = both.wants(kind="reply"), both.wants("account:other", kind="post")
    both.courier.sends = [QuotaSpent("50 posts a day", MINUTE)]
    both.attempt(first)
    assert both.due() == [other, elsewhere]
    assert not both.deliverer.attempt(second, "looked before")
    assert both.deliverer.attempt(other, "w", lambda: True), "nor is what waits claimed behind what goes on"
    assert [both.row(n).state for n in (first, second, other)] == [D.WAITING, D.WAITING, D.DONE]
    both.now += MINUTE
    assert both.due() == [first, elsewhere], "it has kept its place"
    both.attempt(first)
    assert both.due() == [second, elsewhere]


def test_a_quota_that_is_used_up_is_waited_for_as_long_as_it_takes(office: PaperOffice) -> None:
    number = office.wants()
    for _ in range(2 * MOST_ATTEMPTS):
        office.courier.sends = [QuotaSpent("50 posts a day", MINUTE)]
        assert office.attempt(number).state == D.WAITING
        office.now += MINUTE
    assert office.attempt(number).state == D.DONE


def test_a_worker_that_looked_before_a_silence_began_claims_nothing_in_it(office: PaperOffice) -> None:
    number = office.wants()
    office.courier.sends = [RateLimited("slowly", MINUTE)]
    office.attempt(number)
    assert not office.deliverer.attempt(number, "looked before")
    assert (office.row(number).state, office.row(number).attempts) == (D.WAITING, 1)
    office.now += MINUTE
    assert office.attempt(number).state == D.DONE


def test_a_worker_that_waited_for_the_lane_learns_of_its_silence(migrated_postgres: str) -> None:
    store = Store(migrated_postgres)
    office = PaperOffice(store)
    first = office.wants(state=D.SENDING, lease_until=office.now + LEASE)
    second, came = office.wants(), list[bool]()
    claiming = threading.Thread(target=lambda: came.append(office.deliverer.attempt(second, "late")))
    with store.write() as session:
        delivery = session.get(Delivery, first)
        assert delivery
        delivery.postpone("RateLimited", "slowly", office.now)
        session.flush()
        claiming.start()
        _blocked(store)
        hold(session, delivery.lane, office.now + MINUTE)
    claiming.join(60)
    assert came == [False]
    assert (office.row(second).state, office.row(second).attempts) == (D.WAITING, 0)
    store.close()


def _blocked(store: Store) -> None:
    """Wait until somebody waits for a lock in this database."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(600):
        with store.read() as session:
            if session.connection().execute(waiting).scalar_one():
                return
        threading.Event().wait(0.1)
    raise AssertionError("nobody waits")


def test_on_an_account_only_what_fails_waits_and_in_a_room_everything_does(office: PaperOffice) -> None:
    numbers = {lane: [office.wants(lane), office.wants(lane)] for lane in ("account:acme", "slack:C1")}
    office.courier.sends = [Unreachable("down"), Unreachable("down")]
    for first, _second in numbers.values():
        office.attempt(first)
    assert office.due() == [numbers["account:acme"][1]]
    office.now += MINUTE
    assert numbers["slack:C1"][0] in office.due()


def test_what_is_due_behind_is_claimed_with_the_end_of_the_one_before_as_long_as_wanted(office: PaperOffice) -> None:
    first, second, third = (office.wants() for _ in range(3))
    other, later = office.wants("account:other"), office.wants(due_at=office.now + MINUTE)
    more, steps = iter([True, False]), list[str]()
    office.steps = steps.append
    assert office.deliverer.attempt(first, "w", lambda: next(more))
    assert [office.row(n).state for n in (first, second, third, other, later)] == [D.DONE, D.DONE, *[D.WAITING] * 3]
    assert steps == [f"{step}:paper" for step in ("claimed", "sent", "recorded") * 2]


def test_behind_what_holds_its_lane_nothing_is_claimed(office: PaperOffice) -> None:
    first, second = office.wants(), office.wants()
    office.courier.sends = [RateLimited("slowly", MINUTE)]
    assert office.deliverer.attempt(first, "w", lambda: True)
    assert (office.row(first).state, office.row(second).state) == (D.WAITING, D.WAITING)


def test_what_need_not_leave_is_no_end_of_the_row(office: PaperOffice) -> None:
    first, second = office.wants(), office.wants()
    office.courier.packs = [None]
    assert office.deliverer.attempt(first, "w", lambda: True)
    assert (office.row(first).state, office.row(second).state) == (D.DONE, D.DONE)
    assert len(office.courier.sent) == 1


def test_what_another_worker_claims_behind_what_did_not_leave_is_left_to_it(office: PaperOffice) -> None:
    first, second = office.wants(), office.wants()
    office.courier.packs = [None]
    theirs = partial(office.wants, state=D.SENDING, lease_until=office.now + LEASE)
    assert office.deliverer.attempt(first, "w", lambda: theirs() > 0)
    assert (office.row(first).state, office.row(second).state) == (D.DONE, D.WAITING)


def test_a_second_silence_never_shortens_the_first(office: PaperOffice) -> None:
    first, second = office.wants(), office.wants()
    office.courier.sends = [RateLimited("slowly", 10 * MINUTE), RateLimited("slowly", MINUTE)]
    office.attempt(first)
    office.attempt(second)
    with office.store.read() as session:
        lane = session.get(Lane, "account:acme")
        assert lane
        assert lane.not_before == office.now + 10 * MINUTE


def test_an_unsure_message_stops_its_room_and_an_unsure_post_not_its_account(office: PaperOffice) -> None:
    for lane in ("slack:C1", "account:acme"):
        office.wants(lane, D.UNSURE, check_at=office.now + MINUTE)
    behind, after = office.wants("slack:C1"), office.wants("account:acme")
    assert office.due() == [after]
    assert behind not in office.due()


def test_the_longest_queue_hides_no_other_lane(office: PaperOffice) -> None:
    queued = [office.wants("slack:C1", due_at=office.now - MINUTE) for _ in range(210)]
    other = office.wants("telegram:1")
    assert office.due() == [queued[0], other]
    assert office.deliverer.due({"slack:C1"}) == [(other, "telegram:1", office.now)]
