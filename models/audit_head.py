"""Heads of the audit log: the end of it at some time, which tells later whether the log still goes on from there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, Session, SQLModel, col, select

from models.audit import GENESIS, AuditEntry, computed, ring_of
from models.audit_key import NO_KEYS, Because

#: Hexadecimal digits of a hash that are enough to name an entry.
ENOUGH = 16


class AuditHead(SQLModel, table=True):
    """The head that the admins' messages show: one row, which is overwritten once a day and never deleted."""

    __tablename__ = "audit_head"

    id: int | None = Field(default=1, primary_key=True)
    number: int
    hash: str
    key: str = ""
    at: datetime  #: of that entry
    taken_at: datetime  #: when the messages were last changed
    missing: str = ""  #: an earlier head that is not in the log, as the admins were told; empty: all is well


@dataclass(frozen=True)
class Head:
    """The end of the log at some time: with it a person can tell later whether the log still goes on from there."""

    number: int
    hash: str
    key: str = ""
    at: datetime | None = None

    @property
    def text(self) -> str:
        """As people keep it and type it in again: 1234:9f2c…"""
        return f"{self.number}:{self.hash}"


def head_of(text: str) -> Head:
    """A head as it was typed or pasted, the hash perhaps shortened to sixteen digits. Raises ValueError.

    What stands behind the hash does not count: the line of the file that keeps it has more.
    """
    number, _, digest = text.strip().strip("`'\"“”«»").strip().partition(":")
    digest = "".join(digest.split()[:1]).rstrip("….").lower()
    is_hash = ENOUGH <= len(digest) <= len(GENESIS) and all(letter in "0123456789abcdef" for letter in digest)
    if not (number.isascii() and number.isdecimal() and len(number) < ENOUGH and int(number) and is_hash):
        raise ValueError(text)
    return Head(int(number), digest)


def head(session: Session) -> Head | None:
    """The end of the log; None where there is no entry."""
    query = select(AuditEntry.id, AuditEntry.hash, AuditEntry.key, AuditEntry.at)
    found = session.exec(query.order_by(col(AuditEntry.id).desc()).limit(1)).first()
    return Head(found[0] or 0, found[1], found[2], found[3]) if found else None


class Verdict(StrEnum):
    """What became of a head."""

    HELD = "held"  #: the log contains it and goes on from it
    EMPTIED = "emptied"
    CUT = "cut"  #: the log ends before it
    REWRITTEN = "rewritten"  #: another entry stands there
    MOVED = "moved"  #: it stands at another number
    OLDER = "older"  #: the desk was restored from a copy that was made before it


@dataclass(frozen=True)
class Compared:
    """What became of a head, the end of the log now, and the entry that says of a restored copy."""

    verdict: Verdict
    head: Head
    last: Head | None = None
    restored_at: int | None = None


def compare(session: Session, kept: Head) -> Compared:
    """Look for a head that somebody kept; whether all between fits is for `chain` to say."""
    last = head(session)
    if last is None:
        return Compared(Verdict.EMPTIED, kept)
    there = session.get(AuditEntry, kept.number)
    if there is not None and there.hash.startswith(kept.hash):
        return Compared(Verdict.HELD, kept, last)
    is_whole = len(kept.hash) == len(GENESIS)
    same = col(AuditEntry.hash) == kept.hash if is_whole else col(AuditEntry.hash).startswith(kept.hash)
    query = select(AuditEntry.id).where(same)
    if session.exec(query.limit(1)).first() is not None:
        return Compared(Verdict.MOVED, kept, last)
    if (restored := _restored(session, kept)) is not None:
        return Compared(Verdict.OLDER, kept, last, restored)
    return Compared(Verdict.CUT if last.number < kept.number else Verdict.REWRITTEN, kept, last)


def _restored(session: Session, kept: Head) -> int | None:
    """The entry at or before its number with which a restored copy went on; it counts only with its key's seal."""
    for key in (ring_of(session) or NO_KEYS).keys:
        entry = session.get(AuditEntry, key.number) if key.because is Because.RESTORED else None
        if entry and key.number <= kept.number and entry.key == key.id and entry.seal == key.seal(entry.hash):
            return key.number
    return None


def is_accounted_for(session: Session, missing: Head) -> bool:
    """Whether the entry with which the newest key began names the head as missing: then it is known, and was told."""
    key = (ring_of(session) or NO_KEYS).newest
    entry = session.get(AuditEntry, key.number) if key else None
    if key is None or entry is None or entry.seal != key.seal(entry.hash) or entry.hash != computed(entry):
        return False
    return missing.text in (entry.after.get("heads") or [])
