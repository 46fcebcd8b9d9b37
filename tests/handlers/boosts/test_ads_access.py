"""The token for ads is lost: boosts wait, posts do not, what runs unseen is told, and all goes on by itself."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.cards import Button
from models.account import Access, Account
from models.audience import AudienceRow
from models.boost import PARTS
from models.boost_state import BoostState
from models.delivery import Delivery, DeliveryState
from platforms.contract import AccountLocked
from support.boost_bench import BoostBench
from support.paper import buttons

S, D = BoostState, DeliveryState
ACCEPT = Button(verb="audience_accept", label="Agree", subject="T1")
HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=3)


def account(boosts: BoostBench) -> Account:
    return boosts.desk.rows(Account, Account.name == "bakery")[0]


def held(boosts: BoostBench) -> list[str]:
    """Kinds of what is held for the token."""
    return [row.kind for row in boosts.desk.rows(Delivery, Delivery.state == D.HELD, Delivery.error == "AdsAccessLost")]


def notices(boosts: BoostBench, words: str) -> list[str]:
    """What was written in Slack's rooms that says so."""
    return [said for said in boosts.posted() if words in said]


def reconnect(boosts: BoostBench) -> Button:
    """The newest such button."""
    sheets = boosts.desk.papers["slack"].sheets
    return [button for sheet in sheets for button in buttons(sheet.card) if button.label == "Reconnect"][-1]


def test_reading_a_page_shows_nothing_of_a_lock(boosts: BoostBench) -> None:
    boosts.lost(AccountLocked("suspected spam"))
    boosts.desk.say("Ada", "page bakery")
    assert "Bakery" in boosts.desk.shown("G1")
    assert account(boosts).is_locked
    boosts.desk.press("Dario", "Reconnect", "")
    assert not account(boosts).is_locked


def test_an_order_is_held_and_the_accounts_posts_go_out(boosts: BoostBench) -> None:
    code = boosts.wished()
    boosts.unpaid()
    boosts.desk.press("Bruno", "Approve", code)
    assert boosts.row().state == S.ORDERING
    assert held(boosts) == ["boost"]
    told = "B1 waits: access to the ad account of Bakery is lost. It goes on when that works again."
    assert boosts.told()[-1] == told
    (notice,) = notices(boosts, "bakery has lost access to its ad account")
    assert "Its posts go out as ever." in notice
    assert account(boosts).access != Access.LOST
    boosts.published()
    assert len(boosts.meta.state()["pages"]["pages"][0]["posts"]) == 2
    assert account(boosts).ads_lost_at is not None, "a post says nothing of the token for ads"


@pytest.mark.parametrize("made", range(4))
def test_an_order_that_lost_it_midway_goes_on_where_it_stood_once_it_is_back(boosts: BoostBench, made: int) -> None:
    parts = 0

    def step(name: str) -> None:
        nonlocal parts
        parts += name == "recorded:boost"
        if parts == made:
            boosts.desk.steps = lambda _name: None
            boosts.unpaid()

    code = boosts.wished()
    boosts.desk.steps = step
    boosts.desk.press("Bruno", "Approve", code)
    assert boosts.row().state == S.ORDERING
    assert list(boosts.row().made) == list(PARTS[:made])
    for _ in range(4):
        boosts.passes(HOUR)
    assert held(boosts) == ["boost"]
    assert len(notices(boosts, "has lost access to its ad account")) == 1
    boosts.paid()
    assert boosts.row().state == S.RUNNING
    assert list(boosts.row().made) == list(PARTS)
    assert len(boosts.campaigns) == 1
    assert len(notices(boosts, "The ad account of bakery is connected again.")) == 1
    assert boosts.desk.actions("bakery") == ["ads access lost", "ads access regained"]


