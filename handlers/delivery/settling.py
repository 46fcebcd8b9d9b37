"""Settling: what was cut off becomes UNSURE, and what is UNSURE is looked up, never sent again blindly."""

from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import bindparam
from sqlmodel import col, or_, select

from handlers import outbox
from handlers.couriers import BUG, Office, Parcel, StoredProgress, follow, following
from handlers.delivery import access, identity
from handlers.desk import Desk
from models.delivery import LEASE, MOST_ATTEMPTS, Delivery, DeliveryState, backoff
from models.errors import Refused
from models.lane import hold
from models.store import TROUBLE
from platforms.contract import AccessLost, CannotTell, OutcomeUnknown, Permanent, TryLater

log = structlog.get_logger()

#: Rows read at once.
SWEEP = 200
#: How long an unsure delivery waits for what it needs to be looked up (its chat connected again).
PATIENCE = timedelta(days=1)
#: Waits between look-ups of an unsure delivery.
LOOKUPS = (
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
)
#: What is unsure, of one of the parameter `kinds`, and whose look-up is due at the time `now`; made once, since every
#: sweep asks it.
OPEN = (
    select(Delivery.id, Delivery.lane)
    .where(
        Delivery.state == DeliveryState.UNSURE,
        col(Delivery.check_at) <= bindparam("now"),
        col(Delivery.kind).in_(bindparam("kinds", expanding=True)),
    )
    .order_by(col(Delivery.check_at))
    .limit(SWEEP)
)


