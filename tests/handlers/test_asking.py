"""A form is asked question by question; every kind of answer is taken or refused with what to do instead."""

from typing import Any

import pytest

from handlers import asking
from handlers.cards import Card
from handlers.forms import Field, Form, Kind, Option
from handlers.intents import Arrived, Command, Filled, Intent, Origin, Pressed, Said
from models.card import CardRow, Question
from models.errors import Refused
from support.paper import words
from support.paper_office import START
from support.paper_rooms import Rooms, rooms

__all__ = ["rooms"]

ADA = Origin(chat="telegram", actor="telegram-Ada", room="1", private=True)
OPTIONS = (Option(value="a", label="Acme"), Option(value="b", label="Bakery"))
PHOTO = Arrived(name="cat.png", media_id=3, sha256="ab", mime="image/png")


class Asked:
    """One form, asked in a private Telegram chat."""

    def __init__(self, rooms: Rooms, *fields: Field, **form: Any) -> None:
        self.rooms = rooms
        self.card = self.ask(Form(verb="save", title="A form", submit="Save", fields=fields, **form))

    def ask(self, form: Form) -> Card:
        with self.rooms.store.write() as session:
            return asking.begin(self.rooms.desk(session, ADA), form)

    def take(self, intent: Intent) -> Card | Filled:
        with self.rooms.store.write() as session:
            desk = self.rooms.desk(session, ADA)
            question = asking.open_question(desk)
            assert question
            taken = asking.take(desk, question, intent)
            self.card = taken if isinstance(taken, Card) else self.card
            return taken

    def say(self, text: str = "", *files: Arrived) -> Card | Filled:
        return self.take(Said(origin=ADA, text=text, files=files))

    def press(self, label: str) -> Card | Filled:
        button = next(b for b in self.card.buttons if b.label.lstrip("✓ ") == label)
        return self.take(Pressed(origin=ADA, verb=asking.ANSWER, value=button.value))

    def filled(self, taken: Card | Filled, name: str = "f") -> Any:
        assert isinstance(taken, Filled)
        return taken.files[name] if name in taken.files else taken.values[name]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.card.buttons]


def field(kind: Kind, **more: Any) -> Field:
    return Field(name="f", kind=kind, label="Which?", **more)


def test_the_question_shows_what_it_needs(rooms: Rooms) -> None:
    asked = Asked(rooms, field(Kind.LINE, hint="short", value="old"), intro="They wrote: hello")
    shown = words(asked.card)
    for part in ("A form", "They wrote: hello", "Which?", "short", "So far: old", "Question 1 of 1"):
        assert part in shown
    assert asked.labels == ["Keep it", "Leave it empty"]


def test_words_are_taken_stripped_and_kept_words_stay(rooms: Rooms) -> None:
    asked = Asked(rooms, field(Kind.TEXT, value="old"))
    assert asked.filled(asked.say("  new ")) == "new"
    asked = Asked(rooms, field(Kind.WHEN, value="old"))
    assert asked.filled(asked.press("Keep it")) == "old"
    asked = Asked(rooms, field(Kind.LINE, value="old"))
    assert asked.filled(asked.press("Leave it empty")) == ""


@pytest.mark.parametrize("how", ["press", "label", "value"])
def test_one_option_is_chosen_by_button_or_by_word(rooms: Rooms, how: str) -> None:
    asked = Asked(rooms, field(Kind.CHOICE, options=OPTIONS, required=True))
    assert asked.labels == ["Acme", "Bakery"]
    taken = asked.press("Bakery") if how == "press" else asked.say({"label": "bakery", "value": "B"}[how])
    assert asked.filled(taken) == "b"


def test_several_options_are_ticked_and_unticked_until_it_goes_on(rooms: Rooms) -> None:
    asked = Asked(rooms, field(Kind.CHOICES, options=OPTIONS, value=("a",), required=True))
    asked.press("Bakery")
    assert asked.labels == ["✓ Acme", "✓ Bakery", "Continue"]
    asked.press("Acme")
    asked.press("Bakery")
    assert asked.labels == ["Acme", "Bakery"]
    asked.press("Bakery")
    assert asked.filled(asked.press("Continue")) == ["b"]
    asked = Asked(rooms, field(Kind.CHOICES, options=OPTIONS, value=("a",)))
    assert asked.filled(asked.press("Continue")) == ["a"]
    asked = Asked(rooms, field(Kind.CHOICES, options=OPTIONS))
    assert asked.filled(asked.press("Skip")) == []
    asked = Asked(rooms, field(Kind.CHOICES, options=OPTIONS))
    assert asked.filled(asked.say("acme")) == ["a"]


def test_files_add_up_until_it_goes_on(rooms: Rooms) -> None:
    asked = Asked(rooms, field(Kind.FILES))
    assert asked.labels == ["Skip"]
    asked.say("", PHOTO)
    asked.say("", PHOTO)
    assert "2 files so far" in words(asked.card)
    assert asked.labels == ["Continue", "Leave it empty"]
    assert asked.filled(asked.press("Continue")) == (PHOTO, PHOTO)
    asked = Asked(rooms, field(Kind.FILES))
    assert asked.filled(asked.press("Skip")) == ()


