"""A desk is ready where a row and a file can be stored, and only there; it says in a word what is in the way."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import event, text

from bot.web.health import FRESH, Health
from bot.web.proof import file_stored, row_stored
from models.inbound import Cursor
from models.store import Store
from support.patience import PATIENCE
from support.world import eventually


@pytest.fixture
def file(migrated: Path, tmp_path: Path) -> Path:
    return Path(copy(migrated, tmp_path / "desk.db"))


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{file}")
    yield made
    made.close()


def missing(health: Health) -> dict[str, str]:
    return asyncio.run(health.missing())


def test_a_row_and_a_file_are_stored_and_nothing_is_left_of_them(store: Store, tmp_path: Path) -> None:
    health = Health(store, lambda: "ready", folder=tmp_path, patience=PATIENCE)
    before = sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("desk.db-"))
    assert missing(health) == {}
    with store.read() as session:
        assert session.execute(text("SELECT count(*) FROM cursor WHERE name LIKE 'readyz%'")).scalar() == 0
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("desk.db-")) == before


def test_a_full_database_is_told_and_ready_again_once_there_is_room(store: Store) -> None:
    health = Health(store, lambda: "ready", patience=PATIENCE)
    assert missing(health) == {}
    pages = limited(store, 0)
    with store.write() as session:  # what is free inside the file is used up
        session.add(Cursor(name="filler", value="x" * 200_000))
    limited(store, pages)
    assert row_stored(store) == "full"
    limited(store, 1_000_000)
    assert row_stored(store) == ""
    health._told_at = float("-inf")
    assert missing(health) == {}


def limited(store: Store, most: int) -> int:
    """Let the file have no more pages than that, 0: than it has now; the pages that it has."""

    @event.listens_for(store._engine, "connect")
    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={most or 1_000_000}")

    store._engine.dispose()
    with store.read() as session:
        return int(session.execute(text("PRAGMA page_count")).scalar_one())


def test_a_database_that_another_holds_is_told_and_ready_again_afterwards(store: Store, file: Path) -> None:
    health = Health(store, lambda: "ready", patience=0.5)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert missing(health) == {"database": "no answer"}
        other.rollback()
    eventually(lambda: missing(health) == {}, what="being ready again", pause=0.2)


def test_one_that_may_only_be_read_is_told(file: Path) -> None:
    store = Store(f"sqlite:///{file}")

    @event.listens_for(store._engine, "connect")
    def only_read(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    assert row_stored(store) == "read-only"
    store.close()


def test_postgresql_that_may_only_be_read_or_is_gone_is_told(postgres: str) -> None:
    store = Store(postgres)
    store.migrate()
    assert row_stored(store) == ""
    with store.write() as session:
        name = session.execute(text("SELECT current_database()")).scalar_one()
        session.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    store.close()
    again = Store(postgres)
    assert row_stored(again) == "read-only"
    again.close()
    assert row_stored(Store("postgresql://nobody:secret@127.0.0.1:1/nothing")) == "away"


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    assert file_stored(tmp_path) == ""
    assert file_stored(tmp_path / "gone") == "no such file or directory"


def test_whoever_asks_often_costs_one_write(store: Store) -> None:
    health, written = Health(store, lambda: "ready"), []

    @event.listens_for(store._engine, "commit")
    def count(_connection: object) -> None:
        written.append(1)

    async def ask() -> None:
        await asyncio.gather(*(health.missing() for _ in range(50)))

    asyncio.run(ask())
    assert len(written) == 1
    assert FRESH >= 1
