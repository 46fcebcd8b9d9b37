"""Pages of a list by ids, exactly as Mastodon means max_id, since_id and min_id, with the Link header."""

from collections.abc import Callable, Iterable
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web

from sandbox.mastodon.bodies import Body
from sandbox.mastodon.ids import order

T = TypeVar("T")
#: Names of the paging parameters.
PAGING = ("max_id", "since_id", "min_id", "limit")


def page(things: Iterable[T], key: Callable[[T], str], query: Body, default: int) -> list[T]:
    """At most `limit` things (twice the default at the most), newest first.

    `since_id` gives the newest ones above that id and may leave a gap; `min_id` the ones right above it, without a gap.
    """
    limit = max(1, min(query.number("limit", default), default * 2))
    ordered = sorted(things, key=lambda thing: order(key(thing)), reverse=True)
    highest, since, lowest = query.text("max_id"), query.text("since_id"), query.text("min_id")
    if highest:
        ordered = [t for t in ordered if order(key(t)) < order(highest)]
    if lowest:
        return [t for t in ordered if order(key(t)) > order(lowest)][-limit:]
    if since:
        ordered = [t for t in ordered if order(key(t)) > order(since)]
    return ordered[:limit]


def link(request: web.Request, address: str, ids: list[str], default: int) -> dict[str, str]:
    """The Link header of a page: `next` (older) only when the page is full, `prev` (newer) whenever it is not empty."""
    if not ids:
        return {}
    kept = [(name, value) for name, value in request.query.items() if name not in PAGING[:3] and name != "access_token"]
    asked = request.query.get("limit", "")
    limit = max(1, min(int(asked) if asked.isdigit() else default, default * 2))
    links = []
    if len(ids) == limit:
        links.append(f'<{address}{request.path}?{urlencode([*kept, ("max_id", ids[-1])])}>; rel="next"')
    links.append(f'<{address}{request.path}?{urlencode([*kept, ("min_id", ids[0])])}>; rel="prev"')
    return {"Link": ", ".join(links)}
