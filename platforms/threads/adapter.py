"""One Threads account: the contract, spread over the files beside this one."""

from datetime import datetime, timedelta
from typing import Unpack

import structlog

from platforms.contract import (
    Can,
    Numbers,
    Outgoing,
    PlatformError,
    Problem,
    Progress,
    Published,
    Who,
)
from platforms.graph.account import Given, GraphAccount
from platforms.graph.addresses import Addressed
from platforms.graph.calls import THREADS_VERSION
from platforms.shapes import id_of, part_of, time_of
from platforms.threads import check, wire
from platforms.threads.inbox import Inbox
from platforms.threads.known import Known
from platforms.threads.publishing import Publisher
from platforms.threads.scopes import Scopes

log = structlog.get_logger()

#: What Threads can do with a token that has every scope.
CAN = Can(
    threads=True,
    links=True,
    first_comment=True,
    deletes=True,
    reads_comments=True,
    replies=True,
    reposts=True,
    hides=True,
    measures=True,
)
#: Metrics of a post ("Insights").
METRICS = "views,likes,replies,reposts,quotes,shares"
#: Own posts among which a repost is looked for: this many pages of 100.
PAGES = 5


class Threads(Addressed, GraphAccount):
    """One account."""

    name = "threads"
    version = THREADS_VERSION
    limits = check.LIMITS  #: the same for every account
    #: Our own read timeout is 30 s, and a list may lag; a container tells for 24 hours whether it was published.
    evidence_earliest = timedelta(seconds=60)
    evidence_latest = timedelta(hours=23)

    def __init__(self, **given: Unpack[Given]) -> None:
        super().__init__(**given)
        self._known = Known(self._graph, self._now)
        self._addresses = self._known.addresses
        self._scopes = Scopes()
        self._publisher = Publisher(self._graph, self._known, self._shelf)
        self._inbox = Inbox(self._graph, self._known, self._scopes)
        self._reposts: dict[str, str] = {}  #: remote id of a post -> of our repost

    @property
    def can(self) -> Can:
        """What the token's scopes leave of CAN, as far as `whoami` has heard."""
        return self._scopes.can(CAN)

    def whoami(self) -> Who:
        """Whose token it is, which scopes it lacks and when it ends, and the quotas.

        Raises AccessLost, NotPermitted, TryLater.
        """
        me = self._known.ask_me()
        expires_at = self._inspect()
        self._known.quotas.ask(me.id)
        return Who(me.id, me.username, me.name, wire.profile(me.username), self._scopes.missing(), expires_at)

    def length(self, outgoing: Outgoing, part: int = 0) -> int:
        """The length of a part as Threads counts it: of an emoji the bytes in UTF-8."""
        return check.length(outgoing, part)

    def problems(self, outgoing: Outgoing) -> list[Problem]:
        """What Threads would refuse, and a used-up quota as last heard."""
        found = check.problems(outgoing, self.limits, has_shelf=self._shelf is not None)
        return found if outgoing.reply_to else [*found, *self._known.quotas.problems()]

    def publish(self, outgoing: Outgoing, key: str, progress: Progress) -> Published:
        """Make it stand, part by part, each by its container."""
        return self._publisher.publish(outgoing, key, progress)

    def find(self, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        """Ask the containers, or look through the own posts since the attempt."""
        return self._publisher.find(outgoing, key, since, progress)

    def delete(self, remote_id: str) -> None:
        """Remove a post or reply of ours; already gone is success. At most 100 within 24 hours."""
        self._graph.remove(remote_id)

    def hide(self, remote_id: str) -> None:
        """Hide a reply to a post of ours, and with it what hangs under it; Threads refuses it for deeper ones."""
        self._graph.write("/{}/manage_reply", remote_id, safe=True, hide=True)

    def unhide(self, remote_id: str) -> None:
        """Show it again."""
        self._graph.write("/{}/manage_reply", remote_id, safe=True, hide=False)

    def repost(self, remote_id: str) -> None:
        """Repost it."""
        made = self._graph.write("/{}/repost", remote_id, safe=True)
        self._reposts[remote_id] = id_of(made)

    def unrepost(self, remote_id: str) -> None:
        """Take the repost back, which is a post of its own."""
        if own := self._reposts.pop(remote_id, "") or self._repost_of(remote_id):
            self._graph.remove(own)

    def numbers(self, remote_id: str) -> Numbers:
        """Likes, reposts and quotes, replies and views now."""
        return wire.numbers(self._graph.read("/{}/insights", remote_id, metric=METRICS))

    def _repost_of(self, remote_id: str) -> str:
        fields = "id,media_type,reposted_post"
        for rows in self._graph.edge("/{}/threads", self._known.me.id, pages=PAGES, fields=fields):
            for row in rows:
                if id_of(part_of(row, "reposted_post")) == remote_id:
                    return id_of(row)
        return ""

    def _inspect(self) -> datetime | None:
        """Hear the token's scopes and its end ("Debug access token"; a token may ask about itself)."""
        try:
            data = part_of(self._graph.read("/debug_token", input_token=self._keys.token), "data")
        except PlatformError as refusal:
            # The token itself was just accepted: whatever is answered here, or is not, says nothing against it.
            log.info("Threads does not tell of a token", reason=refusal.reason)
            return None
        if data.get("is_valid") is False:
            return None
        scopes = data.get("scopes")
        self._scopes.told([str(scope) for scope in scopes] if isinstance(scopes, list) else None)
        return time_of(data.get("expires_at"))
