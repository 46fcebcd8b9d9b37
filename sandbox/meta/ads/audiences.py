"""Custom audiences: people who engaged or visited, and people like them; they take a while to fill (meta.md 7)."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, cast

from sandbox.meta.ads import parts
from sandbox.meta.ads.account import AdAccount, account
from sandbox.meta.ads.refusals import wrong
from sandbox.meta.ads.rules import parsed, rule_days
from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Answer, Call, Created, Listing, Param
from sandbox.meta.tables import ads as tables
from sandbox.meta.world import Json, Node, World

#: The terms that an account must have accepted (meta.md 7).
TOS = "custom_audience_tos"
#: Fewer people than this cannot be resembled, nor reached.
FEWEST = 100


@dataclass(kw_only=True, eq=False)
class Audience(Node):
    """A custom audience. `people` is how many are in it from `ready_at` on; `trouble` is an operation_status code."""

    kind: ClassVar[str] = "CustomAudience"
    name: str
    description: str = ""
    subtype: str
    rule: Any = None
    retention_days: int = 0
    lookalike: Json | None = None
    seed: str = ""
    people: int
    made_at: datetime
    changed_at: datetime
    ready_at: datetime
    trouble: int = 0

    def ready(self, now: datetime) -> bool:
        """Whether it was filled."""
        return self.ready_at <= now and not self.trouble

    def operation(self, now: datetime) -> Json:
        """Its operation_status."""
        if self.trouble:
            return {"code": self.trouble, "description": "The audience has a problem that must be resolved."}
        if not self.ready(now):
            return {"code": 441, "description": "The audience is being populated."}
        return {"code": 200, "description": "Normal"}

    def delivery(self, now: datetime) -> Json:
        """Its delivery_status."""
        if self.ready(now) and self.people >= FEWEST:
            return {"code": 200, "description": "This audience is ready for use."}
        return {"code": 300, "description": "This audience is too small or not ready to be used in ads."}

    def bounds(self, now: datetime) -> tuple[int, int]:
        """How many people are in it, about; -1 while that is not known."""
        if not self.ready(now):
            return -1, -1
        return max(self.people * 9 // 10, 1000) if self.people >= FEWEST else 0, max(self.people * 11 // 10, 1000)


def subtype_of(world: World) -> Callable[[str], str | None]:
    """What kind of audience an id names; None for none."""

    def subtype(audience_id: str) -> str | None:
        found = world.objects.get(audience_id)
        return found.subtype if isinstance(found, Audience) else None

    return subtype


def create(call: Call) -> Answer:
    """POST /{account}/customaudiences: by a rule, or resembling another."""
    ads = account(call.world)
    ads.require_active()
    if not ads.settings.audience_tos:
        text = "(#200) The Custom Audience Terms have not been accepted for this ad account."
        raise GraphError(200, text, subcode=1_870_034, title="Custom audience terms not accepted", status=403)
    if call.get("subtype") == "LOOKALIKE":
        return _keep(call, ads, _lookalike(call))
    if call.get("subtype"):
        raise wrong("Subtype unsupported", "An audience by rule is created without a subtype.", blame=("subtype",))
    if not call.get("rule"):
        raise invalid("The parameter rule is required")
    return _keep(call, ads, _ruled(call))


def _ruled(call: Call) -> Json:
    """What follows from the rule that was sent; the longer people stay, the more of them there are."""
    rule, subtype = parsed(call.world, call.get("rule"))
    days = rule_days(rule)
    return {"subtype": subtype, "rule": rule, "retention_days": days, "people": 40 * days + 200}


def _keep(call: Call, ads: AdAccount, found: Json) -> Answer:
    now = ads.settled
    begun = max(now, found.pop("after", now))
    audience = Audience(
        id=call.world.new_id("12024"),
        holder=ads.id,
        name=call.get("name"),
        description=call.get("description", ""),
        made_at=now,
        changed_at=now,
        ready_at=begun + timedelta(seconds=ads.settings.audience_seconds),
        **found,
    )
    return Created(call.world.add(audience))


def _lookalike(call: Call) -> Json:
    """What is particular to one that resembles `origin_audience_id` (lookalike-audiences)."""
    seed = call.world.get(call.get("origin_audience_id", ""), Audience, "post")
    if seed.trouble == 471:
        raise wrong("Seed audience flagged", "This audience cannot be used to find similar people.", 1_713_232)
    if seed.people < FEWEST:
        raise wrong("Seed audience too small", f"The source audience needs at least {FEWEST} people in one country.")
    spec = _json(call.get("lookalike_spec"))
    if not isinstance(spec, dict):
        raise invalid("The parameter lookalike_spec is required")
    countries = spec.get("location_spec", {}).get("geo_locations", {}).get("countries", [])
    countries = countries or [spec["country"]] if spec.get("country") or countries else []
    if not countries:
        raise wrong("Country required", "lookalike_spec must name a country.", blame=("lookalike_spec",))
    ratio = {"similarity": 0.01, "reach": 0.05}.get(str(spec.get("type"))) or float(spec.get("ratio", 0))
    if not 0.01 <= ratio <= 0.2 or not 0 <= float(spec.get("starting_ratio", 0)) < ratio:
        raise wrong("Invalid ratio", "ratio goes from 0.01 to 0.20.", blame=("lookalike_spec",))
    people = round(30_000_000 * ratio) * len(countries)
    return {"subtype": "LOOKALIKE", "lookalike": spec, "seed": seed.id, "people": people, "after": seed.ready_at}


def _json(given: Any) -> Any:
    try:
        return json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise invalid("Param lookalike_spec must be valid JSON.") from error


def update(call: Call) -> Answer:
    """POST /{audience}: name, description, or another rule, by which it is filled anew."""
    ads, audience = account(call.world), cast("Audience", call.node)
    if "rule" in call.params:
        for name, value in _ruled(call).items():
            setattr(audience, name, value)
        audience.ready_at = ads.settled + timedelta(seconds=ads.settings.audience_seconds)
    audience.name = call.get("name", audience.name)
    audience.description = call.get("description", audience.description)
    audience.changed_at = ads.settled
    return True


def delete(call: Call) -> Answer:
    """DELETE /{audience}: it is gone."""
    assert call.node
    del call.world.objects[call.node.id]
    return True


def listing(call: Call) -> Answer:
    """GET /{account}/customaudiences, newest first."""
    found = call.world.all(Audience, account(call.world).id)
    for given in call.get("filtering", ()):
        if not isinstance(given, dict) or (given.get("field"), given.get("operator")) != ("name", "CONTAIN"):
            raise invalid("Param filtering is invalid: custom audiences are filtered by name and CONTAIN.")
        found = [audience for audience in found if str(given.get("value")).casefold() in audience.name.casefold()]
    return Listing(found[::-1])


def terms(call: Call) -> Answer:
    """GET /{account}/customaudiencestos: what there is to accept."""
    assert call.node
    return Listing([{"id": "1", "content": "Custom Audience Terms of Service", "type": TOS}])


def accept(call: Call) -> Answer:
    """POST /{account}/customaudiencestos."""
    if call.get("tos_id") != "1":
        raise invalid("There are no such terms of service")
    account(call.world).settings.audience_tos = True
    return True


LISTED = {"filtering": Param("list"), "pixel_id": Param()}
EDGES = (
    parts.writes("AdAccount", "customaudiences", tables.AUDIENCE_CREATE, create),
    parts.lists("AdAccount", "customaudiences", LISTED, listing),
    parts.lists("AdAccount", "customaudiencestos", {}, terms),
    parts.writes("AdAccount", "customaudiencestos", {"tos_id": Param(required=True)}, accept),
    parts.reads("CustomAudience", "", {}, parts.read),
    parts.writes("CustomAudience", "", tables.AUDIENCE_UPDATE, update),
    parts.writes("CustomAudience", "", {}, delete, "DELETE"),
)
