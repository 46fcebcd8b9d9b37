"""What a Page's token may do: which scopes the app was granted, and what a team cannot do without each."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from platforms.contract import Can
from platforms.spec import N_

#: Scope -> what a team cannot do without it (Permissions Reference; Pages API, each guide's "Requirements").
WANTED: Mapping[str, str] = {
    "pages_show_list": N_("Without it the Pages of a person cannot be listed: nothing can be connected."),
    "pages_manage_posts": N_("Without it nothing can be published or taken down."),
    "pages_read_engagement": N_("Without it posts, comments and their numbers cannot be read."),
    "pages_read_user_content": N_("Without it the comments of the public do not arrive."),
    "pages_manage_engagement": N_(
        "Without it comments cannot be answered, liked, hidden or deleted, nor people blocked."
    ),
    "pages_manage_metadata": N_(
        "Without it comments do not arrive at once, and the Page's own words cannot be changed."
    ),
    "pages_messaging": N_("Without it comments cannot be answered privately."),
    "read_insights": N_("Without it views, reach and clicks are not counted."),
}


class Scopes:
    """The scopes of one token, as far as they are known."""

    def __init__(self) -> None:
        self._granted: frozenset[str] | None = None

    def told(self, granted: Iterable[str]) -> None:
        """What the network says now."""
        self._granted = frozenset(granted)

    def missing(self) -> tuple[str, ...]:
        """The wanted scopes that this token lacks, as far as is known."""
        return tuple(scope for scope in WANTED if not self.has(scope))

    def has(self, scope: str) -> bool:
        """Whether the token has the scope, or nothing says that it has not."""
        return self._granted is None or scope in self._granted

    def can(self, best: Can) -> Can:
        """The abilities that are left of the best."""
        reads = self.has("pages_read_engagement")
        hears = reads and self.has("pages_read_user_content")
        engages = self.has("pages_manage_engagement")
        return replace(
            best,
            first_comment=engages,
            deletes=self.has("pages_manage_posts"),
            reads_comments=hears,
            replies=hears and engages,
            likes=engages,
            hides=engages,
            removes_comments=engages,
            blocks=engages,
            private_replies=self.has("pages_messaging"),
            measures=reads,
            page_settings=self.has("pages_manage_metadata"),
        )
