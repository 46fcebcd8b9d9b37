"""The crew of a process: bounded threads that work deliveries lane by lane, and the leases of what they work on."""

import asyncio
import os
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import structlog

from bot.threads import ended
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
#: Seconds that a look at the database gets to end when the process stops.
LOOK_SECONDS = 5.0
#: Deliveries of one lane that a thread works in a row before it looks who else waits.
IN_A_ROW = 10


class Crew:
    """Works what an engine hands it; one lane is never worked by two threads."""

    def __init__(self, office: Office, news: Callable[[], None]) -> None:
        """`news` is called on the loop when a lane is free again."""
        self.deliverer = Deliverer(office)
        self.settler = Settler(office)
        self._news = news
        self._name = f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(3)}"
        self._chat_names = office.setup.chats
        self._accounts = ThreadPoolExecutor(ACCOUNT_THREADS, thread_name_prefix="account")
        self._chats = ThreadPoolExecutor(CHAT_THREADS * (len(self._chat_names) + 1), thread_name_prefix="chat")
        self._sweeps = ThreadPoolExecutor(2, thread_name_prefix="sweep")
        self._lanes: set[str] = set()  #: at work
        self._work: set[Future[None]] = set()
        self._leases: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self, *, alone: bool) -> None:
        """Settle what an earlier run left in mid-air. `alone`: nobody else can be sending, so all of it was cut off."""
        reaped = await self.swept(lambda: self.settler.reap(all_of_them=alone))
        if reaped:
            log.warning("deliveries were cut off by the last stop; they are being looked up", count=reaped)
        self._leases = asyncio.create_task(self._keep_leases(), name="leases")

    async def stop(self, seconds: float) -> None:
        """Claim nothing more and let what is under way finish; what does not is settled by the next start."""
        self._stopping = True
        if self._work:
            await asyncio.wait([asyncio.wrap_future(work) for work in self._work], timeout=seconds)
        if self._leases:
            self._leases.cancel()
            await asyncio.wait([self._leases])
        await ended(self._sweeps, LOOK_SECONDS)
        for pool in (self._accounts, self._chats):
            pool.shutdown(wait=False, cancel_futures=True)

    @property
    def lanes(self) -> set[str]:
        """The lanes at work in this process."""
        return self._lanes.copy()

    def deliver(self, delivery_id: int, lane: str) -> Future[None] | None:
        """Work the delivery and what is due behind it; None where the lane or every thread is busy."""
        return self._begin(lane, delivery_id, partial(self._in_a_row, delivery_id))

    def settle(self, delivery_id: int, lane: str) -> Future[None] | None:
        """Look an unsure delivery up."""
        return self._begin(f"settle:{lane}", delivery_id, partial(self.settler.settle, delivery_id))

    async def swept(self, function: Callable[[], Result]) -> Result:
        """The function's result, from a thread kept for such looks at the database."""
        return await asyncio.get_running_loop().run_in_executor(self._sweeps, function)

    def of(self, lane: str) -> str:
        """Who works the lane: "account", the crew of a chat, or "" for private messages."""
        parts = lane.split(":")
        return "account" if "account" in parts else next((name for name in self._chat_names if name in parts), "")

    def _begin(self, lane: str, delivery_id: int, work: Callable[[], None]) -> Future[None] | None:
        crew = self.of(lane)
        pool, room = (self._accounts, ACCOUNT_THREADS) if crew == "account" else (self._chats, CHAT_THREADS)
        busy = lane in self._lanes or sum(self.of(at_work) == crew for at_work in self._lanes) >= room
        if busy or self._stopping:
            return None
        loop = asyncio.get_running_loop()
        self._lanes.add(lane)
        future = pool.submit(work)
        self._work.add(future)

        def ended() -> None:
            self._lanes.discard(lane)
            self._work.discard(future)
            if not future.cancelled() and (error := future.exception()):
                # Most likely the database is away; without the news, the next try waits for the next sweep.
                log.error("a delivery could not be worked", delivery=delivery_id, error=str(error))
            else:
                self._news()

        future.add_done_callback(lambda _: None if loop.is_closed() else loop.call_soon_threadsafe(ended))
        return future

    def _in_a_row(self, delivery_id: int) -> None:
        """The delivery, then what is due behind it in the lane."""
        more = iter(range(1, IN_A_ROW))
        self.deliverer.attempt(delivery_id, self._name, lambda: not self._stopping and next(more, None) is not None)

    async def _keep_leases(self) -> None:
        """Renew ours, and take those of the dead."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 4)
            try:
                await self.swept(partial(self.deliverer.renew, self.lanes, self._name, LEASE))
                if await self.swept(self.settler.reap):
                    self._news()
            except Exception:
                log.exception("leases could not be renewed")
