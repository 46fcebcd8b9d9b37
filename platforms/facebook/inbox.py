"""Reads what the public wrote under the Page's posts, by asking; what webhooks tell arrives sooner and elsewhere.

Facebook lists comments post by post. A look asks for the newest posts with their newest comments in one call, and reads
on where a post has more of them. Comments under older posts are told by webhooks alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from platforms.contract import Page, RemoteComment, Unreachable
from platforms.facebook import wire
from platforms.facebook.known import Known
from platforms.graph.calls import Graph
from platforms.graph.shapes import Json, Malformed, list_of, part_of, text_of, time_of

#: Posts that are looked at, newest first, and the comments of each that come with the first call.
POSTS, FIRST = 50, 10
#: Pages of 100 comments read at most where a post has more.
PAGES = 50
#: How far each look reaches back behind the last: a comment may show up later than its time says.
OVERLAP = timedelta(minutes=1)
NEWEST = {"filter": "stream", "order": "reverse_chronological"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Cursor:
    """Up to when everything was seen, and what of the minute before it: `1700000000:111_222,111_223`."""

    at: datetime
    seen: frozenset[str]

    @classmethod
    def read(cls, text: str) -> "Cursor":
        """Raises Unreachable for what is no cursor of ours."""
        seconds, mark, ids = text.partition(":")
        if not mark or not seconds.isdigit():
            raise Unreachable(f"This is no cursor of Facebook comments: {text[:40]!r}")
        return cls(datetime.fromtimestamp(int(seconds), UTC), frozenset(ids.split(",")) - {""})

    def __str__(self) -> str:
        return f"{int(self.at.timestamp())}:{','.join(sorted(self.seen))}"

    @property
    def since(self) -> datetime:
        """From when on comments are asked for."""
        return self.at - OVERLAP


class Inbox:
    """The comments of one Page."""

    def __init__(self, graph: Graph, known: Known) -> None:
        self._graph = graph
        self._known = known

    def page(self, cursor: str) -> Page:
        """As the contract's `ReadsComments.comments`."""
        page_id = self._known.page()
        if not cursor:
            # By Facebook's clock, which a call has to tell first.
            self._known.ask()
            before = Cursor(self._graph.http.clock.time or datetime.now(UTC), frozenset())
            return Page((), str(_after(list(self._young(page_id, before.since)), before.at)))
        before = Cursor.read(cursor)
        found = list(self._young(page_id, before.since))
        fresh = sorted((c for c in found if _id(c) not in before.seen), key=lambda c: (_at(c), _id(c)))
        events = [event for body in fresh if (event := self._event(body, page_id))]
        newest = max((_at(body) for body in found), default=before.at)
        return Page(tuple(events), str(_after(found, max(newest, before.at))))

    def one(self, remote_id: str) -> RemoteComment:
        """As the contract's `ReadsComments.comment`."""
        return wire.comment(self._graph.read("/{}", remote_id, fields=wire.COMMENT), self._known.page())

    def _young(self, page_id: str, since: datetime) -> Iterator[Json]:
        """Every comment since then, ours included, in no order."""
        modifiers = ".".join(f"{name}({value})" for name, value in NEWEST.items())
        fields = f"id,comments.{modifiers}.limit({FIRST}){{{wire.COMMENT}}}"
        for posts in self._graph.edge("/{}/published_posts", page_id, limit=POSTS, fields=fields):
            for post in posts:
                first = list_of(post.get("comments"))
                young = [body for body in first if _is_young(body, since)]
                if young and len(young) == len(first) == FIRST:
                    yield from self._all_young(text_of(post, "id"), since)
                else:
                    yield from young

    def _all_young(self, post: str, since: datetime) -> Iterator[Json]:
        asked = {**NEWEST, "since": wire.since(since), "fields": wire.COMMENT}
        for n, rows in enumerate(self._graph.edge("/{}/comments", post, pages=PAGES, **asked), start=1):
            young = [body for body in rows if _is_young(body, since)]
            yield from young
            if len(young) < len(rows):
                return
            if n == PAGES:
                log.warning("facebook.comments_cut_off", post=post, read=n * len(rows))

    def _event(self, body: Json, page_id: str) -> RemoteComment | None:
        """The comment; one that makes no sense must not stop those behind it."""
        if text_of(part_of(body, "from"), "id") == page_id:
            return None
        try:
            return wire.comment(body, page_id)
        except Malformed as strange:
            log.warning("facebook.comment_unreadable", comment=text_of(body, "id"), why=strange.reason)
            return None


def _after(found: list[Json], at: datetime) -> Cursor:
    """The cursor that stands at a time, after all this was seen."""
    start = at.replace(microsecond=0) - OVERLAP
    return Cursor(at, frozenset(_id(body) for body in found if _at(body) >= start))


def _id(body: Json) -> str:
    return text_of(body, "id")


def _at(body: Json) -> datetime:
    return time_of(body.get("created_time")) or datetime.fromtimestamp(0, UTC)


def _is_young(body: Json, since: datetime) -> bool:
    return _at(body) >= since.replace(microsecond=0)
