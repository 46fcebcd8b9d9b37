"""The pretend Marketing API: what it refuses before anything is created, and how the parts stand afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from support.ads_client import ACCOUNT, DAY, HOUR, INSTAGRAM, ITALY, OUTSIDE, Ads, error, opened
from support.meta_client import PAGE, PAGE_TOKEN
from support.patience import PATIENCE


@pytest.fixture
def ads() -> Iterator[Ads]:
    with opened() as ads:
        yield ads


CAMPAIGN: dict[str, Any] = {
    "name": "Boost",
    "objective": "OUTCOME_ENGAGEMENT",
    "special_ad_categories": [],
    "is_adset_budget_sharing_enabled": False,
}


def without(params: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in params.items() if key != name}


# -- who may -----------------------------------------------------------------------------------------------------------


def test_page_tokens_are_refused(ads: Ads) -> None:
    assert error(ads.call("GET", ACCOUNT, token=PAGE_TOKEN))[0] == 190
    assert error(ads.call("POST", f"{ACCOUNT}/campaigns", token=PAGE_TOKEN, **CAMPAIGN))[0] == 190


def test_a_call_without_a_proof_is_refused(ads: Ads) -> None:
    answer = requests.get(f"{ads.address}/facebook/v26.0/{ACCOUNT}?access_token={ads.token}", timeout=PATIENCE)
    assert answer.json()["error"]["message"] == "API calls from the server require an appsecret_proof argument"


def test_an_unknown_parameter_and_an_unknown_field_are_refused(ads: Ads) -> None:
    assert ads.refused(f"{ACCOUNT}/campaigns", **CAMPAIGN, colour="red") == (100, 0)
    assert error(ads.call("GET", ACCOUNT, fields="colour")) == (100, 0)


def test_a_disabled_account_creates_and_starts_nothing_but_can_still_pause(ads: Ads) -> None:
    made = ads.boost()
    ads.post(made["ad"], status="PAUSED")
    ads.settings(account_status=2)
    assert ads.refused(f"{ACCOUNT}/campaigns", **CAMPAIGN)[0] == 200
    assert ads.refused(made["ad"], status="ACTIVE")[0] == 200
    ads.post(made["campaign"], status="PAUSED")


# -- campaigns ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["special_ad_categories", "is_adset_budget_sharing_enabled", "objective", "name"])
def test_a_campaign_needs(ads: Ads, name: str) -> None:
    assert ads.refused(f"{ACCOUNT}/campaigns", **without(CAMPAIGN, name))[0] == 100


def test_a_campaign_with_a_budget_needs_no_word_on_sharing(ads: Ads) -> None:
    ads.post(f"{ACCOUNT}/campaigns", **without(CAMPAIGN, "is_adset_budget_sharing_enabled"), daily_budget=1000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"objective": "POST_ENGAGEMENT"},
        {"special_ad_categories": ["CARS"]},
        {"status": "DELETED"},
        {"daily_budget": 1000, "lifetime_budget": 9000},
        {"daily_budget": "10.50"},
        {"daily_budget": 99},
        {"spend_cap": 9999},
        {"bid_strategy": "LOWEST_COST_WITHOUT_CAP"},
    ],
)
def test_a_campaign_is_refused_with(ads: Ads, wrong: dict[str, Any]) -> None:
    assert ads.refused(f"{ACCOUNT}/campaigns", **CAMPAIGN | wrong)[0] == 100


def test_a_form_may_carry_lists_as_json(ads: Ads) -> None:
    form = CAMPAIGN | {"special_ad_categories": "[]", "is_adset_budget_sharing_enabled": "false"}
    made = ads.post(f"{ACCOUNT}/campaigns", **form)["id"]
    assert ads.get(made, "special_ad_categories,is_adset_budget_sharing_enabled") == {
        "special_ad_categories": [], "is_adset_budget_sharing_enabled": False, "id": made,
    }  # fmt: skip


# -- ad sets -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "subcode"),
    [
        ({"daily_budget": None}, 0),
        ({"lifetime_budget": 5000}, 0),
        ({"daily_budget": None, "lifetime_budget": 5000}, 0),
        ({"daily_budget": 99}, 1_885_272),
        ({"end_time": 1_600_000_000}, 1_487_033),
        ({"optimization_goal": "LINK_CLICKS"}, 2_490_408),
        ({"destination_type": "ON_VIDEO"}, 2_490_408),
        ({"billing_event": "LINK_CLICKS"}, 0),
        ({"bid_strategy": "COST_CAP"}, 0),
        ({"promoted_object": {"page_id": "77"}}, 0),
        ({"targeting": None}, 0),
        ({"targeting": without(OUTSIDE, "targeting_automation")}, 1_870_227),
        ({"targeting": without(OUTSIDE, "geo_locations")}, 0),
        ({"targeting": OUTSIDE | {"colour": 1}}, 0),
        ({"targeting": OUTSIDE | {"genders": [3]}}, 0),
        ({"targeting": OUTSIDE | {"age_min": 40, "age_max": 30}}, 0),
        ({"targeting": OUTSIDE | {"targeting_automation": {"advantage_audience": 1}, "age_max": 40}}, 0),
        ({"targeting": OUTSIDE | {"instagram_positions": ["explore"]}}, 0),
        ({"targeting": OUTSIDE | {"flexible_spec": [{"interests": [{"id": "6003000000001"}]}]}}, 1_487_694),
        ({"targeting": OUTSIDE | {"geo_locations": {"cities": [{"key": "1"}]}}}, 0),
        ({"targeting": OUTSIDE | {"custom_audiences": [{"id": "77"}]}}, 0),
        ({"targeting": ITALY}, 3_858_079),
        ({"targeting": ITALY, "dsa_payor": "Acme"}, 3_858_081),
        ({"targeting": OUTSIDE | {"geo_locations": {"cities": [{"key": "1123581"}]}}}, 3_858_079),
        ({"targeting": OUTSIDE | {"geo_locations": {"country_groups": ["worldwide"]}}}, 3_858_079),
    ],
)
def test_an_ad_set_is_refused_with(ads: Ads, wrong: dict[str, Any], subcode: int) -> None:
    params = ads.ad_set_params(ads.campaign(), **wrong)
    assert ads.refused(f"{ACCOUNT}/adsets", **params) == (100, subcode)
    assert ads.get(f"{ACCOUNT}/adsets")["data"] == []


def test_a_daily_budget_needs_more_than_a_day(ads: Ads) -> None:
    params = ads.ad_set_params(ads.campaign(), end_time=ads.moment(DAY - HOUR))
    assert ads.refused(f"{ACCOUNT}/adsets", **params)[0] == 100


def test_a_lifetime_budget_needs_the_least_for_every_day(ads: Ads) -> None:
    campaign, week = ads.campaign(), ads.moment(7 * DAY + HOUR)
    params = ads.ad_set_params(campaign, daily_budget=None, lifetime_budget=699, end_time=week)
    assert ads.refused(f"{ACCOUNT}/adsets", **params) == (100, 1_885_272)
    ads.ad_set(campaign, daily_budget=None, lifetime_budget=700, end_time=week)


def test_ads_in_the_eu_name_who_pays_or_the_account_does(ads: Ads) -> None:
    campaign = ads.campaign()
    named = ads.ad_set(campaign, targeting=ITALY, dsa_payor="Acme Srl", dsa_beneficiary="Acme")
    assert ads.get(named, "dsa_payor,dsa_beneficiary")["dsa_payor"] == "Acme Srl"
    ads.post(ACCOUNT, default_dsa_payor="Acme Spa", default_dsa_beneficiary="Acme")
    default = ads.ad_set(campaign, targeting=ITALY)
    assert ads.get(default, "dsa_payor")["dsa_payor"] == "Acme Spa"
    assert ads.get(ACCOUNT, "default_dsa_payor")["default_dsa_payor"] == "Acme Spa"


def test_an_ad_set_under_a_campaign_with_a_budget_has_none(ads: Ads) -> None:
    campaign = ads.campaign(daily_budget=2000)
    assert ads.refused(f"{ACCOUNT}/adsets", **ads.ad_set_params(campaign))[0] == 100
    ads.ad_set(campaign, daily_budget=None)


def test_a_special_category_leaves_no_choice_among_people(ads: Ads) -> None:
    campaign = ads.campaign(special_ad_categories=["HOUSING"], special_ad_category_country=["US"])
    params = ads.ad_set_params(campaign, targeting=OUTSIDE | {"age_min": 30})
    assert ads.refused(f"{ACCOUNT}/adsets", **params)[0] == 100
    ads.ad_set(campaign)


@pytest.mark.parametrize(
    ("objective", "goal", "destination", "page"),
    [
        ("OUTCOME_AWARENESS", "REACH", None, True),
        ("OUTCOME_TRAFFIC", "LINK_CLICKS", None, False),
        ("OUTCOME_ENGAGEMENT", "THRUPLAY", "ON_VIDEO", False),
    ],
)
def test_each_goal_of_a_boost_has_its_tuple(
    ads: Ads, objective: str, goal: str, destination: str | None, *, page: bool
) -> None:
    more = {"promoted_object": {"page_id": PAGE}} if page else {}
    campaign = ads.campaign(objective=objective)
    made = ads.ad_set(campaign, optimization_goal=goal, destination_type=destination, **more)
    assert ads.get(made, "optimization_goal")["optimization_goal"] == goal


def test_a_budget_is_changed_four_times_an_hour_at_most(ads: Ads) -> None:
    ad_set = ads.ad_set(ads.campaign())
    for budget in range(1001, 1005):
        ads.post(ad_set, daily_budget=budget)
    assert ads.refused(ad_set, daily_budget=1005) == (613, 1_487_632)
    ads.post(ad_set, daily_budget=1004)
    ads.post(ad_set, name="Another name")
    ads.advance(HOUR)
    ads.post(ad_set, daily_budget=1005)
    assert ads.get(ad_set, "daily_budget")["daily_budget"] == "1005"


# -- creatives and ads -------------------------------------------------------------------------------------------------


def test_a_creative_shows_a_post_of_that_page_only(ads: Ads) -> None:
    post = ads.page_post()
    elsewhere = "1002_" + post.partition("_")[2]
    for story in ("77", f"{PAGE}_77", elsewhere):
        assert ads.refused(f"{ACCOUNT}/adcreatives", object_story_id=story)[0] == 100
    made = ads.creative(post)
    assert ads.get(made, "effective_object_story_id")["effective_object_story_id"] == post


def test_a_creative_from_instagram_needs_the_page_the_account_and_a_medium_of_it(ads: Ads) -> None:
    whole = {"object_id": PAGE, "instagram_user_id": INSTAGRAM, "source_instagram_media_id": "77"}
    assert ads.refused(f"{ACCOUNT}/adcreatives", **without(whole, "object_id"))[0] == 100
    assert ads.refused(f"{ACCOUNT}/adcreatives", **whole | {"instagram_user_id": "5"}) == (100, 1_815_199)
    assert ads.refused(f"{ACCOUNT}/adcreatives", **whole)[0] == 100


def test_parameters_that_were_removed_are_refused(ads: Ads) -> None:
    assert ads.refused(f"{ACCOUNT}/adcreatives", object_story_id=ads.page_post(), instagram_actor_id="5")[0] == 100


def test_an_ad_needs_an_ad_set_and_a_creative_that_are_there(ads: Ads) -> None:
    ad_set, creative = ads.ad_set(ads.campaign()), ads.creative(ads.page_post())
    made = {"name": "Boost", "adset_id": ad_set, "creative": {"creative_id": creative}}
    assert ads.refused(f"{ACCOUNT}/ads", **made | {"adset_id": "77"}) == (100, 33)
    assert ads.refused(f"{ACCOUNT}/ads", **made | {"creative": {"creative_id": "77"}}) == (100, 33)
    assert ads.refused(f"{ACCOUNT}/ads", **without(made, "name"))[0] == 100
    ads.call("DELETE", ad_set)
    assert ads.refused(f"{ACCOUNT}/ads", **made) == (100, 1_487_056)


def test_what_is_only_validated_is_not_created(ads: Ads) -> None:
    only = {"execution_options": ["validate_only"]}
    campaign, post = ads.campaign(), ads.page_post()
    ad_set, creative = ads.ad_set(campaign), ads.creative(post)
    made = {"name": "x", "adset_id": ad_set, "creative": {"creative_id": creative}}
    assert ads.post(f"{ACCOUNT}/campaigns", **CAMPAIGN, **only) == {"success": True}
    assert ads.post(f"{ACCOUNT}/adsets", **ads.ad_set_params(campaign), **only) == {"success": True}
    assert ads.post(f"{ACCOUNT}/adcreatives", object_story_id=post, **only) == {"success": True}
    assert ads.post(f"{ACCOUNT}/ads", **made, **only) == {"success": True}
    assert ads.post(ad_set, name="y", **only) == {"success": True}
    counts = [len(ads.get(f"{ACCOUNT}/{edge}")["data"]) for edge in ("campaigns", "adsets", "adcreatives", "ads")]
    assert counts == [1, 1, 1, 0]
    assert ads.get(ad_set, "name")["name"] == "Boost"
    assert ads.refused(f"{ACCOUNT}/campaigns", name="x", **only)[0] == 100


# -- finding and switching ---------------------------------------------------------------------------------------------


def test_a_part_is_found_by_a_word_of_its_name(ads: Ads) -> None:
    wanted = ads.campaign(name="Boost P12 [k3y]")
    ads.campaign(name="Boost P13")
    by_name = '[{"field":"name","operator":"CONTAIN","value":"k3y"}]'
    found = ads.get(f"{ACCOUNT}/campaigns", "id,name,status", filtering=by_name)["data"]
    assert found == [{"id": wanted, "name": "Boost P12 [k3y]", "status": "PAUSED"}]
    assert error(ads.call("GET", f"{ACCOUNT}/campaigns", filtering='[{"field":"colour"}]')) == (100, 0)
    assert error(ads.call("GET", f"{ACCOUNT}/campaigns", effective_status='["RUNNING"]')) == (100, 0)
    assert error(ads.call("GET", f"{ACCOUNT}/adcreatives", filtering=by_name)) == (100, 0)


def test_deleted_parts_are_listed_only_for_who_asks(ads: Ads) -> None:
    campaign = ads.campaign()
    ads.call("DELETE", campaign)
    assert ads.get(f"{ACCOUNT}/campaigns")["data"] == []
    assert len(ads.get(f"{ACCOUNT}/campaigns", effective_status='["DELETED","PAUSED"]')["data"]) == 1
    asked = '[{"field":"effective_status","operator":"IN","value":["DELETED"]}]'
    assert len(ads.get(f"{ACCOUNT}/campaigns", filtering=asked)["data"]) == 1
    assert ads.get(campaign, "status")["status"] == "DELETED"
    assert ads.refused(campaign, status="ACTIVE")[0] == 100
    assert ads.call("DELETE", campaign).json() == {"success": True}


def test_status_comes_down_from_above(ads: Ads) -> None:
    made = ads.boost()
    assert [ads.status(made[part]) for part in ("campaign", "ad_set", "ad")] == ["ACTIVE"] * 3
    ads.post(made["ad_set"], status="PAUSED")
    assert ads.status(made["ad"]) == "ADSET_PAUSED"
    ads.post(made["campaign"], status="PAUSED")
    assert [ads.status(made[part]) for part in ("ad_set", "ad")] == ["PAUSED", "CAMPAIGN_PAUSED"]
    ads.post(made["ad_set"], status="ACTIVE")
    assert ads.status(made["ad_set"]) == "CAMPAIGN_PAUSED"
    ads.post(made["campaign"], status="ARCHIVED")
    assert [ads.status(made[part]) for part in ("ad_set", "ad")] == ["ARCHIVED"] * 2
    assert ads.refused(made["campaign"], spend_cap=20_000)[0] == 100
    ads.post(made["campaign"], name="Old")
    assert ads.refused(made["ad_set"], daily_budget=2000)[0] == 100


def test_nothing_under_a_deleted_campaign_can_be_changed(ads: Ads) -> None:
    made = ads.boost()
    ads.call("DELETE", made["campaign"])
    for part in ("campaign", "ad_set", "ad"):
        assert ads.refused(made[part], status="ACTIVE")[0] == 100


def test_a_review_takes_its_time(ads: Ads) -> None:
    ads.settings(review_seconds=HOUR)
    made = ads.boost()
    assert ads.status(made["ad"]) == "PENDING_REVIEW"
    ads.advance(HOUR - 60)
    assert ads.books()["spent"] == 0
    ads.advance(120)
    assert ads.status(made["ad"]) == "ACTIVE"
    ads.advance(DAY)
    assert ads.books()["spent"] > 0


def test_a_refused_ad_says_why_and_spends_nothing(ads: Ads) -> None:
    ads.settings(ads_verdict="disapprove")
    made = ads.boost()
    assert ads.status(made["ad"]) == "DISAPPROVED"
    found = ads.get(made["ad"], "ad_review_feedback,issues_info")
    assert "Personal attributes" in found["ad_review_feedback"]["global"]
    assert found["issues_info"][0]["level"] == "AD"
    assert ads.status(made["campaign"]) == "WITH_ISSUES"
    ads.advance(DAY)
    assert ads.books()["spent"] == 0


def test_the_stage_decides_a_review_also_while_it_runs(ads: Ads) -> None:
    ads.settings(ads_verdict="wait")
    made = ads.boost()
    ads.advance(DAY)
    assert ads.status(made["ad"]) == "PENDING_REVIEW"
    ads.stage("ads/review", ad=made["ad"], approved=True)
    ads.advance(DAY)
    assert ads.books()["spent"] > 900
    ads.stage("ads/review", ad=made["ad"], approved=False, feedback={"Tobacco": "No smoking."})
    assert ads.get(made["ad"], "ad_review_feedback")["ad_review_feedback"] == {"global": {"Tobacco": "No smoking."}}
    assert ads.state()["boosts"][0]["badge"] == "refused"


def test_a_listing_is_read_page_by_page_and_by_parent(ads: Ads) -> None:
    first, second = ads.campaign(), ads.campaign()
    ad_sets = [ads.ad_set(first) for _ in range(3)]
    ads.ad_set(second)
    page = ads.get(f"{first}/adsets", "name,campaign{name}", limit=2)
    assert [row["id"] for row in page["data"]] == ad_sets[:0:-1]
    assert page["data"][0]["campaign"] == {"name": "Boost", "id": first}
    rest = requests.get(page["paging"]["next"], params={"appsecret_proof": _proof(ads)}, timeout=PATIENCE).json()
    assert [row["id"] for row in rest["data"]] == ad_sets[:1]
    assert "next" not in rest["paging"]


def _proof(ads: Ads) -> str:
    ads.get(ACCOUNT)
    logged = requests.get(f"{ads.address}/_/requests", timeout=PATIENCE).json()[-1]
    proof: str = logged["query"]["appsecret_proof"]
    return proof


def test_a_call_that_is_dropped_after_acting_left_its_campaign(ads: Ads) -> None:
    ads.stage("faults", match=f"POST /facebook/v26.0/{ACCOUNT}/campaigns", kind="drop_after")
    with pytest.raises(requests.ConnectionError):
        ads.campaign(name="k3y")
    assert len(ads.get(f"{ACCOUNT}/campaigns")["data"]) == 1


def test_the_next_call_fails_as_the_stage_says(ads: Ads) -> None:
    ads.stage("fail", match=f"POST */{ACCOUNT}/campaigns", code=80_004, subcode=2_446_079)
    assert ads.refused(f"{ACCOUNT}/campaigns", **CAMPAIGN) == (80_004, 2_446_079)
    assert ads.get(f"{ACCOUNT}/campaigns")["data"] == []
