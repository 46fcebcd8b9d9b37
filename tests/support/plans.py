"""What SQLite does: listeners that have every statement explained as it runs, and count who may write."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event


@contextmanager
def explained() -> Iterator[list[tuple[str, str]]]:
    """(statement, a step of its plan) of everything that is asked of any SQLite database meanwhile."""
    seen: list[tuple[str, str]] = []

    def explain(connection: Connection, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if not many and statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
            raw: Any = connection.connection.driver_connection
            steps = raw.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            seen.extend((" ".join(statement.split()), step[3]) for step in steps)

    event.listen(Engine, "before_cursor_execute", explain)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", explain)


@contextmanager
def writing() -> Iterator[list[str]]:
    """What begins a transaction that may write, on any SQLite database meanwhile: it waits for whoever writes."""
    begun: list[str] = []

    def listen(_connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            begun.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        yield begun
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
