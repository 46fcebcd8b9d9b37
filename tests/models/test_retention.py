"""What is over and old is forgotten; what is open, young, or public is kept."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from models.delivery import Delivery, DeliveryState
from models.inbound import Inbound, InboundState
from models.lane import Lane
from models.retention import EVENTS, TOLD, forget
from models.store import Store
from support.desks import copied

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
KINDS = ("card", "message", "direct", "whisper", "home")
OLD, YOUNG = NOW - max(EVENTS, TOLD) - timedelta(days=1), NOW - timedelta(days=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[Store]:
    made = (
        copied(migrated, tmp_path) if request.param == "sqlite" else Store(request.getfixturevalue("migrated_postgres"))
    )
    yield made
    made.close()


def event(name: str, state: InboundState, at: datetime) -> Inbound:
    return Inbound(source="slack", event_id=name, body={}, state=state.value, due_at=at, received_at=at)


def delivery(kind: str, state: DeliveryState, at: datetime) -> Delivery:
    ended = at if state == DeliveryState.DONE else None
    return Delivery(kind=kind, lane=f"{kind} {at}", state=state.value, due_at=at, created_at=at, finished_at=ended)


def test_only_what_is_over_and_old_is_forgotten(store: Store) -> None:
    with store.write() as session:
        for at in (OLD, YOUNG):
            session.add_all(event(f"{state} {at}", state, at) for state in InboundState)
            for kind in (*KINDS, "publication"):
                session.add_all(delivery(kind, state, at) for state in (DeliveryState.DONE, DeliveryState.WAITING))
            session.add(Lane(name=str(at), not_before=at))
        session.add(Lane(name="now", not_before=NOW))
    with store.write() as session:
        assert forget(session, NOW) == 1 + len(KINDS) + 1
        assert forget(session, NOW) == 0
    with store.read() as session:
        assert f"done {OLD}" not in session.exec(select(Inbound.event_id)).all()
        assert len(session.exec(select(Inbound)).all()) == 5
        old_ends = session.exec(select(Delivery.kind).where(Delivery.finished_at == OLD)).all()
        assert old_ends == ["publication"]
        assert str(OLD) not in session.exec(select(Lane.name)).all()
