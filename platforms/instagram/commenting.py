"""Writes comments: under our own publications, in answer to the public, and where somebody mentioned us."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from platforms.contract import (
    CannotTell,
    ContentRefused,
    Gone,
    NotPermitted,
    Outgoing,
    PlatformError,
    Progress,
    Published,
)
from platforms.graph.calls import Graph
from platforms.graph.looking import MARGIN
from platforms.graph.shapes import made_of, needed_id
from platforms.graph.texts import skeleton
from platforms.instagram import wire
from platforms.instagram.check import text
from platforms.instagram.known import Known
from platforms.shapes import Json, address_of, id_of, part_of, text_of, time_of
from platforms.standing import keep, kept

#: Comments looked through for an attempt: this many pages of 50.
PAGES, ROWS = 10, 50
#: Name in the progress: where the comment goes.
PLACE = "place"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment goes: an edge of a publication, of a comment, or of the account for mentions."""

    edge: str  #: "comments", "replies" or "mentions"
    node: str
    url: str  #: of the publication above
    media: str = ""  #: for mentions: the publication and, where it is one, the comment
    comment: str = ""

    def params(self, message: str) -> dict[str, Any]:
        """What is sent there."""
        return {"message": message, "media_id": self.media or None, "comment_id": self.comment or None}


class Commenter:
    """Comments as one account."""

    def __init__(self, graph: Graph, known: Known) -> None:
        self._graph = graph
        self._known = known
        self._keys: dict[str, str] = {}  #: remote id -> key of what is known to stand there

    def publish(self, outgoing: Outgoing, key: str, progress: Progress) -> Published:
        """Make it stand under what `reply_to` names; as the contract's `Platform.publish`."""
        place = self._place(outgoing.reply_to, progress)
        if known := kept(progress.load):
            return self._read(known.remote_id, place)
        made = self._graph.write("/{}/{}", place.node, place.edge, **place.params(text(outgoing)))
        done = Published(made_of(made), place.url, datetime.now(UTC))
        self._keys[done.remote_id] = key
        keep(progress, done)
        return self._read(done.remote_id, place)

    def find(self, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        """Look through the comments there; as the contract's `Platform.find`.

        What is known to stand for another key is not it, be it the same word for word.
        """
        try:
            place = self._place(outgoing.reply_to, progress)
            if known := kept(progress.load):
                return self._read(known.remote_id, place)
            row = self._match(place, skeleton(text(outgoing)), key, since - MARGIN)
        except Gone:
            return None  # what it would stand under is gone, and everything under it
        if row is None:
            return None
        done = _done(row, place)
        self._keys[done.remote_id] = key
        return done

    def reply_privately(self, remote_id: str, said: str) -> None:
        """Write to the comment's author once, within seven days; as the contract's `PrivateReplies`."""
        me = self._known.me
        # Through a Page it is the Page that has the conversation.
        sender = me.page_id or me.id
        self._graph.write("/{}/messages", sender, recipient={"comment_id": remote_id}, message={"text": said})

    def _place(self, reply_to: str, progress: Progress) -> Place:
        """Where it goes. Raises Gone where that does not exist any more."""
        if saved := progress.load(PLACE):
            return Place(**json.loads(saved))
        place = self._looked_up(reply_to)
        progress.save(PLACE, json.dumps({slot: getattr(place, slot) for slot in Place.__slots__}))
        return place

    def _looked_up(self, reply_to: str) -> Place:
        kind, _, ids = reply_to.partition(":")
        if kind == wire.MENTION:
            media, _, comment = ids.partition(":")
            return Place("mentions", self._known.me.id, wire.WEB, media, comment)
        try:
            row = self._graph.read("/{}", reply_to, fields=f"id,text,parent_id,{wire.AROUND}")
        except ContentRefused:
            # A publication has none of these fields.
            row = self._graph.read("/{}", reply_to, fields="id,permalink")
            return Place("comments", needed_id(row), address_of(row, "permalink"))
        # Only one level of replies exists: an answer to a reply stands beside it.
        above = id_of(row, "parent_id") or needed_id(row)
        return Place("replies", above, address_of(part_of(row, "media"), "permalink"))

    def _match(self, place: Place, wanted: str, key: str, start: datetime) -> Json | None:
        """Our comment there that says the same. Raises CannotTell where it cannot be looked at."""
        if place.edge == "mentions":
            raise CannotTell("Comments under other people's posts cannot be looked through.")
        me = self._known.me
        try:
            pages = self._graph.edge(
                "/{}/{}", place.node, place.edge, pages=PAGES, limit=ROWS, fields="id,text,timestamp,username,from"
            )
            for n, rows in enumerate(pages, 1):
                for row in rows:
                    is_young = (time_of(row.get("timestamp")) or start) >= start
                    is_free = self._keys.get(id_of(row), key) == key
                    if (
                        is_young
                        and is_free
                        and wire.is_by(row, me.id, me.username)
                        and skeleton(text_of(row, "text")) == wanted
                    ):
                        return row
                if n == PAGES and len(rows) == ROWS:
                    raise CannotTell("There are too many comments to look through.")
        except NotPermitted as refusal:
            raise CannotTell(f"The comments cannot be read: {refusal.reason}") from None
        return None

    def _read(self, remote_id: str, place: Place) -> Published:
        """What stands, with its time. Never raises: it stands, and that must be recorded."""
        try:
            return _done(self._graph.read("/{}", remote_id, fields="id,timestamp"), place)
        except PlatformError:
            return Published(remote_id, place.url, datetime.now(UTC), (remote_id,))


def _done(row: Json, place: Place) -> Published:
    remote_id = needed_id(row)
    return Published(remote_id, place.url, time_of(row.get("timestamp")) or datetime.now(UTC), (remote_id,))
