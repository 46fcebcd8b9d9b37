"""Campaigns: an objective, the categories that bind it, and perhaps a budget for everything below (meta.md 6.2)."""

from sandbox.meta.ads import parts
from sandbox.meta.ads.account import AdAccount, account
from sandbox.meta.ads.budgets import check_budget
from sandbox.meta.ads.money import offset
from sandbox.meta.ads.refusals import wrong
from sandbox.meta.ads.tree import Campaign
from sandbox.meta.errors import invalid
from sandbox.meta.graph import Answer, Call
from sandbox.meta.tables import ads as tables

#: The spend_cap that takes a cap away.
UNCAPPED = 922_337_203_685_478


def create(call: Call) -> Answer:
    """POST /{account}/campaigns."""
    ads = account(call.world)
    ads.require_active()
    for name in ("name", "objective"):
        if not call.get(name):
            raise invalid(f"The parameter {name} is required")
    if call.get("buying_type", "AUCTION") != "AUCTION":
        raise wrong("Invalid buying type", "Campaigns are bought by AUCTION here.", blame=("buying_type",))
    has_budget = check_budget(call, ads, required=False)
    if not has_budget and call.get("is_adset_budget_sharing_enabled") is None:
        raise wrong(
            "Must specify True or False in is_adset_budget_sharing_enabled field",
            "If you are not using campaign budget, say whether ad sets may share some of theirs.",
            blame=("is_adset_budget_sharing_enabled",),
        )
    if not has_budget and call.get("bid_strategy"):
        raise wrong("Invalid bid strategy", "A campaign has a bid strategy only where it has the budget.")
    campaign = Campaign(
        id=call.world.new_id("12020"),
        holder=ads.id,
        name=call.get("name"),
        status=call.get("status", "ACTIVE"),
        objective=call.get("objective"),
        daily=call.get("daily_budget"),
        lifetime=call.get("lifetime_budget"),
        start=call.get("start_time", ads.settled),
        end=call.get("stop_time"),
        spend_cap=_cap(call, ads),
        made_at=ads.settled,
        changed_at=ads.settled,
        values={"buying_type": "AUCTION"} | parts.kept(call),
    )
    return parts.made(call, campaign)


def update(call: Call) -> Answer:
    """POST /{campaign}."""
    ads, campaign = account(call.world), call.world.get(call.node.id if call.node else "", Campaign)
    parts.changeable(call, campaign)
    if call.get("objective", campaign.objective) != campaign.objective:
        raise wrong("Objective cannot be changed", "The objective of a campaign stays what it was made with.")
    if check_budget(call, ads, required=False) and not campaign.has_budget:
        raise wrong("Budget on ad sets", "The budget of this campaign sits on its ad sets.")
    cap = _cap(call, ads) if "spend_cap" in call.params else campaign.spend_cap
    if parts.only_checked(call):
        return True
    campaign.spend_cap = cap
    campaign.daily = call.get("daily_budget", campaign.daily)
    campaign.lifetime = call.get("lifetime_budget", campaign.lifetime)
    campaign.start, campaign.end = call.get("start_time", campaign.start), call.get("stop_time", campaign.end)
    return parts.change(call, campaign)


def _cap(call: Call, ads: AdAccount) -> int | None:
    cap: int | None = call.get("spend_cap")
    if cap is None or cap == UNCAPPED:
        return None
    least = 100 * offset(ads.settings.currency)
    if cap < least:
        raise wrong("Spend cap too low", f"The spend cap must be at least {least}.", blame=("spend_cap",))
    return cap


EDGES = (
    parts.writes("AdAccount", "campaigns", tables.CAMPAIGN_CREATE, create),
    parts.lists("AdAccount", "campaigns", parts.CAMPAIGNS_LISTED, parts.campaigns),
    parts.reads("Campaign", "", {}, parts.read),
    parts.writes("Campaign", "", tables.CAMPAIGN_UPDATE, update),
    parts.writes("Campaign", "", {}, parts.delete, "DELETE"),
)
