"""Heads of the sealed log: what one that was kept tells of it later, and which bytes are hashed."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.audit import GENESIS, AuditEntry, Fault, append, bytes_of, chain, computed
from models.audit_head import Head, Verdict, compare, head, head_of
from models.audit_key import Because
from models.store import Store
from support.sealed_log import TEXT, begin, entry, found, unsealed, write

# -- heads -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tampering", "verdict"),
    [
        ("UPDATE audit SET actor = actor", Verdict.HELD),
        ("DELETE FROM audit WHERE id > 6", Verdict.CUT),
        ("DELETE FROM audit", Verdict.EMPTIED),
        ("UPDATE audit SET hash = 'x' WHERE id = 7", Verdict.REWRITTEN),
        ("UPDATE audit SET id = 70 WHERE id = 7", Verdict.MOVED),
    ],
)
def test_a_head_that_was_kept_tells_what_became_of_the_log(store: Store, tampering: str, verdict: Verdict) -> None:
    with store.read() as session:
        kept = session.get_one(AuditEntry, 7)
    unsealed(store, tampering)
    with store.read() as session:
        assert compare(session, Head(7, kept.hash)).verdict is verdict
        assert compare(session, head_of(f"7:{kept.hash[:16]}…")).verdict is verdict


def test_a_head_from_after_the_copy_is_told_for_that(store: Store) -> None:
    with store.read() as session:
        kept = head(session)
    assert kept
    unsealed(store, "DELETE FROM audit WHERE id > 6")
    begin(store, Because.RESTORED, b"n" * 32)
    write(store, "on it goes", "and on")
    with store.read() as session:
        seen = compare(session, kept)
        assert (seen.verdict, seen.restored_at) == (Verdict.OLDER, 7)
        assert chain(session).broken_at is None


@pytest.mark.parametrize(
    "typed", [" 12:{h} ", "`12:{h}`", "“12:{h}”", "12: {H}", "12:{s}…", "12:{h} 0123456789abcdef -"]
)
def test_a_head_is_taken_as_people_paste_it(typed: str) -> None:
    digest = "9f2c" * 16
    assert head_of(typed.format(h=digest, H=digest.upper(), s=digest[:16])).number == 12


@pytest.mark.parametrize(
    "typed", ["", "12", "12:", "0:{h}", "x:{h}", "12:9f2c", "12:{h}0", "²:{h}", ":{h}", "12:zz{h}"]
)
def test_what_is_no_head_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        head_of(typed.format(h="9f2c" * 16))


# -- the bytes ---------------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(TEXT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(TEXT), inner, max_size=3),
    max_leaves=8,
)


@given(
    words=st.lists(st.text(TEXT), min_size=4, max_size=4),
    values=st.lists(st.dictionaries(st.text(TEXT), JSON, max_size=3), min_size=2, max_size=2),
    member=st.none() | st.integers(1),
    at=st.datetimes(timezones=st.just(UTC)),
    key=st.sampled_from(["", "0123456789abcdef"]),
)
def test_what_is_read_from_the_database_is_hashed_as_it_was_when_it_was_written(
    words: list[str], values: list[dict[str, Any]], member: int | None, at: datetime, key: str
) -> None:
    actor, action, subject, source = words
    before, after = values
    written = AuditEntry(
        id=7,
        at=at,
        member_id=member,
        actor=actor,
        action=action,
        subject=subject,
        before=before,
        after=after,
        source=source,
        previous=GENESIS,
        hash="",
        key=key,
    )
    stored = (
        7,
        at,
        member,
        actor,
        action,
        subject,
        json.dumps(before),
        json.dumps(after),
        source,
        GENESIS,
        "",
        key,
        "",
    )
    assert sha256(bytes_of(stored)).hexdigest() == computed(written)


# -- what it costs -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["store", "elsewhere"])
def test_entries_cost_no_statement_more_than_without_a_key(where: str, request: pytest.FixtureRequest) -> None:
    store: Store = request.getfixturevalue(where)
    from sqlalchemy import event

    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement.split(maxsplit=1)[0])

    event.listen(store._engine, "before_cursor_execute", listen)
    with store.write() as session:
        for number in range(3):
            append(session, entry(f"n{number}"))
    lock = [] if store.is_sqlite else ["SELECT"]
    assert [word for word in said if word in {"SELECT", "INSERT", "UPDATE"}] == [*lock, "SELECT", "INSERT"]
    with store.read() as session:
        assert json.dumps(session.get_one(AuditEntry, 11).after) == json.dumps({"ü": [1, None]})


def test_what_is_no_json_any_more_is_named_and_breaks_nothing(store: Store) -> None:
    unsealed(store, "UPDATE audit SET after = '{broken' WHERE id = 8")
    assert found(store) == (8, Fault.ALTERED)
