"""The pretend Marketing API: what campaigns, ad sets, creatives, ads and audiences tell, and how they are changed."""

import json
from collections.abc import Iterator

import pytest

from sandbox.meta.ads.kinds import KINDS
from support.ads_client import ACCOUNT, DAY, HOUR, INSTAGRAM, OUTSIDE, Ads, error, opened
from support.meta_client import PAGE


@pytest.fixture
def ads() -> Iterator[Ads]:
    with opened() as ads:
        yield ads


def engaged(ads: Ads) -> str:
    chosen = {"operator": "and", "filters": [{"field": "event", "operator": "eq", "value": "page_engaged"}]}
    one = {"event_sources": [{"id": PAGE, "type": "page"}], "retention_seconds": 30 * DAY, "filter": chosen}
    rule = {"inclusions": {"operator": "or", "rules": [one]}}
    made: str = ads.post(f"{ACCOUNT}/customaudiences", name="Engaged", description="x", rule=json.dumps(rule))["id"]
    return made


def test_every_field_of_every_kind_can_be_read(ads: Ads) -> None:
    made = ads.boost(end_time=ads.moment(3 * DAY))
    ads.advance(DAY)
    ids = {
        "AdAccount": ACCOUNT, "Campaign": made["campaign"], "AdSet": made["ad_set"], "AdCreative": made["creative"],
        "Ad": made["ad"], "CustomAudience": engaged(ads), "AdsPixel": "8001", "SavedAudience": "8002",
    }  # fmt: skip
    assert set(ids) == {kind.name for kind in KINDS}
    for kind in KINDS:
        found = ads.get(ids[kind.name], ",".join(kind.fields))
        assert set(found) <= {"id", *kind.fields}
        assert found["id"] == ids[kind.name]


def test_amounts_are_strings_and_times_are_the_accounts(ads: Ads) -> None:
    end = ads.moment(3 * DAY)
    made = ads.boost(daily_budget=None, lifetime_budget=3000, end_time=end)
    ads.advance(DAY)
    found = ads.get(made["ad_set"], "lifetime_budget,daily_budget,budget_remaining,end_time,campaign_id")
    assert found["lifetime_budget"] == "3000"
    assert "daily_budget" not in found
    assert int(found["budget_remaining"]) == 3000 - ads.books()["spent"]
    assert found["end_time"][-5:] in {"+0100", "+0200"}
    assert found["campaign_id"] == made["campaign"]
    daily = ads.boost()
    assert ads.get(daily["ad_set"], "budget_remaining")["budget_remaining"] == "1000"


def test_a_part_leads_to_those_above_it_and_to_its_insights(ads: Ads) -> None:
    made = ads.boost()
    ads.advance(DAY)
    row = ads.get(made["ad"], "adset{name,campaign{objective}},creative{effective_object_story_id}")
    assert row["adset"]["campaign"]["objective"] == "OUTCOME_ENGAGEMENT"
    assert row["creative"]["effective_object_story_id"] == made["post"]
    nested = ads.get(made["ad"], "insights.date_preset(maximum){spend}")["insights"]["data"][0]
    assert set(nested) == {"spend", "date_start", "date_stop"}
    assert [row["id"] for row in ads.get(f"{made['ad']}/adcreatives")["data"]] == [made["creative"]]


def test_an_ad_with_another_creative_is_reviewed_again(ads: Ads) -> None:
    made = ads.boost()
    ads.settings(ads_verdict="wait")
    other = ads.creative(ads.page_post())
    ads.post(made["ad"], creative={"creative_id": other}, execution_options=["validate_only"])
    assert ads.status(made["ad"]) == "ACTIVE"
    ads.post(made["ad"], creative={"creative_id": other})
    assert ads.status(made["ad"]) == "PENDING_REVIEW"
    assert ads.refused(made["ad"], creative={"object_story_id": made["post"]})[0] == 100


def test_a_creative_in_use_stays_and_only_its_name_changes(ads: Ads) -> None:
    made = ads.boost()
    assert error(ads.call("DELETE", made["creative"])) == (100, 0)
    assert ads.refused(made["creative"], url_tags="x=1")[0] == 100
    ads.post(made["creative"], name="Renamed")
    assert ads.get(made["creative"], "name")["name"] == "Renamed"
    ads.call("DELETE", made["ad"])
    assert ads.call("DELETE", made["creative"]).json() == {"success": True}
    again = {"name": "x", "adset_id": made["ad_set"], "creative": {"creative_id": made["creative"]}}
    assert ads.refused(f"{ACCOUNT}/ads", **again)[0] == 100


def test_a_creative_calls_to_an_action_there_is(ads: Ads) -> None:
    story, link = ads.page_post(), {"value": {"link": "https://acme.example/"}}
    assert ads.refused(f"{ACCOUNT}/adcreatives", object_story_id=story, call_to_action={"type": "HUG"} | link)[0] == 100
    ads.post(f"{ACCOUNT}/adcreatives", object_story_id=story, call_to_action={"type": "LEARN_MORE"} | link)


