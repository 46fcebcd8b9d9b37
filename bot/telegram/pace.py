"""How fast the bot may speak: a message a second in one chat, twenty a minute in a group (Bots FAQ, "limits")."""

import time
from collections import defaultdict, deque
from collections.abc import Callable
from datetime import timedelta
from threading import Lock

from platforms.contract import RateLimited

#: Seconds between messages in one chat.
APART = 1.0
#: Messages to one group within a minute.
PER_MINUTE, MINUTE = 20, 60.0


class Pace:
    """Remembers what this process sent lately; thread-safe. What other processes send, Telegram's own 429 tells."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self.apart = APART
        self.per_minute = PER_MINUTE
        self._seconds = seconds
        self._sent: dict[int, deque[float]] = defaultdict(deque)
        self._lock = Lock()

    def take(self, room: int, messages: int = 1) -> None:
        """Count messages that leave together now. Raises RateLimited before anything left when it is too soon."""
        now = self._seconds()
        with self._lock:
            sent = self._sent[room]
            while sent and sent[0] <= now - MINUTE:
                sent.popleft()
            wait = sent[-1] + self.apart - now if sent else 0.0
            # An album larger than what is left of the minute goes as soon as anything may go.
            if room < 0 and sent and len(sent) + min(messages, self.per_minute) > self.per_minute:
                over = len(sent) + min(messages, self.per_minute) - self.per_minute
                wait = max(wait, sent[min(over, len(sent)) - 1] + MINUTE - now)
            if wait > 0:
                raise RateLimited("one message a second in a chat, twenty a minute in a group", timedelta(seconds=wait))
            sent.extend([now] * messages)

    def count(self, room: int) -> None:
        """A message leaves now, whatever the pace: somebody waits for it, so what follows it waits instead."""
        with self._lock:
            self._sent[room].append(self._seconds())
