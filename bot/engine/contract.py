"""What every engine promises: due deliveries are worked, each by one worker at a time, whatever process claims it."""

from typing import Protocol


class Engine(Protocol):
    """Runs due deliveries; `tests/bot/test_engine.py` holds every engine to it."""

    async def start(self) -> None:
        """Settle what an earlier run left in mid-air, then begin."""

    async def stop(self, seconds: float = 25.0) -> None:
        """Begin nothing more and let what is under way finish; what does not is settled later."""

    def wake(self) -> None:
        """Something may be due: look at once. May be called from any thread."""
