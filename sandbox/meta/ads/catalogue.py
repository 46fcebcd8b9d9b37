"""What can be targeted in the sandbox: a few interests and places, found by their names (meta.md 6.1)."""

from typing import Any, NamedTuple


class Interest(NamedTuple):
    """Something people like. One that is `deprecated` is still known but cannot be used any more."""

    id: str
    name: str
    people: int
    topic: str
    deprecated: bool = False


class Place(NamedTuple):
    """A country, a region or a city. A country's key is its code."""

    key: str
    name: str
    type: str
    country: str
    region: str = ""
    region_id: int = 0


INTERESTS = (
    Interest("6003139266461", "Movies", 1_200_000_000, "Entertainment"),
    Interest("6003384248805", "Fitness and wellness", 900_000_000, "Fitness and wellness"),
    Interest("6003346592981", "Online shopping", 800_000_000, "Shopping and fashion"),
    Interest("6003020834693", "Music", 1_500_000_000, "Entertainment"),
    Interest("6003266061909", "Food", 1_100_000_000, "Food and drink"),
    Interest("6003000000001", "Fax machines", 4_000, "Business and industry", deprecated=True),
)

PLACES = (
    *(
        Place(code, name, "country", code)
        for code, name in (
            ("AT", "Austria"), ("CH", "Switzerland"), ("DE", "Germany"), ("ES", "Spain"), ("FR", "France"),
            ("GB", "United Kingdom"), ("IT", "Italy"), ("US", "United States"),
        )
    ),
    Place("2053", "Lombardia", "region", "IT"),
    Place("3847", "California", "region", "US"),
    Place("1123581", "Milan", "city", "IT", "Lombardia", 2053),
    Place("1129458", "Rome", "city", "IT", "Lazio", 2049),
    Place("548325", "Munich", "city", "DE", "Bavaria", 775),
    Place("2420379", "Los Angeles", "city", "US", "California", 3847),
)  # fmt: skip

#: The European Union and its territories, where a payor and a beneficiary must be named (Regulation (EU) 2022/2065).
EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK AX GF GP MF MQ RE YT".split()
)
#: Groups of countries that take some of it in.
EU_GROUPS = frozenset({"europe", "eea", "worldwide"})


def place(kind: str, key: str) -> Place | None:
    """The place of that kind and key."""
    return next((place for place in PLACES if place.type == kind and place.key == key), None)


def interest(interest_id: str) -> Interest | None:
    """The interest of that id."""
    return next((found for found in INTERESTS if found.id == interest_id), None)


def interests(query: str) -> list[dict[str, Any]]:
    """Rows of `GET /search?type=adinterest`; what is deprecated is not found."""
    return [
        {
            "id": found.id,
            "name": found.name,
            "audience_size_lower_bound": found.people * 9 // 10,
            "audience_size_upper_bound": found.people * 11 // 10,
            "path": ["Interests", found.topic, found.name],
            "topic": found.topic,
        }
        for found in INTERESTS
        if query.casefold() in found.name.casefold() and not found.deprecated
    ]


def places(query: str, kinds: list[str]) -> list[dict[str, Any]]:
    """Rows of `GET /search?type=adgeolocation`; no `kinds` means all."""
    names = {found.key: found.name for found in PLACES if found.type == "country"}
    return [
        {
            "key": found.key,
            "name": found.name,
            "type": found.type,
            "country_code": found.country,
            "country_name": names[found.country],
            **({"region": found.region, "region_id": found.region_id} if found.region else {}),
            "supports_region": True,
            "supports_city": True,
        }
        for found in PLACES
        if found.name.casefold().startswith(query.casefold()) and (not kinds or found.type in kinds)
    ]
