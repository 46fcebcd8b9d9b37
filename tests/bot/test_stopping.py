"""The process ends when it is told to, whatever comes in at that very moment."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.settings import DeskSettings, Settings
from support.patience import PATIENCE

#: Seconds after which everything idles.
IDLE = 0.3

Stop = Callable[[App], Coroutine[Any, Any, None]]


async def _worker(app: App) -> None:
    app.intake.news.set()
    await app.worker.stop()


async def _engine(app: App) -> None:
    app.engine.wake()
    await asyncio.sleep(0)
    await app.engine.stop()


@pytest.mark.parametrize("stop", [_worker, _engine])
def test_news_at_the_very_moment_of_the_stop_do_not_hold_it_up(tmp_path: Path, stop: Stop) -> None:
    async def story() -> None:
        app = App(Settings(desk=DeskSettings(data=tmp_path)))
        await app.start()
        await asyncio.sleep(IDLE)
        await asyncio.wait_for(stop(app), PATIENCE)
        await asyncio.wait_for(app.stop(), PATIENCE)

    asyncio.run(story())
