"""The clock: the only door to apscheduler. A few ticks in memory; everything that must not be lost is a row."""

from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]


class Clock:
    """Calls things at intervals on the running loop: never twice at once, never in a burst after a pause."""

    def __init__(self) -> None:
        # misfire_grace_time=None: a late tick is still a tick; the default, one second, would drop it.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)

    def every(self, seconds: float, tick: Callable[[], Awaitable[None]], name: str) -> None:
        """Call `tick` each so many seconds."""
        self._scheduler.add_job(tick, "interval", seconds=seconds, id=name, name=name)

    def start(self) -> None:
        """Begin; needs a running loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """No tick begins any more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
