"""Graph's JSON, read with tolerance for what it leaves out."""

from collections.abc import Mapping
from datetime import UTC, datetime

from platforms import shapes
from platforms.answers import InTrouble, certain
from platforms.shapes import Json, text_of


class Malformed(InTrouble):
    """An answer that is JSON but not what the documentation promises; after a write it means an unknown outcome."""


def object_of(body: object) -> Json:
    """The answer as an object. Raises Malformed where it is something else."""
    if not isinstance(body, Mapping):
        raise Malformed("The answer is not what Meta's documentation promises.")
    return body


def list_of(value: object) -> list[Json]:
    """The objects of a list, or of the `data` of an edge; empty where it is neither."""
    if isinstance(value, Mapping):
        value = value.get("data")
    return shapes.list_of(value)


def id_of(body: Json, key: str = "id") -> str:
    """An id, always text. Raises Malformed where there is none."""
    found = text_of(body, key)
    if not found:
        raise Malformed("The answer names no id.")
    return found


def made_of(body: Json, key: str = "id") -> str:
    """The id of what a write made, which nobody may send again. Raises OutcomeUnknown where the answer names none."""
    try:
        return id_of(body, key)
    except Malformed as strange:
        raise certain(strange, repeatable=False) from None


def time_of(value: object) -> datetime | None:
    """A time: `2026-01-02T18:31:28+0000`, or seconds since 1970 (UTC); None where it is none."""
    try:
        if isinstance(value, str) and not value.isdigit():
            found = datetime.fromisoformat(value)
            return found.replace(tzinfo=found.tzinfo or UTC)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and float(value) > 0:
            return datetime.fromtimestamp(float(value), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None
