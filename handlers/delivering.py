"""The delivery machine at work: claim, send, record; look up what is unsure; tell every end.

Any engine may call it from any thread of any process, once or twice for the same row: the row's claim, its fence and
the one-per-lane index decide.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import object_session
from sqlmodel import Session, col, or_, select

from handlers import outbox
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.setup import Setup
from models.delivery import FIRST_BACKOFF, MOST_ATTEMPTS, Delivery, DeliveryState, Lane, backoff
from models.errors import Refused, WrongMoment
from models.store import Store
from platforms.contract import CannotTell, OutcomeUnknown, Permanent, Progress, RateLimited, TryLater

log = structlog.get_logger()

#: What is recorded of an attempt: changes the delivery's state, given the time.
Change = Callable[[Delivery, datetime], None]

#: Rows read for one sweep; more wait for the next.
SWEEP = 200
#: Longest wait that a network's Retry-After is believed.
LONGEST_WAIT = timedelta(hours=24)
#: How long a delivery waits for what must be there before it (its card, its chat).
PATIENCE = timedelta(days=1)
#: Waits between look-ups of an unsure delivery.
LOOKUPS = (
    timedelta(seconds=5),
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
)


class Parcel(Protocol):
    """A delivery made ready in the claiming transaction: knows all it needs, touches no database but its progress."""

    @property
    def earliest(self) -> timedelta:
        """How long after an attempt a look-up proves absence."""

    @property
    def latest(self) -> timedelta:
        """How long after an attempt a look-up can find anything."""

    @property
    def asks(self) -> bool:
        """Whether a member is asked when a look-up gives no evidence; otherwise it is sent again."""

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Make it leave; returns what is remembered of it. Raises TryLater, OutcomeUnknown, Permanent."""

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """Look whether it stands there; None means certainly absent. Raises CannotTell, TryLater, Permanent."""


class Courier(Protocol):
    """Carries one kind of delivery."""

    def pack(self, desk: Desk, delivery: Delivery) -> Parcel | None:
        """Make it ready; None where nothing needs to leave any more. Raises Refused (it must not leave), TryLater."""

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        """What follows from the state it reached (DONE, FAILED, UNSURE, WAITING again), in the same transaction."""


@dataclass(frozen=True)
class StoredProgress:
    """Progress kept in the delivery's row, committed at each save while the attempt holds the row."""

    store: Store
    delivery_id: int
    fence: int

    def load(self, name: str) -> str | None:
        """What was saved under the name, or None."""
        with self.store.read() as session:
            delivery = session.get(Delivery, self.delivery_id)
            return delivery.progress.get(name) if delivery else None

    def save(self, name: str, value: str) -> None:
        """Remember it. A worker that lost the row must not go on: OutcomeUnknown."""
        with self.store.write() as session:
            delivery = session.get(Delivery, self.delivery_id, with_for_update=True)
            if delivery is None or delivery.fence != self.fence:
                raise OutcomeUnknown("another worker has taken this delivery over")
            delivery.progress = {**delivery.progress, name: value}


