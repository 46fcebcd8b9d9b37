"""Every platform that boosts: four parts made once, nothing spent before it runs, the books told to the cent."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.contract import (
    AdsAccessLost,
    Audience,
    AudienceKind,
    AudiencePlan,
    BoostOrder,
    BoostPart,
    BoostPhase,
    Boosts,
    ContentRefused,
    Goal,
    NotPermitted,
    OutcomeUnknown,
    Permanent,
    Platform,
    Targeting,
)
from support.platform_bench import Bench
from support.platform_progress import Kept
from support.platform_promises import able

pytestmark = [pytest.mark.needs("boosts"), pytest.mark.needs("audiences")]

DAY = timedelta(days=1)
#: Outside the EU, where nobody has to be named who pays.
SWISS = Targeting(("CH",))


@pytest.fixture
def paid(account: Platform) -> Any:
    return able(account, "boosts")


@pytest.fixture
def order(bench: Bench, paid: Any) -> BoostOrder:
    """Ten euros a day for three days behind a post of ours."""
    post = paid.publish(bench.outgoing("Fresh bread"), "key-1", Kept())
    now = datetime.now(UTC).replace(microsecond=0)
    return BoostOrder("bottega-B1-7f3a", post.remote_id, Goal.ENGAGEMENT, 1000, True, now, now + 3 * DAY, SWISS)


def made(paid: Boosts, order: BoostOrder) -> dict[str, str]:
    """All four parts."""
    found: dict[str, str] = {}
    for part in BoostPart:
        found[part] = paid.make_part(part, order, found)
    return found


def spent(bench: Bench) -> dict[str, int]:
    """Campaign -> what the network's own books say."""
    return {campaign["id"]: campaign["spent"] for campaign in bench.books()["campaigns"]}


def test_the_ad_account_tells_its_money(paid: Any) -> None:
    account = paid.ad_account()
    assert account.currency == "EUR"
    assert account.offset == 100
    assert account.min_daily > 0
    assert account.zone == "Europe/Rome"
    assert account.active, account.reason


def test_an_ad_account_that_cannot_pay_says_why(bench: Bench, paid: Any) -> None:
    bench.stage("ads/settings", funded=False)
    account = paid.ad_account()
    assert not account.active
    assert "payment" in account.reason
    bench.stage("ads/settings", account_status=2)
    assert "disabled" in paid.ad_account().reason


def test_people_within_reach_are_estimated(paid: Any) -> None:
    near = paid.estimate(SWISS)
    far = paid.estimate(Targeting(("CH", "US")))
    assert 0 < near.people_from <= near.people_to
    assert near.people_to < far.people_to


def test_nothing_is_spent_before_it_runs_and_all_of_it_is_told_after(
    bench: Bench, paid: Any, order: BoostOrder
) -> None:
    assert paid.unboostable(order.publication_id) == ""
    parts = made(paid, order)
    bench.stage("clock", advance=DAY.total_seconds())
    assert paid.boost_report(order, parts).phase == BoostPhase.PAUSED
    assert spent(bench) == {parts[BoostPart.CAMPAIGN]: 0}
    paid.switch(parts, running=True)
    paid.switch(parts, running=True)
    bench.stage("clock", advance=DAY.total_seconds() / 2)
    report = paid.boost_report(order, parts)
    assert report.phase == BoostPhase.RUNNING
    assert 0 < report.spent <= order.budget * 2
    assert spent(bench) == {parts[BoostPart.CAMPAIGN]: report.spent}
    assert report.reach > 0
    assert report.results > 0


def test_a_paused_boost_spends_nothing_until_it_runs_again(bench: Bench, paid: Any, order: BoostOrder) -> None:
    parts = made(paid, order)
    paid.switch(parts, running=True)
    bench.stage("clock", advance=7200)
    paid.switch(parts, running=False)
    before = paid.boost_report(order, parts)
    assert before.phase == BoostPhase.PAUSED
    bench.stage("clock", advance=7200)
    assert paid.boost_report(order, parts).spent == before.spent
    paid.switch(parts, running=True)
    bench.stage("clock", advance=7200)
    assert paid.boost_report(order, parts).spent > before.spent


