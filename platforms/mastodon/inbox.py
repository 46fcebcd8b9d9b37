"""Reads what the public wrote to the account: by asking for notifications, and by listening to the stream."""

from collections.abc import Iterator

import structlog

from platforms.contract import (
    AccessLost,
    CommentEvent,
    CommentGone,
    NotJson,
    Page,
    Permanent,
    RemoteComment,
    Unreachable,
    read_json,
)
from platforms.http import Http, at
from platforms.mastodon import wire
from platforms.mastodon.known import Known
from platforms.mastodon.paging import older
from platforms.mastodon.scopes import Scopes
from platforms.shapes import Json, id_of, identifier, list_of, part_of, text_of, time_of
from platforms.sse import ServerEvent

#: The cursor of an account that nothing ever happened to: everything that comes is new.
START = "start"
#: Entries asked for at once, and pages read at most from START.
LIMIT, PAGES = 40, 25
#: From this `api_versions.mastodon` on there are quotes (Mastodon 4.5).
QUOTES = 7

log = structlog.get_logger()


class Inbox:
    """The comments of one account."""

    def __init__(self, http: Http, known: Known, scopes: Scopes) -> None:
        self._http = http
        self._known = known
        self._scopes = scopes

    def page(self, cursor: str) -> Page:
        """As the contract's `ReadsComments.comments`; the cursor is a notification's id, or START."""
        if not cursor:
            newest = self._asked([("limit", "1")])[0]
            return Page((), id_of(newest[0]) if newest else START)
        notes = self._from_start() if cursor == START else self._asked([*self._wanted(), ("min_id", cursor)])[0]
        notes = _oldest_first(notes)
        events = [event for note in notes if (event := self._noted(note))]
        last = (id_of(notes[-1]) if notes else "") or cursor
        # Servers may give fewer at once than they are asked for: only an empty page is the last one.
        return Page(tuple(events), last, more=START != cursor != last)

    def one(self, remote_id: str) -> RemoteComment:
        """As the contract's `ReadsComments.comment`."""
        with self._scopes.needed("read:statuses"):
            return self._comment(wire.object_of(self._http.read(at("/api/v1/statuses/{}", remote_id)).body))

    def stream(self) -> Iterator[CommentEvent | None]:
        """As the contract's `Streams.stream`; `user` is the stream that also tells of edits and deletions."""
        self._known.me()
        home = wire.stream_home(self._http.base_url, self._known.instance().streaming)
        with self._scopes.needed("read:statuses"):
            heard = self._http.listen(f"{home}/api/v1/streaming/user")
        return (self._heard(event) if event else None for event in heard)

    def _asked(self, params: list[tuple[str, str]]) -> tuple[list[Json], list[tuple[str, str]] | None]:
        # People the account does not follow are filtered away by default policies, and are whom a team wants to hear.
        with self._scopes.needed("read:notifications"):
            answer = self._http.read("/api/v1/notifications", [*params, ("include_filtered", "true")])
        if not isinstance(answer.body, list):
            raise wire.Malformed("The server did not list the notifications.")
        notes = list_of(answer.body)
        return notes, older(answer, notes)

    def _from_start(self) -> list[Json]:
        notes, onward = self._asked(self._wanted())
        for _ in range(PAGES):
            if onward is None:
                break
            more, onward = self._asked([*self._wanted(), *onward])
            notes += more
        return notes

    def _wanted(self) -> list[tuple[str, str]]:
        kinds = ["mention", "quote"] if self._known.instance().api >= QUOTES else ["mention"]
        return [*(("types[]", kind) for kind in kinds), ("limit", str(LIMIT))]

    def _noted(self, note: Json) -> CommentEvent | None:
        """The comment a notification is about; one that makes no sense must not stop those behind it."""
        status = part_of(note, "status")
        if text_of(note, "type") not in {"mention", "quote"} or not status or self._is_mine(status):
            return None
        try:
            return self._comment(status)
        except wire.Malformed as strange:
            log.warning("mastodon.notification_unreadable", notification=id_of(note), why=strange.reason)
            return None

    def _comment(self, status: Json) -> RemoteComment:
        return wire.comment(status, self._known.instance().domain, self._root(status))

    def _root(self, status: Json) -> str:
        """The top of the conversation, for a quote of a post of ours that post.

        A comment right under a post of ours needs no question about it.
        """
        parent = id_of(status, "in_reply_to_id")
        quoted = part_of(status, "quote", "quoted_status")
        if quoted and not parent and self._is_mine(quoted):
            return id_of(quoted)
        if not parent or id_of(status, "in_reply_to_account_id") == self._known.me().id:
            return ""
        try:
            with self._scopes.needed("read:statuses"):
                context = self._http.read(at("/api/v1/statuses/{}/context", id_of(status))).body
        except AccessLost:
            raise
        except (Permanent, Unreachable) as refusal:
            # One thread that the server cannot show must not keep the whole inbox waiting.
            log.info("mastodon.thread_unreadable", comment=id_of(status), why=refusal.reason)
            return ""
        above = list_of(wire.object_of(context).get("ancestors"))
        return id_of(above[0]) if above else ""

    def _heard(self, event: ServerEvent) -> CommentEvent | None:
        if event.name == "delete":
            remote_id = identifier(event.data.strip().strip('"'))
            return CommentGone(remote_id) if remote_id else None
        if event.name not in {"notification", "status.update"}:
            return None
        try:
            body = read_json(event.data)
        except NotJson:
            log.warning("mastodon.event_unreadable", name=event.name)
            return None
        if not isinstance(body, dict):
            return None
        if event.name == "notification":
            return self._noted(body)
        return self._noted({"type": "mention", "status": body}) if self._is_to_me(body) else None

    def _is_mine(self, status: Json) -> bool:
        return id_of(part_of(status, "account")) == self._known.me().id

    def _is_to_me(self, status: Json) -> bool:
        mine = self._known.me().id
        named = {id_of(person) for person in list_of(status.get("mentions"))}
        return mine in named or id_of(status, "in_reply_to_account_id") == mine


def _oldest_first(notes: list[Json]) -> list[Json]:
    """Newest first is what is documented; a dialect that answers the other way round is not turned."""
    times = [time for note in notes if (time := time_of(note.get("created_at")))]
    return notes if times and times[0] < times[-1] else notes[::-1]
