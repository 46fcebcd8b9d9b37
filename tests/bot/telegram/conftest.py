from collections.abc import Iterator
from pathlib import Path

import pytest

from support.telegram_chat import ChatBench, chat_running
from support.telegram_stage import Telegram, telegram_running


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    """A fresh pretend Telegram."""
    with telegram_running() as stage:
        yield stage


@pytest.fixture
def bench(telegram: Telegram, tmp_path: Path) -> Iterator[ChatBench]:
    """The chat, connected and polling."""
    with chat_running(telegram, tmp_path) as running:
        running.wait(lambda: running.chat.state() == "connected")
        yield running