def test_what_was_spent_is_told_in_the_currency_that_it_was_spent_in(
    bench: Bench, paid: Any, order: BoostOrder
) -> None:
    assert paid.ad_account().currency == "EUR"  # before it was another account's
    bench.stage("ads/settings", currency="JPY")
    parts = made(paid, order)
    paid.switch(parts, running=True)
    bench.stage("clock", advance=DAY.total_seconds() / 2)
    report = paid.boost_report(order, parts)
    assert 0 < report.spent <= order.budget * 2
    assert spent(bench) == {parts[BoostPart.CAMPAIGN]: report.spent}


def test_it_ends_by_itself_and_never_above_its_budget(bench: Bench, paid: Any, order: BoostOrder) -> None:
    whole = replace(order, is_daily=False, budget=3000)
    parts = made(paid, whole)
    paid.switch(parts, running=True)
    bench.stage("clock", advance=5 * DAY.total_seconds())
    report = paid.boost_report(whole, parts)
    assert report.is_over
    assert report.spent == 3000
    assert spent(bench) == {parts[BoostPart.CAMPAIGN]: 3000}


def test_an_extension_gives_more_money_and_time(bench: Bench, paid: Any, order: BoostOrder) -> None:
    whole = replace(order, is_daily=False, budget=3000)
    parts = made(paid, whole)
    paid.switch(parts, running=True)
    bench.stage("clock", advance=DAY.total_seconds())
    longer = replace(whole, budget=6000, end_at=whole.end_at + 3 * DAY)
    paid.extend(longer, parts)
    paid.extend(longer, parts)
    bench.stage("clock", advance=8 * DAY.total_seconds())
    assert paid.boost_report(longer, parts).spent == 6000


@pytest.mark.parametrize("part", list(BoostPart))
def test_a_part_whose_answer_was_lost_is_found_by_its_name(
    bench: Bench, paid: Any, order: BoostOrder, part: BoostPart
) -> None:
    parts: dict[str, str] = {}
    for before in BoostPart:
        if before == part:
            break
        parts[before] = paid.make_part(before, order, parts)
    assert paid.find_part(part, order, parts) is None
    bench.disturb("drop_after", match=bench.making[part])
    with pytest.raises(OutcomeUnknown):
        paid.make_part(part, order, parts)
    found = paid.find_part(part, order, parts)
    assert found
    other = replace(order, name="bottega-B1-7f3")
    assert paid.find_part(part, other, parts) is None, "a name is no beginning of another"


def test_a_part_that_never_left_is_certainly_not_there(bench: Bench, paid: Any, order: BoostOrder) -> None:
    bench.disturb("drop_before", match=bench.making[BoostPart.CAMPAIGN])
    with pytest.raises(OutcomeUnknown):
        paid.make_part(BoostPart.CAMPAIGN, order, {})
    assert paid.find_part(BoostPart.CAMPAIGN, order, {}) is None


def test_who_pays_in_the_eu_is_asked_for_and_named(paid: Any, order: BoostOrder) -> None:
    italy = replace(order, targeting=Targeting(("IT",)))
    campaign = {BoostPart.CAMPAIGN: paid.make_part(BoostPart.CAMPAIGN, italy, {})}
    with pytest.raises(ContentRefused, match=r"(?i)payor|beneficiary"):
        paid.make_part(BoostPart.AD_SET, italy, campaign)
    named = replace(italy, beneficiary="Acme Bakery", payor="Acme Bakery")
    assert paid.make_part(BoostPart.AD_SET, named, campaign)


def test_a_budget_below_the_networks_minimum_is_refused_in_words(paid: Any, order: BoostOrder) -> None:
    small = replace(order, budget=1)
    campaign = {BoostPart.CAMPAIGN: paid.make_part(BoostPart.CAMPAIGN, small, {})}
    with pytest.raises(Permanent) as refusal:
        paid.make_part(BoostPart.AD_SET, small, campaign)
    assert refusal.value.reason


