"""Couriers: how each kind of delivery is made ready, leaves, is looked for, and what follows from its end."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from sqlalchemy import update
from sqlmodel import Session, col
from structlog.contextvars import bind_contextvars, bound_contextvars

from handlers import outbox
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.setup import Setup
from models.delivery import Delivery, DeliveryState
from models.errors import WrongMoment
from models.store import TROUBLE, Store
from platforms.contract import OutcomeUnknown, Progress

log = structlog.get_logger()

#: `Delivery.error` of an attempt that a bug of ours cut off.
BUG = "Bug"
#: `Delivery.error` of what is held because it is not what was agreed to, and because too few agree to it by now.
CHANGED, UNAPPROVED = "Changed", "Unapproved"


class Held(Exception):
    """Raised by a courier that packs, or a parcel before anything leaves: the delivery is HELD until that is over."""

    def __init__(self, error: str, reason: str = "") -> None:
        super().__init__(error)
        self.error, self.reason = error, reason  #: why, as the delivery keeps it


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
        """Make it leave; returns what is remembered of it. Raises TryLater, OutcomeUnknown, Permanent.

        Held where what would leave is not what was agreed to, and certainly nothing of this attempt has left.
        """

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """Look whether it stands there; None means certainly absent. Raises CannotTell, TryLater, Permanent."""


class Repeatable:
    """Base of parcels that do no harm twice (a question, an order to be as something is): simply done again."""

    earliest = timedelta(seconds=5)
    latest = timedelta(days=1)
    asks = False

    @property
    def brakes(self) -> bool:
        """Whether it only stops something: that is tried with whatever token there is."""
        return False

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """Nothing is looked up."""
        return None


class Courier(Protocol):
    """Carries one kind of delivery."""

    def pack(self, desk: Desk, delivery: Delivery) -> Parcel | None:
        """Make it ready; None where nothing needs to leave any more. Raises Refused (it must not), Held, TryLater."""

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        """What follows from the state it reached (DONE, FAILED, UNSURE, HELD or WAITING), in the same transaction."""


class StoredProgress:
    """Progress kept in the delivery's row, committed at each save while the worker holds the row."""

    def __init__(self, store: Store, delivery: Delivery) -> None:
        """`delivery` as it was when the worker took it, for an attempt or for a look-up."""
        self._store = store
        self._row = (
            col(Delivery.id) == delivery.id,
            col(Delivery.fence) == delivery.fence,
            col(Delivery.state) == delivery.state,
        )
        self._saved = dict(delivery.progress)

    def load(self, name: str) -> str | None:
        """What was saved under the name, or None."""
        return self._saved.get(name)

    def save(self, name: str, value: str) -> None:
        """Remember it. A worker that lost the row must not go on: OutcomeUnknown."""
        saved = {**self._saved, name: value}
        with self._store.write() as session:
            if not session.exec(update(Delivery).where(*self._row).values(progress=saved)).rowcount:
                raise OutcomeUnknown("another worker has taken this delivery over")
        self._saved = saved


@dataclass(frozen=True)
class Office:
    """The post office: what delivering and settling share."""

    store: Store
    setup: Setup
    couriers: Mapping[str, Courier]
    now: Callable[[], datetime]
    #: Told each step just taken, with the delivery's kind ("sent:reply"); the chaos campaign ends the process there.
    step: Callable[[str], None] = lambda _name: None
    #: Told of each delivery that was "claimed" or "reaped", or the state in which an attempt or a look-up left it.
    seen: Callable[[str, Delivery], None] = lambda _what, _delivery: None

    def desk(self, session: Session) -> Desk:
        """The desk itself at work."""
        return Desk(session=session, now=self.now(), setup=self.setup, language=self.setup.language)

    def conclude(self, desk: Desk, delivery: Delivery) -> None:
        """What follows, told; a bug in the telling must not undo what is known of the delivery.

        Raises the database's trouble: what follows is not lost to a deadlock.
        """
        self.seen(delivery.state, delivery)
        if delivery.state == DeliveryState.FAILED and delivery.error != "Abandoned" and not delivery.is_to_account:
            given = {"kind": delivery.kind, "lane": delivery.lane, "subject": delivery.subject}
            log.warning("a chat could not be told", reason=delivery.reason or delivery.error, **given)
        try:
            with desk.session.begin_nested():
                outbox.keep(desk, self.couriers[delivery.kind].concluded(desk, delivery))
        except TROUBLE:
            raise
        except Exception:
            log.exception("a bug met the end of a delivery", delivery=delivery.id, kind=delivery.kind)


@contextmanager
def following(delivery_id: int) -> Iterator[None]:
    """What is logged and written in the block tells of the delivery, once `follow` knows it, and bears its trace."""
    with bound_contextvars(delivery=delivery_id, trace="", kind="", lane="", about=""):
        yield


def follow(delivery: Delivery) -> None:
    """The row was read: this is what it is, and what it follows from."""
    bind_contextvars(
        delivery=delivery.id, trace=delivery.trace, kind=delivery.kind, lane=delivery.lane, about=delivery.subject
    )


def answer_unsure(desk: Desk, delivery: Delivery, verdict: str, result: dict[str, Any]) -> None:
    """A member settles it: "live", "absent" (send it) or "leave". Raises WrongMoment when it is not unsure any more."""
    if delivery.state != DeliveryState.UNSURE:
        raise WrongMoment("That was settled already; open the post again to see how.")
    match verdict:
        case "live":
            delivery.found(result, desk.now)
        case "absent":
            delivery.absent(desk.now)  # whoever says so wants it to leave, however late it is
        case _:
            delivery.abandon("left as it is", desk.now)
