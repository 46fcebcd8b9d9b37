"""Counts what an act costs, exactly: what is asked of the database and the networks, in lines that can be compared."""

import collections
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, event

from models.trace import current

#: The words of a statement by which people know it.
_TABLES = re.compile(r"\b(?:FROM|INTO|UPDATE|JOIN)\s+\"?(\w+)", re.IGNORECASE)
#: Requests that are chat messages: shown, changed, or shown to one person.
_MESSAGES = re.compile(
    r"chat\.(?:postMessage|postEphemeral|update)$|(?:send(?:Message|Photo|Video|MediaGroup)|editMessage\w+)$|/actions/|/commands/"
)
#: What a chat asks by itself, whatever anybody does.
CLOCKWORK = ("/getUpdates", "/setMyCommands", "/apps.connections.open")
#: What differs from one run to the next in the path of a request: ids.
_IDS = re.compile(r"(?<=/)(?:bot\d+:[^/]+|\d{4,}|[\w-]{20,})(?=/|$)")


@dataclass
class Cost:
    """What one act costs."""

    name: str
    commits: int = 0
    statements: collections.Counter[str] = field(default_factory=collections.Counter)
    rows: collections.Counter[str] = field(default_factory=collections.Counter)
    requests: collections.Counter[str] = field(default_factory=collections.Counter)
    said: dict[str, set[str]] = field(default_factory=dict)  #: short statement -> the whole of it, for who asks

    def executed(self, statement: str, rows: int) -> None:
        """One statement; `rows`: how many it changed."""
        short = shortened(statement)
        self.statements[short] += 1
        self.said.setdefault(short, set()).add(statement)
        if short.startswith(("INSERT", "UPDATE", "DELETE")):
            self.rows[short] += _changed(statement, rows)

    def asked(self, where: str, requests: Iterable[dict[str, Any]]) -> None:
        """Requests that a sandbox has logged."""
        for one in requests:
            if not one["path"].startswith("/_") and not one["path"].endswith(CLOCKWORK):
                self.requests[f"{where} {one['method']} {_IDS.sub('…', one['path'])}"] += 1

    @property
    def messages(self) -> int:
        """Of the requests, those that show something in a chat."""
        return sum(often for path, often in self.requests.items() if _MESSAGES.search(path))

    def lines(self) -> list[str]:
        """The whole of it, as the table has it."""
        totals = {
            "statement": self.statements.total(),
            "changed row": self.rows.total(),
            "commit": self.commits,
            "request": self.requests.total(),
            "chat message": self.messages,
        }
        found = [f"## {self.name}", "", ", ".join(_plural(often, name) for name, often in totals.items()), ""]
        for name in sorted(self.statements):
            changed = f", {_plural(self.rows[name], 'row')}" if name in self.rows else ""
            found.append(f"- {self.statements[name]} × {name}{changed}")
        found += [f"- {self.requests[name]} × {name}" for name in sorted(self.requests)]
        return [*found, ""]


def _plural(often: int, name: str) -> str:
    return f"{often} {name}" if often == 1 else f"{often} {name}s"


def _changed(statement: str, rows: int) -> int:
    """Rows that the statement changed; of one that returns what it inserts the driver does not know them yet."""
    return statement.count("(?") or 1 if rows < 1 and " RETURNING " in statement else max(0, rows)


def shortened(statement: str) -> str:
    """What kind of statement it is, and of which tables: "SELECT delivery, lane"."""
    verb = statement.split(maxsplit=1)[0].upper()
    tables = list(dict.fromkeys(_TABLES.findall(statement)))
    return f"{verb} {', '.join(tables[:1] if verb != 'SELECT' else tables)}".strip()


@dataclass
class _Transaction:
    statements: list[tuple[str, int]] = field(default_factory=list)
    is_ours: bool = False  #: it writes, or it is part of an act: what only looks whether there is work is no part


class Counter:
    """Counts what SQLAlchemy does in this process while something is counted; thread-safe.

    A look by the worker whether anything has come is no part of an act: its transaction reads, bears no trace, and is
    not the test's own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cost: Cost | None = None
        self._main = threading.get_ident()
        self._blind = False  #: what the test's own thread does is not seen

    @contextmanager
    def into(self, cost: Cost) -> Iterator[None]:
        """What is done in the block."""
        listeners: list[tuple[str, Callable[..., None]]] = [
            ("begin", self._begun),
            ("after_cursor_execute", self._executed),
            ("commit", self._committed),
            ("rollback", self._ended),
        ]
        self._cost = cost
        for name, listener in listeners:
            event.listen(Engine, name, listener)
        try:
            yield
        finally:
            for name, listener in listeners:
                event.remove(Engine, name, listener)
            self._cost = None

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """What the test itself does in the block does not count."""
        self._blind = True
        try:
            yield
        finally:
            self._blind = False

    def _begun(self, connection: Any) -> None:
        connection.info["costs"] = _Transaction(is_ours=threading.get_ident() == self._main)

    def _executed(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("BEGIN"):
            return
        transaction = connection.info.setdefault("costs", _Transaction())
        transaction.statements.append((statement, cursor.rowcount))
        if current() or not statement.lstrip().upper().startswith("SELECT"):
            transaction.is_ours = True

    def _committed(self, connection: Any) -> None:
        self._close(connection, commits=1)

    def _ended(self, connection: Any) -> None:
        self._close(connection, commits=0)

    def _close(self, connection: Any, commits: int) -> None:
        transaction = connection.info.pop("costs", _Transaction())
        unseen = self._blind and threading.get_ident() == self._main  # what other threads end meanwhile counts
        if self._cost is None or unseen or not transaction.is_ours:
            return
        with self._lock:
            self._cost.commits += commits
            for statement, rows in transaction.statements:
                self._cost.executed(statement, rows)
