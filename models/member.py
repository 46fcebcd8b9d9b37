"""The team: members, their identities in the chats, their roles, and the codes that link a second chat."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, select

from models.base import Numbered, one_of
from models.errors import NotFound, Unfit, WrongMoment

#: How long an invitation code may be typed in.
INVITATION_LIFE = timedelta(hours=24)
#: Without letters and digits that look alike; 31¹⁶ codes (79 bits), so that no hash of one can be tried out.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LENGTH, GROUP = 16, 4


class Role(StrEnum):
    """What a member may do. Roles are given to people, never to rooms."""

    AUTHOR = "author"  #: drafts posts
    APPROVER = "approver"  #: approves posts
    PUBLISHER = "publisher"  #: schedules, publishes, settles failures
    MODERATOR = "moderator"  #: answers the public
    BUYER = "buyer"  #: puts money behind posts
    ADMIN = "admin"  #: manages the team and the desk; has every other role's rights except approving for others


class Member(Numbered, table=True):
    """A person of the team."""

    name: str = Field(unique=True, max_length=100)
    roles: list[str] = Field(default_factory=list, sa_type=JSON)
    language: str = ""  #: chosen by command; empty: follows the chat profile
    zone: str = ""  #: IANA zone chosen by command or told by a chat; empty: the desk's
    active: bool = True
    created_at: datetime

    def has(self, role: Role) -> bool:
        """Whether the member holds the role; an admin holds all but approver and buyer, which must be given by name."""
        if not self.active:
            return False
        return role in self.roles or (Role.ADMIN in self.roles and role not in {Role.APPROVER, Role.BUYER})

    def grant(self, role: Role) -> None:
        """Give the role; refused when the member has it already."""
        if role in self.roles:
            raise WrongMoment("{member} is {role} already.", member=self.name, role=role)
        self.roles = [*self.roles, role.value]

    def withdraw(self, role: Role) -> None:
        """Take the role away; refused when the member does not have it."""
        if role not in self.roles:
            raise WrongMoment("{member} is not {role}.", member=self.name, role=role)
        self.roles = [r for r in self.roles if r != role]


class Identity(SQLModel, table=True):
    """Who a member is in one chat."""

    __table_args__ = (UniqueConstraint("chat", "external_id"), UniqueConstraint("chat", "member_id"))

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id", index=True)
    chat: str  #: "slack" or "telegram"
    external_id: str  #: the chat's own id of the person
    handle: str = ""
    language: str = ""  #: as the chat profile tells
    private_room: str = ""  #: where the bot can write to the member alone; empty until known
    linked_at: datetime


class Invitation(SQLModel, table=True):
    """A code that links a person's chat identity to a member; only the hash of its hash is kept.

    The code itself is made when it leaves for the chat. Nobody deletes rows: there is one for each code that was asked.
    """

    __table_args__ = (one_of("state", ("open", "used", "void")),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id")
    code_hash: str = Field(unique=True)
    state: str = "open"
    expires_at: datetime
    created_by: int | None = Field(default=None, foreign_key="member.id")

    def renew(self) -> str:
        """Make the code anew and return it as people type it; one that was made before works no more.

        It has a digit, so that it is told from a word wherever somebody types it, also without its hyphens.
        """
        code = ""
        while not any(letter.isdigit() for letter in code):
            code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        self.code_hash = stored_hash(hash_code(code))
        return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))

    def use(self, now: datetime) -> None:
        """Spend the code; refused when it is spent or too old."""
        if self.state != "open" or now >= self.expires_at:
            raise Unfit("That code was used already or is older than a day. Ask for a new one with the “link” command.")
        self.state = "used"

    def void(self) -> None:
        """The code links nobody any more; what was used stays used."""
        if self.state == "open":
            self.state = "void"


def hash_code(code: str) -> str:
    """What an event keeps of a code that was typed; case and surrounding space do not matter."""
    return sha256(code.strip().upper().encode()).hexdigest()


def stored_hash(typed: str) -> str:
    """What a row keeps, by what an event does: whoever reads the row can type nothing that fits it."""
    return sha256(typed.encode()).hexdigest()


def find_member(session: Session, chat: str, external_id: str) -> tuple[Member, Identity] | None:
    """The member behind a chat identity, or None for a stranger."""
    row = session.exec(
        select(Member, Identity)
        .where(Identity.member_id == Member.id)
        .where(Identity.chat == chat, Identity.external_id == external_id)
    ).first()
    return (row[0], row[1]) if row else None


def named(session: Session, name: str) -> Member:
    """The member of that name (case does not matter, a leading @ neither). Raises NotFound with the names there are."""
    wanted = name.strip().removeprefix("@").casefold()
    everyone = session.exec(select(Member).where(Member.active)).all()
    for member in everyone:
        if member.name.casefold() == wanted:
            return member
    names = ", ".join(sorted(m.name for m in everyone))
    raise NotFound("There is no member called “{name}”. The team is: {names}.", name=name.strip(), names=names)


def holders(session: Session, role: Role) -> list[str]:
    """Names of the active members who hold the role."""
    members = session.exec(select(Member).where(Member.active).order_by(Member.name)).all()
    return [m.name for m in members if m.has(role)]
