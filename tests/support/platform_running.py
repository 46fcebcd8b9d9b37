"""Runs an asyncio service (a sandbox) in a thread of its own, for tests that are synchronous."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.service import Service
from support.patience import PATIENCE


@contextmanager
def running(service: Service) -> Iterator[str]:
    """The address of the service, which listens on a free port of localhost until the block ends."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name=f"sandbox-{service.name}", daemon=True)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(service.start(), loop).result(PATIENCE)
    finally:
        asyncio.run_coroutine_threadsafe(_ended(service), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()


async def _ended(service: Service) -> None:
    await service.stop()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
