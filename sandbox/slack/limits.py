"""Rate limits of the Web API: a bucket per method, and per channel for posting.

Source: docs.slack.dev/apis/web-api/rate-limits (tiers 1-4; "posting messages": about one per second and channel).
"""

import math
from datetime import datetime

from sandbox.slack.errors import ApiError

#: Calls per minute of each tier.
TIERS = {1: 1, 2: 20, 3: 50, 4: 100}


class Limits:
    """Buckets that refill with the sandbox's clock. `on=False` lets everything through."""

    def __init__(self) -> None:
        self.on = True
        self.post_burst = 10
        self.posts_per_second = 1.0
        self._buckets: dict[str, tuple[float, datetime]] = {}

    def spend_post(self, channel: str, now: datetime) -> None:
        """One message into a channel; raises `ratelimited` (429, Retry-After) when there were too many."""
        self._spend(f"post {channel}", self.post_burst, self.posts_per_second, now)

    def spend_call(self, method: str, tier: int, now: datetime) -> None:
        """One call of a method of a tier."""
        self._spend(method, max(TIERS[tier], 10), TIERS[tier] / 60, now)

    def _spend(self, key: str, size: float, per_second: float, now: datetime) -> None:
        if not self.on:
            return
        left, since = self._buckets.get(key, (float(size), now))
        left = min(float(size), left + max((now - since).total_seconds(), 0) * per_second)
        if left < 1:
            self._buckets[key] = (left, now)
            wait = max(1, math.ceil((1 - left) / per_second))
            raise ApiError("ratelimited", status=429, headers={"Retry-After": str(wait)})
        self._buckets[key] = (left - 1, now)
