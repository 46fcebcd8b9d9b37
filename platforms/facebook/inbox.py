"""Reads what the public wrote on the Page, by asking; what webhooks tell arrives sooner and elsewhere.

Facebook lists comments post by post. A look asks for the newest posts, ours and visitors', with their newest comments
in two calls, and reads on where a post has more of them. Comments under older posts are told by webhooks alone.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import structlog

from platforms.contract import Gone, Page, RemoteComment
from platforms.facebook import wire
from platforms.facebook.known import Known
from platforms.graph.calls import Graph
from platforms.graph.shapes import Malformed, list_of
from platforms.graph.window import Window
from platforms.shapes import Json, id_of, part_of, time_of

#: Posts that are looked at, newest first, and the comments of each that come with the first call.
POSTS, FIRST = 50, 10
#: Pages of 100 comments read at most where a post has more.
PAGES = 50
NEWEST = {"filter": "stream", "order": "reverse_chronological"}

log = structlog.get_logger()


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
            window = Window(int((self._graph.http.clock.time or datetime.now(UTC)).timestamp()))
            return Page((), window.after(list(self._young(page_id, window.since))).cursor)
        window = Window.of(cursor)
        found = list(self._young(page_id, window.since))
        return Page(tuple(window.new(found)), window.after(found).cursor)

    def one(self, remote_id: str) -> RemoteComment:
        """As the contract's `ReadsComments.comment`."""
        page_id = self._known.page()
        if not wire.is_visit(remote_id, page_id):
            return wire.comment(self._graph.read("/{}", remote_id, fields=wire.COMMENT), page_id)
        body = self._graph.read("/{}", remote_id, fields=wire.VISIT)
        if _is_by(body, page_id):
            raise Gone("That is a post of the Page's own.")
        return wire.visit(body, page_id)

    def _young(self, page_id: str, since: datetime) -> Iterator[RemoteComment]:
        """Everything that others wrote since then; comments of one post newest first."""
        modifiers = ".".join(f"{name}({value})" for name, value in NEWEST.items())
        comments = f"comments.{modifiers}.limit({FIRST}){{{wire.COMMENT}}}"
        for edge, fields in (("published_posts", "id"), ("visitor_posts", wire.VISIT)):
            for posts in self._graph.edge(f"/{{}}/{edge}", page_id, limit=POSTS, fields=f"{fields},{comments}"):
                for post in posts:
                    first = list_of(post.get("comments"))
                    young = [body for body in first if _is_young(body, since)]
                    if (remote_id := id_of(post)) and len(young) == len(first) == FIRST:
                        young = list(self._all_young(remote_id, since))
                    yield from self._of_others(young, page_id, wire.comment)
                    if edge == "visitor_posts" and _is_young(post, since):
                        yield from self._of_others([post], page_id, wire.visit)

    def _all_young(self, post: str, since: datetime) -> Iterator[Json]:
        asked = {**NEWEST, "since": wire.since(since), "fields": wire.COMMENT}
        for n, rows in enumerate(self._graph.edge("/{}/comments", post, pages=PAGES, **asked), start=1):
            young = [body for body in rows if _is_young(body, since)]
            yield from young
            if len(young) < len(rows):
                return
            if n == PAGES:
                log.warning("facebook.comments_cut_off", post=post, read=n * len(rows))

    def _of_others(
        self, bodies: list[Json], page_id: str, read: Callable[[Json, str], RemoteComment]
    ) -> Iterator[RemoteComment]:
        """Those that are not ours; one that makes no sense must not stop those behind it."""
        for body in bodies:
            if _is_by(body, page_id):
                continue
            try:
                yield read(body, page_id)
            except Malformed as strange:
                log.warning("facebook.comment_unreadable", comment=id_of(body), why=strange.reason)


def _is_by(body: Json, page_id: str) -> bool:
    return id_of(part_of(body, "from")) == page_id


def _is_young(body: Json, since: datetime) -> bool:
    return (time_of(body.get("created_time")) or since) >= since
