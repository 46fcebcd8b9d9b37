"""Measurement 3: many publications due at the same moment on 50 accounts, against a network that takes 50 ms."""

import asyncio
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
from procrastinate import App, PsycopgConnector
from sqlmodel import col, func, select, update

from benchmarks import burst_others, rows
from benchmarks.common import Child, Figures, Size, children, database, part, spread, wait_until
from benchmarks.network import ask, ceiling
from bot.engine.crew import ACCOUNT_THREADS
from models.delivery import Delivery, DeliveryState
from models.store import Store

COUNT = 10_000
#: Seconds between the last preparation and the hour at which all is due.
LEAD = 3.0
#: Messages that are put into Redis in a second, at least.
SENT_PER_SECOND = 500


@dataclass(frozen=True)
class Contender:
    """One way of publishing."""

    name: str
    kind: str  #: "bare", "embedded", "distributed", "procrastinate", "celery"
    database: str = ""  #: "sqlite", "postgresql"
    workers: int = 1
    often: bool = False  #: measured in every round, since a ratio is asked of it


BARE = Contender(f"bare loop of requests, {ACCOUNT_THREADS} threads", "bare", often=True)
CONTENDERS = {
    "bare": BARE,
    "sqlite": Contender("Bottega, embedded, SQLite", "embedded", "sqlite", often=True),
    "postgresql": Contender("Bottega, embedded, PostgreSQL", "embedded", "postgresql", often=True),
    "workers1": Contender("Bottega, procrastinate, 1 worker process", "distributed", "postgresql", 1),
    "workers2": Contender("Bottega, procrastinate, 2 worker processes", "distributed", "postgresql", 2),
    "workers4": Contender("Bottega, procrastinate, 4 worker processes", "distributed", "postgresql", 4),
    "procrastinate": Contender("plain Procrastinate, a job is one POST", "procrastinate", "postgresql"),
    "celery": Contender("Celery with Redis, a task is one POST", "celery"),
}
Start = Callable[..., Child]


def measure(size: Size, only: tuple[str, ...] = ()) -> Figures:
    """Every contender, or those of the names, in turns, so that what disturbs the machine disturbs all of them."""
    count = size.of(COUNT, 50)
    found: dict[str, list[dict[str, float]]] = {}
    missing: dict[str, str] = {}
    with children() as start:
        network = start("network").hear()
        most = asyncio.run(ceiling(network))
        for n in range(max(1, size.rounds - 1)):  # each takes minutes
            for key, contender in CONTENDERS.items():
                if (only and key not in only) or key in missing or (n and not contender.often):
                    continue
                try:
                    found.setdefault(key, []).append(_once(contender, count, network))
                except Absent as absent:
                    missing[key] = str(absent)
    return {
        "count": count,
        "network ceiling": round(most),
        "contenders": {key: {"name": CONTENDERS[key].name, "rounds": len(r), **spread(r)} for key, r in found.items()},
        "missing": {key: {"name": CONTENDERS[key].name, "reason": reason} for key, reason in missing.items()},
    }


class Absent(Exception):
    """What the contender needs is not on this machine."""


def _once(contender: Contender, count: int, network: str) -> dict[str, float]:
    ask(network, "/reset", "POST")
    with children() as start:
        match contender.kind:
            case "bare":
                due, workers = _bare(start, count, network)
                wait_until(partial(_posts, network), count, contender.name)
            case "celery":
                with _redis() as broker:
                    due, workers = _celery(start, broker, count, network)
                    wait_until(partial(_posts, network), count, contender.name)
                    cpu = sum(worker.end()["cpu"] for worker in workers)
                    return _figures(contender, network, due, {"cpu ms": cpu * 1000 / count})
            case "procrastinate":
                return _procrastinate(start, contender, count, network)
            case _:
                return _ours(start, contender, count, network)
        cpu = sum(worker.end()["cpu"] for worker in workers)
        return _figures(contender, network, due, {"cpu ms": cpu * 1000 / count})


def _figures(contender: Contender, network: str, due: float, others: dict[str, float]) -> dict[str, float]:
    answered = sorted(ask(network, "/times")["times"])
    late = [at - due for at in answered]
    found = {
        "per second": len(answered) / late[-1],
        "lateness median s": part(late, 0.5),
        "lateness p99 s": part(late, 0.99),
        **others,
    }
    print(f"  {contender.name}: " + ", ".join(f"{name} {value:.2f}" for name, value in found.items()), flush=True)
    return found


def _posts(network: str) -> int:
    return int(ask(network, "/count")["posts"])


# -- ours --------------------------------------------------------------------------------------------------------------


