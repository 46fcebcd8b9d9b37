"""A sealed log of eight entries, and what somebody with all rights on the database can do to it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session, col, select

from models.audit import AuditEntry, Fault, append, chain, end_of
from models.audit_key import Because, Key, Ring
from models.store import Store
from support.desks import copied

#: Whatever UTF-8 can hold.
TEXT = st.characters(codec="utf-8")
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
TRIGGERS = {"sqlite": ("audit_no_update", "audit_no_delete"), "postgresql": ("audit_append_only ON audit",)}


def entry(action: str, **more: Any) -> AuditEntry:
    given = {"actor": "Ada", "subject": "P1", "after": {"ü": [1, None]}, "source": "slack:C1:1", **more}
    return AuditEntry(at=NOW, action=action, previous="", hash="", **given)


def write(store: Store, *actions: str) -> None:
    for action in actions:
        with store.write() as session:
            append(session, entry(action))


def begin(store: Store, because: Because = Because.FIRST, secret: bytes = b"s" * 32) -> Key:
    """A new key, as `bot.audit_keys` makes one."""
    with store.write() as session:
        number, previous, old = end_of(session)
        key = Key(secret, number + 1, previous, because, NOW + timedelta(minutes=number))
        ring = session.info["audit_ring"]
        ring.add(key)
        append(session, entry(because.value, after={"key": key.id}, before={"key": old}))
    return key


def filled(made: Store) -> Store:
    """Entries 1 and 2 are plain, 3 begins the key, 4 to 8 are sealed with it."""
    made.migrate()
    write(made, "plain one", "plain two")
    begin(made)
    write(made, "four", "five", "six", "seven", "eight")
    return made


@pytest.fixture
def store(migrated: Path, tmp_path: Path) -> Iterator[Store]:
    copied(migrated, tmp_path).close()
    made = filled(Store(f"sqlite:///{tmp_path / 'copy.db'}", ring=Ring()))
    yield made
    made.close()


@pytest.fixture
def elsewhere(postgres: str) -> Iterator[Store]:
    """The same on PostgreSQL, for one test each: making it takes seconds."""
    made = filled(Store(postgres, ring=Ring()))
    yield made
    made.close()


def unsealed(store: Store, *tampering: str) -> None:
    """Somebody with all rights on the database does it."""
    with store._engine.begin() as connection:
        for trigger in TRIGGERS[connection.dialect.name]:
            connection.execute(text(f"DROP TRIGGER {trigger}"))
        for statement in tampering:
            connection.execute(text(statement))


def rehashed(store: Store, first: int, **changes: Any) -> None:
    """Somebody without the key changes an entry, and computes every hash from there on as the code does."""
    unsealed(store, "DROP INDEX uq_audit_previous")
    with Session(store._engine) as session:
        rows = session.exec(select(AuditEntry).where(col(AuditEntry.id) >= first).order_by(col(AuditEntry.id))).all()
        for name, value in changes.items():
            setattr(rows[0], name, value)
        previous = rows[0].previous
        for row in rows:
            row.previous = previous
            row.hash = previous = row.compute()
        session.commit()


def found(store: Store) -> tuple[int | None, Fault | None]:
    with store.read() as session:
        seen = chain(session)
        return seen.broken_at, seen.fault
