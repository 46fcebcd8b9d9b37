"""Post offices on paper, on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.store import Store
from support.desks import copied
from support.paper_office import PaperOffice


@pytest.fixture
def office(migrated: Path, tmp_path: Path) -> Iterator[PaperOffice]:
    store = copied(migrated, tmp_path)
    yield PaperOffice(store)
    store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[PaperOffice]:
    if request.param == "sqlite":
        store = copied(migrated, tmp_path)
    else:
        store = Store(request.getfixturevalue("postgres"))
        store.migrate()
    yield PaperOffice(store)
    store.close()
