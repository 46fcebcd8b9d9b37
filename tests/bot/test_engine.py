"""The embedded engine: what is due leaves at once, in order within a lane, and what was cut off is looked up."""

import asyncio
import shutil
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import select

from bot.engine.crew import ACCOUNT_THREADS
from bot.engine.embedded import SWEEP_SECONDS, Embedded
from bot.engine.procrastinate import DELIVER, Distributed
from handlers.couriers import Office
from handlers.delivery.settling import Settler
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.setup import Setup
from models.delivery import LEASE, Delivery, DeliveryState
from models.store import Store
from platforms.contract import Progress
from support.paper_chat import now
from support.patience import PATIENCE

D = DeliveryState
#: The ends of jobs are refused from now on. A sequence counts also what is rolled back: how often.
REFUSING = (
    "CREATE SEQUENCE refused",
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE ''%'', nextval(''refused''); END'",
    "CREATE TRIGGER refuse BEFORE DELETE ON procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION refuse()",
)
Engine = Embedded | Distributed


@dataclass
class PaperCourier:
    """Carries by writing down; `gates` hold a lane until they are opened, `found` is what a look-up finds."""

    gates: dict[str, threading.Event] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)  #: "begin 1", "end 1", "look 1"
    found: set[int] = field(default_factory=set)
    at_once: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pack(self, desk: Desk, delivery: Delivery) -> "PaperParcel":
        return PaperParcel(self, delivery.number, delivery.lane)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        return ()


@dataclass
class PaperParcel:
    """One delivery on paper."""

    courier: PaperCourier
    number: int
    lane: str
    earliest = timedelta()
    latest = timedelta(days=1)
    asks = True

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        courier = self.courier
        with courier.lock:
            courier.log.append(f"begin {self.number}")
            courier.at_once += 1
            courier.most = max(courier.most, courier.at_once)
        if gate := courier.gates.get(self.lane):
            gate.wait(PATIENCE)
        with courier.lock:
            courier.at_once -= 1
            courier.log.append(f"end {self.number}")
        return {"sent": True}

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        self.courier.log.append(f"look {self.number}")
        return {"found": True} if self.number in self.courier.found else None


class Bench:
    """An engine with the paper courier."""

    def __init__(self, store: Store, folder: Path, make: Callable[[Office, bool], Engine]) -> None:
        self.store = store
        self.make = make
        self.is_alone = store.is_sqlite
        self.courier = PaperCourier()
        self.now: Callable[[], datetime] = now
        self.sweep_seconds = SWEEP_SECONDS
        self._setup = Setup(name="Desk", zone="UTC", language="en", media_folder=folder)

    def wants(self, lane: str, state: DeliveryState = D.WAITING, **more: Any) -> int:
        """A delivery that is due; its number."""
        given = {"kind": "paper", "due_at": now(), "created_at": now(), **more}
        with self.store.write() as session:
            delivery = Delivery(lane=lane, state=state.value, **given)
            session.add(delivery)
            session.flush()
            return delivery.number

    def state(self, number: int) -> str:
        """Where a delivery stands."""
        with self.store.read() as session:
            return session.exec(select(Delivery.state).where(Delivery.id == number)).one()

    def running(self, work: Callable[[Engine], Awaitable[Any]], *, alone: bool = True) -> None:
        """Do something while the engine runs."""

        async def inside() -> None:
            office = Office(self.store, self._setup, {"paper": self.courier}, self.now)
            engine = self.make(office, alone)
            assert isinstance(engine, Embedded | Distributed)
            engine.sweep_seconds = self.sweep_seconds
            await engine.start()
            try:
                await asyncio.wait_for(work(engine), PATIENCE)
            finally:
                for gate in self.courier.gates.values():
                    gate.set()
                await engine.stop()

        asyncio.run(inside())

    async def until(self, look: Callable[[], object], seconds: float = PATIENCE) -> None:
        """Wait until it is so."""
        end = time.monotonic() + seconds
        while not look():
            assert time.monotonic() < end, self.courier.log
            await asyncio.sleep(0.01)


def distributed(store: Store) -> Callable[[Office, bool], Engine]:
    """An engine that promotes and works everything, in one process."""
    address = store.url.replace("postgresql+psycopg://", "postgresql://")
    return lambda office, _alone: Distributed(office, address, promotes=True, crews=frozenset({"account", "chat"}))


