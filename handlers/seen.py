"""What was seen of what a verdict is about: what a card offers before all of it was, and what a press then counts for.

The chats' renderers say what they leave out of a card (`Setup.rest`), their voices which files they do not show
(`CardRow.hidden`). A verdict's button carries what was seen where it was drawn.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sqlmodel import col, select

from handlers.cards import Button, Card, Tone, is_number, sentence
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Whisper
from handlers.intents import Origin, Pressed
from handlers.outbox import cards_of, is_landing
from handlers.registry import registry
from handlers.words import Translator
from models.approval import Policy, Unseen
from models.card import CardRow
from models.errors import NotAllowed, NotYet
from models.media import Media
from models.member import Identity
from models.seen import opened_by, shown_at

Rest = Callable[[Card], tuple[Card, ...]]

#: Values of a verdict's button: its card was seen whole · its words were, its files may not be · the member said Yes to
#: files that they have not seen.
WHOLE, WORDS, UNSEEN = "w", "t", "u"
#: Files that are named in one sentence, or have a button each.
MOST = 10
#: How long a card may take from the chat's screens to our table. What is pressed before that is not known to be seen.
LANDING = timedelta(seconds=10)


class Spot(NamedTuple):
    """Where something was shown, as models.seen keeps it."""

    chat: str
    room: str
    thread: str


@dataclass(frozen=True)
class Look:
    """What became of a verdict: something else first (`instead`), or it counts, though these files were not seen."""

    instead: tuple[Effect, ...] = ()
    unseen: tuple[str, ...] = ()

    @property
    def logged(self) -> dict[str, list[str]]:
        """For the audit log."""
        return {"unseen": list(self.unseen)} if self.unseen else {}


# -- what a card offers ------------------------------------------------------------------------------------------------


def place_of(row: CardRow) -> Spot:
    """Where a living card stands."""
    return Spot(row.chat, row.room, row.thread)


def speaking_at(desk: Desk, row: CardRow) -> Desk:
    """The desk as it speaks where a living card stands: where one member alone reads it, in their language."""
    if (row.chat, row.room) in {(place.chat, place.room) for place in (*desk.setup.review, *desk.setup.inbox)}:
        return desk
    query = select(Identity.member_id).where(Identity.chat == row.chat, Identity.private_room == row.room)
    member_id = desk.session.exec(query).first()
    return desk if member_id is None else desk.addressing(member_id)


def places_of(origin: Origin) -> list[Spot]:
    """Where a person who looks at a copy sees what a card leaves out: among what is for them alone, or around it."""
    return [Spot(origin.chat, "", origin.actor), Spot(origin.chat, origin.room, origin.thread)]


def offered(
    desk: Desk,
    t: Translator,
    card: Card,
    subject: str,
    rest: Rest,
    spots: Sequence[Spot],
    hidden: Iterable[int] = (),
) -> Card:
    """The card as it is drawn at a place: verdicts only where all of it was shown, else the way to the rest.

    `t`: of who reads it there; `hidden`: media ids of its files that the chat does not show.
    """
    card = _with_files(desk, t, card, subject, hidden)
    if rest(card) and not is_shown(desk, subject, revision_in(card, subject), spots):
        return shortened(t, card, subject)
    value = WORDS if card.pictures else WHOLE
    return _with_buttons(card, [_marked(button, value) for button in card.buttons])


def shortened(t: Translator, card: Card, subject: str) -> Card:
    """The card with *Show the rest* where its verdicts stand."""
    more = Button(
        verb="rest",
        label=t("Show the rest"),
        subject=subject,
        revision=revision_in(card, subject),
        tone=Tone.PRIMARY if any(button.whole for button in card.buttons) else Tone.PLAIN,
    )
    return _with_buttons(card, [more, *(button for button in card.buttons if not button.whole)])


def revision_in(card: Card, subject: str) -> int:
    """The revision of the subject that the card shows, as its buttons carry it."""
    return max((button.revision for button in card.buttons if button.subject == subject), default=0)


def is_shown(desk: Desk, subject: str, revision: int, spots: Iterable[Spot]) -> bool:
    """Whether what the card of that revision leaves out was shown at one of the places."""
    found = (shown_at(desk.session, subject, revision, *spot) for spot in dict.fromkeys(spots))
    return any(row is not None and row.whole_at is not None for row in found)


def _with_files(desk: Desk, t: Translator, card: Card, subject: str, hidden: Iterable[int]) -> Card:
    """The card with a button for each file that the chat does not show, where there is an address for it."""
    media = _media(desk, [picture.media_id for picture in card.pictures if picture.media_id in set(hidden)])
    if not media or desk.setup.open_file is None:
        return card
    revision = revision_in(card, subject)
    opening = [
        Button(
            verb="open_file",
            label=t("Open {file}", file=name_of(one)),
            subject=subject,
            revision=revision,
            value=str(one.number),
        )
        for one in media[:MOST]
    ]
    return _with_buttons(card, [*card.buttons, *opening])


def _with_buttons(card: Card, buttons: Iterable[Button]) -> Card:
    return card.model_copy(update={"buttons": tuple(buttons)})


def _marked(button: Button, value: str) -> Button:
    return button.model_copy(update={"value": value}) if button.whole and not button.value else button


# -- what a press counts for -------------------------------------------------------------------------------------------


def unseen(desk: Desk, pressed: Pressed, policies: Iterable[Policy] = ()) -> Look:
    """Asked before a verdict counts. Raises NotAllowed where the policy wants a file seen that cannot be.

    Raises NotYet rather than tell somebody quick that they have not seen what is on a card that has just come.
    A button from before an update carries nothing: then it is found out whether its chat shows the card whole.
    """
    mark = pressed.value[:1]
    if mark == WHOLE:
        return Look()
    subject, row = pressed.subject, _row_of(desk, pressed)
    card = registry.cards[subject[:1]](desk if row else desk.addressing(desk.member.number), subject)
    if mark not in {WORDS, UNSEEN}:
        spots = [*([place_of(row)] if row else ()), *places_of(pressed.origin)]
        rest = desk.setup.rest.get(pressed.origin.chat)
        if rest and rest(card) and not is_shown(desk, subject, revision_in(card, subject), spots):
            _refuse_while_landing(desk, pressed)
            return Look(instead=tuple(_read_first(desk, card, subject)))
    media = _unopened(desk, pressed, card, row)
    if not media:
        return Look()
    _refuse_while_landing(desk, pressed)
    return _about_files(desk, pressed, card, row, media, policies)


def _refuse_while_landing(desk: Desk, pressed: Pressed) -> None:
    origin = pressed.origin
    if is_landing(desk.session, pressed.subject, origin.chat, origin.room, desk.now - LANDING):
        raise NotYet


def pressed_on(desk: Desk, pressed: Pressed) -> CardRow | None:
    """The living card that was pressed; None for a copy."""
    origin = pressed.origin
    there = (origin.chat, origin.room, origin.message_id)
    rows = cards_of(desk.session, pressed.subject) if origin.message_id else ()
    return next((row for row in rows if (row.chat, row.room, row.message_id) == there), None)


def name_of(media: Media) -> str:
    """What a file is called: as it came, or by its number."""
    return media.name[:60] or f"{media.mime.partition('/')[0]}-{media.number}"


def _read_first(desk: Desk, card: Card, subject: str) -> Iterator[Effect]:
    t = desk.t
    more = shortened(t, card, subject).buttons[0]
    told = t(
        "That card does not show all of {subject}. Press “Show the rest”, read it, and decide then.", subject=subject
    )
    yield Redraw(subject=subject)
    yield Whisper(card=sentence(told, more))


def _row_of(desk: Desk, pressed: Pressed) -> CardRow | None:
    """The living card that a press is about: the pressed one, that of the question before, or that beside a copy."""
    if row := pressed_on(desk, pressed):
        return row
    rows = cards_of(desk.session, pressed.subject)
    if is_number(pressed.value[1:]):
        return next((row for row in rows if row.number == int(pressed.value[1:])), None)
    origin = pressed.origin
    around = Spot(origin.chat, origin.room, origin.thread)
    return next((row for row in rows if row.message_id and place_of(row) == around), None)


def _unopened(desk: Desk, pressed: Pressed, card: Card, row: CardRow | None) -> list[Media]:
    """The files of the card that neither its chat shows there nor the member opened. A copy by itself shows none."""
    shows = [picture.media_id for picture in card.pictures]
    if row is not None and row.message_id:
        drawn = set(row.pictures) - set(row.hidden)
        shows = [media_id for media_id in shows if media_id not in drawn]
    if not shows:
        return []
    opened = opened_by(desk.session, desk.member.number, pressed.subject, revision_in(card, pressed.subject))
    return _media(desk, [media_id for media_id in shows if media_id not in opened])


def _about_files(
    desk: Desk, pressed: Pressed, card: Card, row: CardRow | None, media: Sequence[Media], policies: Iterable[Policy]
) -> Look:
    t, files = desk.t, ", ".join(name_of(one) for one in media[:MOST])
    where = str(row.number) if row else ""
    if row is not None:  # the card that was pressed is in the language of its room; the answer is for one member
        card = registry.cards[pressed.subject[:1]](desk.addressing(desk.member.number), pressed.subject)
    verdict = next((button for button in card.buttons if button.whole and button.verb == pressed.verb), None)
    if verdict is None:
        return Look()  # whatever it was about is over: the handler says so
    if desk.setup.open_file is not None:
        told = t.n(
            "You have not seen {files} here. Open it (the link is yours alone and works for 15 minutes), then decide.",
            "You have not seen {files} here. Open them (the links are yours alone and work for 15 minutes), then "
            "decide.",
            len(media),
            files=files,
        )
        links = (link(desk, pressed.subject, pressed.revision, one) for one in media[:MOST])
        again = verdict.model_copy(update={"value": WORDS + where})
        return Look(instead=(Whisper(card=sentence(told, *links, again), secret=True),))
    if any(policy.unseen == Unseen.REFUSE for policy in policies):
        raise NotAllowed(
            "You have not seen {files} here, and the policy wants every file seen. Decide in a chat that shows it, or "
            "ask whoever runs me to set public_url in [web].",
            files=files,
        )
    if pressed.value[:1] == UNSEEN:
        return Look(unseen=tuple(name_of(one) for one in media))
    changed = {"label": t("Approve it unseen"), "value": UNSEEN + where, "tone": Tone.DANGER, "confirm": ""}
    told = t("You have not seen {files} here. Approve it unseen?", files=files)
    return Look(instead=(Whisper(card=sentence(told, verdict.model_copy(update=changed))),))


def link(desk: Desk, subject: str, revision: int, media: Media) -> Button:
    """The button that opens a file in the member's browser."""
    assert desk.setup.open_file is not None, "asked before"
    address = desk.setup.open_file(desk.member.number, subject, revision, media.number)
    return Button(verb="open_file", label=desk.t("Open {file}", file=name_of(media)), subject=subject, url=address)


def _media(desk: Desk, media_ids: Sequence[int]) -> list[Media]:
    """The files in this order, as far as the archive has them."""
    if not media_ids:
        return []
    found = {row.number: row for row in desk.session.exec(select(Media).where(col(Media.id).in_(media_ids))).all()}
    return [found[media_id] for media_id in media_ids if media_id in found]
