"""Every intent is answered: by its handler, by a refusal that says what to do, or by the id of a bug."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import select

from handlers.asking import ANSWER
from handlers.desk import Desk
from handlers.effects import Ask, Effect
from handlers.forms import Field, FieldRefused, Form, Kind
from handlers.intents import Command, Filled, Happened, Intent, Origin, Pressed, Said
from handlers.registry import Registry
from handlers.router import Handled, Router
from handlers.setup import Setup
from models.card import Question
from models.delivery import Delivery
from models.errors import Unfit
from models.member import Identity, Member, Role
from models.store import Store
from support.desks import copied
from support.paper_office import START

FORM = Form(
    verb="save",
    title="A form",
    submit="Save",
    fields=(Field(name="text", kind=Kind.TEXT, label="Text"), Field(name="more", kind=Kind.LINE, label="More")),
)
SLACK = Origin(chat="slack", actor="U1", room="C1")
TELEGRAM = Origin(chat="telegram", actor="1", room="1", private=True)


class Counter:
    """A router whose handlers count, refuse and have bugs."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.registry = Registry()
        self.calls: list[Any] = []
        self.trouble: Exception | None = None
        self.router = Router(Setup(name="Desk", zone="UTC", language="en", media_folder=Path("media")), self.registry)
        self.registry.command("count", "counts")(self.count)
        self.registry.command("admin", "counts for admins", role=Role.ADMIN)(self.count)
        self.registry.command("anybody", "counts for strangers", strangers=True)(self.count)
        self.registry.command("ask", "asks")(lambda _desk, _command: [Ask(form=FORM)])
        self.registry.button("count", "counts")(self.count)
        self.registry.form("save")(self.count)
        self.registry.event("opened")(self.count)
        with store.write() as session:
            for name, roles in (("Ada", [Role.AUTHOR]), ("Dario", [Role.ADMIN])):
                session.add(Member(name=name, roles=[role.value for role in roles], created_at=START))
            session.flush()
            for chat, external_id in (("slack", "U1"), ("telegram", "1")):
                session.add(Identity(member_id=1, chat=chat, external_id=external_id, linked_at=START))

    def count(self, desk: Desk, intent: Any) -> list[Effect]:
        """What every handler does."""
        self.calls.append(intent)
        if self.trouble:
            desk.add(Member(name="half a change", created_at=START))
            raise self.trouble
        return []

    def handle(self, intent: Intent, **more: Any) -> Handled:
        with self.store.write() as session:
            return self.router.handle(session, intent, START, **more)

    def told(self) -> list[str]:
        """What was whispered, oldest first."""
        with self.store.read() as session:
            rows = session.exec(select(Delivery).where(Delivery.kind == "whisper").order_by("id")).all()
        cards = [row.payload["card"] for row in rows]
        return ["\n".join(s["text"] for p in card["body"] for s in p["spans"]) for card in cards]

    def rows(self, table: Any) -> list[Any]:
        with self.store.read() as session:
            return list(session.exec(select(table)).all())


@pytest.fixture
def counter(migrated: Path, tmp_path: Path) -> Iterator[Counter]:
    store = copied(migrated, tmp_path)
    yield Counter(store)
    store.close()


def command(verb: str, origin: Origin = SLACK) -> Command:
    return Command(origin=origin, verb=verb)


# -- who may what ------------------------------------------------------------------------------------------------------


def test_what_is_registered_is_called(counter: Counter) -> None:
    for intent in (
        command("COUNT"),
        Pressed(origin=SLACK, verb="count"),
        Filled(origin=SLACK, verb="save"),
        Happened(origin=SLACK, name="opened"),
        Happened(origin=SLACK, name="nobody listens"),
        Said(origin=SLACK, text="a note", answers="m1"),
    ):
        assert counter.handle(intent) == Handled()
    assert len(counter.calls) == 4
    assert counter.told() == []


def test_what_is_no_intent_is_a_bug(counter: Counter) -> None:
    assert counter.handle(Intent(origin=SLACK)).bug


