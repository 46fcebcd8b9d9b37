"""What a Threads token may do."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from platforms.contract import Can
from platforms.spec import N_

#: Scope -> what a team cannot do without it (Threads API, "Permissions").
WANTED: Mapping[str, str] = {
    "threads_basic": N_("Without it the Threads account cannot be used at all."),
    "threads_content_publish": N_("Without it nothing can be published."),
    "threads_read_replies": N_("Without it the comments of the public do not arrive."),
    "threads_manage_replies": N_("Without it comments can neither be answered nor hidden."),
    "threads_manage_mentions": N_("Without it mentions do not arrive."),
    "threads_manage_insights": N_("Without it likes, reposts, comments and views are not counted."),
    "threads_delete": N_("Without it nothing can be taken down."),
}


class Scopes:
    """The scopes of one token, as far as the network has told them."""

    def __init__(self) -> None:
        self._granted: frozenset[str] | None = None

    def told(self, granted: Iterable[str] | None) -> None:
        """What the network says now; None where it does not tell."""
        self._granted = None if granted is None else frozenset(granted)

    def missing(self) -> tuple[str, ...]:
        """The wanted scopes that this token lacks, as far as is known."""
        return tuple(scope for scope in WANTED if not self.has(scope))

    def has(self, scope: str) -> bool:
        """Whether the token has the scope, or nothing says that it has not."""
        return self._granted is None or scope in self._granted

    def can(self, best: Can) -> Can:
        """The abilities that are left of the best."""
        publishes, manages = self.has("threads_content_publish"), self.has("threads_manage_replies")
        return replace(
            best,
            threads=best.threads and publishes,
            first_comment=best.first_comment and publishes,
            deletes=best.deletes and self.has("threads_delete"),
            reads_comments=best.reads_comments and self.has("threads_read_replies"),
            replies=best.replies and publishes and manages,
            reposts=best.reposts and publishes,
            hides=best.hides and manages,
            measures=best.measures and self.has("threads_manage_insights"),
        )
