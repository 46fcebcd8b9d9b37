"""Effects become deliveries, in the transaction of the decision; forms to open are handed back."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from handlers import asking
from handlers.cards import Card, sentence
from handlers.desk import Desk
from handlers.effects import Ask, Direct, Effect, Home, Post, Redraw, Reveal, Show, Tell, Whisper
from handlers.forms import Form
from handlers.intents import Origin, Place
from models.card import CardRow
from models.delivery import Delivery, DeliveryState
from models.errors import NotAllowed, Unfit
from models.member import find_member
from models.seen import Shown, shown_at

_CARDS = select(CardRow).where(CardRow.subject == bindparam("subject")).order_by(col(CardRow.id))


def keep(desk: Desk, effects: Iterable[Effect]) -> list[Form]:
    """Write every effect to the outbox; returns the forms that the acting person's chat must open at once."""
    forms, cards = [], _Cards(desk.session)
    for effect in effects:
        if isinstance(effect, Ask):
            assert desk.origin, "a form opens for a person"
            if not effect.form.fields:  # a code made by hand asks for a field that there is not
                raise Unfit("That button is not one of mine, or too old. Open the card again and press there.")
            if desk.origin.chat in desk.setup.modal_chats:
                forms.append(effect.form)
            else:
                _whisper(desk, Whisper(card=asking.begin(desk, effect.form)))
        else:
            _keep(desk, effect, cards)
    return forms


class _Cards:
    """The living cards of the subjects that effects are about, each read once for all of them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._of: dict[str, list[CardRow]] = {}

    def of(self, subject: str) -> list[CardRow]:
        """Every living card of the subject."""
        if subject not in self._of:
            self._of[subject] = cards_of(self._session, subject)
        return self._of[subject]

    def changed(self, subject: str) -> None:
        """There may be one more."""
        self._of.pop(subject, None)


def _keep(desk: Desk, effect: Effect, cards: _Cards) -> None:
    payload: dict[str, Any]
    match effect:
        case Show():
            _show(desk, effect)
            cards.changed(effect.subject)
        case Redraw():
            for row in cards.of(effect.subject):
                draw(desk, row)
        case Tell():
            _tell(desk, effect, cards.of(effect.subject))
        case Post():
            payload = {"place": effect.place.model_dump(), "card": effect.card.model_dump(mode="json")}
            _put(desk, "message", effect.place.lane, "", payload)
        case Direct():
            payload = {"member": effect.member_id, "card": effect.card.model_dump(mode="json")}
            _put(desk, "direct", f"direct:{effect.member_id}", "", payload)
        case Whisper():
            _whisper(desk, effect)
        case Reveal():
            _reveal(desk, effect)
        case Home():
            assert desk.origin, "a home belongs to a person"
            payload = {"origin": desk.origin.model_dump(), "language": desk.language}
            _put(desk, "home", f"home:{desk.origin.chat}:{desk.origin.actor}", "", payload)
        case _:
            raise TypeError(effect)


def cards_of(session: Session, subject: str) -> list[CardRow]:
    """Every living card of the subject."""
    return list(session.exec(_CARDS, params={"subject": subject}).all())


def draw(desk: Desk, row: CardRow) -> None:
    """Let the card be drawn as the subject stands then; what waits already serves for this change too."""
    # Locked, so that none leaves before this change is committed. One that is locked may have been drawn already.
    waiting = desk.session.exec(_drawings(row).with_for_update(skip_locked=True)).all()
    if any(delivery.payload["card"] == row.number for delivery in waiting):
        return
    _put(desk, "card", f"{row.chat}:{row.room}", row.subject, {"card": row.number})


def is_coming(session: Session, row: CardRow) -> bool:
    """Whether the card is on its way to the chat."""
    return any(delivery.payload["card"] == row.number for delivery in session.exec(_drawings(row)).all())


def is_landing(session: Session, subject: str, chat: str, room: str, since: datetime) -> bool:
    """Whether a card of the subject is in the air to that room, and left after `since`."""
    query = select(Delivery.id).where(
        Delivery.subject == subject,
        Delivery.kind == "card",
        Delivery.state == DeliveryState.SENDING,
        Delivery.lane == f"{chat}:{room}",
        col(Delivery.started_at) > since,
    )
    return session.exec(query).first() is not None


def _drawings(row: CardRow) -> SelectOfScalar[Delivery]:
    """What waits in the card's room to draw its subject."""
    return select(Delivery).where(
        Delivery.subject == row.subject,
        Delivery.kind == "card",
        Delivery.state == DeliveryState.WAITING,
        Delivery.lane == f"{row.chat}:{row.room}",
    )


