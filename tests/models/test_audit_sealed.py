"""The sealed log: whatever somebody with all rights on the database does to it shows, and says how."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from models.audit import GENESIS, AuditEntry, Fault, Keyless, append, chain, end_of, fits
from models.audit_head import Verdict, compare, head
from models.audit_key import Because, Key, Ring, key_of
from models.store import Store
from support.desks import copied
from support.sealed_log import NOW, begin, entry, found, rehashed, unsealed, write


def test_an_untouched_log_is_whole_and_its_old_entries_are_pinned(store: Store) -> None:
    with store.read() as session:
        seen = chain(session)
        assert (seen.entries, seen.broken_at, seen.plain, seen.unknown, seen.number) == (8, None, 2, 0, 8)
        first = session.get_one(AuditEntry, 3)
        assert first.previous == session.get_one(AuditEntry, 2).hash
        assert all(fits(session, row) for row in session.exec(select(AuditEntry)).all())
        assert not session.get_one(AuditEntry, 2).seal


SWAP = (
    "UPDATE audit SET id = -5 WHERE id = 5",
    "UPDATE audit SET id = 5 WHERE id = 6",
    "UPDATE audit SET id = 6 WHERE id = -5",
)


#: What is done -> the first entry that does not fit, and how.
TAMPERING: list[tuple[tuple[str, ...], int, Fault]] = [
    (("DELETE FROM audit WHERE id = 5",), 6, Fault.MISSING),
    (("DELETE FROM audit WHERE id = 2",), 3, Fault.MISSING),
    (("DELETE FROM audit WHERE id = 1",), 2, Fault.MISSING),
    (("DELETE FROM audit WHERE id > 2",), 2, Fault.CUT),
    (("DELETE FROM audit",), 0, Fault.EMPTIED),
    (SWAP, 5, Fault.ORDER),
    (("UPDATE audit SET key = '', seal = '' WHERE id = 5",), 5, Fault.ALTERED),
    (("UPDATE audit SET seal = '' WHERE id = 5",), 5, Fault.FORGED),
    (("UPDATE audit SET actor = 'Bruno' WHERE id = 6",), 6, Fault.ALTERED),
    (("UPDATE audit SET actor = 'Bruno' WHERE id = 1",), 1, Fault.ALTERED),
    (("UPDATE audit SET action = 'approved' WHERE id = 6",), 6, Fault.ALTERED),
    (("UPDATE audit SET subject = 'P2' WHERE id = 6",), 6, Fault.ALTERED),
    (("UPDATE audit SET source = 'slack:C2:1' WHERE id = 6",), 6, Fault.ALTERED),
    (("UPDATE audit SET at = '2026-11-29 09:00:00' WHERE id = 6",), 6, Fault.ALTERED),
    (("UPDATE audit SET before = '{\"a\": 1}' WHERE id = 6",), 6, Fault.ALTERED),
    (("UPDATE audit SET after = '{}' WHERE id = 8",), 8, Fault.ALTERED),
    (("UPDATE audit SET after = '[7]' WHERE id = 8",), 8, Fault.ALTERED),
    (("UPDATE audit SET id = 9 WHERE id = 8",), 9, Fault.ALTERED),
]


@pytest.mark.parametrize(("tampering", "at", "fault"), TAMPERING)
def test_every_tampering_shows_where_it_begins_and_what_it_is(
    store: Store, tampering: tuple[str, ...], at: int, fault: Fault
) -> None:
    unsealed(store, *tampering)
    assert found(store) == (at, fault)


def test_on_postgresql_every_tampering_shows_too(elsewhere: Store) -> None:
    for tampering, at, fault in TAMPERING:
        with elsewhere._engine.connect() as connection:  # which is rolled back
            for statement in ("DROP TRIGGER audit_append_only ON audit", *tampering):
                connection.execute(text(statement))
            with Session(connection, info=elsewhere._info) as session:
                seen = chain(session)
                assert (seen.broken_at, seen.fault) == (at, fault), tampering
                session.rollback()
    assert found(elsewhere) == (None, None)


def test_who_a_member_was_cannot_be_changed_either(store: Store) -> None:
    with store.write() as session:
        session.execute(
            text(
                "INSERT INTO member (id, name, roles, language, zone, active, created_at) "
                "VALUES (7, 'Eve', '[]', '', '', true, '2026-11-30 09:00:00')"
            )
        )
    unsealed(store, "UPDATE audit SET member_id = 7 WHERE id = 6")
    assert found(store) == (6, Fault.ALTERED)


@pytest.mark.parametrize(
    ("first", "changes", "at", "fault"),
    [
        (5, {"actor": "Bruno"}, 5, Fault.FORGED),
        (8, {"actor": "Bruno"}, 8, Fault.FORGED),
        (1, {"actor": "Bruno"}, 3, Fault.REWRITTEN),
        (5, {"key": "", "seal": ""}, 5, Fault.UNSEALED),
        (5, {"key": "0123456789abcdef"}, 5, Fault.UNKNOWN_KEY),
    ],
)
def test_recomputed_hashes_do_not_hide_it(
    store: Store, first: int, changes: dict[str, Any], at: int, fault: Fault
) -> None:
    rehashed(store, first, **changes)
    assert found(store) == (at, fault)


def test_on_postgresql_recomputed_hashes_do_not_hide_it_either(elsewhere: Store) -> None:
    rehashed(elsewhere, 5, actor="Bruno")
    write(elsewhere, "nine")
    assert found(elsewhere) == (5, Fault.FORGED)


def test_a_log_that_was_made_plain_again_is_found(store: Store) -> None:
    unsealed(store, "UPDATE audit SET key = '', seal = ''", "DROP INDEX uq_audit_previous")
    with Session(store._engine) as session:
        previous = GENESIS
        for row in session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).all():
            row.previous = previous
            row.hash = previous = row.compute()
        session.commit()
    assert found(store) == (3, Fault.UNSEALED)


def test_entries_that_follow_a_forged_end_do_not_make_it_good(store: Store) -> None:
    rehashed(store, 5, actor="Bruno")
    write(store, "nine")
    assert found(store) == (5, Fault.FORGED)


def test_an_end_that_was_cut_and_written_over_shows_in_an_earlier_head(store: Store) -> None:
    with store.read() as session:
        kept = head(session)
    assert kept
    unsealed(store, "DELETE FROM audit WHERE id > 6")
    write(store, "another seven", "another eight", "nine")
    assert found(store) == (None, None)
    with store.read() as session:
        assert compare(session, kept).verdict is Verdict.REWRITTEN


def test_entries_of_another_desk_do_not_fit(store: Store, migrated: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    copied(migrated, tmp_path / "other").close()
    other = Store(f"sqlite:///{tmp_path / 'other' / 'copy.db'}", ring=Ring())
    begin(other, secret=b"o" * 32)
    write(other, "a", "b")
    with other.read() as session:
        theirs = [row.model_dump() for row in session.exec(select(AuditEntry)).all()]
    other.close()
    unsealed(store, "DELETE FROM audit WHERE id > 5")
    with Session(store._engine) as session:
        for row in theirs[1:]:
            session.add(AuditEntry(**{**row, "id": row["id"] + 4}))
        session.commit()
    assert found(store) == (6, Fault.REWRITTEN)
    unsealed_again = "UPDATE audit SET previous = (SELECT hash FROM audit WHERE id = 5) WHERE id = 6"
    with store._engine.begin() as connection:
        connection.execute(text(unsealed_again))
    rehashed_from(store, 6)
    assert found(store) == (6, Fault.UNKNOWN_KEY)


def rehashed_from(store: Store, first: int) -> None:
    with Session(store._engine) as session:
        rows = session.exec(select(AuditEntry).where(col(AuditEntry.id) >= first).order_by(col(AuditEntry.id))).all()
        previous = rows[0].previous
        for row in rows:
            row.previous = previous
            row.hash = previous = row.compute()
        session.commit()


# -- keys --------------------------------------------------------------------------------------------------------------


def test_without_the_key_hashes_still_hold_and_nothing_can_be_written(store: Store) -> None:
    plain, stranger = Store(store.url), Store(store.url, ring=Ring())
    with plain.read() as session:
        assert chain(session).broken_at is None
    for keyless in (plain, stranger):
        with pytest.raises(Keyless, match="BOTTEGA_DESK__SECRET_KEY"), keyless.write() as session:
            append(session, entry("nine"))
    assert found(stranger) == (3, Fault.UNKNOWN_KEY)
    plain.close()
    stranger.close()


def test_a_new_key_after_a_loss_pins_what_was_there(store: Store) -> None:
    ring: Ring = store._info["audit_ring"]  # type: ignore[assignment]
    ring.take(())
    with store.write() as session:  # as bot.audit_keys does: the key is there before the entry is sealed
        number, previous, _ = end_of(session)
        ring.add(Key(b"n" * 32, number + 1, previous, Because.LOST, NOW))
        append(session, entry(Because.LOST))
    write(store, "ten")
    with store.read() as session:
        seen = chain(session)
        assert (seen.broken_at, seen.unknown, seen.plain) == (None, 6, 2)
    rehashed(store, 4, actor="Bruno")
    assert found(store) == (9, Fault.REWRITTEN)


def test_what_was_accepted_is_told_and_is_no_fault_any_more_but_what_comes_after_is(store: Store) -> None:
    rehashed(store, 5, actor="Bruno")
    begin(store, Because.ACCEPTED, b"n" * 32)
    write(store, "ten", "eleven")
    with store.read() as session:
        seen = chain(session)
        assert (seen.broken_at, seen.excused) == (None, 5)
    rehashed_from_without_trigger(store, 10)
    assert found(store) == (10, Fault.FORGED)


def rehashed_from_without_trigger(store: Store, first: int) -> None:
    with Session(store._engine) as session:
        row = session.get_one(AuditEntry, first)
        row.actor = "Bruno"
        session.commit()
    rehashed_from(store, first)


def test_an_altered_entry_is_not_excused_by_accepting(store: Store) -> None:
    unsealed(store, "UPDATE audit SET actor = 'Bruno' WHERE id = 5")
    begin(store, Because.ACCEPTED, b"n" * 32)
    assert found(store) == (5, Fault.ALTERED)


def test_a_key_is_kept_as_a_line_and_known_by_an_id_that_nobody_can_choose() -> None:
    key = Key(b"s" * 32, 3, GENESIS, Because.LOST, NOW)
    assert key_of(key.text) == key
    assert "73737373" not in repr(key)
    assert key.id != Key(b"t" * 32, 3, GENESIS, Because.LOST, NOW).id
    for broken in ("", "x", key.text[2:], key.text.replace("LOST", "FOUND"), key.text.replace(" 3 ", " three ")):
        with pytest.raises(ValueError):
            key_of(broken)
