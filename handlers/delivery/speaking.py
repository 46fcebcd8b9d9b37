"""How chat deliveries leave: living cards, messages, whispers, homes; each through the voice of its chat."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from handlers.cards import Card
from handlers.delivery.voice import HIDDEN, Lost, Sent, Standing, Voice
from handlers.desk import Desk
from handlers.effects import Effect, Post, Redraw
from handlers.intents import Origin, Place
from handlers.minting import minted
from handlers.outbox import is_coming
from handlers.registry import Registry
from handlers.seen import offered, place_of, places_of, speaking_at
from handlers.words import translator
from models.card import CardRow, Message, newest
from models.delivery import Delivery, DeliveryState
from models.member import Identity, find_member
from models.seen import Shown, forget_shown
from platforms.contract import Gone, Progress, TryLater

#: Message ids of ours that a voice is told when it looks for a lost message.
KNOWN_IDS = 200
#: Progress: the newest of them when a message left, divided by spaces.
BEFORE = "before"
#: After so long a whisper is not wanted any more: the person has moved on, and Slack's half hour for it is over.
STALE = timedelta(minutes=20)


@dataclass(frozen=True)
class _Parcel(ABC):
    """Base of the parcels below."""

    voice: Voice

    @abstractmethod
    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Make it leave."""

    @property
    def earliest(self) -> timedelta:
        """How long after an attempt a look-up proves absence."""
        return self.voice.settled_after

    @property
    def latest(self) -> timedelta:
        """A chat is asked for an hour; after that the message is sent anew."""
        return timedelta(hours=1)

    @property
    def asks(self) -> bool:
        """A message twice in the chat does less harm than one that nobody sees."""
        return False

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """What can be repeated without harm is treated as absent: an edit, a whisper, a home."""
        return None


@dataclass(frozen=True)
class _NewMessage(_Parcel):
    place: Place
    card: Card
    reply_to: str
    known_ids: tuple[str, ...]

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        sent = self.voice.send(self.place, self.card, key=key, reply_to=self.reply_to, progress=progress)
        return _result(sent, self.card)

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        lost = Lost(since, self.known_ids, _before(progress))
        sent = self.voice.find(self.place, self.card, key=key, reply_to=self.reply_to, lost=lost)
        if sent is None:
            return None
        # What was sent may show less than the card as it stands now: it is drawn once more. Of its files nobody knows
        # which are there, unless the voice noted which are not.
        noted = progress.load(HIDDEN)
        hidden = json.loads(noted) if noted else [picture.media_id for picture in self.card.pictures]
        return _result(sent, self.card) | {"drawn": "", "hidden": hidden}


@dataclass(frozen=True)
class _Edit(_Parcel):
    place: Place
    card: Card
    standing: Standing

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        return _result(self.voice.edit(self.place, self.standing, self.card, progress=progress), self.card)


@dataclass(frozen=True)
class _Whispered(_Parcel):
    origin: Origin
    card: Card
    instead: bool

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        sent = self.voice.whisper(self.origin, self.card, instead=self.instead)
        return _stands(self.origin.chat, self.origin.room, sent) if sent else {"said": True}


@dataclass(frozen=True)
class _Direct(_Parcel):
    identity: Identity
    card: Card
    known_ids: tuple[str, ...]

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        person, room = self.identity.external_id, self.identity.private_room
        return _stands(self.identity.chat, room, self.voice.direct(person, room, self.card, key=key))

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        chat, room = self.identity.chat, self.identity.private_room
        if not room:
            return None
        lost = Lost(since, self.known_ids, _before(progress))
        sent = self.voice.find(Place(chat=chat, room=room), self.card, key=key, reply_to="", lost=lost)
        return _stands(chat, room, sent) if sent else None


@dataclass(frozen=True)
class _Home(_Parcel):
    origin: Origin
    card: Card

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        self.voice.home(self.origin, self.card)
        return {}


def _before(progress: Progress) -> tuple[str, ...]:
    return tuple((progress.load(BEFORE) or "").split())


def fingerprint(card: Card) -> str:
    """Tells whether a card differs from what was drawn last."""
    return hashlib.sha256(card.model_dump_json().encode()).hexdigest()


def _stands(chat: str, room: str, sent: Sent) -> dict[str, Any]:
    return {"chat": chat, "room": room, "message_id": sent.message_id}


def _remember(desk: Desk, delivery: Delivery) -> None:
    """Keep the id of a message that has no subject: whoever looks for a lost one must know it for another."""
    stands = delivery.result
    if delivery.state == DeliveryState.DONE and stands.get("room"):
        row = Message(chat=stands["chat"], room=stands["room"], message_id=stands["message_id"], subject="")
        desk.session.add(row)


