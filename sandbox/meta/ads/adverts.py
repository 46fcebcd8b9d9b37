"""Ads: a creative shown for an ad set; only here is anything reviewed (meta.md 6.2, 6.4)."""

from typing import Any

from sandbox.meta.ads import parts
from sandbox.meta.ads.account import account
from sandbox.meta.ads.refusals import deleted, wrong
from sandbox.meta.ads.tree import Ad, AdSet, Creative
from sandbox.meta.graph import Answer, Call
from sandbox.meta.tables import ads as tables

#: Ads of one ad set (meta.md 6.5).
MOST_ADS = 50


def create(call: Call) -> Answer:
    """POST /{account}/ads."""
    ads = account(call.world)
    ads.require_active()
    ad_set = call.world.get(call.get("adset_id"), AdSet, "post")
    if "DELETED" in {ad_set.status, ad_set.campaign.status}:
        raise deleted("ad set")
    if len([ad for ad in ads.ads_below(ad_set) if ad.status != "DELETED"]) >= MOST_ADS:
        raise wrong("Too many ads", f"An ad set has at most {MOST_ADS} ads.")
    ad = Ad(
        id=call.world.new_id("12023"),
        holder=ads.id,
        name=call.get("name"),
        status=call.get("status", "ACTIVE"),
        ad_set=ad_set,
        creative=_creative(call, call.get("creative")),
        made_at=ads.settled,
        changed_at=ads.settled,
        values=parts.kept(call),
    )
    return parts.made(call, ad)


def update(call: Call) -> Answer:
    """POST /{ad}; another creative goes to review again."""
    ad = call.world.get(call.node.id if call.node else "", Ad)
    parts.changeable(call, ad)
    creative = _creative(call, call.get("creative")) if "creative" in call.params else ad.creative
    if parts.only_checked(call):
        return True
    if creative is not ad.creative:
        ad.creative, ad.verdict, ad.feedback = creative, "", {}
    return parts.change(call, ad)


def _creative(call: Call, given: dict[str, Any]) -> Creative:
    """The creative named by {"creative_id": …}; making one along the way is not known here."""
    if given.keys() != {"creative_id"}:
        raise wrong("Creative required", "creative must name a creative_id.", blame=("creative",))
    creative = call.world.get(str(given["creative_id"]), Creative, "post")
    if creative.status == "DELETED":
        raise deleted("creative")
    return creative


EDGES = (
    parts.writes("AdAccount", "ads", tables.AD_CREATE, create),
    *(parts.lists(node, "ads", parts.ADS_LISTED, parts.ads) for node in ("AdAccount", "Campaign", "AdSet")),
    parts.reads("Ad", "", {}, parts.read),
    parts.writes("Ad", "", tables.AD_UPDATE, update),
    parts.writes("Ad", "", {}, parts.delete, "DELETE"),
)
