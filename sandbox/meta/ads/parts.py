"""What campaigns, ad sets, creatives and ads have in common: checked only or made, listed and filtered, deleted."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from sandbox.meta.ads.account import AdAccount, account
from sandbox.meta.ads.refusals import archived, deleted
from sandbox.meta.ads.tree import Ad, AdSet, Campaign, Creative, Part
from sandbox.meta.errors import invalid
from sandbox.meta.graph import Answer, Call, Created, Edge, Handle, Listing, Param
from sandbox.meta.tables import ads as tables
from sandbox.meta.tokens import TokenKind

#: Who may see and change ads (meta.md 1.4, 6); page tokens are refused.
ADVERTISERS: tuple[TokenKind, ...] = ("user", "system_user")
#: What a listing of campaigns, of ad sets, and of ads may be asked.
CAMPAIGNS_LISTED = {"effective_status": Param("list", values=tables.OF_CAMPAIGNS), "filtering": Param("list")}
AD_SETS_LISTED = {"effective_status": Param("list", values=tables.OF_AD_SETS), "filtering": Param("list")}
ADS_LISTED = {"effective_status": Param("list"), "filtering": Param("list")}
#: Left out of listings that do not ask for them.
HIDDEN = frozenset({"ARCHIVED", "DELETED"})
WORDS = {"Campaign": "campaign", "AdSet": "ad set", "AdCreative": "creative", "Ad": "ad"}


def reads(node: str, edge: str, params: Mapping[str, Param], handle: Handle, *, listing: bool = False) -> Edge:
    """An edge that only looks."""
    return Edge(node, edge, "GET", params, handle, scopes=("ads_read",), tokens=ADVERTISERS, listing=listing)


def lists(node: str, edge: str, params: Mapping[str, Param], handle: Handle) -> Edge:
    """An edge that lists."""
    return reads(node, edge, params, handle, listing=True)


def writes(node: str, edge: str, params: Mapping[str, Param], handle: Handle, method: str = "POST") -> Edge:
    """An edge that changes something."""
    return Edge(node, edge, method, params, handle, scopes=("ads_management",), tokens=ADVERTISERS)


def only_checked(call: Call) -> bool:
    """Whether nothing is to be created or changed (meta.md 6.5)."""
    return "validate_only" in call.get("execution_options", ())


def made(call: Call, part: Part) -> Answer:
    """Keep a new part, or only say that it could be made."""
    if only_checked(call):
        return True
    call.world.add(part)
    if isinstance(part, Ad) and part.status == "ACTIVE":
        account(call.world).send_to_review(part)
    return Created(part)


def kept(call: Call) -> dict[str, Any]:
    """The parameters that a part remembers as they came."""
    given = ("access_token", "appsecret_proof", "fields", "execution_options", "name", "status")
    return {name: value for name, value in call.params.items() if name not in given}


def changeable(call: Call, part: Part) -> None:
    """Raises GraphError 100 where it or what it is in was deleted, or archived and more than name or status changes."""
    status = _effective(call, part)
    if status == "DELETED":
        raise deleted(WORDS[part.kind])
    if status == "ARCHIVED" and kept(call):
        raise archived(WORDS[part.kind])


def change(call: Call, part: Part) -> Answer:
    """Take over name, status and whatever else was sent; what is particular to a kind was checked and done before."""
    ads = account(call.world)
    if call.get("status") == "ACTIVE":
        ads.require_active()
    if only_checked(call):
        return True
    part.name = call.get("name", part.name)
    part.status = call.get("status", part.status)
    part.values |= kept(call)
    part.changed_at = ads.settled
    if isinstance(part, Ad) and part.status == "ACTIVE":
        ads.send_to_review(part)
    return True


def delete(call: Call) -> Answer:
    """DELETE /{id}: it stays readable, as DELETED; a second time changes nothing."""
    part = cast("Part", call.node)
    part.status = "DELETED"
    part.changed_at = account(call.world).settled
    return True


def read(call: Call) -> Answer:
    """GET /{id}."""
    assert call.node
    return call.node


def campaigns(call: Call) -> Answer:
    """GET /{account}/campaigns."""
    return _listing(call, account(call.world).campaigns)


def ad_sets(call: Call) -> Answer:
    """GET /{account or campaign}/adsets."""
    found = account(call.world).ad_sets
    return _listing(call, [s for s in found if call.node in (s.campaign, account(call.world))])


def ads(call: Call) -> Answer:
    """GET /{account, campaign or ad set}/ads."""
    assert call.node
    return _listing(call, account(call.world).ads_below(call.node))


def creatives(call: Call) -> Answer:
    """GET /{account, ad set or ad}/adcreatives."""
    found: Iterable[Creative] = account(call.world).creatives
    if not isinstance(call.node, AdAccount):
        assert call.node
        used = [ad.creative for ad in account(call.world).ads_below(call.node)]
        found = [creative for creative in found if creative in used]
    return _listing(call, list(found))


def _listing(call: Call, parts: Sequence[Part]) -> Answer:
    wanted = set(call.get("effective_status", ()))
    conditions = [_condition(given) for given in call.get("filtering", ())]
    asked = {value for name, operator, value in conditions if name == "effective_status" for value in _all(value)}
    rows = []
    for part in reversed(parts):
        facts = _facts(call, part)
        shown = facts["effective_status"] in wanted if wanted else facts["effective_status"] not in HIDDEN - asked
        if shown and all(_holds(facts, condition) for condition in conditions):
            rows.append(part)
    return Listing(rows)


Condition = tuple[str, str, Any]


def _condition(given: Any) -> Condition:
    """One {field, operator, value} of `filtering`. Raises GraphError 100 for what cannot be filtered so."""
    if not isinstance(given, dict) or given.keys() != {"field", "operator", "value"}:
        raise invalid("Param filtering must be an array of objects with field, operator and value.")
    name = str(given["field"]).rpartition(".")[2]
    if name not in {"id", "name", "effective_status"}:
        raise invalid(f"Filtering field {given['field']} is invalid.")
    if given["operator"] not in _OPERATORS:
        raise invalid(f"Filtering operator {given['operator']} is invalid.")
    return name, given["operator"], given["value"]


def _facts(call: Call, part: Part) -> dict[str, str]:
    return {"id": part.id, "name": part.name, "effective_status": _effective(call, part)}


def _effective(call: Call, part: Part) -> str:
    return account(call.world).effective(part) if isinstance(part, Campaign | AdSet | Ad) else part.status


def _all(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _holds(facts: dict[str, str], condition: Condition) -> bool:
    name, operator, value = condition
    return bool(_OPERATORS[operator](facts[name], value))


_OPERATORS: dict[str, Any] = {
    "CONTAIN": lambda fact, value: str(value).casefold() in fact.casefold(),
    "NOT_CONTAIN": lambda fact, value: str(value).casefold() not in fact.casefold(),
    "EQUAL": lambda fact, value: fact == str(value),
    "NOT_EQUAL": lambda fact, value: fact != str(value),
    "IN": lambda fact, value: fact in _all(value),
    "NOT_IN": lambda fact, value: fact not in _all(value),
}