def test_a_medium_of_instagram_is_boosted_and_tells_its_ads(ads: Ads) -> None:
    media = ads.stage("instagram/post", text="New in the shop").json()["id"]
    whole = {"object_id": PAGE, "instagram_user_id": INSTAGRAM, "source_instagram_media_id": media}
    ads.stage("instagram/media", id=media, ineligible="It has music in it.")
    assert ads.refused(f"{ACCOUNT}/adcreatives", **whole)[0] == 100
    ads.stage("instagram/media", id=media, ineligible="")
    creative = ads.post(f"{ACCOUNT}/adcreatives", **whole)["id"]
    assert ads.get(creative, "effective_instagram_media_id")["effective_instagram_media_id"] == media
    ad = ads.ad(ads.ad_set(ads.campaign()), creative)
    assert ads.get(f"{media}/boost_ads_list")["data"] == [{"ad_id": ad, "ad_status": "PAUSED"}]
    assert ads.state()["boosts"][0]["shown"] == media


def test_an_ad_set_has_fifty_ads_at_most(ads: Ads) -> None:
    ad_set, creative = ads.ad_set(ads.campaign()), ads.creative(ads.page_post())
    for _ in range(50):
        ads.ad(ad_set, creative)
    assert ads.refused(f"{ACCOUNT}/ads", name="x", adset_id=ad_set, creative={"creative_id": creative})[0] == 100


def test_what_an_ad_set_cannot_become(ads: Ads) -> None:
    campaign, end = ads.campaign(), ads.moment(3 * DAY)
    daily = ads.ad_set(campaign)
    lifetime = ads.ad_set(campaign, daily_budget=None, lifetime_budget=3000, end_time=end)
    assert ads.refused(daily, lifetime_budget=3000) == (100, 0)
    assert ads.refused(lifetime, end_time=0) == (100, 0)
    assert ads.refused(lifetime, end_time=ads.moment(-HOUR)) == (100, 1_487_033)
    assert ads.refused(lifetime, targeting=OUTSIDE | {"genders": [9]}) == (100, 0)
    assert ads.refused(lifetime, optimization_goal="LINK_CLICKS") == (100, 2_490_408)
    ads.post(daily, end_time=0, targeting=OUTSIDE | {"genders": [1]})
    assert ads.get(daily, "targeting,end_time")["targeting"]["genders"] == [1]


def test_a_lifetime_budget_is_not_lowered_below_what_was_spent(ads: Ads) -> None:
    made = ads.boost(daily_budget=None, lifetime_budget=4000, end_time=ads.moment(2 * DAY))
    ads.advance(DAY)
    assert ads.refused(made["ad_set"], lifetime_budget=1000) == (100, 1_885_650)
    ads.post(made["ad_set"], lifetime_budget=2500)
    ads.advance(2 * DAY)
    assert ads.books()["spent"] == 2500


def test_what_a_campaign_cannot_become(ads: Ads) -> None:
    campaign = ads.campaign()
    assert ads.refused(campaign, objective="OUTCOME_TRAFFIC")[0] == 100
    assert ads.refused(campaign, daily_budget=1000)[0] == 100
    ads.post(campaign, spend_cap=922_337_203_685_478, execution_options=["validate_only"])
    ads.call("DELETE", campaign)
    assert ads.refused(f"{ACCOUNT}/adsets", **ads.ad_set_params(campaign))[0] == 100


def test_months_and_days_of_insights(ads: Ads) -> None:
    made = ads.boost(daily_budget=None, lifetime_budget=9000, end_time=ads.moment(65 * DAY))
    ads.advance(70 * DAY)
    path = f"{made['ad']}/insights"
    monthly = ads.get(path, "spend", date_preset="maximum", time_increment="monthly")["data"]
    assert len(monthly) in {3, 4}
    assert sum(int(row["spend"].replace(".", "")) for row in monthly) == 9000
    weekly = ads.get(path, "spend", date_preset="maximum", time_increment="7", limit=100)["data"]
    assert sum(int(row["spend"].replace(".", "")) for row in weekly) == 9000
    assert error(ads.call("GET", path, time_increment="hourly")) == (100, 0)
    assert error(ads.call("GET", path, time_range='{"since":"2020-01-01","until":"2020-01-02"}')) == (100, 0)
    row = ads.get(path, date_preset="maximum")["data"][0]
    assert set(row) == {
        "impressions", "spend", "account_id", "campaign_id", "adset_id", "ad_id", "date_start", "date_stop",
    }  # fmt: skip


def test_an_audience_with_another_rule_is_filled_anew(ads: Ads) -> None:
    made = engaged(ads)
    ads.advance(HOUR)
    rule = json.loads(ads.get(made, "rule")["rule"])
    rule["inclusions"]["rules"][0]["retention_seconds"] = 90 * DAY
    ads.post(made, rule=json.dumps(rule))
    assert ads.get(made, "operation_status")["operation_status"]["code"] == 441
    assert ads.get(made, "retention_days")["retention_days"] == 90


def test_targeting_is_searched_for_an_account_and_its_cap_is_taken_away(ads: Ads) -> None:
    assert ads.get(f"{ACCOUNT}/targetingsearch", q="music")["data"][0]["name"] == "Music"
    ads.post(ACCOUNT, spend_cap=10)
    ads.post(ACCOUNT, spend_cap_action="delete")
    assert ads.get(ACCOUNT, "spend_cap")["spend_cap"] == "0"
    assert error(ads.call("GET", "search", type="adgeolocation", q="mi", location_types='["planet"]'))[0] == 100
