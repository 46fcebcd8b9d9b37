"""Rows that a benchmark finds there: a desk whose people have scheduled posts, copies of those, and a long past."""

import json
import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Column, Integer, Table, UniqueConstraint, func, text
from sqlalchemy import insert as insert_into
from sqlalchemy import select as select_from
from sqlmodel import AutoString, SQLModel, col, select, update

from benchmarks.desk import ACCOUNTS
from benchmarks.people import People
from models.audit import AuditEntry, append
from models.base import new_key
from models.card import CardRow, Message
from models.delivery import Delivery
from models.post import Post
from models.store import Store

#: Names in texts: P12, U5, C7, V3; and ids of the messages of a quiet chat.
NAMES = re.compile(r"\b([PUCVm])(\d+)\b")
MESSAGE = re.compile(r"m\d+")
TABLES = {"P": "post", "U": "publication", "C": "comment", "V": "conversation", "m": "message_id"}
#: Blocks that are put there in one transaction.
TOGETHER = 20
#: Columns that a unique key has for the place or the owner in which the rest of it is unique.
SHARED = frozenset({"subject", "lane", "source", "chat", "room", "thread", "account", "platform", "actor", "name"})
#: Keys of a payload that hold the number of a card.
CARDS = frozenset({"card", "under"})


def open_desk(store: Store) -> None:
    """An up to date database with the members and the accounts."""
    store.migrate()
    with tempfile.TemporaryDirectory() as folder:
        People(store, Path(folder)).join()


def schedule(store: Store, count: int, accounts: Sequence[str] = ACCOUNTS, by_hand: int | None = None) -> None:
    """So many scheduled posts, for the accounts in turn: one for each is made by people, the others are its copies.

    `by_hand`: so many by people, a multiple of the accounts. A test holds that a copy is what people would have made.
    """
    by_hand = min(count, by_hand or len(accounts))
    block = Block(store)
    with tempfile.TemporaryDirectory() as folder:
        people = People(store, Path(folder), block.begun["message_id"] + 1)
        for n in range(by_hand):
            account = accounts[n % len(accounts)]
            people.schedule(f"News of {account}", account)
    block.close()
    whole, rest = divmod(count, by_hand)
    block.copy(range(1, whole))
    if rest:
        block.copy([whole], rest)
    block.end()


def due_at(store: Store, hour: datetime) -> None:
    """Let all that is scheduled be meant for that hour, a whole second in UTC."""
    wall = f"{hour:%Y-%m-%dT%H:%M:%S}"
    with store.write() as session:
        session.exec(
            update(Delivery).where(col(Delivery.kind) == "publication").values(due_at=hour, wall=wall, zone="UTC")
        )
        session.exec(update(Post).values(due_at=hour, wall=wall, zone="UTC"))


# -- copies ------------------------------------------------------------------------------------------------------------


@dataclass
class Block:
    """What people have made in every table since `begun`; `copy` puts the same there once more, as other posts."""

    store: Store
    begun: dict[str, int] = field(default_factory=dict)  #: table -> its highest id before
    span: dict[str, int] = field(default_factory=dict)  #: table -> how many ids the block takes
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.begun = self._highest()

    def _highest(self) -> dict[str, int]:
        with self.store.read() as session:
            highest = {t.name: session.execute(select_from(func.max(t.c.id))).scalar() or 0 for t in numbered()}
            said = [*session.exec(select(CardRow.message_id)).all(), *session.exec(select(Message.message_id)).all()]
        said += [str(told.get("message_id", "")) for told in self._told()]
        return highest | {"message_id": max([0, *(int(name[1:]) for name in said if MESSAGE.fullmatch(name or ""))])}

    def _told(self) -> list[Mapping[str, Any]]:
        """What was remembered of each delivery to the chat."""
        with self.store.read() as session:
            return list(session.exec(select(Delivery.result).where(~col(Delivery.lane).startswith("account:"))).all())

    def close(self) -> None:
        """Nothing more belongs to it."""
        self.span = {name: highest - self.begun[name] for name, highest in self._highest().items()}
        with self.store.read() as session:
            for table in numbered():
                made = select_from(table).where(table.c.id > self.begun[table.name]).order_by(table.c.id)
                self.rows[table.name] = [dict(row) for row in session.execute(made).mappings()]

    def copy(self, times: Sequence[int], posts: int | None = None) -> None:
        """All of it, or what its first so many posts are: once for each time, so many times its numbers further on.

        In transactions of a bounded size.
        """
        for first in range(0, len(times), TOGETHER):
            self._copy(times[first : first + TOGETHER], posts or len(self.rows["post"]))

    def _copy(self, times: Sequence[int], posts: int) -> None:
        last = self.rows["post"][posts - 1]["id"]
        with self.store.write() as session:
            for table in numbered():
                made = list(self._until(table, last))
                copies = [self._copied(table, row, time) for time in times for row in made]
                if table.name == AuditEntry.__tablename__:
                    for one in copies:
                        append(session, AuditEntry(**{name: one[name] for name in one if name != "id"}))
                elif copies:
                    session.execute(insert_into(table), copies)

    def _until(self, table: Table, last: int) -> Iterator[dict[str, Any]]:
        """The table's rows up to those of the post; people make one post after the other."""
        for row in self.rows[table.name]:
            named = re.fullmatch(r"P(\d+)", str(row.get("subject", "")))
            post = row["id"] if table.name == "post" else row.get("post_id") or (int(named[1]) if named else 0)
            if post > last:
                return
            yield row

    def _copied(self, table: Table, row: dict[str, Any], times: int) -> dict[str, Any]:
        copy = {name: self._moved(value, times) for name, value in row.items()}
        copy["id"] = self._number(table.name, row["id"], times)
        for key in table.foreign_keys:
            if key.column.name == "id" and row[key.parent.name] is not None:
                copy[key.parent.name] = self._number(key.column.table.name, row[key.parent.name], times)
        for name in _unique(table):
            if copy[name] and copy[name] == row[name]:
                copy[name] = f"{copy[name]}{times:04d}"
        if table.name == "delivery":
            copy["key"] = new_key()
            for name in CARDS & row["payload"].keys():
                if isinstance(number := row["payload"][name], int):
                    copy["payload"][name] = self._number("card", number, times)
        return copy

    def _moved(self, value: Any, times: int) -> Any:
        """The value, with the names in it those of the copies."""
        match value:
            case str():
                return NAMES.sub(lambda found: f"{found[1]}{self._named(found[1], int(found[2]), times)}", value)
            case dict():
                return {name: self._moved(one, times) for name, one in value.items()}
            case list():
                return [self._moved(one, times) for one in value]
            case _:
                return value

    def _named(self, letter: str, number: int, times: int) -> int:
        return self._number(TABLES[letter], number, times)

    def _number(self, name: str, number: int, times: int) -> int:
        """What was there before the block stays what it is."""
        return number + times * self.span[name] if number > self.begun[name] else number

    def end(self) -> None:
        """On PostgreSQL, the next row of each table gets the next number."""
        if self.store.is_sqlite:
            return
        with self.store.write() as session:
            for table in numbered():
                serial = f"pg_get_serial_sequence('{table.name}', 'id')"
                session.execute(text(f"SELECT setval({serial}, (SELECT max(id) FROM {table.name}))"))


