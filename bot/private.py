"""Files for the owner alone: what a desk writes is of posts that are not public yet, and of keys."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import structlog

from bot import secretsfile
from bot.settings import Settings

log = structlog.get_logger()

#: Taken from every file and folder that this process makes, libraries' and temporary ones too.
UMASK = 0o077
#: What lies beside an SQLite file.
BESIDE = ("", "-wal", "-shm", "-journal", ".lock")


def only_for_us() -> None:
    """From now on this process makes no file or folder that others may read."""
    os.umask(UMASK)


def is_open(path: Path) -> bool:
    """Whether anybody but the owner may read, write or enter it."""
    return path.exists() and bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def tighten(settings: Settings, folder: Path) -> int:
    """Close what an earlier start left open to others; returns how much that was. Says so, and what it could not close.

    `folder`: of config.toml. A data folder that is closed closes what is in it, and is not walked through.
    """
    closed, stubborn = 0, []
    for path in [*_around(settings, folder), *_inside(settings.desk.data)]:
        try:
            if not path.is_symlink() and is_open(path):
                path.chmod(stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXU)
                closed += 1
        except FileNotFoundError:
            continue  # it went meanwhile
        except OSError:
            stubborn.append(str(path))
    if closed:
        log.warning("files of the desk were open to others on this machine; they are closed now", count=closed)
    if stubborn:
        log.warning(
            "files of the desk are open to others, and are not ours to close", count=len(stubborn), one=stubborn[0]
        )
    return closed


def _around(settings: Settings, folder: Path) -> Iterator[Path]:
    yield folder / secretsfile.NAME
    if settings.database_url.startswith("sqlite:///"):
        file = settings.database_url.removeprefix("sqlite:///")
        yield from (Path(file + end) for end in BESIDE)


def _inside(data: Path) -> list[Path]:
    """The folder last: while it is open, what is in it is looked at."""
    return [*data.rglob("*"), data] if is_open(data) else []
