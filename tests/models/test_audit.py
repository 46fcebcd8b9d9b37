"""The audit log: appended only, and every tampering shows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.audit import GENESIS, AuditEntry, append, broken_at
from models.store import Store
from support.desks import copied

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def entry(action: str) -> AuditEntry:
    return AuditEntry(at=NOW, actor="Ada", action=action, subject="P1", after={"ü": [1, None]}, previous="", hash="")


@pytest.fixture
def store(migrated: Path, tmp_path: Path) -> Iterator[Store]:
    made = copied(migrated, tmp_path)
    for action in ("one", "two", "three"):
        with made.write() as session:
            append(session, entry(action))
    yield made
    made.close()


def test_an_untouched_log_is_whole(store: Store) -> None:
    with store.read() as session:
        assert broken_at(session) is None
        first = session.get(AuditEntry, 1)
        assert first
        assert first.previous == GENESIS


@pytest.mark.parametrize(
    ("tampering", "at"),
    [
        ("UPDATE audit SET actor = 'Bruno' WHERE id = 2", 2),
        ("UPDATE audit SET after = '{}' WHERE id = 3", 3),
        ("DELETE FROM audit WHERE id = 2", 3),
        ("DELETE FROM audit WHERE id = 1", 2),
        ("UPDATE audit SET previous = 'x', hash = 'y' WHERE id = 1", 1),
    ],
)
def test_every_tampering_shows_where_it_begins(store: Store, tampering: str, at: int) -> None:
    with store.write() as session:
        session.execute(text(tampering))
    with store.read() as session:
        assert broken_at(session) == at


def test_the_chain_cannot_fork(store: Store) -> None:
    with store.read() as session:
        two = session.get(AuditEntry, 2)
    assert two
    twin = entry("three")
    twin.previous = two.hash
    twin.hash = twin.compute()
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(twin)
