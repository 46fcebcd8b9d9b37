"""An order leaves part by part: a lost answer leaves one campaign, a refusal is told, and nothing runs unknown."""

from datetime import UTC, datetime, timedelta

import pytest

from models import ledger
from models.boost import PARTS
from models.boost_state import BoostState
from models.delivery import Delivery, DeliveryState
from support.boost_bench import BoostBench

S = BoostState
EDGES = {"campaign": "campaigns", "ad_set": "adsets", "creative": "adcreatives", "ad": "ads"}
MAKING = {part: f"POST /facebook/v26.0/act_5001/{edge}" for part, edge in EDGES.items()}
MINUTES = timedelta(minutes=3)


def made_once(boosts: BoostBench) -> None:
    """Each part was made once, and the network knows no other campaign."""
    row = boosts.row()
    assert list(row.made) == list(PARTS)
    assert [campaign["id"] for campaign in boosts.campaigns] == [row.made["campaign"]]
    (campaign,) = boosts.campaigns
    assert list(campaign["ad_sets"]) == [row.made["ad_set"]]
    assert [ad["ad"] for ad in boosts.meta.state()["ads"]["boosts"]] == [row.made["ad"]]
    assert campaign["name"] == row.name


def test_an_order_has_four_parts_each_known_before_the_next(boosts: BoostBench) -> None:
    known: list[list[str]] = []
    boosts.desk.steps = lambda name: known.append(list(boosts.row().made)) if name == "claimed:boost" else None
    boosts.ordered()
    assert known == [[], ["campaign"], ["campaign", "ad_set"], ["campaign", "ad_set", "creative"]]
    made_once(boosts)
    assert boosts.row().state == S.RUNNING
    assert boosts.desk.actions("B1") == [
        "boost wished",
        "boost approved",
        "boost money reserved",
        *["boost part made"] * 4,
        "boost started",
    ]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("how", ["drop_after", "drop_before"])
def test_a_lost_answer_leaves_one_campaign(boosts: BoostBench, part: str, how: str) -> None:
    boosts.meta.fault(MAKING[part], how)
    boosts.ordered()
    assert boosts.row().state == S.ORDERING
    assert part not in boosts.row().made
    boosts.passes(MINUTES)
    made_once(boosts)
    assert boosts.row().state == S.RUNNING


def test_a_switch_whose_answer_was_lost_is_thrown_again(boosts: BoostBench) -> None:
    code = boosts.wished()
    boosts.desk.press("Bruno", "Approve", code)
    boosts.press("Ada", "Pause")
    boosts.meta.fault(f"POST /facebook/v26.0/{boosts.row().made['campaign']}", "drop_after")
    boosts.press("Bruno", "Resume")
    assert boosts.row().state == S.PAUSED
    boosts.passes(MINUTES)
    assert boosts.row().state == S.RUNNING
    made_once(boosts)


@pytest.mark.parametrize("step", ["claimed:boost", "sent:boost", "claimed:boost_switch", "sent:boost_switch"])
@pytest.mark.parametrize("at", [1, 3])
def test_a_process_that_dies_anywhere_leaves_one_campaign(boosts: BoostBench, step: str, at: int) -> None:
    if "switch" in step and at > 1:
        at = 1
    met = 0

    class Dies(BaseException):
        """The process is gone."""

    def dies(name: str) -> None:
        nonlocal met
        met += name == step
        if name == step and met == at:
            raise Dies

    code = boosts.wished()
    boosts.desk.steps = dies
    with pytest.raises(Dies):
        boosts.desk.press("Bruno", "Approve", code)
    assert len(boosts.desk.rows(Delivery, Delivery.state == DeliveryState.SENDING)) == 1
    boosts.desk.steps = lambda _name: None
    boosts.desk.settler.reap(all_of_them=True)
    boosts.passes(MINUTES)
    made_once(boosts)
    assert boosts.row().state == S.RUNNING


def test_a_refused_part_is_told_with_the_reason_and_a_way_on(boosts: BoostBench) -> None:
    body = '{"error": {"message": "Your account may not advertise bread", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault(MAKING["creative"], "status", status=400, body=body)
    boosts.ordered()
    row = boosts.row()
    assert row.state == S.FAILED
    assert "may not advertise bread" in boosts.desk.shown("B1")
    assert "B1 was not ordered: Bakery did not take it (Your account may not advertise bread" in boosts.told()[-1]
    assert boosts.labels() == ["Retry", "Edit", "Withdraw"]
    assert boosts.ledger("reserve") == boosts.ledger("release") == 3000
    boosts.press("Bruno", "Retry")
    made_once(boosts)
    assert boosts.row().state == S.RUNNING
    assert boosts.ledger("reserve") - boosts.ledger("release") == 3000