def test_what_runs_on_unseen_is_told_once_and_booked_to_the_cent_later(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(HOUR)
    boosts.unpaid()
    for _ in range(5):
        boosts.passes(HOUR)
    assert held(boosts) == ["boost_report"]
    assert len([said for said in boosts.told() if said.startswith("I do not see how B1 fares")]) == 1
    assert boosts.row().spent < boosts.campaigns[0]["spent"]
    boosts.paid()
    assert boosts.row().spent == boosts.campaigns[0]["spent"] == boosts.ledger("book")
    assert boosts.row().state == S.RUNNING


def test_a_pause_that_is_held_says_that_it_runs_on_and_comes_later(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.unpaid()
    boosts.press("Ada", "Pause")
    assert "B1 could not be paused and runs on" in boosts.told()[-1]
    assert boosts.row().name in boosts.told()[-1]
    assert boosts.campaigns[0]["status"] == "ACTIVE"
    boosts.paid()
    assert boosts.row().state == S.PAUSED
    assert boosts.campaigns[0]["status"] == "PAUSED"


def test_a_stop_that_is_held_is_an_alarm_that_says_so_until_it_is_done(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.passes(2 * HOUR)
    boosts.unpaid()
    boosts.press("Ada", "Stop")
    assert boosts.row().state == S.STOPPING
    for _ in range(41):
        boosts.passes(MINUTES)
    alarms = notices(boosts, "I cannot stop it: access to its ad account is lost. It may still be spending.")
    assert 4 <= len(alarms) <= 6, "at once, and each half hour"
    assert boosts.row().name in alarms[0]
    assert "[Stop] [Reconnect] [It is stopped there]" in alarms[0]
    boosts.paid()
    row = boosts.row()
    assert row.state == S.STOPPED
    assert boosts.campaigns[0]["status"] == "PAUSED"
    assert row.spent == boosts.campaigns[0]["spent"] == boosts.ledger("book")
    assert boosts.ledger("release") == 3000 - row.spent
    boosts.passes(2 * HOUR)
    assert len(notices(boosts, "I cannot stop it")) == len(alarms)


def test_a_price_waits_for_it_too(boosts: BoostBench) -> None:
    boosts.published()
    boosts.unpaid()
    boosts.wished("P1")
    assert "The network did not tell its price" in boosts.desk.shown("B1")
    assert "Approve" not in boosts.labels()
    boosts.paid()
    assert "Approve" in boosts.labels()


def test_an_audience_waits_for_it_too(boosts: BoostBench) -> None:
    boosts.unpaid()
    with boosts.desk.store.write() as session:
        session.add(AudienceRow.asked("bakery", "Regulars", {"kind": "page", "days": 30}, 1, boosts.desk.now))
    boosts.desk.say("Bruno", "audiences bakery")
    boosts.desk.act(boosts.desk.pressed("Bruno", ACCEPT))
    assert held(boosts) == ["audience"]
    boosts.paid()
    assert boosts.desk.rows(AudienceRow)[0].remote_id


def test_a_person_whom_the_network_has_locked_fails_the_order_in_its_own_words(boosts: BoostBench) -> None:
    code = boosts.wished()
    boosts.meta.act("token", token="sandbox-ads-token", end=459)
    boosts.desk.press("Bruno", "Approve", code)
    assert boosts.row().state == S.FAILED
    assert "You cannot access the app till you log in" in boosts.desk.shown("B1")
    assert account(boosts).ads_lost_at is None
    boosts.meta.act("token", token="sandbox-ads-token", end=0)
    boosts.press("Bruno", "Retry")
    assert boosts.row().state == S.RUNNING


def test_a_token_that_comes_in_its_place_and_may_not_pay_sets_nothing_loose(boosts: BoostBench) -> None:
    code = boosts.wished()
    boosts.unpaid()
    boosts.desk.press("Bruno", "Approve", code)
    boosts.meta.act("token", token="sandbox-ads-token", end=0, revoke=["ads_read", "ads_management"])
    for _ in range(3):
        boosts.passes(MINUTES)
    assert held(boosts) == ["boost"]
    assert not notices(boosts, "connected again")
    boosts.meta.act("token", token="sandbox-ads-token", grant=["ads_read", "ads_management"])
    boosts.paid()
    assert boosts.row().state == S.RUNNING


def test_an_admin_asks_at_once_and_hears_the_answer(boosts: BoostBench) -> None:
    code = boosts.wished()
    boosts.unpaid()
    boosts.desk.press("Bruno", "Approve", code)
    button = reconnect(boosts)
    boosts.desk.act(boosts.desk.pressed("Ada", button))
    assert "role “admin”" in boosts.desk.whispered("Ada")
    boosts.desk.act(boosts.desk.pressed("Dario", button))
    assert any("The ad account of bakery is still refused" in said for said in boosts.desk.direct("Dario"))
    boosts.meta.act("token", token="sandbox-ads-token", end=0)
    boosts.desk.act(boosts.desk.pressed("Dario", button))
    assert "The ad account of bakery works." in boosts.desk.direct("Dario")
    boosts.passes(MINUTES)
    assert boosts.row().state == S.RUNNING


def test_a_token_that_the_settings_gave_is_asked_for_by_its_name_there(boosts: BoostBench) -> None:
    known = boosts.desk.setup.accounts["bakery"]
    boosts.desk.reshape(accounts={**boosts.desk.setup.accounts, "bakery": replace(known, is_paid_by_settings=True)})
    boosts.unpaid()
    boosts.wished()
    assert len(notices(boosts, "puts a new token into ads_token of [accounts.bakery] and starts me again")) == 1


def test_accounts_lists_what_is_lost(boosts: BoostBench) -> None:
    boosts.unpaid()
    boosts.wished()
    boosts.desk.say("Dario", "accounts")
    assert "access to its ad account lost: " in boosts.desk.whispered("Dario")


def test_what_a_price_needs_of_the_accounts_own_token_tells_of_that_and_is_not_asked_without_end(
    boosts: BoostBench,
) -> None:
    boosts.published()
    boosts.meta.act("token", token="sandbox-page-token", end=460)
    boosts.wished("P1")
    assert (account(boosts).access, account(boosts).ads_lost_at) == (Access.LOST, None)
    asked = boosts.desk.deliveries("boost_quote")[0].fence
    for _ in range(5):
        boosts.passes(timedelta(seconds=5))
    assert boosts.desk.deliveries("boost_quote")[0].fence == asked
    boosts.meta.act("token", token="sandbox-page-token", end=0)
    for _ in range(2):
        boosts.passes(MINUTES)
    assert account(boosts).access == Access.GOOD
    assert "Approve" in boosts.labels()
