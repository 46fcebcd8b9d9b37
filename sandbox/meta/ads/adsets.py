"""Ad sets: whom to reach, when, for how much, and towards which goal (meta.md 6.2, 6.3)."""

from typing import Any

from sandbox.meta.ads import matrix, parts, targeting
from sandbox.meta.ads.account import AdAccount, account
from sandbox.meta.ads.audiences import subtype_of
from sandbox.meta.ads.budgets import check_budget, count_change, days_of
from sandbox.meta.ads.refusals import wrong
from sandbox.meta.ads.tree import AdSet, Campaign
from sandbox.meta.graph import Answer, Call
from sandbox.meta.pages.model import Page
from sandbox.meta.tables import ads as tables

#: Which billing events go with a goal besides IMPRESSIONS, which goes with all.
BILLED_AS_GOAL = frozenset({"LINK_CLICKS", "PAGE_LIKES", "THRUPLAY"})
BID_NEEDED = frozenset({"COST_CAP", "LOWEST_COST_WITH_BID_CAP"})


def create(call: Call) -> Answer:
    """POST /{account}/adsets."""
    ads = account(call.world)
    ads.require_active()
    campaign = call.world.get(call.get("campaign_id"), Campaign, "post")
    if campaign.status in {"DELETED", "ARCHIVED"}:
        raise wrong("Campaign not usable", "The campaign was deleted or archived.", blame=("campaign_id",))
    days = days_of(call, ads, None)
    _check_budgets(call, ads, campaign, days)
    values: dict[str, Any] = {"bid_strategy": "LOWEST_COST_WITHOUT_CAP"} | parts.kept(call)
    _check_goal(call, campaign, values)
    aim = targeting.check(call.get("targeting"), subtype_of(call.world), campaign.values["special_ad_categories"])
    _check_dsa(ads, aim, values)
    end = _end(call)
    if campaign.lifetime is not None and end and not (campaign.end and campaign.end >= end):
        campaign.end = None if parts.only_checked(call) else end
    ad_set = AdSet(
        id=call.world.new_id("12021"),
        holder=ads.id,
        name=call.get("name"),
        status=call.get("status", "ACTIVE"),
        campaign=campaign,
        targeting=aim,
        daily=call.get("daily_budget"),
        lifetime=call.get("lifetime_budget"),
        start=max(call.get("start_time", ads.settled), ads.settled),
        end=end,
        made_at=ads.settled,
        changed_at=ads.settled,
        values=values,
    )
    return parts.made(call, ad_set)


def update(call: Call) -> Answer:
    """POST /{ad set}."""
    ads, ad_set = account(call.world), call.world.get(call.node.id if call.node else "", AdSet)
    parts.changeable(call, ad_set)
    values, before = ad_set.values | parts.kept(call), (ad_set.daily, ad_set.lifetime)
    days = days_of(call, ads, ad_set)
    if check_budget(call, ads, required=False, days=days):
        _check_change(call, ads, ad_set)
    if ad_set.lifetime is not None and "end_time" in call.params and _end(call) is None:
        raise wrong("End time required", "A lifetime budget needs an end.", blame=("end_time",))
    _check_goal(call, ad_set.campaign, values)
    aim = ad_set.targeting
    if "targeting" in call.params:
        categories = ad_set.campaign.values["special_ad_categories"]
        aim = targeting.check(call.get("targeting"), subtype_of(call.world), categories)
    _check_dsa(ads, aim, values)
    if parts.only_checked(call):
        return True
    if (call.get("daily_budget", ad_set.daily), call.get("lifetime_budget", ad_set.lifetime)) != before:
        count_change(ad_set, ads)
    ad_set.targeting = aim
    ad_set.daily, ad_set.lifetime = call.get("daily_budget", ad_set.daily), call.get("lifetime_budget", ad_set.lifetime)
    ad_set.start = call.get("start_time", ad_set.start)
    ad_set.end = _end(call) if "end_time" in call.params else ad_set.end
    return parts.change(call, ad_set)


def _end(call: Call) -> Any:
    """The end that was sent; 0 means that there is none."""
    end = call.get("end_time")
    return end if end and end.timestamp() else None


def _check_budgets(call: Call, ads: AdAccount, campaign: Campaign, days: int) -> None:
    if campaign.has_budget:
        if check_budget(call, ads, required=False):
            raise wrong("Budget on the campaign", "The campaign has the budget, so its ad sets carry none.")
        if campaign.lifetime is not None and _end(call) is None:
            raise wrong("End time required", "A lifetime budget needs an end.", blame=("end_time",))
        return
    check_budget(call, ads, required=True, days=days)
    if call.get("lifetime_budget") is not None and _end(call) is None:
        raise wrong("End time required", "A lifetime budget needs an end.", blame=("end_time",))


def _check_change(call: Call, ads: AdAccount, ad_set: AdSet) -> None:
    kinds = {"daily_budget": ad_set.daily, "lifetime_budget": ad_set.lifetime}
    if any(name in call.params and present is None for name, present in kinds.items()):
        raise wrong("Budget kind cannot be changed", "A budget stays what it is: for each day, or for all of it.")
    if call.get("lifetime_budget", ads.spent_below(ad_set)) < ads.spent_below(ad_set):
        raise wrong("Budget already spent", "The lifetime budget cannot be under what was spent of it.", 1_885_650)


def _check_goal(call: Call, campaign: Campaign, values: dict[str, Any]) -> None:
    goal, destination = values["optimization_goal"], values.get("destination_type", "")
    fit = matrix.find(campaign.objective, goal, destination)
    if fit is None:
        sentence = f"The goal {goal} with destination {destination or '(none)'} does not go with {campaign.objective}."
        raise wrong("Performance goal isn't available", sentence, 2_490_408)
    page = (values.get("promoted_object") or {}).get("page_id")
    if (fit.needs_page or page is not None) and not isinstance(call.world.objects.get(str(page)), Page):
        raise wrong("Promoted object required", "promoted_object must name a Page.", blame=("promoted_object",))
    event = values["billing_event"]
    if event != "IMPRESSIONS" and not (event == goal and event in BILLED_AS_GOAL):
        raise wrong("Invalid billing event", f"{event} does not go with the goal {goal}.", blame=("billing_event",))
    if values["bid_strategy"] in BID_NEEDED and not values.get("bid_amount"):
        raise wrong("Bid amount required", f"{values['bid_strategy']} needs a bid_amount.", blame=("bid_amount",))


def _check_dsa(ads: AdAccount, aim: dict[str, Any], values: dict[str, Any]) -> None:
    """Who pays and who benefits where the EU is reached; the account's defaults fill in (meta.md 6.2)."""
    if not targeting.reaches_eu(aim):
        return
    for name, default, subcode in (
        ("dsa_payor", ads.payor, 3_858_079),
        ("dsa_beneficiary", ads.beneficiary, 3_858_081),
    ):
        values[name] = values.get(name) or default
        if not values[name]:
            raise wrong("DSA information required", f"Ads that reach the EU must name {name}.", subcode, blame=(name,))
        if len(values[name]) > 512:
            raise wrong("DSA information too long", f"{name} has at most 512 characters.", blame=(name,))


EDGES = (
    parts.writes("AdAccount", "adsets", tables.AD_SET_CREATE, create),
    *(parts.lists(node, "adsets", parts.AD_SETS_LISTED, parts.ad_sets) for node in ("AdAccount", "Campaign")),
    parts.reads("AdSet", "", {}, parts.read),
    parts.writes("AdSet", "", tables.AD_SET_UPDATE, update),
    parts.writes("AdSet", "", {}, parts.delete, "DELETE"),
)
