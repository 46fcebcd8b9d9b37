"""Log lines that strangers can cause: one a minute, which counts the others."""

import time
from collections.abc import Callable
from typing import Any

import structlog

log = structlog.get_logger()

#: Seconds between two lines of the same kind.
APART = 60.0
#: Kinds that are remembered; they are words of the code, so there are few.
MOST_KINDS = 100


class Seldom:
    """Writes the first of a kind at once, then at most one line a minute with how many there were since."""

    def __init__(self, apart: float = APART, clock: Callable[[], float] = time.monotonic) -> None:
        """`apart`: seconds between two lines of one kind."""
        self._apart = apart
        self._clock = clock
        self._written: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def warning(self, kind: str, **given: Any) -> None:
        """Log a warning, or count it for the next one; `kind` is its sentence."""
        now = self._clock()
        last = self._written.get(kind)
        if last is not None and now - last < self._apart:
            self._untold[kind] = self._untold.get(kind, 0) + 1
            return
        if last is None and len(self._written) >= MOST_KINDS:
            self._written.clear()
        self._written[kind] = now
        untold = self._untold.pop(kind, 0)
        log.warning(kind, **given, **({"untold": untold} if untold else {}))
