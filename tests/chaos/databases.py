"""The databases under a campaign, and how they fail: SQLite locked or its disk full, PostgreSQL stopped or cut off."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

#: Seconds for a server to stop.
STOPPING = 30.0
#: The size of the disk that may become full.
DISK = "64m"
#: Holds SQLite's write lock from a process of its own: locks of one process do not hold against itself.
LOCKER = (
    "import sqlite3, sys, time; base = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None); "
    "base.execute('BEGIN EXCLUSIVE'); time.sleep(float(sys.argv[2])); base.execute('ROLLBACK')"
)


class Sqlite:
    """A file in a folder, which may be a small disk of its own."""

    environ: dict[str, str] = {}

    def __init__(self, folder: Path) -> None:
        self.file = folder / "bottega.db"
        self.url = f"sqlite:///{self.file}"
        self._ballast = folder / "ballast"

    def lock(self, seconds: float) -> None:
        """Somebody else writes for so long."""
        subprocess.Popen([sys.executable, "-c", LOCKER, str(self.file), str(seconds)]).wait(seconds + 60)

    def fill(self) -> None:
        """Not a byte more can be written: ENOSPC, as on any full disk."""
        with self._ballast.open("wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError:
                    continue  # full for this size

    def free(self) -> None:
        """There is room again."""
        self._ballast.unlink(missing_ok=True)

    def put_aside(self, folder: Path, *, kept: bool) -> None:
        """A copy for whoever looks for the cause."""
        if kept and self.file.exists():
            shutil.copytree(self.file.parent, folder, ignore=shutil.ignore_patterns("ballast"))


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """The folder as a small disk of its own (a tmpfs); False where this machine does not allow that."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "bottega-chaos", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=False)


class Postgres:
    """A fresh database on a server of the campaign's own."""

    def __init__(self, server: Any) -> None:
        """`server`: of support.postgres."""
        self._server = server
        name = f"d{os.urandom(6).hex()}"
        with self._root() as connection:
            connection.execute(f"CREATE DATABASE {name}")
        self._name = name
        self.url = str(server.get_uri()).replace("/postgres?", f"/{name}?")
        self.environ = {"BOTTEGA_DESK__DATABASE": self.url, "BOTTEGA_DESK__ENGINE": "procrastinate"}

    def _root(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self._server.get_uri(), autocommit=True)

    def stop(self, how: str) -> None:
        """Fast: sessions are rolled back. Immediate: as if the machine had lost power, and it recovers at its start."""
        pid = self._server.get_pid()
        os.kill(pid, signal.SIGQUIT if how == "immediate" else signal.SIGINT)
        end = time.monotonic() + STOPPING
        while _lives(pid):
            assert time.monotonic() < end, "PostgreSQL does not stop"
            time.sleep(0.05)

    def start(self) -> None:
        """Again."""
        self._server.ensure_postgres_running()

    def cut(self) -> None:
        """End every session of ours."""
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        with self._root() as connection:
            connection.execute(cut, [self._name])

    def put_aside(self, folder: Path, *, kept: bool) -> None:
        """A dump for whoever looks for the cause; the database itself goes."""
        if kept:
            folder.mkdir(exist_ok=True)
            with (folder / "dump.sql").open("wb") as file:
                dump = self._server.bin_path / "pg_dump"
                subprocess.run([str(dump), self.url], stdout=file, check=False)
        with self._root() as connection:
            connection.execute(f"DROP DATABASE {self._name} WITH (FORCE)")

    def jobs(self) -> list[tuple[int, str, str]]:
        """(id, status, task) of the jobs that are there: nobody has begun them, or nobody has ended them."""
        with psycopg.connect(self.url) as connection:
            query = "SELECT id, status::text, task_name FROM procrastinate_jobs"
            return connection.execute(query).fetchall()


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
