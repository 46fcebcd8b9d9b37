"""What those who follow a subject read in its threads, and some members in private too: each in their language."""

from collections.abc import Callable, Iterator

from sqlmodel import select

from handlers.cards import Card
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Post, Tell
from handlers.outbox import cards_of
from models.member import Identity, Member, Role

#: Makes the card in the language in which the desk it is given speaks (`desk.room_t`).
Make = Callable[[Desk], Card]


def tell(desk: Desk, subject: str, make: Make, *members: int | None) -> Iterator[Effect]:
    """In the threads, and to these members, except who follows the subject in private anyway."""
    yield Tell(subject=subject, card=make(desk))
    rooms = {row.room for row in cards_of(desk.session, subject)}
    for member_id in dict.fromkeys(members):
        if member_id is not None and not rooms & _private_rooms(desk, member_id):
            yield Direct(member_id=member_id, card=make(desk.addressing(member_id)))


def alarm(desk: Desk, make: Make, *, admins: bool = False) -> Iterator[Effect]:
    """Where posts are reviewed, else where comments arrive; where there is no such place, to each admin.

    `admins`: to each of them anyway, because they alone can do something about it.
    """
    places = desk.setup.review or desk.setup.inbox
    for place in places:
        yield Post(place=place, card=make(desk))
    if admins or not places:
        members = desk.session.exec(select(Member).where(Member.active).order_by(Member.name)).all()
        for admin in (member for member in members if member.has(Role.ADMIN)):
            yield Direct(member_id=admin.number, card=make(desk.addressing(admin.number)))


def _private_rooms(desk: Desk, member_id: int) -> set[str]:
    query = select(Identity.private_room).where(Identity.member_id == member_id, Identity.private_room != "")
    return set(desk.session.exec(query).all())
