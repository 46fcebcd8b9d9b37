"""The audit log: append-only, each entry chained to the one before by a hash and sealed with the log's own key.

The hash can be computed by everybody, so that nothing is altered in one place alone; the seal only by those who have
the key, so that nobody rewrites the rest to fit. docs/audit-log.md has the exact bytes.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from json.encoder import encode_basestring as _quoted
from typing import Any

from sqlalchemy import JSON, Connection, Index, Row, Table, Text, cast, event
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Field, Session, SQLModel, col, select

from models.audit_key import NO_KEYS, Because, Key, Ring

#: What the first entry is chained to.
GENESIS = "0" * 64
#: Of the bytes that are hashed.
_canonical = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode
_decoded = json.JSONDecoder().raw_decode


class Keyless(RuntimeError):
    """The log has a key, and this writer was not given it: its entry would look like somebody else's."""


def computed(entry: "AuditEntry") -> str:
    """The hash over everything else in the entry; its number and key count once it has a key."""
    body = {
        "at": entry.at.isoformat(),
        "member": entry.member_id,
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "before": entry.before,
        "after": entry.after,
        "source": entry.source,
        "previous": entry.previous,
    }
    if entry.key:
        body |= {"number": entry.id, "key": entry.key}
    return sha256(_canonical(body).encode()).hexdigest()


def bytes_of(row: Sequence[Any]) -> bytes:
    """What `computed` hashes, of a row whose `before` and `after` are text. Raises ValueError where that is no JSON.

    Written out, because a log may have a million entries.
    """
    number, at, member, actor, action, subject, before, after, source, previous, _, key, _ = row
    named, numbered = (f'"key": {_quoted(key)}, ', f'"number": {number}, ') if key else ("", "")
    member = "null" if member is None else member
    return (
        f'{{"action": {_quoted(action)}, "actor": {_quoted(actor)}, "after": {_sorted(after)}, '
        f'"at": "{at.isoformat()}", "before": {_sorted(before)}, {named}"member": {member}, {numbered}'
        f'"previous": {_quoted(previous)}, "source": {_quoted(source)}, "subject": {_quoted(subject)}}}'
    ).encode()


def _sorted(stored: str) -> str:
    return stored if stored == "{}" else _canonical(_decoded(stored)[0])


