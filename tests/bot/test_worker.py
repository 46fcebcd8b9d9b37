"""What was kept is handled: once, in order within a lane, with its files, and never lost to a bug or a restart."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.archive import Archive
from bot.chat import Event
from bot.intake import Intake
from bot.worker import Worker
from handlers.desk import Desk
from handlers.effects import Ask, Effect
from handlers.forms import Field, FieldRefused, Form, Kind
from handlers.intents import Command, Filled
from handlers.registry import Registry
from handlers.router import Handled, Router
from handlers.setup import Setup
from models.delivery import Delivery
from models.errors import NotYet, Unfit
from models.inbound import MOST_TRIES, Inbound, InboundState
from models.media import Media
from models.member import Identity, Member, Role
from models.store import Store
from support.desks import Stores
from support.paper_chat import PaperChat, event, now
from support.patience import PATIENCE

FORM = Form(verb="save", title="A form", submit="Save", fields=(Field(name="text", kind=Kind.TEXT, label="Text"),))
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63606060000000040001f6"
    "1738550000000049454e44ae426082"
)


class Bench:
    """A worker with a paper chat; `noted` is what its handlers were told, in order."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.folder = store, folder
        self.chat = PaperChat()
        self.noted: list[str] = []
        self.seen: list[Command] = []
        self.begun = threading.Event()  #: something is being noted
        self.slow = 0.0
        self.on = threading.Event()  #: forms are handled
        self.on.set()
        self.late = 0.0  #: seconds that the clock of the worker is ahead
        self.hurry = 0.0  #: seconds that it gains at each look
        self.woken = 0
        self.early = 0  #: how often the command comes too early

    @property
    def registry(self) -> Registry:
        """A command that notes, one that has a bug, and a form that is always refused."""
        made = Registry()

        @made.command("note", "notes")
        def note(desk: Desk, command: Command) -> list[Effect]:
            self.begun.set()
            time.sleep(self.slow)
            self.noted.append(command.text)
            self.seen.append(command)
            return []

        @made.command("bug", "has one")
        def bug(desk: Desk, command: Command) -> list[Effect]:
            raise ZeroDivisionError

        @made.command("soon", "needs what is being written")
        def soon(desk: Desk, command: Command) -> list[Effect]:
            self.early -= 1
            if self.early >= 0:
                raise NotYet
            return [*note(desk, command)]

        @made.command("form", "asks")
        def form(desk: Desk, command: Command) -> list[Effect]:
            return [Ask(form=FORM)]

        @made.form("save")
        def save(desk: Desk, filled: Filled) -> list[Effect]:
            assert self.on.wait(PATIENCE)
            raise FieldRefused("text", Unfit("That is no text."))

        return made

    def run(self, *events: Event, until: Callable[[], object] | None = None) -> None:
        """Keep these events, then work until it is so: else until none is new."""

        async def work(intake: Intake) -> None:
            for told in events:
                await intake.store("slack", told)
            await self.waits(until or (lambda: not self.rows(InboundState.NEW)))

        self.working(work)

    def working(self, work: Callable[[Intake], Awaitable[Any]]) -> Any:
        """Do something while a worker works."""

        async def inside() -> Any:
            intake = Intake(self.store, now)
            setup = Setup(name="Desk", zone="UTC", language="en", media_folder=self.folder, chats=("slack",))
            archive = Archive(self.folder, self.store, now)
            router = Router(setup, self.registry)
            worker = Worker(self.store, intake, router, archive, self.clock, self.wake)
            await worker.start({"slack": self.chat})
            try:
                return await asyncio.wait_for(work(intake), PATIENCE)
            finally:
                await worker.stop()
                intake.close()

        return asyncio.run(inside())

    async def waits(self, until: Callable[[], object]) -> None:
        """Wait until it is so."""
        end = time.monotonic() + PATIENCE
        while not until():
            assert time.monotonic() < end, (self.noted, self.rows(InboundState.NEW))
            self.late += self.hurry
            await asyncio.sleep(0.02)

    def clock(self) -> datetime:
        """The worker's time."""
        return now() + timedelta(seconds=self.late)

    def wake(self) -> None:
        """Counts how often the engine would have looked."""
        self.woken += 1

    def rows(self, state: InboundState) -> list[Inbound]:
        """The events in that state."""
        with self.store.read() as session:
            return list(session.exec(select(Inbound).where(Inbound.state == state).order_by(col(Inbound.id))).all())

    def told(self) -> str:
        """Everything that is on its way to somebody."""
        with self.store.read() as session:
            return " ".join(str(delivery.payload) for delivery in session.exec(select(Delivery)).all())