@pytest.fixture(params=["embedded on SQLite", "embedded on PostgreSQL", "procrastinate"])
def bench(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[Bench]:
    if request.param.endswith("SQLite"):
        shutil.copy(migrated, tmp_path / "desk.db")
        store = Store(f"sqlite:///{tmp_path / 'desk.db'}")
    else:
        store = Store(request.getfixturevalue("migrated_postgres"))
    is_embedded = request.param.startswith("embedded")
    make = (lambda office, alone: Embedded(office, alone=alone)) if is_embedded else distributed(store)
    yield Bench(store, tmp_path, make)
    store.close()


def test_what_is_due_leaves_and_what_is_not_waits(bench: Bench) -> None:
    due, later = bench.wants("slack:C1"), bench.wants("slack:C2", due_at=now() + timedelta(hours=1))

    async def work(engine: Engine) -> None:
        await bench.until(lambda: bench.state(due) == D.DONE)

    bench.running(work)
    assert bench.state(later) == D.WAITING


def test_what_is_due_leaves_at_once_where_the_clock_is_far_ahead_of_the_databases(bench: Bench) -> None:
    bench.now = lambda: now() + timedelta(hours=1)
    due = bench.wants("slack:C1", due_at=bench.now())

    async def work(engine: Engine) -> None:
        await bench.until(lambda: bench.state(due) == D.DONE)

    bench.running(work)


def test_what_shall_leave_now_does_not_wait_for_the_hour_it_had(bench: Bench) -> None:
    soon = timedelta(seconds=50)  # near enough to be promoted
    moved, first = bench.wants("account:acme", due_at=now() + soon), bench.wants("account:other")

    async def work(engine: Engine) -> None:
        await bench.until(lambda: bench.state(first) == D.DONE)
        await asyncio.sleep(SWEEP_SECONDS)
        with bench.store.write() as session:
            session.get_one(Delivery, moved).move(now(), "", "")
        engine.wake()
        await bench.until(lambda: bench.state(moved) == D.DONE)

    bench.running(work)


def test_a_wake_is_quicker_than_the_sweep(bench: Bench) -> None:
    async def work(engine: Engine) -> None:
        for _ in range(3):
            await asyncio.sleep(SWEEP_SECONDS / 5)  # what the start and the last one told the engine is over
            number = bench.wants("slack:C1")
            await asyncio.to_thread(engine.wake)
            await bench.until(lambda number=number: bench.state(number) == D.DONE)  # type: ignore[misc]

    bench.sweep_seconds = 3600.0  # no sweep brings them
    bench.running(work)


def test_one_lane_sends_one_at_a_time_in_order(bench: Bench) -> None:
    numbers = [bench.wants("account:acme") for _ in range(5)]

    async def work(engine: Engine) -> None:
        await bench.until(lambda: bench.state(numbers[-1]) == D.DONE)

    bench.running(work)
    assert bench.courier.log == [f"{what} {number}" for number in numbers for what in ("begin", "end")]


def test_a_slow_network_holds_up_only_its_own_lane(bench: Bench) -> None:
    bench.courier.gates["account:slow"] = threading.Event()
    slow, behind = bench.wants("account:slow"), bench.wants("account:slow")
    others = [bench.wants("account:acme"), bench.wants("slack:C1")]

    async def work(engine: Engine) -> None:
        await bench.until(lambda: all(bench.state(number) == D.DONE for number in others))
        assert (bench.state(slow), bench.state(behind)) == (D.SENDING, D.WAITING)
        bench.courier.gates["account:slow"].set()
        await bench.until(lambda: bench.state(behind) == D.DONE)

    bench.running(work)


def test_however_many_accounts_are_slow_the_team_is_answered(bench: Bench) -> None:
    lanes = [f"account:a{number}" for number in range(ACCOUNT_THREADS + 4)]
    bench.courier.gates = {lane: threading.Event() for lane in lanes}
    slow = [bench.wants(lane) for lane in lanes]
    card = bench.wants("slack:C1")

    async def work(engine: Engine) -> None:
        await bench.until(lambda: bench.state(card) == D.DONE)
        await bench.until(lambda: bench.courier.at_once == ACCOUNT_THREADS)
        for gate in bench.courier.gates.values():
            gate.set()
        await bench.until(lambda: all(bench.state(number) == D.DONE for number in slow))

    bench.running(work)
    assert bench.courier.most <= ACCOUNT_THREADS + 1


# -- after a stop ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stands", [True, False])
def test_what_was_cut_off_is_looked_up_before_anything_is_sent_again(bench: Bench, stands: bool) -> None:
    # The only process knows at its start that nobody else is sending; among many, the lease has to end.
    lease_until = now() + LEASE if bench.is_alone else now()
    cut = bench.wants("account:acme", D.SENDING, lease_until=lease_until, started_at=now(), attempts=1, fence=1)
    bench.courier.found = {cut} if stands else set()

    async def work(engine: Engine) -> None:
        await bench.until(lambda: bench.state(cut) == D.DONE)

    bench.running(work)
    wanted = [f"look {cut}"] if stands else [f"look {cut}", f"begin {cut}", f"end {cut}"]
    assert bench.courier.log == wanted


def test_where_others_deliver_too_a_living_lease_is_left_to_its_holder(bench: Bench) -> None:
    theirs = bench.wants("account:acme", D.SENDING, lease_until=now() + LEASE, started_at=now())
    dead = bench.wants("account:other", D.SENDING, lease_until=now() - LEASE, started_at=now())

    async def work(engine: Engine) -> None:
        await bench.until(lambda: bench.state(dead) == D.DONE)

    bench.running(work, alone=False)
    assert bench.state(theirs) == D.SENDING
    assert f"look {theirs}" not in bench.courier.log


def test_stopping_lets_what_is_under_way_finish_and_begins_nothing(bench: Bench) -> None:
    bench.courier.gates["account:acme"] = threading.Event()
    first, second = bench.wants("account:acme"), bench.wants("account:acme")

    async def work(engine: Engine) -> None:
        await bench.until(lambda: bench.courier.at_once == 1)
        stopping = asyncio.create_task(engine.stop())
        await asyncio.sleep(0.1)
        bench.courier.gates["account:acme"].set()
        await stopping
        assert (bench.state(first), bench.state(second)) == (D.DONE, D.WAITING)

    bench.running(work)


def test_what_hangs_when_the_time_is_over_is_left_to_others_at_once(bench: Bench) -> None:
    bench.make = lambda office, alone: Embedded(office, alone=alone)  # leases are the crew's, whatever the engine
    bench.courier.gates["account:acme"] = threading.Event()
    hangs = bench.wants("account:acme")

    async def work(engine: Engine) -> None:
        await bench.until(lambda: bench.courier.at_once == 1)
        await engine.stop(0.1)
        office = Office(bench.store, Setup("Desk", "UTC", "en", Path()), {"paper": bench.courier}, now)
        assert await asyncio.to_thread(Settler(office).reap) == 1

    bench.running(work)
    assert bench.state(hangs) == D.UNSURE, "what comes of it later is not taken for an answer"


def test_a_database_that_is_away_for_a_while_does_not_end_the_engine(bench: Bench) -> None:
    async def work(engine: Engine) -> None:
        with bench.store.write() as session:
            session.connection().execute(text("ALTER TABLE delivery RENAME TO away"))
        engine.wake()
        await asyncio.sleep(0.3)
        with bench.store.write() as session:
            session.connection().execute(text("ALTER TABLE away RENAME TO delivery"))
        number = bench.wants("slack:C1")
        await bench.until(lambda: bench.state(number) == D.DONE)

    bench.running(work)


@pytest.mark.parametrize("bench", ["procrastinate"], indirect=True)
def test_a_worker_of_a_queue_that_its_database_ended_begins_again(bench: Bench) -> None:
    def run(words: str) -> set[int]:
        with bench.store.write() as session:
            found = session.connection().execute(text(words))
            return {row[0] for row in found} if found.returns_rows else set()

    async def work(engine: Engine) -> None:
        # Tables are locked from a thread: what the engine has open on this loop must be able to end.
        workers = "SELECT id FROM procrastinate_workers"
        await bench.until(lambda: len(run(workers)) == 2)
        first = run(workers)
        await asyncio.to_thread(run, "ALTER TABLE procrastinate_jobs RENAME TO away")
        await bench.until(lambda: not first & run(workers))
        await asyncio.to_thread(run, "ALTER TABLE away RENAME TO procrastinate_jobs")
        number = bench.wants("slack:C1")
        await bench.until(lambda: bench.state(number) == D.DONE)

    bench.running(work)


@pytest.mark.parametrize("bench", ["procrastinate"], indirect=True)
def test_a_job_whose_end_was_lost_is_ended_by_the_process_that_worked_it(bench: Bench) -> None:
    def run(words: str) -> list[Any]:
        with bench.store.write() as session:
            found = session.connection().execute(text(words))
            return [row[0] for row in found] if found.returns_rows else []

    def outpost(office: Office, alone: bool) -> Distributed:
        address = bench.store.url.replace("postgresql+psycopg://", "postgresql://")
        made = Distributed(office, address, promotes=False, crews=frozenset({"account"}))
        made.stalled_seconds = 0.1
        return made

    bench.make = outpost
    due = bench.wants("account:acme")

    async def work(engine: Engine) -> None:
        for words in REFUSING:
            await asyncio.to_thread(run, words)
        given = f"jsonb_build_object('delivery_id', {due}, 'lane', 'account:acme')"
        job = f"INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('account', '{DELIVER}', {given})"
        await asyncio.to_thread(run, job)
        await bench.until(lambda: run("SELECT last_value FROM refused")[0] > 2)  # to the worker, then to looks
        assert bench.state(due) == D.DONE
        assert run("SELECT status::text FROM procrastinate_jobs") == ["doing"]
        await asyncio.to_thread(run, "DROP TRIGGER refuse ON procrastinate_jobs")
        await bench.until(lambda: not run("SELECT id FROM procrastinate_jobs"))

    bench.running(work)
