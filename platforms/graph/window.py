"""Where a reader of comments goes on, for networks that list them by time and remember no place."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from platforms.contract import RemoteComment

#: A comment may appear in a list so much later than its time says.
OVERLAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Window:
    """The newest time that was read, what was read shortly before it, and how many comments each post had.

    Times are whole seconds since 1970. What is not older than `since` and was not read is new.
    """

    at: int
    read: Mapping[str, int] = field(default_factory=dict)  #: remote id -> time
    counts: Mapping[str, int] = field(default_factory=dict)  #: remote id of a post -> its comments

    @classmethod
    def of(cls, cursor: str) -> "Window":
        """The window that a cursor holds."""
        return cls(**json.loads(cursor))

    @property
    def cursor(self) -> str:
        """The same for the same window."""
        kept = {"at": self.at, "read": dict(sorted(self.read.items())), "counts": dict(sorted(self.counts.items()))}
        return json.dumps(kept, separators=(",", ":"))

    @property
    def since(self) -> datetime:
        """From when on comments count."""
        return datetime.fromtimestamp(self.at, UTC) - OVERLAP

    def new(self, newest_first: Sequence[RemoteComment]) -> list[RemoteComment]:
        """Those that were not read before, each once, oldest first."""
        found = {c.remote_id: c for c in newest_first[::-1] if c.at >= self.since and c.remote_id not in self.read}
        return sorted(found.values(), key=lambda comment: comment.at)

    def after(self, read: Sequence[RemoteComment], counts: Mapping[str, int] | None = None) -> "Window":
        """The window once these were read."""
        ages = {**self.read, **{comment.remote_id: int(comment.at.timestamp()) for comment in read}}
        at = max([self.at, *ages.values()])
        floor = at - int(OVERLAP.total_seconds())
        young = {remote_id: age for remote_id, age in ages.items() if age >= floor}
        return Window(at, young, self.counts if counts is None else counts)
