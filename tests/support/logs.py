"""Logging as it was before the test, and what was logged meanwhile."""

import logging
from collections.abc import Iterator

import pytest
import structlog
from stamina.instrumentation import set_on_retry_hooks


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
