"""Invitation codes: made for a member, typed once by the person in another chat; shared by team and linking."""

import secrets

from sqlmodel import select

from handlers.cards import Card, Paragraph, Style, paragraph, text
from handlers.desk import Desk
from handlers.spelling import chat_title, typed
from handlers.times.when import describe
from models.member import INVITATION_LIFE, Invitation, Member, hash_code

#: Without letters and digits that look alike; 31⁸ codes, of which a stranger may try five an hour.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH = 8


def subject_of(member: Member) -> str:
    """The name of a member in codes and in the audit log: M4."""
    return f"M{member.number}"


def new_code(desk: Desk, member: Member) -> str:
    """A code for the member, good once and for a day; codes made before are void from now on."""
    void_codes(desk, member)
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    creator = desk.member_or_none
    desk.add(
        Invitation(
            member_id=member.number,
            code_hash=hash_code(code),
            expires_at=desk.now + INVITATION_LIFE,
            created_by=creator.id if creator else None,
        )
    )
    return f"{code[:4]}-{code[4:]}"


def void_codes(desk: Desk, member: Member) -> None:
    """No code of the member works any more."""
    query = select(Invitation).where(Invitation.member_id == member.id, Invitation.state == "open")
    for invitation in desk.session.exec(query.with_for_update()).all():
        invitation.void()


def find_code(desk: Desk, words: str) -> Invitation | None:
    """The invitation of a code as people type it (case, spaces and hyphens do not matter), or None."""
    code = "".join(letter for letter in words if letter.isalnum())
    query = select(Invitation).where(Invitation.code_hash == hash_code(code))
    return desk.session.exec(query.with_for_update()).first()


def code_card(desk: Desk, member: Member, code: str, said: str) -> Card:
    """What was done, the code, where to type it and until when."""
    t = desk.t
    ways = [
        Paragraph(spans=(text(f"{chat_title(chat)}: "), text(typed(desk.setup, chat, f"link {code}"), Style.CODE)))
        for chat in desk.setup.chats
    ]
    until = describe(desk.now + INVITATION_LIFE, desk.zone, desk.language)
    footer = t("The code works once, for {member}, until {time}.", member=member.name, time=until)
    return Card(body=(paragraph(said), *ways), footer=footer)
