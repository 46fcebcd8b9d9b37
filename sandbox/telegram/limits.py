"""Flood control: how much the bot may send, per chat, per group and overall (core.telegram.org/bots/faq)."""

import math
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.telegram.errors import too_many


@dataclass
class Settings:
    """What the stage can change. The defaults are generous; `strict` limits are 1/s per chat and 20/min per group."""

    rate_limits: bool = True
    per_chat_second: float = 1.0
    per_chat_burst: int = 30
    per_group_minute: int = 120
    overall_second: int = 30
    #: Whether groups hide from the bot what is not meant for it.
    privacy: bool = True
    #: Seconds within which a pressed button can be answered.
    callback_seconds: float = 15.0
    #: Seconds after which the message of a pressed button is no longer sent along.
    inaccessible_after: float = 48 * 3600.0


class Limits:
    """Counts what was sent on the sandbox's clock; refuses with 429 and the seconds to wait."""

    def __init__(self, settings: Settings, seconds: Callable[[], float]) -> None:
        self.settings = settings
        self.seconds = seconds
        self.everything: deque[float] = deque()
        self.groups: dict[int, deque[float]] = defaultdict(deque)
        self.buckets: dict[int, tuple[float, float]] = {}

    def charge(self, chat_id: int, messages: int = 1) -> None:
        """Count messages to a chat, or raise ApiError 429 and count nothing."""
        if not self.settings.rate_limits:
            return
        now = self.seconds()
        level, at = self.buckets.get(chat_id, (float(self.settings.per_chat_burst), now))
        level = min(self.settings.per_chat_burst, level + (now - at) * self.settings.per_chat_second)
        # An album may overdraw a bucket that still holds something: Telegram counts it but does not split it.
        waits = [(1 - level) / self.settings.per_chat_second if level < 1 else 0.0]
        waits.append(self._wait(self.everything, now, 1, self.settings.overall_second))
        if chat_id < 0:
            waits.append(self._wait(self.groups[chat_id], now, 60, self.settings.per_group_minute))
        if max(waits) > 0:
            raise too_many(max(1, math.ceil(max(waits))))
        self.buckets[chat_id] = (level - messages, now)
        self.everything.extend([now] * messages)
        self.groups[chat_id].extend([now] * messages)

    @staticmethod
    def _wait(sent: deque[float], now: float, window: float, most: int) -> float:
        while sent and sent[0] <= now - window:
            sent.popleft()
        return sent[0] + window - now if len(sent) >= most else 0.0
