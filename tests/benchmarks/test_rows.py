"""A benchmark's rows are those that people make: a copy is what they would have made, in every column."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlmodel
from sqlalchemy import select
from sqlmodel import col

from benchmarks import rows
from benchmarks.common import database
from benchmarks.desk import ACCOUNTS
from models.audit import AuditEntry, chain
from models.delivery import Delivery, DeliveryState
from models.store import Store

pytestmark = pytest.mark.timeout(600)  # people act one after the other; none of it is waited for by a clock
#: What no two posts share: keys, hashes over texts with a post's name, and which messages stood before one left.
OWN = {"key", "trace", "drawn", "hash", "previous", "before"}


def plain(value: Any) -> Any:
    """The value without what is a row's own."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name not in OWN and not isinstance(one, datetime)}
    return value


def made(kind: str, count: int, by_hand: int) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, after so many posts for three accounts."""
    with database(kind) as url:
        store = Store(url)
        rows.open_desk(store)
        rows.schedule(store, count, ACCOUNTS[:3], by_hand)
        with store.read() as session:
            tables = rows.numbered()
            found = {t.name: session.execute(select(t).order_by(t.c.id)).mappings().all() for t in tables}
            assert chain(session).broken_at is None, "the audit log holds together"
        store.close()
    return {name: [plain(dict(row)) for row in of_table] for name, of_table in found.items()}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_copies_are_what_people_would_have_made(kind: str) -> None:
    copied, by_hand = made(kind, count=8, by_hand=3), made(kind, count=8, by_hand=9)
    assert copied.keys() == by_hand.keys()
    for table, found in by_hand.items():
        assert copied[table] == found, table
    assert [len(by_hand[table]) for table in ("post", "revision", "approval", "publication", "card")] == [8] * 5


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_people_go_on_after_the_copies(kind: str) -> None:
    with database(kind) as url:
        store = Store(url)
        rows.open_desk(store)
        rows.schedule(store, 5, ACCOUNTS[:2])
        rows.schedule(store, 1, ACCOUNTS[2:3])
        with store.read() as session:
            lanes = session.exec(sqlmodel.select(Delivery.lane).where(Delivery.kind == "publication")).all()
            entries = session.exec(sqlmodel.select(AuditEntry).where(AuditEntry.action == "scheduled")).all()
        store.close()
    assert sorted(lanes) == ["account:a0"] * 3 + ["account:a1"] * 2 + ["account:a2"]
    assert len(entries) == 6


def test_a_long_past_is_made_of_what_people_scheduled() -> None:
    now = datetime.now(UTC)
    with database("sqlite") as url:
        store = Store(url)
        rows.open_desk(store)
        rows.remember(store, 100, due=10, now=now)
        with store.read() as session:
            found = session.exec(
                sqlmodel.select(Delivery).where(Delivery.kind == "publication").order_by(col(Delivery.id))
            ).all()
        store.close()
    pattern, *past = found
    assert len(past) == 100
    states = [delivery.state for delivery in past]
    assert states.count(DeliveryState.WAITING) == len([n for n in range(100) if n % 10 == 1]) + 10
    assert len([d for d in past if d.state == DeliveryState.WAITING and d.due_at.replace(tzinfo=UTC) <= now]) == 10
    done = next(delivery for delivery in past if delivery.state == DeliveryState.DONE)
    own = {"id", "key", "subject", "lane", "due_at"}
    assert done.model_dump(exclude=own) == pattern.model_dump(exclude=own)
