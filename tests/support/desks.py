"""Stores for tests: a fresh copy of one migrated database behind each."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.store import Store


def copied(migrated: Path, folder: Path) -> Store:
    """A store of its own on a copy of a migrated file; the test closes it."""
    shutil.copy(migrated, folder / "copy.db")
    return Store(f"sqlite:///{folder / 'copy.db'}", durable=False)


class Stores:
    """Lends stores on SQLite, each migrated and empty.

    One that was lent before is lent again with another file behind it: by then it has compiled the desk's statements,
    which costs a new one more than most tests do.
    """

    def __init__(self, migrated: Path, folder: Path) -> None:
        self._migrated, self._folder = migrated, folder
        self._free = list[Store]()
        self._made = 0

    @contextmanager
    def lent(self, link: Path) -> Iterator[Store]:
        """A store until the block ends; `link` is where the test finds its file."""
        store = self._free.pop() if self._free else self._new()
        path = Path(store.url.removeprefix("sqlite:///"))
        for old in path.parent.iterdir():
            old.unlink()
        shutil.copy(self._migrated, path)
        link.symlink_to(path)
        try:
            yield store
        finally:
            store.close()
            self._free.append(store)

    def _new(self) -> Store:
        self._made += 1
        folder = self._folder / str(self._made)
        folder.mkdir()
        return Store(f"sqlite:///{folder / 'desk.db'}", durable=False)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file; copying it is faster than migrating anew."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    store = Store(f"sqlite:///{path}", durable=False)
    store.migrate()
    store.close()
    return path


@pytest.fixture(scope="session")
def stores(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """The stores that this process lends to its tests."""
    return Stores(migrated, tmp_path_factory.mktemp("stores"))


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A migrated store of each kind."""
    if request.param == "sqlite":
        made = copied(request.getfixturevalue("migrated"), tmp_path)
    else:
        made = Store(request.getfixturevalue("migrated_postgres"))
    yield made
    made.close()
