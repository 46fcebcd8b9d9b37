"""The real bot on the demo's sandboxes, in a thread of this process, as `bottega demo` runs it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot import config
from bot.app import App
from bot.demo import config_for, subscribe
from bot.slack.connect import SlackChat
from platforms.registry import addresses
from support.first_looks import await_first_looks
from support.loops import loop_in_thread
from support.page_world import sandboxes
from support.patience import PATIENCE


@contextmanager
def desk(folder: Path) -> Iterator[dict[str, Any]]:
    """What `python -m sandbox` printed, while a bot configured by it runs."""
    with sandboxes() as world:
        path = folder / "config.toml"
        path.write_text(config_for(world, folder / "data"))
        settings = config.load(path, addresses(), environ={})
        app = App(settings)
        slack = app.chats["slack"]
        assert isinstance(slack, SlackChat)
        slack.handling = PATIENCE / 2
        with loop_in_thread("desk") as loop:
            try:
                asyncio.run_coroutine_threadsafe(app.start(), loop).result(PATIENCE)
                calling = subscribe(world, str(settings.web.public_url).rstrip("/"))
                asyncio.run_coroutine_threadsafe(calling, loop).result(PATIENCE)
                await_first_looks(app.store, app.collector.states())
                yield world
            finally:
                asyncio.run_coroutine_threadsafe(app.stop(), loop).result(PATIENCE)
