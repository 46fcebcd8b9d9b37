"""A process of ours in the burst: the embedded engine, or one part of the distributed one; counts what it writes."""

import asyncio
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import event
from sqlalchemy.pool import Pool

from benchmarks.common import say
from benchmarks.desk import office
from bot import log
from bot.engine.contract import Engine
from bot.engine.embedded import Embedded
from bot.threads import settle_in
from handlers.couriers import Office
from models.store import Store


class Written:
    """What SQLAlchemy commits in this process, and on SQLite the rows that were changed."""

    def __init__(self) -> None:
        self.commits = 0
        self.rows = 0
        self.pings = 0  #: a connection is tried each time it is taken from the pool
        event.listen(Database, "commit", self._committed)
        event.listen(Pool, "checkout", self._checked_out)
        event.listen(Pool, "close", self._closed)

    def _committed(self, _connection: Any) -> None:
        self.commits += 1

    def _checked_out(self, *_: Any) -> None:
        self.pings += 1

    def _closed(self, connection: Any, _record: Any) -> None:
        self.rows += getattr(connection, "total_changes", 0)


def _engine(role: str, ours: Office) -> Engine:
    if role == "embedded":
        return Embedded(ours, alone=ours.store.is_sqlite)
    from bot.engine.procrastinate import Distributed

    crews = frozenset({"chat"} if role == "desk" else {"account"})
    return Distributed(ours, ours.store.url, promotes=role == "desk", crews=crews)


async def _main(role: str, url: str, network: str) -> None:
    log.setup("error", "console", [])
    with tempfile.TemporaryDirectory() as folder:
        store = Store(url)
        engine = _engine(role, office(store, network, Path(folder)))
        written = Written()
        await engine.start()
        settle_in()
        print("ready", flush=True)
        before = resource.getrusage(resource.RUSAGE_SELF)
        await asyncio.to_thread(sys.stdin.read)
        after = resource.getrusage(resource.RUSAGE_SELF)
        await engine.stop()
        store.close()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    say({"commits": written.commits, "pings": written.pings, "rows": written.rows, "cpu": cpu})


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
