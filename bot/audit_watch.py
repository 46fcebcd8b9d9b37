"""Watches the audit log's head: says it in the process's log, keeps it beside the key, and compares it with the log."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import structlog
from sqlmodel import Session

from bot.audit_keys import AuditKeys, write_for_owner
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.team import log_head
from models import audit_head
from models.audit import AuditEntry
from models.audit_head import AuditHead, Compared, Head, Verdict, compare
from models.store import Store

log = structlog.get_logger()

#: Seconds between looks.
WATCH_SECONDS = 900.0
#: How often the head is said in the log.
DAY = timedelta(hours=24)
#: Name in the data folder of the file with the head that was seen last.
FILE = "audit.head"

#: Decides in a transaction of its own, and lets what follows leave.
Keep = Callable[[Callable[[Desk], Iterable[Effect]]], None]


class HeadFile:
    """The head that this machine saw last, for the owner alone and out of reach of the database's writers."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet."""
        self.path = folder / FILE

    def read(self) -> Head | None:
        """The head; None where there is no such file, or something else is in it."""
        try:
            return audit_head.head_of(self.path.read_text().split()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def write(self, head: Head) -> None:
        """Keep it, where it is another. Raises OSError."""
        if self.read() != Head(head.number, head.hash):
            write_for_owner(self.path, f"{head.text} {head.key or '-'} {head.at.isoformat() if head.at else '-'}\n")


def missing(session: Session, kept: Head | None) -> Compared | None:
    """The head that should be in the log and is not: of this machine's file, else of the admins' messages."""
    row = session.get(AuditHead, 1)
    told = Head(row.number, row.hash) if row else None
    for head in filter(None, (kept, told)):
        found = compare(session, head)
        if found.verdict is not Verdict.HELD and not audit_head.is_accounted_for(session, head):
            return found
    return None


class AuditWatch:
    """For every process at its start, then for the one that leads."""

    def __init__(self, store: Store, keys: AuditKeys, folder: Path, now: Callable[[], datetime], keep: Keep) -> None:
        """Nothing is read yet. `folder`: the data folder."""
        self._store = store
        self._keys = keys
        self._file = HeadFile(folder)
        self._now = now
        self._keep = keep
        self._said_at: datetime | None = None

    def start(self) -> None:
        """See to it that there is a key, then look. Raises the database's trouble, OSError."""
        if lost := self._keys.ready(self._store, self._now()):
            log.warning("the key of the audit log is not here; a new one began", key=lost.id, entry=lost.number)
            self._keep(partial(log_head.key_lost, name=lost.id))
        self.look()

    def look(self) -> None:
        """Compare what was kept; where all is well, keep the head as it is now, and once a day say it."""
        self._keys.tidy(self._store)
        kept = self._file.read()  # first: what another process keeps meanwhile is newer than what is read below
        with self._store.read() as session:
            last, found = audit_head.head(session), missing(session, kept)
            first = session.get(AuditEntry, 1)
        if found is not None:
            log.error("the audit log no longer contains its head", head=found.head.text, verdict=found.verdict.value)
            self._keep(partial(log_head.gone, missing=found.head, last=last, cause=found.verdict.value))
        elif last is not None:
            self._file.write(last)
            self._keep(partial(log_head.told, last=last, since=(first.at if first else self._now() - DAY)))
        if last is not None and (self._said_at is None or self._now() - self._said_at >= DAY):
            self._said_at = self._now()
            at = last.at.isoformat() if last.at else ""
            log.info("head of the audit log", head=last.text, key=last.key, at=at)
