"""The desk: what every handler is given — one transaction, one member, the accounts, the time, the audit log."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, select

from handlers.cards import number_of
from handlers.intents import Origin
from handlers.setup import Setup
from handlers.words import Translator, language_for, translator
from models import audit
from models.conversation import Comment, Conversation
from models.errors import NotAllowed, NotFound
from models.member import Identity, Member, Role, holders
from models.post import Post

Row = TypeVar("Row", bound=SQLModel)


@dataclass
class Desk:
    """One handler's view of the world, for one transaction."""

    session: Session
    now: datetime  #: UTC
    setup: Setup
    member_or_none: Member | None = None  #: None: the desk itself acts, or a stranger
    origin: Origin | None = None
    language: str = "en"  #: of the sentences this desk makes
    _t: Translator | None = field(default=None, repr=False)

    @property
    def t(self) -> Translator:
        """Translates into the acting member's language: `desk.t("{post} is approved.", post="P12")`."""
        if self._t is None:
            self._t = translator(self.language)
        return self._t

    @property
    def room_t(self) -> Translator:
        """Translates into the language of the rooms, for what everybody sees."""
        return translator(self.setup.language)

    def addressing(self, member_id: int) -> "Desk":
        """The desk as it speaks to a member: in their language, also where it speaks to rooms otherwise."""
        member = self.session.get(Member, member_id)
        told = select(Identity.language).where(Identity.member_id == member_id).order_by(col(Identity.id))
        wishes = (member.language if member else "", *self.session.exec(told).all(), self.setup.language)
        return replace(self, setup=replace(self.setup, language=language_for(*wishes)), _t=None)

    @property
    def member(self) -> Member:
        """The acting member. Handlers are only called with one unless they say so when they register."""
        if self.member_or_none is None:
            raise NotAllowed("Only members of the team can do that.")
        return self.member_or_none

    @property
    def zone(self) -> str:
        """The IANA zone in which the acting member means times."""
        chosen = self.member_or_none.zone if self.member_or_none else ""
        return chosen or (self.origin.zone if self.origin else "") or self.setup.zone

    def need(self, role: Role) -> None:
        """Refuse unless the acting member holds the role; the refusal says who does."""
        if not self.member.has(role):
            names = ", ".join(holders(self.session, role)) or self.t("nobody yet")
            raise NotAllowed(
                "That needs the role “{role}”, which you do not have. These members have it: {names}.",
                role=self.t(role.value),
                names=names,
            )

    def audit(
        self,
        action: str,
        subject: str,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Write to the audit log who did what, with the chat message it came from."""
        member, origin = self.member_or_none, self.origin
        source = f"{origin.chat}:{origin.room}:{origin.message_id}" if origin else ""
        entry = audit.AuditEntry(
            at=self.now,
            member_id=member.id if member else None,
            actor=member.name if member else "",
            action=action,
            subject=subject,
            before=before or {},
            after=after or {},
            source=source,
            previous="",
            hash="",
        )
        audit.append(self.session, entry)

    def add(self, row: Row) -> Row:
        """Store a new row and learn its id."""
        self.session.add(row)
        self.session.flush()
        return row

    def post(self, subject: str) -> Post:
        """The post of a code like P12, locked for this transaction. Raises NotFound."""
        return self._get(Post, number_of(subject, "P"), subject)

    def comment(self, subject: str) -> Comment:
        """The comment of a code like C7, locked for this transaction. Raises NotFound."""
        return self._get(Comment, number_of(subject, "C"), subject)

    def conversation(self, subject: str) -> Conversation:
        """The conversation of a code like V3. Raises NotFound."""
        return self._get(Conversation, number_of(subject, "V"), subject)

    def _get(self, table: type[Row], number: int, subject: str) -> Row:
        found = self.session.get(table, number, with_for_update=True)
        if found is None:
            raise NotFound("There is no {subject} here.", subject=subject.upper())
        return found

    def name_of(self, member_id: int | None) -> str:
        """A member's name; the desk's own for None."""
        if member_id is None:
            return self.setup.name
        found = self.session.exec(select(Member.name).where(Member.id == member_id)).first()
        return found or self.t("somebody")
