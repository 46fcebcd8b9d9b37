"""The delivery machine at work: claim, send, record.

Any engine may call it from any thread of any process, once or twice for the same row: the row's claim, its fence and
the one-per-lane index decide.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import stamina
import structlog
from sqlalchemy import bindparam
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import object_session
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from handlers import outbox
from handlers.couriers import BUG, Held, Office, Parcel, StoredProgress, follow, following
from handlers.delivery import access, identity
from handlers.desk import Desk
from models.delivery import FIRST_BACKOFF, MOST_ATTEMPTS, TO_ACCOUNTS, Delivery, DeliveryState, backoff
from models.errors import Refused
from models.lane import Lane, free_at, hold
from models.store import TROUBLE
from platforms.contract import AccessLost, OutcomeUnknown, Permanent, QuotaSpent, RateLimited, TryLater, Unreachable

log = structlog.get_logger()

#: What is recorded of an attempt: changes the delivery's state, given the time.
Change = Callable[[Delivery, datetime], None]
#: A claimed delivery with its parcel; without one nothing leaves, and the delivery stands as that demands.
Claimed = tuple[Delivery, Parcel | None]

_LANE, _STATE = col(Delivery.lane), col(Delivery.state)
_PART = _LANE + " " + col(Delivery.kind)  # `Delivery.part`
#: Where nothing may leave at the time `now`.
SILENT = select(Lane.name).where(Lane.not_before > bindparam("now"))
#: What holds for a delivery that may be claimed by the parameter `by`, at the time `now`: its lane is free, and it is
#: one of the `kinds` that this process carries. While a desk is updated an older process meets others, and leaves them.
FREE = (
    _STATE == DeliveryState.WAITING,
    col(Delivery.kind).in_(bindparam("kinds", expanding=True)),
    col(Delivery.due_at) <= bindparam("by"),
    _LANE.not_in(select(Delivery.lane).where(_STATE == DeliveryState.SENDING)),
    # A chat's next message waits until it is known what became of the one before, or they would change places.
    _LANE.not_in(
        select(Delivery.lane).where(_STATE == DeliveryState.UNSURE, *(~_LANE.startswith(a) for a in TO_ACCOUNTS))
    ),
    _LANE.not_in(SILENT),
    _PART.not_in(SILENT),
)
#: Of deliveries in a lane.
ORDER = (col(Delivery.due_at), col(Delivery.id))
#: The first of the parameter `lane`; made once, since every delivery asks it. Where somebody holds that one's row (to
#: cancel it, or to draw it anew), none: what comes after must not overtake.
BEHIND = (
    select(Delivery)
    .where(
        col(Delivery.id)
        == select(Delivery.id)
        .where(*FREE, bindparam("lane") == _LANE)
        .order_by(*ORDER)
        .limit(1)
        .correlate(None)
        .scalar_subquery(),
        _STATE == DeliveryState.WAITING,
    )
    .with_for_update(skip_locked=True)
)
#: Lanes read for one sweep; more wait for the next.
SWEEP = 200


def _firsts() -> Select[int, str, datetime]:
    """The first of each lane that is free and not one of the parameter `skip`; made once, as is `BEHIND`."""
    # Numbered within its lane, so that the longest queue does not hide the others from a sweep.
    place = func.row_number().over(partition_by=_LANE, order_by=ORDER)
    here = _LANE.not_in(bindparam("skip", expanding=True))
    ready = select(Delivery.id, _LANE, Delivery.due_at, place.label("place")).where(*FREE, here).subquery()
    first = select(ready.c.id, ready.c.lane, ready.c.due_at).where(ready.c.place == 1)
    return first.order_by(ready.c.due_at, ready.c.id).limit(SWEEP)


DUE = _firsts()
#: Longest wait that a network's Retry-After is believed.
LONGEST_WAIT = timedelta(hours=24)
#: How long a delivery waits for what must be there before it (its card), and for a chat that cannot be reached.
PATIENCE = timedelta(days=1)
#: Seconds that a busy or absent database is tried again with what became of an attempt; less than a lease.
RECORD_SECONDS = 45.0


class Due(NamedTuple):
    """A delivery that may be claimed."""

    id: int
    lane: str
    at: datetime


class _Silenced(Exception):
    """Nothing leaves on the lane yet; what was claimed is not."""


class Deliverer:
    """Works deliveries, one call at a time per row; thread-safe."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._store = office.store
        self._now = office.now
        self._step = office.step

    def due(self, skip: Iterable[str] = (), *, ahead: timedelta = timedelta()) -> list[Due]:
        """What may be claimed by then: the first of each lane that is free and not in `skip`."""
        now = self._now()
        given = {"now": now, "by": now + ahead, "kinds": list(self._office.couriers), "skip": list(skip)}
        with self._store.read() as session:
            return [Due(*row) for row in session.exec(DUE, params=given).all()]

    def attempt(self, delivery_id: int, worker: str, onward: Callable[[], bool] = lambda: False) -> bool:
        """Claim the delivery and make one attempt; returns False where it was not there to claim.

        While `onward` says so, the same for what is due behind it in its lane: claimed in the transaction that
        records the one before, sooner and cheaper than any sweep could.
        """
        with following(delivery_id):
            return self._attempt(delivery_id, worker, onward)

    def _attempt(self, delivery_id: int, worker: str, onward: Callable[[], bool]) -> bool:
        claimed = self._claim(partial(self._waiting, delivery_id=delivery_id), worker)
        if claimed is None:
            return False
        while claimed is not None:
            delivery, parcel = claimed
            if parcel is None:
                claimed = self._claim(partial(self._behind, lane=delivery.lane), worker) if onward() else None
                continue
            self._office.seen("claimed", delivery)
            self._step(f"claimed:{delivery.kind}")
            step, change = self._send(delivery, parcel)
            log.info("delivery", step=step, attempt=delivery.attempts)
            self._step(f"{step}:{delivery.kind}")
            claimed = self._record(delivery, change, worker, onward)
            self._step(f"recorded:{delivery.kind}")
        return True

    def _send(self, delivery: Delivery, parcel: Parcel) -> tuple[str, Change]:
        """One attempt, with no transaction open; returns the step reached and what is to be recorded."""
        lost = partial(_lose_track, earliest=parcel.earliest)
        try:
            result = parcel.send(delivery.key, StoredProgress(self._store, delivery))
        except Held as held:
            return "held", partial(_hold_back, held=held)
        except OutcomeUnknown as unknown:
            return "lost", partial(lost, error="OutcomeUnknown", reason=str(unknown))
        except TryLater as later:
            return "postponed", partial(_postpone, later=later)
        except Permanent as permanent:
            shut = delivery.is_to_account and isinstance(permanent, AccessLost)
            return "refused", partial(_hold if shut else _refuse, permanent=permanent)
        except TROUBLE as away:
            log.warning("the database went away in the middle of a delivery", delivery=delivery.id, kind=delivery.kind)
            return "lost", partial(lost, error="Interrupted", reason=type(away).__name__)
        except Exception as bug:
            # A bug of ours in mid-attempt: nobody knows how far it got, so it is looked up, never repeated blindly.
            log.exception("a bug met a delivery", delivery=delivery.id, kind=delivery.kind)
            return "lost", partial(lost, error=BUG, reason=type(bug).__name__)
        return "sent", partial(_deliver, result=result)

    def _claim(self, find: Callable[[Session], Delivery | None], worker: str) -> Claimed | None:
        """Claim what is found; None where that is nothing, or its lane is another worker's by now or has to wait."""
        try:
            with self._store.write() as session:
                delivery = find(session)
                if delivery is None:
                    return None
                self._reserve(session, delivery, worker)
                # Only now: while the lane was another worker's, that one may have learned that it has to wait.
                now = self._now()
                if free_at(session, (delivery.lane, delivery.part), now) > now:
                    raise _Silenced
                return self._packed(self._office.desk(session), delivery)
        except (IntegrityError, _Silenced):
            return None

    def _waiting(self, session: Session, delivery_id: int) -> Delivery | None:
        """The delivery, if it may be claimed."""
        delivery = session.get(Delivery, delivery_id, with_for_update=True)
        is_due = delivery and delivery.state == DeliveryState.WAITING and delivery.due_at <= self._now()
        return delivery if delivery and is_due and delivery.kind in self._office.couriers else None

    def _behind(self, session: Session, lane: str) -> Delivery | None:
        """What is due next in the lane, which was this worker's until now."""
        now = self._now()
        return session.exec(
            BEHIND, params={"now": now, "by": now, "lane": lane, "kinds": list(self._office.couriers)}
        ).first()

    def _reserve(self, session: Session, delivery: Delivery, worker: str) -> None:
        follow(delivery)
        delivery.claim(worker, self._now())
        session.flush()  # here the database refuses a second in the lane

    def _packed(self, desk: Desk, delivery: Delivery) -> Claimed:
        parcel = self._pack(desk, delivery)
        if parcel is None and delivery.state != DeliveryState.WAITING:
            self._office.conclude(desk, delivery)
        return delivery, parcel

    def _pack(self, desk: Desk, delivery: Delivery) -> Parcel | None:
        """The parcel; None where nothing leaves now, and then the delivery stands as that demands."""
        try:
            with desk.session.begin_nested():
                parcel = identity.pack(self._office, desk, delivery)
        except Refused as refused:
            delivery.refuse(type(refused).__name__, desk.room_t(refused.sentence, **refused.params), desk.now)
        except Held as held:
            delivery.hold(held.error, held.reason)
        except TryLater as later:
            if desk.now - delivery.created_at > PATIENCE:
                delivery.refuse(type(later).__name__, later.reason, desk.now)
            else:
                delivery.attempts -= 1  # nothing was tried
                delivery.postpone(type(later).__name__, later.reason, desk.now + (later.after or FIRST_BACKOFF))
        except Permanent as permanent:
            delivery.refuse(type(permanent).__name__, permanent.reason, desk.now)
        except TROUBLE:
            raise  # nothing was claimed, then; the next sweep finds it
        except Exception as bug:
            log.exception("a bug met a delivery before it left", delivery=delivery.id, kind=delivery.kind)
            _postpone(delivery, desk.now, later=TryLater(type(bug).__name__))
        else:
            if parcel is None:
                delivery.deliver({}, desk.now)
            return parcel
        return None

    @stamina.retry(on=TROUBLE, attempts=None, timeout=RECORD_SECONDS, wait_max=3.0)
    def _record(self, claimed: Delivery, change: Change, worker: str, onward: Callable[[], bool]) -> Claimed | None:
        """Record an attempt's end, unless the row was taken over since; returns what it claimed behind it.

        A busy database is tried again: what is known of the network must not be lost to it.
        """
        follow(claimed)  # a try before this one may have claimed what is behind
        with self._store.write() as session:
            delivery = session.get(Delivery, claimed.id, with_for_update=True)
            now = self._now()
            if delivery is None or not delivery.holds(claimed.fence):
                log.warning("a late result was dropped; the row is being settled", delivery=claimed.id)
                return None
            change(delivery, now)
            desk = self._office.desk(session)
            outbox.keep(desk, access.learned(desk, delivery))
            self._office.conclude(desk, delivery)
            behind = self._behind(session, delivery.lane) if onward() else None
            if behind is None:
                return None
            self._reserve(session, behind, worker)
            return self._packed(desk, behind)

    def renew(self, lanes: Iterable[str], worker: str, lease: timedelta) -> None:
        """Keep the leases of what this worker is sending in these lanes."""
        wanted = list(lanes)
        if not wanted:
            return
        with self._store.write() as session:
            rows = session.exec(
                select(Delivery)
                .where(
                    Delivery.state == DeliveryState.SENDING, Delivery.lease_by == worker, col(Delivery.lane).in_(wanted)
                )
                .with_for_update()
            )
            for delivery in rows.all():
                delivery.lease_until = self._now() + lease


