"""Writes a desk into one file: a copy of the SQLite file while the desk runs, or every row for another database."""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from sqlmodel import SQLModel, col, select

from bot import lock
from bot.faults import Fault
from bot.keeping import tables
from bot.keeping.bundle import DATABASE, Manifest, media_into, partial_of, written
from bot.settings import Settings
from models import audit_head
from models.audit_head import Head
from models.inbound import WAYS_BACK, without_ways_back
from models.media import Media
from models.store import Store, head


def backup(settings: Settings, store: Store, target: Path, now: datetime) -> Manifest:
    """Copy the desk into the file while it runs; on PostgreSQL row by row. Raises Fault, OSError."""
    if not store.is_sqlite:
        if store.schema() != "current":
            raise Fault("The database is of an older Bottega. Keep a copy with pg_dump, then run “bottega migrate”.")
        return export(settings, store, target, now)
    partial = partial_of(target.with_suffix(".db"))
    try:
        with written(target) as writer:
            os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            revision, counts, hashes, end = _copy(Path(store.url.removeprefix("sqlite:///")), partial)
            writer.add(DATABASE, partial)
            missing = media_into(writer, iter(hashes), settings.media_folder)
            manifest = _manifest("sqlite", revision, now, counts, missing, end)
            writer.finish(manifest)
    except sqlite3.Error as error:
        raise Fault(f"The database cannot be copied ({error}).") from error
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def _copy(source: Path, target: Path) -> tuple[str, dict[str, int], list[str], Head | None]:
    """SQLite's own copy, looked through; returns its revision, its tables' rows, its media, its log's head."""
    reading = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(reading, uri=True)) as desk, closing(sqlite3.connect(target)) as copy:
        # One step is one reader's snapshot: in WAL mode no writer waits for it, and none makes it begin again.
        desk.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        faults = [row[0] for row in copy.execute("PRAGMA quick_check(1)")]
        if faults != ["ok"]:
            raise Fault(f"The database itself is damaged ({faults[0]}); restore an earlier copy.")
        _forget_ways_back(copy)
        revision = str(copy.execute("SELECT version_num FROM alembic_version").fetchone()[0])
        names = [row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        counts = {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608  (its own)
        hashes = [row[0] for row in copy.execute("SELECT sha256 FROM media ORDER BY id")]
        end = _end(copy)
    return revision, counts, hashes, end


def _forget_ways_back(copy: sqlite3.Connection) -> None:
    """Take out what answers people, in whatever rows, and what is left of deleted ones between them."""

    def forgotten(written: str) -> str:
        found = json.loads(written)
        kept = without_ways_back(found)
        return written if kept == found else json.dumps(kept)

    copy.create_function("forgotten", 1, forgotten, deterministic=True)
    columns = copy.execute(
        "SELECT t.name, c.name FROM sqlite_master t JOIN pragma_table_info(t.name) c "
        "WHERE t.type = 'table' AND c.type = 'JSON'"
    )
    for table, column in columns.fetchall():
        named = " OR ".join(f"\"{column}\" LIKE '%{name}%'" for name in sorted(WAYS_BACK))
        changed = f'({named}) AND forgotten("{column}") <> "{column}"'  # texts may name them, in the audit log too
        copy.execute(f'UPDATE "{table}" SET "{column}" = forgotten("{column}") WHERE {changed}')  # noqa: S608  (its own)
    copy.commit()
    copy.execute("VACUUM")


def _end(copy: sqlite3.Connection) -> Head | None:
    """The end of its audit log, also of one from before that had keys."""
    found = copy.execute("SELECT * FROM audit ORDER BY id DESC LIMIT 1")
    names, row = [column[0] for column in found.description], found.fetchone()
    if row is None:
        return None
    last = dict(zip(names, row, strict=True))
    at = datetime.fromisoformat(last["at"])
    return Head(last["id"], last["hash"], last.get("key", ""), at if at.tzinfo else at.replace(tzinfo=UTC))


def export(settings: Settings, store: Store, target: Path, now: datetime) -> Manifest:
    """Write every row and every photo and video, for a database of either kind. Raises AlreadyRunning, Fault, OSError.

    On SQLite no desk may run meanwhile: what it did after would be left behind. On PostgreSQL nobody can tell.
    """
    with lock.held(store.url), written(target) as writer, store.read() as session:
        if not store.is_sqlite:  # where each statement would see what was committed meanwhile
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        counts = tables.counts(session, SQLModel.metadata)
        tables.dump(session, SQLModel.metadata, writer)
        hashes: Iterator[str] = iter(session.exec(select(Media.sha256).order_by(col(Media.id))).all())
        missing = media_into(writer, hashes, settings.media_folder)
        manifest = _manifest("tables", head(), now, counts, missing, audit_head.head(session))
        writer.finish(manifest)
    return manifest


def _manifest(
    kind: str, revision: str, now: datetime, counts: dict[str, int], missing: list[str], end: Head | None
) -> Manifest:
    return Manifest.model_validate(
        {
            "kind": kind,
            "version": version("bottega"),
            "revision": revision,
            "made_at": now,
            "counts": counts,
            "head": {"number": end.number, "hash": end.hash, "key": end.key, "at": end.at} if end else None,
            "missing": missing,
        }
    )
