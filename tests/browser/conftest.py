from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from support.page_bot import page_bot
from support.page_world import Looking, chromium, sandboxes


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def world() -> Iterator[dict[str, Any]]:
    with sandboxes() as found:
        yield found


@pytest.fixture
def heard(world: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    with page_bot(world) as found:
        yield found


@pytest.fixture
def looking(browser: Browser, world: dict[str, Any]) -> Iterator[Looking]:
    window = Looking(browser, world)
    try:
        yield window
        assert window.quiet() == []
    finally:
        window.page.close()
