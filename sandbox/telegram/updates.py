"""What the bot has not yet heard: the queue of updates and long polling over it."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from sandbox.telegram.errors import OTHER_POLLER, ApiError

#: Kinds that are sent only when named (core.telegram.org/bots/api, getUpdates.allowed_updates).
ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}
#: Seconds for which Telegram keeps an update.
KEPT = 24 * 3600


class Updates:
    """Updates in order; those below a poller's offset, or taken by the webhook, are forgotten."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self.seconds = seconds
        self.pending: deque[tuple[float, dict[str, Any]]] = deque()
        self.history: deque[dict[str, Any]] = deque(maxlen=1000)
        self.allowed: list[str] = []
        self.next_id = 100_000_001
        self.arrived = asyncio.Event()
        self._poller: asyncio.Future[str] | None = None

    def wanted(self, kind: str) -> bool:
        """Whether the bot asked for this kind; an empty list means everything but what must be asked for."""
        return kind in self.allowed if self.allowed else kind not in ON_REQUEST

    def add(self, kind: str, payload: dict[str, Any]) -> int | None:
        """Queue an update and return its id, or None when the bot does not want this kind."""
        if not self.wanted(kind):
            return None
        update: dict[str, Any] = {"update_id": self.next_id, kind: payload}
        self.next_id += 1
        self.pending.append((self.seconds(), update))
        self.history.append(update)
        self._wake("")
        return self.next_id - 1

    def first(self) -> dict[str, Any] | None:
        """The oldest waiting update."""
        self._expire()
        return self.pending[0][1] if self.pending else None

    def confirm(self, offset: int) -> None:
        """Forget everything before `offset`; a negative one keeps only the last -offset updates."""
        self._expire()
        if offset < 0:
            offset = self.pending[max(len(self.pending) + offset, 0)][1]["update_id"] if self.pending else 0
        while self.pending and self.pending[0][1]["update_id"] < offset:
            self.pending.popleft()

    def drop(self) -> None:
        """Forget everything."""
        self.pending.clear()

    def interrupt(self, reason: str) -> None:
        """End a waiting poll with 409 and this reason."""
        if self._poller and not self._poller.done():
            self._poller.set_result(reason)

    async def poll(self, offset: int, limit: int, timeout: int) -> list[dict[str, Any]]:
        """Up to `limit` updates from `offset` on, waiting up to `timeout` seconds for the first one.

        A poll that is still waiting when another one comes is ended with 409.
        """
        self.interrupt(OTHER_POLLER)
        self.confirm(offset)
        if not self.pending and timeout > 0:
            poller = self._poller = asyncio.get_running_loop().create_future()
            await asyncio.wait({poller}, timeout=timeout)
            if poller.done() and poller.result():
                raise ApiError(409, poller.result())
            if self._poller is poller:
                self._poller = None
        return [update for _, update in list(self.pending)[:limit]]

    def _wake(self, reason: str) -> None:
        self.arrived.set()
        self.interrupt(reason)

    def _expire(self) -> None:
        while self.pending and self.pending[0][0] < self.seconds() - KEPT:
            self.pending.popleft()
