"""Collectors: what the public writes to our accounts, streamed where the network offers it, polled always."""

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime

import structlog
from sqlmodel import Session

from handlers import access, inbox, outbox
from handlers.desk import Desk
from handlers.setup import OurAccount, Setup
from models.account import Account
from models.inbound import Inbound, InboundState
from models.store import Store
from platforms.contract import (
    AccessLost,
    CommentEvent,
    OutcomeUnknown,
    PlatformError,
    ReadsComments,
    Streams,
    TryLater,
    Unsupported,
)

log = structlog.get_logger()

#: Accounts polled at the same time.
THREADS = 4
#: Pages read of one account in one round; what is left waits for the next, which follows at once.
PAGES = 10
#: While a stream is open, polling only guards against what it may have missed.
STREAMING_FACTOR = 5
#: Seconds before an account without access is tried again.
WITHOUT_ACCESS = 3600.0
#: Seconds before a stream is opened again: doubled at each failure, at most the last.
FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0


class Collector:
    """Reads comments of every account that can; each event is stored in the transaction that moves the cursor."""

    def __init__(
        self,
        store: Store,
        setup: Setup,
        now: Callable[[], datetime],
        wake: Callable[[], None],
        poll_seconds: float,
        step: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """`wake` is called when deliveries may have been written; `step` is told each step just taken."""
        self._store = store
        self._setup = setup
        self._now = now
        self._wake = wake
        self._poll_seconds = poll_seconds
        self._step = step
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="collect")
        self._states: dict[str, str] = {}
        self._news: dict[str, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = threading.Event()

    def states(self) -> Mapping[str, str]:
        """Account name -> "streaming", "polling", "no access", for `status`."""
        return dict(self._states)

    async def start(self) -> None:
        """Begin with what was missed."""
        loop = asyncio.get_running_loop()
        for account in self._setup.accounts.values():
            if not isinstance(account.platform, ReadsComments):
                continue
            self._states[account.name] = "polling"
            news = self._news[account.name] = asyncio.Event()
            self._tasks.append(asyncio.create_task(self._run(account, news), name=f"collect {account.name}"))
            if isinstance(account.platform, Streams):
                # A thread of its own, daemon: a stream blocks in a read, and must not hold up the end of the process.
                arguments = (account, account.platform, loop, news)
                threading.Thread(
                    target=self._stream, args=arguments, name=f"stream {account.name}", daemon=True
                ).start()

    async def stop(self) -> None:
        """Store nothing more."""
        self._stopping.set()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        self._pool.shutdown(wait=False, cancel_futures=True)

    # -- polling -------------------------------------------------------------------------------------------------------

    async def _run(self, account: OurAccount, news: asyncio.Event) -> None:
        while True:
            news.clear()
            try:
                pause = await asyncio.get_running_loop().run_in_executor(self._pool, self.poll, account)
            except Exception:
                log.exception("comments could not be collected", account=account.name)
                pause = self._poll_seconds
            try:
                await asyncio.wait_for(news.wait(), pause)
            except TimeoutError:
                continue

    def poll(self, account: OurAccount) -> float:
        """Read what is new, page by page; returns the seconds to wait before the next look."""
        platform = account.platform
        assert isinstance(platform, ReadsComments)
        try:
            for _ in range(PAGES):
                cursor = self._cursor(account.name)
                page = platform.comments(cursor)
                self._step("collected")
                self._keep(account.name, page.events, page.cursor)
                self._step("stored")
                if not page.more:
                    break
            else:
                return 0.0
        except AccessLost as lost:
            with self._store.write() as session:
                outbox.keep(self._desk(session), access.lost(self._desk(session), account.name, lost.reason))
            self._wake()
            self._states[account.name] = "no access"
            return WITHOUT_ACCESS
        except TryLater as later:
            log.info("a network does not answer; comments are read later", account=account.name, reason=later.reason)
            return max(self._poll_seconds, later.after.total_seconds() if later.after else 0.0)
        except (PlatformError, OutcomeUnknown) as error:
            log.warning("comments could not be read", account=account.name, reason=str(error))
            return self._poll_seconds
        if self._states[account.name] == "no access":
            self._states[account.name] = "polling"
        return self._poll_seconds * (STREAMING_FACTOR if self._states[account.name] == "streaming" else 1)

    def _cursor(self, name: str) -> str:
        with self._store.read() as session:
            row = session.get(Account, name)
            return row.cursor if row else ""

    def _keep(self, name: str, events: Iterable[CommentEvent], cursor: str | None) -> None:
        """Store the events, and with them how far was read; an event that meets a bug is set aside, not lost."""
        if self._stopping.is_set():
            return
        with self._store.write() as session:
            desk = self._desk(session)
            for event in events:
                try:
                    with session.begin_nested():
                        outbox.keep(desk, inbox.arrived(desk, name, event))
                except Exception:
                    log.exception("a comment met a bug and was set aside", account=name, remote_id=event.remote_id)
                    self._set_aside(session, name, event)
            row = session.get(Account, name, with_for_update=True)
            if row is not None and cursor is not None:
                row.cursor, row.collected_at = cursor, self._now()
        self._wake()

    def _set_aside(self, session: Session, name: str, event: CommentEvent) -> None:
        now = self._now()
        body = {key: str(value) for key, value in asdict(event).items()}
        event_id = f"{event.remote_id}:{now.timestamp()}"
        row = Inbound(source=f"account:{name}", event_id=event_id, body=body, due_at=now, received_at=now)
        row.set_aside("collector")
        assert row.state == InboundState.BROKEN
        session.add(row)

    def _desk(self, session: Session) -> Desk:
        return Desk(session=session, now=self._now(), setup=self._setup, language=self._setup.language)

    # -- streaming -----------------------------------------------------------------------------------------------------

    def _stream(
        self, account: OurAccount, platform: Streams, loop: asyncio.AbstractEventLoop, news: asyncio.Event
    ) -> None:
        """Keep a stream open; after each opening a poll closes the gap before it."""
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                for number, event in enumerate(platform.stream()):
                    if self._stopping.is_set():
                        return
                    if number == 0:
                        self._states[account.name] = "streaming"
                        pause = FIRST_PAUSE
                        loop.call_soon_threadsafe(news.set)
                    if event is not None:
                        self._keep(account.name, [event], None)
            except Unsupported:
                log.info("this server does not stream; it is polled", account=account.name)
                return
            except AccessLost:
                pause = WITHOUT_ACCESS
            except (PlatformError, OutcomeUnknown) as error:
                log.info("a stream ended", account=account.name, reason=str(error))
            except Exception:
                log.exception("a stream broke", account=account.name)
            if self._states[account.name] == "streaming":
                self._states[account.name] = "polling"
            if self._stopping.wait(pause):
                return
            loop.call_soon_threadsafe(news.set)
            pause = min(pause * 2, LAST_PAUSE) if pause < WITHOUT_ACCESS else pause
