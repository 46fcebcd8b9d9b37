"""The audit log: append-only, each entry chained to the one before by a hash."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, SQLModel, col, select

#: What the first entry is chained to.
GENESIS = "0" * 64


class AuditEntry(SQLModel, table=True):
    """Who did what to what, before and after, and the chat message it came from."""

    __tablename__ = "audit"

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
    # Unique: two entries can never follow the same one, so that the chain cannot fork.
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


def append(session: Session, entry: AuditEntry) -> None:
    """Write the entry at the end of the chain. The caller's transaction holds the only writer's place."""
    last = session.exec(select(AuditEntry.hash).order_by(col(AuditEntry.id).desc()).limit(1)).first()
    entry.previous = last or GENESIS
    entry.hash = entry.compute()
    session.add(entry)
    session.flush()


def broken_at(session: Session, newest: int | None = None) -> int | None:
    """The id of the first entry that does not fit the chain, or None where all fit. `newest`: looks at so many only."""
    previous, query = GENESIS, select(AuditEntry).order_by(col(AuditEntry.id))
    if newest is not None:
        ids = select(AuditEntry.id).order_by(col(AuditEntry.id).desc()).offset(newest).limit(1)
        before = session.get(AuditEntry, session.exec(ids).first() or 0)
        if before is not None:
            previous, query = before.hash, query.where(col(AuditEntry.id) > before.id)
    for entry in session.exec(query).yield_per(1000):
        if entry.previous != previous or entry.hash != entry.compute():
            return entry.id
        previous = entry.hash
    return None
