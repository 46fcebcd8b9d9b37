"""A fresh Slack workspace for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.store import Store
from support.slack_chat import SlackBench, migrated_store, slack_bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[SlackBench]:
    with slack_bench(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "empty.db"
    store = Store(f"sqlite:///{path}")
    store.migrate()
    store.close()
    return path


@pytest.fixture
def store(empty: Path, tmp_path: Path) -> Iterator[Store]:
    made = migrated_store(empty, tmp_path)
    yield made
    made.close()
