"""One process per SQLite file: a second would take the first one's deliveries for cut off."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.faults import Fault


class AlreadyRunning(Fault):
    """Another process works on this SQLite file."""


def take(database_url: str) -> IO[str] | None:
    """Hold the database's lock until the file is closed; None on PostgreSQL, which has none. Raises AlreadyRunning."""
    if not database_url.startswith("sqlite"):
        return None
    path = Path(database_url.removeprefix("sqlite:///") + ".lock")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600), "a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise AlreadyRunning(f"another bottega runs on {path.with_suffix('')}; stop it first") from error
    os.truncate(lock.fileno(), 0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


@contextmanager
def held(database_url: str) -> Iterator[None]:
    """No desk runs on the database meanwhile, as far as a lock can tell. Raises AlreadyRunning."""
    lock = take(database_url)
    try:
        yield
    finally:
        if lock:
            lock.close()
