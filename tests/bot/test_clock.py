"""The clock: what it has begun ends."""

import asyncio
import logging

import pytest

from bot.clock import Clock


def test_a_tick_that_has_begun_ends_after_the_clock_was_stopped(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        began, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def tick() -> None:
            began.set()
            await go_on.wait()
            ended.set()

        clock = Clock()
        clock.every(0.01, tick, "tick")
        clock.start()
        async with asyncio.timeout(10):
            await began.wait()
            clock.stop()
            await asyncio.sleep(0)
            go_on.set()
            await ended.wait()

    with caplog.at_level(logging.ERROR):
        asyncio.run(story())
    assert caplog.records == []
