"""The embedded engine: due deliveries run in threads of this process."""

import asyncio
from functools import partial
from time import monotonic

import structlog

from bot.engine.crew import Crew
from handlers.couriers import Office

log = structlog.get_logger()

#: Seconds between sweeps when nothing wakes the engine.
SWEEP_SECONDS = 1.0


class Embedded:
    """Sweeps the outbox and hands what is due to the crew."""

    def __init__(self, office: Office, *, alone: bool) -> None:
        """`alone`: no other process delivers from this database, so what is SENDING at the start was cut off."""
        self._alone = alone
        self._news = asyncio.Event()
        self._crew = Crew(office, self._news.set)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sweeping: asyncio.Task[None] | None = None
        self._stopping = False
        self.sweep_seconds = SWEEP_SECONDS  #: between sweeps when nothing wakes the engine

    async def start(self) -> None:
        """Settle what an earlier run left in mid-air, then begin."""
        self._loop = asyncio.get_running_loop()
        await self._crew.start(alone=self._alone)
        self._sweeping = asyncio.create_task(self._run(), name="engine")

    async def stop(self, seconds: float = 25.0) -> None:
        """Begin nothing more and let what is under way finish; what does not is settled by the next start."""
        self._stopping = True  # asyncio.wait_for loses a cancellation that comes together with its result
        if self._sweeping:
            self._sweeping.cancel()
            await asyncio.wait([self._sweeping])
        await self._crew.stop(seconds)

    def wake(self) -> None:
        """Something may be due: look at once. May be called from any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    async def _run(self) -> None:
        crew, looked_up = self._crew, 0.0
        while not self._stopping:
            self._news.clear()
            begun, due, unsure = monotonic(), [], []
            try:
                due = await crew.swept(partial(crew.deliverer.due, crew.lanes))
                if begun - looked_up >= SWEEP_SECONDS:  # no news makes a look-up due sooner
                    looked_up, unsure = begun, await crew.swept(crew.settler.unsure)
            except Exception:
                log.exception("the sweep failed; the next follows")
            for found in due:
                crew.deliver(found.id, found.lane)
            for delivery_id, lane in unsure:
                crew.settle(delivery_id, lane)
            # Whatever news come: at most half of the time is spent on looking.
            await asyncio.sleep(min(monotonic() - begun, SWEEP_SECONDS))
            try:
                await asyncio.wait_for(self._news.wait(), self.sweep_seconds)
            except TimeoutError:
                continue
