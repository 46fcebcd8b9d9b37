"""What the Marketing API refuses about whom to reach, before anything is created (Marketing API, "Targeting")."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.meta.ads import catalogue
from sandbox.meta.ads.refusals import wrong
from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.tables import ads as tables

#: Whether a custom audience of that id is there and may be used, and whether it is a lookalike.
Known = Callable[[str], str | None]
#: Custom audiences of an ad set, each way.
MOST_AUDIENCES = 500
#: Categories whose ads must not choose among people (Marketing API, "Special Ad Category").
PROTECTED = frozenset({"HOUSING", "EMPLOYMENT", "CREDIT", "FINANCIAL_PRODUCTS_SERVICES"})


def check(targeting: Any, subtype: Known, categories: Iterable[str] = ()) -> dict[str, Any]:
    """The targeting as it may be used. Raises GraphError (100).

    `subtype`: what kind of custom audience an id names, None for none. Whether people may be widened beyond it
    (advantage_audience) must be said, with 0 or 1.
    """
    if not isinstance(targeting, dict):
        raise invalid("Param targeting must be a JSON object.")
    unknown = targeting.keys() - tables.TARGETING
    if unknown:
        raise _wrong(f"Unknown: {', '.join(sorted(unknown))}.")
    _check_places(targeting.get("geo_locations"), required=True)
    _check_places(targeting.get("excluded_geo_locations"), required=False)
    automatic = _check_automation(targeting)
    _check_people(targeting, automatic=automatic)
    _check_placements(targeting)
    _check_interests(targeting)
    lookalikes = _check_audiences(targeting, subtype)
    if PROTECTED & set(categories):
        _check_protected(targeting, lookalikes=lookalikes)
    return targeting


def reaches_eu(targeting: dict[str, Any]) -> bool:
    """Whether any place in it lies in the European Union or its territories."""
    found = targeting["geo_locations"]
    countries = set(found.get("countries", ()))
    for kind, name in tables.KEYED.items():
        countries |= {known.country for given in found.get(name, ()) if (known := catalogue.place(kind, given["key"]))}
    countries |= {given.get("country", "") for given in found.get("custom_locations", ())}
    countries |= {given["key"].partition(":")[0] for given in found.get("zips", ())}
    return bool(countries & catalogue.EU or set(found.get("country_groups", ())) & catalogue.EU_GROUPS)


def people(targeting: dict[str, Any]) -> int:
    """How many people the sandbox says are within reach; worked out, so that the same asks get the same."""
    found = targeting["geo_locations"]
    thousands = 30_000 * (len(found.get("countries", ())) + 5 * len(found.get("country_groups", ())))
    thousands += 3_000 * len(found.get("regions", ())) + 900 * len(found.get("cities", ()))
    thousands += 100 * (len(found.get("zips", ())) + len(found.get("custom_locations", ())))
    years = int(targeting.get("age_max", 65)) - int(targeting.get("age_min", 18)) + 1
    number = thousands * 1000 * max(years, 1) // 48
    if len(targeting.get("genders", ())) == 1:
        number //= 2
    for given in ("flexible_spec", "custom_audiences", "interests"):
        if targeting.get(given):
            number //= 10
    return number


def _wrong(sentence: str, subcode: int = 0) -> GraphError:
    return wrong("Invalid Targeting", sentence, subcode)


def _check_places(found: Any, *, required: bool) -> None:
    if found is None and not required:
        return
    chosen = {name: value for name, value in found.items() if value} if isinstance(found, dict) else {}
    unknown = chosen.keys() - tables.GEO
    if unknown:
        raise _wrong(f"Unknown kinds of location: {', '.join(sorted(unknown))}.")
    if required and not chosen.keys() - {"location_types"}:
        raise _wrong("Your ad set must include at least one location.")
    for code in chosen.get("countries", ()):
        if not (isinstance(code, str) and len(code) == 2 and code.isupper()):
            raise _wrong(f"{code} is not a country code.")
    for kind, name in tables.KEYED.items():
        for given in chosen.get(name, ()):
            if not isinstance(given, dict) or catalogue.place(kind, str(given.get("key"))) is None:
                raise _wrong(f"There is no {kind} {given}.")


def _check_automation(targeting: dict[str, Any]) -> bool:
    flag = (targeting.get("targeting_automation") or {}).get("advantage_audience")
    if flag not in (0, 1):
        raise wrong(
            "Advantage Audience Flag Required",
            "To create your ad set, you need to set the Advantage Audience flag to 1 or to 0.",
            1_870_227,
        )
    return bool(flag == 1)


def _check_people(targeting: dict[str, Any], *, automatic: bool) -> None:
    youngest, oldest = targeting.get("age_min", 18), targeting.get("age_max", 65)
    if not (isinstance(youngest, int) and isinstance(oldest, int) and 13 <= youngest <= oldest <= 65):
        raise _wrong("Ages go from 13 to 65, and the least must not be above the greatest.")
    if automatic and (oldest < 65 or youngest > 25):
        raise _wrong("With Advantage+ audience the greatest age is 65, and the least at most 25.")
    if not set(targeting.get("genders", ())) <= {1, 2}:
        raise _wrong("A gender is 1 or 2.")
    if targeting.get("exclusions"):
        raise _wrong("Detailed targeting exclusions are not available any more.")


def _check_placements(targeting: dict[str, Any]) -> None:
    for name, allowed in tables.PLACEMENTS.items():
        wrong = set(targeting.get(name, ())) - allowed
        if wrong:
            raise _wrong(f"{name} does not take {', '.join(sorted(wrong))}.")


def _check_interests(targeting: dict[str, Any]) -> None:
    wanted = list(targeting.get("interests", ()))
    for spec in targeting.get("flexible_spec", ()):
        wanted += spec.get("interests", ())
    for given in wanted:
        found = catalogue.interest(str(given.get("id") if isinstance(given, dict) else given))
        if found is None or found.deprecated:
            raise _wrong("A detailed targeting option is not available any more.", subcode=1_487_694)


def _check_audiences(targeting: dict[str, Any], subtype: Known) -> bool:
    """Refuses what is not there; answers whether any is a lookalike."""
    kinds = set()
    for name in ("custom_audiences", "excluded_custom_audiences"):
        wanted = targeting.get(name, ())
        if len(wanted) > MOST_AUDIENCES:
            raise _wrong(f"At most {MOST_AUDIENCES} custom audiences can be given.")
        for given in wanted:
            kind = subtype(str(given.get("id"))) if isinstance(given, dict) else None
            if kind is None:
                sentence = f"The custom audience {given} does not exist, or this ad account may not use it."
                raise wrong("Custom Audience Unavailable", sentence)
            kinds.add(kind)
    return "LOOKALIKE" in kinds


def _check_protected(targeting: dict[str, Any], *, lookalikes: bool) -> None:
    found = targeting["geo_locations"]
    chooses = targeting.get("genders") or targeting.get("age_min", 18) != 18 or targeting.get("age_max", 65) != 65
    if chooses or lookalikes or found.get("zips") or found.get("neighborhoods"):
        raise _wrong("Ads of a special category must not choose people by age, gender, postal code or likeness.")