@pytest.mark.parametrize(
    ("intent", "sentence"),
    [
        (command("cuont"), "Did you mean “count”?"),
        (command("xyzzy"), "“help” lists what I know."),
        (Pressed(origin=SLACK, verb="old"), "not one of mine, or too old"),
        (Filled(origin=SLACK, verb="old"), "not one of mine, or too old"),
        (command("admin"), "“admin”, which you do not have. These members have it: Dario."),
    ],
)
def test_what_is_unknown_or_not_allowed_is_refused_with_what_to_do(
    counter: Counter, intent: Intent, sentence: str
) -> None:
    assert sentence in counter.handle(intent).refusal
    assert sentence in counter.told()[0]
    assert counter.calls == []


def test_a_stranger_learns_whom_to_ask_and_may_do_what_strangers_may(counter: Counter) -> None:
    stranger = SLACK.model_copy(update={"actor": "U9"})
    told = counter.handle(command("count", stranger)).refusal
    assert "Ask Dario for an invitation code" in told
    assert "“/social link CODE”" in told, "as it is typed in that chat"
    counter.handle(command("anybody", stranger))
    assert len(counter.calls) == 1
    with counter.store.write() as session:
        for member in session.exec(select(Member)).all():
            member.active = False
    assert (
        "put the first admin into config.toml (your id here is U9)"
        in counter.handle(command("count", stranger)).refusal
    )
    assert "You are not a member" in counter.handle(command("count")).refusal, "who has left is a stranger"


def test_in_private_a_command_needs_no_slash(counter: Counter) -> None:
    for text in ("count", "Count three  of them\nplease"):
        counter.handle(Said(origin=TELEGRAM, text=text))
    assert [(call.verb, call.text) for call in counter.calls] == [("count", ""), ("count", "three  of them\nplease")]
    counter.handle(Said(origin=TELEGRAM, text="count", answers="m1"))
    counter.handle(Said(origin=TELEGRAM.model_copy(update={"private": False}), text="count"))
    assert len(counter.calls) == 2, "elsewhere it is talk among members"
    assert counter.told() == []


@pytest.mark.parametrize(("text", "forwarded"), [("Hello", False), ("", False), ("count", True)])
def test_what_makes_no_sense_in_private_is_answered_with_a_hint(counter: Counter, text: str, forwarded: bool) -> None:
    counter.handle(Said(origin=TELEGRAM, text=text, forwarded=forwarded))
    assert "“help” lists what I know" in counter.told()[0]
    counter.handle(Said(origin=TELEGRAM.model_copy(update={"actor": "9"}), text=text, forwarded=forwarded))
    assert "Ask Dario for an invitation code" in counter.told()[1]
    assert counter.calls == []


def test_what_the_chat_profile_tells_is_remembered(counter: Counter) -> None:
    counter.handle(command("count", TELEGRAM.model_copy(update={"language": "it", "zone": "Europe/Rome"})))
    counter.handle(command("xyzzy"))
    counter.handle(command("xyzzy", TELEGRAM))
    identity = next(row for row in counter.rows(Identity) if row.chat == "telegram")
    assert (identity.language, identity.private_room) == ("it", "1")
    assert next(row for row in counter.rows(Member) if row.name == "Ada").zone == "Europe/Rome"


# -- refusals and bugs -------------------------------------------------------------------------------------------------


def test_the_refusal_of_a_form_is_shown_where_it_belongs_and_only_there(counter: Counter) -> None:
    counter.trouble = FieldRefused("text", Unfit("That is no text."))
    filled = Filled(origin=SLACK, verb="save")
    assert counter.handle(filled, show_refusals=False) == Handled(refusal="That is no text.", field="text")
    assert counter.told() == []
    counter.handle(filled)
    assert counter.told() == ["That is no text."]
    counter.handle(command("count"), show_refusals=False)
    assert len(counter.told()) == 2, "only a form can show a refusal itself"
    assert len(counter.rows(Member)) == 2, "a refusal changes nothing"


def test_a_bug_changes_nothing_and_has_an_id(counter: Counter) -> None:
    counter.trouble = ZeroDivisionError()
    handled = counter.handle(command("count"))
    assert handled.bug
    assert handled.bug in counter.told()[0]
    assert len(counter.rows(Member)) == 2


