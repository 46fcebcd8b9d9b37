"""Boosts and audiences as the Marketing API writes them (Marketing API v26, reference of the ad account's edges)."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platforms.contract import (
    AdAccount,
    Audience,
    AudienceKind,
    AudiencePlan,
    BoostOrder,
    BoostPhase,
    BoostReport,
    Goal,
    Targeting,
)
from platforms.graph.shapes import Malformed, list_of, needed_id
from platforms.shapes import (
    LONGEST_NUMBER,
    LONGEST_WORDS,
    Json,
    count_of,
    counted,
    id_of,
    number_of,
    part_of,
    text_of,
    words_of,
)

#: Currencies without a minor unit (Marketing API, "Currencies").
WHOLE = frozenset("CLP COP CRC HUF IDR ISK JPY KRW PYG TWD VND".split())
#: What a goal is called in campaign and ad set: objective, destination, optimisation (Marketing API, "Outcome-driven ad
#: experiences", the mapping table). Reach names the Page in the ad set.
GOALS = {
    Goal.ENGAGEMENT: ("OUTCOME_ENGAGEMENT", "ON_POST", "POST_ENGAGEMENT"),
    Goal.REACH: ("OUTCOME_AWARENESS", "", "REACH"),
    Goal.VISITS: ("OUTCOME_TRAFFIC", "", "LINK_CLICKS"),
    Goal.VIDEO_VIEWS: ("OUTCOME_ENGAGEMENT", "ON_VIDEO", "THRUPLAY"),
}
#: Special ad categories (Marketing API, "Special ad categories").
SPECIAL = {
    "housing": "HOUSING",
    "employment": "EMPLOYMENT",
    "credit": "FINANCIAL_PRODUCTS_SERVICES",
    "politics": "ISSUES_ELECTIONS_POLITICS",
    "gambling": "ONLINE_GAMBLING_AND_GAMING",
}
GENDERS = {"male": 1, "female": 2}
#: What `account_status` means where it is not 1 (reference of the ad account).
ACCOUNT_STATUS = {
    2: "it is disabled",
    3: "a bill is unsettled",
    7: "it is under risk review",
    8: "a settlement is pending",
    9: "it is in its grace period",
    100: "it is being closed",
    101: "it is closed",
}
#: What a report asks for.
INSIGHTS = "spend,account_currency,impressions,reach,actions,video_thruplay_watched_actions"
#: The action that a goal counts, among `actions`; REACH counts people.
RESULTS = {Goal.ENGAGEMENT: "post_engagement", Goal.VISITS: "link_click", Goal.VIDEO_VIEWS: "video_view"}
#: `delivery_status.code` of an audience that ads can use (reference of the custom audience).
READY = 200
#: The network's effective status of an ad -> ours; what is not here is trouble.
PHASES = {
    "ACTIVE": BoostPhase.RUNNING,
    "PAUSED": BoostPhase.PAUSED,
    "CAMPAIGN_PAUSED": BoostPhase.PAUSED,
    "ADSET_PAUSED": BoostPhase.PAUSED,
    "PENDING_REVIEW": BoostPhase.IN_REVIEW,
    "PREAPPROVED": BoostPhase.IN_REVIEW,
    "IN_PROCESS": BoostPhase.IN_REVIEW,
    "DISAPPROVED": BoostPhase.REFUSED,
    "DELETED": BoostPhase.GONE,
    "ARCHIVED": BoostPhase.GONE,
}


# -- what is sent -----------------------------------------------------------------------------------------------------


def campaign(order: BoostOrder) -> dict[str, Any]:
    """The campaign: what it is for, and the category the law wants named. Its budget is in the ad set."""
    category = SPECIAL.get(order.special_category)
    named: dict[str, Any] = {"special_ad_categories": [category] if category else []}
    if category:
        named["special_ad_category_country"] = list(order.targeting.countries)
    return {
        "name": order.name,
        "objective": GOALS[order.goal][0],
        "buying_type": "AUCTION",
        "is_adset_budget_sharing_enabled": False,
        "status": "PAUSED",
        **named,
    }


def ad_set(order: BoostOrder, campaign_id: str, page_id: str) -> dict[str, Any]:
    """The ad set: money, time, and whom it reaches."""
    _, destination, optimisation = GOALS[order.goal]
    made: dict[str, Any] = {
        "name": order.name,
        "campaign_id": campaign_id,
        "billing_event": "IMPRESSIONS",
        "bid_strategy": "LOWEST_COST_WITHOUT_CAP",
        "optimization_goal": optimisation,
        "start_time": order.start_at.isoformat(timespec="seconds"),
        "targeting": targeting(order.targeting),
        "status": "PAUSED",
        **money(order),
    }
    if destination:
        made["destination_type"] = destination
    if order.goal == Goal.REACH:
        made["promoted_object"] = {"page_id": page_id}
    if order.beneficiary:
        made["dsa_beneficiary"] = order.beneficiary
    if order.payor:
        made["dsa_payor"] = order.payor
    return made


def money(order: BoostOrder) -> dict[str, Any]:
    """What may be spent, and until when."""
    budget = {"daily_budget" if order.is_daily else "lifetime_budget": order.budget}
    return {**budget, "end_time": order.end_at.isoformat(timespec="seconds")}


def targeting(wanted: Targeting) -> dict[str, Any]:
    """Whom it reaches; widening by the network itself is off, so that it is who was approved."""
    made: dict[str, Any] = {
        "geo_locations": {"countries": list(wanted.countries)},
        "age_min": wanted.age_min,
        "age_max": wanted.age_max,
        "targeting_automation": {"advantage_audience": 0},
    }
    if wanted.genders:
        made["genders"] = sorted(GENDERS[gender] for gender in wanted.genders)
    if wanted.include:
        made["custom_audiences"] = [{"id": audience} for audience in wanted.include]
    if wanted.exclude:
        made["excluded_custom_audiences"] = [{"id": audience} for audience in wanted.exclude]
    return made


def creative(order: BoostOrder, shown: Mapping[str, str]) -> dict[str, Any]:
    """The creative: `shown` says which publication, in the network's words."""
    made: dict[str, Any] = {"name": order.name, **shown}
    if order.link:
        made["call_to_action"] = {"type": "LEARN_MORE", "value": {"link": order.link}}
    return made


