"""One Facebook Page: the contract, spread over the files beside this one."""

from datetime import datetime, timedelta
from typing import Unpack

from platforms.contract import (
    Can,
    Gone,
    Numbers,
    Outgoing,
    PageChange,
    PageInfo,
    Problem,
    Progress,
    Published,
    Who,
)
from platforms.facebook import check, insights, wire
from platforms.facebook.finding import Finder
from platforms.facebook.inbox import Inbox
from platforms.facebook.known import Known
from platforms.facebook.page import PageDoor
from platforms.facebook.publishing import Publisher
from platforms.facebook.scopes import Scopes
from platforms.graph.account import Given
from platforms.graph.advertising import Advertising
from platforms.graph.tokens import told

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

    Of the options: `page`, its id (else it is asked for).
    """

    name = "facebook"
    links = True
    limits = wire.LIMITS  #: Facebook does not tell them
    #: Our own read timeout is 30 s, and the list of posts may lag behind by about a minute.
    evidence_earliest = timedelta(seconds=90)
    evidence_latest = timedelta(days=7)

    def __init__(self, **given: Unpack[Given]) -> None:
        super().__init__(**given)
        self._known = Known(self._graph, str(self._options.get("page", "")))
        self._scopes = Scopes()
        self._publisher = Publisher(self._graph, self._known)
        self._finder = Finder(self._graph, self._known, self._publisher)
        self._inbox = Inbox(self._graph, self._known)
        self._page = PageDoor(self._graph, self._known)
        self._advertise(page_id=self._known.page, shown=wire.shown_in_ad)

    @property
    def can(self) -> Can:
        """What the token's scopes leave of CAN, as far as `whoami` has told; boosts need an ad account."""
        return self._scopes.can(self._paid(CAN))

    def whoami(self) -> Who:
        """The Page; and where the app's id and secret are known, the token's scopes and end.

        Raises AccessLost, NotPermitted, TryLater.
        """
        me = self._known.ask()
        token = told(self._graph.http.base_url, self._keys, proxy=self._proxy)
        if token and token.scopes is not None:
            self._scopes.told(token.scopes)
        return Who(me.id, me.handle, me.name, me.link, self._scopes.missing(), token.ends if token else None)

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

    def delete(self, remote_id: str) -> None:
        """Remove a post or comment of ours; already gone is success."""
        self._graph.remove(remote_id)

    def call_us(self) -> None:
        """Let our app hear of the Page (Pages API, "Webhooks for Pages": `subscribed_apps`)."""
        self._graph.write("/{}/subscribed_apps", self._known.page(), safe=True, subscribed_fields="feed,mention")

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
        self._graph.remove(remote_id)

    def block(self, author_id: str) -> None:
        """Ban the person from the Page."""
        self._graph.write("/{}/blocked", self._known.page(), safe=True, user=[author_id])

    def unblock(self, author_id: str) -> None:
        """Let the person back."""
        self._graph.delete("/{}/blocked", self._known.page(), user=author_id)

    def private_problems(self, remote_id: str, text: str, age: timedelta) -> list[Problem]:
        """What Facebook would refuse: a message that is too long, or comes too late."""
        return check.private(text, age)

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
