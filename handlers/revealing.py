"""Shows what a card leaves out where it was pressed, and opens files that a chat does not show."""

from collections.abc import Iterator
from datetime import timedelta

from handlers.cards import is_number, sentence
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Reveal, Whisper
from handlers.intents import Pressed
from handlers.registry import registry
from handlers.seen import (
    link,
    place_of,
    places_of,
    pressed_on,
    revision_in,
    shortened,
    speaking_at,
)
from handlers.words import Translator
from models.card import CardRow
from models.errors import NotFound, OutOfDate, WrongMoment
from models.media import Media
from models.seen import shown_at

#: Between two times that the same is asked for at one place.
PAUSE = timedelta(seconds=30)


@registry.button("rest", "Shows what a card leaves out, below it")
def reveal(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """In the card's thread; for whoever looks at a copy, where they look, with the verdict below the last part."""
    make, rest = registry.cards.get(pressed.subject[:1]), desk.setup.rest.get(pressed.origin.chat)
    if make is None or rest is None:
        raise NotFound("There is no {subject} here.", subject=pressed.subject)
    row = pressed_on(desk, pressed)
    own = speaking_at(desk, row) if row else desk.addressing(desk.member.number)
    card = make(own, pressed.subject)
    revision = revision_in(card, pressed.subject)
    _refuse_twice(desk, pressed, row, revision)
    parts = rest(shortened(own.room_t, card, pressed.subject)) or rest(card)
    if not parts:
        yield Redraw(subject=pressed.subject)
        if row is None:  # what was pressed was longer by something else: a copy of the card alone
            yield Whisper(card=card, subject=pressed.subject)
            return
        yield Whisper(card=sentence(desk.t("The card shows all of {subject}.", subject=pressed.subject)))
        return
    t = own.room_t if row else desk.t
    cards = [
        part.model_copy(update={"title": _title(t, pressed.subject, revision, number, len(parts))})
        for number, part in enumerate(parts, 1)
    ]
    if row is None:  # nothing is drawn once more there, so the verdict stands below the last part
        cards[-1] = cards[-1].model_copy(update={"buttons": tuple(button for button in card.buttons if button.whole)})
    yield Reveal(subject=pressed.subject, revision=revision, cards=tuple(cards), under=row.number if row else 0)


@registry.button("open_file", "Opens a file that a chat does not show")
def open_file(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """A link for the member alone; the page behind it notes that they opened the file."""
    make = registry.cards.get(pressed.subject[:1])
    if make is None or desk.setup.open_file is None:
        raise NotFound("There is no {subject} here.", subject=pressed.subject)
    card = make(desk, pressed.subject)
    revision = revision_in(card, pressed.subject)
    media = desk.session.get(Media, int(pressed.value)) if is_number(pressed.value) else None
    if media is None or media.id not in {picture.media_id for picture in card.pictures}:
        raise OutOfDate("{subject} has not got that file any more. Look at the new card.", subject=pressed.subject)
    told = desk.t("This link is yours alone, for 15 minutes. What you open there counts as seen.")
    yield Whisper(card=sentence(told, link(desk, pressed.subject, revision, media)), secret=True)


def _title(t: Translator, subject: str, revision: int, number: int, count: int) -> str:
    if subject[:1] == "R":  # nobody has read its code, and the revision of its preview is a seal
        head = t("The rest of the reply")
    elif revision:
        head = t("The rest of {subject}, revision {revision}", subject=subject, revision=revision)
    else:
        head = t("The rest of {subject}", subject=subject)
    return f"{head} ({number}/{count})" if count > 1 else head


def _refuse_twice(desk: Desk, pressed: Pressed, row: CardRow | None, revision: int) -> None:
    """Refuse while what was asked for last is being posted."""
    spot = place_of(row) if row else places_of(pressed.origin)[0]
    shown = shown_at(desk.session, pressed.subject, revision, *spot)
    if shown is not None and desk.now - shown.at < PAUSE:
        raise WrongMoment("What {subject} leaves out is being posted. Wait a moment.", subject=pressed.subject)
