"""Shows a subject's card to somebody who asks for it in a room."""

from handlers.desk import Desk
from handlers.effects import Effect, Show, Whisper
from handlers.outbox import cards_of
from handlers.registry import registry


def shown(desk: Desk, subject: str) -> Effect:
    """A living card; where that stands in the room already, perhaps far above, the asking member gets a copy."""
    assert desk.origin
    here = (desk.origin.chat, desk.origin.room)
    if desk.origin.room and here not in {(row.chat, row.room) for row in cards_of(desk.session, subject)}:
        return Show(subject=subject, place=desk.origin.place)
    return copied(desk, subject)


def copied(desk: Desk, subject: str) -> Whisper:
    """A copy for the asking member alone, in their own language: nobody else reads it."""
    return Whisper(card=registry.cards[subject[:1]](desk.addressing(desk.member.number), subject), subject=subject)