def _unique(table: Table) -> Iterator[str]:
    """Columns in which no two rows of the same place are alike, and which are no names of other rows."""
    keys = [key.columns for key in table.constraints if isinstance(key, UniqueConstraint)]
    keys += [index.columns for index in table.indexes if index.unique]
    # A key with a number or a name in it is another's already.
    keys = [key for key in keys if not any(c.name == "subject" or _is_numbered(c) for c in key)]
    for column in {column for columns in keys for column in columns}:
        if isinstance(column.type, AutoString) and not column.foreign_keys and column.name not in SHARED:
            yield column.name


def _is_numbered(column: Column[Any]) -> bool:
    return any(key.column.name == "id" for key in column.foreign_keys)


def numbered() -> list[Table]:
    """Every table whose rows have numbers, those that others refer to first."""
    tables = SQLModel.metadata.sorted_tables
    return [t for t in tables if "id" in t.c and t.c.id.primary_key and isinstance(t.c.id.type, Integer)]


# -- a long past -------------------------------------------------------------------------------------------------------


def remember(store: Store, count: int, due: int, now: datetime) -> None:
    """So many deliveries, of which `due` may leave now; of the others nine in ten are done, and one waits for later.

    All of them are what a post of people's is while it waits, or once it has left.
    """
    schedule(store, 1)
    with store.read() as session:
        waits = session.exec(select(Delivery).where(Delivery.kind == "publication")).one()
    _leave(store, waits, now)
    columns = [column.name for column in Delivery.__table__.columns if column.name != "id"]  # type: ignore[attr-defined]
    insert(store.url, "delivery", columns, _deliveries(columns, waits, count, due, now))
    if not store.is_sqlite:
        with psycopg.connect(store.url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")  # as PostgreSQL itself does, but for its minute of delay


def _leave(store: Store, waits: Delivery, now: datetime) -> None:
    """The pattern itself is over: it is not one of those that are counted."""
    with store.write() as session:
        _done(session.get_one(Delivery, waits.id), now)


def _deliveries(columns: Sequence[str], waits: Delivery, count: int, due: int, now: datetime) -> Iterator[list[Any]]:
    gone = _done(waits.model_copy(), now)
    is_now = {"due_at": now, "created_at": now}
    kinds = [gone.model_dump(), waits.model_dump() | {"due_at": now + timedelta(days=1)}, waits.model_dump() | is_now]
    values = [[kind[name] for name in columns] for kind in kinds]
    key, lane, subject, hour = (columns.index(name) for name in ("key", "lane", "subject", "due_at"))
    every = max(1, count // max(1, due))
    for n in range(count):
        is_due = n % every == 0 and n // every < due
        row = list(values[2 if is_due else 1 if n % 10 == 1 else 0])
        row[key], row[subject] = new_key(), f"P{n}"
        row[lane] = f"account:{ACCOUNTS[(n // every if is_due else n) % len(ACCOUNTS)]}"
        row[hour] += timedelta(seconds=-60 if is_due else n % 1_000_000)
        yield row


def _done(delivery: Delivery, now: datetime) -> Delivery:
    """As a delivery ends that left a month ago."""
    at = now - timedelta(days=30)
    delivery.due_at = delivery.created_at = at
    delivery.claim("bench", at)
    delivery.deliver({"remote_id": "114000000000000000", "url": "https://social.example/@a/114000000000000000"}, at)
    return delivery


def insert(url: str, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Put the rows in, as fast as the database takes them."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.execute("PRAGMA synchronous=OFF")
            marks = ", ".join("?" * len(columns))
            file.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", map(_for_sqlite, rows))
        file.close()
        return
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        # Triggers tell workers of new rows; nobody listens yet.
        cursor.execute("SET session_replication_role = replica")
        with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy:
            for row in rows:
                copy.write_row([json.dumps(v) if isinstance(v, dict) else v for v in row])


def _for_sqlite(row: Sequence[Any]) -> list[Any]:
    """The values as SQLAlchemy keeps them there."""
    return [
        json.dumps(v) if isinstance(v, dict) else f"{v:%Y-%m-%d %H:%M:%S.%f}" if isinstance(v, datetime) else v
        for v in row
    ]
