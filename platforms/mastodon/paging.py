"""Where the next page of a list is: by the `Link` header, never by arithmetic on ids (documentation, "Pagination")."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from platforms.answers import Answer
from platforms.shapes import Json, id_of

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_CURSORS = ("max_id", "min_id", "since_id", "offset", "page")


def older(answer: Answer, page: Sequence[Json]) -> list[tuple[str, str]] | None:
    """The parameters of the page with older entries, or None after the last one.

    Only the cursor is taken from the header: the token never follows an address that an answer names. Servers that send
    no header at all are asked for what is older than their last entry.
    """
    header = answer.headers.get("Link", "")
    for address, rest in _LINK.findall(header):
        if re.search(r"""rel=["']?next\b""", rest):
            given = [pair for pair in parse_qsl(_query(address)) if pair[0] in _CURSORS]
            return given or None
    if header or not page or not id_of(page[-1]):
        return None
    return [("max_id", id_of(page[-1]))]


def _query(address: str) -> str:
    try:
        return urlsplit(address).query
    except ValueError:
        return ""
