"""Pausing, resuming and stopping what spends: done by the network, believed when it says so, told until it does."""

import json
from datetime import timedelta
from itertools import chain, repeat
from typing import Any

import pytest

from models.account import Access, Account
from models.boost import ALARMED_AFTER, ALARMED_EVERY
from models.boost_state import BoostState
from models.delivery import DeliveryState
from support.boost_bench import BoostBench
from support.posts import published

S = BoostState
HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=3)
SETTLED = timedelta(seconds=15)  #: longer than the second look at a stop waits


def switching(boosts: BoostBench) -> str:
    return f"POST /facebook/v26.0/{boosts.row().made['campaign']}"


def refusal(message: str) -> dict[str, Any]:
    """The network's no, as a fault."""
    error = {"message": message, "code": 200, "type": "OAuthException"}
    return {"kind": "status", "status": 403, "body": json.dumps({"error": error})}


def meets(boosts: BoostBench, *first: dict[str, Any], then: dict[str, Any] | None = None) -> None:
    """What orders to run or rest meet at the network, one after the other, and all that come after them."""
    coming = chain(first, repeat(then))

    def step(name: str) -> None:
        if name == "claimed:boost_switch" and (fault := next(coming)):
            boosts.meta.fault(switching(boosts), **fault)

    boosts.desk.steps = step


def shown_late(boosts: BoostBench, times: int) -> None:
    """The network takes what it is told, and shows the ad as running that many times more."""
    ad = boosts.row().made["ad"]
    late = json.dumps({"id": ad, "effective_status": "ACTIVE"})
    boosts.meta.fault(f"GET /facebook/v26.0/{ad}", "status", times=times, status=200, body=late)


def spent(boosts: BoostBench) -> int:
    """By the network's own books."""
    return int(boosts.campaigns[0]["spent"])


def alarms(boosts: BoostBench) -> int:
    """Messages in Slack's review place that nobody knows whether it has stopped."""
    sheets = boosts.desk.papers["slack"].sheets
    return sum("may still be spending" in str(sheet.card) for sheet in sheets)


