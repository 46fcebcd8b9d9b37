"""Invitation codes: made for a member, typed once by the person in another chat; shared by team and linking."""

import re

from sqlmodel import select

from handlers import minting
from handlers.cards import Card, Paragraph, Style, paragraph, text
from handlers.desk import Desk
from handlers.effects import Whisper
from handlers.spelling import chat_title, typed
from handlers.times.when import describe
from models.member import INVITATION_LIFE, Invitation, Member, hash_code, stored_hash

#: What an event keeps of a typed code.
HEARD = re.compile(r"#([0-9a-f]{64})")


def subject_of(member: Member) -> str:
    """The name of a member in codes and in the audit log: M4."""
    return f"M{member.number}"


def invited(desk: Desk, member: Member, said: str) -> Whisper:
    """A code for the member, good once and for a day, on a card; codes made before are void from now on."""
    void_codes(desk, member)
    creator = desk.member_or_none
    row = Invitation(
        member_id=member.number,
        code_hash="",
        expires_at=desk.now + INVITATION_LIFE,
        created_by=creator.id if creator else None,
    )
    row.renew()  # unknown to everybody: the one that is handed over is made when the card leaves
    return Whisper(card=_code_card(desk, member, said), secret=True, mint=minting.of(desk.add(row)))


def void_codes(desk: Desk, member: Member) -> None:
    """No code of the member works any more."""
    query = select(Invitation).where(Invitation.member_id == member.id, Invitation.state == "open")
    for invitation in desk.session.exec(query.with_for_update()).all():
        invitation.void()


def find_code(desk: Desk, words: str) -> Invitation | None:
    """The invitation of a code as people type it (case, spaces and hyphens do not matter), or None."""
    heard = HEARD.fullmatch(words.strip())
    typed = heard[1] if heard else hash_code("".join(letter for letter in words if letter.isalnum()))
    query = select(Invitation).where(Invitation.code_hash == stored_hash(typed))
    return desk.session.exec(query.with_for_update()).first()


def _code_card(desk: Desk, member: Member, said: str) -> Card:
    """What was done, the code, where to type it and until when."""
    t = desk.t
    ways = [
        Paragraph(
            spans=(text(f"{chat_title(chat)}: "), text(typed(desk.setup, chat, f"link {minting.TO_COME}"), Style.CODE))
        )
        for chat in desk.setup.chats
    ]
    until = describe(desk.now + INVITATION_LIFE, desk.zone, desk.language)
    footer = t("The code works once, for {member}, until {time}.", member=member.name, time=until)
    return Card(body=(paragraph(said), *ways), footer=footer)
