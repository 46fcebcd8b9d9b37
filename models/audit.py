"""The audit log: append-only, each entry chained to the one before by a hash."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, Connection, Index, Table, event
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Field, Session, SQLModel, col, select

#: What the first entry is chained to.
GENESIS = "0" * 64


class AuditEntry(SQLModel, table=True):
    """Who did what to what, before and after, and the chat message it came from."""

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

    def compute(self) -> str:
        """The hash over everything else in the entry."""
        body = {
            "at": self.at.isoformat(),
            "member": self.member_id,
            "actor": self.actor,
            "action": self.action,
            "subject": self.subject,
            "before": self.before,
            "after": self.after,
            "source": self.source,
            "previous": self.previous,
        }
        return sha256(json.dumps(body, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


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


#: In a session's `info`: the entries of its transaction, each with the savepoints in which it was written.
_WRITTEN = "audit"
#: The hash of the last entry.
_HEAD = select(AuditEntry.hash).order_by(col(AuditEntry.id).desc()).limit(1)


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


def seal(session: Session) -> None:
    """Chain what was written to the last entry. The caller's transaction holds the only writer's place."""
    previous = session.exec(_HEAD).first() or GENESIS
    for entry in written(session):
        entry.previous = previous
        entry.hash = previous = entry.compute()
        session.add(entry)
    session.info.pop(_WRITTEN, None)
    session.flush()


def fits(session: Session, entry: AuditEntry) -> bool:
    """Whether the entry is as it was written, and follows the one before it."""
    earlier = select(AuditEntry.hash).where(col(AuditEntry.id) < entry.id).order_by(col(AuditEntry.id).desc()).limit(1)
    before = session.exec(earlier).first() or GENESIS
    return entry.previous == before and entry.hash == entry.compute()


@dataclass(frozen=True)
class Chain:
    """The whole log, looked through."""

    entries: int
    head: str  #: hash of the last entry: who kept an earlier one finds it among the entries, or the log was cut
    broken_at: int | None  #: the first entry that does not fit


def chain(session: Session) -> Chain:
    """Look through every entry, oldest first, a thousand at a time; for a reader, since it takes its time."""
    head, count, broken = GENESIS, 0, None
    for entry in session.exec(select(AuditEntry).order_by(col(AuditEntry.id))).yield_per(1000):
        if broken is None and (entry.previous != head or entry.hash != entry.compute()):
            broken = entry.id
        head, count = entry.hash, count + 1
    return Chain(count, head, broken)
