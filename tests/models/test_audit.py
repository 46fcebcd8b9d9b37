"""The audit log: appended only, and every tampering shows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import select

from models.audit import GENESIS, AuditEntry, append, chain, fits
from models.store import Store
from support.desks import copied

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def entry(action: str) -> AuditEntry:
    return AuditEntry(at=NOW, actor="Ada", action=action, subject="P1", after={"ü": [1, None]}, previous="", hash="")


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[Store]:
    made = (
        copied(migrated, tmp_path) if request.param == "sqlite" else Store(request.getfixturevalue("migrated_postgres"))
    )
    for action in ("one", "two", "three"):
        with made.write() as session:
            append(session, entry(action))
    yield made
    made.close()


def test_an_untouched_log_is_whole(store: Store) -> None:
    with store.read() as session:
        assert chain(session).broken_at is None
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
    unsealed(store, tampering)
    with store.read() as session:
        assert chain(session).broken_at == at
        entry = session.get(AuditEntry, at)
        assert entry
        assert not fits(session, entry)


def test_what_is_taken_back_within_a_transaction_is_not_in_the_log(store: Store) -> None:
    with store.write() as session:
        append(session, entry("four"))
        with session.begin_nested() as savepoint:
            append(session, entry("never"))
            savepoint.rollback()
        with session.begin_nested():
            append(session, entry("five"))
    with store.write() as session:
        append(session, entry("never"))
        session.rollback()
    with store.read() as session:
        assert [e.action for e in session.exec(select(AuditEntry))] == ["one", "two", "three", "four", "five"]
        assert chain(session).broken_at is None


def test_what_was_written_within_what_is_taken_back_is_not_in_the_log_either(store: Store) -> None:
    with store.write() as session:
        with session.begin_nested() as outer:
            with session.begin_nested():
                append(session, entry("never"))
            outer.rollback()
        append(session, entry("four"))
    with store.read() as session:
        assert [e.action for e in session.exec(select(AuditEntry))] == ["one", "two", "three", "four"]


def test_who_has_written_keeps_nobody_from_the_log_while_the_transaction_goes_on(migrated_postgres: str) -> None:
    store = Store(migrated_postgres)
    with store.write() as slow:
        append(slow, entry("begun first"))
        with store.write() as quick:
            append(quick, entry("ended first"))
    with store.read() as session:
        assert [e.action for e in session.exec(select(AuditEntry))] == ["ended first", "begun first"]
        assert chain(session).broken_at is None
    store.close()


def test_whoever_kept_the_head_sees_that_the_end_was_cut_off(store: Store) -> None:
    with store.read() as session:
        before = chain(session)
    unsealed(store, "DELETE FROM audit WHERE id = 3")
    with store.read() as session:
        after = chain(session)
    assert (before.entries, after.entries, after.broken_at) == (3, 2, None)
    assert before.head != after.head


@pytest.mark.parametrize("deed", ["UPDATE audit SET actor = 'Bruno'", "DELETE FROM audit WHERE id = 2"])
def test_the_database_itself_changes_and_deletes_nothing_in_the_log(store: Store, deed: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), store.write() as session:
        session.execute(text(deed))


def unsealed(store: Store, tampering: str) -> None:
    """Somebody with all rights on the database does it."""
    triggers = ("audit_no_update", "audit_no_delete") if store.is_sqlite else ("audit_append_only ON audit",)
    with store.write() as session:
        for trigger in triggers:
            session.execute(text(f"DROP TRIGGER {trigger}"))
        session.execute(text(tampering))


@pytest.mark.parametrize("action", ["three", "another"])
def test_the_chain_cannot_fork(store: Store, action: str) -> None:
    with store.read() as session:
        two = session.get(AuditEntry, 2)
    assert two
    twin = entry(action)
    twin.previous = two.hash
    twin.hash = twin.compute()
    with pytest.raises(IntegrityError), store.write() as session:
        session.add(twin)