def _deliver(delivery: Delivery, now: datetime, *, result: dict[str, Any]) -> None:
    delivery.deliver(result, now)


def _lose_track(delivery: Delivery, now: datetime, *, error: str, reason: str, earliest: timedelta) -> None:
    delivery.lose_track(error, reason, now, now + max(earliest, timedelta(seconds=1)))


def _refuse(delivery: Delivery, now: datetime, *, permanent: Permanent) -> None:
    delivery.refuse(type(permanent).__name__, permanent.reason, now)


def _hold(delivery: Delivery, now: datetime, *, permanent: Permanent) -> None:
    delivery.hold(type(permanent).__name__, permanent.reason)


def _hold_back(delivery: Delivery, now: datetime, *, held: Held) -> None:
    delivery.hold(held.error, held.reason)


def _postpone(delivery: Delivery, now: datetime, *, later: TryLater) -> None:
    """Again after the network's own time, or after the back-off; after many tries it is FAILED and told.

    What goes to a chat that cannot be reached has nobody to be told to, and waits for it.
    """
    is_spent = isinstance(later, QuotaSpent)
    if is_spent:
        delivery.attempts -= 1  # a day that is full is no failure, and ends
    away = not delivery.is_to_account and isinstance(later, RateLimited | Unreachable)
    if delivery.attempts >= MOST_ATTEMPTS and not (away and now - delivery.created_at < PATIENCE):
        delivery.refuse(type(later).__name__, later.reason, now)
        return
    wait = min(later.after, LONGEST_WAIT) if later.after is not None else backoff(delivery.attempts)
    session = object_session(delivery)
    if session is not None and (isinstance(later, RateLimited) or not delivery.is_to_account):
        # The whole lane waits, or what is of its kind there, and the delivery keeps its place: what comes after must
        # not overtake.
        hold(session, delivery.part if is_spent else delivery.lane, now + wait)
        delivery.postpone(type(later).__name__, later.reason, delivery.due_at)
    else:
        delivery.postpone(type(later).__name__, later.reason, now + wait)