def _tell(desk: Desk, effect: Tell, rows: list[CardRow]) -> None:
    """Under every card of the subject; where it has none, at the places where such subjects belong."""
    told = effect.card.model_dump(mode="json")
    for row in rows:
        _put(desk, "message", f"{row.chat}:{row.room}", effect.subject, {"under": row.number, "card": told})
    if not rows:
        setup = desk.setup
        for place in setup.review if effect.subject[:1] in {"P", "B"} else setup.inbox or setup.review:
            _put(desk, "message", place.lane, effect.subject, {"place": place.model_dump(), "card": told})


def _show(desk: Desk, effect: Show) -> None:
    place = effect.place
    under = _card_at(desk.session, effect.under, Place(chat=place.chat, room=place.room)) if effect.under else None
    row = _card_at(desk.session, effect.subject, place)
    if row is None:
        row = desk.add(
            CardRow(
                subject=effect.subject,
                chat=place.chat,
                room=place.room,
                thread=place.thread,
                under=under.number if under else None,
                created_at=desk.now,
            )
        )
    draw(desk, row)


def _card_at(session: Session, subject: str, place: Place) -> CardRow | None:
    """The subject's card in the room; in that thread where there are several."""
    query = select(CardRow).where(CardRow.subject == subject, CardRow.chat == place.chat, CardRow.room == place.room)
    rows = sorted(session.exec(query).all(), key=lambda row: row.number)
    exact = [row for row in rows if row.thread == place.thread]
    return next(iter(exact or (rows if not place.thread else ())), None)


def _whisper(desk: Desk, effect: Whisper) -> None:
    origin, card = desk.origin, effect.card
    assert origin, "a whisper answers a person"
    if effect.secret and not origin.private and origin.chat not in desk.setup.whispering_chats:
        _answer(desk, _in_private(desk, origin), card, mint=effect.mint)
        effect = Whisper(card=card, instead=effect.instead)
        card = sentence(desk.t("I wrote to you in private."))
    _answer(desk, origin, card, instead=effect.instead, subject=effect.subject, mint=effect.mint)


def _reveal(desk: Desk, effect: Reveal) -> None:
    """Messages in one lane, which leave in their order; each says of what it is a part."""
    origin, card = desk.origin, desk.session.get(CardRow, effect.under) if effect.under else None
    assert origin, "somebody asked for it"
    chat, room, thread = (card.chat, card.room, card.thread) if card else (origin.chat, "", origin.actor)
    subject, revision = effect.subject, effect.revision
    shown = shown_at(desk.session, subject, revision, chat, room, thread) or desk.add(
        Shown(subject=subject, revision=revision, chat=chat, room=room, thread=thread, wanted=0, at=desk.now)
    )
    shown.begin(len(effect.cards), desk.now)
    part = {"shown": shown.number, "round": shown.round}
    for one in effect.cards:
        payload = {"card": one.model_dump(mode="json"), **part}
        if card:
            _put(desk, "message", f"{chat}:{room}", subject, {"under": card.number, **payload})
        else:
            _put(desk, "whisper", _private_lane(origin), "", {"origin": origin.model_dump(), **payload})


def _answer(
    desk: Desk, origin: Origin, card: Card, *, instead: bool = False, subject: str = "", mint: str = ""
) -> None:
    payload = {"origin": origin.model_dump(), "card": card.model_dump(mode="json"), "instead": instead}
    if subject:
        payload |= {"of": subject, "language": desk.language}
    if mint:
        payload["mint"] = mint
    _put(desk, "whisper", _private_lane(origin), "", payload)


def _private_lane(origin: Origin) -> str:
    return f"whisper:{origin.chat}:{origin.actor}"


def _in_private(desk: Desk, origin: Origin) -> Origin:
    """Where the person alone is written to. Raises NotAllowed where they have not opened a private conversation."""
    found = find_member(desk.session, origin.chat, origin.actor)
    if found is None or not found[1].private_room:
        raise NotAllowed("Everybody here would read the answer. Write to me in private and type it there.")
    private = {"room": found[1].private_room, "thread": "", "message_id": "", "private": True, "reach": {}}
    return origin.model_copy(update=private)


def _put(desk: Desk, kind: str, lane: str, subject: str, payload: dict[str, Any]) -> None:
    member_id = desk.member_or_none.id if desk.member_or_none else None
    desk.add(
        Delivery(
            kind=kind,
            lane=lane,
            subject=subject,
            payload=payload,
            due_at=desk.now,
            created_at=desk.now,
            member_id=member_id,
        )
    )
