"""Migrations: a database that grew up is the same as one made today, on both databases."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

from models.store import Store


def addresses(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'new.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return addresses(request, tmp_path)


def test_the_migrations_make_exactly_the_tables_of_the_code(address: str) -> None:
    store = Store(address)
    assert store.schema() == "none"
    store.migrate()
    assert store.schema() == "current"
    with store.write() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
    store.close()


def test_migrating_twice_changes_nothing(address: str) -> None:
    store = Store(address)
    store.migrate()
    store.migrate()
    assert store.schema() == "current"
    store.close()