@pytest.fixture
def bench(stores: Stores, tmp_path: Path) -> Iterator[Bench]:
    with stores.lent(tmp_path / "desk.db") as store:
        with store.write() as session:
            ada = Member(name="Ada", roles=[Role.AUTHOR.value], created_at=now())
            session.add(ada)
            session.flush()
            session.add(Identity(member_id=ada.number, chat="slack", external_id="U1", linked_at=now()))
        yield Bench(store, tmp_path / "media")


def test_an_event_is_handled_once_and_its_words_are_not_kept(bench: Bench) -> None:
    bench.run(event("e1", text="hello"), event("e1", text="hello"))
    bench.run()
    assert bench.noted == ["hello"]
    [row] = bench.rows(InboundState.DONE)
    assert row.body == {}
    assert bench.woken == 1


def test_what_was_kept_before_the_process_ended_is_handled_by_the_next(bench: Bench) -> None:
    with bench.store.write() as session:
        for name in ("e1", "e2"):
            told = event(name, text=name)
            session.add(
                Inbound(source="slack", event_id=name, lane=told.lane, body=told.body, due_at=now(), received_at=now())
            )
    bench.run()
    assert bench.noted == ["e1", "e2"]


def test_one_lane_keeps_its_order_and_another_does_not_wait_for_its_downloads(bench: Bench) -> None:
    bench.chat.files, bench.chat.downloads = {"cat.png": PNG}, asyncio.Event()

    async def work(intake: Intake) -> None:
        assert bench.chat.downloads
        for told in [event(f"a{number}", text=f"a{number}", files=["cat.png"]) for number in range(3)]:
            await intake.store("slack", told)
        await intake.store("slack", event("b", lane="bo", text="b"))
        await bench.waits(lambda: bench.noted == ["b"])
        bench.chat.downloads.set()
        await bench.waits(lambda: not bench.rows(InboundState.NEW))

    bench.working(work)
    assert bench.noted == ["b", "a0", "a1", "a2"]


def test_what_means_nothing_is_done_with(bench: Bench) -> None:
    bench.run(event("e1", nothing=True))
    assert bench.noted == []
    assert len(bench.rows(InboundState.DONE)) == 1


def test_what_arrives_in_pieces_waits_for_them_and_is_one_intent(bench: Bench) -> None:
    async def work(intake: Intake) -> None:
        await intake.store("slack", event("p1", pieces=3, text="album"))
        await asyncio.sleep(0.3)
        assert bench.noted == []
        await intake.store("slack", event("p2", pieces=3, text="second"))
        await intake.store("slack", event("p3", pieces=3, text="third"))
        await bench.waits(lambda: not bench.rows(InboundState.NEW))

    bench.working(work)
    assert bench.noted == ["album"]
    assert len(bench.rows(InboundState.DONE)) == 3


def test_what_decides_an_event_and_is_being_written_is_waited_for_without_a_try(bench: Bench) -> None:
    bench.early = MOST_TRIES + 1
    bench.run(event("e1", verb="soon", text="first"), event("e2", text="second"))
    assert bench.noted == ["first", "second"], "in their order"
    assert bench.early < 0, "it came too early before"
    assert [(row.tries, row.error) for row in bench.rows(InboundState.DONE)] == [(0, ""), (0, "")]


# -- bugs --------------------------------------------------------------------------------------------------------------


def test_a_bug_in_a_handler_sets_the_event_aside_with_its_id_and_the_person_is_told_it(bench: Bench) -> None:
    bench.run(event("e1", verb="bug"), event("e2", text="after"))
    [row] = bench.rows(InboundState.BROKEN)
    assert row.body["verb"] == "bug", "it is kept to be looked at"
    assert row.error == row.trace, "the id leads to all that is in the log about it"
    assert row.error in bench.told()
    assert bench.noted == ["after"], "what comes behind it goes on"


