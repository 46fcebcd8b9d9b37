"""Measurement 4: how many comments and events are stored in a second, and duplicates refused, beside raw inserts."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert
from sqlmodel import SQLModel, func, select

from benchmarks import needs, rows
from benchmarks.ack import ask
from benchmarks.common import Figures, Size, children, database, in_pages, spread
from benchmarks.desk import ACCOUNTS, setup
from benchmarks.logs import watched
from bot.reader import Reader
from models.conversation import Comment, Conversation
from models.delivery import Delivery
from models.inbound import Inbound
from models.store import Store
from platforms.contract import RemoteAuthor, RemoteComment

COUNT = 1_500
#: Requests under way at any time; comments that a network gives in one page.
IN_FLIGHT, PAGE = 50, 40
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def measure(size: Size, only: tuple[str, ...] = ()) -> Figures:
    """Both databases; in each round the raw inserts, the webhooks and the collector take turns."""
    count = size.of(COUNT, PAGE)
    found: dict[str, list[dict[str, float]]] = {}
    missing: Figures = {}
    for kind in (kind for kind in DATABASES if not only or kind in only):
        try:
            needs.need(needs.of(kind))
        except needs.Absent as absent:
            missing[kind] = {"name": DATABASES[kind], "reason": str(absent)}
        else:
            found[kind] = []
    for _ in range(size.rounds):
        for kind, rounds in found.items():
            with watched(f"intake, {DATABASES[kind]}"):
                rounds.append({**_raw(kind, count), **_webhooks(kind, count), **_collected(kind, count)})
            print(f"  {DATABASES[kind]}: " + ", ".join(f"{n} {v:.0f}/s" for n, v in rounds[-1].items()), flush=True)
    return {
        "count": count,
        "databases": {kind: {"name": DATABASES[kind], "per second": spread(r)} for kind, r in found.items()},
        "missing": missing,
    }


def _rate(count: int, work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return count / (time.perf_counter() - begun)


def _rows(store: Store, table: type[SQLModel]) -> int:
    with store.read() as session:
        return session.exec(select(func.count()).select_from(table)).one()


# -- raw ---------------------------------------------------------------------------------------------------------------


def _raw(kind: str, count: int) -> dict[str, float]:
    """Inserts of the same row over the same connection settings: a transaction each, and a page in a transaction."""
    now = datetime.now(UTC)
    table: Table = Inbound.__table__  # type: ignore[attr-defined]
    with database(kind) as url:
        store = Store(url)
        store.migrate()

        def put(first: int, size: int) -> None:
            made = (_event(n, now) for n in range(first, first + count))
            for batch in in_pages(made, size):
                with store.write() as session:
                    session.connection().execute(insert(table), batch)

        found = {
            "raw, a row a transaction": _rate(count, lambda: put(0, 1)),
            f"raw, {PAGE} rows a transaction": _rate(count, lambda: put(count, PAGE)),
        }
        assert _rows(store, Inbound) == 2 * count
        store.close()
    return found


def _event(n: int, now: datetime) -> dict[str, Any]:
    body = {"kind": "said", "body": {"event": {"text": "When do we open?", "channel": "C1", "user": f"U{n}"}}}
    return {
        "source": "raw", "event_id": f"Ev{n}", "lane": "C1:", "body": body, "state": "new", "tries": 0, "due_at": now,
        "error": "", "received_at": now,
    }  # fmt: skip


# -- webhooks ----------------------------------------------------------------------------------------------------------


def _webhooks(kind: str, count: int) -> dict[str, float]:
    """Signed HTTP requests of Slack's Events API; then the same events once more, as Slack does when in doubt."""
    with children() as start, database(kind) as url:
        slack = start("slack")
        app = start("ack_apps", "intake", "http", slack.hear(), url)
        asked = {"mode": "http", "url": app.hear(), "kind": "event", "in_flight": IN_FLIGHT, "people": 40}
        store = Store(url)
        first = ask(slack, {**asked, "many": count, "first": 1})
        stored = _rows(store, Inbound)
        again = ask(slack, {**asked, "many": count, "first": 1})
        assert stored == _rows(store, Inbound) == first["sent"], "every event is stored once"
        store.close()
    return {"signed webhooks": first["sent"] / first["seconds"], "duplicates of them": again["sent"] / again["seconds"]}


# -- the collector -----------------------------------------------------------------------------------------------------


def _collected(kind: str, count: int) -> dict[str, float]:
    """What the collector does with a network's pages: comments, conversations, the audit log, cards on their way."""
    now = datetime.now(UTC)
    with database(kind) as url:
        store = Store(url)
        rows.open_desk(store)
        desk = setup("http://127.0.0.1:9", Path())
        reader = Reader(store, desk, lambda: datetime.now(UTC), lambda: None)

        def keep() -> None:
            for page in in_pages(_comments(count, now), PAGE):
                reader.keep(ACCOUNTS[0], page, cursor=page[-1].remote_id)

        found = {"collected comments": _rate(count, keep), "duplicates of those": _rate(count, keep)}
        assert _rows(store, Comment) == count, "every comment is stored once"
        assert _cards(store) == _subjects(store), "each of them, and each conversation, has one card on its way"
        store.close()
    return found


def _cards(store: Store) -> list[str]:
    with store.read() as session:
        return sorted(session.exec(select(Delivery.subject).where(Delivery.kind == "card")).all())


def _subjects(store: Store) -> list[str]:
    with store.read() as session:
        comments = [comment.code for comment in session.exec(select(Comment)).all()]
        return sorted([*comments, *(found.code for found in session.exec(select(Conversation)).all())])


def _comments(count: int, now: datetime) -> Iterator[RemoteComment]:
    for n in range(count):
        author = RemoteAuthor(remote_id=f"{n % 500}", handle=f"nora{n % 500}@social.example", name="Nora")
        yield RemoteComment(f"c{n}", author, "When do you open?", now + timedelta(seconds=n))