def test_a_boost_is_paused_and_resumed(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(3 * HOUR)
    boosts.press("Ada", "Pause")
    assert boosts.row().state == S.PAUSED
    assert boosts.labels() == ["Resume", "Extend", "Stop"]
    before = spent(boosts)
    assert before > 0
    boosts.passes(3 * HOUR)
    assert spent(boosts) == before == boosts.row().spent
    assert "role “buyer”" in boosts.press("Ada", "Resume")
    boosts.press("Bruno", "Resume")
    assert boosts.row().state == S.RUNNING
    boosts.passes(3 * HOUR)
    assert boosts.row().spent == spent(boosts) > before


def test_a_stop_is_for_good_and_sets_the_rest_free(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(5 * HOUR)
    boosts.press("Ada", "Stop")
    row = boosts.row()
    assert row.state == S.STOPPED
    assert boosts.told()[-2:] == [
        "Ada stops B1.",
        f"B1 is stopped, the network confirms. It spent €{row.spent / 100:.2f}.",
    ]
    assert boosts.ledger("release") == 3000 - row.spent
    assert boosts.ledger("book") == row.spent == spent(boosts)
    assert boosts.labels() == []
    boosts.passes(24 * HOUR)
    assert spent(boosts) == row.spent


def test_a_stop_while_a_part_is_in_the_air_leaves_nothing_that_runs(boosts: BoostBench) -> None:
    boosts.meta.fault("POST /facebook/v26.0/act_5001/ads", "drop_after")
    boosts.ordered()
    assert boosts.row().state == S.ORDERING
    boosts.press("Chiara", "Stop")
    assert boosts.row().state == S.STOPPING
    for _ in range(4):
        boosts.passes(MINUTES)
    row = boosts.row()
    assert row.state == S.STOPPED
    assert "ad" in row.made, "what was in the air is known"
    boosts.passes(24 * HOUR)
    assert spent(boosts) == 0
    assert boosts.ledger("release") == 3000


def test_a_stop_before_anything_was_made_needs_no_confirmation(boosts: BoostBench) -> None:
    code = boosts.wished()
    boosts.lost()
    boosts.desk.press("Bruno", "Approve", code)
    assert boosts.desk.deliveries("boost")[0].state == DeliveryState.HELD
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPED
    boosts.passes(24 * HOUR)
    assert boosts.campaigns == []
    assert boosts.desk.deliveries("boost")[0].state == DeliveryState.CANCELLED


def test_a_stop_that_the_ad_account_takes_says_nothing_of_the_accounts_own_access(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.lost()
    boosts.press("Ada", "Stop")
    assert [campaign["status"] for campaign in boosts.campaigns] == ["PAUSED"]
    assert [row.access for row in boosts.desk.rows(Account, Account.name == "bakery")] == [Access.LOST]
    assert not any("connected again" in line for line in boosts.posted())


@pytest.mark.parametrize("how", ["refused", "away", "lost"])
def test_a_stop_that_nobody_confirms_is_told_again_until_it_is(boosts: BoostBench, how: str) -> None:
    boosts.ordered()
    boosts.passes(3 * HOUR)
    body = '{"error": {"message": "You may not", "code": 200, "type": "OAuthException"}}'
    faults = {
        "refused": ("status", {"status": 403, "body": body}),
        "away": ("status", {"status": 503, "body": "{}"}),
        "lost": ("drop_before", {}),
    }
    kind, more = faults[how]
    boosts.meta.fault(switching(boosts), kind, times=500, **more)
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPING
    assert "the network has not confirmed it yet" in boosts.desk.shown("B1")
    assert alarms(boosts) == 0
    for _ in range(40):
        boosts.passes(MINUTES)
    told = alarms(boosts)
    assert 3 <= told <= timedelta(hours=2) / ALARMED_EVERY + 1, "again and again, at a bounded pace"
    assert boosts.row().state == S.STOPPING
    assert "look there, and pause the campaign" in str(boosts.desk.papers["slack"].sheets).lower()
    boosts.meta.calm()
    for _ in range(12):
        boosts.passes(MINUTES)
    assert boosts.row().state == S.STOPPED
    told = alarms(boosts)
    boosts.passes(3 * HOUR)
    assert alarms(boosts) == told
    assert boosts.row().spent == spent(boosts) == boosts.ledger("book")


def test_pressing_stop_again_tries_again(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.meta.fault(switching(boosts), **refusal("You may not"))
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPING
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPED


def test_pressing_stop_again_does_not_put_off_the_word_that_it_has_stopped(boosts: BoostBench) -> None:
    boosts.ordered()
    shown_late(boosts, times=1)
    boosts.press("Ada", "Stop")
    boosts.desk.now += SETTLED  # the report is due, and somebody is quicker
    boosts.meta.act("clock", advance=SETTLED.total_seconds())
    boosts.press("Bruno", "Stop")
    assert boosts.row().state == S.STOPPED
    assert boosts.campaigns[0]["status"] == "PAUSED"


def test_an_alarm_looks_at_once_however_long_the_next_look_was_to_wait(boosts: BoostBench) -> None:
    boosts.ordered()
    shown_late(boosts, times=50)
    for _ in range(7):
        boosts.press("Ada", "Stop")
    boosts.passes(ALARMED_AFTER - SETTLED)
    next_look = max(report.due_at for report in boosts.desk.deliveries("boost_report"))
    boosts.meta.calm()
    boosts.passes(2 * SETTLED)
    assert boosts.desk.now < next_look
    assert (boosts.row().state, alarms(boosts)) == (S.STOPPED, 1)


def test_an_order_whose_last_step_failed_is_switched_off_again(boosts: BoostBench) -> None:
    code = boosts.wished()
    meets(boosts, refusal("Pay your bill"))
    boosts.desk.press("Bruno", "Approve", code)
    assert boosts.row().state == S.FAILED
    assert "Pay your bill" in boosts.desk.shown("B1")
    boosts.passes(24 * HOUR)
    assert spent(boosts) == 0
    boosts.press("Bruno", "Retry")
    assert boosts.row().state == S.RUNNING


def test_what_may_run_although_its_order_failed_is_not_forgotten_for_another(boosts: BoostBench) -> None:
    code = boosts.wished()
    meets(boosts, {"kind": "drop_after"}, then=refusal("Not now"))
    boosts.desk.press("Bruno", "Approve", code)
    assert boosts.campaigns[0]["status"] == "ACTIVE"
    boosts.passes(MINUTES)
    assert boosts.row().state == S.STOPPING, "the network said no, and that says nothing of the attempt before"
    assert any("Nobody knows whether B1 runs" in said for said in boosts.told())
    assert not any("Nothing is spent" in said for said in boosts.told())
    assert "Edit" not in boosts.labels()
    boosts.desk.steps = lambda _name: None
    boosts.meta.calm()
    for _ in range(5):
        boosts.passes(MINUTES)
    assert boosts.row().state == S.STOPPED
    assert boosts.campaigns[0]["status"] == "PAUSED"
    assert boosts.row().spent == spent(boosts) == boosts.ledger("book")


def test_a_failed_order_is_changed_once_the_network_shows_that_it_rests(boosts: BoostBench) -> None:
    code = boosts.wished()
    meets(boosts, then=refusal("Not now"))
    switched = boosts.desk.steps
    met: list[str] = []

    def edits_too_early(name: str) -> None:
        switched(name)
        met.append(name)
        if name == "claimed:boost_report" and met.count("claimed:boost_switch") == 2:
            boosts.desk.steps = lambda _name: None
            boosts.press("Ada", "Edit")

    boosts.desk.steps = edits_too_early
    boosts.desk.press("Bruno", "Approve", code)
    assert "has not confirmed yet that B1 rests" in boosts.desk.whispered("Ada")
    assert boosts.row().state == S.FAILED
    boosts.press("Ada", "Edit")
    boosts.desk.fill("Ada", boosts.desk.form, amount="40")
    boosts.press("Bruno", "Approve")
    assert boosts.row().state == S.RUNNING
    assert [campaign["status"] for campaign in boosts.campaigns] == ["PAUSED", "ACTIVE"]


def test_a_pause_that_is_refused_is_told_and_it_runs_on(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.meta.fault(switching(boosts), **refusal("You may not"))
    boosts.press("Ada", "Pause")
    assert boosts.row().state == S.RUNNING
    assert boosts.row().runs
    assert "B1 could not be paused and runs on" in boosts.told()[-1]


def test_a_resume_that_is_refused_is_told_and_it_rests(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.press("Ada", "Pause")
    boosts.meta.fault(switching(boosts), **refusal("You may not"))
    boosts.press("Bruno", "Resume")
    assert boosts.row().state == S.PAUSED
    assert "B1 was not resumed: " in boosts.told()[-1]
    boosts.passes(3 * HOUR)
    assert spent(boosts) == 0


def test_a_stopped_account_pauses_what_runs_and_resuming_lets_it_go_on(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(HOUR)
    boosts.desk.say("Ada", "stop bakery")
    boosts.passes(MINUTES)
    row = boosts.row()
    assert (row.state, row.is_held) == (S.PAUSED, True)
    assert "It rests because Bakery is stopped." in boosts.desk.shown("B1")
    before = spent(boosts)
    boosts.passes(5 * HOUR)
    assert spent(boosts) == before
    boosts.desk.say("Bruno", "resume bakery")
    boosts.passes(MINUTES)
    assert boosts.row().state == S.RUNNING
    boosts.passes(HOUR)
    assert spent(boosts) > before


def test_a_pause_for_a_stopped_account_that_is_refused_is_tried_and_told_at_a_bounded_pace(boosts: BoostBench) -> None:
    boosts.ordered()
    body = '{"error": {"message": "You may not", "code": 200, "type": "OAuthException"}}'
    boosts.meta.fault(switching(boosts), "status", times=500, status=403, body=body)
    boosts.desk.say("Ada", "stop bakery")
    for _ in range(20):
        boosts.passes(timedelta(seconds=1))
    told = "B1 could not be paused and runs on (You may not). Press Pause again, or Stop."
    assert boosts.desk.direct("Ada").count(told) == 1
    boosts.passes(ALARMED_EVERY)
    assert boosts.desk.direct("Ada").count(told) == 2
    boosts.meta.calm()
    boosts.passes(ALARMED_EVERY)
    assert (boosts.row().state, boosts.row().is_held) == (S.PAUSED, True)


def test_what_a_member_paused_stays_paused_after_a_stop(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.press("Ada", "Pause")
    boosts.desk.say("Ada", "stop")
    boosts.desk.say("Ada", "stop everything")
    boosts.passes(MINUTES)
    boosts.desk.say("Bruno", "resume everything")
    boosts.passes(MINUTES)
    assert boosts.row().state == S.PAUSED


def test_a_boost_does_not_outlive_its_post(boosts: BoostBench) -> None:
    boosts.ordered(post=published(boosts.desk, accounts=("bakery",)))
    boosts.passes(2 * HOUR)
    boosts.desk.press("Bruno", "Delete on Bakery", "U1")
    boosts.passes(MINUTES)
    assert boosts.row().state == S.STOPPED
    assert "The post of B1 was taken down, so I stop the boost." in boosts.told()
    assert "Its post was taken down." in boosts.desk.shown("B1")
    before = spent(boosts)
    boosts.passes(24 * HOUR)
    assert spent(boosts) == before == boosts.row().spent


def test_a_wish_does_not_outlive_its_post_either(boosts: BoostBench) -> None:
    boosts.wished(published(boosts.desk, accounts=("bakery",)))
    boosts.desk.press("Bruno", "Delete on Bakery", "U1")
    boosts.passes(MINUTES)
    assert boosts.row().state == S.WITHDRAWN


def test_a_stop_on_an_account_that_is_not_set_up_any_more_is_told_until_it_is(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(HOUR)
    accounts = dict(boosts.desk.setup.accounts)
    boosts.desk.reshape(accounts={name: account for name, account in accounts.items() if name != "bakery"})
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPING
    for _ in range(10):
        boosts.passes(MINUTES)
    assert alarms(boosts) == 1
    boosts.desk.reshape(accounts=accounts)
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPED


def test_turning_boosts_off_stops_what_runs(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.allow()
    boosts.passes(2 * HOUR)
    assert boosts.row().state == S.STOPPED
    assert boosts.campaigns[0]["status"] == "PAUSED"


def test_a_stop_that_the_network_takes_and_shows_late_is_not_ordered_time_and_again(boosts: BoostBench) -> None:
    boosts.ordered()
    shown_late(boosts, times=4)
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPING
    ordered = [len(boosts.desk.deliveries("boost_switch"))]
    for seconds in (10, 20, 40, 80):
        boosts.passes(timedelta(seconds=seconds))
        ordered.append(len(boosts.desk.deliveries("boost_switch")))
    assert ordered == [ordered[0] + more for more in (0, 1, 2, 3, 3)]
    assert boosts.row().state == S.STOPPED
    assert boosts.ledger("reserve") == boosts.ledger("release") + boosts.ledger("book")
