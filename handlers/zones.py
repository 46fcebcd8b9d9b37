"""Time zones as people type them: Europe/Rome, europe rome, Rome, Roma, with slips of the finger."""

from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global
from babel.dates import get_timezone_location

from handlers.words import languages

#: Zones that are offered where it is not clear which is meant.
MOST = 4


def find_zones(words: str) -> Sequence[str]:
    """The IANA zone that is typed, by its name or a city in it; several where one of them may be meant; none."""
    wanted = _plain(words)
    exact = _names().get(wanted)
    if exact:
        return (exact,)
    cities = _cities()
    if wanted in cities:
        return cities[wanted]
    near = get_close_matches(wanted, [*_names(), *cities], MOST, 0.75)
    found = dict.fromkeys(
        name for word in near for name in ((_names().get(word),) if word in _names() else cities[word])
    )
    offered = [name for name in found if name][:MOST]
    # A guess is offered, never taken: with a second choice beside it, it is asked.
    return offered if len(offered) != 1 else (offered[0], "UTC")


def _plain(words: str) -> str:
    return "_".join(words.casefold().replace("-", " ").replace("_", " ").split()).replace("_/_", "/")


@cache
def _names() -> dict[str, str]:
    """Every zone by its plain name."""
    return {_plain(name): name for name in sorted(available_timezones())}


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    """Zones by the plain names of their cities, in every language we speak; old names of a zone count as its new one."""
    aliases = get_global("zone_aliases")
    found: dict[str, set[str]] = {}
    for name in available_timezones():
        if "/" not in name or name.startswith("Etc/"):
            continue
        current = aliases.get(name, name)
        current = current if current in available_timezones() else name
        found.setdefault(_plain(name.rpartition("/")[2]), set()).add(current)
        for language in languages():
            city = get_timezone_location(name, locale=language, return_city=True)
            found.setdefault(_plain(city), set()).add(current)
    return {city: tuple(sorted(zones)) for city, zones in found.items()}
