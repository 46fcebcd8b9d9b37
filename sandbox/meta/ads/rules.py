"""Rules by which people come into an audience: sources, events, and for how long (engagement-custom-audiences)."""

import json
from typing import Any

from sandbox.meta.ads.pixels import Pixel
from sandbox.meta.ads.refusals import wrong
from sandbox.meta.errors import invalid
from sandbox.meta.pages.model import Page
from sandbox.meta.tables import ads as tables
from sandbox.meta.world import Json, World

MOST_RULES, MOST_FILTERS, DAY = 10, 100, 86_400


def parsed(world: World, given: Any) -> tuple[Json, str]:
    """The rule as JSON, and the subtype that follows from its sources. Raises GraphError 100."""
    try:
        rule = json.loads(given) if isinstance(given, str) else given
    except ValueError as error:
        raise invalid("Param rule must be valid JSON.") from error
    if not isinstance(rule, dict) or "inclusions" not in rule or rule.keys() - {"inclusions", "exclusions"}:
        raise invalid("Param rule must be an object with inclusions.")
    kinds: set[str] = set()
    for side in rule.values():
        found = side.get("rules") if isinstance(side, dict) and side.get("operator") in {"or", "and"} else None
        if not isinstance(found, list) or not 1 <= len(found) <= MOST_RULES:
            raise _wrong(f"Each side takes an operator and one to {MOST_RULES} rules.")
        for one in found:
            kinds.add(_check(world, one))
    return rule, "WEBSITE" if kinds == {"pixel"} else "ENGAGEMENT"


def rule_days(rule: Json) -> int:
    """For how many days a person stays, by the longest of its rules."""
    return max(int(one["retention_seconds"]) // DAY for one in rule["inclusions"]["rules"])


def _wrong(sentence: str, subcode: int = 0) -> Exception:
    return wrong("Invalid rule", sentence, subcode, blame=("rule",))


def _check(world: World, one: Any) -> str:
    """Check one rule; answers the kind of its sources."""
    if not isinstance(one, dict) or one.keys() - {"event_sources", "retention_seconds", "filter"}:
        raise _wrong("A rule has event_sources, retention_seconds and a filter.")
    sources = one.get("event_sources")
    if not isinstance(sources, list) or not sources or len({str(source.get("type")) for source in sources}) != 1:
        raise _wrong("A rule has sources of one type.")
    kind = str(sources[0]["type"])
    if kind not in tables.EVENTS:
        raise _wrong(f"There is no source of type {kind}.")
    for source in sources:
        _check_source(world, kind, str(source.get("id")))
    filters = (one.get("filter") or {}).get("filters")
    if not isinstance(filters, list) or not 1 <= len(filters) <= MOST_FILTERS:
        raise _wrong(f"A rule has one to {MOST_FILTERS} filters.")
    events = {_check_filter(kind, given) for given in filters}
    seconds = one.get("retention_seconds")
    if not isinstance(seconds, int) or not 0 <= seconds <= tables.LONGEST[kind] * DAY:
        raise _wrong(f"retention_seconds goes up to {tables.LONGEST[kind]} days.")
    if (seconds == 0) != (events == {"page_liked"}):
        raise _wrong("Only page_liked, alone, has no retention.")
    return kind


def _check_source(world: World, kind: str, source_id: str) -> None:
    node = world.objects.get(source_id)
    known = {
        "page": isinstance(node, Page),
        "ig_business": any(page.instagram == source_id for page in world.all(Page)),
        "pixel": isinstance(node, Pixel),
    }
    if not known[kind]:
        raise _wrong(f"There is no {kind} {source_id}, or this ad account may not use it.")


def _check_filter(kind: str, given: Any) -> str:
    """Check one filter; answers its event, "" where it is about an address."""
    if not isinstance(given, dict) or given.keys() != {"field", "operator", "value"}:
        raise _wrong("A filter has field, operator and value.")
    if kind == "pixel" and given["field"] == "url" and given["operator"] in {"i_contains", "eq", "starts_with"}:
        return ""
    if given["field"] != "event" or given["operator"] not in {"eq", "="}:
        raise _wrong(f"{given['field']} {given['operator']} cannot be a filter here.")
    if given["value"] not in tables.EVENTS[kind]:
        raise _wrong(f"Invalid Event Name: {given['value']}", 1_713_151)
    return str(given["value"])
