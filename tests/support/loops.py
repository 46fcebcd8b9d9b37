"""A loop in a thread of its own, for tests that are synchronous."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from support.patience import PATIENCE


@contextmanager
def loop_in_thread(name: str = "bot") -> Iterator[asyncio.AbstractEventLoop]:
    """The loop, running until the block ends; what is left on it then is cancelled."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name=name, daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        asyncio.run_coroutine_threadsafe(_rest(), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()


async def _rest() -> None:
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    # A connection that came as its server went is open for ever on a loop that has stopped, and fails whatever test
    # it is collected in. The loop alone knows of it.
    for transport in list(asyncio.get_running_loop()._transports.values()):  # type: ignore[attr-defined]
        transport.abort()
    await asyncio.sleep(0)
