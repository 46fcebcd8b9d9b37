"""The pretend Marketing API: the account, estimates, searches, insights and audiences."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from support.ads_client import ACCOUNT, DAY, HOUR, INSTAGRAM, OUTSIDE, Ads, error, opened
from support.meta_client import PAGE


@pytest.fixture
def ads() -> Iterator[Ads]:
    with opened() as ads:
        yield ads


# -- before ordering ---------------------------------------------------------------------------------------------------


def test_the_account_tells_its_money_and_its_zone(ads: Ads) -> None:
    fields = "account_status,currency,timezone_name,funding_source,min_daily_budget,amount_spent,default_dsa_payor"
    assert ads.get(ACCOUNT, fields) == {
        "account_status": 1, "currency": "EUR", "timezone_name": "Europe/Rome", "funding_source": "60010001",
        "min_daily_budget": 100, "amount_spent": "0", "id": ACCOUNT,
    }  # fmt: skip


def test_a_person_finds_the_ad_accounts(ads: Ads) -> None:
    for token in ("sandbox-user-token", "sandbox-ads-token"):
        found = Ads(ads.address, token).get("me/adaccounts", "name,account_status")["data"]
        assert found == [{"name": "Acme ads", "account_status": 1, "id": ACCOUNT}]


def test_a_token_without_the_scope_may_not(ads: Ads) -> None:
    assert ads.stage("token", token=ads.token, revoke=["ads_management"]).status_code == 200
    ads.get(ACCOUNT)
    assert ads.refused(f"{ACCOUNT}/campaigns", name="x", special_ad_categories=[])[0] == 200


def test_the_stage_refuses_in_sentences(ads: Ads) -> None:
    for path, asked in (
        ("settings", {"colour": "red"}), ("settings", {"funded": 3}), ("settings", {"min_budget": True}),
        ("review", {"ad": "77", "approved": True}), ("review", {}), ("audience", {"audience": "77"}),
    ):  # fmt: skip
        answer = ads.stage(f"ads/{path}", **asked)
        assert (answer.status_code, answer.json()["error"][-1]) == (409, ".")


def test_the_minimums_follow_the_setting(ads: Ads) -> None:
    ads.settings(min_budget=250)
    row = ads.get(f"{ACCOUNT}/minimum_budgets")["data"][0]
    assert (row["currency"], row["min_daily_budget_imp"]) == ("EUR", 250)
    assert ads.refused(f"{ACCOUNT}/adsets", **ads.ad_set_params(ads.campaign(), daily_budget=249)) == (100, 1_885_272)


def test_estimates_grow_with_the_people_in_reach(ads: Ads) -> None:
    two = OUTSIDE | {"geo_locations": {"countries": ["US", "GB"]}}
    one = [ads.get(f"{ACCOUNT}/reachestimate", targeting_spec=json.dumps(aim))["data"] for aim in (OUTSIDE, two)]
    assert one[0]["users_lower_bound"] < one[0]["users_upper_bound"] < one[1]["users_upper_bound"]
    assert one[0]["estimate_ready"] is True
    asked = {"targeting_spec": json.dumps(OUTSIDE), "optimization_goal": "REACH"}
    row = ads.get(f"{ACCOUNT}/delivery_estimate", **asked)["data"][0]
    assert row["estimate_mau_upper_bound"] == one[0]["users_upper_bound"]
    assert "estimate_dau" not in row
    assert error(ads.call("GET", f"{ACCOUNT}/delivery_estimate", targeting_spec=json.dumps(OUTSIDE))) == (100, 0)


def test_interests_and_places_are_found_by_name(ads: Ads) -> None:
    found = ads.get("search", type="adinterest", q="movie")["data"]
    assert found[0]["id"] == "6003139266461"
    cities = ads.get("search", type="adgeolocation", q="mi", location_types='["city"]')["data"]
    assert [(city["key"], city["country_code"]) for city in cities] == [("1123581", "IT")]
    assert ads.get("search", type="adinterest", q="fax")["data"] == []
    assert error(ads.call("GET", "search", q="movie"))[0] == 100


def test_pixels_and_saved_audiences_are_listed(ads: Ads) -> None:
    assert ads.get(f"{ACCOUNT}/adspixels", "name")["data"] == [{"name": "Acme website", "id": "8001"}]
    saved = ads.get(f"{ACCOUNT}/saved_audiences", "name,targeting")["data"][0]
    assert saved["targeting"]["geo_locations"] == {"countries": ["IT"]}


# -- insights ----------------------------------------------------------------------------------------------------------


def test_there_is_no_row_before_anything_was_delivered(ads: Ads) -> None:
    made = ads.boost()
    assert ads.get(f"{made['ad']}/insights", "spend", date_preset="maximum")["data"] == []


def test_insights_tell_strings_and_units_of_the_currency(ads: Ads) -> None:
    made = ads.boost(daily_budget=None, lifetime_budget=2000, end_time=ads.moment(DAY))
    ads.advance(2 * DAY)
    fields = "spend,impressions,reach,clicks,actions,cost_per_action_type,frequency,account_currency,campaign_id"
    for part in ("campaign", "ad_set", "ad"):
        row = ads.get(f"{made[part]}/insights", fields, date_preset="maximum")["data"][0]
        assert (row["spend"], row["impressions"], row["reach"]) == ("20.00", "5000", "3846")
        assert row["campaign_id"] == made["campaign"]
        assert {"action_type": "post_engagement", "value": "300"} in row["actions"]
        costs = {cost["action_type"]: cost["value"] for cost in row["cost_per_action_type"]}
        assert costs["post_engagement"] == "0.066667"
    assert error(ads.call("GET", f"{made['ad']}/insights", fields="colour")) == (100, 0)


def test_insights_by_day_add_up_to_the_books(ads: Ads) -> None:
    made = ads.boost(end_time=ads.moment(3 * DAY))
    ads.advance(4 * DAY)
    rows = ads.get(f"{made['campaign']}/insights", "spend", date_preset="maximum", time_increment="1")["data"]
    assert {row["date_start"] for row in rows} == set(ads.books()["campaigns"][0]["days"])
    assert all(row["date_start"] == row["date_stop"] for row in rows)
    assert sum(int(row["spend"].replace(".", "")) for row in rows) == ads.books()["spent"]


def test_days_are_the_accounts_days_and_last_days_end_yesterday(ads: Ads) -> None:
    made = ads.boost()
    ads.advance(2 * DAY)
    today = datetime.fromtimestamp(ads.moment(0), UTC).astimezone(ZoneInfo("Europe/Rome")).date().isoformat()
    spanned = ads.get(f"{made['ad']}/insights", "spend", time_range=json.dumps({"since": today, "until": today}))[
        "data"
    ]
    asked = ads.get(f"{made['ad']}/insights", "spend", date_preset="today")["data"]
    assert spanned == asked
    assert all(row["date_start"] == today for row in asked)
    assert ads.get(f"{made['ad']}/insights", "spend", date_preset="last_7d")["data"][0]["date_stop"] < today
    assert error(ads.call("GET", f"{made['ad']}/insights", time_range='{"since":"today"}')) == (100, 0)


def test_the_account_tells_each_campaign_apart(ads: Ads) -> None:
    made = [ads.boost(), ads.boost(daily_budget=2000)]
    ads.advance(DAY)
    rows = ads.get(f"{ACCOUNT}/insights", "campaign_id,spend", level="campaign", date_preset="maximum")["data"]
    assert {row["campaign_id"] for row in rows} == {one["campaign"] for one in made}
    whole = ads.get(f"{ACCOUNT}/insights", "spend", date_preset="maximum")["data"]
    assert len(whole) == 1
    assert int(whole[0]["spend"].replace(".", "")) == ads.books()["spent"]


# -- audiences ---------------------------------------------------------------------------------------------------------


def rule(event: str = "page_engaged", kind: str = "page", source: str = PAGE, days: int = 365) -> dict[str, Any]:
    chosen = {"operator": "and", "filters": [{"field": "event", "operator": "eq", "value": event}]}
    one = {"event_sources": [{"id": source, "type": kind}], "retention_seconds": days * DAY, "filter": chosen}
    return {"inclusions": {"operator": "or", "rules": [one]}}


def engaged(ads: Ads) -> str:
    made: str = ads.post(f"{ACCOUNT}/customaudiences", name="Engaged", rule=json.dumps(rule()))["id"]
    return made


def test_terms_come_before_audiences(ads: Ads) -> None:
    ads.settings(audience_tos=False)
    assert ads.refused(f"{ACCOUNT}/customaudiences", name="x", rule=json.dumps(rule())) == (200, 1_870_034)
    terms = ads.get(f"{ACCOUNT}/customaudiencestos")["data"][0]
    ads.post(f"{ACCOUNT}/customaudiencestos", tos_id=terms["id"])
    engaged(ads)


def test_an_audience_fills_while_the_clock_goes_on(ads: Ads) -> None:
    made = engaged(ads)
    fields = "name,subtype,approximate_count_lower_bound,approximate_count_upper_bound,delivery_status,operation_status"
    found = ads.get(made, fields)
    assert (found["subtype"], found["operation_status"]["code"]) == ("ENGAGEMENT", 441)
    assert found["approximate_count_lower_bound"] == -1
    ads.advance(HOUR)
    found = ads.get(made, fields)
    assert (found["operation_status"]["code"], found["delivery_status"]["code"]) == (200, 200)
    assert 1000 <= found["approximate_count_lower_bound"] < found["approximate_count_upper_bound"]
    ads.stage("ads/audience", audience=made, people=20)
    assert ads.get(made, "delivery_status")["delivery_status"]["code"] == 300


@pytest.mark.parametrize(
    ("wrong", "subcode"),
    [
        (rule(event="page_hugged"), 1_713_151),
        (rule(source="77"), 0),
        (rule(kind="fax"), 0),
        (rule(days=731), 0),
        (rule(days=0), 0),
        (rule(event="page_liked"), 0),
        (rule(kind="pixel", source="8001", event="PageView", days=181), 0),
        ({"inclusions": {"operator": "or", "rules": []}}, 0),
        ({"rules": []}, 0),
        ([], 0),
    ],
)
def test_a_rule_is_refused(ads: Ads, wrong: Any, subcode: int) -> None:
    assert ads.refused(f"{ACCOUNT}/customaudiences", name="x", rule=json.dumps(wrong)) == (100, subcode)


def test_audiences_by_instagram_and_by_pixel(ads: Ads) -> None:
    instagram = rule(kind="ig_business", source=INSTAGRAM, event="ig_business_profile_engaged")
    website = rule(kind="pixel", source="8001", event="PageView", days=30)
    url = {"field": "url", "operator": "i_contains", "value": "/pricing"}
    website["inclusions"]["rules"][0]["filter"]["filters"] = [url]
    for name, given in (("Instagram", instagram), ("Website", website)):
        ads.post(f"{ACCOUNT}/customaudiences", name=name, rule=json.dumps(given), prefill=True)
    found = ads.get(f"{ACCOUNT}/customaudiences", "name,subtype,retention_days")["data"]
    assert [(row["name"], row["subtype"], row["retention_days"]) for row in found] == [
        ("Website", "WEBSITE", 30), ("Instagram", "ENGAGEMENT", 365),
    ]  # fmt: skip
    assert ads.refused(f"{ACCOUNT}/customaudiences", name="x", rule=json.dumps(website), subtype="WEBSITE")[0] == 100


def test_a_lookalike_resembles_a_seed_of_enough_people(ads: Ads) -> None:
    seed = engaged(ads)
    asked = {"name": "Alike", "subtype": "LOOKALIKE", "lookalike_spec": json.dumps({"ratio": 0.02, "country": "IT"})}
    made = ads.post(f"{ACCOUNT}/customaudiences", **asked, origin_audience_id=seed)["id"]
    ads.advance(3 * HOUR)
    assert ads.get(made, "approximate_count_lower_bound")["approximate_count_lower_bound"] == 540_000
    assert ads.refused(f"{ACCOUNT}/customaudiences", **asked, origin_audience_id="77") == (100, 33)
    broad = asked | {"lookalike_spec": json.dumps({"ratio": 0.3, "country": "IT"})}
    assert ads.refused(f"{ACCOUNT}/customaudiences", **broad, origin_audience_id=seed)[0] == 100
    nowhere = asked | {"lookalike_spec": json.dumps({"ratio": 0.02})}
    assert ads.refused(f"{ACCOUNT}/customaudiences", **nowhere, origin_audience_id=seed)[0] == 100
    ads.stage("ads/audience", audience=seed, trouble=471)
    assert ads.refused(f"{ACCOUNT}/customaudiences", **asked, origin_audience_id=seed) == (100, 1_713_232)
    ads.stage("ads/audience", audience=seed, trouble=0, people=99)
    assert ads.refused(f"{ACCOUNT}/customaudiences", **asked, origin_audience_id=seed)[0] == 100


def test_an_audience_is_used_found_and_deleted(ads: Ads) -> None:
    made = engaged(ads)
    aim = OUTSIDE | {"custom_audiences": [{"id": made}], "excluded_custom_audiences": [{"id": made}]}
    ads.ad_set(ads.campaign(), targeting=aim)
    by_name = json.dumps([{"field": "name", "operator": "CONTAIN", "value": "Eng"}])
    assert len(ads.get(f"{ACCOUNT}/customaudiences", filtering=by_name)["data"]) == 1
    ads.post(made, name="Renamed")
    assert ads.get(made, "name")["name"] == "Renamed"
    assert ads.call("DELETE", made).json() == {"success": True}
    assert error(ads.call("GET", made)) == (100, 33)
    assert ads.refused(f"{ACCOUNT}/adsets", **ads.ad_set_params(ads.campaign(), targeting=aim))[0] == 100
