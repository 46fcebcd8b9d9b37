"""Rows that a benchmark finds there: a desk with accounts, posts that are due on them, and a long past."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import sql

from models.account import Account
from models.base import new_key
from models.delivery import Delivery, DeliveryState
from models.member import Member, Role
from models.post import Content, Post, PostState
from models.publication import Publication
from models.store import Store

ACCOUNTS = tuple(f"a{n}" for n in range(50))


def open_desk(store: Store, now: datetime) -> int:
    """An up to date database with a member and the accounts; returns the member's number."""
    store.migrate()
    with store.write() as session:
        session.add_all(Account(name=name, platform="mastodon") for name in ACCOUNTS)
        ada = Member(name="Ada", roles=[Role.AUTHOR.value], created_at=now)
        session.add(ada)
        session.flush()
        return ada.number


def schedule(store: Store, member: int, count: int, due_at: datetime, now: datetime) -> None:
    """So many scheduled posts, each for one of the accounts in turn, as the scheduling handler leaves them."""
    with store.write() as session:
        names = [ACCOUNTS[n % len(ACCOUNTS)] for n in range(count)]
        posts = [Post.draft(Content(text=f"Post {n}", accounts=(name,)), member, now) for n, name in enumerate(names)]
        for post in posts:
            post.state = PostState.SCHEDULED.value
        session.add_all(posts)
        session.flush()
        deliveries = [
            Delivery(kind="publication", lane=f"account:{name}", subject=post.code, due_at=due_at, created_at=now)
            for post, name in zip(posts, names, strict=True)
        ]
        session.add_all(deliveries)
        session.flush()
        session.add_all(
            Publication(
                post_id=post.number,
                account=post.content.accounts[0],
                revision=post.revision,
                digest=post.digest,
                delivery_id=delivery.number,
            )
            for post, delivery in zip(posts, deliveries, strict=True)
        )


# -- a long past -------------------------------------------------------------------------------------------------------


def remember(url: str, count: int, due: int, now: datetime) -> None:
    """So many deliveries, of which `due` may leave now; of the others nine in ten are done, and one waits for later."""
    columns = [column.name for column in Delivery.__table__.columns if column.name != "id"]  # type: ignore[attr-defined]
    insert(url, "delivery", columns, _deliveries(columns, count, due, now))
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")  # as PostgreSQL itself does, but for its minute of delay


def _deliveries(columns: Sequence[str], count: int, due: int, now: datetime) -> Iterator[list[Any]]:
    kinds = [_past(now), _future(now), Delivery(kind="publication", lane="", due_at=now, created_at=now)]
    values = [[getattr(kind, name) for name in columns] for kind in kinds]
    key, lane, subject, due_at = (columns.index(name) for name in ("key", "lane", "subject", "due_at"))
    every = max(1, count // max(1, due))
    for n in range(count):
        is_due = n % every == 0 and n // every < due
        row = list(values[2 if is_due else 1 if n % 10 == 1 else 0])
        row[key], row[subject] = new_key(), f"P{n}"
        row[lane] = f"account:{ACCOUNTS[(n // every if is_due else n) % len(ACCOUNTS)]}"
        row[due_at] += timedelta(seconds=-60 if is_due else n % 1_000_000)
        yield row


def _past(now: datetime) -> Delivery:
    at = now - timedelta(days=30)
    result = {"remote_id": "114000000000000000", "url": "https://social.example/@bakery/114000000000000000"}
    done = Delivery(kind="publication", lane="", due_at=at, created_at=at, result=result, attempts=1, fence=1)
    done.state, done.started_at, done.finished_at = DeliveryState.DONE.value, at, at
    return done


def _future(now: datetime) -> Delivery:
    return Delivery(kind="publication", lane="", due_at=now + timedelta(days=1), created_at=now)


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
