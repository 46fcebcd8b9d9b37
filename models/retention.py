"""Retention: rows that only served to do something once are deleted after a while; tables do not grow for ever."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from models.consent import Consent
from models.delivery import NOTICES, Delivery, DeliveryState
from models.inbound import Inbound, InboundState
from models.lane import Lane
from models.seen import Opened, Shown

#: An event is recognised for so long when its chat delivers it again.
EVENTS = timedelta(days=14)
#: A notice is kept for so long to be looked at; that it was told is seen in the chat. What goes to networks stays.
TOLD = timedelta(days=14)
#: What was seen is kept for so long: a verdict that is still wanted then wants it seen once more.
SEEN = timedelta(days=90)
#: Rows of each table deleted in one transaction, which holds up other writers.
ROWS = 1000


def forget(session: Session, now: datetime) -> int:
    """Delete what is over and old; returns how many rows, at most ROWS of each table."""
    handled = (Inbound.state == InboundState.DONE, Inbound.received_at < now - EVENTS)
    events = select(Inbound.id).where(*handled).order_by(col(Inbound.received_at)).limit(ROWS)
    over = col(Delivery.state).in_((DeliveryState.DONE, DeliveryState.FAILED, DeliveryState.CANCELLED))
    old = (NOTICES, over, col(Delivery.finished_at) < now - TOLD)
    notices = select(Delivery.id).where(*old).order_by(col(Delivery.finished_at)).limit(ROWS)
    seen, opened = (select(row.id).where(col(row.at) < now - SEEN).limit(ROWS) for row in (Shown, Opened))
    statements = (
        delete(Inbound).where(col(Inbound.id).in_(events)),
        delete(Delivery).where(col(Delivery.id).in_(notices)),
        delete(Consent).where(col(Consent.expires_at) < now - timedelta(days=1)),
        delete(Shown).where(col(Shown.id).in_(seen)),
        delete(Opened).where(col(Opened.id).in_(opened)),
        delete(Lane).where(col(Lane.not_before) < now - timedelta(days=1)),
    )
    return sum(session.exec(statement).rowcount for statement in statements)
