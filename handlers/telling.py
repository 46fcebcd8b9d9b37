"""What those who follow a subject read in its threads, and some members in private too: each in their language."""

from collections.abc import Callable, Iterator

from sqlmodel import select

from handlers.cards import Card
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Tell
from handlers.outbox import cards_of
from models.member import Identity

#: Makes the card in the language in which the desk it is given speaks (`desk.room_t`).
Make = Callable[[Desk], Card]


def tell(desk: Desk, subject: str, make: Make, *members: int | None) -> Iterator[Effect]:
    """In the threads, and to these members, except who follows the subject in private anyway."""
    yield Tell(subject=subject, card=make(desk))
    rooms = {row.room for row in cards_of(desk.session, subject)}
    for member_id in dict.fromkeys(members):
        if member_id is not None and not rooms & _private_rooms(desk, member_id):
            yield Direct(member_id=member_id, card=make(desk.addressing(member_id)))


def _private_rooms(desk: Desk, member_id: int) -> set[str]:
    query = select(Identity.private_room).where(Identity.member_id == member_id, Identity.private_room != "")
    return set(desk.session.exec(query).all())