def _result(sent: Sent, card: Card) -> dict[str, Any]:
    return {
        "message_id": sent.message_id,
        "extra_ids": list(sent.extra_ids),
        "pictures": [picture.media_id for picture in card.pictures],
        "hidden": list(sent.hidden),
        "drawn": fingerprint(card),
    }


class CardCourier:
    """Draws living cards: posts them once, then edits them in place."""

    def __init__(self, voices: Mapping[str, Voice], registry: Registry) -> None:
        self._voices = voices
        self._registry = registry

    def pack(self, desk: Desk, delivery: Delivery) -> _Parcel | None:
        """The card as its subject stands now; None where it is drawn so already."""
        row = desk.session.get(CardRow, delivery.payload["card"])
        if row is None:
            return None
        voice = _voice(self._voices, row.chat)
        reply_to = _anchor(desk.session, row)
        own = speaking_at(desk, row)
        card = self._registry.cards[row.subject[0]](own, row.subject)
        card = offered(desk, own.room_t, card, row.subject, voice.rest, [place_of(row)], row.hidden)
        place = Place(chat=row.chat, room=row.room, thread=row.thread)
        if delivery.state == DeliveryState.UNSURE:
            row.drawn = ""  # nobody knows what it shows
        if row.message_id is None:
            return _NewMessage(voice, place, card, reply_to, _known_ids(desk, delivery, row.chat, row.room))
        if row.drawn == fingerprint(card):
            return None
        return _Edit(voice, place, card, _standing(row))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        """Remember where the card stands; a card that somebody deleted is posted anew."""
        row = desk.session.get(CardRow, delivery.payload["card"], with_for_update=True)
        if row is None:
            return
        if delivery.state == DeliveryState.DONE and delivery.result:
            row.message_id, row.drawn = delivery.result["message_id"], delivery.result["drawn"]
            row.extra_ids, row.pictures = delivery.result["extra_ids"], delivery.result["pictures"]
            hidden = delivery.result.get("hidden", [])
            if not row.drawn or row.hidden != hidden:
                yield Redraw(subject=row.subject)
            row.hidden = hidden
        elif _is_gone(delivery) and (row.message_id or row.under):
            if row.message_id is None:
                row.under = None  # the thread that it was to stand in is gone
            row.message_id, row.drawn = None, ""
            forget_shown(desk.session, row.subject, *place_of(row))
            yield Redraw(subject=row.subject)


class MessageCourier:
    """Posts messages that are no cards: into a card's thread, or at a place."""

    def __init__(self, voices: Mapping[str, Voice]) -> None:
        self._voices = voices

    def pack(self, desk: Desk, delivery: Delivery) -> _Parcel | None:
        """The message as it was decided."""
        card = Card.model_validate(delivery.payload["card"])
        if "place" in delivery.payload:
            place, reply_to = Place.model_validate(delivery.payload["place"]), ""
        else:
            row = desk.session.get(CardRow, delivery.payload["under"])
            if row is None:
                return None
            if row.message_id is None and is_coming(desk.session, row):
                raise TryLater("its card is not there yet", timedelta(seconds=1))
            place = Place(chat=row.chat, room=row.room, thread=row.thread)
            reply_to = _anchor(desk.session, row) or row.message_id or ""
            if row.chat not in desk.setup.modal_chats:
                reply_to = row.message_id or ""  # Telegram: a reply points at the very message
        known = _known_ids(desk, delivery, place.chat, place.room)
        return _NewMessage(_voice(self._voices, place.chat), place, card, reply_to, known)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        """Remember the message, so that a reply to it finds its subject."""
        if delivery.state == DeliveryState.DONE and delivery.result:
            chat, _, room = delivery.lane.partition(":")
            row = Message(chat=chat, room=room, message_id=delivery.result["message_id"], subject=delivery.subject)
            desk.session.add(row)
            yield from _given(desk, delivery)
        elif _is_gone(delivery) and "under" in delivery.payload and "shown" not in delivery.payload:
            card = desk.session.get(CardRow, delivery.payload["under"])
            if card is not None:  # its thread is gone: what is told is told in the room
                place = Place(chat=card.chat, room=card.room, thread=card.thread)
                yield Post(place=place, card=Card.model_validate(delivery.payload["card"]))