@pytest.mark.parametrize(
    ("asked_for", "intent", "sentence"),
    [
        (field(Kind.LINE), Said(origin=ADA, text=" \n"), "I need a text here"),
        (field(Kind.LINE, longest=3), Said(origin=ADA, text="four"), "That is 4 characters; at most 3 fit here."),
        (
            field(Kind.CHOICE, options=OPTIONS),
            Said(origin=ADA, text="C"),
            "“C” is not one of the choices: Acme, Bakery.",
        ),
        (field(Kind.FILES), Said(origin=ADA, text="here"), "I need photos or a video here"),
        (field(Kind.FILES), Said(origin=ADA, files=(Arrived(name="x", problem="It is empty."),)), "It is empty."),
        (field(Kind.LINE), Pressed(origin=ADA, verb="answer", value="7.-"), "belongs to an earlier question"),
        (field(Kind.CHOICE, options=OPTIONS), Pressed(origin=ADA, verb="answer", value="0.2"), "not one of mine"),
        (field(Kind.LINE, required=True), Pressed(origin=ADA, verb="answer", value="0.-"), "not one of mine"),
    ],
)
def test_what_is_no_answer_is_refused_and_the_question_stays(
    rooms: Rooms, asked_for: Field, intent: Intent, sentence: str
) -> None:
    asked = Asked(rooms, asked_for)
    with pytest.raises(Refused) as refused:
        asked.take(intent)
    assert sentence in str(refused.value)
    assert rooms.every(Question)[0].step == 0


def test_a_filled_form_carries_what_it_was_asked_with(rooms: Rooms) -> None:
    asked = Asked(rooms, field(Kind.LINE), subject="P1", revision=4, value="now")
    filled = asked.say("x")
    assert isinstance(filled, Filled)
    assert (filled.verb, filled.subject, filled.revision, filled.value) == ("save", "P1", 4, "now")


def test_another_form_in_the_same_room_replaces_the_first(rooms: Rooms) -> None:
    asked = Asked(rooms, field(Kind.LINE))
    asked.ask(Form(verb="other", title="Other", submit="Save", fields=(field(Kind.LINE),)))
    assert [row.form["verb"] for row in rooms.every(Question)] == ["other"]


def test_a_question_is_forgotten_once(rooms: Rooms) -> None:
    Asked(rooms, field(Kind.LINE))
    for wanted in (True, False):
        with rooms.store.write() as session:
            assert asking.cancel(rooms.desk(session, ADA)) is wanted


@pytest.fixture
def with_card(rooms: Rooms) -> Rooms:
    with rooms.store.write() as session:
        session.add(CardRow(subject="P1", chat="telegram", room="-1", message_id="9", created_at=START))
    return rooms


GROUP = ADA.model_copy(update={"room": "-1", "private": False})


@pytest.mark.parametrize(
    ("intent", "is_one"),
    [
        (Pressed(origin=ADA, verb="answer"), True),
        (Pressed(origin=ADA, verb="approve"), False),
        (Command(origin=ADA, verb="post"), False),
        (Said(origin=ADA, text="yes"), True),
        (Said(origin=GROUP, text="yes"), False),
        (Said(origin=GROUP, text="yes", answers="8"), True),
        (Said(origin=GROUP, text="a note", answers="9"), False),
    ],
)
def test_a_note_is_no_answer(with_card: Rooms, intent: Intent, is_one: bool) -> None:
    with with_card.store.read() as session:
        assert asking.is_answer(with_card.desk(session, intent.origin), intent) is is_one


def test_a_step_back_asks_the_field_or_the_last_one(rooms: Rooms) -> None:
    fields = tuple(Field(name=name, kind=Kind.LINE, label=name) for name in "abc")
    Asked(rooms, *fields)
    question = rooms.every(Question)[0]
    for name, step in (("b", 1), ("elsewhere", 2)):
        asking.step_back(question, name)
        assert question.step == step


# -- texts that their chat has split ---------------------------------------------------------------------------------


def test_a_full_message_is_taken(rooms: Rooms) -> None:
    asked = Asked(rooms, field(Kind.TEXT))
    assert asked.filled(asked.say("x" * 4096)) == "x" * 4096


def test_what_follows_a_long_text_is_added_to_it(rooms: Rooms) -> None:
    asked = Asked(rooms, field(Kind.TEXT, longest=20_000))
    asked.say("a" * 4000)
    assert "If Telegram split your text, reply with what follows" in words(asked.card)
    assert asked.labels == ["Continue", "Leave it empty"]
    asked.say("b" * 3500)
    assert asked.filled(asked.say("The end")) == "\n".join(["a" * 4000, "b" * 3500, "The end"])


def test_a_long_text_that_is_too_long_with_what_follows_stays_as_it_was(rooms: Rooms) -> None:
    asked = Asked(rooms, field(Kind.TEXT, longest=5000))
    asked.say("a" * 4000)
    with pytest.raises(Refused, match="That is 8001 characters; at most 5000 fit here"):
        asked.say("b" * 4000)
    assert asked.filled(asked.press("Continue")) == "a" * 4000


def test_a_long_text_that_was_refused_is_replaced_by_the_next(rooms: Rooms) -> None:
    asked = Asked(rooms, field(Kind.TEXT, longest=20_000), Field(name="g", kind=Kind.LINE, label="And?"))
    asked.say("a" * 4000)
    with rooms.store.write() as session:
        question = asking.open_question(rooms.desk(session, ADA))
        assert question
        asking.step_back(question, "f")
    asked.say("short")
    assert asked.filled(asked.say("x")) == "short"
