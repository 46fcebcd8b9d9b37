"""Time zones as people type them: Europe/Rome, europe rome, Rome, Roma; and what a slip of the finger may mean."""

import re
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global

from handlers.words import languages

#: Zones that are offered where it is not clear which is meant.
MOST = 4


def find_zone(words: str) -> str | None:
    """The IANA zone that is typed, by its name or by a city that only it has; None where it is not clear."""
    if words.strip() in available_timezones():
        return words.strip()
    wanted = _plain(words)
    cities = _cities().get(wanted, ())
    return _names().get(wanted) or (cities[0] if len(cities) == 1 else None)


def similar_zones(words: str) -> list[str]:
    """Zones that may be meant, the likeliest first; at most MOST."""
    known: dict[str, tuple[str, ...]] = {**_cities(), **{word: (name,) for word, name in _names().items()}}
    near = get_close_matches(_plain(words), known, MOST, 0.75)
    return list(dict.fromkeys(name for word in near for name in known[word]))[:MOST]


def _plain(words: str) -> str:
    return "_".join(re.split(r"[\s_/-]+", words.strip().casefold()))


@cache
def _names() -> dict[str, str]:
    """Every zone by its plain name. In names like Etc/GMT-3 the sign is lost, so those have to be typed exactly."""
    signed = re.compile(r"GMT[+-]\d")
    names = sorted(available_timezones())
    return {_plain(name): name for name in names if not signed.search(name)}


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    """Zones by the plain names of their cities, in every language we speak. An old name counts as the new one."""
    aliases, zones = get_global("zone_aliases"), available_timezones()
    told = [Locale.parse(language).time_zones for language in languages()]
    found: dict[str, set[str]] = {}
    for name in zones:
        if "/" not in name or name.startswith("Etc/"):
            continue
        current = aliases.get(name, name)
        current = current if current in zones else name
        for city in (name.rpartition("/")[2], *(known.get(name, {}).get("city", "") for known in told)):
            found.setdefault(_plain(city), set()).add(current)
    found.pop("", None)
    return {city: tuple(sorted(current)) for city, current in found.items()}
