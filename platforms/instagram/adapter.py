"""One Instagram account: the contract, spread over the files beside this one."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from platforms.contract import (
    AccessLost,
    Can,
    Gone,
    Limits,
    Numbers,
    Outgoing,
    Page,
    Problem,
    Progress,
    Published,
    RemoteComment,
    Shelf,
    Unsupported,
    Who,
)
from platforms.graph.ads import Ads
from platforms.graph.advertising import Advertising
from platforms.graph.calls import Graph
from platforms.graph.shapes import part_of, text_of
from platforms.graph.tokens import inspected
from platforms.instagram import check, measuring, wire
from platforms.instagram.commenting import Commenter
from platforms.instagram.inbox import Inbox
from platforms.instagram.known import Known
from platforms.instagram.publishing import Publisher
from platforms.instagram.scopes import Scopes, way_of
from platforms.spec import Keys, Watch, unwatched
from platforms.standing import standing

#: What an account that is connected through its Page can do with every scope.
CAN = Can(
    formats=check.FORMATS,
    first_comment=True,
    deletes=True,
    reads_comments=True,
    replies=True,
    hides=True,
    removes_comments=True,
    private_replies=True,
    closes_comments=True,
    measures=True,
    boosts=True,
    audiences=True,
)


class Instagram(Advertising):
    """One account, by its Page's token or by one of Instagram Login.

    `options`: `login`, "page" or "instagram" (by the address where it is left out); `ad_account`, which pays for its
    boosts, with `keys.ads_token` (through its Page only); `proxy`, an http(s) proxy for this account. `now` and
    `timeout` are for tests.
    """

    name = "instagram"
    #: Our own read timeout is 30 s, and a list may lag; a container tells for 24 hours whether it was published.
    evidence_earliest = timedelta(seconds=60)
    evidence_latest = timedelta(hours=23)

    def __init__(  # the contract's five, and the doors to time for tests
        self,
        *,
        base_url: str,
        keys: Keys,
        options: Mapping[str, Any],
        watch: Watch = unwatched,
        shelf: Shelf | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: tuple[float, float] = (5.0, 30.0),
    ) -> None:
        self._keys = keys
        self._proxy = str(options.get("proxy", ""))
        self._way = way_of(base_url, options.get("login"))
        graph = partial(
            Graph,
            base_url,
            app_secret=keys.app_secret,
            proxy=self._proxy,
            now=now,
            timeout=timeout,
            watch=watch,
        )
        self._graph = graph(token=keys.token, links=False, secrets=(keys.ads_token,))
        self._shelf = shelf
        self._known = Known(self._graph, self._way, now)
        self._scopes = Scopes(self._way)
        self._publisher = Publisher(self._graph, self._known, shelf)
        self._commenter = Commenter(self._graph, self._known)
        self._inbox = Inbox(self._graph, self._known, self._way)
        self._ads: Ads | None = None
        if (payer := str(options.get("ad_account", ""))) and keys.ads_token and self._way == "page":
            self._ads = Ads(
                graph(token=keys.ads_token, secrets=(keys.token,)),
                payer,
                page_id=lambda: self._known.me.page_id,
                profile_id=lambda: self._known.me.id,
                shown=lambda publication_id: wire.shown_in_ad(self._known.me, publication_id),
            )

    def __repr__(self) -> str:
        return f"Instagram({self._graph.http.base_url!r}, {self._way!r})"

    @property
    def can(self) -> Can:
        """What the way in and the token's scopes leave of CAN, as far as `whoami` has heard."""
        pays = self._ads is not None
        return self._scopes.can(replace(CAN, boosts=pays, audiences=pays))

    @property
    def limits(self) -> Limits:
        """The documented ones; Instagram has the same for every account."""
        return check.LIMITS

    @property
    def clock_skew(self) -> timedelta | None:
        """How far the network's clock is ahead of ours, to about a second; None before the first answer."""
        return self._graph.http.clock.skew

    @property
    def server_time(self) -> datetime | None:
        """What time it is for the network; None before the first answer."""
        return self._graph.http.clock.time

    def whoami(self) -> Who:
        """Whose token it is and which scopes it lacks (told only with the app's keys), and the quota.

        Raises AccessLost, NotPermitted, TryLater.
        """
        me = self._known.ask_me()
        expires_at = self._inspect()
        self._known.ask_quota()
        return Who(me.id, me.username, me.name, wire.profile(me.username), self._scopes.missing(), expires_at)

    def length(self, outgoing: Outgoing, part: int = 0) -> int:
        """The length of the text; there is only one part."""
        return check.length(outgoing)

    def problems(self, outgoing: Outgoing) -> list[Problem]:
        """What Instagram would refuse, and a used-up quota as last heard."""
        found = check.problems(outgoing, self.limits, has_shelf=self._shelf is not None)
        if not outgoing.reply_to and (quota := self._known.spent):
            said = "Instagram takes {limit} posts within 24 hours, and they are used up: what goes out now waits."
            found.append(Problem(said, {"limit": quota.limit}, warning=True))
        return found

    def remote_id_at(self, url: str) -> str:
        """The remote id of a post that this process has seen (the newest are looked at all the time).

        An address holds only a short code, which Instagram does not let us look up.
        """
        return self._known.addresses.at(url)

    def publish(self, outgoing: Outgoing, key: str, progress: Progress) -> Published:
        """Make it stand: a publication by its container, a comment under what `reply_to` names."""
        if outgoing.reply_to:
            return self._commenter.publish(outgoing, key, progress)
        return self._publisher.publish(outgoing, key, progress)

    def find(self, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        """Ask the container, or look through the own posts or the comments since the attempt."""
        if outgoing.reply_to:
            return self._commenter.find(outgoing, key, since, progress)
        return self._publisher.find(outgoing, key, since, progress)

    def standing(self, saved: Mapping[str, str]) -> Published | None:
        """What a progress says that stands."""
        return standing(saved)

    def delete(self, remote_id: str) -> None:
        """Remove a publication or comment of ours; already gone is success. Raises Unsupported by Instagram Login."""
        if self._way != "page":
            raise Unsupported("Instagram deletes posts only for accounts that are connected through their Page.")
        self._remove(remote_id)

    def comments(self, cursor: str) -> Page:
        """What is new under the newest posts."""
        return self._inbox.page(cursor)

    def comment(self, remote_id: str) -> RemoteComment:
        """The comment or mention as it stands now. Raises Gone."""
        return self._inbox.one(remote_id)

    def unboostable(self, publication_id: str) -> str:
        """Why it cannot be boosted, as far as Instagram says; "" where it can."""
        try:
            row = self._graph.read("/{}", publication_id, fields="boost_eligibility_info")
        except Gone as gone:
            return gone.reason
        told = part_of(row, "boost_eligibility_info")
        if not told or told.get("eligible_to_boost") is True:
            return ""
        return text_of(told, "boost_ineligible_reason") or "Instagram does not let this post be boosted."

    def call_us(self) -> None:
        """Let our app hear of the account; through its Page, that of the Page (Instagram Platform, "Webhooks")."""
        about = "me" if self._way == "page" else self._known.me.id
        # A Page's subscription is one, and holds what Facebook's own account wants of it too.
        fields = "feed,mention" if self._way == "page" else "comments,mentions"
        self._graph.write("/{}/subscribed_apps", about, safe=True, subscribed_fields=fields)

    def widest_visibility(self, parent: str) -> str:
        """Every comment is public."""
        return "public"

    def hide(self, remote_id: str) -> None:
        """Hide a comment; those of the account itself always show."""
        self._graph.write("/{}", _own(remote_id), safe=True, hide=True)

    def unhide(self, remote_id: str) -> None:
        """Show it again."""
        self._graph.write("/{}", _own(remote_id), safe=True, hide=False)

    def remove_comment(self, remote_id: str) -> None:
        """Remove a comment under a publication of ours; already gone is success."""
        self._remove(_own(remote_id))

    def reply_privately(self, remote_id: str, text: str) -> None:
        """Write to the comment's author, once and within seven days. Raises NotPermitted, OutcomeUnknown."""
        self._commenter.reply_privately(_own(remote_id), text)

    def close_comments(self, remote_id: str) -> None:
        """Nobody can comment on the publication any more."""
        self._graph.write("/{}", remote_id, safe=True, comment_enabled=False)

    def open_comments(self, remote_id: str) -> None:
        """Everybody can again."""
        self._graph.write("/{}", remote_id, safe=True, comment_enabled=True)

    def numbers(self, remote_id: str) -> Numbers:
        """Likes, comments, shares, saves, views and reach now."""
        return measuring.numbers(self._graph, remote_id)

    def _remove(self, remote_id: str) -> None:
        try:
            self._graph.delete("/{}", remote_id)
        except Gone:
            return

    def _inspect(self) -> datetime | None:
        """Hear the token's scopes and its end. Only a Page's app is told of its tokens, and asks with its own keys."""
        keys = self._keys
        if self._way != "page" or not (keys.app_id and keys.app_secret):
            return None
        told = inspected(self._graph.http.base_url, keys.app_id, keys.app_secret, keys.token, proxy=self._proxy)
        if not told.is_valid:
            raise AccessLost("Instagram says that the token is not valid any more.")
        self._scopes.told(told.scopes)
        return told.ends


def _own(remote_id: str) -> str:
    """The id, where it is one of a comment under our own publications. Raises Unsupported for mentions elsewhere."""
    if remote_id.startswith(f"{wire.MENTION}:"):
        raise Unsupported("That stands under somebody else's post, where Instagram allows only a public answer.")
    return remote_id
