"""The intake: events are stored before they are acknowledged, once each, and wait there to be handled."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.chat import Event
from handlers.router import Handled
from models.inbound import Cursor, Inbound
from models.store import Store

#: Threads that store; acknowledgements depend on them, so nothing else runs there.
THREADS = 4
#: Events stored by one transaction: under load an acknowledgement costs a share of a commit.
TOGETHER = 100
#: Events that may wait to be stored; more are not acknowledged, so that the chat sends them again.
MOST_WAITING = 2000

_KEPT = select(Inbound.source, Inbound.event_id).where(
    col(Inbound.source).in_(bindparam("sources", expanding=True)),
    col(Inbound.event_id).in_(bindparam("ids", expanding=True)),
)


class Flooded(Exception):
    """More comes than can be stored; nothing was kept."""


class Intake:
    """Stores what the chats hear; `bot.worker` handles it."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        step: Callable[[str], None] = lambda _name: None,
        keeper: str = "",
        acknowledged: Callable[[str, float], None] = lambda _source, _seconds: None,
    ) -> None:
        """`step` is told each step just taken; the chaos campaign ends the process there. `keeper`: this process.

        `acknowledged` is told of each event, in seconds, how long its source waited until it may be acknowledged.
        """
        self._acknowledged = acknowledged
        self._store = store
        self._now = now
        self._step = step
        self.keeper = keeper
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="intake")
        self.news = asyncio.Event()  #: set whenever something new was stored
        self._waiting: dict[tuple[str, str], asyncio.Future[Handled]] = {}
        self._queue: deque[_Arrived] = deque()
        self._storing: asyncio.Task[None] | None = None

    def close(self) -> None:
        """Nothing is stored any more."""
        self._pool.shutdown(wait=False)

    async def store(self, source: str, event: Event) -> bool:
        """Keep the event; False when it was kept before. Raises when it could not be kept."""
        begun = time.monotonic()
        is_new = await self._stored(source, event)
        self._acknowledged(source, time.monotonic() - begun)
        return is_new

    async def _stored(self, source: str, event: Event) -> bool:
        """Keep the event, in the order of the calls.

        What comes while the database is at work is kept together by the next transaction.
        """
        if len(self._queue) >= MOST_WAITING:
            raise Flooded(f"{MOST_WAITING} events wait to be stored")
        arrived = _Arrived(source, event, asyncio.get_running_loop().create_future())
        self._queue.append(arrived)
        if self._storing is None or self._storing.done():
            self._storing = asyncio.create_task(self._store_waiting(), name="intake")
        return await arrived.kept

    async def _store_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        while self._queue:
            arrived = [self._queue.popleft() for _ in range(min(TOGETHER, len(self._queue)))]
            try:
                new = await loop.run_in_executor(self._pool, self._keep, arrived)
            except Exception as error:
                for one in arrived:
                    if not one.kept.done():  # its connection may be over
                        one.kept.set_exception(error)
            else:
                for one, is_new in zip(arrived, new, strict=True):
                    if not one.kept.done():
                        one.kept.set_result(is_new)
                self.news.set()

    async def store_all(self, source: str, events: Sequence[Event], cursor: str) -> Sequence[Event]:
        """Keep the events and how far the source was read, in one transaction; returns those not kept before."""
        loop, begun = asyncio.get_running_loop(), time.monotonic()
        new = await loop.run_in_executor(self._pool, self._keep_all, source, events, cursor)
        self.news.set()
        if events:
            self._acknowledged(source, time.monotonic() - begun)
        return new

    async def cursor(self, source: str) -> str:
        """How far the source was read, "" for not at all."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read_cursor, source)

    async def handle_now(self, source: str, event: Event, seconds: float) -> Handled | None:
        """Keep the event and wait until it is handled; None when that takes longer, and then it goes on by itself."""
        key = (source, event.event_id)
        if key in self._waiting:  # a redelivery while the first delivery waits: whichever is read gets the answer
            return await _within(seconds, self._waiting[key])
        answer: asyncio.Future[Handled] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        begun = time.monotonic()
        try:
            if not await self._stored(source, event):
                return Handled()  # a redelivery: the first delivery had the answer
            return await _within(seconds, answer)
        finally:
            self._waiting.pop(key, None)
            self._acknowledged(source, time.monotonic() - begun)

    def is_awaited(self, source: str, event_id: str) -> bool:
        """Whether somebody waits for the answer to the event, and will show a refusal where it belongs."""
        return (source, event_id) in self._waiting

    def answer(self, source: str, event_id: str, handled: Handled) -> bool:
        """Hand over what came of an event; False when nobody waits for it (any more)."""
        waiting = self._waiting.get((source, event_id))
        if waiting is None or waiting.done():
            return False
        waiting.set_result(handled)
        return True

    def _keep(self, arrived: Sequence["_Arrived"]) -> list[bool]:
        """Keep them in one transaction; returns which of them were not kept before."""
        try:
            with self._store.write(first=True) as session:
                new = self._add(session, [(one.source, one.event) for one in arrived])
        except IntegrityError:
            # Another process kept one of them this moment: each by itself, then.
            return [False] if len(arrived) == 1 else [self._keep([one])[0] for one in arrived]
        self._step("stored")
        return new

    def _keep_all(self, source: str, events: Sequence[Event], cursor: str) -> list[Event]:
        with self._store.write(first=True) as session:
            is_new = self._add(session, [(source, event) for event in events])
            row = session.get(Cursor, source)
            if row is None:
                session.add(Cursor(name=source, value=cursor))
            else:
                row.value = cursor
        if events:
            self._step("stored")
        return [event for event, new in zip(events, is_new, strict=True) if new]

    def _add(self, session: Session, events: Sequence[tuple[str, Event]]) -> list[bool]:
        """Keep those that were not kept before, with one question and one statement; returns which these are."""
        asked = {"sources": list({source for source, _ in events}), "ids": list({e.event_id for _, e in events})}
        kept = {tuple(row) for row in session.exec(_KEPT, params=asked).all()}
        is_new = []
        for source, event in events:
            key = (source, event.event_id)
            is_new.append(key not in kept)
            if key not in kept:
                kept.add(key)
                session.add(self._row(source, event))
        return is_new

    def _row(self, source: str, event: Event) -> Inbound:
        now = self._now()
        given: dict[str, Any] = {"lane": event.lane, "body": event.body, "due_at": now, "received_at": now}
        return Inbound(source=source, event_id=event.event_id, keeper=self.keeper, **given)

    def _read_cursor(self, source: str) -> str:
        with self._store.read() as session:
            row = session.get(Cursor, source)
            return row.value if row else ""


@dataclass(frozen=True)
class _Arrived:
    """An event on its way into the database; `kept` tells whether it was new."""

    source: str
    event: Event
    kept: asyncio.Future[bool]


async def _within(seconds: float, answer: asyncio.Future[Handled]) -> Handled | None:
    """The answer, None where it takes longer; whoever else waits for it goes on waiting."""
    try:
        return await asyncio.wait_for(asyncio.shield(answer), seconds)
    except TimeoutError:
        return None