class Settler:
    """Settles deliveries whose end nobody knows; thread-safe."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._store = office.store
        self._now = office.now
        self._step = office.step

    def unsure(self) -> list[tuple[int, str]]:
        """(id, lane) of unsure deliveries whose look-up is due; those of unknown kinds are left to newer processes."""
        given = {"now": self._now(), "kinds": list(self._office.couriers)}
        with self._store.read() as session:
            found = session.exec(OPEN, params=given).all()
            return [(i, lane) for i, lane in found if i is not None]

    def reap(self, *, all_of_them: bool = False) -> int:
        """Expired leases become UNSURE. `all_of_them`: at the start of the only process, nobody else can be sending."""
        now = self._now()
        query = select(Delivery).where(Delivery.state == DeliveryState.SENDING)
        if not all_of_them:
            query = query.where(or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) <= now))
            with self._store.read() as session:
                if session.exec(query.limit(1)).first() is None:
                    return 0  # as nearly always: nobody who writes is kept waiting
        with self._store.write() as session:
            rows = session.exec(query.limit(SWEEP).with_for_update(skip_locked=True)).all()
            for delivery in rows:
                delivery.lose_track("Interrupted", "the process ended in the middle", now)
                self._office.seen("reaped", delivery)
            if all_of_them:
                # A look-up that was cut off too need not wait until its worker is taken for dead.
                unsure = select(Delivery).where(Delivery.state == DeliveryState.UNSURE, col(Delivery.check_at) > now)
                for delivery in session.exec(unsure.limit(SWEEP)).all():
                    delivery.check_at = now
            return len(rows)

    def settle(self, delivery_id: int) -> None:
        """Look an unsure delivery up; where there is no evidence to be had, a member is asked."""
        with following(delivery_id):
            self._settle(delivery_id)

    def _settle(self, delivery_id: int) -> None:
        looked = self._look_up(delivery_id)
        if looked is None:
            return
        delivery, parcel = looked
        self._step(f"looking:{delivery.kind}")
        since = delivery.started_at or delivery.created_at
        progress = StoredProgress(self._store, delivery)
        found: dict[str, Any] | None = None
        answer = "absent"
        try:
            found = parcel.find(delivery.key, since, progress)
        except (TryLater, OutcomeUnknown, AccessLost) as later:
            answer = "later" if self._now() < since + parcel.latest else "unknowable"
            log.info("an unsure delivery could not be looked up", delivery=delivery_id, reason=str(later))
        except (CannotTell, Permanent) as cannot:
            answer = "unknowable"
            log.info("an unsure delivery cannot be looked up", delivery=delivery_id, reason=str(cannot))
        except TROUBLE:
            raise
        except Exception:
            answer = "later" if delivery.checks < len(LOOKUPS) else "unknowable"
            log.exception("a bug met the look-up of a delivery", delivery=delivery_id, kind=delivery.kind)
        if answer == "unknowable" and not parcel.asks:
            answer = "absent"
        log.info("looked up", answer="found" if found is not None else answer, checks=delivery.checks)
        self._step(f"looked:{delivery.kind}")
        self._settled(delivery, "found" if found is not None else answer, found or {}, asks=parcel.asks)
        self._step(f"settled:{delivery.kind}")

    def _look_up(self, delivery_id: int) -> tuple[Delivery, Parcel] | None:
        """The unsure delivery and its parcel if a look-up is due now; so long, no other worker looks."""
        with self._store.write() as session:
            delivery = session.get(Delivery, delivery_id, with_for_update=True)
            now = self._now()
            due = delivery and delivery.state == DeliveryState.UNSURE and delivery.check_at and delivery.check_at <= now
            if not delivery or not due or delivery.kind not in self._office.couriers:
                return None
            follow(delivery)
            desk = self._office.desk(session)
            parcel = self._pack(desk, delivery)
            if parcel is None:
                return None
            # Counted from the attempt's end: it may have taken minutes, and the network may still be at work on it.
            proof_at = (delivery.finished_at or delivery.started_at or delivery.created_at) + parcel.earliest
            delivery.check_at = proof_at if now < proof_at else now + LEASE
            return None if now < proof_at else (delivery, parcel)

    def _pack(self, desk: Desk, delivery: Delivery) -> Parcel | None:
        """The parcel; None where nothing can be looked up now, and then the delivery stands as that demands."""
        try:
            with desk.session.begin_nested():
                parcel = identity.pack(self._office, desk, delivery)
        except TryLater as later:
            if desk.now - delivery.created_at < PATIENCE:
                delivery.check_at = desk.now + (later.after or LOOKUPS[0])
            else:
                self._end(desk, delivery, later.reason)
        except (Refused, Permanent) as over:
            self._end(desk, delivery, str(over))
        except TROUBLE:
            raise
        except Exception as bug:
            log.exception("a bug met the look-up of a delivery", delivery=delivery.id, kind=delivery.kind)
            if delivery.checks < len(LOOKUPS):
                delivery.check_again(desk.now + LOOKUPS[delivery.checks])
            else:
                self._end(desk, delivery, type(bug).__name__)
        else:
            if parcel is None:
                delivery.abandon("nothing needs to leave any more", desk.now)
                self._office.conclude(desk, delivery)
            return parcel
        return None

    def _end(self, desk: Desk, delivery: Delivery, reason: str) -> None:
        """Nothing can be looked up: a member is asked; what is for a chat, where an unsure one blocks, is given up."""
        log.info("an unsure delivery cannot be looked up", delivery=delivery.id, reason=reason)
        if delivery.is_to_account:
            delivery.check_again(None)
        else:
            delivery.abandon(reason, desk.now, error="OutcomeUnknown")
        self._office.conclude(desk, delivery)

    def _settled(self, looked_up: Delivery, answer: str, found: dict[str, Any], *, asks: bool) -> None:
        with self._store.write() as session:
            delivery = session.get(Delivery, looked_up.id, with_for_update=True)
            now = self._now()
            if delivery is None or (delivery.state, delivery.fence) != (DeliveryState.UNSURE, looked_up.fence):
                return  # a member was quicker
            match answer:
                case "later" | "unknowable":
                    again = now + LOOKUPS[min(delivery.checks, len(LOOKUPS) - 1)] if answer == "later" else None
                    asked = delivery.is_asked
                    delivery.check_again(again)
                    if asked or not (asks and delivery.is_asked):
                        return  # nobody to tell, or told before
                case "found":
                    delivery.found(found, now)
                case _ if delivery.attempts >= MOST_ATTEMPTS:
                    delivery.abandon(f"lost {delivery.attempts} times", now, error="OutcomeUnknown")
                case _ if delivery.error == BUG:
                    delivery.absent(now + _pause(delivery))
                case _ if delivery.is_to_account:
                    # Counted from the attempt, so that what was cut off long ago is seen to be late.
                    again = (delivery.started_at or now) + _pause(delivery)
                    delivery.absent(again if delivery.attempts > 1 else delivery.due_at)
                case _:
                    # The whole lane waits and the delivery keeps its place in it: what comes after must not overtake.
                    delivery.absent(delivery.due_at)
                    hold(session, delivery.lane, now + _pause(delivery))
            desk = self._office.desk(session)
            outbox.keep(desk, access.learned(desk, delivery))
            self._office.conclude(desk, delivery)


def _pause(delivery: Delivery) -> timedelta:
    """How long what was found absent waits; not at all after its first attempt."""
    return backoff(delivery.attempts) if delivery.attempts > 1 else timedelta()
