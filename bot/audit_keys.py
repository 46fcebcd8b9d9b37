"""Where the audit log's keys are kept: sealed with `secret_key` in the database, or in a file for the owner alone.

The file, `audit.key` in the data folder, holds each key on a line of its own: sealed too where there is a `secret_key`
(so that a database whose table of keys was emptied costs no key), else in clear, and then nowhere else.
"""

import os
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from secrets import token_bytes, token_hex

import structlog
from sqlmodel import Session, select

from bot import log as redaction
from bot.appsettings import keys_in
from bot.settings import Settings
from bot.vault import Unopenable, Vault
from models import audit
from models.audit_key import AuditKey, Because, Key, Ring, key_of
from models.store import Store, lock_audit

log = structlog.get_logger()

#: Names in the data folder: the keys, and one whose transaction may not have ended yet, with its id between.
FILE, STAGED = "audit.key", ".new"
#: Seconds after which such a transaction has certainly ended.
ENDED = 3600.0
#: How lines begin.
CLEAR, SEALED = "key ", "sealed "
#: By what a sealed key is called in the vault.
NAME = "audit"
HEADER = "# Keys of the audit log, one a line. Keep a copy where you keep secrets; never delete a line.\n"


class AuditKeys:
    """The log's keys for one process. `ring` is what the store seals with; filled by `load` and `ready`."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is read yet."""
        self._folder = settings.desk.data
        self._vault = Vault(keys_in(settings.desk.secret_key))
        self.ring = Ring()
        #: Keys that are there and cannot be opened: `secret_key` is another than it was, or missing.
        self.unopened = 0

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._folder / FILE

    # -- reading -------------------------------------------------------------------------------------------------------

    def load(self, session: Session) -> None:
        """Take every key that this process can open; changes nothing anywhere."""
        rows = [SEALED + row.sealed for row in session.exec(select(AuditKey)).all()]
        opened = [self._open(line) for line in dict.fromkeys((*self._lines(self.path), *rows))]
        staged = [key for _, key in self._staged() if _has_begun(session, key)]
        self.unopened = opened.count(None)
        self.ring.take(filter(None, (*opened, *staged)))

    def _staged(self) -> list[tuple[Path, Key]]:
        """Those that are not in the file yet."""
        paths = sorted(self._folder.glob(f"{FILE}.*{STAGED}"))
        found = [(path, self._open(line)) for path in paths for line in self._lines(path)]
        return [(path, key) for path, key in found if key]

    def _lines(self, path: Path) -> list[str]:
        if not path.exists():
            return []
        return [line for raw in path.read_text().splitlines() if (line := raw.strip()).startswith((CLEAR, SEALED))]

    def _open(self, line: str) -> Key | None:
        """The key of a line; None where it cannot be opened, or was damaged."""
        try:
            if line.startswith(SEALED):
                line = CLEAR + self._vault.open(line.removeprefix(SEALED))[NAME]
            key = key_of(line.removeprefix(CLEAR))
        except (Unopenable, KeyError, ValueError):
            return None
        redaction.hide([key.secret.hex()])
        return key

    # -- writing -------------------------------------------------------------------------------------------------------

    def ready(self, store: Store, now: datetime) -> Key | None:
        """See to it that there is a key for what is written next; returns one that takes the place of a lost key.

        What the settings have changed since is done too: a key in clear is sealed once there is a `secret_key`, and
        what an old one sealed is sealed with the new one. Raises the database's trouble, OSError.
        """
        with store.read() as session:
            self.load(session)
            if self._serves(session) and self._is_tidy(session):
                return None
        lost = None
        try:
            with store.write() as session:
                lock_audit(session)
                self.load(session)
                self._clear(session)
                if not self._serves(session):
                    is_lost = bool(audit.end_of(session)[2] or self.unopened)
                    key = self.begin(session, now, Because.LOST if is_lost else Because.FIRST)
                    lost = key if is_lost else None
                self._tidy(session)
        finally:
            with store.read() as session:
                self.load(session)
        self.settle()
        return lost

    def as_of(self, session: Session) -> Ring:
        """The keys that began in the log of a copy, which may be older than some of those that are here."""
        return Ring(key for key in self.ring.keys if _has_begun(session, key))

    def tidy(self, store: Store) -> None:
        """As `ready`, from time to time and without a new key: another process may have made one, or resealed some."""
        with store.read() as session:
            self.load(session)
            if self._is_tidy(session):
                return
        with store.write() as session:
            lock_audit(session)
            self._tidy(session)
        self.settle()

    def _serves(self, session: Session) -> bool:
        """Whether there is a key, and the one that sealed the last entry is here."""
        sealed_with = audit.end_of(session)[2]
        return self.ring.newest is not None and (not sealed_with or self.ring.get(sealed_with) is not None)

    def begin(self, session: Session, now: datetime, because: Because, *, missing: Iterable[str] = ()) -> Key:
        """A new key, from the next entry on, which says so.

        In the caller's transaction, which holds the log's end and has written nothing to it yet. `missing` are heads
        that are known not to be in the log any more. Call `settle` once it is committed.
        """
        assert not audit.written(session), "the entry that says so is the first"
        number, previous, old = audit.end_of(session)
        key = Key(token_bytes(32), number + 1, previous, because, now)
        redaction.hide([key.secret.hex()])
        if self._vault.has_key:
            session.add(AuditKey(id=key.id, sealed=self._sealed(key), made_at=now))
        else:
            self._write(self._folder / f"{FILE}.{key.id}{STAGED}", [CLEAR + key.text])
        self.ring.add(key)
        said = audit.AuditEntry(
            at=now,
            actor="",
            action=because.value,
            subject="log",
            before={"key": old, "number": number, "hash": previous},
            after={"key": key.id, "heads": list(missing)},
            previous="",
            hash="",
        )
        audit.append(session, said)
        return key

    def settle(self) -> None:
        """Put what was committed, and is known by now, into the file."""
        if not self._is_kept():
            self._rewrite()

    def _is_kept(self) -> bool:
        """Whether the file holds every key, in clear only where nothing can be sealed, and sealed with the newest."""
        lines = self._lines(self.path)
        kept = {key.id: line for line in lines if (key := self._open(line))}
        if {key.id for key in self.ring.keys} - kept.keys() or any(self.ring.get(key.id) for _, key in self._staged()):
            return False
        return not self._vault.has_key or not any(map(self._is_stale, kept.values()))

    def _is_stale(self, line: str) -> bool:
        return line.startswith(CLEAR) or self._vault.is_old(line.removeprefix(SEALED))

    def _is_tidy(self, session: Session) -> bool:
        rows = {row.id: row.sealed for row in session.exec(select(AuditKey)).all()} if self._vault.has_key else {}
        wanted = [key.id for key in self.ring.keys] if self._vault.has_key else []
        return self._is_kept() and all(name in rows and not self._vault.is_old(rows[name]) for name in wanted)

    def _clear(self, session: Session) -> None:
        """Remove what was staged for a transaction that came to nothing."""
        for path, key in self._staged():
            if not _has_begun(session, key) and time.time() - path.stat().st_mtime > ENDED:
                path.unlink(missing_ok=True)

    def _tidy(self, session: Session) -> None:
        """Each key sealed with the newest `secret_key`; those that cannot be opened stay."""
        if self._vault.has_key:
            for key in self.ring.keys:
                row = session.get(AuditKey, key.id)
                if row is None:
                    session.add(AuditKey(id=key.id, sealed=self._sealed(key), made_at=key.made_at))
                elif self._vault.is_old(row.sealed):
                    row.sealed = self._sealed(key)
                    log.info("a key of the audit log is sealed with the new secret_key", key=key.id)

    def _rewrite(self) -> None:
        """Write the file: every key that is open, and what cannot be opened as it was."""
        strange = [line for line in self._lines(self.path) if self._open(line) is None]
        ours = [SEALED + self._sealed(key) if self._vault.has_key else CLEAR + key.text for key in self.ring.keys]
        self._write(self.path, [*strange, *ours])
        for path, key in self._staged():
            if self.ring.get(key.id):
                path.unlink(missing_ok=True)

    def _sealed(self, key: Key) -> str:
        return self._vault.seal({NAME: key.text})

    def _write(self, path: Path, lines: Iterable[str]) -> None:
        write_for_owner(path, HEADER + "".join(f"{line}\n" for line in lines))


def _has_begun(session: Session, key: Key) -> bool:
    """Whether the transaction that made it was committed."""
    entry = session.get(audit.AuditEntry, key.number)
    return entry is not None and entry.key == key.id


def write_for_owner(path: Path, words: str) -> None:
    """A file for the owner alone, under its name whole or as it was. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}-{token_hex(4)}")
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(words)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
