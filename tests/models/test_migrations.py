"""Migrations: a database that grew up is the same as one made today, on both databases, and what is stored survives."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, Table, create_engine, inspect, text
from sqlmodel import SQLModel

from models.member import hash_code, stored_hash
from models.store import Store, alembic_config

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
#: A post on its way, as the first tables hold it; columns that are not named here are "" or 0 or null.
STORED: dict[str, dict[str, object]] = {
    "member": {"id": 1, "name": "Ada", "roles": [], "active": True, "created_at": NOW},
    "account": {"name": "acme", "platform": "mastodon", "access": "good"},
    "post": {"id": 1, "state": "scheduled", "content_json": {}, "author_id": 1, "created_at": NOW, "updated_at": NOW},
    "delivery": {
        "id": 1,
        "kind": "publication",
        "lane": "account:acme",
        "state": "waiting",
        "subject": "P1",
        "payload": "{}",
        "progress": "{}",
        "result": "{}",
        "due_at": NOW,
        "created_at": NOW,
    },
    "publication": {"id": 1, "post_id": 1, "account": "acme", "delivery_id": 1, "part_ids": []},
}


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture
def store(address: str) -> Iterator[Store]:
    made = Store(address)
    yield made
    made.close()


def described(engine: Engine) -> dict[str, Any]:
    """Every table with its columns, keys, indexes and checks, in an order of its own."""
    seen = inspect(engine)
    return {
        table: {
            "columns": sorted((c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(table)),
            "key": seen.get_pk_constraint(table)["constrained_columns"],
            "indexes": sorted((str(i["name"]), i["column_names"], i["unique"]) for i in seen.get_indexes(table)),
            "unique": sorted((str(u["name"]), u["column_names"]) for u in seen.get_unique_constraints(table)),
            "refers": sorted((str(f["name"]), f["referred_table"]) for f in seen.get_foreign_keys(table)),
            "checks": sorted((str(c["name"]), c["sqltext"]) for c in seen.get_check_constraints(table)),
        }
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def seals(engine: Engine) -> list[str]:
    """What the database itself forbids, besides keys and checks."""
    query = {
        "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
        "postgresql": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
    }[engine.dialect.name]
    with engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


def test_the_migrations_make_exactly_the_tables_of_the_code(store: Store) -> None:
    assert store.schema() == "none"
    store.migrate()
    assert store.schema() == "current"
    with store.write() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_keys_references_and_checks_are_those_of_a_database_made_today(store: Store) -> None:
    store.migrate()
    with store.read() as session:
        engine = session.get_bind().engine
        grown, sealed = described(engine), seals(engine)
        drop_everything(session.get_bind().engine)
        SQLModel.metadata.create_all(session.get_bind().engine)
        made = described(session.get_bind().engine)
        assert seals(engine) == sealed != []
    assert grown == made
    assert grown["delivery"]["checks"], "the comparison sees them"


def drop_everything(engine: Engine) -> None:
    SQLModel.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))


def test_migrating_twice_changes_nothing(store: Store) -> None:
    store.migrate()
    store.migrate()
    assert store.schema() == "current"


def test_what_the_first_tables_hold_survives_every_later_migration(store: Store) -> None:
    store.migrate("0001")
    assert store.schema() == "older"
    with store.write() as session:
        for name, values in STORED.items():
            table = Table(name, MetaData(), autoload_with=session.connection())
            blanks = {c.name: "" if c.type.python_type is str else 0 for c in table.columns if not c.nullable}
            session.connection().execute(table.insert().values({**blanks, **values}))
    store.migrate()
    with store.write() as session:
        found = session.connection().execute(text("SELECT delivery_id FROM publication")).all()
        assert found == [(1,)], "what refers to a table that was copied is still there"
        session.connection().execute(text("UPDATE delivery SET state = 'held'"))


def test_every_migration_can_be_taken_back(store: Store, address: str) -> None:
    store.migrate()
    store.close()
    engine = create_engine(address.replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.connect() as connection:
        command.downgrade(alembic_config(connection), "base")
        connection.commit()
    assert described(engine) == {}
    engine.dispose()


def test_codes_that_are_open_go_on_working(store: Store) -> None:
    """From the hash of a code to the hash of that hash, by which a typed code is found."""
    store.migrate("0019")
    old = hash_code("ABCDEFGH")
    with store.write() as session:
        session.execute(
            text(
                "INSERT INTO member (id, name, roles, active, language, zone, created_at) VALUES "
                "(1, 'Ada', '[]', true, '', '', '2026-11-24 09:00:00')"
            )
        )
        session.execute(
            text(
                "INSERT INTO invitation (id, member_id, code_hash, state, expires_at) VALUES "
                "(1, 1, :old, 'open', '2026-11-25 09:00:00')"
            ),
            {"old": old},
        )
    store.migrate()
    with store.read() as session:
        kept = session.execute(text("SELECT code_hash, state FROM invitation")).one()
    assert tuple(kept) == (stored_hash(old), "open")
