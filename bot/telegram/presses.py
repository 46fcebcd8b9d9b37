"""Pressed buttons that wait for an answer: a short sentence if one comes soon, else the mere end of the wait."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from telegram.error import TelegramError

log = structlog.get_logger()

#: Seconds in which a sentence can still become the alert of the press; once the pressed card changes, hardly one comes.
PATIENCE, AFTER_CHANGE = 1.5, 0.3
#: Characters of an answer (Bot API, "answerCallbackQuery").
ALERT = 200


class Presses:
    """The presses of the last moments; used on the event loop alone."""

    def __init__(self, answer: Callable[[str], Awaitable[object]]) -> None:
        """`answer` ends the wait of one press without a word."""
        self._answer = answer
        self.patience = PATIENCE
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._where: dict[str, tuple[int, int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, query_id: str, where: tuple[int, int]) -> None:
        """A press was stored: it is answered without a word unless somebody takes it within `patience`.

        `where`: the chat and the message that was pressed.
        """
        self._where[query_id] = where
        self._wait(query_id, self.patience)

    def hasten(self, where: tuple[int, int]) -> None:
        """The message changes: who pressed on it sees that, and need not wait much longer."""
        for query_id in [q for q, pressed in self._where.items() if pressed == where]:
            self._timers[query_id].cancel()
            self._wait(query_id, AFTER_CHANGE)

    def _wait(self, query_id: str, seconds: float) -> None:
        self._timers[query_id] = asyncio.get_running_loop().call_later(seconds, self.end, query_id)

    def take(self, query_id: str) -> bool:
        """Whether the press still waits; whoever takes it answers it."""
        timer = self._timers.pop(query_id, None)
        self._where.pop(query_id, None)
        if timer is not None:
            timer.cancel()
        return timer is not None

    def end(self, query_id: str) -> None:
        """Answer without a word, where nobody has answered."""
        if self.take(query_id):
            task = asyncio.get_running_loop().create_task(self._end(query_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _end(self, query_id: str) -> None:
        try:
            await self._answer(query_id)
        except TelegramError as error:  # the person sees a clock a little longer; nothing else depends on it
            log.info("a press was not answered", reason=error.message)

    def close(self) -> None:
        """Forget them."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._where.clear()
