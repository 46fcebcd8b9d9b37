"""Pressed buttons that wait for an answer: a short sentence if one comes soon, else the mere end of the wait."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from telegram.error import TelegramError

log = structlog.get_logger()

#: Seconds in which a sentence can still become the alert of the press.
PATIENCE = 1.5
#: Characters of an answer (Bot API, "answerCallbackQuery").
ALERT = 200


class Presses:
    """The presses of the last moments; used on the event loop alone."""

    def __init__(self, answer: Callable[[str], Awaitable[object]]) -> None:
        """`answer` ends the wait of one press without a word."""
        self._answer = answer
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def add(self, query_id: str) -> None:
        """A press was stored: it is answered without a word unless somebody takes it within 1.5 seconds."""
        loop = asyncio.get_running_loop()
        self._timers[query_id] = loop.call_later(PATIENCE, self.end, query_id)

    def take(self, query_id: str) -> bool:
        """Whether the press still waits; whoever takes it answers it."""
        timer = self._timers.pop(query_id, None)
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