class AuditEntry(SQLModel, table=True):
    """Who did what to what, before and after, and the chat message it came from. Nobody deletes its rows."""

    __tablename__ = "audit"
    # Two entries can never follow the same one, so that the chain cannot fork.
    __table_args__ = (Index("uq_audit_previous", "previous", unique=True),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime
    member_id: int | None = Field(default=None, foreign_key="member.id")  #: None: the desk itself or the public
    actor: str  #: the name at that time
    action: str
    subject: str = Field(index=True)
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    source: str = ""  #: the chat message or event it came from
    previous: str
    hash: str = Field(unique=True)
    key: str = Field(default="", sa_column_kwargs={"server_default": ""})  #: which one sealed it; empty: none yet
    seal: str = Field(default="", sa_column_kwargs={"server_default": ""})  #: HMAC-SHA256 of `hash` with that key

    def compute(self) -> str:
        """The hash over everything else in the entry."""
        return computed(self)


#: The database itself refuses to change or delete what was written; migration 0003 has the same words.
SEALS = {
    "sqlite": [
        f"CREATE TRIGGER audit_no_{deed} BEFORE {deed.upper()} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
        for deed in ("update", "delete")
    ],
    "postgresql": [
        (
            "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$"
        ),
        (
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
        ),
    ],
}


#: Entries read at once.
SOME = 2000
#: `before` and `after` as they are stored, text.
_COLUMNS = (
    *(col(getattr(AuditEntry, name)) for name in "id at member_id actor action subject".split()),
    *(cast(getattr(AuditEntry, name), Text).label(name) for name in ("before", "after")),
    *(col(getattr(AuditEntry, name)) for name in "source previous hash key seal".split()),
)
#: In a session's `info`: the entries of its transaction, each with the savepoints in which it was written.
_WRITTEN = "audit"
#: In a session's `info`: the keys of the log that its store was given.
RING = "audit_ring"
#: The number, hash and key of the last entry.
_HEAD = select(AuditEntry.id, AuditEntry.hash, AuditEntry.key).order_by(col(AuditEntry.id).desc()).limit(1)


@event.listens_for(SQLModel.metadata.tables["audit"], "after_create")
def _seal(_table: Table, connection: Connection, **_: Any) -> None:
    for statement in SEALS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def append(session: Session, entry: AuditEntry) -> None:
    """Write the entry at the end of the chain, once the transaction ends: until then nobody waits for that end.

    A savepoint that is rolled back takes with it what was written since.
    """
    session.info.setdefault(_WRITTEN, []).append((_savepoints(session), entry))


def _savepoints(session: Session) -> list[SessionTransaction]:
    """Those that are open, the innermost first."""
    found, within = [], session.get_nested_transaction()
    while within is not None and within.nested:
        found.append(within)
        within = within.parent
    return found


@event.listens_for(Session, "after_soft_rollback")
def _take_back(session: Session, ended: SessionTransaction) -> None:
    kept = [(within, entry) for within, entry in session.info.get(_WRITTEN, []) if ended not in within]
    session.info[_WRITTEN] = kept if ended.nested else []


def written(session: Session) -> list[AuditEntry]:
    """What this transaction has written and `seal` has not yet put into the chain."""
    return [entry for _within, entry in session.info.get(_WRITTEN, [])]


def ring_of(session: Session) -> Ring | None:
    """The keys that the session's store was given; None: none were asked for, so only hashes can be checked."""
    ring: Ring | None = session.info.get(RING)
    return ring


def end_of(session: Session) -> tuple[int, str, str]:
    """The number, hash and key of the last entry; those of an empty log: 0, GENESIS, ""."""
    found = session.exec(_HEAD).first()
    return (found[0] or 0, found[1], found[2]) if found else (0, GENESIS, "")


def seal(session: Session) -> None:
    """Chain what was written to the last entry. The caller's transaction holds the only writer's place.

    Raises Keyless where the log has a key and the session has none.
    """
    number, previous, sealed_with = end_of(session)
    key = (ring_of(session) or NO_KEYS).newest
    if key is None and sealed_with:
        raise Keyless(
            f"The key of the audit log, {sealed_with}, is not here, and nothing can be written without it. Set the "
            "desk's secret_key (BOTTEGA_DESK__SECRET_KEY), or use its data folder, where audit.key lies."
        )
    for entry in written(session):
        number += 1
        entry.id, entry.previous, entry.key = number, previous, key.id if key else ""
        entry.hash = previous = entry.compute()
        entry.seal = key.seal(previous) if key else ""
        session.add(entry)
    session.info.pop(_WRITTEN, None)
    session.flush()


def fits(session: Session, entry: AuditEntry) -> bool:
    """Whether the entry is as it was written, and follows the one before it; of a key that is not here only that."""
    query = select(AuditEntry.hash, AuditEntry.key).where(col(AuditEntry.id) < entry.id)
    before, sealed_with = session.exec(query.order_by(col(AuditEntry.id).desc()).limit(1)).first() or (GENESIS, "")
    key = (ring_of(session) or NO_KEYS).get(entry.key)
    is_sealed = key.seal(entry.hash) == entry.seal if key else bool(entry.key) >= bool(sealed_with)
    return entry.previous == before and entry.hash == entry.compute() and is_sealed


# -- the whole of it ---------------------------------------------------------------------------------------------------


class Fault(StrEnum):
    """How an entry does not fit."""

    MISSING = "missing"  #: entries before it are gone
    ORDER = "order"  #: it stands in another place than it was written
    REWRITTEN = "rewritten"  #: what stands before it is not what it was written after
    ALTERED = "altered"  #: something in it is not what was hashed
    UNSEALED = "unsealed"  #: it has no seal, where each has one
    UNKNOWN_KEY = "unknown key"  #: it names a key that is not here
    FORGED = "forged"  #: its seal is not that of the key which it names
    EMPTIED = "emptied"  #: there is no entry, and there was one
    CUT = "cut"  #: it ends before the entry at which its key began


#: Such entries are pinned by their hashes, so that a key which began knowingly after them may leave them at that.
ABOUT_SEALS = frozenset({Fault.UNSEALED, Fault.UNKNOWN_KEY, Fault.FORGED})


@dataclass(frozen=True)
class Chain:
    """The whole log, looked through."""

    entries: int
    head: str  #: hash of the last entry: who kept an earlier one finds it among the entries, or the log was cut
    broken_at: int | None = None  #: the first entry that does not fit; 0 where none is there
    fault: Fault | None = None
    number: int = 0  #: of the last entry
    plain: int = 0  #: entries from before the log had a key
    unknown: int = 0  #: entries whose key is not here, from before the newest key began
    excused: int | None = None  #: the first entry that does not fit and was accepted since


def chain(session: Session, ring: Ring | None = None) -> Chain:
    """Look through every entry, oldest first, some at a time; for a reader, since it takes its time.

    `ring`: the keys, those of the session's store unless others are given; where there is none, hashes alone count.
    """
    look = _Look(session, ring or ring_of(session))
    for row in session.execute(select(*_COLUMNS).order_by(col(AuditEntry.id))).yield_per(SOME):
        look.at(row)
    return look.over()


class _Look:
    """One pass over the log."""

    def __init__(self, session: Session, ring: Ring | None) -> None:
        self._session, self._ring = session, ring
        self._newest = ring.newest if ring else None
        begun = list(self._begun())
        self._since = min((key.number for key in begun), default=None)
        self._accepted = max((key.number for key in begun if key.because is Because.ACCEPTED), default=0)
        self._seals = {key.id: key.seal for key in ring.keys} if ring else {}
        self._head, self._number, self._entries = GENESIS, 0, 0
        self._plain = self._unknown = 0
        self._first: tuple[int, Fault] | None = None
        self._excused: int | None = None

    def _begun(self) -> Iterator[Key]:
        """The newest key and those that began in this log: a restored one has lost what came after the copy."""
        for key in self._ring.keys if self._ring else ():
            query = select(AuditEntry.key).where(AuditEntry.id == key.number)
            if key is self._newest or self._session.exec(query).first() == key.id:
                yield key

    def at(self, row: Row[Any]) -> None:
        """The next entry."""
        if self._first is None:
            fault = self._fault(row)
            if fault in ABOUT_SEALS and row.id < self._accepted:
                self._excused = self._excused or row.id
            elif fault:
                self._first = (row.id, fault)
        self._head, self._number = row.hash, row.id
        self._entries += 1
        self._plain += not row.key

    def _fault(self, row: Row[Any]) -> Fault | None:
        if row.previous != self._head:
            return self._place(row)
        try:
            is_whole = row.hash == sha256(bytes_of(row)).hexdigest()
        except ValueError:
            is_whole = False
        if not is_whole:
            return Fault.ALTERED
        return self._sealed(row) if self._ring is not None else None

    def _place(self, row: Row[Any]) -> Fault:
        """Why it does not follow the one before it."""
        query = select(AuditEntry.id).where(AuditEntry.hash == row.previous)
        if (self._session.execute(query).scalar() or 0) > self._number:
            return Fault.ORDER
        return Fault.MISSING if row.id != self._number + 1 else Fault.REWRITTEN

    def _sealed(self, row: Row[Any]) -> Fault | None:
        newest, is_after = self._newest, self._since is not None and row.id >= self._since
        if newest and row.id == newest.number and row.previous != newest.previous:
            return Fault.REWRITTEN
        if not row.key:
            return Fault.UNSEALED if is_after or self._plain < self._entries else None
        seal = self._seals.get(row.key)
        if seal is None:
            self._unknown += 1
            return Fault.UNKNOWN_KEY if is_after or newest is None else None
        return None if seal(row.hash) == row.seal else Fault.FORGED

    def over(self) -> Chain:
        """What was found."""
        if self._first is None and self._newest and self._number < self._newest.number:
            self._first = (self._number, Fault.CUT if self._entries else Fault.EMPTIED)
        at, fault = self._first or (None, None)
        return Chain(self._entries, self._head, at, fault, self._number, self._plain, self._unknown, self._excused)
