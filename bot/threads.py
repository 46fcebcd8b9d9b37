"""Threads of ours: how they take turns, and how they come to an end."""

import asyncio
import gc
import sys
from concurrent.futures import ThreadPoolExecutor

#: A thread lets another run after so long (Python's own: 5 ms): an acknowledgement must not wait for whoever computes.
SWITCH_SECONDS = 0.001


def settle_in() -> None:
    """For a process that is built up and begins its work: its threads change often, and what is there stays.

    Looking through the latter again and again cost a tenth of each delivery's time.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()


async def ended(pool: ThreadPoolExecutor, seconds: float) -> None:
    """Begin nothing more in the pool and wait so long for what its threads are at: they may hold a connection."""
    pool.shutdown(wait=False, cancel_futures=True)
    await asyncio.wait([asyncio.create_task(asyncio.to_thread(pool.shutdown))], timeout=seconds)
