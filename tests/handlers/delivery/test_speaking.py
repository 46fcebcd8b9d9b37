"""Cards, messages, whispers and homes reach the chats: as things stand, in their threads, to whom they are for."""

from datetime import timedelta

import pytest
from sqlmodel import select

from handlers.cards import Card, Picture
from handlers.delivery.speaking import STALE, _NewMessage
from handlers.delivery.voice import HIDDEN
from handlers.effects import Direct, Home, Post, Redraw, Show, Tell, Whisper
from handlers.intents import Origin, Place
from models.card import CardRow, Message
from models.delivery import DeliveryState
from models.member import Identity
from platforms.contract import Gone, NotPermitted, OutcomeUnknown, Unreachable
from support.bench import START
from support.paper import PaperVoice, words
from support.paper_rooms import INBOX, REVIEW, Rooms, rooms, said
from support.platform_progress import Kept

__all__ = ["rooms"]

D = DeliveryState
SLACK, TELEGRAM = REVIEW
LOST = OutcomeUnknown("the line went dead")
ADA = Origin(chat="slack", actor="slack-Ada", room="CTEAM", reach={"response_url": "https://secret.example/1"})


def later(rooms: Rooms, seconds: float = 60) -> None:
    rooms.now += timedelta(seconds=seconds)
    rooms.deliver()


# -- cards -------------------------------------------------------------------------------------------------------------


def test_a_card_that_shows_the_same_is_not_drawn_again(rooms: Rooms) -> None:
    rooms.keep(Show(subject="P1", place=SLACK))
    rooms.deliver()
    rooms.keep(Redraw(subject="P1"))
    rooms.deliver()
    assert len(rooms.papers["slack"].sheets[0].versions) == 1


def test_a_card_that_somebody_deleted_is_posted_anew(rooms: Rooms) -> None:
    rooms.keep(Show(subject="P1", place=SLACK))
    rooms.deliver()
    rooms.papers["slack"].sheets.clear()
    rooms.shows["P1"] = "changed"
    rooms.keep(Redraw(subject="P1"))
    rooms.deliver()
    assert rooms.seen() == [("CREVIEW", "changed")]


def test_a_lost_card_that_is_found_is_drawn_as_things_stand_by_then(rooms: Rooms) -> None:
    slack = rooms.papers["slack"]
    rooms.keep(Show(subject="P1", place=SLACK))
    rooms.steps = lambda step: slack.troubles.append(LOST) if step.startswith("claimed:") and not slack.sheets else None
    rooms.deliver()
    slack.send(SLACK, said("P1"), key=rooms.rows()[0].key, reply_to="", progress=None)  # type: ignore[arg-type]  # it had arrived
    rooms.shows["P1"] = "changed"
    later(rooms)
    assert rooms.seen() == [("CREVIEW", "changed")]


@pytest.mark.parametrize(("noted", "hidden"), [({}, [1, 2]), ({HIDDEN: "[2]"}, [2])])
def test_of_the_files_of_a_lost_card_that_is_found_none_is_taken_for_shown_unless_that_was_noted(
    noted: dict[str, str], hidden: list[int]
) -> None:
    voice, card = PaperVoice(), Card(pictures=(Picture(media_id=1), Picture(media_id=2)))
    parcel = _NewMessage(voice, SLACK, card, "", ())
    parcel.send("k", Kept())
    found = parcel.find("k", START, Kept(noted))
    assert found is not None
    assert found["hidden"] == hidden


def test_an_edit_whose_end_is_unknown_is_made_again(rooms: Rooms) -> None:
    rooms.keep(Show(subject="P1", place=SLACK))
    rooms.deliver()
    rooms.shows["P1"] = "changed"
    rooms.keep(Redraw(subject="P1"))
    rooms.papers["slack"].troubles = [LOST]
    rooms.deliver()
    rooms.shows["P1"] = "P1"  # as it was drawn last for certain
    later(rooms)
    assert rooms.rows()[-1].state == D.DONE
    assert [words(card) for card in rooms.papers["slack"].sheets[0].versions] == ["P1", "P1"]


def test_a_card_whose_row_is_gone_is_nothing_to_draw(rooms: Rooms) -> None:
    rooms.keep(Show(subject="P1", place=SLACK))
    with rooms.store.write() as session:
        session.delete(session.get(CardRow, 1))
    rooms.deliver()
    assert (rooms.rows()[0].state, rooms.seen()) == (D.DONE, [])


