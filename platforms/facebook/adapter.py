"""One Facebook Page: the contract, spread over the files beside this one."""

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
    PageChange,
    PageInfo,
    Problem,
    Progress,
    Published,
    RemoteComment,
    Shelf,
    Who,
)
from platforms.facebook import check, insights, wire
from platforms.facebook.finding import Finder
from platforms.facebook.inbox import Inbox
from platforms.facebook.known import Known
from platforms.facebook.page import PageDoor
from platforms.facebook.publishing import Publisher
from platforms.facebook.scopes import Scopes
from platforms.graph.ads import Ads
from platforms.graph.advertising import Advertising
from platforms.graph.calls import Graph
from platforms.graph.tokens import inspected
from platforms.spec import Keys, Watch, unwatched
from platforms.standing import standing

#: What a Page can do with a token that has every scope.
CAN = Can(
    formats=wire.FORMATS,
    links=True,
    first_comment=True,
    deletes=True,
    reads_comments=True,
    replies=True,
    likes=True,
    blocks=True,
    hides=True,
    removes_comments=True,
    private_replies=True,
    measures=True,
    page_settings=True,
    boosts=True,
    audiences=True,
)


class Facebook(Advertising):
    """One Page.

    `options`: `page`, its id (else it is asked for); `ad_account`, which pays for its boosts, with `keys.ads_token`;
    `proxy`, an http(s) proxy. `now` and `timeout` are for tests.
    """

    name = "facebook"
    #: Our own read timeout is 30 s, and the list of posts may lag behind by about a minute.
    evidence_earliest = timedelta(seconds=90)
    evidence_latest = timedelta(days=7)

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
        graph = partial(
            Graph,
            base_url,
            app_secret=keys.app_secret,
            proxy=self._proxy,
            now=now,
            timeout=timeout,
            watch=watch,
        )
        self._graph = graph(token=keys.token)
        self._known = Known(self._graph, str(options.get("page", "")))
        self._scopes = Scopes()
        self._publisher = Publisher(self._graph, self._known)
        self._finder = Finder(self._graph, self._known, self._publisher)
        self._inbox = Inbox(self._graph, self._known)
        self._page = PageDoor(self._graph, self._known)
        self._ads: Ads | None = None
        if (payer := str(options.get("ad_account", ""))) and keys.ads_token:
            paying = graph(token=keys.ads_token, secrets=(keys.token,))
            self._ads = Ads(paying, payer, page_id=self._known.page, shown=wire.shown_in_ad)

    def __repr__(self) -> str:
        return f"Facebook({self._graph.http.base_url!r})"

    @property
    def can(self) -> Can:
        """What the token's scopes leave of CAN, as far as `whoami` has told; boosts need an ad account."""
        pays = self._ads is not None
        return self._scopes.can(replace(CAN, boosts=pays, audiences=pays))

    @property
    def limits(self) -> Limits:
        """Facebook's own; it does not tell them."""
        return wire.LIMITS

    @property
    def clock_skew(self) -> timedelta | None:
        """How far Facebook's clock is ahead of ours, to about a second; None before the first answer."""
        return self._graph.http.clock.skew

    @property
    def server_time(self) -> datetime | None:
        """What time it is for Facebook, at most a second or two behind it; None before the first answer."""
        return self._graph.http.clock.time

    def whoami(self) -> Who:
        """The Page; and where the app's id and secret are known, the token's scopes and end.

        Raises AccessLost, NotPermitted, TryLater.
        """
        me = self._known.ask()
        ends: datetime | None = None
        if self._keys.app_id and self._keys.app_secret:
            told = inspected(
                self._graph.http.base_url, self._keys.app_id, self._keys.app_secret, self._keys.token, proxy=self._proxy
            )
            if not told.is_valid:
                raise AccessLost("Facebook says that the token is not valid any more.")
            self._scopes.told(told.scopes)
            ends = told.ends
        return Who(me.id, me.handle, me.name, me.link, self._scopes.missing(), ends)

    def length(self, outgoing: Outgoing, part: int = 0) -> int:
        """The length of the text in characters."""
        return check.length(outgoing)

    def problems(self, outgoing: Outgoing) -> list[Problem]:
        """What Facebook would refuse by its documented limits."""
        return check.problems(outgoing, wire.LIMITS)

    def remote_id_at(self, url: str) -> str:
        """The id in an address of a post, reel or video; "" where the address hides it (pfbid…)."""
        return wire.id_at(url, self._graph.http.base_url, self._known.peek)

    def publish(self, outgoing: Outgoing, key: str, progress: Progress) -> Published:
        """Make it stand; Facebook knows no keys, so that a lost answer is always looked up."""
        return self._publisher.publish(outgoing, key, progress)

    def find(self, outgoing: Outgoing, key: str, since: datetime, progress: Progress) -> Published | None:
        """Look through the Page's own posts, or at the film, the story or the comments it would be."""
        return self._finder.find(outgoing, key, since, progress)

    def standing(self, saved: Mapping[str, str]) -> Published | None:
        """What a progress has saved."""
        return standing(saved)

    def delete(self, remote_id: str) -> None:
        """Remove a post or comment of ours; already gone is success."""
        self._publisher.take_down(remote_id)

    def comments(self, cursor: str) -> Page:
        """Visitors' posts and comments under the newest posts after the cursor."""
        return self._inbox.page(cursor)

    def comment(self, remote_id: str) -> RemoteComment:
        """The comment as it stands now. Raises Gone."""
        return self._inbox.one(remote_id)

    def call_us(self) -> None:
        """Let our app hear of the Page (Pages API, "Webhooks for Pages": `subscribed_apps`)."""
        self._graph.write("/{}/subscribed_apps", self._known.page(), safe=True, subscribed_fields="feed,mention")

    def widest_visibility(self, parent: str) -> str:
        """Everything on a Page is public."""
        return "public"

    def like(self, remote_id: str) -> None:
        """Like it as the Page."""
        self._graph.write("/{}/likes", remote_id, safe=True)

    def unlike(self, remote_id: str) -> None:
        """Take the like back."""
        self._graph.delete("/{}/likes", remote_id)

    def hide(self, remote_id: str) -> None:
        """Only its author and their friends see it."""
        self._graph.write("/{}", remote_id, safe=True, is_hidden=True)

    def unhide(self, remote_id: str) -> None:
        """Everybody sees it again."""
        self._graph.write("/{}", remote_id, safe=True, is_hidden=False)

    def remove_comment(self, remote_id: str) -> None:
        """Delete what somebody wrote under a post of the Page; already gone is success."""
        self._publisher.take_down(remote_id)

    def block(self, author_id: str) -> None:
        """Ban the person from the Page."""
        self._graph.write("/{}/blocked", self._known.page(), safe=True, user=[author_id])

    def unblock(self, author_id: str) -> None:
        """Let the person back."""
        self._graph.delete("/{}/blocked", self._known.page(), user=author_id)

    def reply_privately(self, remote_id: str, text: str) -> None:
        """Send the author one message, within 7 days (Messenger Platform, "Private replies")."""
        page = self._known.page()
        about = {"post_id" if wire.is_visit(remote_id, page) else "comment_id": remote_id}
        said = {"text": text}
        self._graph.write("/{}/messages", page, recipient=about, message=said, messaging_type="RESPONSE")

    def numbers(self, remote_id: str) -> Numbers:
        """Reactions, comments, shares, views, reach and clicks now."""
        return insights.numbers(self._graph, remote_id)

    def unboostable(self, publication_id: str) -> str:
        """Why it cannot be boosted, as far as Facebook says; "" where it can."""
        try:
            row = self._graph.read("/{}", publication_id, fields="is_eligible_for_promotion")
        except Gone as gone:
            return gone.reason
        return "" if row.get("is_eligible_for_promotion", True) else "Facebook does not let this post be promoted."

    def page(self) -> PageInfo:
        """What the Page says of itself."""
        return self._page.read()

    def change_page(self, change: PageChange) -> None:
        """Change it. The name and the username cannot be changed here."""
        self._page.change(change)
