"""Makes a desk of a file again. It comes up stopped, and looks up what may have left since: nothing is posted twice."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlmodel import Session, SQLModel

from bot import lock
from bot.app import setup_of
from bot.audit_keys import AuditKeys
from bot.audit_watch import HeadFile
from bot.faults import Fault
from bot.keeping import tables
from bot.keeping.bundle import DATABASE, Bundle, Manifest, media_from, partial_of, sync
from bot.keeping.upgrading import upgraded
from bot.settings import Settings
from handlers import outbox
from handlers.boosts import strays
from handlers.boosts.restoring import boosts_restored
from handlers.desk import Desk
from handlers.posts.restoring import restored
from models import audit, audit_head
from models.audit_key import Because
from models.store import ADVISORY_LOCK, Store, knows, lock_audit


@dataclass(frozen=True)
class Back:
    """What came back."""

    manifest: Manifest
    media: int
    chain: audit.Chain  #: the audit log, before the restoring itself was written there
    aside: Path | None = None  #: where the desk lies that was there before


def restore(settings: Settings, bundle: Bundle, now: datetime, *, replace: bool) -> Back:
    """Put a desk back where config.toml says. Raises AlreadyRunning, Fault, Damaged; then nothing was changed.

    `replace`: the desk that is there is kept under another name. Of a file of rows it must be empty in any case.
    """
    if bundle.manifest.kind == "tables":
        return load(settings, bundle, now)
    if not settings.database_url.startswith("sqlite"):
        raise Fault(
            "That is a copy of an SQLite desk, and config.toml names PostgreSQL. Restore it with SQLite first, "
            "then move it with “bottega export desk” and “bottega import”."
        )
    _expect_known(bundle.manifest)
    target = Path(settings.database_url.removeprefix("sqlite:///"))
    with lock.held(settings.database_url):
        occupied = target.exists() and not _is_bare(target)
        if occupied and not replace:
            raise Fault(
                f"There is a desk in {target} already. With --replace it is kept aside and the copy takes its place."
            )
        bundle.verify()
        partial = partial_of(target)
        try:
            bundle.extract(DATABASE, partial)
            chain = _reopen_file(settings, partial, bundle.manifest, now)
            media = media_from(bundle, settings.media_folder)
            aside = _set_aside(target, now) if occupied else None
            _without_log(target)
            partial.replace(target)
            sync(target.parent)
            _keep_head(settings)
        finally:
            _without_log(partial)
            partial.unlink(missing_ok=True)
    return Back(bundle.manifest, media, chain, aside)


def load(settings: Settings, bundle: Bundle, now: datetime) -> Back:
    """Store every row in the empty database that config.toml names, in one transaction. Raises as `restore`.

    Rows of an older version are brought up to date first.
    """
    manifest = bundle.manifest
    if manifest.kind != "tables":
        raise Fault("That is a copy of an SQLite file: “bottega restore” takes it.")
    _expect_known(manifest)
    bundle.verify()
    keys = AuditKeys(settings)
    with (
        lock.held(settings.database_url),
        upgraded(bundle, settings.desk.data) as rows,
        closing(Store(settings.database_url, ring=keys.ring)) as store,
    ):
        if store.schema() != "current":
            store.migrate()
        with store.write() as session:
            if not store.is_sqlite:
                session.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            if not tables.is_empty(session, SQLModel.metadata):
                raise Fault(
                    "There is a desk in that database already. Name an empty one in [desk] database, and a data folder "
                    "of its own."
                )
            tables.load(session, SQLModel.metadata, rows)
            chain = _under_new_key(settings, keys, session, now)
            media = media_from(bundle, settings.media_folder)
            _reopen(settings, session, manifest.made_at, now)
        _keep_head(settings)
    return Back(manifest, media, chain)


def _expect_known(manifest: Manifest) -> None:
    if not knows(manifest.revision):
        raise Fault(
            f"That was written by a newer Bottega ({manifest.version}). Install that one, or take an older copy."
        )


def _reopen_file(settings: Settings, path: Path, manifest: Manifest, now: datetime) -> audit.Chain:
    """Bring the copied file up to date and let it know what it is."""
    keys = AuditKeys(settings)
    with closing(Store(f"sqlite:///{path}", ring=keys.ring)) as store:
        store.migrate()
        with store.write() as session:
            chain = _under_new_key(settings, keys, session, now)
            _reopen(settings, session, manifest.made_at, now)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # everything is in the one file that is renamed
    sync(path)
    return chain


def _under_new_key(settings: Settings, keys: AuditKeys, session: Session, now: datetime) -> audit.Chain:
    """Look through the copy's log, then go on under a new key: its first entry says what the log is from there on.

    It names the head that this machine saw last, which is not in an older copy, and rightly so.
    """
    lock_audit(session)
    keys.load(session)
    chain = audit.chain(session, keys.as_of(session))
    seen = HeadFile(settings.desk.data).read()
    keys.begin(session, now, Because.RESTORED, missing=[seen.text] if seen else [])
    return chain


def _keep_head(settings: Settings) -> None:
    """The copy is in its place: what this machine knows of the log is that."""
    keys = AuditKeys(settings)
    with closing(Store(settings.database_url, ring=keys.ring)) as store, store.read() as session:
        keys.load(session)
        last = audit_head.head(session)
    keys.settle()
    if last is not None:
        HeadFile(settings.desk.data).write(last)


def _reopen(settings: Settings, session: Session, copied_at: datetime, now: datetime) -> None:
    chats = {"slack": settings.slack.is_on, "telegram": settings.telegram.is_on}
    setup = setup_of(settings, tuple(name for name, is_on in chats.items() if is_on))
    desk = Desk(session=session, now=now, setup=setup, language=setup.language)
    outbox.keep(desk, restored(desk, copied_at))
    strays.seek(desk)
    outbox.keep(desk, boosts_restored(desk))


def _is_bare(path: Path) -> bool:
    """Whether nothing would be lost with the file: it is empty, or its tables are."""
    if path.stat().st_size == 0:
        return True
    with closing(sqlite3.connect(path)) as connection:
        try:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return not any(
                connection.execute(f'SELECT 1 FROM "{name}" LIMIT 1').fetchone()  # noqa: S608  (the database's own names)
                for name in names
                if name != "alembic_version"
            )
        except sqlite3.DatabaseError:
            return False  # whatever it is, it is not ours to throw away


def _set_aside(target: Path, now: datetime) -> Path:
    """Keep the desk that is there, with what is only in its log yet, under another name."""
    aside = target.with_name(f"{target.name}.before-{now:%Y%m%dT%H%M%SZ}")
    for suffix in ("-wal", "-shm"):
        log = target.with_name(target.name + suffix)
        if log.exists():
            log.rename(aside.with_name(aside.name + suffix))
    target.rename(aside)
    return aside


def _without_log(path: Path) -> None:
    """Remove what SQLite keeps beside a file: another database's would be taken for its own."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
