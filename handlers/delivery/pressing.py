"""Whether a press or an order still counts: no button of an earlier attempt, nobody who may not order it any more."""

from collections.abc import Iterable

from handlers.cards import Button
from handlers.desk import Desk
from handlers.intents import Pressed
from handlers.words import N_
from models.delivery import Delivery
from models.errors import NotAllowed, OutOfDate
from models.member import Member, Role


class Outdated(OutOfDate):
    """The button spoke of another attempt. It is refused with the living card of `subject`, and what can be pressed."""

    def __init__(self, subject: str, buttons: Iterable[Button]) -> None:
        super().__init__(N_("That button belongs to an earlier try. This is {subject} as it is now."), subject=subject)
        self.subject, self.buttons = subject, tuple(buttons)


def expect_newest(now: int, pressed: Pressed, subject: str, buttons: Iterable[Button] = ()) -> None:
    """Raise Outdated unless the button is of the attempt as it is `now`: its delivery's fence, or its row's revision.

    `buttons`: what can be pressed about that attempt, where the card of the subject does not show it.
    """
    if pressed.revision != now:
        raise Outdated(subject, buttons)


def expect_sender(desk: Desk, delivery: Delivery, role: Role) -> None:
    """Raise NotAllowed where who ordered it has lost that role, or left, since; it may have been held for long."""
    if delivery.member_id is None:
        return
    member = desk.session.get_one(Member, delivery.member_id)
    if not member.has(role):
        raise NotAllowed(
            "{member} ordered this and does not have the role “{role}” any more. Somebody who has it must do it.",
            member=member.name,
            role=role,
        )
