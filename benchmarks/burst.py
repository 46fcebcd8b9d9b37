"""Measurement 3: many publications due at the same moment on 50 accounts, against a network that takes 50 ms."""

import asyncio
import json
import math
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from sqlmodel import col, func, select

from benchmarks import burst_others, needs, rows
from benchmarks.common import Child, Figures, Size, children, database, part, spread, wait_until
from benchmarks.logs import Failed, watched
from benchmarks.network import ask, ceiling
from bot.engine.crew import ACCOUNT_THREADS
from models.audit import AuditEntry
from models.delivery import Delivery, DeliveryState
from models.store import Store

COUNT = 4_000
#: Of them, in the smallest try-out.
LEAST = 10
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

    @property
    def needs(self) -> tuple[str, ...]:
        """Programs and packages that not every machine has."""
        match self.kind:
            case "celery":
                return needs.CELERY
            case "distributed" | "procrastinate":
                return needs.PROCRASTINATE
            case _:
                return needs.of(self.database)


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
    count = size.of(COUNT, LEAST)
    found: dict[str, list[dict[str, float]]] = {}
    missing = absent(only)
    with children() as start:
        network = start("network").hear()
        most = asyncio.run(ceiling(network))
        for n in range(max(1, size.rounds - 1)):  # each takes minutes
            for key, contender in CONTENDERS.items():
                if key in missing or (n and not contender.often):
                    continue
                with watched(contender.name):
                    found.setdefault(key, []).append(_once(contender, count, network))
    return {
        "count": count,
        "network ceiling": round(most),
        "contenders": {key: {"name": CONTENDERS[key].name, "rounds": len(r), **spread(r)} for key, r in found.items()},
        "missing": {key: {"name": CONTENDERS[key].name, "reason": reason} for key, reason in missing.items()},
    }


def absent(only: tuple[str, ...] = ()) -> dict[str, str]:
    """Contender -> why it is not measured: what it needs is not here, or it was not asked for."""
    missing = {}
    for key, contender in CONTENDERS.items():
        if only and key not in only:
            missing[key] = "not asked for in this run"
            continue
        try:
            needs.need(contender.needs)
        except needs.Absent as what:
            missing[key] = str(what)
    return missing


def _once(contender: Contender, count: int, network: str) -> dict[str, float]:
    ask(network, "/reset", "POST")
    with children() as start:
        match contender.kind:
            case "bare":
                due, others = _bare(start, count, network)
            case "celery":
                due, others = _celery(start, count, network)
            case "procrastinate":
                due, others = _procrastinate(start, count, network)
            case _:
                with database(contender.database) as url:
                    store = prepared(url, count)
                    due, others = ours(start, contender, store, network)
                    store.close()
                return _figures(contender, network, due, others)
    arrived(network, Counter(burst_others.words(n) for n in range(count)), contender.name)
    return _figures(contender, network, due, others)


def _figures(contender: Contender, network: str, due: float, others: Mapping[str, float]) -> dict[str, float]:
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


def arrived(network: str, wanted: Counter[str], who: str, key: bool = False) -> None:
    """Raises Failed where the network did not get each exactly once: by its key, or by its words."""
    posts = ask(network, "/posts")["posts"]
    found = Counter(name if key else str(json.loads(body)["status"]) for name, body in posts)
    if found != wanted:
        twice, lost, strange = found & wanted, wanted - found, found - wanted
        raise Failed(
            f"{who}: of {wanted.total()} the network got {twice.total()}; "
            f"{lost.total()} did not arrive, {strange.total()} came twice or were not ours"
        )


# -- ours --------------------------------------------------------------------------------------------------------------


def prepared(url: str, count: int) -> Store:
    """A desk on which people have scheduled so many posts; returns its store."""
    store = Store(url)
    rows.open_desk(store)
    rows.schedule(store, count)
    return store


