"""On which line of a TOML text a key stands, for faults that name it."""

import tomllib
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any


def line_of(text: str, where: Sequence[str | int]) -> int:
    """The line that gives the key, or else the nearest table around it that is written; 0 where none is.

    `where` is a path of keys and, in lists of tables, numbers from 0. The text must be TOML.
    """
    statements = list(_statements(text))
    for depth in range(len(where), 0, -1):
        for number, content in statements:
            if _has(content, where[:depth]):
                return number
    return 0


def overwhelming(text: str) -> int:
    """The line at which Python's parser gives up, as it does on what is nested too deep. It reads from the top."""
    lines = text.split("\n")

    def gives_up(end: int) -> bool:
        try:
            tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            return False
        except (ValueError, RecursionError):
            return True
        return False

    return bisect_left(range(len(lines)), True, key=gives_up)


def _statements(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(first line of a statement, everything the text says up to its end): a text may be cut wherever it is TOML."""
    lines = text.splitlines()
    first = 1
    for end in range(1, len(lines) + 1):
        try:
            content = tomllib.loads("\n".join(lines[:end]))
        except tomllib.TOMLDecodeError:
            continue  # in the middle of a value that goes over several lines
        yield first, content
        first = end + 1


def _has(content: Any, where: Sequence[str | int]) -> bool:
    for part in where:
        if isinstance(part, int):
            if not isinstance(content, list) or part >= len(content):
                return False
        elif not isinstance(content, dict) or part not in content:
            return False
        content = content[part]
    return True