@pytest.mark.parametrize("goal", list(Goal))
def test_every_goal_can_be_ordered(paid: Any, order: BoostOrder, goal: Goal) -> None:
    link = "https://acme.example/shop" if goal == Goal.VISITS else ""
    assert len(made(paid, replace(order, goal=goal, link=link))) == len(BoostPart)


def test_a_refused_ad_says_why(bench: Bench, paid: Any, order: BoostOrder) -> None:
    bench.stage("ads/settings", ads_verdict="wait")
    parts = made(paid, order)
    paid.switch(parts, running=True)
    assert paid.boost_report(order, parts).phase == BoostPhase.IN_REVIEW
    bench.stage("ads/review", ad=parts[BoostPart.AD], approved=False, feedback={"Prohibited": "No firearms."})
    report = paid.boost_report(order, parts)
    assert report.phase == BoostPhase.REFUSED
    assert "No firearms." in report.reason


def test_a_boost_whose_campaign_is_gone_is_gone(bench: Bench, paid: Any, order: BoostOrder) -> None:
    parts = made(paid, order)
    paid.switch(parts, running=True)
    bench.deletes_campaign(parts[BoostPart.CAMPAIGN])
    assert paid.boost_report(order, parts).phase == BoostPhase.GONE


def test_an_account_without_an_ad_account_cannot_boost(bench: Bench, paid: Any) -> None:
    poor: Any = bench.connect_unpaid()
    assert not poor.can.boosts
    assert not poor.can.audiences
    with pytest.raises(NotPermitted, match="ad account"):
        poor.ad_account()


def test_the_loss_of_the_token_for_ads_is_not_the_loss_of_the_account(bench: Bench, paid: Any) -> None:
    bench.revoke_ads()
    with pytest.raises(AdsAccessLost):
        paid.ad_account()
    with pytest.raises(AdsAccessLost):
        paid.switch({"campaign": "1"}, running=False)
    assert paid.publish(bench.outgoing("Bread all the same"), "key-2", Kept())


def test_an_audience_is_made_once_and_tells_when_it_is_ready(bench: Bench, paid: Any) -> None:
    plan = AudiencePlan("Engaged 30 days", AudienceKind.PAGE, days=30)
    made_id = paid.make_audience(plan)
    assert paid.find_audience(plan.name) == made_id
    assert paid.find_audience("Engaged 3") is None
    fresh: Audience = paid.audience(made_id)
    assert not fresh.ready
    assert fresh.reason
    bench.stage("clock", advance=7200)
    ready: Audience = paid.audience(made_id)
    assert ready.ready
    assert (ready.people_from or 0) <= (ready.people_to or 0)
    assert [audience.remote_id for audience in paid.audiences()] == [made_id]


def test_every_kind_of_audience_can_be_made_and_used(bench: Bench, paid: Any, order: BoostOrder) -> None:
    page = paid.make_audience(AudiencePlan("Page", AudienceKind.PAGE, days=30))
    profile = paid.make_audience(AudiencePlan("Profile", AudienceKind.PROFILE, days=60))
    website = paid.make_audience(
        AudiencePlan("Shop", AudienceKind.WEBSITE, days=90, pixel="8001", url_contains="/shop")
    )
    bench.stage("clock", advance=7200)
    alike = paid.make_audience(AudiencePlan("Alike", AudienceKind.LOOKALIKE, seed=page, country="CH", percent=2))
    used = replace(order, targeting=Targeting(("CH",), include=(page, alike), exclude=(profile, website)))
    assert len(made(paid, used)) == len(BoostPart)


def test_what_runs_there_is_found_by_how_its_name_begins(bench: Bench, paid: Any, order: BoostOrder) -> None:
    parts = made(paid, order)
    assert paid.running("bottega-") == {}, "it is created paused"
    paid.switch(parts, running=True)
    assert paid.running("bottega-") == {parts["campaign"]: order.name}
    assert paid.running("B1-") == {}, "the name must begin so"
    paid.switch(parts, running=False)
    assert paid.running("bottega-") == {}
