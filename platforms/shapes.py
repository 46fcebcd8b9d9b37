"""Networks' JSON, read with tolerance for what they leave out."""

from collections.abc import Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]
#: A count with so many digits is none, and no column takes it.
LONGEST_NUMBER = 19


def text_of(value: Json, key: str) -> str:
    """A field as text; empty where it is absent, null, or no single value."""
    found = value.get(key)
    return str(found) if isinstance(found, str | int | float) else ""


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
    """A count, also where it is a number in quotes; None where there is none."""
    found = value.get(key)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < LONGEST_NUMBER:
        return int(found)
    is_count = isinstance(found, int) and not isinstance(found, bool) and abs(found) < 10 ** (LONGEST_NUMBER - 1)
    return found if is_count else None
