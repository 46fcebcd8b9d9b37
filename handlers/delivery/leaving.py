"""What becomes public in our name, ready to leave: a variant of a post, or a reply to a comment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from platforms.contract import Outgoing, Platform, Progress, Published


@dataclass(frozen=True)
class Leaving:
    """The parcel of something public (handlers.couriers.Parcel)."""

    platform: Platform
    outgoing: Outgoing

    @property
    def earliest(self) -> timedelta:
        """How long after an attempt the network's silence proves absence."""
        return self.platform.evidence_earliest

    @property
    def latest(self) -> timedelta:
        """How long after an attempt the network can be asked at all."""
        return self.platform.evidence_latest

    @property
    def asks(self) -> bool:
        """What stands twice in public is worse than what waits for a member's word."""
        return True

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Make it stand on the network."""
        return _kept(self.platform.publish(self.outgoing, key, progress))

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """Look whether it stands there."""
        found = self.platform.find(self.outgoing, key, since, progress)
        return None if found is None else _kept(found)


def _kept(published: Published) -> dict[str, Any]:
    return {
        "remote_id": published.remote_id,
        "url": published.url,
        "part_ids": list(published.part_ids),
        "at": published.at.isoformat(),
    }
