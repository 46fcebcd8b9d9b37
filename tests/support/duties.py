"""Duties at work without a lease: for tests of what is done, not of who does it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from bot.leading import Duty


def begun(duties: Iterable[Duty]) -> list[asyncio.Task[None]]:
    """Every duty, at work on the running loop."""
    return [asyncio.create_task(duty.work(), name=duty.name) for duty in duties]


async def over(work: Iterable[asyncio.Task[None]]) -> None:
    """It ends as it does where another process leads from now on. Raises what it broke with."""
    tasks = list(work)
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended


@asynccontextmanager
async def at_work(duties: Iterable[Duty]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Every duty, until the block ends."""
    work = begun(duties)
    try:
        yield work
    finally:
        await over(work)
