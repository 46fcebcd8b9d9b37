"""One account on a Mastodon-compatible server: the contract, spread over the files beside this one."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import structlog

from platforms.contract import (
    Can,
    CommentEvent,
    Limits,
    Numbers,
    Outgoing,
    Page,
    PlatformError,
    Problem,
    Progress,
    Published,
    RemoteComment,
    Shelf,
    Who,
)
from platforms.http import Http, at
from platforms.mastodon import check, wire
from platforms.mastodon.inbox import Inbox
from platforms.mastodon.known import Known
from platforms.mastodon.media import MediaDoor
from platforms.mastodon.publishing import Publisher
from platforms.mastodon.refusals import refused, reset
from platforms.mastodon.scopes import Scopes
from platforms.server_clock import Clocked
from platforms.spec import Keys, Watch, unwatched
from platforms.standing import standing

log = structlog.get_logger()

#: What Mastodon can do with a token that has every scope.
CAN = Can(
    threads=True,
    content_warning=True,
    visibilities=tuple(reversed(wire.VISIBILITIES)),
    languages=True,
    deletes=True,
    reads_comments=True,
    streams=True,
    replies=True,
    mentions=True,
    likes=True,
    reposts=True,
    mutes=True,
    blocks=True,
    reports=True,
    measures=True,
)


class Mastodon(Clocked):
    """One account on one server.

    `options`: `proxy`, an http(s) proxy for this account. `pause`, `now` and `timeout` are for tests.
    """

    name = "mastodon"
    #: Our own read timeout is 30 s; a repeat within the hour is caught by the server by its Idempotency-Key anyway.
    evidence_earliest = timedelta(seconds=45)
    evidence_latest = timedelta(days=7)

    def __init__(  # the contract's five, and the doors to time for tests
        self,
        *,
        base_url: str,
        keys: Keys,
        options: Mapping[str, Any],
        watch: Watch = unwatched,
        shelf: Shelf | None = None,
        pause: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: tuple[float, float] = (5.0, 30.0),
    ) -> None:
        self._http = Http(
            base_url,
            headers={"Authorization": f"Bearer {keys.token}"},
            secrets=(keys.token,),
            refused=refused,
            reset=reset,
            proxy=str(options.get("proxy", "")),
            now=now,
            timeout=timeout,
            watch=watch,
        )
        self._clock = self._http.clock
        self._known = Known(self._http, now)
        self._scopes = Scopes()
        self._publisher = Publisher(self._http, self._known, self._scopes, MediaDoor(self._http, pause))
        self._inbox = Inbox(self._http, self._known, self._scopes)

    def __repr__(self) -> str:
        return f"Mastodon({self._http.base_url!r})"

    @property
    def can(self) -> Can:
        """What the token's scopes leave of CAN, as far as `whoami` and refusals have told."""
        return self._scopes.can(CAN)

    @property
    def limits(self) -> Limits:
        """The server's own limits as last heard; Mastodon's defaults before."""
        return self._known.peek().limits

    def whoami(self) -> Who:
        """Whose token it is and which scopes it lacks, asked now, and the server's limits.

        Raises AccessLost, NotPermitted, TryLater.
        """
        with self._scopes.needed("read:accounts"):
            me = self._known.ask_me()
        self._scopes.told(self._granted())
        handle = wire.handle(me.acct, self._known.ask_limits().domain, me.url)
        return Who(me.id, handle, me.name, me.url, self._scopes.missing())

    def length(self, outgoing: Outgoing, part: int = 0) -> int:
        """The length of a part as Mastodon counts it, content warning and mention included."""
        return check.length(outgoing, part, self._known.peek().limits)

    def problems(self, outgoing: Outgoing) -> list[Problem]:
        """What the server would refuse by its limits as last heard."""
        return check.problems(outgoing, self._known.peek().limits)

    def remote_id_at(self, url: str) -> str:
        """The last step of an address of this server, where it is one of a post."""
        return wire.id_at(url, self._http.base_url, self._known.peek().domain)

    def publish(self, outgoing: Outgoing, key: str, progress: Progress) -> Published:
        """Make it stand; every part carries an Idempotency-Key derived from `key`."""
        return self._publisher.publish(outgoing, key, progress)

    def find(self, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        """Look through the account's own posts since the attempt; Mastodon does not show keys."""
        return self._publisher.find(outgoing, key, since, progress)

    def standing(self, saved: Mapping[str, str]) -> Published | None:
        """The parts that a progress has saved."""
        return standing(saved)

    def delete(self, remote_id: str) -> None:
        """Remove a post of ours; already gone is success."""
        self._publisher.take_down(remote_id)

    def comments(self, cursor: str) -> Page:
        """Mentions, replies and quotes after the cursor (a notification's id)."""
        return self._inbox.page(cursor)

    def comment(self, remote_id: str) -> RemoteComment:
        """The comment as it stands now. Raises Gone."""
        return self._inbox.one(remote_id)

    def stream(self) -> Iterator[CommentEvent | None]:
        """Mentions, edits and deletions as they happen. A deletion may be of a post that was never a comment."""
        return self._inbox.stream()

    def widest_visibility(self, parent: str) -> str:
        """The parent's own; "direct" where Mastodon does not know it."""
        return wire.narrower(parent, parent)

    def like(self, remote_id: str) -> None:
        """Favourite it."""
        self._act("write:favourites", "/api/v1/statuses/{}/favourite", remote_id)

    def unlike(self, remote_id: str) -> None:
        """Take the favourite back."""
        self._act("write:favourites", "/api/v1/statuses/{}/unfavourite", remote_id)

    def repost(self, remote_id: str) -> None:
        """Boost it, in Mastodon's word."""
        self._act("write:statuses", "/api/v1/statuses/{}/reblog", remote_id)

    def unrepost(self, remote_id: str) -> None:
        """Take the boost back."""
        self._act("write:statuses", "/api/v1/statuses/{}/unreblog", remote_id)

    def mute(self, author_id: str) -> None:
        """Mute the author, notifications included."""
        self._act("write:mutes", "/api/v1/accounts/{}/mute", author_id)

    def unmute(self, author_id: str) -> None:
        """Hear of the author again."""
        self._act("write:mutes", "/api/v1/accounts/{}/unmute", author_id)

    def block(self, author_id: str) -> None:
        """Block the author."""
        self._act("write:blocks", "/api/v1/accounts/{}/block", author_id)

    def unblock(self, author_id: str) -> None:
        """Let the author back."""
        self._act("write:blocks", "/api/v1/accounts/{}/unblock", author_id)

    def report(self, author_id: str, remote_id: str, reason: Literal["spam", "legal", "violation", "other"]) -> None:
        """File a report with the own server's moderators; it is not forwarded to the author's."""
        body = {"account_id": author_id, "status_ids": [remote_id], "category": reason}
        with self._scopes.needed("write:reports"):
            self._http.write("POST", "/api/v1/reports", body)

    def numbers(self, remote_id: str) -> Numbers:
        """Favourites, boosts and replies now."""
        with self._scopes.needed("read:statuses"):
            body = self._http.read(at("/api/v1/statuses/{}", remote_id)).body
        return wire.numbers(wire.object_of(body))

    def _act(self, scope: str, path: str, remote_id: str) -> None:
        with self._scopes.needed(scope):
            self._http.write("POST", at(path, remote_id), safe=True)

    def _granted(self) -> list[str] | None:
        """The application's scopes (Mastodon 4.3 and later tell); None where the server does not say.

        The token itself was just accepted: whatever is answered here, or is not, says nothing against it. Some servers
        have no such address, a page in its place, or take only an application's own token there.
        """
        try:
            body = wire.object_of(self._http.read("/api/v1/apps/verify_credentials").body)
        except PlatformError as refusal:
            log.info("a server does not tell scopes", server=self._http.base_url, reason=refusal.reason)
            return None
        told = body.get("scopes")
        scopes = told.split() if isinstance(told, str) else told
        is_told = isinstance(scopes, list) and all(isinstance(scope, str) for scope in scopes)
        return scopes or None if is_told else None
