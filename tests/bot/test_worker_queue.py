"""Whoever waits is served: a long queue hides nobody, a chat holds up no other, a sick database costs no event."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.event import listens_for
from sqlmodel import col, select

from bot import worker as working
from bot.archive import Archive
from bot.chat import Download, Event
from bot.intake import Intake
from bot.worker import WORKERS, Worker
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.intents import Command
from handlers.registry import Registry
from handlers.router import Router
from handlers.setup import Setup
from models import lease
from models.inbound import Inbound, InboundState
from models.member import Identity, Member
from models.store import Store
from support.desks import Stores
from support.paper_chat import PaperChat, event, now
from support.patience import PATIENCE


class Queue:
    """A worker between a Slack and a Telegram on paper, for a member whose only command notes its text."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.chats = {"slack": PaperChat(), "telegram": PaperChat()}
        self.noted: list[str] = []
        self.looks = 0
        self.keeper = ""
        self.registry = Registry()

        @self.registry.command("note", "notes", strangers=True)
        def note(desk: Desk, command: Command) -> list[Effect]:
            self.noted.append(command.text)
            return []

    def keep(self, source: str, *events: Event, wait: timedelta = timedelta(), keeper: str = "") -> None:
        """Events from before the start, heard by that process; the first is not yet due, where there is a `wait`."""
        with self.store.write() as session:
            for number, told in enumerate(events):
                due_at = now() + (timedelta() if number else wait)
                given: dict[str, Any] = {"lane": told.lane, "body": told.body, "due_at": due_at, "received_at": now()}
                session.add(Inbound(source=source, event_id=told.event_id, keeper=keeper, **given))

    def step(self, _name: str) -> None:
        self.looks += 1

    def work(self, until: Callable[[], Any], stop: float = 10.0, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Work until it is so."""

        async def inside() -> None:
            intake = Intake(self.store, now, keeper=self.keeper)
            setup = Setup(name="Desk", zone="UTC", language="en", media_folder=self.folder, chats=("slack",))
            archive = Archive(self.folder, self.store, now)
            worker = Worker(self.store, intake, Router(setup, self.registry), archive, now, lambda: None, self.step)
            await worker.start(self.chats)
            try:
                await asyncio.to_thread(meanwhile)
                await self.eventually(until)
            finally:
                await worker.stop(stop)
                intake.close()

        asyncio.run(inside())

    async def eventually(self, until: Callable[[], Any]) -> None:
        end = time.monotonic() + PATIENCE
        while not until():
            assert time.monotonic() < end, self.noted
            await asyncio.sleep(0.02)

    def rows(self, state: InboundState) -> list[Inbound]:
        with self.store.read() as session:
            return list(session.exec(select(Inbound).where(Inbound.state == state).order_by(col(Inbound.id))).all())


def settled(store: Store) -> Store:
    """With its one member."""
    with store.write() as session:
        session.add(Member(id=1, name="Ada", created_at=now()))
        session.flush()
        session.add(Identity(member_id=1, chat="slack", external_id="U1", linked_at=now()))
    return store


@pytest.fixture
def queue(stores: Stores, tmp_path: Path) -> Iterator[Queue]:
    with stores.lent(tmp_path / "desk.db") as store:
        yield Queue(settled(store), tmp_path / "media")


def test_a_lane_that_waits_hides_no_other_however_long_it_is(queue: Queue) -> None:
    queue.keep("slack", *(event(f"a{n}", text="stuck") for n in range(250)), wait=timedelta(hours=1))
    queue.keep("slack", event("b", lane="bo", text="b"))
    queue.work(until=lambda: queue.noted)
    assert queue.noted == ["b"]


def test_what_is_left_of_a_chat_that_was_switched_off_hides_nothing(queue: Queue) -> None:
    queue.keep("matrix", *(event(f"m{n}", lane=str(n)) for n in range(250)))
    queue.keep("slack", event("b", text="b"))
    queue.work(until=lambda: queue.noted)
    assert len(queue.rows(InboundState.NEW)) == 250


def test_a_chat_whose_files_do_not_come_holds_up_no_other(queue: Queue) -> None:
    queue.chats["slack"].downloads = asyncio.Event()
    queue.keep("slack", *(event(f"s{n}", lane=str(n), files=["cat.png"]) for n in range(WORKERS + 3)))
    queue.keep("telegram", event("t", text="t"))
    queue.work(until=lambda: queue.noted, stop=0.1)
    assert queue.noted == ["t"]
    assert len(queue.rows(InboundState.NEW)) == WORKERS + 3, "what was cut off is handled after the next start"


def test_a_database_that_cannot_write_costs_no_event_a_try_and_is_not_stormed(queue: Queue) -> None:
    queue.keep("slack", event("e", text="e"))
    with queue.store.write() as session:
        refuse = "BEGIN SELECT RAISE(ABORT, 'x') WHERE 0; UPDATE nowhere SET a = 1; END"
        session.connection().execute(text(f"CREATE TRIGGER sick BEFORE UPDATE ON inbound {refuse}"))

    def heal() -> None:
        began, before = time.monotonic(), queue.looks
        time.sleep(1.0)
        looks = queue.looks - before
        assert looks <= 4 * (time.monotonic() - began), "the sick database was stormed"
        with queue.store.write() as session:
            session.connection().execute(text("DROP TRIGGER sick"))

    queue.work(until=lambda: queue.rows(InboundState.DONE), meanwhile=heal)
    assert queue.rows(InboundState.DONE)[0].tries == 0
    assert working.AWAY >= 1
    assert queue.noted[-1] == "e"


# -- many processes ----------------------------------------------------------------------------------------------------


def lives(store: Store, name: str, *, term: timedelta = lease.TERM) -> None:
    with store.write() as session:
        lease.share(session, name, [], term=term)


def test_what_a_living_process_heard_is_left_to_it_and_holds_back_what_came_after_it(queue: Queue) -> None:
    lives(queue.store, "other")
    queue.keeper = "me"
    queue.keep("slack", event("a1", text="theirs"), keeper="other")
    queue.keep("slack", event("a2", text="mine, but later"), event("b", lane="bo", text="b"), keeper="me")
    queue.work(until=lambda: queue.noted)
    assert queue.noted == ["b"]
    lives(queue.store, "other", term=timedelta(seconds=-1))
    queue.work(until=lambda: len(queue.noted) == 3)
    assert queue.noted == ["b", "theirs", "mine, but later"]


def test_who_was_taken_for_dead_changes_nothing_when_it_comes_back(queue: Queue) -> None:
    class Stalled(PaperChat):
        async def download(self, ref: str) -> Download:
            lives(queue.store, "quick")
            with queue.store.write() as session:
                session.exec(select(Inbound)).one().keeper = "quick"
            return await super().download(ref)

    queue.keeper = "slow"
    lives(queue.store, "slow")
    queue.chats["slack"] = Stalled()
    queue.chats["slack"].files["cat.png"] = b"no picture"
    queue.keep("slack", event("a", text="a", files=["cat.png"]), keeper="slow")
    queue.work(until=lambda: queue.looks)
    assert queue.noted == []
    assert [row.tries for row in queue.rows(InboundState.NEW)] == [0]


def test_what_the_dead_heard_is_handled_once_and_in_order_by_those_who_live(
    migrated_postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stores = [Store(migrated_postgres) for _ in range(3)]
    settled(stores[0])
    queues = [Queue(store, tmp_path / "media") for store in stores]
    lanes, each = 6, 5
    for number in range(each):
        told = [event(f"{lane}.{number}", lane=str(lane), text=f"{lane}.{number}") for lane in range(lanes)]
        queues[0].keep("slack", *told, keeper="dead")
    noted: list[str] = []

    def work(queue: Queue, name: str) -> None:
        lives(queue.store, name)
        queue.keeper, queue.noted = name, noted
        queue.work(until=lambda: not queue.rows(InboundState.NEW))

    threads = [threading.Thread(target=work, args=(queue, f"p{n}")) for n, queue in enumerate(queues)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for store in stores:
        store.close()
    assert "could not be read" not in capsys.readouterr().out
    for lane in range(lanes):
        assert [text for text in noted if text.startswith(f"{lane}.")] == [f"{lane}.{n}" for n in range(each)]


def test_an_event_handled_between_two_looks_does_not_stop_its_lane(migrated_postgres: str, tmp_path: Path) -> None:
    store = Store(migrated_postgres)
    queue = Queue(store, tmp_path / "media")
    queue.keep("slack", event("a", text="a"))
    looks: list[str] = []

    @listens_for(store._reader, "after_cursor_execute")
    def handled_meanwhile(_1: Any, _2: Any, statement: str, *_rest: Any) -> None:
        if "min(inbound.id)" in statement:
            looks.append(statement)
            if len(looks) == 1:
                with psycopg.connect(migrated_postgres) as other:
                    other.execute("UPDATE inbound SET state = 'done' WHERE event_id = 'a'")
            elif len(looks) == 2:
                queue.keep("slack", event("b", text="b"))

    queue.work(until=lambda: queue.noted)
    assert queue.noted == ["b"]
    store.close()