def test_what_is_set_aside_answers_nobody(bench: Bench) -> None:
    bench.hurry = 10
    secret: dict[str, Any] = {"response_url": "https://hooks.example/1", "body": {"trigger_id": "1.2", "text": "kept"}}
    form = {"private_metadata": '{"origin": {"response_url": "https://hooks.example/1"}, "verb": "post"}'}
    bench.run(event("e1", verb="bug", **secret), event("e2", lane="bo", unreadable=True, **secret, view=form))
    bug, unreadable = bench.rows(InboundState.BROKEN)
    assert bug.body == {"verb": "bug", "body": {"text": "kept"}}
    assert unreadable.body["view"] == {"private_metadata": '{"origin": {}, "verb": "post"}'}
    assert "hooks" not in f"{bug.body}{unreadable.body}"


def test_what_cannot_be_read_is_tried_again_and_then_set_aside(bench: Bench) -> None:
    bench.hurry = 10
    bench.run(event("e1", unreadable=True), event("e2", text="after"), until=lambda: bench.noted)
    [row] = bench.rows(InboundState.BROKEN)
    assert row.tries == MOST_TRIES
    assert bench.noted == ["after"]


def test_an_event_that_failed_holds_its_lane_until_its_time(bench: Bench) -> None:
    bench.chat.faults = [OSError("the chat is away")]
    bench.chat.files = {"cat.png": PNG}
    bench.run(event("e1", files=["cat.png"], text="first"), event("e2", text="second"))
    assert bench.noted == ["first", "second"]


# -- files -------------------------------------------------------------------------------------------------------------


def test_files_are_in_the_archive_before_a_handler_sees_the_intent(bench: Bench) -> None:
    bench.chat.files = {"cat.png": PNG}
    bench.run(event("e1", files=["cat.png"]))
    [arrived] = bench.seen[0].files
    assert (arrived.mime, arrived.problem) == ("image/png", "")
    with bench.store.read() as session:
        media = session.get(Media, arrived.media_id)
        assert media is not None
        assert media.path_in(bench.folder).read_bytes() == PNG


def test_a_file_that_will_never_come_is_named_and_the_rest_goes_on(bench: Bench) -> None:
    bench.chat.files = {"cat.png": PNG, "note.txt": b"hello"}
    bench.run(event("e1", files=["lost.png", "note.txt", "cat.png"]))
    lost, note, cat = bench.seen[0].files
    assert lost.problem.format(**lost.params) == "“lost.png” is gone."
    assert note.problem.format(**note.params).startswith("“note.txt” is neither a photo")
    assert cat.media_id


@pytest.mark.parametrize("told", [{"actor": "U9"}, {"said": "look at this"}], ids=["a stranger's", "those of a note"])
def test_files_that_nobody_would_use_are_not_fetched(bench: Bench, told: dict[str, str]) -> None:
    bench.chat.files = {"cat.png": PNG}
    bench.run(event("e1", files=["cat.png"], **told), event("e2", text="after"))
    assert bench.noted == ["after"]
    with bench.store.read() as session:
        assert session.exec(select(Media)).all() == []


# -- forms -------------------------------------------------------------------------------------------------------------


def test_a_form_opens_for_the_person(bench: Bench) -> None:
    bench.run(event("e1", verb="form"), until=lambda: bench.chat.asked)
    assert bench.chat.asked == [FORM]


def test_a_form_that_does_not_open_is_told(bench: Bench) -> None:
    bench.chat.refuses_forms = True
    bench.run(event("e1", verb="form"), until=lambda: "could not be opened" in bench.told())
    assert len(bench.rows(InboundState.DONE)) == 1


def test_a_refused_form_answers_whoever_waits_and_whispers_nothing(bench: Bench) -> None:
    async def work(intake: Intake) -> Handled | None:
        return await intake.handle_now("slack", event("e1", form="save"), PATIENCE)

    found = bench.working(work)
    assert (found.refusal, found.field) == ("That is no text.", "text")
    assert bench.told() == ""


def test_a_refusal_that_comes_too_late_for_the_form_is_whispered(bench: Bench) -> None:
    bench.on.clear()

    async def work(intake: Intake) -> None:
        assert await intake.handle_now("slack", event("e1", form="save"), 0.1) is None
        bench.on.set()
        await bench.waits(lambda: "That is no text." in bench.told())

    bench.working(work)


def test_stopping_lets_what_is_being_handled_finish(bench: Bench) -> None:
    bench.slow = 0.4

    async def work(intake: Intake) -> None:
        await intake.store("slack", event("e1", text="last"))
        await bench.waits(bench.begun.is_set)

    bench.working(work)
    assert bench.noted == ["last"]
    assert len(bench.rows(InboundState.DONE)) == 1
