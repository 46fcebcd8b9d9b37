"""What a handler wants to be seen is a row before it is seen: once, in order, and always where somebody sees it."""

import threading
from collections.abc import Iterator

import pytest

from handlers import outbox
from handlers.effects import Ask, Direct, Effect, Home, Post, Redraw, Show, Tell, Whisper
from handlers.forms import Field, Form, Kind
from handlers.intents import Origin, Place
from models.card import CardRow, Question
from models.delivery import Delivery, DeliveryState
from models.store import Store
from support.paper_rooms import INBOX, REVIEW, Rooms, rooms, said

__all__ = ["rooms"]

ADA = Origin(chat="slack", actor="slack-Ada", room="CTEAM", reach={"response_url": "https://secret.example/1"})
FORM = Form(verb="save", title="A form", submit="Save", fields=(Field(name="text", kind=Kind.TEXT, label="Text"),))


@pytest.fixture
def on_postgresql(migrated_postgres: str) -> Iterator[Rooms]:
    store = Store(migrated_postgres)
    yield Rooms(store)
    store.close()


def test_every_effect_has_its_kind_and_its_lane(rooms: Rooms) -> None:
    place = Place(chat="slack", room="C1")
    effects = (Post(place=place, card=said("a")), Direct(member_id=1, card=said("b")), Whisper(card=said("c")), Home())
    rooms.keep(Show(subject="P1", place=place), *effects, origin=ADA)
    rooms.keep(Tell(subject="P1", card=said("d")), origin=ADA)
    assert [(row.kind, row.lane) for row in rooms.rows()] == [
        ("card", "slack:C1"),
        ("message", "slack:C1"),
        ("direct", "direct:1"),
        ("whisper", "whisper:slack:slack-Ada"),
        ("home", "home:slack:slack-Ada"),
        ("message", "slack:C1"),
    ]


def test_what_is_no_effect_is_a_bug(rooms: Rooms) -> None:
    with pytest.raises(TypeError):
        rooms.keep(Effect())


def test_a_form_opens_at_once_where_the_chat_can_and_is_asked_where_it_cannot(rooms: Rooms) -> None:
    assert rooms.keep(Ask(form=FORM), origin=ADA) == [FORM]
    assert rooms.keep(Ask(form=FORM), origin=Origin(chat="telegram", actor="telegram-Ada", room="1")) == []
    assert [row.kind for row in rooms.rows()] == ["whisper"]
    assert len(rooms.every(Question)) == 1


def test_a_subject_has_one_card_in_a_place_however_often_it_is_shown(rooms: Rooms) -> None:
    for _ in range(3):
        rooms.keep(Show(subject="P1", place=REVIEW[0]))
    rooms.deliver()
    rooms.keep(Show(subject="P1", place=REVIEW[0]), Show(subject="P1", place=REVIEW[1]))
    rooms.deliver()
    assert rooms.seen() == [("CREVIEW", "P1")]
    assert rooms.seen("telegram") == [("-1", "P1")]


def test_a_card_that_stands_in_a_thread_is_found_by_its_room(rooms: Rooms) -> None:
    thread = Place(chat="slack", room="C1", thread="7")
    rooms.keep(Show(subject="P1", place=thread))
    rooms.keep(Show(subject="P1", place=Place(chat="slack", room="C1")))
    assert [row.thread for row in rooms.every(CardRow)] == ["7"]


def test_many_changes_before_a_card_leaves_are_one_drawing(rooms: Rooms) -> None:
    rooms.keep(Show(subject="P1", place=REVIEW[0]))
    rooms.keep(*[Redraw(subject="P1")] * 5)
    assert len(rooms.rows()) == 1
    rooms.deliver()
    rooms.shows["P1"] = "changed"
    rooms.keep(*[Redraw(subject="P1")] * 5)
    rooms.deliver()
    assert [card.body[0].spans[0].text for card in rooms.papers["slack"].sheets[0].versions] == ["P1", "changed"]


def test_a_change_while_the_card_is_being_drawn_is_drawn_after_it(on_postgresql: Rooms) -> None:
    rooms = on_postgresql
    rooms.keep(Show(subject="P1", place=REVIEW[0]))
    drawn, changed = threading.Event(), threading.Event()

    def claim() -> None:
        """Another process has claimed the card and drawn it, and has not committed yet."""
        with rooms.store.write() as session:
            delivery = session.get(Delivery, 1, with_for_update=True)
            assert delivery
            delivery.claim("other", rooms.now)
            session.flush()
            drawn.set()
            changed.wait(10)

    claiming = threading.Thread(target=claim)
    claiming.start()
    assert drawn.wait(10)
    rooms.keep(Redraw(subject="P1"))
    changed.set()
    claiming.join(10)
    assert [row.state for row in rooms.rows()] == [DeliveryState.SENDING, DeliveryState.WAITING]


@pytest.mark.parametrize(("subject", "places"), [("P1", REVIEW), ("C1", INBOX), ("V1", INBOX)])
def test_what_is_told_of_a_subject_without_a_card_reaches_the_place_for_such_subjects(
    rooms: Rooms, subject: str, places: tuple[Place, ...]
) -> None:
    rooms.keep(Tell(subject=subject, card=said("it failed")))
    rooms.deliver()
    seen = {chat: rooms.seen(chat) for chat in ("slack", "telegram")}
    assert {chat: [room for room, _ in found] for chat, found in seen.items() if found} == {
        place.chat: [place.room] for place in places
    }


def test_a_card_under_one_that_is_nowhere_stands_by_itself(rooms: Rooms) -> None:
    rooms.keep(Show(subject="C1", place=INBOX[0], under="V1"))
    rooms.deliver()
    assert rooms.papers["slack"].sheets[0].reply_to == ""


def test_it_is_known_whether_a_card_is_coming(rooms: Rooms) -> None:
    rooms.keep(Show(subject="P1", place=REVIEW[0]))
    with rooms.store.read() as session:
        assert outbox.is_coming(session, session.get(CardRow, 1))  # type: ignore[arg-type]
    rooms.deliver()
    with rooms.store.read() as session:
        assert not outbox.is_coming(session, session.get(CardRow, 1))  # type: ignore[arg-type]