def ad(order: BoostOrder, ad_set_id: str, creative_id: str) -> dict[str, Any]:
    """The ad."""
    return {"name": order.name, "adset_id": ad_set_id, "creative": {"creative_id": creative_id}, "status": "PAUSED"}


def audience(plan: AudiencePlan, page_id: str, profile_id: str) -> dict[str, Any]:
    """An audience to be made (Marketing API, "Engagement custom audiences", "Lookalike audiences")."""
    if plan.kind == AudienceKind.LOOKALIKE:
        spec = {"ratio": plan.percent / 100, "country": plan.country}
        return {
            "name": plan.name,
            "subtype": "LOOKALIKE",
            "origin_audience_id": plan.seed,
            "lookalike_spec": json.dumps(spec),
        }
    source, filters = _source(plan, page_id, profile_id)
    rule = {
        "event_sources": [source],
        "retention_seconds": int(timedelta(days=plan.days).total_seconds()),
        "filter": {"operator": "and", "filters": filters},
    }
    return {
        "name": plan.name,
        "rule": json.dumps({"inclusions": {"operator": "or", "rules": [rule]}}),
        "prefill": True,
    }


def _source(plan: AudiencePlan, page_id: str, profile_id: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    match plan.kind:
        case AudienceKind.PAGE:
            return {"id": page_id, "type": "page"}, [_is("event", "eq", "page_engaged")]
        case AudienceKind.PROFILE:
            return {"id": profile_id, "type": "ig_business"}, [_is("event", "eq", "ig_business_profile_engaged")]
        case _:
            return {"id": plan.pixel, "type": "pixel"}, [_is("url", "i_contains", plan.url_contains)]


def _is(field: str, operator: str, value: str) -> dict[str, str]:
    return {"field": field, "operator": operator, "value": value}


# -- what is read -----------------------------------------------------------------------------------------------------


def offset_of(currency: str) -> int:
    """Minor units in one unit of the currency."""
    return 1 if currency in WHOLE else 100


def currency_of(row: Json, key: str) -> str:
    """A currency (ISO 4217). Raises Malformed where there is none: without it no amount means anything."""
    found = text_of(row, key)
    if not re.fullmatch(r"[A-Z]{3}", found):
        raise Malformed("The network does not say in which currency it counts.")
    return found


def minor(amount: object, currency: str) -> int:
    """An amount in major units, as reports write it ("4.56"), in minor units.

    Raises Malformed where it is none: nothing must look as if it had cost nothing.
    """
    try:
        exact = Decimal(str(amount)) * offset_of(currency)
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite() or not 0 <= exact < 10**LONGEST_NUMBER:
        raise Malformed("The network does not say how much was spent.")
    return int(exact.to_integral_value(ROUND_HALF_UP))


def whole(row: Json, key: str) -> int:
    """A count, which the network writes as a string; 0 where there is none."""
    return count_of(row, key) or 0


def ad_account(row: Json, minimum: Json) -> AdAccount:
    """The ad account, with its row of `minimum_budgets`."""
    status = whole(row, "account_status")
    reason = ACCOUNT_STATUS.get(status, "" if status == 1 else f"its status is {status}")
    if not reason and not row.get("funding_source"):
        reason = "it has no means of payment"
    currency = currency_of(row, "currency")
    return AdAccount(
        remote_id=needed_id(row),
        name=words_of(row, "name") or id_of(row),
        currency=currency,
        offset=offset_of(currency),
        min_daily=number_of(minimum, "min_daily_budget_imp") or number_of(row, "min_daily_budget") or 0,
        zone=_zone(text_of(row, "timezone_name")),
        active=not reason,
        reason=reason,
        beneficiary=words_of(row, "default_dsa_beneficiary"),
        payor=words_of(row, "default_dsa_payor"),
    )


def report(order: BoostOrder, ad_row: Json, insights: Json, now: datetime) -> BoostReport:
    """How an ad stands and what it did; its time is over at the order's end, by the network's clock.

    The network goes on calling an ad active whose ad set has ended, or that was never looked at before its end.
    """
    status = text_of(ad_row, "effective_status")
    phase = PHASES.get(status, BoostPhase.TROUBLE)
    # Before anything was shown there is no row.
    spent = minor(insights.get("spend"), currency_of(insights, "account_currency")) if insights else 0
    used_up = not order.is_daily and spent >= order.budget
    reach = whole(insights, "reach")
    return BoostReport(
        phase=phase,
        is_over=phase not in {BoostPhase.REFUSED, BoostPhase.GONE} and (now >= order.end_at or used_up),
        reason=_why(ad_row, status) if phase in {BoostPhase.REFUSED, BoostPhase.TROUBLE} else "",
        spent=spent,
        reach=reach,
        impressions=whole(insights, "impressions"),
        results=reach if order.goal == Goal.REACH else _results(order.goal, insights),
    )


def _results(goal: Goal, insights: Json) -> int:
    thruplays = list_of(insights.get("video_thruplay_watched_actions"))
    if goal == Goal.VIDEO_VIEWS and thruplays:
        return _sum(thruplays)
    wanted = RESULTS[goal]
    return _sum(row for row in list_of(insights.get("actions")) if row.get("action_type") == wanted)


def _sum(rows: Iterable[Json]) -> int:
    return counted(sum(whole(row, "value") for row in rows)) or 0


def _zone(name: str) -> str:
    """An IANA time zone, in which everything that counts by days can reckon."""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):  # of a path, a folder's or too long a name, an unknown one
        return "UTC"
    return name


def _why(ad_row: Json, status: str) -> str:
    """The network's words: of its review, else of the issues it has with the ad, else the bare status."""
    said = [f"{name}: {words}" for name, words in part_of(ad_row, "ad_review_feedback", "global").items()]
    issues = list_of(ad_row.get("issues_info"))
    said += [text_of(issue, "error_message") or text_of(issue, "error_summary") for issue in issues]
    return ("; ".join(word for word in said if word) or status.replace("_", " ").lower())[:LONGEST_WORDS]


def audience_of(row: Json) -> Audience:
    """An audience as it stands. A bound of -1, or none, means that the network does not tell."""
    delivery = part_of(row, "delivery_status")
    ready = whole(delivery, "code") == READY
    return Audience(
        remote_id=needed_id(row),
        name=words_of(row, "name"),
        ready=ready,
        reason="" if ready else words_of(delivery, "description") or "it is being filled",
        people_from=count_of(row, "approximate_count_lower_bound"),
        people_to=count_of(row, "approximate_count_upper_bound"),
    )