def test_a_failed_order_can_be_changed_and_must_be_agreed_to_anew(boosts: BoostBench) -> None:
    body = '{"error": {"message": "Too little", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault(MAKING["ad_set"], "status", status=400, body=body)
    boosts.ordered()
    campaign = boosts.row().made["campaign"]
    boosts.press("Ada", "Edit")
    boosts.desk.fill("Ada", boosts.desk.form, amount="40")
    assert boosts.row().state == S.REVIEW
    boosts.press("Bruno", "Approve")
    made_once(boosts)
    assert boosts.row().made["campaign"] == campaign, "its campaign serves on"
    assert boosts.row().total == 4000


def test_a_failed_order_whose_time_is_over_gets_another_by_its_form(boosts: BoostBench) -> None:
    body = '{"error": {"message": "Not now", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault(MAKING["creative"], "status", status=400, body=body)
    boosts.ordered()
    boosts.passes(timedelta(days=5))
    assert boosts.press("Chiara", "Retry") == "The time of B1 is over. Edit it to give it another."
    boosts.press("Ada", "Edit")
    assert boosts.fill().refusal == ""
    boosts.press("Bruno", "Approve")
    assert boosts.row().state == S.RUNNING


def test_parts_that_are_another_thing_now_are_left_behind_paused(boosts: BoostBench) -> None:
    body = '{"error": {"message": "No", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault(MAKING["creative"], "status", status=400, body=body)
    boosts.ordered()
    left = boosts.row().made["campaign"]
    boosts.press("Ada", "Edit")
    boosts.desk.fill("Ada", boosts.desk.form, goal="reach")
    boosts.press("Bruno", "Approve")
    boosts.passes(timedelta(hours=5))
    books = {campaign["id"]: campaign for campaign in boosts.campaigns}
    assert books[left]["status"] == "PAUSED"
    assert books[left]["spent"] == 0
    assert books[boosts.row().made["campaign"]]["spent"] > 0


def test_what_is_tried_again_takes_its_money_from_the_months_that_it_can_still_run_in(boosts: BoostBench) -> None:
    boosts.passes(datetime(2035, 10, 31, 9, 7, tzinfo=UTC) - boosts.desk.now)
    body = '{"error": {"message": "No", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault(MAKING["creative"], "status", status=400, body=body)
    boosts.ordered()
    boosts.passes(timedelta(days=1))
    boosts.press("Bruno", "Retry")
    assert boosts.row().state == S.RUNNING
    with boosts.desk.store.read() as session:
        assert [ledger.committed(session, "bakery", month) for month in ("2035-10", "2035-11")] == [0, 3000]


def test_nothing_is_ordered_in_another_currency_than_was_agreed_to(boosts: BoostBench) -> None:
    boosts.wished()
    boosts.meta.act("ads/settings", currency="JPY")
    boosts.press("Bruno", "Approve")
    assert boosts.row().state == S.FAILED
    assert "counts in JPY now and no longer in EUR" in boosts.told()[-1]
    assert boosts.meta.state()["ads"]["boosts"] == []
    boosts.press("Ada", "Edit")
    boosts.desk.fill("Ada", boosts.desk.form, amount="300")
    assert "¥300 in all" in boosts.desk.shown("B1")
    boosts.allow(first_limit=500, second_limit=900, month_cap=900)
    boosts.press("Bruno", "Approve")
    assert boosts.row().state == S.RUNNING
    assert boosts.meta.state()["ads"]["boosts"][0]["lifetime_budget"] == 300


def test_a_failed_order_stays_so_while_another_boost_is_behind_its_post(boosts: BoostBench) -> None:
    body = '{"error": {"message": "No", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault(MAKING["creative"], "status", status=400, body=body)
    post = boosts.published()
    boosts.wished(post)
    boosts.press("Bruno", "Approve", "B1")
    assert boosts.row().state == S.FAILED
    boosts.wished(post)
    said = "B2 is behind that post already: change or extend that one."
    assert boosts.press("Bruno", "Retry", "B1") == said
    boosts.press("Ada", "Edit", "B1")
    assert boosts.desk.fill("Ada", boosts.desk.form, amount="31").refusal == said
    assert boosts.row(1).state == S.FAILED
    boosts.press("Ada", "Withdraw", "B2")
    boosts.press("Bruno", "Retry", "B1")
    assert boosts.row(1).state == S.RUNNING


