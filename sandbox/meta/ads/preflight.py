"""What is asked before anything is ordered: the account, its minimums, who is within reach (meta.md 6.1)."""

from typing import Any

from sandbox.meta.ads import catalogue, parts, targeting
from sandbox.meta.ads.account import account
from sandbox.meta.ads.audiences import subtype_of
from sandbox.meta.ads.money import offset
from sandbox.meta.ads.pixels import Pixel, SavedAudience
from sandbox.meta.errors import invalid
from sandbox.meta.graph import Answer, Call, Edge, Listing, Param
from sandbox.meta.tables import ads as tables

#: Kinds of search the sandbox knows, and of places.
SEARCHES = ("adinterest", "adgeolocation")
PLACES = ("country", "region", "city")
TARGETED = {"targeting_spec": Param("object", required=True)}
ESTIMATED = TARGETED | {
    "optimization_goal": Param(required=True, values=tables.GOALS),
    "promoted_object": Param("object"),
}


def accounts(call: Call) -> Answer:
    """GET /me/adaccounts: the ad accounts on which the person or system user has a role."""
    return Listing([account(call.world)])


def update(call: Call) -> Answer:
    """POST /{account}: who pays and benefits by default, and the cap on everything, in units of the currency."""
    ads = account(call.world)
    if call.get("spend_cap_action", "delete") != "delete":
        raise invalid("Param spend_cap_action can only be delete here.")
    ads.name = call.get("name", ads.name)
    ads.payor = call.get("default_dsa_payor", ads.payor)
    ads.beneficiary = call.get("default_dsa_beneficiary", ads.beneficiary)
    if "spend_cap" in call.params:
        ads.spend_cap = round(call.get("spend_cap") * offset(ads.settings.currency)) or None
    if call.get("spend_cap_action") == "delete":
        ads.spend_cap = None
    return True


def minimum_budgets(call: Call) -> Answer:
    """GET /{account}/minimum_budgets, in minor units."""
    settings = account(call.world).settings
    least = {f"min_daily_budget_{kind}": settings.min_budget for kind in ("imp", "video_views")}
    least |= {
        "min_daily_budget_high_freq": settings.min_budget * 5,
        "min_daily_budget_low_freq": settings.min_budget * 40,
    }
    return Listing([{"currency": settings.currency} | least])


def _reach(call: Call) -> tuple[int, int]:
    aim = dict(call.get("targeting_spec"))
    aim.setdefault("targeting_automation", {"advantage_audience": 0})
    people = targeting.people(targeting.check(aim, subtype_of(call.world)))
    return max(people * 17 // 20 // 100 * 100, 1000), max(people // 100 * 100, 1000)


def reach_estimate(call: Call) -> Answer:
    """GET /{account}/reachestimate."""
    lower, upper = _reach(call)
    return {"data": {"users_lower_bound": lower, "users_upper_bound": upper, "estimate_ready": True}}


def delivery_estimate(call: Call) -> Answer:
    """GET /{account}/delivery_estimate; the daily numbers are gone in v26.0."""
    lower, upper = _reach(call)
    row: dict[str, Any] = {"estimate_mau_lower_bound": lower, "estimate_mau_upper_bound": upper, "estimate_ready": True}
    return Listing([row])


def search(call: Call) -> Answer:
    """GET /search."""
    if call.get("type") == "adinterest":
        return Listing(catalogue.interests(call.get("q")))
    kinds = call.get("location_types", [])
    if set(kinds) - set(PLACES):
        raise invalid(f"Param location_types must be of {', '.join(PLACES)} here.")
    return Listing(catalogue.places(call.get("q"), kinds))


def targeting_search(call: Call) -> Answer:
    """GET /{account}/targetingsearch: interests again, as targeting options."""
    return Listing([row | {"type": "interests"} for row in catalogue.interests(call.get("q"))])


def pixels(call: Call) -> Answer:
    """GET /{account}/adspixels."""
    return Listing(call.world.all(Pixel))


def saved_audiences(call: Call) -> Answer:
    """GET /{account}/saved_audiences."""
    return Listing(call.world.all(SavedAudience))


SEARCH = {"type": Param(required=True, values=SEARCHES), "q": Param(required=True), "location_types": Param("list")}


EDGES = (
    parts.lists("User", "adaccounts", {}, accounts),
    parts.reads("AdAccount", "", {}, parts.read),
    parts.writes("AdAccount", "", tables.ACCOUNT_UPDATE, update),
    parts.lists("AdAccount", "minimum_budgets", {"bid_amount": Param("int")}, minimum_budgets),
    parts.reads("AdAccount", "reachestimate", TARGETED, reach_estimate),
    parts.lists("AdAccount", "delivery_estimate", ESTIMATED, delivery_estimate),
    parts.lists("AdAccount", "targetingsearch", {"q": Param(required=True)}, targeting_search),
    parts.lists("AdAccount", "adspixels", {"sort_by": Param(values=("LAST_FIRED_TIME", "NAME"))}, pixels),
    parts.lists("AdAccount", "saved_audiences", {}, saved_audiences),
    Edge("", "search", "GET", SEARCH, search, tokens=parts.ADVERTISERS, listing=True),
    parts.reads("AdsPixel", "", {}, parts.read),
    parts.reads("SavedAudience", "", {}, parts.read),
)
