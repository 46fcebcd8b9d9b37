"""Answers that a network might give instead of a true one, and what may be made of any answer."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import partial
from typing import Any

from support.platform_relay import Heard

LONG = "x" * 1_000_000
MISSING = object()
#: What stands in the place of something else.
STRANGE: tuple[Any, ...] = (
    MISSING, None, True, False, 1.5, -1, 0, 99999999999999999999, 123456789012345678, [], {}, [[]], [{"id": []}], "",
    ".", "NaN", "-Infinity", "1e999", "http://[", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "²", LONG,
    "&#" + "9" * 5000 + ";<b>&#xD800;", {"error": {}}, "\u202e\0\ud800",
)  # fmt: skip
SHOWN = ["missing" if strange is MISSING else repr(strange)[:40] for strange in STRANGE]
#: Bodies that are none.
BODIES = (
    b"", b"null", b"true", b"[]", b"{}", b"[[]]", b'"x"', b"NaN", b'{"id": NaN}', b'{"id": 1e999}', b"[" * 5000,
    b"\xff\xfe", b'{"id": 999999999999999999999999}', b'{"data": []}', b'{"success": []}', b'{"error": {}}',
    b'{"error": []}',
    b'{"error": {"code": [], "message": {}}}', b'{"id": "\\ud800"}', json.dumps(LONG).encode(), b"<html>", b"[{}]",
)  # fmt: skip
#: Status line (empty: the true one) and headers that break what reads them.
HEADERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("", ("Content-Length: 2, 3",)),
    ("", ("Content-Length: -5",)),
    ("", ("Content-Length: " + "9" * 5000,)),
    ("", ("Content-Type: application/json; charset",)),
    ("", ("Content-Encoding: gzip",)),
    ("", ("Transfer-Encoding: chunked",)),
    ("", ("Date: Fri, 31 Dec 9999 23:59:59 -2359",)),
    ("", ("Date: Mon, 01 Jan 0001 00:00:00 +2359",)),
    ("", ("Date: Mon, 01 Jan 99999999999 99:99:99 +99999999999999999999",)),
    ("", ("Set-Cookie: a=b; Max-Age=99999999999999999999; Expires=\xff", "Link: <http://[>; rel=next")),
    ("", ("X-Long: " + "x" * 70_000,)),
    ("", ("no colon at all",)),
    ("302 Found", ("Location: http://[",)),
    ("302 Found", ("Location: \xff\xfe",)),
    ("503 Trouble", ("Retry-After: " + "9" * 400,)),
    ("503 Trouble", ("Retry-After: Fri, 31 Dec 9999 23:59:59 -2359",)),
    ("429 Slow", ("Retry-After: \xb2", "X-RateLimit-Reset: 1e999", "X-Ad-Account-Usage: [1]")),
    ("429 Slow", ("X-RateLimit-Reset: 9999-12-31T23:59:59-23:59", "X-Business-Use-Case-Usage: {" + '"a":[1]}')),
    ("429 Slow", ("X-RateLimit-Reset: " + "9" * 400, 'X-Ad-Account-Usage: {"acc_id_util_pct": 1e308}')),
    ("999 What", ()),
    ("20 What", ()),
)


#: Of such an answer, as it is sent.
Lie = Callable[[], bytes]


def lies(true: Heard) -> Iterator[tuple[str, Lie]]:
    """What is wrong, and the answer that is: broken headers, bodies that are none, and strange values in each place."""
    for body in BODIES:
        yield f"body {body[:40]!r}", partial(true.raw, body)
    for status, headers in HEADERS:
        yield f"{status} {headers}"[:80], partial(true.raw, status=status, headers=headers)
    if true.body.strip()[:1] in {b"{", b"["}:
        for wrong, changed in distorted(json.loads(true.body)):
            yield wrong, partial(_told, true, changed)


def _told(true: Heard, body: Callable[[], Any]) -> bytes:
    return true.raw(json.dumps(body()).encode())


def distorted(body: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Where something strange stands in it, and the body that it then is."""
    for place in _places(body):
        for strange, shown in zip(STRANGE, SHOWN, strict=True):
            yield f"{'.'.join(map(str, place))} = {shown}", partial(_put, body, place, strange)


def _places(body: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to every value; of a list to the first and its own."""
    if above:
        yield above
    match body:
        case dict():
            for key, value in body.items():
                yield from _places(value, (*above, key))
        case [first, *_]:
            yield from _places(first, (*above, 0))


def _put(body: Any, place: tuple[str | int, ...], strange: Any) -> Any:
    """The body with something else in that place."""
    if not place:
        return strange
    first, *rest = place
    changed = list(body) if isinstance(body, list) else dict(body)
    if rest or strange is not MISSING:
        changed[first] = _put(body[first], tuple(rest), strange)  # type: ignore[index]  # a key or an index, as the body
    else:
        del changed[first]  # type: ignore[arg-type]  # the same
    return changed


# -- what may be made of it -------------------------------------------------------------------------------------------

ADDRESSES = {"url", "avatar", "website", "cover", "picture", "link"}
NAMES = {"name", "handle", "title", "reason", "beneficiary", "payor"}
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def strange_in(value: Any, name: str = "") -> Iterator[str]:
    """What in a result no table and no card is made for."""
    inner: list[tuple[str, Any]] = []
    if isinstance(value, Mapping):
        inner = [pair for key, one in value.items() for pair in (("key", key), (name, one))]
    elif isinstance(value, tuple | list | frozenset):
        inner = [(name, one) for one in value]
    elif is_dataclass(value):
        inner = [(one.name, getattr(value, one.name)) for one in fields(value)]
    elif not _is_ordinary(value, name):
        yield f"{name}: {value!r}"[:80]
    for below, one in inner:
        yield from strange_in(one, below)


def _is_ordinary(value: Any, name: str) -> bool:
    match value:
        case None | bool() | Enum() | timedelta():
            return True
        case int():
            return 0 <= value < 2**63
        case str():
            is_clean = "\0" not in value and not any("\ud800" <= one <= "\udfff" for one in value)
            return is_clean and len(value) <= _longest(name)
        case datetime():
            return value.tzinfo is not None and EARLIEST <= value <= LATEST
    return False


def _longest(name: str) -> int:
    if name.endswith(("id", "ids")):
        return 255
    return 3000 if name in ADDRESSES else 500 if name in NAMES else len(LONG)