def ours(start: Start, contender: Contender, store: Store, network: str) -> tuple[float, dict[str, float]]:
    """What is scheduled there leaves; returns when it was due, and the figures. Raises Failed where it did not all."""
    keys = Counter(_keys(store))
    count = len(keys)
    url = store.url
    parts = ["embedded"] if contender.kind == "embedded" else ["desk", *["worker"] * contender.workers]
    workers = [start("burst_ours", role, url, network) for role in parts]
    for worker in workers:
        worker.hear()
    due = math.ceil(time.time() + LEAD)
    rows.due_at(store, datetime.fromtimestamp(due, UTC))
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
    arrived(network, keys, contender.name, key=True)
    published = _published(store)
    if published != count - undone:
        raise Failed(f"{contender.name}: {count - undone} deliveries are done, and {published} posts are published")
    return due, {
        "not done": undone,
        "transactions": commits / count,
        "rows": changed / count,
        "cpu ms": sum(t["cpu"] for t in told) * 1000 / count,
    }


def _keys(store: Store) -> list[str]:
    """What the deliveries of the posts are called on the network."""
    with store.read() as session:
        return list(session.exec(select(Delivery.key).where(Delivery.kind == "publication")).all())


def _over(store: Store) -> int:
    """Publications of which nothing is under way any more."""
    over = col(Delivery.state).not_in([DeliveryState.WAITING, DeliveryState.SENDING])
    with store.read() as session:
        return session.exec(select(func.count(col(Delivery.id))).where(Delivery.kind == "publication", over)).one()


def _undone(store: Store) -> int:
    """Publications that the network took and the desk has yet to look up; says why. Raises Failed for another end."""
    query = select(Delivery.state, Delivery.error, Delivery.reason)
    with store.read() as session:
        found = session.exec(query.where(Delivery.kind == "publication", Delivery.state != DeliveryState.DONE)).all()
    for why, often in Counter(found).items():
        print(f"    {often} x {', '.join(why)}", flush=True)
        if why[0] != DeliveryState.UNSURE:
            raise Failed(f"{often} publications ended otherwise than they should: {', '.join(why)}")
    return len(found)


def _published(store: Store) -> int:
    """Publications that the audit log tells of, and so what follows from the end of a delivery."""
    with store.read() as session:
        return session.exec(select(func.count(col(AuditEntry.id))).where(AuditEntry.action == "published")).one()


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


def _bare(start: Start, count: int, network: str) -> tuple[float, dict[str, float]]:
    worker = start("burst_others", "bare", network, ACCOUNT_THREADS, count)
    worker.hear()
    due = time.time() + LEAD / 2
    worker.tell(str(due))
    wait_until(partial(_posts, network), count, BARE.name)
    return due, _cpu(worker, count)


def _procrastinate(start: Start, count: int, network: str) -> tuple[float, dict[str, float]]:
    with database("postgresql") as url:
        asyncio.run(_prepare(url))
        worker = start("burst_others", "procrastinate", url, ACCOUNT_THREADS, count)
        worker.hear()
        due = time.time() + LEAD + 3 + count / SENT_PER_SECOND / 4
        asyncio.run(burst_others.defer_all(url, network, count, due))
        before = _written(url)
        wait_until(partial(_posts, network), count, "procrastinate")
        cpu = _cpu(worker, count)
        commits, changed = (after - b for after, b in zip(_written(url), before, strict=True))
    return due, {"transactions": commits / count, "rows": changed / count, **cpu}


async def _prepare(url: str) -> None:
    from procrastinate import App, PsycopgConnector

    app = App(connector=PsycopgConnector(conninfo=url))
    async with app.open_async():
        await app.schema_manager.apply_schema_async()


def _celery(start: Start, count: int, network: str) -> tuple[float, dict[str, float]]:
    with _redis() as broker:
        worker = start("burst_others", "celery", broker, ACCOUNT_THREADS, count)
        worker.hear()
        due = time.time() + LEAD + count / SENT_PER_SECOND
        burst_others.send_all(broker, network, count, due)
        wait_until(partial(_posts, network), count, "celery")
        return due, _cpu(worker, count)


def _cpu(worker: Child, count: int) -> dict[str, float]:
    return {"cpu ms": worker.end()["cpu"] * 1000 / count}


@contextmanager
def _redis() -> Iterator[str]:
    """A Redis that keeps nothing on disk."""
    with tempfile.TemporaryDirectory(prefix="redis") as folder:
        socket = Path(folder) / "redis.sock"
        command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
        server = subprocess.Popen([*command, "--dir", folder], stdout=subprocess.DEVNULL)
        try:
            wait_until(lambda: float(socket.exists()), 1.0, "redis-server")
            yield f"redis+socket://{socket}"
        finally:
            server.terminate()
            server.wait(10)