def test_a_chat_that_is_not_connected_is_waited_for(rooms: Rooms) -> None:
    rooms.keep(Show(subject="P1", place=Place(chat="matrix", room="1")))
    rooms.deliver()
    row = rooms.rows()[0]
    assert (row.state, row.attempts, row.reason) == (D.WAITING, 0, "matrix is not connected")


# -- threads -----------------------------------------------------------------------------------------------------------


def test_what_is_told_stands_in_the_thread_of_the_card(rooms: Rooms) -> None:
    rooms.keep(Show(subject="V1", place=INBOX[0]), Show(subject="C1", place=INBOX[0], under="V1"))
    rooms.keep(Tell(subject="C1", card=said("told")))
    rooms.deliver()
    assert [sheet.reply_to for sheet in rooms.papers["slack"].sheets] == ["", "m1", "m1"]
    [message] = rooms.every(Message)
    assert (message.message_id, message.subject) == ("m3", "C1")


def test_in_telegram_what_is_told_answers_the_card_itself(rooms: Rooms) -> None:
    rooms.keep(Show(subject="V1", place=TELEGRAM), Show(subject="C1", place=TELEGRAM, under="V1"))
    rooms.keep(Tell(subject="C1", card=said("told")))
    rooms.deliver()
    assert [sheet.reply_to for sheet in rooms.papers["telegram"].sheets] == ["", "m1", "m2"]


def test_what_is_told_waits_for_a_card_that_is_coming(rooms: Rooms) -> None:
    rooms.keep(Show(subject="P1", place=SLACK), Tell(subject="P1", card=said("told")))
    card, message = rooms.rows()
    assert rooms.attempt(message.number).state == D.WAITING
    later(rooms)
    assert rooms.row(card.number).state == rooms.row(message.number).state == D.DONE
    assert rooms.papers["slack"].sheets[1].reply_to == "m1"


def test_what_is_told_is_told_in_the_room_where_the_card_never_arrives(rooms: Rooms) -> None:
    rooms.keep(Show(subject="V1", place=INBOX[0]))
    rooms.papers["slack"].troubles = [NotPermitted("not_in_channel")]
    rooms.deliver()
    assert rooms.rows()[0].state == D.FAILED
    rooms.keep(Tell(subject="V1", card=said("told")), Show(subject="C1", place=INBOX[0], under="V1"))
    rooms.deliver()
    assert rooms.seen() == [("CINBOX", "told"), ("CINBOX", "C1")]


def test_what_was_to_stand_in_a_thread_that_is_gone_stands_in_the_room(rooms: Rooms) -> None:
    rooms.keep(Show(subject="V1", place=INBOX[0]))
    rooms.deliver()
    rooms.keep(Show(subject="C1", place=INBOX[0], under="V1"), Tell(subject="V1", card=said("told")))
    rooms.papers["slack"].troubles = [Gone("thread_not_found"), Gone("thread_not_found")]
    rooms.deliver()
    assert sorted(rooms.seen()) == [("CINBOX", "C1"), ("CINBOX", "V1"), ("CINBOX", "told")]
    assert {sheet.reply_to for sheet in rooms.papers["slack"].sheets} == {""}


def test_what_is_told_under_a_card_that_is_no_more_is_over(rooms: Rooms) -> None:
    rooms.keep(Show(subject="P1", place=SLACK))
    rooms.deliver()
    rooms.keep(Tell(subject="P1", card=said("told")))
    with rooms.store.write() as session:
        session.delete(session.get(CardRow, 1))
    rooms.deliver()
    assert rooms.seen() == [("CREVIEW", "P1")]


def test_a_lost_message_that_had_arrived_is_not_sent_twice(rooms: Rooms) -> None:
    slack = rooms.papers["slack"]
    rooms.keep(Post(place=SLACK, card=said("hello")))
    rooms.steps = lambda step: slack.troubles.append(LOST) if step.startswith("claimed:") else None
    rooms.deliver()
    slack.send(SLACK, said("hello"), key=rooms.rows()[0].key, reply_to="", progress=None)  # type: ignore[arg-type]  # it had arrived
    later(rooms)
    assert rooms.seen() == [("CREVIEW", "hello")]


def test_messages_keep_their_order_over_an_outage(rooms: Rooms) -> None:
    rooms.keep(*(Post(place=SLACK, card=said(text)) for text in "abc"))
    rooms.papers["slack"].troubles = [Unreachable("down"), LOST, Unreachable("down")]
    for _ in range(8):
        later(rooms)
    assert [text for _, text in rooms.seen()] == ["a", "b", "c"]


