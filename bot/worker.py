"""The worker: stored events become intents and are handled, each lane in order, each event exactly once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import bindparam
from sqlmodel import col, func, or_, select

from bot.archive import Archive
from bot.chat import Chat, FileUnfit, Later, Reading
from bot.intake import Intake
from bot.threads import ended
from handlers.forms import Form
from handlers.intents import Arrived, Command, Filled, Intent, Said
from handlers.router import Handled, Router
from models.errors import NotYet
from models.inbound import Inbound, InboundState
from models.lease import alive
from models.store import TROUBLE, Store
from models.trace import current, traced

log = structlog.get_logger()

#: Events of one chat handled at the same time, of one lane never more than one: a chat whose files do not come holds up
#: no other.
WORKERS = 8
#: Pieces of one event (an album has at most ten) that a chat is shown.
PIECES = 20
#: Seconds that a look at the database gets to end when the process stops.
LOOK_SECONDS = 2.0
#: Seconds until the table is looked at again when nothing says that something is new.
IDLE = 1.0
#: Seconds that an event waits for what is being written this moment.
SOON = 0.2
#: Seconds that an event waits when the database is away, which is no fault of the event and costs it no try.
AWAY = 2.0

_ORDER = col(Inbound.id)
#: Of a chat, the parameter `chat`.
_NEW = select(Inbound).where(Inbound.state == InboundState.NEW, Inbound.source == bindparam("chat"))
#: The first of each lane. Ours is what this process, the `keeper`, heard, and what another heard that lives no more.
#: As many as can be at work: at least those that are not are among them.
_FIRSTS = (
    select(Inbound)
    .where(
        _ORDER.in_(_NEW.with_only_columns(func.min(_ORDER)).group_by(col(Inbound.lane))),
        or_(
            Inbound.keeper == bindparam("keeper"),
            col(Inbound.keeper).not_in(bindparam("living", expanding=True)),
        ),
        Inbound.due_at <= bindparam("now"),
    )
    .order_by(_ORDER)
    .limit(WORKERS)
)
_OF_LANE = _NEW.where(Inbound.lane == bindparam("lane")).order_by(_ORDER).limit(PIECES)


@dataclass(frozen=True)
class _Job:
    source: str
    lane: str
    rows: tuple[Inbound, ...]  #: the lane's waiting events, oldest first

    @property
    def key(self) -> str:
        return f"{self.source}:{self.lane}"


class Worker:
    """Handles what the intake has stored."""

    def __init__(
        self,
        store: Store,
        intake: Intake,
        router: Router,
        archive: Archive,
        now: Callable[[], datetime],
        deliver: Callable[[], None],
        step: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """`deliver` is called when deliveries may have been written; `step` is told each step just taken."""
        self._store = store
        self._intake = intake
        self._router = router
        self._archive = archive
        self._now = now
        self._deliver = deliver
        self._step = step
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="worker")
        self._busy: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop: asyncio.Task[None] | None = None
        self._stopping = False
        self._chats: Mapping[str, Chat] = {}

    async def start(self, chats: Mapping[str, Chat]) -> None:
        """Begin with what an earlier run left."""
        self._chats = chats
        self._loop = asyncio.create_task(self._run(), name="worker")

    async def stop(self, seconds: float = 10.0) -> None:
        """Let what is being handled finish; the rest waits in the database."""
        self._stopping = True  # asyncio.wait_for loses a cancellation that comes together with its result
        if self._loop:
            self._loop.cancel()
            await asyncio.wait([self._loop])
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        for task in self._tasks:
            task.cancel()  # a download that hangs; its event is still new
        await ended(self._pool, LOOK_SECONDS)

    async def _run(self) -> None:
        while not self._stopping:
            self._intake.news.clear()
            try:
                jobs = await self._in_thread(self._due, room) if (room := self._room()) else []
            except Exception:
                log.exception("the waiting events could not be read")
                jobs = []
            for job in jobs:
                self._busy.add(job.key)
                task = asyncio.create_task(self._work(job))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            try:
                await asyncio.wait_for(self._intake.news.wait(), IDLE)
            except TimeoutError:
                continue

    def _room(self) -> dict[str, int]:
        """Chat -> how many of its lanes can be begun; without those that have no room."""
        busy = Counter(key.partition(":")[0] for key in self._busy)
        return {chat: WORKERS - busy[chat] for chat in self._chats if busy[chat] < WORKERS}

    def _due(self, room: dict[str, int]) -> list[_Job]:
        """The first event of each lane that can be begun, with those behind it."""
        jobs, now = [], self._now()
        with self._store.read() as session:
            living = list(alive(session))
            for chat, free in room.items():
                given = {"chat": chat, "keeper": self._intake.keeper, "living": living, "now": now}
                heads = session.exec(_FIRSTS, params=given).all()
                begun = [head for head in heads if f"{chat}:{head.lane}" not in self._busy][:free]
                for head in begun:
                    rows = session.exec(_OF_LANE, params={"chat": chat, "lane": head.lane}).all()
                    if rows:  # what was found a moment ago may have been handled since
                        jobs.append(_Job(chat, head.lane, tuple(rows)))
        return [job for job in jobs if self._is_kept(job.rows[0])]

    def _is_kept(self, head: Inbound) -> bool:
        """Whether the event is ours, or becomes it now: of two processes that want it only one gets it."""
        if head.keeper == self._intake.keeper:
            return True
        with self._store.write() as session:
            row = session.get(Inbound, head.id, with_for_update=True)
            if row is None or (row.state, row.keeper) != (InboundState.NEW, head.keeper):
                return False
            row.keeper = self._intake.keeper
        log.info("an event is taken over from a process that is gone", source=head.source, event_id=head.event_id)
        return True

    async def _work(self, job: _Job) -> None:
        first = job.rows[0]
        with traced(first.trace, source=job.source, event_id=first.event_id):
            try:
                await self._handle(job, self._chats[job.source])
            except Exception as error:
                await self._failed(job, error)
            finally:
                self._busy.discard(job.key)
                self._intake.news.set()

    async def _failed(self, job: _Job, error: Exception) -> None:
        """Another try, or set aside and told; where the database is in trouble, only a pause."""
        try:
            log.error("an event could not be handled", exc_info=error)
            if isinstance(error, TROUBLE):
                await asyncio.sleep(AWAY)
            elif bug := await self._in_thread(self._again, job, f"{type(error).__name__}: {error}"[:500]):
                await self._tell_set_aside(job, bug)
        except Exception:
            log.exception("nor could that be kept or told")
            await asyncio.sleep(AWAY)

    async def _handle(self, job: _Job, chat: Chat) -> None:
        reading = chat.read([row.body for row in job.rows])
        if isinstance(reading, Later):
            await self._pause(job, reading.seconds)
            return
        rows = job.rows[: reading.taken]
        intent = reading.intent
        if intent is not None:
            intent = await self._fetch(chat, await chat.enrich(intent))
        if intent is not None:
            log.info("heard", **_named(intent))
        self._step("read")
        event_id = rows[0].event_id
        awaited = self._intake.is_awaited(job.source, event_id)
        try:
            handled = await self._in_thread(self._decide, rows, intent, not awaited)
        except NotYet:
            await self._pause(job, SOON)
            return
        if handled is None:
            self._intake.answer(job.source, event_id, Handled())
            return
        self._step("handled")
        if handled.refusal and intent and not self._intake.answer(job.source, event_id, handled) and awaited:
            await self._in_thread(self._tell, intent, handled.refusal)  # it took too long for the form to show it
        else:
            self._intake.answer(job.source, event_id, handled)
        self._deliver()
        for form in handled.forms:
            assert intent is not None
            await self._ask(chat, intent, form)

    def _decide(self, rows: tuple[Inbound, ...], intent: Intent | None, show_refusals: bool) -> Handled | None:
        """Handle the intent and mark its events done, in one transaction; None where that was done before."""
        with self._store.write() as session:
            stored = [session.get(Inbound, row.id, with_for_update=True) for row in rows]
            if not self._is_ours(stored[0]) or any(row is None or row.state != InboundState.NEW for row in stored):
                return None  # or another process took this one for dead
            handled = Handled()
            if intent is not None:
                handled = self._router.handle(session, intent, self._now(), show_refusals=show_refusals)
            for row in stored:
                assert row is not None
                if handled.bug:
                    row.set_aside(handled.bug)
                else:
                    row.done()
            self._step("deciding")
            return handled

    def _is_ours(self, row: Inbound | None) -> bool:
        """Whether it still waits, and for this process."""
        return row is not None and (row.state, row.keeper) == (InboundState.NEW, self._intake.keeper)

    def _tell(self, intent: Intent, sentence: str) -> None:
        with self._store.write() as session:
            self._router.tell(session, intent, sentence, self._now())

    async def _pause(self, job: _Job, seconds: float) -> None:
        """The event waits so long, which costs it no try."""
        await self._in_thread(self._wait, job, seconds)
        asyncio.get_running_loop().call_later(seconds, self._intake.news.set)

    def _wait(self, job: _Job, seconds: float) -> None:
        with self._store.write() as session:
            row = session.get(Inbound, job.rows[0].id, with_for_update=True)
            if row is not None and self._is_ours(row):
                row.due_at = self._now() + timedelta(seconds=seconds)

    def _again(self, job: _Job, reason: str) -> str:
        """Once more later, and ""; after the last try it is set aside, kept, and the id it has in the log returned."""
        with self._store.write() as session:
            row = session.get(Inbound, job.rows[0].id, with_for_update=True)
            if row is not None and self._is_ours(row) and not row.again(reason, self._now()):
                bug = current()
                log.error("an event was set aside", bug=bug, reason=reason)
                row.set_aside(bug)
                return bug
        return ""

    async def _tell_set_aside(self, job: _Job, bug: str) -> None:
        """The person learns that nothing came of it, where it can be read who it was."""
        reading = self._chats[job.source].read([row.body for row in job.rows])
        if isinstance(reading, Reading) and reading.intent is not None:
            await self._in_thread(self._router_tell, reading.intent, bug)
            self._deliver()

    def _router_tell(self, intent: Intent, bug: str) -> None:
        with self._store.write() as session:
            self._router.tell_set_aside(session, intent, bug, self._now())

    # -- files ---------------------------------------------------------------------------------------------------------

    async def _fetch(self, chat: Chat, intent: Intent) -> Intent:
        """The intent with every file in the archive, or with the sentence that says why it is not.

        Files that nobody would use are not fetched: the intent goes on without them.
        """
        if not _has_files(intent):
            return intent
        if not await self._in_thread(self._uses_files, intent):
            return _without_files(intent)
        changes: dict[str, Any] = {}
        if isinstance(intent, Command | Said) and intent.files:
            changes["files"] = await self._all(chat, intent.files)
        if isinstance(intent, Command) and intent.quoted and intent.quoted.files:
            files = await self._all(chat, intent.quoted.files)
            changes["quoted"] = intent.quoted.model_copy(update={"files": files})
        if isinstance(intent, Filled) and intent.files:
            changes["files"] = {name: await self._all(chat, files) for name, files in intent.files.items()}
        return intent.model_copy(update=changes) if changes else intent

    def _uses_files(self, intent: Intent) -> bool:
        with self._store.read() as session:
            return self._router.uses_files(session, intent, self._now())

    async def _all(self, chat: Chat, files: tuple[Arrived, ...]) -> tuple[Arrived, ...]:
        return tuple([await self._one(chat, file) for file in files])

    async def _one(self, chat: Chat, file: Arrived) -> Arrived:
        if file.media_id or file.problem:
            return file
        try:
            download = await chat.download(file.ref)
        except FileUnfit as unfit:
            return file.model_copy(update={"problem": unfit.sentence, "params": unfit.params})
        kept: Arrived = await self._in_thread(self._archive.keep, download.path, file.name or download.name)
        return kept

    # -- forms ---------------------------------------------------------------------------------------------------------

    async def _ask(self, chat: Chat, intent: Intent, form: Form) -> None:
        """Open the form; where that fails the person is told and may press again: nothing was decided."""
        try:
            await chat.ask(intent.origin, form)
        except Exception as error:
            log.warning("a form did not open", error=str(error))
            await self._in_thread(self._tell_unopened, intent)
            self._deliver()

    def _tell_unopened(self, intent: Intent) -> None:
        with self._store.write() as session:
            self._router.tell_form_unopened(session, intent, self._now())

    async def _in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        work = partial(copy_context().run, function, *arguments)  # the trace goes along into the thread
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)


def _named(intent: Intent) -> dict[str, str]:
    """What the log says of an intent: who did what, nothing of what they wrote."""
    verb = getattr(intent, "verb", "") or getattr(intent, "name", "")
    subject = getattr(intent, "subject", "")
    who = {"actor": intent.origin.actor, "room": intent.origin.room}
    return {"intent": type(intent).__name__.lower(), "verb": verb, "subject": subject, **who}


def _has_files(intent: Intent) -> bool:
    quoted = intent.quoted.files if isinstance(intent, Command) and intent.quoted else ()
    return bool(quoted) or (isinstance(intent, Command | Said | Filled) and bool(intent.files))


def _without_files(intent: Intent) -> Intent:
    none: dict[str, Any] = {"files": {}} if isinstance(intent, Filled) else {"files": ()}
    if isinstance(intent, Command) and intent.quoted:
        none["quoted"] = intent.quoted.model_copy(update={"files": ()})
    return intent.model_copy(update=none)
