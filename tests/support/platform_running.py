"""Runs an asyncio service (a sandbox) in a thread of its own, for tests that are synchronous."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox.service import Service
from support.loops import loop_in_thread
from support.patience import PATIENCE


@contextmanager
def running(service: Service) -> Iterator[str]:
    """The address of the service, which listens on a free port of localhost until the block ends."""
    with loop_in_thread(f"sandbox-{service.name}") as loop:
        try:
            yield asyncio.run_coroutine_threadsafe(service.start(), loop).result(PATIENCE)
        finally:
            asyncio.run_coroutine_threadsafe(service.stop(), loop).result(PATIENCE)
