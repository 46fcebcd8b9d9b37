"""The distributed engine: what is due becomes a Procrastinate job on the same PostgreSQL, worked by many processes."""

import asyncio
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.jobs import Job, Status
from procrastinate.middleware import AsyncCallNext
from procrastinate.worker import Worker

from bot.engine.crew import ACCOUNT_THREADS, CHAT_THREADS, Crew
from handlers.couriers import Office

log = structlog.get_logger()

#: How long before its hour a delivery becomes a job: a sweep that fails for less is not noticed.
AHEAD = timedelta(seconds=60)
#: Seconds between sweeps when nothing wakes the engine, between polls for jobs, and between looks for unended ones.
SWEEP_SECONDS, POLL_SECONDS, STALLED_SECONDS = 1.0, 1.0, 30.0
#: Seconds until the worker of a queue begins again that ended because its database was away.
AGAIN_SECONDS = 1.0
#: Seconds during which a delivery that was made a job is not offered again.
OFFERED_SECONDS = 5.0
DELIVER, SETTLE = "bottega.deliver", "bottega.settle"


class Distributed:
    """Promotes what is due, works what is promoted, or both; a job that runs twice changes nothing: the row decides."""

    def __init__(self, office: Office, address: str, *, promotes: bool, crews: frozenset[str]) -> None:
        """`promotes`: whether this process sweeps. `crews`: the queues it works, "account" and "chat"."""
        self._promotes = promotes
        self._crews = crews
        self._now = office.now
        self._news = asyncio.Event()
        self._crew = Crew(office, self._news.set)
        self._app = App(connector=PsycopgConnector(conninfo=address))
        self._app.task(name=DELIVER)(self._deliver)
        self._app.task(name=SETTLE)(self._settle)
        self._offered: dict[str, float] = {}  #: queueing lock -> until when
        self._over: set[int] = set()  #: ids of jobs that were worked here since the last look for unended ones
        self._over_before: set[int] = set()  #: ... that were so at that look: they should have ended since
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False
        self.sweep_seconds = SWEEP_SECONDS  #: between sweeps when nothing wakes the engine
        self.stalled_seconds = STALLED_SECONDS  #: between two looks for jobs that nobody ends

    async def start(self) -> None:
        """Make Procrastinate's tables where there are none yet, then begin."""
        self._loop = asyncio.get_running_loop()
        await self._app.open_async()
        await self._prepare()
        await self._crew.start(alone=False)
        for queue in sorted(self._crews):
            self._tasks.append(asyncio.create_task(self._work(queue), name=f"worker {queue}"))
        if self._promotes:
            self._tasks.append(asyncio.create_task(self._run(), name="engine"))
        self._tasks.append(asyncio.create_task(self._recover(), name="stalled"))

    async def stop(self, seconds: float = 25.0) -> None:
        """Take no job more and let what is under way finish; what does not is settled by another process."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()  # a worker that is cancelled waits for its jobs
        await self._crew.stop(seconds)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        await self._app.close_async()

    def wake(self) -> None:
        """Something may be due: look at once. May be called from any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    # -- promote -------------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        crew = self._crew
        while not self._stopping:
            self._news.clear()
            try:
                due = await crew.swept(partial(crew.deliverer.due, ahead=AHEAD))
                unsure = await crew.swept(crew.settler.unsure)
                for found in due:
                    await self._offer(DELIVER, found.id, found.lane, found.at)
                for delivery_id, lane in unsure:
                    await self._offer(SETTLE, delivery_id, lane)
            except Exception:
                log.exception("the sweep failed; the next follows")
            try:
                await asyncio.wait_for(self._news.wait(), self.sweep_seconds)
            except TimeoutError:
                continue

    async def _offer(self, task: str, delivery_id: int, lane: str, due_at: datetime | None = None) -> None:
        """One job for the delivery at its hour, unless it has one or had one a moment ago."""
        # Whoever moves it does not wait for the job of the hour before, which will find nothing to do.
        key = f"delivery:{delivery_id}" + (f":{due_at.isoformat()}" if due_at else "")
        at = monotonic()
        self._offered = {name: until for name, until in self._offered.items() if until > at}
        if key in self._offered:
            return
        self._offered[key] = at + OFFERED_SECONDS
        queue = "account" if self._crew.of(lane) == "account" else "chat"
        # By how much it is ahead of our clock, not when: jobs are begun by the database's clock, which may be another.
        ahead = (due_at - self._now()).total_seconds() if due_at else 0.0
        schedule_in = {"seconds": ahead} if ahead > 0 else None
        job = self._app.configure_task(task, queue=queue, queueing_lock=key, schedule_in=schedule_in)
        try:
            await job.defer_async(delivery_id=delivery_id, lane=lane)
        except AlreadyEnqueued:
            log.debug("a delivery has its job already", delivery=delivery_id)

    async def _recover(self) -> None:
        """Forget jobs that nobody ends: their rows say what becomes of the deliveries."""
        while not self._stopping:
            await asyncio.sleep(self.stalled_seconds)
            try:
                await self._forget_over()
                if self._promotes:
                    for job in await self._app.job_manager.get_stalled_jobs():
                        await self._forget(job, "its worker is gone")
            except Exception:
                log.exception("stalled jobs could not be recovered")

    async def _forget_over(self) -> None:
        """Forget jobs that were over here at the look before: their ends were lost, and their worker lives."""
        doing = await self._app.job_manager.list_jobs_async(status="doing") if self._over_before else ()
        lost = [job for job in doing if job.id in self._over_before]
        for job in lost:
            await self._forget(job, "its end was lost")
        # Where that was lost too, the next look meets them again.
        self._over_before, self._over = {*self._over, *(job.id for job in lost if job.id)}, set()

    async def _forget(self, job: Job, reason: str) -> None:
        try:
            await self._app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
        except ConnectorException as error:  # another process was quicker, or the database is away
            log.info("a job that nobody ends was not forgotten here", job=job.id, reason=str(error))
        else:
            log.warning("a job that nobody ended was forgotten", job=job.id, task=job.task_name, reason=reason)

    async def _prepare(self) -> None:
        """Procrastinate's own tables; another process may make them at the same moment."""
        if await self._app.check_connection_async():
            return
        try:
            await self._app.schema_manager.apply_schema_async()
        except ConnectorException:
            if not await self._app.check_connection_async():
                raise

    # -- work ----------------------------------------------------------------------------------------------------------

    async def _work(self, queue: str) -> None:
        """Procrastinate's worker of the queue, again whenever it ends: it does when its database is away for long."""
        room = ACCOUNT_THREADS if queue == "account" else CHAT_THREADS
        while not self._stopping:
            try:
                await self._app.run_worker_async(
                    queues=[queue],
                    name=queue,
                    concurrency=room,
                    fetch_job_polling_interval=POLL_SECONDS,
                    delete_jobs="always",
                    install_signal_handlers=False,
                    worker_middleware=[self._noted],
                )
            except Exception:
                log.exception("the worker of a queue ended; it begins again", queue=queue)
            else:
                log.warning("the worker of a queue ended; it begins again", queue=queue)
            await asyncio.sleep(AGAIN_SECONDS)

    async def _noted(self, work: AsyncCallNext, context: JobContext, _worker: Worker) -> Any:
        """Work a job and note that it is over, however: what Procrastinate does next is to end it, once."""
        try:
            return await work()
        finally:
            if context.job.id is not None:
                self._over.add(context.job.id)

    async def _deliver(self, delivery_id: int, lane: str) -> None:
        """A job: an attempt, and what is due behind it. Where the lane is busy here, whoever works it goes on."""
        if (work := self._crew.deliver(delivery_id, lane)) is not None:
            await asyncio.wrap_future(work)

    async def _settle(self, delivery_id: int, lane: str) -> None:
        """A job: a look-up."""
        if (work := self._crew.settle(delivery_id, lane)) is not None:
            await asyncio.wrap_future(work)
