"""Threads of ours that come to an end."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


async def ended(pool: ThreadPoolExecutor, seconds: float) -> None:
    """Begin nothing more in the pool and wait so long for what its threads are at: they may hold a connection."""
    pool.shutdown(wait=False, cancel_futures=True)
    await asyncio.wait([asyncio.create_task(asyncio.to_thread(pool.shutdown))], timeout=seconds)