class Deliverer:
    """Works deliveries, one call at a time per row; thread-safe."""

    def __init__(
        self,
        store: Store,
        setup: Setup,
        couriers: Mapping[str, Courier],
        now: Callable[[], datetime],
        step: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """`step` is told the name of each step just taken; the chaos campaign ends the process there."""
        self._store = store
        self._setup = setup
        self._couriers = couriers
        self._now = now
        self._step = step

    # -- what is due ---------------------------------------------------------------------------------------------------

    def due(self, skip: Iterable[str] = ()) -> list[tuple[int, str]]:
        """(id, lane) of what may be claimed now: the first of each free lane, the earliest first. `skip`: busy lanes."""
        now = self._now()
        busy = select(Delivery.lane).where(Delivery.state == DeliveryState.SENDING)
        # A chat's next message waits until it is known what became of the one before, or they would change places.
        unsure = select(Delivery.lane).where(
            Delivery.state == DeliveryState.UNSURE, ~col(Delivery.lane).startswith("account:")
        )
        held = select(Lane.name).where(Lane.not_before > now)
        query = (
            select(Delivery.id, Delivery.lane)
            .where(Delivery.state == DeliveryState.WAITING, Delivery.due_at <= now)
            .where(col(Delivery.lane).not_in(busy), col(Delivery.lane).not_in(unsure), col(Delivery.lane).not_in(held))
            .order_by(col(Delivery.due_at), col(Delivery.id))
            .limit(SWEEP)
        )
        taken = set(skip)
        found = []
        with self._store.read() as session:
            for delivery_id, lane in session.exec(query).all():
                if lane not in taken and delivery_id is not None:
                    taken.add(lane)
                    found.append((delivery_id, lane))
        return found

    def unsure(self) -> list[tuple[int, str]]:
        """(id, lane) of unsure deliveries whose look-up is due."""
        query = select(Delivery.id, Delivery.lane).where(
            Delivery.state == DeliveryState.UNSURE, col(Delivery.check_at) <= self._now()
        )
        with self._store.read() as session:
            found = session.exec(query.order_by(col(Delivery.check_at)).limit(SWEEP)).all()
            return [(i, lane) for i, lane in found if i is not None]

    # -- an attempt ----------------------------------------------------------------------------------------------------

    def attempt(self, delivery_id: int, worker: str) -> bool:
        """Claim the delivery and make one attempt; returns False where it was not there to claim."""
        try:
            claimed = self._claim(delivery_id, worker)
        except IntegrityError:
            return False  # the lane was claimed by another worker meanwhile
        if claimed is None:
            return False
        delivery, parcel = claimed
        if parcel is None:
            return True
        self._step("claimed")
        step, change = self._send(delivery, parcel)
        self._step(step)
        self._record(delivery, change)
        self._step("recorded")
        return True

    def _send(self, delivery: Delivery, parcel: Parcel) -> tuple[str, Change]:
        """One attempt, with no transaction open; returns the step reached and what is to be recorded."""
        check_at = self._now() + max(parcel.earliest, timedelta(seconds=1))
        try:
            result = parcel.send(delivery.key, StoredProgress(self._store, delivery.number, delivery.fence))
        except OutcomeUnknown as unknown:
            return "lost", partial(_lose_track, error="OutcomeUnknown", reason=str(unknown), check_at=check_at)
        except TryLater as later:
            return "postponed", partial(_postpone, later=later)
        except Permanent as permanent:
            return "refused", partial(_refuse, permanent=permanent)
        except Exception as bug:
            # A bug of ours in mid-attempt: nobody knows how far it got, so it is looked up, never repeated blindly.
            log.exception("a bug met a delivery", delivery=delivery.id, kind=delivery.kind)
            return "lost", partial(_lose_track, error="Bug", reason=type(bug).__name__, check_at=check_at)
        return "sent", partial(_deliver, result=result)

    def _claim(self, delivery_id: int, worker: str) -> tuple[Delivery, Parcel | None] | None:
        with self._store.write() as session:
            delivery = session.get(Delivery, delivery_id, with_for_update=True)
            now = self._now()
            if delivery is None or delivery.state != DeliveryState.WAITING or delivery.due_at > now:
                return None
            desk = self._desk(session, now)
            delivery.claim(worker, now)
            session.flush()
            parcel = self._pack(desk, delivery)
            if parcel is None and delivery.state != DeliveryState.WAITING:
                self._conclude(desk, delivery)
            return delivery, parcel

    def _pack(self, desk: Desk, delivery: Delivery) -> Parcel | None:
        """The parcel; None where nothing leaves now, and then the delivery stands as that demands."""
        try:
            with desk.session.begin_nested():
                parcel = self._couriers[delivery.kind].pack(desk, delivery)
        except Refused as refused:
            delivery.refuse(type(refused).__name__, desk.room_t(refused.sentence, **refused.params), desk.now)
        except TryLater as later:
            if desk.now - delivery.created_at > PATIENCE:
                delivery.refuse(type(later).__name__, later.reason, desk.now)
            else:
                delivery.attempts -= 1  # nothing was tried
                delivery.postpone(type(later).__name__, later.reason, desk.now + (later.after or FIRST_BACKOFF))
        except Permanent as permanent:
            delivery.refuse(type(permanent).__name__, permanent.reason, desk.now)
        except Exception as bug:
            log.exception("a bug met a delivery before it left", delivery=delivery.id, kind=delivery.kind)
            _postpone(delivery, desk.now, later=TryLater(type(bug).__name__))
        else:
            if parcel is None:
                delivery.deliver({}, desk.now)
            return parcel
        return None

    def _record(self, claimed: Delivery, change: Change) -> None:
        """Record an attempt's end, unless the row was taken over since."""
        with self._store.write() as session:
            delivery = session.get(Delivery, claimed.id, with_for_update=True)
            now = self._now()
            if delivery is None or not delivery.holds(claimed.fence):
                log.warning("a late result was dropped; the row is being settled", delivery=claimed.id)
                return
            change(delivery, now)
            self._conclude(self._desk(session, now), delivery)

    # -- leases and look-ups -------------------------------------------------------------------------------------------

    def renew(self, delivery_ids: Iterable[int], worker: str, lease: timedelta) -> None:
        """Keep the leases of what this worker is sending."""
        wanted = list(delivery_ids)
        if not wanted:
            return
        with self._store.write() as session:
            rows = session.exec(
                select(Delivery)
                .where(
                    col(Delivery.id).in_(wanted), Delivery.state == DeliveryState.SENDING, Delivery.lease_by == worker
                )
                .with_for_update()
            )
            for delivery in rows.all():
                delivery.lease_until = self._now() + lease

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
            desk = self._desk(session, now)
            try:
                parcel = self._couriers[delivery.kind].pack(desk, delivery)
            except TryLater as later:
                delivery.check_at = now + (later.after or LOOKUPS[0])
                return None
            except (Refused, Permanent) as over:
                delivery.check_again(None)
                log.info("an unsure delivery is not wanted any more", delivery=delivery_id, reason=str(over))
                self._conclude(desk, delivery)
                return None
            if parcel is None:
                delivery.abandon("nothing needs to leave any more", now)
                self._conclude(desk, delivery)
                return None
            proof_at = (delivery.started_at or delivery.created_at) + parcel.earliest
            delivery.check_at = proof_at if now < proof_at else now + LOOKUPS[-1]
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
            self._conclude(self._desk(session, now), delivery)

    def _conclude(self, desk: Desk, delivery: Delivery) -> None:
        """What follows, told; a bug in the telling must not undo what is known of the delivery."""
        try:
            with desk.session.begin_nested():
                outbox.keep(desk, self._couriers[delivery.kind].concluded(desk, delivery))
        except Exception:
            log.exception("a bug met the end of a delivery", delivery=delivery.id, kind=delivery.kind)

    def _desk(self, session: Session, now: datetime) -> Desk:
        return Desk(session=session, now=now, setup=self._setup, language=self._setup.language)


def _deliver(delivery: Delivery, now: datetime, *, result: dict[str, Any]) -> None:
    delivery.deliver(result, now)


def _lose_track(delivery: Delivery, _now: datetime, *, error: str, reason: str, check_at: datetime) -> None:
    delivery.lose_track(error, reason, check_at)


def _refuse(delivery: Delivery, now: datetime, *, permanent: Permanent) -> None:
    delivery.refuse(type(permanent).__name__, permanent.reason, now)


def _postpone(delivery: Delivery, now: datetime, *, later: TryLater) -> None:
    """Again after the network's own time, or after the back-off; after many tries it is FAILED and told."""
    if delivery.attempts >= MOST_ATTEMPTS:
        delivery.refuse(type(later).__name__, later.reason, now)
        return
    wait = min(later.after, LONGEST_WAIT) if later.after is not None else backoff(delivery.attempts)
    session = object_session(delivery)
    if session is not None and (isinstance(later, RateLimited) or not delivery.is_to_account):
        # The whole lane waits and the delivery keeps its place in it: what comes after must not overtake.
        _hold(session, delivery.lane, now + wait)
        delivery.postpone(type(later).__name__, later.reason, delivery.due_at)
    else:
        delivery.postpone(type(later).__name__, later.reason, now + wait)


def _hold(session: OrmSession, lane: str, until: datetime) -> None:
    """The network wants silence on this lane."""
    row = session.get(Lane, lane)
    if row is None:
        session.add(Lane(name=lane, not_before=until))
    else:
        row.not_before = max(row.not_before, until)


def answer_unsure(desk: Desk, delivery: Delivery, verdict: str, result: dict[str, Any]) -> None:
    """A member settles it: "live", "absent" (send it) or "leave". Raises WrongMoment when it is not unsure any more."""
    if delivery.state != DeliveryState.UNSURE:
        raise WrongMoment("That was settled already; open the post again to see how.")
    match verdict:
        case "live":
            delivery.found(result, desk.now)
        case "absent":
            delivery.absent(desk.now)
        case _:
            delivery.abandon("left as it is", desk.now)
