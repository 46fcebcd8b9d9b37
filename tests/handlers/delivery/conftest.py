"""Post offices on paper, on either database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.store import Store
from support.desks import copied, either
from support.paper_office import PaperOffice

__all__ = ["either"]


@pytest.fixture
def office(migrated: Path, tmp_path: Path) -> Iterator[PaperOffice]:
    store = copied(migrated, tmp_path)
    yield PaperOffice(store)
    store.close()


@pytest.fixture
def both(either: Store) -> PaperOffice:
    return PaperOffice(either)
