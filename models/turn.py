"""Whose turn it is to write: SQLite has one writer, and whoever finds it busy sleeps, longer each time."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turn:
    """A lock for the threads of a process, with a line of those who go first."""

    def __init__(self) -> None:
        """Nobody writes."""
        self._guard = threading.Lock()
        self._lines = threading.Condition(self._guard), threading.Condition(self._guard)
        self._waiting = [0, 0]
        self._taken = False

    @property
    def waiting(self) -> int:
        """How many threads wait for it."""
        return sum(self._waiting)

    @contextmanager
    def taken(self, *, first: bool) -> Iterator[None]:
        """Wait for the turn and hold it; `first`: before everybody who does not say so."""
        line = 0 if first else 1
        with self._guard:
            self._waiting[line] += 1
            self._lines[line].wait_for(lambda: not self._taken and (first or not self._waiting[0]))
            self._waiting[line] -= 1
            self._taken = True
        try:
            yield
        finally:
            with self._guard:
                self._taken = False
                self._lines[0 if self._waiting[0] else 1].notify()
