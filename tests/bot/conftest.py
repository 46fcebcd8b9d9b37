"""An empty store, desks that listen, and logging as it was, for every test of the process."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from stamina.instrumentation import set_on_retry_hooks

from support.bench import mastodon, migrated
from support.inbox_bench import desk
from support.postgres import postgres, postgres_server

__all__ = ["desk", "logging_as_it_was", "mastodon", "migrated", "postgres", "postgres_server"]


@pytest.fixture
def logging_as_it_was() -> Iterator[None]:
    """What a command sets up for its own process ends with the test."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    set_on_retry_hooks(None)
