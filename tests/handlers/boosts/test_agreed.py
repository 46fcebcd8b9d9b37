"""What is ordered is what was agreed to, paid by whom it was agreed to, by members whose voices still count."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session

from handlers.setup import OurAccount
from models.boost import Boost
from models.boost_state import BoostState
from models.member import Role, named
from platforms.facebook.adapter import Facebook
from support.boost_bench import BoostBench
from support.meta_bench import AD_ACCOUNT, KEYS, PAGE
from support.patience import CALLS

S = BoostState
MINUTES, HOUR = timedelta(minutes=3), timedelta(hours=1)


@contextmanager
def behind(boosts: BoostBench) -> Iterator[Session]:
    """Somebody writes into the database."""
    with boosts.desk.store.write() as session:
        yield session


def pays(boosts: BoostBench, ad_account: str) -> None:
    """The settings name another ad account, and the desk is started again."""
    known = boosts.desk.setup.accounts["bakery"]
    platform = Facebook(
        base_url=f"{boosts.meta.address}/facebook",
        keys=KEYS,
        options={"page": PAGE, "ad_account": ad_account},
        now=boosts.desk.clock,
        timeout=CALLS,
    )
    account: OurAccount = replace(known, platform=platform)
    boosts.desk.reshape(accounts={**boosts.desk.setup.accounts, "bakery": account})


def is_free(boosts: BoostBench) -> bool:
    """Whether no money is set aside."""
    return boosts.ledger("reserve") == boosts.ledger("release")


def loses(boosts: BoostBench, who: str, role: Role | None = None) -> None:
    """A member loses a role, or is removed."""
    with boosts.desk.store.write() as session:
        member = named(session, who)
        if role is None:
            member.active = False
        else:
            member.withdraw(role)


# -- the ad account ---------------------------------------------------------------------------------------------------


def test_another_ad_account_in_the_settings_does_not_pay_for_what_was_agreed_to(boosts: BoostBench) -> None:
    code = boosts.wished()
    pays(boosts, "act_9999")
    boosts.press("Bruno", "Approve", code)
    assert boosts.campaigns == []
    assert boosts.row().state == S.FAILED
    assert is_free(boosts)
    told = "another ad account pays for Bakery now: act_9999 instead of act_5001"
    assert told in boosts.told()[-1]
    assert "[Retry] [Edit] [Withdraw]" in boosts.told()[-1]
    assert told in boosts.desk.direct("Bruno")[-1]
    pays(boosts, AD_ACCOUNT)
    boosts.press("Bruno", "Retry")
    assert boosts.row().state == S.RUNNING


def test_with_another_ad_account_it_is_agreed_to_again(boosts: BoostBench) -> None:
    code = boosts.wished()
    before = boosts.row().digest
    pays(boosts, "act_9999")
    boosts.press("Bruno", "Approve", code)
    pays(boosts, AD_ACCOUNT)
    with behind(boosts) as session:
        session.get_one(Boost, 1).ad_account = "act_4"  # as if it had been agreed to with that one
    boosts.desk.act(boosts.desk.pressed("Ada", boosts.desk.button("Edit", "B1")))
    boosts.fill(amount="31")
    assert boosts.row().ad_account == AD_ACCOUNT
    assert boosts.row().digest != before
    boosts.press("Bruno", "Approve")
    assert boosts.row().state == S.RUNNING


def test_the_digest_covers_the_ad_account_and_says_its_version(boosts: BoostBench) -> None:
    boosts.wished()
    row = boosts.row()
    assert (row.digest_version, row.ad_account) == (2, AD_ACCOUNT)
    assert row.content()["ad_account"] == AD_ACCOUNT
    with behind(boosts) as session:
        session.execute(text("UPDATE boost SET ad_account = 'act_9999'"))
    boosts.press("Bruno", "Approve")
    assert boosts.campaigns == []
    assert boosts.row().state == S.FAILED


def first_version(boosts: BoostBench) -> None:
    """B1 was priced before the ad account belonged to a digest."""
    with behind(boosts) as session:
        row = session.get_one(Boost, 1)
        row.digest_version, row.ad_account, digest = 1, "", row.digest
        session.flush()
        assert not row.is_intact
        row.digest = ""
        quote = dict(row.quote)
        row.priced(quote, currency=row.currency, offset=row.offset, zone=row.zone, now=boosts.desk.now)
        row.ad_account = ""
        assert row.digest != digest


def test_what_was_priced_under_the_first_version_is_ordered_and_checked_under_it(boosts: BoostBench) -> None:
    code = boosts.wished(amount="60")
    first_version(boosts)
    boosts.desk.say("Ada", f"boost {code}")
    boosts.press("Bruno", "Approve")
    digest = boosts.row().digest
    boosts.press("Ada", "Ask the price again")
    assert boosts.row().digest == digest, "one of two voices is given"
    boosts.press("Chiara", "Approve")
    assert boosts.row().state == S.RUNNING
    assert len(boosts.campaigns) == 1


def test_the_first_version_knows_by_its_price_who_pays(boosts: BoostBench) -> None:
    code = boosts.wished()
    first_version(boosts)
    pays(boosts, "act_9999")
    boosts.desk.say("Ada", f"boost {code}")
    boosts.press("Bruno", "Approve")
    assert boosts.campaigns == []
    assert boosts.row().state == S.FAILED


@pytest.mark.parametrize(
    "changed", ["budget = 9000", "days = 30", "goal = 'reach'", "link = 'https://x.example'", "is_daily = true"]
)
def test_a_plan_that_was_changed_behind_the_desk_is_not_ordered(boosts: BoostBench, changed: str) -> None:
    code = boosts.wished()
    with behind(boosts) as session:
        session.execute(text(f"UPDATE boost SET {changed}"))
    boosts.press("Bruno", "Approve", code)
    assert boosts.campaigns == []
    assert "what is stored of it is not what was agreed to" in " ".join(boosts.told()) or boosts.row().state == S.REVIEW


# -- whose voices count -----------------------------------------------------------------------------------------------


def order_held(boosts: BoostBench, **wanted: str) -> None:
    """B1 is agreed to by Bruno, and by Chiara where it takes two, and held while the token for ads is lost."""
    code = boosts.wished(**wanted)
    boosts.unpaid()
    for who in ("Bruno", "Chiara") if wanted else ("Bruno",):
        boosts.desk.press(who, "Approve", code)
    assert boosts.row().state == S.ORDERING


@pytest.mark.parametrize("role", [Role.BUYER, None], ids=["without the role", "removed"])
def test_an_order_that_was_held_is_agreed_to_again_where_a_voice_does_not_count_any_more(
    boosts: BoostBench, role: Role | None
) -> None:
    order_held(boosts)
    loses(boosts, "Bruno", role)
    boosts.paid()
    assert boosts.campaigns == []
    assert boosts.row().state == S.REVIEW
    assert is_free(boosts)
    told = boosts.told()[-1]
    assert "B1 did not go on: those who agreed to it do not suffice any more." in told
    assert "Still wanted: 1 buyer. These members can agree: Chiara." in told
    assert any("do not suffice any more" in said for said in boosts.desk.direct("Ada"))
    boosts.press("Chiara", "Approve")
    assert boosts.row().state == S.RUNNING


def test_limits_that_were_lowered_ask_for_the_second_voice_and_keep_the_first(boosts: BoostBench) -> None:
    order_held(boosts)
    boosts.allow(first_limit=10, second_limit=200, month_cap=300)
    boosts.paid()
    assert boosts.row().state == S.REVIEW
    assert "Still wanted: 1 buyer." in boosts.told()[-1]
    boosts.press("Chiara", "Approve")
    assert boosts.row().state == S.RUNNING


def extension_held(boosts: BoostBench, **more: str) -> None:
    """B1 runs; more is agreed to by Bruno and Chiara, and held while the token for ads is lost."""
    boosts.ordered()
    boosts.press("Ada", "Extend")
    boosts.fill(**more)
    boosts.unpaid()
    boosts.press("Bruno", "Approve")
    boosts.press("Chiara", "Approve")
    assert boosts.row().is_extending


def test_an_extension_that_was_held_does_not_leave_with_voices_that_do_not_count_any_more(boosts: BoostBench) -> None:
    extension_held(boosts, amount="60", days="6")
    loses(boosts, "Bruno", Role.BUYER)
    loses(boosts, "Chiara")
    boosts.give("Dario", Role.BUYER)
    boosts.allow(first_limit=10, second_limit=200, month_cap=300)
    boosts.paid()
    row = boosts.row()
    assert (row.budget, row.is_extending) == (3000, False)
    assert row.wish["amount"] == "60"
    assert boosts.ledger("reserve") - boosts.ledger("release") == 3000
    assert "Still wanted: 2 buyers. These members can agree: Dario." in boosts.told()[-1]
    assert "€60.00: nobody yet; still wanted: 2 buyers" in boosts.desk.shown("B1")
    boosts.give("Bruno", Role.BUYER)
    boosts.press("Bruno", "Approve")
    boosts.press("Dario", "Approve")
    for _ in range(3):
        boosts.passes(MINUTES)
    assert boosts.row().budget == 6000


def test_an_extension_whose_digest_changed_is_told_and_its_money_is_free(boosts: BoostBench) -> None:
    extension_held(boosts, amount="60")
    with behind(boosts) as session:
        session.execute(text("UPDATE boost SET link = 'https://elsewhere.example'"))
    boosts.paid()
    row = boosts.row()
    assert (row.wish, row.budget, row.state) == ({}, 3000, S.RUNNING)
    assert boosts.ledger("reserve") - boosts.ledger("release") == 3000
    told = "B1 was not extended (what is stored of it is not what was agreed to). It goes on as it was; press Extend"
    assert told in boosts.told()[-1]
    for who in ("Ada", "Bruno", "Chiara"):
        assert told in boosts.desk.direct(who)[-1]


def test_an_extension_waits_for_nobody_in_silence_when_another_ad_account_pays(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.press("Ada", "Extend")
    boosts.fill(amount="60")
    boosts.lost()
    boosts.press("Bruno", "Approve")
    boosts.press("Chiara", "Approve")
    assert boosts.row().is_extending
    pays(boosts, "act_9999")
    boosts.regained()
    boosts.passes(MINUTES)
    assert boosts.row().wish == {}
    assert "another ad account pays for Bakery now" in boosts.told()[-1]
    assert boosts.ledger("reserve") - boosts.ledger("release") == 3000


def test_an_extension_that_may_have_got_through_is_undone_before_it_is_agreed_to_again(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.press("Ada", "Extend")
    boosts.fill(amount="45")
    boosts.meta.fault(f"POST /facebook/v26.0/{boosts.row().made['ad_set']}", "drop_after")
    boosts.press("Bruno", "Approve")
    loses(boosts, "Bruno", Role.BUYER)
    for _ in range(4):
        boosts.passes(MINUTES)
    row = boosts.row()
    assert (row.budget, row.wish["amount"], row.is_extending) == (3000, "45", False)
    assert boosts.ledger("reserve") - boosts.ledger("release") == 3000
    ad_set: dict[str, Any] = boosts.meta.state()["ads"]["boosts"][0]
    assert int(ad_set["lifetime_budget"]) == 3000
    boosts.press("Chiara", "Approve")
    assert boosts.row().budget == 4500


def test_a_resume_that_was_held_does_not_spend_where_who_pressed_it_may_not_any_more(boosts: BoostBench) -> None:
    boosts.ordered()
    boosts.press("Ada", "Pause")
    boosts.unpaid()
    boosts.press("Bruno", "Resume")
    loses(boosts, "Bruno", Role.BUYER)
    boosts.paid()
    assert boosts.row().state == S.PAUSED
    assert boosts.campaigns[0]["status"] == "PAUSED"
    assert any("Bruno ordered this and does not have the role" in said for said in boosts.told())
