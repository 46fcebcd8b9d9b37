"""Stores for tests that need no whole bench."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.store import Store


def copied(migrated: Path, folder: Path) -> Store:
    """A store of its own on a copy of a migrated file; the test closes it."""
    shutil.copy(migrated, folder / "copy.db")
    return Store(f"sqlite:///{folder / 'copy.db'}")


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A migrated store of each kind."""
    if request.param == "sqlite":
        made = copied(request.getfixturevalue("migrated"), tmp_path)
    else:
        made = Store(request.getfixturevalue("postgres"))
        made.migrate()
    yield made
    made.close()
