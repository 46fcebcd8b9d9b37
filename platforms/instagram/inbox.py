"""Reads what the public wrote under the account's recent posts, and single comments and mentions."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

import structlog

from platforms.contract import Gone, NotPermitted, Page, RemoteComment
from platforms.graph.calls import Graph
from platforms.graph.shapes import Malformed, list_of
from platforms.graph.window import Window
from platforms.instagram import wire
from platforms.instagram.known import Known
from platforms.instagram.scopes import Way
from platforms.shapes import Json, count_of, id_of, part_of

#: Posts whose comments are polled: the newest.
POSTS = 50
#: Of these the first few are read at every look; of the others only those whose number of comments has changed.
ALWAYS = 3
#: Comments read of one post: this many pages of 50, newest first (reference "IG Media Comments").
PAGES, ROWS = 6, 50

log = structlog.get_logger()


class Inbox:
    """The comments of one account."""

    def __init__(self, graph: Graph, known: Known, way: Way) -> None:
        self._graph = graph
        self._known = known
        self._way = way

    def page(self, cursor: str) -> Page:
        """As the contract's `ReadsComments.comments`; the cursor is a Window."""
        posts = self._posts()
        counts = {id_of(post): count_of(post, "comments_count") or 0 for post in posts}
        if cursor:
            window = Window.of(cursor)
        else:
            window = Window(int((self._graph.http.clock.time or datetime.now(UTC)).timestamp()))
        read = [comment for n, post in enumerate(posts) for comment in self._under(post, n, window.counts)]
        events = window.new(read) if cursor else []
        return Page(tuple(events), window.after(read, counts).cursor)

    def one(self, remote_id: str) -> RemoteComment:
        """As the contract's `ReadsComments.comment`."""
        if remote_id.startswith(f"{wire.MENTION}:"):
            return self._mention(remote_id)
        row = self._graph.read("/{}", remote_id, fields=f"{wire.COMMENT},{wire.AROUND}")
        return wire.comment(row, part_of(row, "media"))

    def _posts(self) -> list[Json]:
        fields = "id,permalink,media_product_type,comments_count"
        pages = self._graph.edge("/{}/media", self._known.me.id, limit=POSTS, fields=fields)
        posts = [post for rows in pages for post in rows if id_of(post)][:POSTS]
        for post in posts:
            self._known.addresses.seen(post)
        return posts

    def _under(self, post: Json, place: int, counts: Mapping[str, int]) -> Iterator[RemoteComment]:
        """The newest comments and their replies, newest first, where there may be new ones; ours left out."""
        count = count_of(post, "comments_count") or 0
        if not count or (place >= ALWAYS and count == counts.get(id_of(post))):
            return
        fields = f"{wire.COMMENT},replies.limit({ROWS}){{{wire.COMMENT}}}"
        try:
            for rows in self._graph.edge("/{}/comments", id_of(post), pages=PAGES, limit=ROWS, fields=fields):
                for row in rows:
                    yield from self._read(row, post)
        except Gone:
            return  # deleted while we looked

    def _read(self, row: Json, post: Json, parent_id: str = "") -> Iterator[RemoteComment]:
        for reply in list_of(row.get("replies")):
            yield from self._read(reply, post, id_of(row))
        if wire.is_by(row, self._known.me.id, self._known.me.username):
            return
        try:
            yield wire.comment(row, post, parent_id)
        except Malformed as strange:
            # One that makes no sense must not stop those behind it.
            log.warning("instagram.comment_unreadable", comment=id_of(row), why=strange.reason)

    def _mention(self, remote_id: str) -> RemoteComment:
        """A mention elsewhere, which only the account's own node tells ("IG User Mentioned Comment", "… Media")."""
        if self._way != "page":
            raise NotPermitted("Mentions can be read only where the account is connected through its Page.")
        _, media, comment = (remote_id + ":").split(":")[:3]
        if not (media + comment).isdecimal():
            raise Gone("That is no mention.")
        if comment:
            edge, asked = "mentioned_comment", f"comment_id({comment}){{id,text,timestamp,username,media{{id}}}}"
        else:
            edge, asked = "mentioned_media", f"media_id({media}){{id,caption,timestamp,username}}"
        row = part_of(self._graph.read("/{}", self._known.me.id, fields=f"{edge}.{asked}"), edge)
        return wire.mentioned(row, remote_id)