def _ours(start: Start, contender: Contender, count: int, network: str) -> dict[str, float]:
    now = datetime.now(UTC)
    with database(contender.database) as url:
        store = Store(url)
        rows.schedule(store, rows.open_desk(store, now), count, now + timedelta(days=1), now)
        parts = ["embedded"] if contender.kind == "embedded" else ["desk", *["worker"] * contender.workers]
        workers = [start("burst_ours", role, url, network) for role in parts]
        for worker in workers:
            worker.hear()
        due = time.time() + LEAD
        with store.write() as session:
            session.exec(update(Delivery).values(due_at=datetime.fromtimestamp(due, UTC)))
        store.close()
        before = _written(url)
        wait_until(partial(_posts, network), count, contender.name)
        wait_until(partial(_over, store), count, f"{contender.name}, recorded")
        told = [worker.end() for worker in workers]
        undone = _undone(store)
        commits, changed = sum(t["commits"] for t in told), sum(t["rows"] for t in told)
        if contender.database == "postgresql":
            # PostgreSQL counts the whole: Procrastinate's too, and each ping of a connection as a transaction.
            commits, changed = (after - b for after, b in zip(_written(url), before, strict=True))
            commits -= sum(t["pings"] for t in told)
        store.close()
    posts = _posts(network)
    assert posts == count, f"{posts} posts for {count} publications"
    others = {
        "not done": undone,
        "transactions": commits / count,
        "rows": changed / count,
        "cpu ms": sum(t["cpu"] for t in told) * 1000 / count,
    }
    return _figures(contender, network, due, others)


def _over(store: Store) -> int:
    """Deliveries of which nothing is under way any more."""
    over = col(Delivery.state).not_in([DeliveryState.WAITING, DeliveryState.SENDING])
    with store.read() as session:
        return session.exec(select(func.count(col(Delivery.id))).where(over)).one()


def _undone(store: Store) -> int:
    """Deliveries that ended otherwise than done, though the network took them; says why."""
    query = select(Delivery.state, Delivery.error, Delivery.reason).where(Delivery.state != DeliveryState.DONE)
    with store.read() as session:
        found = session.exec(query).all()
    for why, often in Counter(found).items():
        print(f"    {often} x {', '.join(why)}", flush=True)
    return len(found)


def _written(url: str) -> tuple[int, int]:
    """Committed transactions and changed rows since the database was made, as PostgreSQL counts them."""
    if url.startswith("sqlite"):
        return 0, 0
    time.sleep(1.5)  # a connection hands in its counts at most once a second
    with psycopg.connect(url) as connection:
        query = "SELECT xact_commit, tup_inserted + tup_updated + tup_deleted FROM pg_stat_database WHERE datname = %s"
        found = connection.execute(query, [connection.info.dbname]).fetchone()
    assert found
    return int(found[0]), int(found[1])


# -- the others --------------------------------------------------------------------------------------------------------


def _bare(start: Start, count: int, network: str) -> tuple[float, list[Child]]:
    worker = start("burst_others", "bare", network, ACCOUNT_THREADS, count)
    worker.hear()
    due = time.time() + LEAD / 2
    worker.tell(str(due))
    return due, [worker]


def _procrastinate(start: Start, contender: Contender, count: int, network: str) -> dict[str, float]:
    with database("postgresql") as url:
        asyncio.run(_prepare(url))
        worker = start("burst_others", "procrastinate", url, ACCOUNT_THREADS, count)
        worker.hear()
        due = time.time() + LEAD + 3 + count / SENT_PER_SECOND / 4
        asyncio.run(burst_others.defer_all(url, network, count, due))
        before = _written(url)
        wait_until(partial(_posts, network), count, contender.name)
        cpu = worker.end()["cpu"]
        commits, changed = (after - b for after, b in zip(_written(url), before, strict=True))
    others = {"transactions": commits / count, "rows": changed / count, "cpu ms": cpu * 1000 / count}
    return _figures(contender, network, due, others)


async def _prepare(url: str) -> None:
    app = App(connector=PsycopgConnector(conninfo=url))
    async with app.open_async():
        await app.schema_manager.apply_schema_async()


def _celery(start: Start, broker: str, count: int, network: str) -> tuple[float, list[Child]]:
    worker = start("burst_others", "celery", broker, ACCOUNT_THREADS, count)
    worker.hear()
    due = time.time() + LEAD + count / SENT_PER_SECOND
    burst_others.send_all(broker, network, count, due)
    return due, [worker]


@contextmanager
def _redis() -> Iterator[str]:
    """A Redis that keeps nothing on disk. Raises Absent."""
    program = shutil.which("redis-server")
    if program is None:
        raise Absent("no redis-server on this machine (Debian package redis-server)")
    with tempfile.TemporaryDirectory(prefix="redis") as folder:
        socket = Path(folder) / "redis.sock"
        command = [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
        server = subprocess.Popen([*command, "--dir", folder], stdout=subprocess.DEVNULL)
        try:
            wait_until(lambda: float(socket.exists()), 1.0, "redis-server")
            yield f"redis+socket://{socket}"
        finally:
            server.terminate()
            server.wait(10)
