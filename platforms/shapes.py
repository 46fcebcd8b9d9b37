"""Networks' JSON, read with tolerance for what they leave out, and bounded: what is longer or larger is none.

Whatever a field holds, its reader answers with what a column takes and a card shows, or that there is nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from platforms.contract import clean

Json = Mapping[str, Any]
#: Characters of an id, of a name or a sentence, and of an address. The longest of any network that we know has a third.
LONGEST_ID, LONGEST_WORDS, LONGEST_ADDRESS = 255, 500, 3000
#: A whole number with so many digits is none: what counts bytes or money has fewer.
LONGEST_NUMBER = 18
#: The largest count: what PostgreSQL's integer holds.
MOST = 2**31 - 1
#: Times before and after are none: no network is as old, and arithmetic with them overflows.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def text_of(value: Json, key: str) -> str:
    """A field as text, of any length; empty where it is neither text nor a whole number."""
    return _text(value.get(key))


def words_of(value: Json, key: str) -> str:
    """A name, or a sentence of the network's own, cut off where it is too long."""
    return text_of(value, key)[:LONGEST_WORDS]


def id_of(value: Json, key: str = "id") -> str:
    """An id, always text; empty where there is none."""
    return identifier(text_of(value, key))


def identifier(found: str) -> str:
    """The same, where it is one. A shortened one would be another's; of dots alone it could not stand in a path."""
    return clean(found) if len(found) <= LONGEST_ID and found.strip(". ") else ""


def address_of(value: Json, key: str) -> str:
    """An address of the web; empty where there is none."""
    return address(text_of(value, key))


def address(found: str) -> str:
    """The same, where it is one that can be opened: a shortened one leads elsewhere."""
    try:
        parts = urlsplit(found)
        is_one = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return found if is_one and len(found) <= LONGEST_ADDRESS else ""


def part_of(value: Json, *keys: str) -> Json:
    """A nested object; empty where it is absent or something else."""
    for key in keys:
        found = value.get(key)
        value = found if isinstance(found, Mapping) else {}
    return value


def list_of(value: object) -> list[Json]:
    """The objects of a list; empty where it is no list."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [item for item in value if isinstance(item, Mapping)]


def number_of(value: Json, key: str) -> int | None:
    """A whole number from 0, also in quotes; None where there is none."""
    return _number(text_of(value, key))


def count_of(value: Json, key: str) -> int | None:
    """A count; None where there is none."""
    return counted(number_of(value, key))


def counted(found: int | None) -> int | None:
    """The number, where it can be a count: a sum may be too large for one."""
    return found if found is not None and found <= MOST else None


def time_of(value: object) -> datetime | None:
    """A time in ISO 8601 (UTC where it has no zone) or in seconds since 1970; None where it is none, or 0."""
    text = _text(value)
    seconds = _number(text)
    if seconds is not None:
        return EARLIEST + timedelta(seconds=seconds) if 0 < seconds <= (LATEST - EARLIEST).total_seconds() else None
    try:
        return within(datetime.fromisoformat(text))
    except ValueError:
        return None


def within(found: datetime) -> datetime | None:
    """The time with its zone (UTC where it has none); None where one cannot reckon with it."""
    found = found.replace(tzinfo=found.tzinfo or UTC)
    return found if EARLIEST <= found <= LATEST else None


def _text(found: object) -> str:
    return str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _number(found: str) -> int | None:
    return int(found) if found.isascii() and found.isdigit() and len(found) <= LONGEST_NUMBER else None
