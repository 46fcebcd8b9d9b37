"""The clock: the only door to apscheduler. A few ticks in memory; everything that must not be lost is a row."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]


class Clock:
    """Calls things at intervals on the running loop: never twice at once, never in a burst after a pause."""

    def __init__(self) -> None:
        # misfire_grace_time=None: a late tick is still a tick; the default, one second, would drop it.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)

    def every(self, seconds: float, tick: Callable[[], Coroutine[Any, Any, None]], name: str) -> None:
        """Call `tick` each so many seconds. What has begun ends, also after `stop`."""

        async def whole() -> None:
            running = asyncio.create_task(tick(), name=name)
            try:
                await asyncio.shield(running)
            except asyncio.CancelledError:  # so the scheduler ends
                await running

        self._scheduler.add_job(whole, "interval", seconds=seconds, id=name, name=name)

    def start(self) -> None:
        """Begin; needs a running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """No tick begins any more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
