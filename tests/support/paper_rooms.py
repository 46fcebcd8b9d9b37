"""Rooms on paper: effects are kept and delivered by the real machine, cards say what the test wrote into them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from sqlmodel import SQLModel, select

from handlers import outbox
from handlers.cards import Card, sentence
from handlers.delivery.speaking import CardCourier, DirectCourier, HomeCourier, MessageCourier, WhisperCourier
from handlers.delivery.voice import Voice
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.forms import Form
from handlers.intents import Origin, Place
from handlers.registry import Registry
from models.delivery import Delivery
from models.member import Identity, Member
from models.store import Store
from support.desks import copied
from support.paper import PaperVoice, words
from support.paper_office import START, PaperOffice

Row = TypeVar("Row", bound=SQLModel)

REVIEW = (Place(chat="slack", room="CREVIEW"), Place(chat="telegram", room="-1", thread="2"))
INBOX = (Place(chat="slack", room="CINBOX"),)


class Rooms(PaperOffice):
    """A Slack and a Telegram on paper; Ada is in both, and Bo only in Telegram, where he never wrote to the bot."""

    def __init__(self, store: Store) -> None:
        self.papers = {"slack": PaperVoice(), "telegram": PaperVoice()}
        self.shows: dict[str, str] = {}  #: subject -> what its card says
        registry = Registry()
        for letter in "PVCH":
            registry.card(letter)(lambda _desk, subject: sentence(self.shows.get(subject, subject)))
        voices: dict[str, Voice] = dict(self.papers)
        super().__init__(
            store,
            {"review": REVIEW, "inbox": INBOX},
            card=CardCourier(voices, registry),
            message=MessageCourier(voices),
            direct=DirectCourier(voices),
            whisper=WhisperCourier(voices),
            home=HomeCourier(voices, registry),
        )
        with store.write() as session:
            for name, chats in (("Ada", ("slack", "telegram")), ("Bo", ("telegram",))):
                member = Member(name=name, created_at=START)
                session.add(member)
                session.flush()
                for chat in chats:
                    identity = Identity(
                        member_id=member.number, chat=chat, external_id=f"{chat}-{name}", linked_at=START
                    )
                    session.add(identity)

    def keep(self, *effects: Effect, origin: Origin | None = None) -> list[Form]:
        """What a handler returned is kept."""
        with self.store.write() as session:
            return outbox.keep(self.desk(session, origin), effects)

    def desk(self, session: object, origin: Origin | None = None) -> Desk:
        """The desk, acted at from somewhere."""
        return Desk(session=session, now=self.now, setup=self.setup, origin=origin)  # type: ignore[arg-type]

    def deliver(self) -> None:
        """Attempt what is due and look up what is unsure, until nothing is due now."""
        for _ in range(100):
            due, unsure = self.due(), self.settler.unsure()
            for number in due:
                self.attempt(number)
            for number, _lane in unsure:
                self.settle(number)
            if not due and not unsure:
                return
        raise AssertionError("deliveries do not come to an end")

    def seen(self, chat: str = "slack") -> list[tuple[str, str]]:
        """(room, what it says now) of every message, oldest first."""
        return [(sheet.place.room, words(sheet.card)) for sheet in self.papers[chat].sheets]

    def rows(self) -> list[Delivery]:
        """Every delivery, oldest first."""
        return self.every(Delivery)

    def every(self, table: type[Row]) -> list[Row]:
        """Every row of a table, oldest first."""
        with self.store.read() as session:
            return list(session.exec(select(table).order_by("id")).all())


def said(text: str) -> Card:
    """A card that says only this."""
    return sentence(text)


@pytest.fixture
def rooms(migrated: Path, tmp_path: Path) -> Iterator[Rooms]:
    """Empty rooms."""
    store = copied(migrated, tmp_path)
    yield Rooms(store)
    store.close()
