"""The two ways in, and what a token may do by either."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Literal

from platforms.contract import Can
from platforms.spec import N_

Way = Literal["page", "instagram"]

_USE = N_("Without it the Instagram account cannot be used at all.")
_PUBLISHING = N_("Without it nothing can be published or taken down.")
_COMMENTING = N_("Without it comments can neither be read nor answered, hidden or deleted.")
_COUNTING = N_("Without it views, reach and saves are not counted.")
_WRITING = N_("Without it comments cannot be answered privately.")
#: Scope -> what a team cannot do without it, through the Page (Instagram API with Facebook Login, "Permissions").
PAGE: Mapping[str, str] = {
    "pages_show_list": N_("Without it the Pages of a person cannot be listed: nothing can be connected."),
    "pages_read_engagement": N_("Without it posts, comments and their numbers cannot be read."),
    "pages_manage_metadata": N_("Without it comments do not arrive at once."),
    "instagram_basic": _USE,
    "instagram_content_publish": _PUBLISHING,
    "instagram_manage_comments": _COMMENTING,
    "instagram_manage_insights": _COUNTING,
    "instagram_manage_messages": _WRITING,
}
#: The same by Instagram Login (Instagram API with Instagram Login, "Permissions").
INSTAGRAM: Mapping[str, str] = {
    "instagram_business_basic": _USE,
    "instagram_business_content_publish": _PUBLISHING,
    "instagram_business_manage_comments": _COMMENTING,
    "instagram_business_manage_insights": _COUNTING,
    "instagram_business_manage_messages": _WRITING,
}
#: The scopes on which abilities hang: to publish, for comments, for numbers, for messages.
_PUBLISH: Mapping[Way, str] = {"page": "instagram_content_publish", "instagram": "instagram_business_content_publish"}
_COMMENTS: Mapping[Way, str] = {"page": "instagram_manage_comments", "instagram": "instagram_business_manage_comments"}
_MESSAGES: Mapping[Way, str] = {"page": "instagram_manage_messages", "instagram": "instagram_business_manage_messages"}


def way_of(base_url: str, chosen: object = None) -> Way:
    """Which way in an account has: the one its options choose, else by its address. Raises ValueError."""
    if chosen is None:
        return "instagram" if "instagram" in base_url else "page"
    if chosen == "page":
        return "page"
    if chosen == "instagram":
        return "instagram"
    raise ValueError(f'options.login must be "page" or "instagram", not {chosen!r}')


def wanted(way: Way) -> Mapping[str, str]:
    """The scopes of a way."""
    return PAGE if way == "page" else INSTAGRAM


class Scopes:
    """The scopes of one token, as far as the network has told them."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._granted: frozenset[str] | None = None

    def told(self, granted: Iterable[str] | None) -> None:
        """What the network says now; None where it does not tell."""
        self._granted = None if granted is None else frozenset(granted)

    def missing(self) -> tuple[str, ...]:
        """The wanted scopes that this token lacks, as far as is known."""
        return tuple(scope for scope in wanted(self._way) if not self._has(scope))

    def can(self, best: Can) -> Can:
        """The abilities that the way and the scopes leave of the best."""
        publishes, comments = self._has(_PUBLISH[self._way]), self._has(_COMMENTS[self._way])
        return replace(
            best,
            first_comment=best.first_comment and comments,
            # Only through the Page can a publication be deleted (reference "IG Media", "Deleting").
            deletes=best.deletes and publishes and self._way == "page",
            reads_comments=best.reads_comments and comments,
            replies=best.replies and comments,
            hides=best.hides and comments,
            removes_comments=best.removes_comments and comments,
            closes_comments=best.closes_comments and comments,
            private_replies=best.private_replies and self._has(_MESSAGES[self._way]),
        )

    def _has(self, scope: str) -> bool:
        return self._granted is None or scope in self._granted
