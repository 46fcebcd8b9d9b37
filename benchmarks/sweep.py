"""Measurement 2: what a look at the database costs for what is due, however much is stored there."""

import logging
import pickle
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore  # type: ignore[import-untyped]
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

from benchmarks import needs, rows
from benchmarks.common import Figures, Size, database, spread
from benchmarks.desk import ACCOUNTS, office
from benchmarks.logs import watched
from handlers.delivery.delivering import Deliverer
from handlers.delivery.settling import Settler
from models.store import Store

COUNTS = (1_000, 100_000, 1_000_000)
#: Of the stored, so many are due.
DUE = 100
#: Looks at each database in a round; fewer where they take longer than so many seconds.
LOOKS, SECONDS = 20, 4.0
CONTENDERS = {
    "sqlite": "Bottega, SQLite",
    "postgresql": "Bottega, PostgreSQL",
    "apscheduler sqlite": "APScheduler 3, SQLAlchemyJobStore, SQLite",
    "apscheduler postgresql": "APScheduler 3, SQLAlchemyJobStore, PostgreSQL",
    "procrastinate": "Procrastinate, PostgreSQL (fetches one job)",
}
Look = Callable[[], object]


def measure(size: Size, only: tuple[str, ...] = ()) -> Figures:
    """Every contender, or those of the names; its three databases take turns, since their ratio is what is asked."""
    counts = [size.of(count, 2 * DUE) for count in COUNTS]
    found: Figures = {}
    missing: Figures = {}
    for key, name in CONTENDERS.items():
        if only and key not in only:
            continue
        try:
            needs.need(needs.PROCRASTINATE if key == "procrastinate" else needs.of(key.rsplit(maxsplit=1)[-1]))
        except needs.Absent as absent:
            missing[key] = {"name": name, "reason": str(absent)}
            continue
        with watched(name), ExitStack() as stack:
            looks = [stack.enter_context(_looking(key, count)) for count in counts]
            rounds = [[_timed(look) for look in looks] for _ in range(size.rounds)]
        costs = [spread([{"ms": one[n]} for one in rounds])["ms"] for n in range(len(counts))]
        flat = costs[-1]["median"] / costs[0]["median"]
        found[key] = {"name": name, "ms": costs, "ratio": round(flat, 3)}
        print(f"  {name}: " + ", ".join(f"{cost['median']:.2f} ms" for cost in costs) + f", x {flat:.2f}", flush=True)
    return {"counts": counts, "due": DUE, "contenders": found, "missing": missing}


def _timed(look: Look) -> float:
    """Milliseconds of a look, the median of several."""
    look()
    took: list[float] = []
    while len(took) < LOOKS and (len(took) < 3 or sum(took) < SECONDS * 1000):
        begun = time.perf_counter()
        look()
        took.append((time.perf_counter() - begun) * 1000)
    return median(took)


@contextmanager
def _looking(key: str, count: int) -> Iterator[Look]:
    kind = key.rsplit(maxsplit=1)[-1]
    with database("postgresql" if kind == "procrastinate" else kind) as url:
        if key.startswith("apscheduler"):
            with _apscheduler(url, count) as look:
                yield look
        elif key == "procrastinate":
            with _procrastinate(url, count) as look:
                yield look
        else:
            with _ours(url, count) as look:
                yield look


@contextmanager
def _ours(url: str, count: int) -> Iterator[Look]:
    """What the embedded engine does in each sweep."""
    now = datetime.now(UTC)
    store = Store(url)
    rows.open_desk(store)
    rows.remember(store, count, DUE, now)
    with tempfile.TemporaryDirectory() as folder:
        desk = office(store, "http://127.0.0.1:9", Path(folder))
    deliverer, settler = Deliverer(desk), Settler(desk)

    def look() -> object:
        due, unsure = deliverer.due(), settler.unsure()
        assert len(due) == min(DUE, len(ACCOUNTS)), f"the first of every account's are due, not {len(due)}"
        return unsure

    yield look
    store.close()


def nothing() -> None:
    """What APScheduler's jobs do."""


@contextmanager
def _apscheduler(url: str, count: int) -> Iterator[Look]:
    """What its scheduler asks of the store each time it wakes; every job has yet to run, which is all it stores."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    address = url.replace("postgresql://", "postgresql+psycopg://", 1)
    store = SQLAlchemyJobStore(url=address)
    scheduler = BackgroundScheduler(jobstores={"default": store}, timezone="UTC")
    scheduler.start(paused=True)
    now = datetime.now(UTC)
    job = scheduler.add_job(nothing, "date", run_date=now + timedelta(days=1))
    state = pickle.dumps(job.__getstate__(), store.pickle_protocol)
    job.remove()
    every = max(1, count // DUE)

    def jobs() -> Iterator[tuple[Any, ...]]:
        for n in range(count):
            is_due = n % every == 0 and n // every < DUE
            yield f"{n:032d}", now.timestamp() + (-60 if is_due else 86_400 + n), state

    rows.insert(url, "apscheduler_jobs", ["id", "next_run_time", "job_state"], jobs())
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")

    def look() -> object:
        due = store.get_due_jobs(datetime.now(UTC))
        assert len(due) == DUE
        return store.get_next_run_time()

    yield look
    scheduler.shutdown(wait=False)
    store.engine.dispose()


@contextmanager
def _procrastinate(url: str, count: int) -> Iterator[Look]:
    """How a worker fetches its next job; every job has yet to run, since what is done is deleted."""
    from procrastinate import App, SyncPsycopgConnector
    from procrastinate.sql import queries

    with App(connector=SyncPsycopgConnector(conninfo=url)).open() as app:
        app.schema_manager.apply_schema()
    now = datetime.now(UTC)
    every = max(1, count // DUE)

    def jobs() -> Iterator[tuple[Any, ...]]:
        for n in range(count):
            is_due = n % every == 0 and n // every < DUE
            at = now + timedelta(seconds=-60 if is_due else 86_400 + n)
            yield "account", "post", 0, {"n": n}, "todo", at

    columns = ["queue_name", "task_name", "priority", "args", "status", "scheduled_at"]
    rows.insert(url, "procrastinate_jobs", columns, jobs())
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.autocommit = False

        def look() -> object:
            found = connection.execute(queries["fetch_job"], {"queues": None, "worker_id": None}).fetchone()
            connection.rollback()
            assert found
            assert found[0] is not None
            return found

        yield look
        connection.rollback()
