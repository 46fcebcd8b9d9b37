"""One process at a time leads: another takes over once it gives back or is gone, and never before it has ended."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any, Self

import pytest
from sqlalchemy import text

from bot.leading import Duty, Leading
from models.store import Store
from support.patience import PATIENCE

#: Short, so that what runs out does so soon.
TERM = timedelta(seconds=4)
DUTIES = ("time", "telegram", "comments:acme", "comments:acme_it")
#: Duties that some process is at, and those that a second one began meanwhile.
BUSY: set[str] = set()
CLASHES: list[str] = []


class Process:
    """A process with duties that only write down when they are done."""

    def __init__(self, address: str, names: tuple[str, ...] = DUTIES, term: timedelta = TERM) -> None:
        self.store = Store(address, pool_size=1)
        self.leading = Leading(self.store, term)
        self.names = names
        self.at_work: set[str] = set()
        self.breaks = 0

    async def __aenter__(self) -> Self:
        await self.leading.start([Duty(name, self._duty(name)) for name in self.names])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.leading.stop()
        await self.leading.leave()

    def _duty(self, name: str) -> Callable[[], Coroutine[Any, Any, None]]:
        async def work() -> None:
            if self.breaks:
                self.breaks -= 1
                raise KeyError(name)
            CLASHES.extend({name} & BUSY)
            BUSY.add(name)
            self.at_work.add(name)
            try:
                await asyncio.Event().wait()
            finally:
                self.at_work.discard(name)
                BUSY.discard(name)

        return work


@pytest.fixture
def address(migrated_postgres: str) -> Iterator[str]:
    """Of a database, at which no duty is ever done by two."""
    store = Store(migrated_postgres)
    store.close()
    yield migrated_postgres
    assert (set(), []) == (BUSY, CLASHES)


async def until(look: Callable[[], object], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.02)


def test_duties_are_spread_and_taken_over_at_once_where_they_are_given_back(address: str) -> None:
    async def story() -> None:
        async with Process(address) as first:
            await until(lambda: first.at_work == set(DUTIES))
            async with Process(address) as second:
                await until(lambda: len(first.at_work) == len(second.at_work) == 2)
                assert first.at_work | second.at_work == set(DUTIES)
                assert first.leading.leads("time") != second.leading.leads("time")
            await until(lambda: first.at_work == set(DUTIES))

    asyncio.run(story())


def test_never_are_two_at_the_same_duty_while_they_come_and_go(address: str) -> None:
    async def story() -> None:
        for _ in range(2):
            living = [Process(address) for _ in range(3)]
            for process in living:
                await process.__aenter__()
            await until(lambda living=living: sum(len(p.at_work) for p in living) == len(DUTIES))  # type: ignore[misc]
            for process in living:
                await process.__aexit__()

    asyncio.run(story())


def test_who_cannot_renew_ends_before_the_lease_does(address: str) -> None:
    async def story() -> None:
        async with Process(address, term=timedelta(seconds=12)) as process:
            await until(lambda: process.at_work == set(DUTIES))
            with process.store.write() as session:
                session.connection().execute(text("ALTER TABLE lease RENAME TO gone"))
            await until(lambda: not process.at_work)
            assert not process.leading.leads("time")
            with process.store.write() as session:
                left = "SELECT count(*) FROM gone WHERE until > clock_timestamp() AND name NOT LIKE 'alive:%'"
                assert session.connection().execute(text(left)).scalar() == len(DUTIES), "they have not run out yet"
                session.connection().execute(text("ALTER TABLE gone RENAME TO lease"))
            await until(lambda: process.at_work == set(DUTIES))

    asyncio.run(story())


def test_what_a_dead_process_did_is_taken_over_when_its_lease_has_run_out(address: str) -> None:
    async def story() -> None:
        dead = Process(address)
        await dead.__aenter__()
        assert dead.leading._task
        dead.leading._task.cancel()  # it renews no more
        async with Process(address) as second:
            await until(lambda: second.at_work == set(DUTIES))
        await dead.leading.leave()

    asyncio.run(story())


def test_a_duty_that_broke_begins_again(address: str) -> None:
    async def story() -> None:
        process = Process(address)
        process.breaks = 2
        async with process:
            await until(lambda: process.at_work == set(DUTIES))

    asyncio.run(story())


def test_what_others_do_not_know_is_done_by_who_does(address: str) -> None:
    async def story() -> None:
        async with Process(address, ("comments:acme",)) as older, Process(address, DUTIES[2:]) as newer:
            await until(lambda: older.at_work == {"comments:acme"} or newer.at_work == {"comments:acme"})
            await until(lambda: older.at_work | newer.at_work == set(DUTIES[2:]))

    asyncio.run(story())
