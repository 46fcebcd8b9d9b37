"""Settling: what was cut off becomes UNSURE, and what is UNSURE is looked up, never sent again blindly."""

from datetime import timedelta
from typing import Any

import structlog
from sqlmodel import col, or_, select

from handlers.couriers import Office, Parcel, StoredProgress
from models.delivery import LEASE, MOST_ATTEMPTS, Delivery, DeliveryState
from models.errors import Refused
from platforms.contract import CannotTell, OutcomeUnknown, Permanent, TryLater

log = structlog.get_logger()

#: Rows read at once.
SWEEP = 200
#: Waits between look-ups of an unsure delivery.
LOOKUPS = (
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
)


class Settler:
    """Settles deliveries whose end nobody knows; thread-safe."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._store = office.store
        self._now = office.now
        self._step = office.step

    def unsure(self) -> list[tuple[int, str]]:
        """(id, lane) of unsure deliveries whose look-up is due."""
        query = select(Delivery.id, Delivery.lane).where(
            Delivery.state == DeliveryState.UNSURE, col(Delivery.check_at) <= self._now()
        )
        with self._store.read() as session:
            found = session.exec(query.order_by(col(Delivery.check_at)).limit(SWEEP)).all()
            return [(i, lane) for i, lane in found if i is not None]

    def reap(self, *, all_of_them: bool = False) -> int:
        """Expired leases become UNSURE. `all_of_them`: at the start of the only process, nobody else can be sending."""
        now = self._now()
        query = select(Delivery).where(Delivery.state == DeliveryState.SENDING)
        if not all_of_them:
            query = query.where(or_(col(Delivery.lease_until).is_(None), col(Delivery.lease_until) <= now))
        with self._store.write() as session:
            rows = session.exec(query.limit(SWEEP).with_for_update(skip_locked=True)).all()
            for delivery in rows:
                delivery.lose_track("Interrupted", "the process ended in the middle", now)
            if all_of_them:
                # A look-up that was cut off too need not wait until its worker is taken for dead.
                unsure = select(Delivery).where(Delivery.state == DeliveryState.UNSURE, col(Delivery.check_at) > now)
                for delivery in session.exec(unsure.limit(SWEEP)).all():
                    delivery.check_at = now
            return len(rows)

    def settle(self, delivery_id: int) -> None:
        """Look an unsure delivery up; where there is no evidence to be had, a member is asked."""
        looked = self._look_up(delivery_id)
        if looked is None:
            return
        self._step("looking")
        delivery, parcel = looked
        since = delivery.started_at or delivery.created_at
        found: dict[str, Any] | None = None
        answer = "absent"
        try:
            found = parcel.find(delivery.key, since, StoredProgress(self._store, delivery_id, delivery.fence))
        except (TryLater, OutcomeUnknown) as later:
            answer = "later" if self._now() < since + parcel.latest else "unknowable"
            log.info("an unsure delivery could not be looked up", delivery=delivery_id, reason=str(later))
        except (CannotTell, Permanent) as cannot:
            answer = "unknowable"
            log.info("an unsure delivery cannot be looked up", delivery=delivery_id, reason=str(cannot))
        if answer == "unknowable" and not parcel.asks:
            answer = "absent"
        self._step("looked")
        self._settled(delivery_id, "found" if found is not None else answer, found or {})
        self._step("settled")

    def _look_up(self, delivery_id: int) -> tuple[Delivery, Parcel] | None:
        """The unsure delivery and its parcel if a look-up is due now; so long, no other worker looks."""
        with self._store.write() as session:
            delivery = session.get(Delivery, delivery_id, with_for_update=True)
            now = self._now()
            due = delivery and delivery.state == DeliveryState.UNSURE and delivery.check_at and delivery.check_at <= now
            if not delivery or not due:
                return None
            desk = self._office.desk(session)
            try:
                parcel = self._office.couriers[delivery.kind].pack(desk, delivery)
            except TryLater as later:
                delivery.check_at = now + (later.after or LOOKUPS[0])
                return None
            except (Refused, Permanent) as over:
                delivery.check_again(None)
                log.info("an unsure delivery is not wanted any more", delivery=delivery_id, reason=str(over))
                self._office.conclude(desk, delivery)
                return None
            if parcel is None:
                delivery.abandon("nothing needs to leave any more", now)
                self._office.conclude(desk, delivery)
                return None
            proof_at = (delivery.started_at or delivery.created_at) + parcel.earliest
            delivery.check_at = proof_at if now < proof_at else now + LEASE
            return None if now < proof_at else (delivery, parcel)

    def _settled(self, delivery_id: int, answer: str, found: dict[str, Any]) -> None:
        with self._store.write() as session:
            delivery = session.get(Delivery, delivery_id, with_for_update=True)
            now = self._now()
            if delivery is None or delivery.state != DeliveryState.UNSURE:
                return  # a member was quicker
            match answer:
                case "later":
                    delivery.check_again(now + LOOKUPS[min(delivery.checks, len(LOOKUPS) - 1)])
                    return
                case "unknowable":
                    delivery.check_again(None)
                case "found":
                    delivery.found(found, now)
                case _ if delivery.attempts >= MOST_ATTEMPTS:
                    delivery.abandon(f"lost {delivery.attempts} times", now)
                case _:
                    delivery.absent(now)
            self._office.conclude(self._office.desk(session), delivery)