def test_a_failed_order_can_be_given_up(boosts: BoostBench) -> None:
    body = '{"error": {"message": "No", "code": 100, "type": "OAuthException"}}'
    boosts.meta.fault(MAKING["ad"], "status", status=400, body=body)
    boosts.ordered()
    boosts.press("Ada", "Withdraw")
    boosts.passes(timedelta(days=1))
    assert boosts.row().state == S.WITHDRAWN
    assert boosts.campaigns[0]["spent"] == 0
    assert boosts.labels() == []


def test_an_order_is_held_while_the_account_itself_has_lost_access(boosts: BoostBench) -> None:
    code = boosts.wished()
    boosts.lost()
    boosts.desk.press("Bruno", "Approve", code)
    assert boosts.told()[-1] == "B1 waits: access to Bakery is lost. It goes on when that works again."
    boosts.regained()
    boosts.passes(MINUTES)
    made_once(boosts)


def test_a_stopped_account_orders_nothing_until_it_is_resumed(boosts: BoostBench) -> None:
    code = boosts.wished()
    stop_after_the_first(boosts)
    boosts.desk.press("Bruno", "Approve", code)
    assert list(boosts.row().made) == ["campaign"]
    assert boosts.told()[-1] == "B1 waits: Bakery is stopped. It goes on when somebody resumes it."
    boosts.desk.say("Bruno", "resume bakery")
    boosts.passes(MINUTES)
    made_once(boosts)
    assert boosts.row().state == S.RUNNING


@pytest.mark.parametrize("cap", [300, 31])
def test_an_order_that_was_held_up_has_all_of_its_days_from_then_on(boosts: BoostBench, cap: int) -> None:
    boosts.allow(first_limit=50, second_limit=200, month_cap=cap)
    boosts.passes(datetime(2035, 10, 30, 9, 7, tzinfo=UTC) - boosts.desk.now)
    code = boosts.wished()
    stop_after_the_first(boosts)
    boosts.desk.press("Bruno", "Approve", code)
    boosts.passes(timedelta(days=2))
    boosts.desk.say("Bruno", "resume bakery")
    boosts.passes(MINUTES)
    row = boosts.row()
    assert row.state == S.RUNNING
    assert row.ends_at
    assert timedelta(days=2, hours=23) < row.ends_at - boosts.desk.now <= timedelta(days=3)
    with boosts.desk.store.read() as session:
        assert [ledger.committed(session, "bakery", month) for month in ("2035-10", "2035-11")] == [0, 3000]


def stop_after_the_first(boosts: BoostBench) -> None:
    """Ada stops the account once the campaign stands."""

    def step(name: str) -> None:
        if name == "sent:boost":
            boosts.desk.steps = lambda _name: None
            boosts.desk.say("Ada", "stop bakery")

    boosts.desk.steps = step


def test_an_order_whose_last_answer_never_comes_is_stopped_and_all_that_it_spent_is_booked(boosts: BoostBench) -> None:
    code = boosts.wished()
    step = boosts.desk.steps

    def loses_the_switch(name: str) -> None:
        made = boosts.row().made
        if name == "recorded:boost" and "ad" in made:
            boosts.desk.steps = step
            boosts.meta.fault(f"POST /facebook/v26.0/{made['campaign']}", "drop_after", times=12)

    boosts.desk.steps = loses_the_switch
    boosts.press("Bruno", "Approve", code)
    while boosts.row().state == S.ORDERING:
        boosts.passes(timedelta(minutes=5))
    boosts.passes(timedelta(minutes=5))
    assert any("Nobody knows whether B1 runs" in said for said in boosts.told())
    assert not any("Nothing is spent" in said for said in boosts.told())
    row = boosts.row()
    assert row.state == S.STOPPED
    assert row.spent == boosts.campaigns[0]["spent"] == boosts.ledger("book") > 0
    assert boosts.ledger("reserve") == boosts.ledger("release") + boosts.ledger("book")
    assert "Edit" not in boosts.labels()
