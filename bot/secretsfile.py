"""secrets.env beside config.toml: tokens as NAME=value lines, for whoever has no better place for them."""

import re
import stat
from collections.abc import Mapping
from pathlib import Path

from bot.textfile import read_text

NAME = "secrets.env"
NOTHING: Mapping[str, str] = {}
LINE = re.compile(r"(?:export\s+)?(BOTTEGA_[A-Z0-9_]+)\s*=\s*(.*)")


class Unreadable(Exception):
    """A line is not of the form; the text names it without repeating it."""


def read(path: Path) -> dict[str, str]:
    """The variables that have a value; none where there is no such file. Raises Unreadable, OSError."""
    if not path.exists():
        return {}
    found = {}
    for number, raw in enumerate(read_text(path).splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = LINE.fullmatch(line)
        if not match:
            raise Unreadable(f"{path}, line {number}: write BOTTEGA_NAME=value, or # before a remark.")
        name, value = match.groups()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        if value:
            found[name] = value
    return found


def write(path: Path, secrets: dict[str, str], known: Mapping[str, str] = NOTHING) -> None:
    """A file for the owner alone: each name under the words that say where to find its value, which stands if `known`.

    Raises FileExistsError: what somebody filled in is never overwritten.
    """
    parts = [f"# {where}\n{name}={known.get(name, '')}\n" for name, where in secrets.items()]
    path.touch(mode=0o600, exist_ok=False)
    path.write_text("# Read by bottega when it lies beside config.toml. Keep it out of version control.\n\n")
    with path.open("a") as file:
        file.write("\n".join(parts))


def is_open_to_others(path: Path) -> bool:
    """Whether anybody but its owner may read the file."""
    return path.exists() and bool(path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH))
