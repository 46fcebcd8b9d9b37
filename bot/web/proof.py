"""The proof that something can be stored: not that the database answers, but that a row and a file find their place."""

from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from models.inbound import Cursor
from models.store import Store

#: Characters and bytes that are written and taken back: more than an event, a card or a page of SQLite's needs.
ROOM = 32 * 1024
#: Codes of PostgreSQL (its manual, appendix A), and the beginnings of SQLite's names of results -> how that is told.
POSTGRESQL = {"53100": "full", "25006": "read-only", "53300": "busy", "55P03": "locked"}
SQLITE = {
    "SQLITE_FULL": "full",
    "SQLITE_READONLY": "read-only",
    "SQLITE_BUSY": "locked",
    "SQLITE_CANTOPEN": "away",
    "SQLITE_IOERR": "cannot be written",
}
#: Of a connection that does not come about.
AWAY = "away"
ELSE = "cannot be written"


def row_stored(store: Store) -> str:
    """Insert a row and delete it, committed; returns "" or what is in the way, without a secret. Blocks.

    A transaction that is rolled back would prove nothing: where the disk is full it is the commit that fails. What is
    freed again is what the next row takes.
    """
    try:
        with store.write(first=True) as session:
            row = Cursor(name=f"readyz:{token_hex(8)}", value=token_hex(ROOM // 2))
            session.add(row)
            session.flush()
            session.delete(row)
    except SQLAlchemyError as error:
        return _in_words(getattr(error, "orig", None))
    return ""


def file_stored(folder: Path) -> str:
    """Write a file and delete it; returns "" or what is in the way. Blocks."""
    probe = folder / f".readyz-{token_hex(8)}"
    try:
        probe.write_bytes(bytes(ROOM))
    except OSError as error:
        return (error.strerror or ELSE).lower()
    finally:
        probe.unlink(missing_ok=True)
    return ""


def _in_words(fault: Any) -> str:
    name = getattr(fault, "sqlite_errorname", "")
    if name:
        return next((told for begin, told in SQLITE.items() if name.startswith(begin)), ELSE)
    code = getattr(fault, "sqlstate", None)
    return POSTGRESQL.get(code, ELSE) if code else AWAY
