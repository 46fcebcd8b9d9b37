"""The embedded engine: due deliveries run in threads of this process."""

import asyncio
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog

from handlers.couriers import Office
from handlers.delivery.delivering import Deliverer
from handlers.delivery.settling import Settler
from models.delivery import LEASE

log = structlog.get_logger()
Result = TypeVar("Result")

#: Deliveries to accounts at the same time, each of another lane: a slow network holds only its own lanes.
ACCOUNT_THREADS = 16
#: Deliveries to one chat at the same time; apart, so that neither a network nor another chat keeps the team waiting.
CHAT_THREADS = 8
#: Seconds between sweeps when nothing wakes the engine.
SWEEP_SECONDS = 1.0


class Embedded:
    """Delivers and settles in bounded thread pools."""

    def __init__(self, office: Office, *, alone: bool) -> None:
        """`alone`: no other process delivers from this database, so what is SENDING at the start was cut off."""
        self._deliverer = Deliverer(office)
        self._settler = Settler(office)
        self._alone = alone
        self._worker = f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(3)}"
        self._accounts = ThreadPoolExecutor(ACCOUNT_THREADS, thread_name_prefix="account")
        self._chat_names = office.setup.chats
        self._chats = ThreadPoolExecutor(CHAT_THREADS * (len(self._chat_names) + 1), thread_name_prefix="chat")
        self._sweeps = ThreadPoolExecutor(2, thread_name_prefix="sweep")
        self._lanes: dict[str, int] = {}  #: lanes at work -> delivery id
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._work: set[asyncio.Future[object]] = set()
        self._stopping = False

    async def start(self) -> None:
        """Settle what an earlier run left in mid-air, then begin."""
        self._loop = asyncio.get_running_loop()
        reaped = await self._swept(lambda: self._settler.reap(all_of_them=self._alone))
        if reaped:
            log.warning("deliveries were cut off by the last stop; they are being looked up", count=reaped)
        self._tasks = [
            asyncio.create_task(self._run(), name="engine"),
            asyncio.create_task(self._leases(), name="leases"),
        ]

    async def stop(self, seconds: float = 25.0) -> None:
        """Claim nothing more and let what is under way finish; what does not is settled by the next start."""
        self._stopping = True  # asyncio.wait_for loses a cancellation that comes together with its result
        for task in self._tasks[:1]:
            task.cancel()
        if self._work:
            await asyncio.wait(self._work, timeout=seconds)
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for pool in (self._accounts, self._chats, self._sweeps):
            pool.shutdown(wait=False, cancel_futures=True)

    def wake(self) -> None:
        """Something may be due: look at once. May be called from any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    async def _run(self) -> None:
        while not self._stopping:
            self._news.clear()
            try:
                due = await self._swept(partial(self._deliverer.due, set(self._lanes)))
                unsure = await self._swept(self._settler.unsure)
            except Exception:
                log.exception("the sweep failed; the next follows")
                due, unsure = [], []
            for delivery_id, lane in due:
                self._begin(lane, delivery_id, partial(self._deliverer.attempt, delivery_id, self._worker))
            for delivery_id, lane in unsure:
                self._begin(f"settle:{lane}", delivery_id, partial(self._settler.settle, delivery_id))
            try:
                await asyncio.wait_for(self._news.wait(), SWEEP_SECONDS)
            except TimeoutError:
                continue

    def _begin(self, lane: str, delivery_id: int, work: Callable[[], object]) -> None:
        crew = self._crew(lane)
        pool, room = (self._accounts, ACCOUNT_THREADS) if crew == "account" else (self._chats, CHAT_THREADS)
        if lane in self._lanes or sum(self._crew(at_work) == crew for at_work in self._lanes) >= room:
            return  # stays due; the next sweep finds it
        self._lanes[lane] = delivery_id
        assert self._loop is not None
        future = self._loop.run_in_executor(pool, work)

        def ended(done: "asyncio.Future[object]") -> None:
            self._lanes.pop(lane, None)
            self._work.discard(done)
            if not done.cancelled() and (error := done.exception()):
                # Most likely the database is away; without the wake, the next try waits for the next sweep.
                log.error("a delivery could not be worked", delivery=delivery_id, error=str(error))
            else:
                self._news.set()

        future.add_done_callback(ended)
        self._work.add(future)

    def _crew(self, lane: str) -> str:
        """Who works the lane: "account", the crew of a chat, or "" for private messages."""
        parts = lane.split(":")
        return "account" if "account" in parts else next((name for name in self._chat_names if name in parts), "")

    async def _leases(self) -> None:
        """Renew our leases, and take those of the dead."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            try:
                await self._swept(partial(self._deliverer.renew, list(self._lanes.values()), self._worker, LEASE))
                if await self._swept(self._settler.reap):
                    self._news.set()
            except Exception:
                log.exception("leases could not be renewed")

    async def _swept(self, function: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._sweeps, function)
