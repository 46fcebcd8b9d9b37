"""Deliveries: every step of the machine, leases, fences and back-off."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.delivery import FIRST_BACKOFF, LAST_BACKOFF, LEASE, MACHINE, Delivery, DeliveryState, backoff
from models.errors import WrongMoment
from models.lane import Lane, hold
from models.store import Store
from support.racers import LONG
from support.world import eventually

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
D = DeliveryState
#: Whether somebody waits for what another transaction holds.
WAITS = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
STEPS: dict[str, Callable[[Delivery], object]] = {
    "claim": lambda d: d.claim("worker", NOW),
    "deliver": lambda d: d.deliver({"id": "1"}, NOW),
    "postpone": lambda d: d.postpone("RateLimited", "slowly", LATER),
    "refuse": lambda d: d.refuse("ContentRefused", "no", NOW),
    "lose_track": lambda d: d.lose_track("OutcomeUnknown", "gone", LATER),
    "found": lambda d: d.found({"id": "1"}, NOW),
    "absent": lambda d: d.absent(NOW),
    "abandon": lambda d: d.abandon("left", NOW),
    "retry": lambda d: d.retry(NOW),
    "cancel": lambda d: d.cancel(NOW),
    "hold": lambda d: d.hold("Stopped", ""),
    "doubt": lambda d: d.doubt(NOW, LATER),
    "release": lambda d: d.release(),
}


def delivery(state: DeliveryState = D.WAITING) -> Delivery:
    return Delivery(id=5, kind="publication", lane="account:acme", state=state.value, due_at=NOW, created_at=NOW)


@pytest.mark.parametrize("action", sorted(MACHINE))
@pytest.mark.parametrize("state", list(DeliveryState))
def test_every_step_leads_where_the_machine_says_or_is_refused(state: DeliveryState, action: str) -> None:
    made, (allowed, after) = delivery(state), MACHINE[action]
    if state in allowed:
        STEPS[action](made)
        assert made.state == after
    else:
        with pytest.raises(WrongMoment, match=f"is {state} now"):
            STEPS[action](made)
        assert made.state == state


def test_what_is_being_sent_never_waits_again_without_an_answer() -> None:
    back = {(state, action) for action, (allowed, after) in MACHINE.items() for state in allowed if after == D.WAITING}
    assert back == {(D.SENDING, "postpone"), (D.UNSURE, "absent"), (D.FAILED, "retry"), (D.HELD, "release")}


def test_what_is_done_or_cancelled_stays_so() -> None:
    for allowed, _after in MACHINE.values():
        assert not allowed & {D.DONE, D.CANCELLED}


def test_a_claim_holds_until_the_next_one() -> None:
    made = delivery()
    fence = made.claim("one", NOW)
    assert (made.attempts, made.lease_by, made.started_at) == (1, "one", NOW)
    assert made.lease_until == NOW + LEASE
    assert made.holds(fence)
    made.postpone("Unreachable", "down", LATER)
    assert not made.holds(fence)
    assert (made.due_at, made.lease_by) == (LATER, "")
    assert made.lease_until is None
    assert made.holds(made.claim("two", LATER))
    assert not made.holds(fence)


def test_an_end_clears_what_went_wrong_before() -> None:
    made = delivery()
    made.claim("one", NOW)
    made.postpone("Unreachable", "down", LATER)
    made.claim("one", NOW)
    made.deliver({"id": "9"}, LATER)
    assert (made.error, made.reason, made.result) == ("", "", {"id": "9"})
    assert made.finished_at == LATER


def test_a_member_is_asked_once_nobody_looks_any_more() -> None:
    made = delivery(D.SENDING)
    made.lose_track("OutcomeUnknown", "gone", LATER)
    assert (made.check_at, made.checks) == (LATER, 0)
    made.check_again(None)
    assert (made.check_at, made.checks) == (None, 1)
    made.abandon("left as it is", LATER)
    assert made.error == "Abandoned"
    with pytest.raises(WrongMoment):
        made.check_again(LATER)


def test_what_is_absent_waits_again_as_late_as_it_is_or_for_its_next_try() -> None:
    made = delivery(D.UNSURE)
    made.attempts, made.finished_at, made.check_at = 1, NOW, NOW
    made.absent(LATER)
    assert made.due_at == LATER
    assert {made.finished_at, made.check_at} == {None}


def test_a_retry_begins_anew() -> None:
    made = delivery(D.FAILED)
    made.attempts, made.error, made.reason, made.finished_at = 12, "RateLimited", "slowly", NOW
    made.retry(LATER)
    assert (made.attempts, made.error, made.reason) == (0, "", "")
    assert {made.due_at, made.finished_at} == {LATER, None}


def test_only_what_waits_is_moved() -> None:
    made = delivery()
    made.move(LATER, "2026-11-23T10:01:00", "Europe/Rome")
    assert (made.due_at, made.wall, made.zone) == (LATER, "2026-11-23T10:01:00", "Europe/Rome")
    with pytest.raises(WrongMoment):
        delivery(D.SENDING).move(LATER, "", "")


@given(st.integers(1, 10_000))
def test_the_back_off_grows_to_its_limit_with_jitter(attempts: int) -> None:
    full = min(FIRST_BACKOFF * 2 ** min(attempts - 1, 20), LAST_BACKOFF)
    assert full / 2 <= backoff(attempts) <= full


def test_a_delivery_has_a_key_that_nobody_guesses() -> None:
    keys = {delivery().key for _ in range(100)}
    assert len(keys) == 100
    assert {len(key) for key in keys} == {32}
    assert delivery().number == 5


@pytest.mark.parametrize("later", [0, 1])
def test_two_that_hold_a_lane_at_once_are_both_heard(migrated_postgres: str, later: int) -> None:
    store = Store(migrated_postgres)
    ends = [NOW + timedelta(minutes=5), NOW + timedelta(minutes=10)]

    def hold_too() -> None:
        with store.write() as session:
            hold(session, "account:acme", ends[later])

    with store.write() as session:
        hold(session, "account:acme", ends[1 - later])
        session.flush()
        other = threading.Thread(target=hold_too)
        other.start()
        with psycopg.connect(migrated_postgres, autocommit=True) as watcher:
            eventually(lambda: watcher.execute(WAITS).fetchone(), LONG, "the other waits")
    other.join(LONG)
    with store.read() as session:
        assert session.get_one(Lane, "account:acme").not_before == ends[1]
    store.close()
