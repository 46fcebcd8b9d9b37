"""The intake: events are stored before they are acknowledged, once each, and wait there to be handled."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from bot.chat import Event
from handlers.router import Handled
from models.inbound import Cursor, Inbound
from models.store import Store

#: Threads that store; acknowledgements depend on them, so nothing else runs there.
THREADS = 4


class Intake:
    """Stores what the chats hear; `bot.worker` handles it."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        step: Callable[[str], None] = lambda _name: None,
        acknowledged: Callable[[str, float], None] = lambda _source, _seconds: None,
    ) -> None:
        """`step` is told each step just taken; the chaos campaign ends the process there.

        `acknowledged` is told of each event, in seconds, how long its source waited until it may be acknowledged.
        """
        self._acknowledged = acknowledged
        self._store = store
        self._now = now
        self._step = step
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="intake")
        self.news = asyncio.Event()  #: set whenever something new was stored
        self._waiting: dict[tuple[str, str], asyncio.Future[Handled]] = {}

    def close(self) -> None:
        """Nothing is stored any more."""
        self._pool.shutdown(wait=False)

    async def store(self, source: str, event: Event) -> bool:
        """Keep the event; False when it was kept before. Raises when it could not be kept."""
        begun = time.monotonic()
        is_new = await self._stored(source, event)
        self._acknowledged(source, time.monotonic() - begun)
        return is_new

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

    async def _stored(self, source: str, event: Event) -> bool:
        is_new = await asyncio.get_running_loop().run_in_executor(self._pool, self._keep, source, event)
        self.news.set()
        return is_new

    def _keep(self, source: str, event: Event) -> bool:
        try:
            with self._store.write() as session:
                session.add(self._row(source, event))
        except IntegrityError:
            return False
        self._step("stored")
        return True

    def _keep_all(self, source: str, events: Sequence[Event], cursor: str) -> list[Event]:
        new: list[Event] = []
        ids = [event.event_id for event in events]
        with self._store.write() as session:
            query = select(Inbound.event_id).where(Inbound.source == source, col(Inbound.event_id).in_(ids))
            known = set(session.exec(query).all())
            for event in events:
                if event.event_id not in known:
                    known.add(event.event_id)
                    new.append(event)
                    session.add(self._row(source, event))
            row = session.get(Cursor, source)
            if row is None:
                session.add(Cursor(name=source, value=cursor))
            else:
                row.value = cursor
        if events:
            self._step("stored")
        return new

    def _row(self, source: str, event: Event) -> Inbound:
        now = self._now()
        return Inbound(
            source=source, event_id=event.event_id, lane=event.lane, body=event.body, due_at=now, received_at=now
        )

    def _read_cursor(self, source: str) -> str:
        with self._store.read() as session:
            row = session.get(Cursor, source)
            return row.value if row else ""


async def _within(seconds: float, answer: asyncio.Future[Handled]) -> Handled | None:
    """The answer, None where it takes longer; whoever else waits for it goes on waiting."""
    try:
        return await asyncio.wait_for(asyncio.shield(answer), seconds)
    except TimeoutError:
        return None
