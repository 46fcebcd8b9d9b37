"""Reads what the public wrote under the account's recent posts, and where it was mentioned."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import structlog

from platforms.contract import Gone, Page, RemoteComment
from platforms.graph.calls import Graph
from platforms.graph.looking import young
from platforms.graph.shapes import Malformed
from platforms.graph.window import Window
from platforms.shapes import Json, id_of
from platforms.threads import wire
from platforms.threads.known import Known
from platforms.threads.scopes import Scopes

#: Posts whose conversations are polled: the newest that have replies.
POSTS = 20
#: Replies or mentions read at once: this many pages of 100, newest first.
PAGES = 5

log = structlog.get_logger()


class Inbox:
    """The comments of one account."""

    def __init__(self, graph: Graph, known: Known, scopes: Scopes) -> None:
        self._graph = graph
        self._known = known
        self._scopes = scopes

    def page(self, cursor: str) -> Page:
        """As the contract's `ReadsComments.comments`; the cursor is a Window."""
        posts = self._posts()
        if cursor:
            window = Window.of(cursor)
        else:
            window = Window(int((self._graph.http.clock.time or datetime.now(UTC)).timestamp()))
        read = [*self._mentions(window.since)]
        for post in posts:
            read += self._under(post, window.since)
        events = window.new(read) if cursor else []
        return Page(tuple(events), window.after(read).cursor)

    def one(self, remote_id: str) -> RemoteComment:
        """As the contract's `ReadsComments.comment`."""
        return wire.comment(self._graph.read("/{}", remote_id, fields=wire.REPLY))

    def _posts(self) -> list[str]:
        pages = self._graph.edge("/{}/threads", self._known.me.id, limit=POSTS, fields="id,permalink,has_replies")
        posts = [post for rows in pages for post in rows if id_of(post)][:POSTS]
        for post in posts:
            self._known.addresses.seen(post)
        return [id_of(post) for post in posts if post.get("has_replies") is not False]

    def _mentions(self, since: datetime) -> Iterator[RemoteComment]:
        if self._scopes.has("threads_manage_mentions"):
            mentions = self._graph.edge("/{}/mentions", self._known.me.id, pages=PAGES, fields=wire.REPLY)
            yield from self._young(mentions, since)

    def _under(self, post: str, since: datetime) -> Iterator[RemoteComment]:
        try:
            # All levels, flat ("Retrieve replies", conversation), newest first.
            replies = self._graph.edge("/{}/conversation", post, pages=PAGES, reverse=True, fields=wire.REPLY)
            yield from self._young(replies, since)
        except Gone:
            return  # deleted while we looked

    def _young(self, pages: Iterable[list[Json]], since: datetime) -> Iterator[RemoteComment]:
        """What is young enough to be new, newest first; ours left out."""
        for rows in pages:
            recent = young(rows, since)
            for row in recent:
                if wire.is_by(row, self._known.me.username):
                    continue
                try:
                    yield wire.comment(row)
                except Malformed as strange:
                    # One that makes no sense must not stop those behind it.
                    log.warning("threads.reply_unreadable", reply=id_of(row), why=strange.reason)
            if len(recent) < len(rows):
                return
