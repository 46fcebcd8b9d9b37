"""Leading: what only one process may do at a time is done by whoever holds its lease, and spread over all of them."""

import asyncio
import os
import secrets
from collections.abc import Callable, Collection, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.threads import ended
from models import lease
from models.store import Store

log = structlog.get_logger()
Result = TypeVar("Result")

#: Seconds between looks for what is free.
LOOK = 1.0
#: Parts of a term: between renewals, and after which a lease that could not be renewed is given up. Counted from before
#: the last renewal, so that the work has ended before the database, by its own clock, gives it to somebody else.
RENEW, HOLD = 0.25, 0.75
#: Seconds that work gets to end, once it is no longer ours.
ENDING = 4.0
#: Seconds that our clock may differ from the database's before somebody is told: leases of deliveries compare clocks.
SKEW = 5.0


@dataclass(frozen=True)
class Duty:
    """What one process at a time does."""

    name: str
    work: Callable[
        [], Coroutine[Any, Any, None]
    ]  #: for as long as it leads; cancelled when that ends, and then ends quickly


@dataclass
class _Term:
    task: asyncio.Task[None]
    until: float  #: by the loop's clock
    timeout: asyncio.Timeout | None = None

    def extend(self, until: float) -> None:
        """Another term, unless this one is over and the work about to end."""
        if self.timeout is None or not self.timeout.expired():
            self.until = until
            if self.timeout is not None:
                self.timeout.reschedule(until)


