"""Graph's JSON, read with tolerance for what it leaves out."""

from collections.abc import Mapping

from platforms import shapes
from platforms.answers import InTrouble, certain
from platforms.shapes import Json, address_of, id_of, text_of

#: Characters of a token: Meta says to expect any length; those seen have about 200.
LONGEST_TOKEN = 3000


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


def needed_id(body: Json, key: str = "id") -> str:
    """An id. Raises Malformed where there is none."""
    return _needed(id_of(body, key), key)


def needed_address(body: Json, key: str) -> str:
    """An address of the web. Raises Malformed where there is none."""
    return _needed(address_of(body, key), key)


def needed_token(body: Json, key: str = "access_token") -> str:
    """A token. Raises Malformed where there is none."""
    found = text_of(body, key)
    return _needed(found if len(found) <= LONGEST_TOKEN else "", key)


def made_of(body: Json, key: str = "id") -> str:
    """The id of what a write made, which nobody may send again. Raises OutcomeUnknown where the answer names none."""
    try:
        return needed_id(body, key)
    except Malformed as strange:
        raise certain(strange, repeatable=False) from None


def _needed(found: str, key: str) -> str:
    if not found:
        raise Malformed(f"The answer has no {key}.")
    return found