class DirectCourier:
    """Writes to a member in private, in the chat where that is possible."""

    def __init__(self, voices: Mapping[str, Voice]) -> None:
        self._voices = voices

    def pack(self, desk: Desk, delivery: Delivery) -> _Parcel | None:
        """The message, to the first of the member's chats that is connected."""
        query = select(Identity).where(Identity.member_id == delivery.payload["member"]).order_by(col(Identity.id))
        card = Card.model_validate(delivery.payload["card"])
        for identity in desk.session.exec(query).all():
            # Telegram's bots cannot begin a conversation; Slack's can.
            if identity.chat in self._voices and (identity.private_room or identity.chat in desk.setup.modal_chats):
                known = _known_ids(desk, delivery, identity.chat, identity.private_room)
                return _Direct(self._voices[identity.chat], identity, card, known)
        return None

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        """Remember where it stands."""
        _remember(desk, delivery)
        return ()


class WhisperCourier:
    """Answers one person."""

    def __init__(self, voices: Mapping[str, Voice]) -> None:
        self._voices = voices

    def pack(self, desk: Desk, delivery: Delivery) -> _Parcel | None:
        """The answer as it was decided; None when that is so long ago that it would only puzzle."""
        if desk.now - delivery.created_at > STALE:
            return None
        origin, card = Origin.model_validate(delivery.payload["origin"]), minted(desk, delivery)
        voice = _voice(self._voices, origin.chat)
        if subject := delivery.payload.get("of"):
            t = translator(delivery.payload["language"])
            card = offered(desk, t, card, subject, voice.rest, places_of(origin))
        return _Whispered(voice, origin, card, instead=bool(delivery.payload.get("instead")))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        """What was for one person's eyes is forgotten, and so is how to reach them."""
        _remember(desk, delivery)
        yield from _given(desk, delivery)
        _forget(delivery)


class HomeCourier:
    """Draws a member's home."""

    def __init__(self, voices: Mapping[str, Voice], registry: Registry) -> None:
        self._voices = voices
        self._registry = registry

    def pack(self, desk: Desk, delivery: Delivery) -> _Parcel | None:
        """The home of the person as things stand now."""
        origin = Origin.model_validate(delivery.payload["origin"])
        known = find_member(desk.session, origin.chat, origin.actor)
        member = known[0] if known and known[0].active else None
        own = Desk(
            session=desk.session,
            now=desk.now,
            setup=desk.setup,
            member_or_none=member,
            origin=origin,
            language=delivery.payload.get("language") or desk.language,
        )
        return _Home(_voice(self._voices, origin.chat), origin, self._registry.cards["H"](own, "H"))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        """How to reach the person is forgotten."""
        _forget(delivery)
        return ()


def _standing(row: CardRow) -> Standing:
    assert row.message_id, "it stands"
    return Standing(row.message_id, tuple(row.extra_ids), tuple(row.pictures), tuple(row.hidden))


def _given(desk: Desk, delivery: Delivery) -> Iterable[Effect]:
    """A part of what a card leaves out is there; with the last one the card offers what waited for that."""
    part = delivery.payload
    if delivery.state != DeliveryState.DONE or not delivery.result or "shown" not in part:
        return
    row = desk.session.get(Shown, part["shown"], with_for_update=True)
    if row is not None and row.round == part["round"] and row.give(desk.now):
        yield Redraw(subject=row.subject)


def _is_gone(delivery: Delivery) -> bool:
    """Whether it failed because its message, or the thread for it, was deleted."""
    return delivery.state == DeliveryState.FAILED and delivery.error == Gone.__name__


def _forget(delivery: Delivery) -> None:
    if delivery.state in {DeliveryState.DONE, DeliveryState.FAILED}:
        delivery.payload = {}


def _voice(voices: Mapping[str, Voice], chat: str) -> Voice:
    if chat not in voices:
        raise TryLater(f"{chat} is not connected", timedelta(minutes=5))
    return voices[chat]


def _anchor(session: Session, row: CardRow) -> str:
    """The message in whose thread the card stands, "" for none. Raises TryLater while that is not there yet."""
    if row.under is None:
        return ""
    parent = session.get(CardRow, row.under)
    if parent is None:
        return ""
    if parent.message_id is None and is_coming(session, parent):
        raise TryLater("the card above it is not there yet", timedelta(seconds=1))
    return parent.message_id or ""


def _known_ids(desk: Desk, delivery: Delivery, chat: str, room: str) -> tuple[str, ...]:
    """Our newest messages there; the very newest are kept with the claim, since others may stand behind a lost one."""
    cards, messages = newest(desk.session, chat, room, KNOWN_IDS)
    if delivery.state == DeliveryState.SENDING:
        delivery.progress = {**delivery.progress, BEFORE: " ".join((*cards[:1], *messages[:1]))}
    return (*cards, *messages)
