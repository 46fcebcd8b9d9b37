"""The pretend Marketing API: an ad account that spends as the clock moves, to the cent and never beyond a budget."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from support.ads_client import ACCOUNT, DAY, HOUR, Ads, opened

ROME = ZoneInfo("Europe/Rome")


@pytest.fixture
def ads() -> Iterator[Ads]:
    with opened() as ads:
        yield ads


def to_midnight(ads: Ads) -> None:
    """Go to one second after the next midnight of the account."""
    now = datetime.fromtimestamp(ads.moment(0), ROME)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=1, microsecond=0)
    ads.advance((midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds())


def test_a_running_ad_spends_its_daily_budget_over_the_day(ads: Ads) -> None:
    to_midnight(ads)
    ads.boost(daily_budget=2400)
    ads.advance(HOUR)
    assert ads.books()["spent"] == pytest.approx(100, abs=2)
    ads.advance(DAY)
    assert ads.books()["spent"] == pytest.approx(2500, abs=2)


def test_no_day_costs_more_than_the_daily_budget(ads: Ads) -> None:
    made = ads.boost(daily_budget=1001)
    for _ in range(9):
        ads.advance(DAY / 3)
    days = ads.books()["campaigns"][0]["days"]
    assert len(days) in {4, 5}
    assert max(days.values()) == 1001
    assert sum(days.values()) == ads.books()["campaigns"][0]["ad_sets"][made["ad_set"]]


def test_a_lifetime_budget_is_spent_to_the_cent_at_its_end_and_not_beyond(ads: Ads) -> None:
    ads.boost(daily_budget=None, lifetime_budget=3333, end_time=ads.moment(3 * DAY))
    for _ in range(7):
        ads.advance(DAY / 2)
        assert ads.books()["spent"] <= 3333
    ads.advance(30 * DAY)
    assert ads.books()["spent"] == 3333


def test_two_ads_share_their_ad_sets_budget(ads: Ads) -> None:
    made = ads.boost(daily_budget=None, lifetime_budget=1001, end_time=ads.moment(2 * DAY))
    second = ads.ad(made["ad_set"], made["creative"], status="ACTIVE")
    ads.advance(3 * DAY)
    assert ads.books()["spent"] == 1001
    rows = ads.get(f"{ACCOUNT}/insights", "ad_id,spend", level="ad", date_preset="maximum")["data"]
    assert {row["ad_id"] for row in rows} == {made["ad"], second}
    assert sorted(row["spend"] for row in rows) == ["5.00", "5.01"]


def test_a_paused_boost_spends_nothing_and_goes_on_when_it_is_resumed(ads: Ads) -> None:
    made = ads.boost()
    for part in ("campaign", "ad_set", "ad"):
        ads.post(made[part], status="PAUSED")
        spent = ads.books()["spent"]
        ads.advance(DAY)
        assert ads.books()["spent"] == spent
        ads.post(made[part], status="ACTIVE")
        ads.advance(HOUR)
        assert ads.books()["spent"] > spent


def test_nothing_is_spent_before_the_start_nor_after_the_end(ads: Ads) -> None:
    ads.boost(start_time=ads.moment(DAY), end_time=ads.moment(3 * DAY))
    ads.advance(DAY - HOUR)
    assert ads.books()["spent"] == 0
    ads.advance(9 * DAY)
    assert ads.books()["spent"] == pytest.approx(2000, abs=1)


def test_how_often_somebody_looks_changes_nothing(ads: Ads) -> None:
    end = ads.moment(DAY)
    often = ads.boost(daily_budget=None, lifetime_budget=777, end_time=end)
    for _ in range(24):
        ads.advance(HOUR)
        ads.get(often["ad"], "effective_status")
    ads.advance(HOUR)
    assert ads.books()["spent"] == 777


def test_more_budget_and_a_later_end_are_spent_too(ads: Ads) -> None:
    made = ads.boost(daily_budget=None, lifetime_budget=1000, end_time=ads.moment(2 * DAY))
    ads.advance(DAY)
    ads.post(made["ad_set"], lifetime_budget=5000, end_time=ads.moment(3 * DAY))
    ads.advance(4 * DAY)
    assert ads.books()["spent"] == 5000


def test_a_cap_of_the_account_stops_everything(ads: Ads) -> None:
    ads.post(ACCOUNT, spend_cap=12.34)
    assert ads.get(ACCOUNT, "spend_cap")["spend_cap"] == "1234"
    ads.boost()
    ads.advance(9 * DAY)
    assert ads.books()["spent"] == 1234
    assert ads.get(ACCOUNT, "amount_spent")["amount_spent"] == "1234"


def test_a_cap_of_the_campaign_stops_it(ads: Ads) -> None:
    made = ads.boost(daily_budget=9000)
    ads.post(made["campaign"], spend_cap=10_000)
    ads.advance(9 * DAY)
    assert ads.books()["spent"] == 10_000


def test_a_budget_on_the_campaign_is_spent_by_its_ad_sets_together(ads: Ads) -> None:
    campaign = ads.campaign(daily_budget=None, lifetime_budget=2001, is_adset_budget_sharing_enabled=None)
    creative = ads.creative(ads.page_post())
    for _ in range(2):
        ad_set = ads.ad_set(campaign, daily_budget=None, end_time=ads.moment(DAY), status="ACTIVE")
        ads.ad(ad_set, creative, status="ACTIVE")
    ads.post(campaign, status="ACTIVE")
    ads.advance(2 * DAY)
    assert ads.books()["spent"] == 2001


def test_a_disabled_or_unfunded_account_spends_nothing(ads: Ads) -> None:
    made = ads.boost()
    ads.settings(funded=False)
    spent = ads.books()["spent"]
    ads.advance(DAY)
    assert ads.status(made["ad"]) == "PENDING_BILLING_INFO"
    assert "funding_source" not in ads.get(ACCOUNT, "funding_source")
    ads.settings(funded=True, account_status=2)
    ads.advance(DAY)
    assert ads.books()["spent"] == spent
    assert ads.get(ACCOUNT, "account_status,disable_reason") == {
        "account_status": 2, "disable_reason": 1, "id": ACCOUNT,
    }  # fmt: skip


def test_a_deleted_post_stops_its_boost(ads: Ads) -> None:
    made = ads.boost()
    ads.advance(HOUR)
    spent = ads.books()["spent"]
    ads.call("DELETE", made["post"], token="sandbox-page-token")
    ads.advance(DAY)
    assert ads.books()["spent"] == pytest.approx(spent, abs=1)
    assert ads.status(made["ad"]) == "WITH_ISSUES"
    issues = ads.get(made["campaign"], "issues_info")["issues_info"]
    assert issues[0]["error_summary"] == "Ad Post Deleted"
    assert ads.state()["boosts"][0]["badge"] == "trouble"


def test_a_deleted_campaign_stays_in_the_books(ads: Ads) -> None:
    made = ads.boost()
    ads.advance(DAY)
    ads.call("DELETE", made["campaign"])
    spent = ads.books()["spent"]
    assert spent > 900
    ads.advance(DAY)
    assert ads.books()["campaigns"][0] | {"days": {}} == {
        "id": made["campaign"], "name": "Boost", "status": "DELETED", "effective_status": "DELETED", "spent": spent,
        "days": {}, "ad_sets": {made["ad_set"]: spent},
    }  # fmt: skip
    assert ads.status(made["ad"]) == "DELETED"


def test_a_currency_without_cents_is_told_in_whole_units(ads: Ads) -> None:
    ads.settings(currency="JPY", min_budget=100)
    ads.boost(daily_budget=None, lifetime_budget=5000, end_time=ads.moment(DAY))
    ads.advance(2 * DAY)
    rows = ads.get(f"{ACCOUNT}/insights", "spend,account_currency", date_preset="maximum")["data"]
    assert (rows[0]["spend"], rows[0]["account_currency"]) == ("5000", "JPY")


def test_the_page_sees_a_badge_and_a_meter(ads: Ads) -> None:
    made = ads.boost(end_time=ads.moment(2 * DAY))
    ads.advance(DAY)
    boost = ads.state()["boosts"][0]
    assert (boost["shown"], boost["badge"]) == (made["post"], "boosted")
    assert (boost["daily_budget"], boost["currency"]) == (1000, "EUR")
    assert 0 <= boost["spent_today"] <= boost["spent"] <= 1001
    ads.advance(2 * DAY)
    assert ads.state()["boosts"][0]["badge"] == "ended"
    assert ads.status(made["ad"]) == "ACTIVE"
