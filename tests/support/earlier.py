"""The bench's desk as it was before: copied, and restored as the command does it."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from handlers import outbox
from handlers.boosts import strays
from handlers.boosts.restoring import boosts_restored
from handlers.desk import Desk
from handlers.posts.restoring import restored
from support.bench import DeskBench


def copied(bench: DeskBench, path: Path) -> Callable[[], None]:
    """Copy the desk as it stands; what is returned lets it be that again."""
    copied_at, live = bench.now, bench.store.url.removeprefix("sqlite:///")

    def copy(source: str | Path, target: str | Path) -> None:
        with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
            one.backup(other)

    def back() -> None:
        copy(path, live)
        with bench.store.write() as session:
            desk = Desk(session=session, now=bench.now, setup=bench.setup)
            outbox.keep(desk, restored(desk, copied_at))
            strays.seek(desk)
            outbox.keep(desk, boosts_restored(desk))
        bench.deliver()

    copy(live, path)
    return back
