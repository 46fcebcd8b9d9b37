"""What the database and the chats say when Prometheus asks: bounded queries over what is under way."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from threading import Lock
from typing import Any

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlmodel import Session, col, func, literal, select

from models.account import Account
from models.alert import Alert
from models.conversation import Comment, CommentState
from models.delivery import Delivery, DeliveryState
from models.inbound import Inbound, InboundState
from models.store import TROUBLE, Store

log = structlog.get_logger()

#: Rows of a kind that are counted; a gauge that shows so many means: so many or more.
MOST = 10_000
#: Seconds during which the last answer serves.
FRESH = 5.0
#: name -> (what it says, labels)
FAMILIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "bottega_up": ("Whether a chat or a collector works", ("part",)),
    "bottega_duty": ("Whether a duty that one process does at a time is this process's", ("duty",)),
    "bottega_database_up": ("Whether the database answers", ()),
    "bottega_queue": ("Deliveries under way; waiting ones are due or scheduled", ("state",)),
    "bottega_oldest_due_seconds": ("How late the most overdue delivery is", ()),
    "bottega_oldest_unsure_seconds": ("For how long nobody has known the end of a delivery", ()),
    "bottega_inbound": ("Events of chats that are new, or set aside as broken", ("source", "state")),
    "bottega_oldest_inbound_seconds": ("How long the oldest new event has waited", ()),
    "bottega_open_comments": ("Comments that nobody has dealt with", ()),
    "bottega_account_access": ("Whether the network takes the account's token", ("account",)),
    "bottega_ads_access": ("Whether the network takes the account's token for ads, if it has one", ("account",)),
    "bottega_token_days_left": ("Days until a token expires, where its network tells", ("account",)),
    "bottega_alerts": ("Alerts that are not over", ("kind",)),
}
#: States of a chat or collector in which all is well.
WELL = frozenset({"connected", "streaming", "polling"})

Sample = tuple[str, Sequence[str], float]


class Gauges(Collector):
    """Thread-safe; one answer at a time."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        health: Callable[[], Mapping[str, str]],
        duties: Callable[[], Mapping[str, bool]],
        *,
        asks: bool,
    ) -> None:
        """`asks`: whether the database is asked what is under way, or only whether it answers."""
        self._store = store
        self._now = now
        self._health = health
        self._duties = duties
        self._asks = asks
        self._lock = Lock()
        self._last: tuple[float, list[Sample]] | None = None

    def describe(self) -> Iterable[GaugeMetricFamily]:
        """Nothing is asked when it is registered."""
        return [GaugeMetricFamily(name, said, labels=labels) for name, (said, labels) in FAMILIES.items()]

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All families, also those without a sample."""
        families = {family.name: family for family in self.describe()}
        for name, labels, value in (*self._live(), *self._stored()):
            families[name].add_metric(labels, value)
        yield from families.values()

    def _live(self) -> Iterator[Sample]:
        for part, state in self._health().items():
            yield "bottega_up", (part,), float(state in WELL)
        for duty, is_ours in self._duties().items():
            yield "bottega_duty", (duty,), float(is_ours)

    def _stored(self) -> list[Sample]:
        with self._lock:
            at = time.monotonic()
            if self._last is None or at - self._last[0] >= FRESH:
                self._last = at, self._asked()
            return self._last[1]

    def _asked(self) -> list[Sample]:
        try:
            with self._store.read() as session:
                session.exec(select(literal(1))).one()
                found = list(_samples(session, self._now())) if self._asks else []
        except TROUBLE as trouble:
            log.warning("the metrics could not be read", error=type(trouble).__name__)
            return [("bottega_database_up", (), 0.0)]
        return [("bottega_database_up", (), 1.0), *found]


def _samples(session: Session, now: datetime) -> Iterator[Sample]:
    yield from _queue(session, now)
    yield from _inbound(session, now)
    yield "bottega_open_comments", (), _count(session, Comment.state == CommentState.OPEN)
    for account in session.exec(select(Account)).all():
        yield "bottega_account_access", (account.name,), float(account.access != "lost")
        yield "bottega_ads_access", (account.name,), float(account.ads_lost_at is None)
        if account.expires_at is not None:
            yield "bottega_token_days_left", (account.name,), (account.expires_at - now).total_seconds() / 86400
    alerts = session.exec(select(Alert.name).where(col(Alert.over_at).is_(None))).all()
    kinds = [name.partition(":")[0] for name in alerts]
    for kind in ("late", "unsure", "token"):
        yield "bottega_alerts", (kind,), kinds.count(kind)


def _queue(session: Session, now: datetime) -> Iterator[Sample]:
    waits = Delivery.state == DeliveryState.WAITING
    yield "bottega_queue", ("due",), _count(session, waits, Delivery.due_at <= now)
    yield "bottega_queue", ("scheduled",), _count(session, waits, Delivery.due_at > now)
    for state in (DeliveryState.SENDING, DeliveryState.UNSURE, DeliveryState.HELD, DeliveryState.FAILED):
        yield "bottega_queue", (state.value,), _count(session, Delivery.state == state)
    due = session.exec(select(func.min(Delivery.due_at)).where(waits)).one()
    postponed = select(func.min(Delivery.meant_at)).where(waits, col(Delivery.meant_at).is_not(None))
    yield "bottega_oldest_due_seconds", (), _age(now, due, session.exec(postponed).one())
    lost = select(func.min(Delivery.finished_at)).where(Delivery.state == DeliveryState.UNSURE)
    yield "bottega_oldest_unsure_seconds", (), _age(now, session.exec(lost).one())


def _inbound(session: Session, now: datetime) -> Iterator[Sample]:
    for state in (InboundState.NEW, InboundState.BROKEN):
        rows = select(Inbound.source).where(Inbound.state == state).limit(MOST).subquery()
        counts: Counter[str] = Counter()  # every account's comments are one source: the same labels twice are an error
        for source, count in session.exec(select(rows.c.source, func.count()).group_by(rows.c.source)).all():
            counts[source.partition(":")[0]] += count
        for kind, count in counts.items():
            yield "bottega_inbound", (kind, state.value), count
    new = select(Inbound.received_at).where(Inbound.state == InboundState.NEW).limit(MOST).subquery()
    yield "bottega_oldest_inbound_seconds", (), _age(now, session.exec(select(func.min(new.c.received_at))).one())


def _count(session: Session, *where: Any) -> int:
    some = select(literal(1)).where(*where).limit(MOST).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


def _age(now: datetime, *moments: datetime | None) -> float:
    """Seconds since the earliest; 0 where there is none or it is still to come."""
    return max((0.0, *((now - moment).total_seconds() for moment in moments if moment is not None)))