@pytest.mark.parametrize("kind", [OperationalError, IntegrityError])
def test_the_trouble_of_the_database_is_no_bug_and_all_of_it_is_done_again(
    counter: Counter, kind: type[OperationalError] | type[IntegrityError]
) -> None:
    counter.trouble = kind("UPDATE", {}, Exception("deadlock detected"))
    with pytest.raises(kind):
        counter.handle(command("count"))
    assert (len(counter.rows(Member)), counter.told()) == (2, [])
    counter.trouble = None
    assert counter.handle(command("count")) == Handled()


def test_what_came_too_late_is_told(counter: Counter) -> None:
    with counter.store.write() as session:
        counter.router.tell(session, command("count"), "No.", START)
        counter.router.tell_form_unopened(session, command("count"), START)
        counter.router.tell_set_aside(session, command("count"), "b4d", START)
    first, second, third = counter.told()
    assert first == "No."
    assert "could not be opened" in second
    assert "b4d" in third


def test_a_bug_in_one_tick_leaves_the_others_and_their_effects(counter: Counter) -> None:
    @counter.registry.tick
    def broken(desk: Desk) -> list[Effect]:
        desk.add(Member(name="half a change", created_at=START))
        raise ZeroDivisionError

    @counter.registry.tick
    def well(desk: Desk) -> list[Effect]:
        counter.calls.append(desk.now)
        return []

    with counter.store.write() as session:
        counter.router.tick(session, START)
    assert counter.calls == [START]
    assert len(counter.rows(Member)) == 2


def test_the_trouble_of_the_database_is_no_ticks(counter: Counter) -> None:
    @counter.registry.tick
    def away(desk: Desk) -> list[Effect]:
        raise OperationalError("SELECT", {}, Exception("server closed the connection"))

    with pytest.raises(OperationalError), counter.store.write() as session:
        counter.router.tick(session, START)


def test_a_press_in_a_home_draws_it_anew(counter: Counter) -> None:
    counter.handle(Pressed(origin=Origin(chat="slack", actor="U1"), verb="count"))
    assert [row.kind for row in counter.rows(Delivery)] == ["home"]


# -- forms asked question by question ----------------------------------------------------------------------------------


def answers(counter: Counter, *texts: str) -> Handled:
    for text in texts:
        handled = counter.handle(Said(origin=TELEGRAM, text=text))
    return handled


def test_the_last_answer_fills_the_form_and_closes_the_question(counter: Counter) -> None:
    counter.handle(command("ask", TELEGRAM))
    answers(counter, "one", "two")
    assert counter.calls[-1].values == {"text": "one", "more": "two"}
    assert counter.rows(Question) == []


def test_nobody_is_left_in_silence_after_the_last_answer(counter: Counter) -> None:
    counter.handle(command("ask", TELEGRAM))
    answers(counter, "one", "two")
    assert "Done." in counter.told()[-1]


def test_a_question_that_was_answered_by_a_button_gives_way_to_what_comes_next(counter: Counter) -> None:
    counter.handle(command("ask", TELEGRAM))
    counter.handle(Said(origin=TELEGRAM, text="one"))
    counter.handle(Pressed(origin=TELEGRAM, verb=ANSWER, value="1.-"))
    told = [row.payload for row in counter.rows(Delivery) if row.kind == "whisper"]
    assert [payload["instead"] for payload in told] == [False, False, True]


def test_a_refused_answer_is_asked_again_and_the_others_stay(counter: Counter) -> None:
    counter.handle(command("ask", TELEGRAM))
    counter.trouble = FieldRefused("text", Unfit("That is no text."))
    assert answers(counter, "one", "two").refusal == "That is no text."
    assert "That is no text." in counter.told()[-1]
    assert "So far: one" in counter.told()[-1]
    counter.trouble = Unfit("Not like that.")
    answers(counter, "better")
    assert answers(counter, "two").refusal == "Not like that."
    counter.trouble = None
    answers(counter, "three")
    assert counter.calls[-1].values == {"text": "better", "more": "three"}


def test_a_bug_after_the_last_answer_leaves_a_question_that_can_be_answered(counter: Counter) -> None:
    counter.handle(command("ask", TELEGRAM))
    counter.trouble = ZeroDivisionError()
    assert answers(counter, "one", "two").bug
    counter.trouble = None
    assert answers(counter, "two again") == Handled()
    assert counter.calls[-1].values == {"text": "one", "more": "two again"}
