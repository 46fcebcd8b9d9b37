"""The machine of a boost on every path; what its digest covers; counts that never shrink."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.boost import ALARMED_AFTER, Boost
from models.boost_report import AFTERWARDS, HOURLY, WATCHED
from models.boost_state import MACHINE, OVER, BoostState
from models.boost_wanted import minor
from models.errors import OutOfDate, WrongMoment

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
S = BoostState
ACTS: dict[str, Callable[[Boost], Any]] = {
    "revise": lambda boost: boost.revise({"amount": "40"}),
    "withdraw": lambda boost: boost.withdraw("why"),
    "accept": lambda boost: boost.accept(NOW),
    "open_round": lambda boost: boost.open_round(),
    "fail": lambda boost: boost.fail("why", NOW),
    "retry": lambda boost: boost.retry(NOW),
    "start": lambda boost: boost.start(NOW),
    "pause": lambda boost: boost.pause(NOW),
    "stop": lambda boost: boost.stop("why", NOW),
    "stopped": lambda boost: boost.stopped(NOW),
    "end": lambda boost: boost.end("why", NOW),
    "reject": lambda boost: boost.reject("why", NOW),
    "reawaken": lambda boost: boost.reawaken("why", NOW),
}
QUOTE: dict[str, Any] = {"account": {}, "unboostable": "", "estimate": None}


def made(state: BoostState = S.REVIEW, **more: Any) -> Boost:
    given = {
        "id": 7,
        "publication_id": 1,
        "account": "acme",
        "member_id": 1,
        "created_at": NOW,
        "goal": "reach",
        "amount": "30",
        "days": 3,
        "targeting": {"countries": ["CH"]},
        "begins_at": NOW,
        "state": state.value,
    }
    return Boost(**{**given, **more})


def priced(boost: Boost, currency: str = "EUR", offset: int = 100) -> Boost:
    boost.priced(QUOTE, currency=currency, offset=offset, zone="Europe/Rome", now=NOW)
    return boost


def test_every_act_is_in_the_machine() -> None:
    assert ACTS.keys() == MACHINE.keys()


@pytest.mark.parametrize("state", list(BoostState))
@pytest.mark.parametrize("action", list(MACHINE))
def test_each_step_leads_where_the_machine_says_and_no_other_is_taken(action: str, state: BoostState) -> None:
    boost, (allowed, after) = made(state), MACHINE[action]
    if state in allowed:
        ACTS[action](boost)
        assert boost.state == after
        assert (boost.over_at is not None) == (after in OVER - {S.WITHDRAWN})
        assert boost.runs is False, "what runs is said by let_run alone"
        return
    with pytest.raises(WrongMoment, match="B7 is"):
        ACTS[action](boost)
    assert boost.state == state


def test_every_state_is_reached_and_leads_to_an_end() -> None:
    reached, ending = {S.REVIEW}, set(OVER)
    for _ in BoostState:
        reached |= {after for allowed, after in MACHINE.values() if allowed & reached}
        ending |= {state for allowed, after in MACHINE.values() if after in ending for state in allowed}
    assert reached == ending == set(BoostState)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("account", "other"),
        ("publication_id", 2),
        ("goal", "engagement"),
        ("amount", "31"),
        ("is_daily", True),
        ("days", 4),
        ("start_at", NOW),
        ("targeting", {"countries": ["CH"], "age_min": 21}),
        ("link", "https://acme.example"),
        ("beneficiary", "Acme"),
        ("payor", "Acme"),
        ("special_category", "housing"),
    ],
)
def test_the_digest_changes_with_whatever_will_be_ordered(name: str, value: Any) -> None:
    one, other = priced(made()), priced(made(**{name: value}))
    assert one.digest != other.digest
    assert priced(made()).digest == one.digest


def test_another_currency_is_another_thing_and_another_revision() -> None:
    boost = priced(made())
    before = boost.digest, boost.revision
    assert priced(boost).revision == before[1], "the same price again is no news"
    priced(boost, "JPY", 1)
    assert boost.digest != before[0]
    assert boost.revision == before[1] + 1
    assert boost.budget == 30
    with pytest.raises(OutOfDate):
        boost.expect(before[1])


def test_what_was_agreed_to_is_not_priced_anew() -> None:
    boost = priced(made())
    boost.accept(NOW)
    before = boost.digest
    priced(boost, "USD")
    assert (boost.digest, boost.currency) == (before, "EUR")


def test_nobody_can_agree_to_what_has_no_price() -> None:
    boost = priced(made())
    boost.unpriced("away")
    assert boost.digest == ""
    boost.revise({"amount": "5"})
    assert (boost.digest, boost.quote, boost.revision) == ("", {}, 2)


def test_what_is_wanted_anew_is_not_over_any_more() -> None:
    boost = made(S.ORDERING, made={"campaign": "1"})
    boost.fail("no", NOW)
    boost.revise({"amount": "5"})
    boost.accept(NOW)
    boost.start(NOW)
    boost.plan_report(NOW + WATCHED * 2)
    assert boost.report_at == NOW + WATCHED * 2 + HOURLY


@given(st.decimals(0, 10**7, places=2), st.sampled_from([1, 100]))
def test_no_more_is_ordered_than_was_typed(amount: Decimal, offset: int) -> None:
    assert 0 <= amount - Decimal(minor(amount, offset)) / offset < Decimal(1) / offset


def test_a_start_that_has_passed_is_now_and_the_days_follow() -> None:
    boost = made(start_at=NOW - timedelta(days=1))
    boost.accept(NOW)
    assert (boost.begins_at, boost.ends_at) == (NOW, NOW + timedelta(days=3))
    later = made(start_at=NOW + timedelta(days=1))
    later.accept(NOW)
    assert later.begins_at == later.start_at


def test_an_order_tried_again_begins_anew_unless_the_network_knows_its_time() -> None:
    boost = made()
    boost.accept(NOW)
    boost.has("campaign", "1")
    boost.fail("no", NOW)
    boost.retry(NOW + timedelta(hours=5))
    assert boost.begins_at == NOW + timedelta(hours=5)
    boost.has("ad_set", "2")
    boost.fail("no", NOW)
    boost.retry(NOW + timedelta(hours=9))
    assert boost.begins_at == NOW + timedelta(hours=5)


@pytest.mark.parametrize(
    ("parts", "change", "same"),
    [
        ((), {"amount": "40"}, True),
        (("campaign",), {"amount": "40"}, True),
        (("campaign",), {"goal": "engagement"}, False),
        (("campaign",), {"special_category": "housing"}, False),
        (("campaign",), {"targeting": {"countries": ["IT"]}}, False),
        (("campaign", "ad_set"), {"amount": "40"}, False),
        (("campaign", "ad_set", "creative", "ad"), {"link": "https://acme.example"}, False),
    ],
)
def test_parts_serve_on_only_where_they_are_what_is_wanted(
    parts: tuple[str, ...], change: dict[str, Any], same: bool
) -> None:
    boost = made(S.FAILED, made={part: part for part in parts})
    name = boost.name
    boost.revise(change)
    assert (boost.name == name, bool(boost.made)) == (same, bool(parts) and same)


def test_no_name_begins_another() -> None:
    names = [made(id=number).name for number in range(1, 120)]
    assert not any(one != other and other.startswith(one) for one in names for other in names)


def test_counts_never_shrink() -> None:
    boost = made(S.RUNNING)
    assert boost.report("running", "", NOW, spent=500, reach=40) == 500
    assert boost.report("gone", "", NOW, spent=0, reach=0) == 0
    assert (boost.spent, boost.reach, boost.phase) == (500, 40, "gone")
    assert boost.report("running", "", NOW, spent=700) == 200


def test_reports_are_hourly_and_end_some_days_after_it_is_over() -> None:
    boost = made(S.RUNNING, made={"campaign": "1"})
    boost.plan_report(NOW)
    assert boost.report_at == NOW + HOURLY
    boost.end("", NOW)
    boost.plan_report(NOW)
    assert boost.report_at == NOW + AFTERWARDS
    boost.plan_report(NOW + WATCHED)
    assert boost.report_at is None


def test_a_refused_stop_is_told_at_once_and_then_at_its_pace() -> None:
    boost = made(S.RUNNING)
    boost.stop("why", NOW)
    assert boost.alarm_at == NOW + ALARMED_AFTER
    boost.alarm(NOW)
    assert boost.alarm_at == NOW
    boost.alarmed(NOW)
    pace = boost.alarm_at
    boost.alarm(NOW)
    assert boost.alarm_at == pace > NOW
    boost.stopped(NOW)
    assert boost.alarm_at is None


@pytest.mark.parametrize("state", [state for state in BoostState if state not in {S.RUNNING, S.PAUSED}])
def test_only_what_runs_or_rests_is_extended(state: BoostState) -> None:
    with pytest.raises(WrongMoment):
        made(state).want_more(Decimal(40), 3, 1)


def test_an_extension_that_is_on_its_way_is_not_wished_otherwise() -> None:
    boost = priced(made())
    boost.accept(NOW)
    boost.start(NOW)
    boost.want_more(Decimal(40), 4, 2)
    boost.want_more(Decimal(50), 5, 2)
    assert boost.extended() == (5000, 5)
    digest = boost.wish_digest
    boost.order_more({})
    with pytest.raises(WrongMoment):
        boost.want_more(Decimal(60), 6, 2)
    boost.has_more()
    assert (boost.digest, boost.budget, boost.days, boost.member_id) == (digest, 5000, 5, 2)
    assert boost.ends_at == NOW + timedelta(days=5)


def test_what_stops_forgets_its_extension() -> None:
    boost = priced(made())
    boost.accept(NOW)
    boost.start(NOW)
    boost.want_more(Decimal(40), 4, 2)
    boost.stop("why", NOW)
    assert boost.wish == {}


def test_what_has_spent_something_is_not_changed_any_more() -> None:
    boost = priced(made(S.FAILED, made={"campaign": "1", "ad": "2"}, spent=40))
    with pytest.raises(WrongMoment, match="has spent something already"):
        boost.revise({"amount": "40"})
    assert (boost.state, boost.made, boost.spent) == (S.FAILED, {"campaign": "1", "ad": "2"}, 40)