class Leading:
    """Holds leases, and works the duties they stand for, on one loop."""

    def __init__(self, store: Store, term: timedelta = lease.TERM) -> None:
        """`store`: its own, closed at the end, so that a desk whose connections are all busy still renews."""
        self._store = store
        self._term = term
        self._renew, self._hold = (part * term.total_seconds() for part in (RENEW, HOLD))
        self._duties: dict[str, Duty] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="leading")
        self._terms: dict[str, _Term] = {}
        self._free: dict[str, float] = {}  #: since when we see that nobody takes it
        self._stray: set[str] = set()  #: what nobody else takes
        self._renewed = float("-inf")
        self._is_off = False  #: whether our clock is
        self._task: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        #: How other processes know this one.
        self.name = f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(3)}"

    async def start(self, duties: Sequence[Duty]) -> None:
        """Live, take a share of the duties and begin with them. Raises the database's trouble.

        On SQLite nobody else can hold anything: what an earlier run held is free at once.
        """
        self._duties = {duty.name: duty for duty in duties}
        if self._store.is_sqlite:
            await self._written(lease.clear)
        await self._round()
        self._task = asyncio.create_task(self._run(), name="leading")

    async def stop(self) -> None:
        """End every duty and give it back, so that others go on at once. The process still lives."""
        if self._task and not self._over.is_set():
            self._over.set()
            await asyncio.wait([self._task], timeout=ENDING)
            self._task.cancel()  # the database does not answer
            await self._give_back(list(self._duties))

    async def leave(self) -> None:
        """The process lives no more: what it has heard and not handled is others' from now on."""
        if self._task:
            self._task = None
            try:
                await self._soon(partial(lease.leave, holder=self.name))
            except Exception:
                log.exception("others learn only later that this process is gone")
        await ended(self._pool, ENDING)
        self._store.close()

    def leads(self, name: str) -> bool:
        """Whether the duty is this process's now."""
        term = self._terms.get(name)
        return term is not None and monotonic() < term.until  # the loop's clock, also for threads

    @property
    def duties(self) -> dict[str, bool]:
        """What there is to lead, and whether this process does; from any thread."""
        return {name: self.leads(name) for name in self._duties}

    @property
    def led(self) -> list[str]:
        """What this process leads now."""
        return sorted(name for name, is_ours in self.duties.items() if is_ours)

    def confirms(self, session: Session, name: str) -> bool:
        """The same by the database, and until the transaction ends."""
        return lease.holds(session, self.name, name)

    # -- leases --------------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while not self._over.is_set():
            try:
                await asyncio.wait_for(self._over.wait(), LOOK)
            except TimeoutError:
                await self._look_again()

    async def _look_again(self) -> None:
        try:
            if await self._must_act():
                await self._round()
        except SQLAlchemyError as error:
            log.warning("leases could not be renewed", reason=str(error).partition("\n")[0])
        except Exception:
            log.exception("leases could not be renewed")

    async def _must_act(self) -> bool:
        """Whether it is time to renew, or something waits for somebody."""
        loop = asyncio.get_running_loop()
        waiting = set(self._duties) - set(self._terms)
        free = await self._read(partial(lease.free, duties=waiting)) if waiting else frozenset()
        self._free = {name: self._free.get(name, loop.time()) for name in free}
        self._stray |= {n for n, since in self._free.items() if loop.time() - since > self._term.total_seconds()}
        return bool(free) or loop.time() - self._renewed >= self._renew

    async def _round(self) -> None:
        """Renew and take; begin what is ours, and end and give back what is not or should not be."""
        loop = asyncio.get_running_loop()
        self._renewed = began = loop.time()
        share = await self._written(self._share)
        if loop.time() >= began + self._hold:
            return  # it took so long that what was granted is not to be trusted
        for name in share.ours - share.surplus:
            if name in self._terms:
                self._terms[name].extend(began + self._hold)
            else:
                task = asyncio.create_task(self._work(self._duties[name], began + self._hold), name=f"duty {name}")
                self._terms[name] = _Term(task, began + self._hold)
        self._stray &= share.ours | set(self._free)
        await self._give_back(share.surplus)

    def _share(self, session: Session) -> lease.Share:
        skew = (datetime.now(UTC) - lease.clock(session)).total_seconds()
        was_off, self._is_off = self._is_off, abs(skew) > SKEW
        if self._is_off and not was_off:
            log.warning("this machine's clock and the database's differ: set both by NTP", seconds=round(skew, 1))
        return lease.share(session, self.name, list(self._duties), self._stray, self._term)

    async def _give_back(self, names: Collection[str]) -> None:
        """End their work; what does not end in time is not given back but runs out."""
        work = {self._terms.pop(name).task: name for name in names if name in self._terms}
        for task in work:
            task.cancel()
        unended = (await asyncio.wait(work, timeout=ENDING))[1] if work else set()
        over = set(names) - {work[task] for task in unended}
        if over:
            try:
                await self._soon(partial(lease.give_back, holder=self.name, names=over))
            except Exception:
                log.exception("leases could not be given back; they run out by themselves", duties=sorted(over))

    # -- duties --------------------------------------------------------------------------------------------------------

    async def _work(self, duty: Duty, until: float) -> None:
        """The duty, until its lease is given up or could not be renewed."""
        log.info("this process leads", duty=duty.name)
        timeout = asyncio.timeout_at(until)
        try:
            async with timeout:
                self._terms[duty.name].timeout = timeout
                await duty.work()
        except Exception:
            if timeout.expired():
                log.warning("a lease could not be renewed; its work has ended", duty=duty.name)
            else:
                log.exception("a duty broke; it begins again", duty=duty.name)
        finally:
            if (term := self._terms.get(duty.name)) and term.task is asyncio.current_task():
                del self._terms[duty.name]

    # -- database ------------------------------------------------------------------------------------------------------

    async def _written(self, act: Callable[[Session], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._write, act)

    async def _soon(self, act: Callable[[Session], None]) -> None:
        """Written, unless the database does not answer."""
        await asyncio.wait_for(self._written(act), ENDING)

    async def _read(self, look: Callable[[Session], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._look, look)

    def _write(self, act: Callable[[Session], Result]) -> Result:
        with self._store.write() as session:
            return act(session)

    def _look(self, look: Callable[[Session], Result]) -> Result:
        with self._store.read() as session:
            return look(session)
