"""What becomes public in our name, ready to leave: a variant of a post, or a reply to a comment."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from handlers.delivery.copies import copied
from models.delivery import Delivery
from platforms.contract import NotPermitted, Outgoing, Platform, Progress, Published

#: Progress: the network's own time when the attempt was claimed; "" where it was not known then.
BEGUN = "begun"


def begin(delivery: Delivery, platform: Platform) -> None:
    """Keep the network's own time with the claim: ours may be set before anybody asks what stands since."""
    there = platform.server_time
    delivery.progress = {**delivery.progress, BEGUN: there.isoformat() if there else ""}


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
        """Make it stand on the network, once that has told its time. Raises Held where a file is another."""
        with copied(self.outgoing.media) as media:
            if not progress.load(BEGUN):
                self._ask_time(progress)
            return _kept(self.platform.publish(replace(self.outgoing, media=media), key, progress))

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """Look whether it stands there since the attempt."""
        found = self.platform.find(self.outgoing, key, self._since(since, progress), progress)
        return None if found is None else _kept(found)

    def _ask_time(self, progress: Progress) -> None:
        """A process that has never asked this network does not know its time."""
        if self.platform.server_time is None:
            try:
                self.platform.whoami()
            except NotPermitted:
                pass  # it may not tell who it is, but it has answered
        if there := self.platform.server_time:
            progress.save(BEGUN, there.isoformat())

    def _since(self, since: datetime, progress: Progress) -> datetime:
        """When the attempt began, by the network's clock; where that was not kept, by ours as it goes now."""
        if begun := progress.load(BEGUN):
            return datetime.fromisoformat(begun)
        return since + min(self.platform.clock_skew or timedelta(), timedelta())


def _kept(published: Published) -> dict[str, Any]:
    return {
        "remote_id": published.remote_id,
        "url": published.url,
        "part_ids": list(published.part_ids),
        "at": published.at.isoformat(),
    }