# -- to one person -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("effect", [Whisper(card=said("hush")), Home()])
def test_how_to_reach_a_person_is_forgotten_when_they_were_answered(rooms: Rooms, effect: Whisper | Home) -> None:
    rooms.keep(effect, origin=ADA)
    rooms.deliver()
    slack = rooms.papers["slack"]
    assert len(slack.whispers) + len(slack.homes) == 1
    assert (rooms.rows()[0].state, rooms.rows()[0].payload) == (D.DONE, {})


def test_an_answer_does_not_pop_up_long_after(rooms: Rooms) -> None:
    rooms.keep(Whisper(card=said("hush")), origin=ADA)
    rooms.now += STALE + timedelta(seconds=1)
    rooms.deliver()
    assert rooms.papers["slack"].whispers == []
    assert (rooms.rows()[0].state, rooms.rows()[0].payload) == (D.DONE, {})


def test_a_whisper_whose_end_is_unknown_is_whispered_again(rooms: Rooms) -> None:
    rooms.papers["slack"].troubles = [LOST]
    rooms.keep(Whisper(card=said("hush")), origin=ADA)
    rooms.deliver()
    assert rooms.rows()[0].payload
    later(rooms)
    assert len(rooms.papers["slack"].whispers) == 1


def test_who_looks_for_a_lost_message_knows_the_whispers_of_the_room(rooms: Rooms) -> None:
    telegram, place = rooms.papers["telegram"], Place(chat="telegram", room="-1")
    telegram.whispers_stand = True
    rooms.keep(Whisper(card=said("hush")), origin=Origin(chat="telegram", actor="telegram-Bo", room="-1"))
    rooms.deliver()
    telegram.troubles = [LOST]
    rooms.keep(Post(place=place, card=said("hello")))
    rooms.deliver()
    later(rooms)
    assert telegram.known == telegram.stood == ("w1",)


def test_who_looks_for_a_lost_message_knows_what_stood_there_when_it_left(rooms: Rooms) -> None:
    telegram, place = rooms.papers["telegram"], Place(chat="telegram", room="-1")
    telegram.whispers_stand = True
    bo = Origin(chat="telegram", actor="telegram-Bo", room="-1")
    rooms.keep(Whisper(card=said("hush")), origin=bo)
    rooms.deliver()
    telegram.troubles = [LOST]
    rooms.keep(Post(place=place, card=said("hello")))
    rooms.deliver()
    rooms.keep(Whisper(card=said("hush again")), origin=bo)
    rooms.deliver()
    later(rooms)
    assert telegram.known == ("w2", "w1")
    assert telegram.stood == ("w1",)


def test_a_lost_private_message_that_had_arrived_is_not_sent_twice(rooms: Rooms) -> None:
    slack = rooms.papers["slack"]
    with rooms.store.write() as session:
        identity = session.exec(select(Identity).where(Identity.external_id == "slack-Ada")).one()
        identity.private_room = "DADA"
    rooms.keep(Direct(member_id=1, card=said("for Ada")))
    rooms.steps = lambda step: slack.troubles.append(LOST) if step.startswith("claimed:") else None
    rooms.deliver()
    private = Place(chat="slack", room="DADA")
    slack.send(private, said("for Ada"), key=rooms.rows()[0].key, reply_to="", progress=None)  # type: ignore[arg-type]  # it had arrived
    later(rooms)
    assert slack.directs == []
    assert rooms.rows()[0].state == D.DONE


def test_a_private_message_goes_where_the_bot_may_write(rooms: Rooms) -> None:
    rooms.keep(Direct(member_id=1, card=said("for Ada")), Direct(member_id=2, card=said("for Bo")))
    rooms.deliver()
    assert [actor for actor, _ in rooms.papers["slack"].directs] == ["slack-Ada"]
    assert rooms.papers["telegram"].directs == [], "a bot may not begin in Telegram"
    with rooms.store.write() as session:
        identity = session.get(Identity, rooms.every(Identity)[-1].id)
        assert identity
        identity.private_room = "77"
    rooms.keep(Direct(member_id=2, card=said("for Bo")))
    rooms.deliver()
    assert [actor for actor, _ in rooms.papers["telegram"].directs] == ["telegram-Bo"]
    assert {row.state for row in rooms.rows()} == {D.DONE}


def test_a_home_is_drawn_for_whoever_looks(rooms: Rooms) -> None:
    rooms.keep(Home(), origin=ADA)
    rooms.keep(Home(), origin=Origin(chat="slack", actor="a stranger"))
    rooms.deliver()
    assert [actor for actor, _ in rooms.papers["slack"].homes] == ["slack-Ada", "a stranger"]
