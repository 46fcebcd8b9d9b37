"""A post office on paper: the real store, deliverer and settler, and a courier that does what a script says."""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from handlers.couriers import Courier, Office, answer_unsure
from handlers.delivery.delivering import Deliverer
from handlers.delivery.settling import Settler
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.intents import Place
from handlers.setup import Setup
from models.delivery import Delivery, DeliveryState
from models.store import Store
from platforms.contract import Progress

NOWHERE: Mapping[str, tuple[Place, ...]] = {}
START = datetime(2026, 11, 23, 9, tzinfo=UTC)
#: What an attempt or a look-up comes to: a value, an exception, or something that is called for one of them.
Outcome = Any


@dataclass
class ScriptedCourier:
    """Courier and parcel in one. After the end of a script everything goes well and nothing is found."""

    packs: list[Outcome] = field(default_factory=list)
    sends: list[Outcome] = field(default_factory=list)
    finds: list[Outcome] = field(default_factory=list)
    ends: list[tuple[int, str, bool]] = field(default_factory=list)  #: (delivery, state, is a member asked)
    sent: list[str] = field(default_factory=list)  #: the keys
    on_end: Callable[[Desk, Delivery], Iterable[Effect]] = lambda _desk, _delivery: ()
    earliest: timedelta = timedelta(seconds=45)
    latest: timedelta = timedelta(hours=1)
    asks: bool = True
    progress: Progress | None = None  #: of the last attempt or look-up

    def pack(self, desk: Desk, delivery: Delivery) -> "ScriptedCourier | None":
        return _outcome(self.packs, self)  # type: ignore[no-any-return]

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        effects = tuple(self.on_end(desk, delivery))
        asked = delivery.state == DeliveryState.UNSURE and delivery.check_at is None
        self.ends.append((delivery.number, str(delivery.state), asked))
        return effects

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        self.progress = progress
        self.sent.append(key)
        return _outcome(self.sends, {"sent": key})  # type: ignore[no-any-return]

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        self.progress = progress
        return _outcome(self.finds, None)  # type: ignore[no-any-return]


def _outcome(script: list[Outcome], otherwise: Outcome) -> Outcome:
    told = script.pop(0) if script else otherwise
    told = told() if callable(told) else told
    if isinstance(told, Exception):
        raise told
    return told


class PaperOffice:
    """Deliveries of kind "paper"; the clock stands still unless a test moves `now`."""

    def __init__(self, store: Store, places: Mapping[str, tuple[Place, ...]] = NOWHERE, **couriers: Courier) -> None:
        self.store = store
        self.now = START
        self.courier = ScriptedCourier()
        self.steps: Callable[[str], None] = lambda _name: None
        self.setup = Setup(name="Desk", zone="UTC", language="en", media_folder=Path("media"), **places)  # type: ignore[arg-type]
        self.couriers: dict[str, Courier] = {"paper": self.courier, **couriers}
        self._office = Office(store, self.setup, self.couriers, lambda: self.now, self._step)
        self.deliverer, self.settler = Deliverer(self._office), Settler(self._office)

    def _step(self, name: str) -> None:
        self.steps(name)

    def wants(self, lane: str = "account:acme", state: DeliveryState = DeliveryState.WAITING, **more: Any) -> int:
        """A delivery; its number."""
        given = {"kind": "paper", "due_at": self.now, "created_at": self.now, **more}
        with self.store.write() as session:
            delivery = Delivery(lane=lane, state=state.value, **given)
            session.add(delivery)
            session.flush()
            return delivery.number

    def row(self, number: int) -> Delivery:
        """A delivery as it stands."""
        with self.store.read() as session:
            found = session.get(Delivery, number)
            assert found
            return found

    def attempt(self, number: int) -> Delivery:
        """One attempt; the delivery as it stands after it."""
        self.deliverer.attempt(number, "bench")
        return self.row(number)

    def settle(self, number: int) -> Delivery:
        """One look-up; the delivery as it stands after it."""
        self.settler.settle(number)
        return self.row(number)

    def unsure(self, lane: str = "account:acme", **more: Any) -> int:
        """A delivery whose attempt was lost so long ago that a look-up is due."""
        long_ago = self.now - timedelta(minutes=5)
        given = {"started_at": long_ago, "finished_at": long_ago, "check_at": self.now, "attempts": 1, "fence": 1}
        return self.wants(lane, DeliveryState.UNSURE, **{**given, **more})

    def answered(self, number: int, verdict: str, **result: Any) -> Delivery:
        """A member says how it is: "live", "absent" or "leave"."""
        with self.store.write() as session:
            delivery = session.get(Delivery, number)
            assert delivery
            answer_unsure(self._office.desk(session), delivery, verdict, result)
            return delivery

    def due(self) -> list[int]:
        """What may be claimed now."""
        return [found.id for found in self.deliverer.due()]


def in_threads(count: int, work: Callable[[], object]) -> None:
    """Several threads at once; what one raises fails the test."""
    ready, raised = threading.Barrier(count), list[BaseException]()

    def run() -> None:
        try:
            ready.wait(10)
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not raised, raised
