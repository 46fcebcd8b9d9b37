"""The fields of the nodes of the Marketing API, by the names of the official node specifications (meta.md 6, 7)."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox.meta.ads.account import AdAccount, account
from sandbox.meta.ads.audiences import TOS, Audience
from sandbox.meta.ads.money import offset
from sandbox.meta.ads.tree import Ad, AdSet, Campaign, Creative, Part, Purse
from sandbox.meta.graph import Ask, Call, Kind, Reader, attributes
from sandbox.meta.world import Node, stamp, unix

#: Where an audience's people are counted from, and an account's disable_reason when it is disabled for its ads.
ADS_INTEGRITY = 1


def _of(read: Callable[[AdAccount, Any], Any]) -> Reader:
    """A reader of what the account knows of the node."""
    return lambda call, node, _ask: read(account(call.world), node)


def _values(names: str) -> dict[str, Reader]:
    """Readers of what the node remembers as it was sent."""

    def reader(name: str) -> Reader:
        return lambda _call, node, _ask: node.values.get(name)

    return {name: reader(name) for name in names.split()}


def _time(name: str) -> Reader:
    def reader(call: Call, node: Node, _ask: Ask) -> str | None:
        moment: datetime | None = getattr(node, name)
        return moment.astimezone(account(call.world).zone).strftime("%Y-%m-%dT%H:%M:%S%z") if moment else None

    return reader


def _money(amount: int | None) -> str | None:
    return None if amount is None else str(amount)


def _remaining(ads: AdAccount, purse: Purse) -> str:
    if purse.lifetime is not None:
        return str(purse.lifetime - purse.booked)
    today = ads.days_of(ads.ads_below(purse)).get(ads.settled.astimezone(ads.zone).date(), 0)
    return str(max((purse.daily or 0) - today, 0))


def _number(ads: AdAccount) -> str:
    return ads.id.removeprefix("act_")


_PART: dict[str, Reader] = {
    "name": lambda _call, part, _ask: part.name,
    "status": lambda _call, part, _ask: part.status,
    "account_id": _of(lambda ads, _part: _number(ads)),
}
_SWITCHED: dict[str, Reader] = _PART | {
    "configured_status": lambda _call, part, _ask: part.status,
    "effective_status": _of(lambda ads, part: ads.effective(part)),
    "created_time": _time("made_at"),
    "updated_time": _time("changed_at"),
    "issues_info": _of(lambda ads, part: _issues(ads, part) or None),
}
_PURSE: dict[str, Reader] = _SWITCHED | {
    "daily_budget": lambda _call, part, _ask: _money(part.daily),
    "lifetime_budget": lambda _call, part, _ask: _money(part.lifetime),
    "budget_remaining": _of(_remaining),
    "start_time": _time("start"),
}


def _issues(ads: AdAccount, part: Part) -> list[dict[str, Any]]:
    if isinstance(part, Ad):
        return ads.issues(part)
    return ads.issues_below(part) if isinstance(part, Campaign | AdSet) else []


def _bounds(place: int) -> Reader:
    return _of(lambda ads, audience: audience.bounds(ads.settled)[place])


def _rule(_call: Call, audience: Audience, _ask: Ask) -> str | None:
    return json.dumps(audience.rule) if audience.rule else None


def _story(_call: Call, creative: Creative, _ask: Ask) -> str | None:
    return creative.story or None


def _media(_call: Call, creative: Creative, _ask: Ask) -> str | None:
    return creative.media or None


def _disabled(ads: AdAccount, _node: Node) -> int:
    return 0 if ads.settings.account_status == 1 else ADS_INTEGRITY


_ACCOUNT: dict[str, Reader] = {
    "account_id": _of(lambda ads, _node: _number(ads)),
    "name": _of(lambda ads, _node: ads.name),
    "account_status": _of(lambda ads, _node: ads.settings.account_status),
    "disable_reason": _of(_disabled),
    "currency": _of(lambda ads, _node: ads.settings.currency),
    "timezone_name": _of(lambda ads, _node: ads.settings.timezone),
    "timezone_offset_hours_utc": _of(
        lambda ads, _node: (
            (ads.settled.astimezone(ads.zone).utcoffset() or ads.settled - ads.settled).total_seconds() / 3600
        )
    ),
    "funding_source": _of(lambda ads, _node: "60010001" if ads.settings.funded else None),
    "min_daily_budget": _of(lambda ads, _node: ads.settings.min_budget),
    "min_campaign_group_spend_cap": _of(lambda ads, _node: str(100 * offset(ads.settings.currency))),
    "spend_cap": _of(lambda ads, _node: str(ads.spend_cap or 0)),
    "amount_spent": _of(lambda ads, _node: str(ads.spent)),
    "balance": _of(lambda ads, _node: str(ads.spent)),
    "default_dsa_payor": _of(lambda ads, _node: ads.payor or None),
    "default_dsa_beneficiary": _of(lambda ads, _node: ads.beneficiary or None),
    "tos_accepted": _of(lambda ads, _node: {TOS: 1} if ads.settings.audience_tos else {}),
}

KINDS = (
    Kind("AdAccount", _ACCOUNT, ("account_id",), spec="AdAccount"),
    Kind(
        "Campaign",
        _PURSE
        | attributes("objective")
        | _values("special_ad_categories special_ad_category_country buying_type bid_strategy "
                  "is_adset_budget_sharing_enabled")
        | {"stop_time": _time("end"), "spend_cap": lambda _call, part, _ask: _money(part.spend_cap)},
        spec="Campaign",
    ),
    Kind(
        "AdSet",
        _PURSE
        | attributes("targeting campaign")
        | _values("billing_event optimization_goal bid_strategy bid_amount destination_type promoted_object dsa_payor "
                  "dsa_beneficiary attribution_spec pacing_type")
        | {"end_time": _time("end"), "campaign_id": lambda _call, part, _ask: part.campaign.id},
        spec="AdSet",
    ),
    Kind(
        "AdCreative",
        _PART
        | _values("call_to_action url_tags degrees_of_freedom_spec instagram_user_id object_id")
        | {
            "object_story_id": _story,
            "effective_object_story_id": _story,
            "source_instagram_media_id": _media,
            "effective_instagram_media_id": _media,
        },
        spec="AdCreative",
    ),
    Kind(
        "Ad",
        _SWITCHED
        | attributes("creative")
        | _values("conversion_domain tracking_specs")
        | {
            "adset": lambda _call, ad, _ask: ad.ad_set,
            "adset_id": lambda _call, ad, _ask: ad.ad_set.id,
            "campaign": lambda _call, ad, _ask: ad.ad_set.campaign,
            "campaign_id": lambda _call, ad, _ask: ad.ad_set.campaign.id,
            "ad_review_feedback": lambda _call, ad, _ask: {"global": ad.feedback} if ad.feedback else None,
        },
        spec="Ad",
    ),
    Kind(
        "CustomAudience",
        attributes("name description subtype")
        | {
            "account_id": _of(lambda ads, _node: _number(ads)),
            "approximate_count_lower_bound": _bounds(0),
            "approximate_count_upper_bound": _bounds(1),
            "delivery_status": _of(lambda ads, node: node.delivery(ads.settled)),
            "operation_status": _of(lambda ads, node: node.operation(ads.settled)),
            "retention_days": lambda _call, node, _ask: node.retention_days or None,
            "rule": _rule,
            "lookalike_spec": lambda _call, node, _ask: node.lookalike,
            "time_created": lambda _call, node, _ask: unix(node.made_at),
            "time_updated": lambda _call, node, _ask: unix(node.changed_at),
        },
        spec="CustomAudience",
    ),
    Kind(
        "AdsPixel",
        attributes("name")
        | {
            "creation_time": lambda _call, node, _ask: stamp(node.at),
            "last_fired_time": lambda call, _node, _ask: stamp(call.world.now()),
            "is_unavailable": lambda _call, _node, _ask: False,
        },
        spec="AdsPixel",
    ),
    Kind(
        "SavedAudience",
        attributes("name targeting") | {"time_created": lambda _call, node, _ask: stamp(node.at)},
        spec="SavedAudience",
    ),
)  # fmt: skip
