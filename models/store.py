"""The store: transactions on SQLite (WAL, BEGIN IMMEDIATE) or PostgreSQL, and its migrations."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, ExceptionContext, event, text
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.orm import ORMExecuteState
from sqlmodel import Session, create_engine

# Every module with tables, so that whoever has a store has the whole schema.
from models import (  # noqa: F401
    account,
    agreement,
    alert,
    approval,
    audience,
    audit,
    audit_head,
    audit_key,
    boost,
    card,
    consent,
    conversation,
    credential,
    delivery,
    inbound,
    lease,
    ledger,
    measurement,
    media,
    member,
    post,
    profile,
    publication,
    seen,
    stop,
)
from models.audit_key import Ring
from models.turn import Turn

#: Seconds a writer waits for another on SQLite.
BUSY_SECONDS = 10
#: A number only we use: serialises the audit chain and migrations among processes on PostgreSQL.
ADVISORY_LOCK = 7_082_026
#: The database's trouble (away, full, busy, a deadlock), not the row's: the same may well succeed a moment later.
TROUBLE = (OperationalError, InterfaceError, NoConnection)


class Newer(Exception):
    """The database was written by a newer version of this program."""


class _Session(Session):
    """A session in which a row that is locked is also read anew: it may have changed since it was read unlocked.

    It keeps what it has read until it ends: asked for again by its key, that needs no statement.
    """


@event.listens_for(_Session, "do_orm_execute")
def _read_anew(executing: ORMExecuteState) -> None:
    if executing.is_select and getattr(executing.statement, "_for_update_arg", None) is not None:
        executing.update_execution_options(populate_existing=True)


@event.listens_for(_Session, "loaded_as_persistent")
def _remember(session: Session, row: object) -> None:
    session.info.setdefault("rows", []).append(row)


class Store:
    """A database. `write()` and `read()` are its only transactions; none is held across a network call."""

    def __init__(self, url: str, pool_size: int = 10, ring: Ring | None = None, *, durable: bool = True) -> None:
        """Open `sqlite:///path` or `postgresql://…`; nothing is created yet.

        `ring`: the keys of the audit log; without them nothing can be written to a log that has one.
        `durable`: on SQLite what is committed outlives a power failure. Tests, whose files nobody keeps, do without.
        """
        self.url = url
        self._info = {audit.RING: ring}
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self._engine = _sqlite(url, pool_size, durable=durable)
            self._reader = _sqlite(url, pool_size, begin="BEGIN", durable=durable)
            self._turn: Turn | None = Turn()
        else:
            # SQLAlchemy takes "postgresql://" for psycopg2, which we do not have.
            address = url.replace("postgresql://", "postgresql+psycopg://", 1)
            engine = create_engine(
                address, pool_size=pool_size, max_overflow=5, pool_pre_ping=True, hide_parameters=True
            )
            event.listen(engine, "handle_error", _without_values)
            self._engine = self._reader = engine
            self._turn = None

    @contextmanager
    def write(self, *, first: bool = False) -> Iterator[Session]:
        """A transaction that may write: committed at the end, rolled back on an exception.

        `first`: before whatever else waits to write on SQLite, for what somebody outside waits for.
        """
        turn = self._turn.taken(first=first) if self._turn else nullcontext()
        with turn, _Session(self._engine, expire_on_commit=False, info=self._info) as session, session.begin():
            yield session
            if audit.written(session):
                lock_audit(session)
                audit.seal(session)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that only reads, and on SQLite waits for no writer."""
        with Session(self._reader, expire_on_commit=False, info=self._info) as session:
            yield session

    def migrate(self, revision: str = "head") -> None:
        """Bring the schema up to date, or to a revision. Raises Newer where this program is too old for it."""
        if self.schema() == "newer":
            raise Newer("the database was written by a newer Bottega: install that one, or restore an older copy")
        # SQLite changes a table by copying it; what refers to the table must not be checked while it is away.
        engine = _sqlite(self.url, 1, foreign_keys=False) if self.is_sqlite else self._engine
        with engine.connect() as connection:
            if not self.is_sqlite:
                # Of the transaction, not of the session: a session's lock would outlive this in the pool.
                connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            command.upgrade(alembic_config(connection), revision)
            if self.is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                raise RuntimeError(f"the migration would break a reference: {broken}")
            connection.commit()
        if self.is_sqlite:
            engine.dispose()

    def schema(self) -> Literal["none", "older", "current", "newer"]:
        """How the schema that is there stands to the one this program knows; "newer" is one it does not know."""
        with self._reader.connect() as connection:
            revision = MigrationContext.configure(connection).get_current_revision()
        if revision is None:
            return "none"
        if revision == head():
            return "current"
        return "older" if knows(revision) else "newer"

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()
        self._reader.dispose()


def head() -> str:
    """The revision of the schema that this program works with."""
    revision = ScriptDirectory.from_config(alembic_config(None)).get_current_head()
    assert revision, "there are migrations"
    return revision


def knows(revision: str) -> bool:
    """Whether this program has the revision; one that it has not is newer."""
    return revision in {
        script.revision for script in ScriptDirectory.from_config(alembic_config(None)).walk_revisions()
    }


def lock_audit(session: Session) -> None:
    """On PostgreSQL hold the end of the audit chain until the transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK + 1})"))


def _without_values(failed: ExceptionContext) -> None:
    """Cut off what PostgreSQL says below the first line: it quotes the row, which may hold keys to a chat."""
    for error in (failed.original_exception, failed.sqlalchemy_exception):
        if error is not None:
            error.args = (str(error.args[0] if error.args else "").partition("\n")[0], *error.args[1:])


def _sqlite(
    url: str, pool_size: int, begin: str = "BEGIN IMMEDIATE", *, foreign_keys: bool = True, durable: bool = True
) -> Engine:
    path = url.removeprefix("sqlite:///")
    Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    arguments = {"timeout": BUSY_SECONDS, "check_same_thread": False}
    engine = create_engine(url, pool_size=pool_size, max_overflow=20, connect_args=arguments, hide_parameters=True)

    @event.listens_for(engine, "do_connect")
    def _private(*_: Any) -> None:
        if not Path(path).exists():
            Path(path).touch(mode=0o600)  # what the team wrote is not for others on the machine

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN is deferred and loses updates silently (facts: chat-and-engine.md §5); ours is not.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            # NORMAL may forget the last commits when the power fails: a post that has left would leave again.
            f"synchronous={'FULL' if durable else 'OFF'}",
            f"busy_timeout={BUSY_SECONDS * 1000}",
            f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def alembic_config(connection: Connection | None) -> Config:
    """Where Alembic finds the migrations, over this connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
