"""Looks through what Graph lists newest first, as far back as an attempt."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from platforms.contract import CannotTell
from platforms.graph.calls import Graph
from platforms.shapes import Json, time_of

#: What stands counts as younger than an attempt when it is at most this much older: times are whole seconds.
MARGIN = timedelta(seconds=2)
#: Pages of an edge that are looked through for an attempt.
PAGES = 5


def rows_since(
    begun: datetime, graph: Graph, path: str, whose: str, *, time: str = "timestamp", **asked: object
) -> Iterator[Json]:
    """Rows of an edge that are not older than an attempt, newest first; `time`: the field that holds theirs.

    Raises CannotTell where there are too many, NotPermitted, TryLater.
    """
    for n, rows in enumerate(graph.edge(path, whose, pages=PAGES, **asked), 1):
        recent = young(rows, begun - MARGIN, time)
        yield from recent
        if len(recent) < len(rows) or not rows:
            return
        if n == PAGES:
            raise CannotTell("There is too much since the attempt to look through.")


def young(rows: Iterable[Json], start: datetime, time: str = "timestamp") -> list[Json]:
    """Those that are not older; what tells no time counts as young."""
    return [row for row in rows if (time_of(row.get(time)) or start) >= start]
