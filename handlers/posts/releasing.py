"""Lets go of what was held, once what held it is over: a stop that was resumed, access that works again."""

from collections.abc import Iterable, Iterator

from sqlalchemy import true
from sqlmodel import col, select

from handlers.delivery.access import NO_ACCESS, NO_ADS
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.posts.holding import STOPPED
from handlers.registry import registry
from models.account import Access, Account
from models.delivery import TO_ACCOUNTS, Delivery, DeliveryState
from models.stop import EVERYTHING, stops

#: Held deliveries looked at in one tick for each reason; more wait for the next.
MOST = 50


@registry.tick
def release(desk: Desk) -> Iterator[Effect]:
    """It waits again, in its old place; whether it may leave, or is too late by now, is found when it is claimed."""
    stopped = stops(desk.session)
    if EVERYTHING not in stopped:
        yield from _release(desk, (STOPPED,), stopped)
    lost = desk.session.exec(select(Account.name).where(Account.access == Access.LOST)).all()
    yield from _release(desk, NO_ACCESS, lost)
    unpaid = desk.session.exec(select(Account.name).where(col(Account.ads_lost_at).is_not(None))).all()
    yield from _release(desk, (NO_ADS,), unpaid)


def _release(desk: Desk, errors: Iterable[str], shut: Iterable[str]) -> Iterator[Effect]:
    lanes = [f"{way}{name}" for name in shut for way in TO_ACCOUNTS]
    query = (
        select(Delivery)
        .where(Delivery.state == DeliveryState.HELD, col(Delivery.error).in_(errors))
        .where(col(Delivery.lane).not_in(lanes) if lanes else true())
        # Another kind is of a newer version, which shares this database while it is updated and releases its own.
        .where(col(Delivery.kind).in_(list(registry.couriers)))
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(MOST)
        .with_for_update()
    )
    for delivery in desk.session.exec(query).all():
        delivery.release()
        yield from registry.couriers[delivery.kind].concluded(desk, delivery)
