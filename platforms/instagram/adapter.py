"""One Instagram account: the contract, spread over the files beside this one."""

from datetime import datetime, timedelta
from typing import Unpack

from platforms.contract import (
    Can,
    Gone,
    Numbers,
    Outgoing,
    Problem,
    Progress,
    Published,
    Unsupported,
    Who,
)
from platforms.graph.account import Given
from platforms.graph.addresses import Addressed
from platforms.graph.advertising import Advertising
from platforms.graph.tokens import told
from platforms.instagram import check, measuring, wire
from platforms.instagram.commenting import Commenter
from platforms.instagram.inbox import Inbox
from platforms.instagram.known import Known
from platforms.instagram.publishing import Publisher
from platforms.instagram.scopes import Scopes, way_of
from platforms.shapes import part_of, words_of

#: What an account that is connected through its Page can do with every scope.
CAN = Can(
    formats=check.FORMATS,
    first_comment=True,
    deletes=True,
    reads_comments=True,
    replies=True,
    mentions=True,
    hides=True,
    removes_comments=True,
    private_replies=True,
    closes_comments=True,
    measures=True,
    boosts=True,
    audiences=True,
)


class Instagram(Addressed, Advertising):
    """One account, by its Page's token or by one of Instagram Login.

    Of the options: `login`, "page" or "instagram" (by the address where it is left out). Only through its Page can it
    boost.
    """

    name = "instagram"
    limits = check.LIMITS  #: the same for every account
    #: Our own read timeout is 30 s, and a list may lag; a container tells for 24 hours whether it was published.
    evidence_earliest = timedelta(seconds=60)
    evidence_latest = timedelta(hours=23)

    def __init__(self, **given: Unpack[Given]) -> None:
        super().__init__(**given)
        self._way = way_of(self._graph.http.base_url, self._options.get("login"))
        self._known = Known(self._graph, self._way, self._now)
        self._addresses = self._known.addresses
        self._scopes = Scopes(self._way)
        self._publisher = Publisher(self._graph, self._known, self._shelf)
        self._commenter = Commenter(self._graph, self._known)
        self._inbox = Inbox(self._graph, self._known, self._way)
        if self._way == "page":
            self._advertise(
                page_id=lambda: self._known.me.page_id,
                profile_id=lambda: self._known.me.id,
                shown=lambda publication_id: wire.shown_in_ad(self._known.me, publication_id),
            )

    @property
    def can(self) -> Can:
        """What the way in and the token's scopes leave of CAN, as far as `whoami` has heard."""
        return self._scopes.can(self._paid(CAN))

    def whoami(self) -> Who:
        """Whose token it is and which scopes it lacks (told only with the app's keys), and the quota.

        Raises AccessLost, NotPermitted, TryLater.
        """
        me = self._known.ask_me()
        # Only a Page's app is told of its tokens.
        token = told(self._graph.http.base_url, self._keys, proxy=self._proxy) if self._way == "page" else None
        if token and token.scopes is not None:
            self._scopes.told(token.scopes)
        self._known.quotas.ask(me.id)
        ends = token.ends if token else None
        return Who(me.id, me.username, me.name, wire.profile(me.username), self._scopes.missing(), ends)

    def length(self, outgoing: Outgoing, part: int = 0) -> int:
        """The length of the text; there is only one part."""
        return check.length(outgoing)

    def problems(self, outgoing: Outgoing) -> list[Problem]:
        """What Instagram would refuse, and a used-up quota as last heard."""
        found = check.problems(outgoing, self.limits, has_shelf=self._shelf is not None)
        return found if outgoing.reply_to else [*found, *self._known.quotas.problems()]

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

    def delete(self, remote_id: str) -> None:
        """Remove a publication or comment of ours; already gone is success. Raises Unsupported by Instagram Login."""
        if self._way != "page":
            raise Unsupported("Instagram deletes posts only for accounts that are connected through their Page.")
        self._graph.remove(remote_id)

    def unboostable(self, publication_id: str) -> str:
        """Why it cannot be boosted, as far as Instagram says; "" where it can."""
        try:
            row = self._graph.read("/{}", publication_id, fields="boost_eligibility_info")
        except Gone as gone:
            return gone.reason
        info = part_of(row, "boost_eligibility_info")
        if not info or info.get("eligible_to_boost") is True:
            return ""
        return words_of(info, "boost_ineligible_reason") or "Instagram does not let this post be boosted."

    def call_us(self) -> None:
        """Let our app hear of the account; through its Page, that of the Page (Instagram Platform, "Webhooks")."""
        about = "me" if self._way == "page" else self._known.me.id
        # A Page's subscription is one, and holds what Facebook's own account wants of it too.
        fields = "feed,mention" if self._way == "page" else "comments,mentions"
        self._graph.write("/{}/subscribed_apps", about, safe=True, subscribed_fields=fields)

    def hide(self, remote_id: str) -> None:
        """Hide a comment; those of the account itself always show."""
        self._graph.write("/{}", _own(remote_id), safe=True, hide=True)

    def unhide(self, remote_id: str) -> None:
        """Show it again."""
        self._graph.write("/{}", _own(remote_id), safe=True, hide=False)

    def remove_comment(self, remote_id: str) -> None:
        """Remove a comment under a publication of ours; already gone is success."""
        self._graph.remove(_own(remote_id))

    def private_problems(self, remote_id: str, text: str, age: timedelta) -> list[Problem]:
        """What Instagram would refuse: a message that is too long, comes too late, or answers a mention elsewhere."""
        try:
            _own(remote_id)
        except Unsupported as elsewhere:
            return [Problem(elsewhere.reason)]
        return check.private(text, age)

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


def _own(remote_id: str) -> str:
    """The id, where it is one of a comment under our own publications. Raises Unsupported for mentions elsewhere."""
    if remote_id.startswith(f"{wire.MENTION}:"):
        raise Unsupported("That stands under somebody else's post, where Instagram allows only a public answer.")
    return remote_id
