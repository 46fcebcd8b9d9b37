"""What a token may do: which OAuth scopes it has, and what an account can do without the others.

Mastodon tells the scopes of the application, not of the token; a token with fewer is found out by its refusals.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from platforms.contract import Can, NotPermitted
from platforms.mastodon.refusals import SCOPE

#: What this adapter asks for (documentation, "OAuth scopes").
WANTED = (
    "read:accounts",
    "read:statuses",
    "read:notifications",
    "write:statuses",
    "write:media",
    "write:favourites",
    "write:mutes",
    "write:blocks",
    "write:reports",
)
#: Broader names of a scope than its first half.
_ALSO = {
    "read:accounts": {"profile"},
    "write:mutes": {"follow"},
    "write:blocks": {"follow"},
}


class Scopes:
    """The scopes of one token, as far as they are known."""

    def __init__(self) -> None:
        self._granted: frozenset[str] | None = None
        self._denied: set[str] = set()

    def told(self, granted: Iterable[str] | None) -> None:
        """What the server says now (None where it does not tell); forgets what was found out before."""
        self._granted = None if granted is None else frozenset(granted)
        self._denied = set()

    def missing(self) -> tuple[str, ...]:
        """The wanted scopes that this token lacks, as far as is known."""
        return tuple(scope for scope in WANTED if not self.has(scope))

    def has(self, scope: str) -> bool:
        """Whether the token has the scope, or nothing says that it has not."""
        if scope in self._denied:
            return False
        broad = {scope, scope.partition(":")[0], *_ALSO.get(scope, set())}
        return self._granted is None or bool(broad & self._granted)

    @contextmanager
    def needed(self, scope: str) -> Iterator[None]:
        """Around a call that needs the scope: a refusal for its lack is remembered, and names the scope."""
        try:
            yield
        except NotPermitted as refusal:
            if SCOPE not in refusal.reason.lower():
                raise
            self._denied.add(scope)
            raise NotPermitted(f"{refusal.reason} (the token lacks {scope})") from None

    def can(self, best: Can) -> Can:
        """The abilities that are left of the best."""
        writes, reads = self.has("write:statuses"), self.has("read:statuses")
        return replace(
            best,
            threads=best.threads and writes,
            deletes=best.deletes and writes,
            replies=best.replies and writes and reads,
            reposts=best.reposts and writes,
            reads_comments=best.reads_comments and reads and self.has("read:notifications"),
            streams=best.streams and reads and self.has("read:notifications"),
            likes=best.likes and self.has("write:favourites"),
            mutes=best.mutes and self.has("write:mutes"),
            blocks=best.blocks and self.has("write:blocks"),
            reports=best.reports and self.has("write:reports"),
            measures=best.measures and reads,
        )
