"""What was seen of what a verdict is about: what a card leaves out, shown below it, and files opened elsewhere."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, delete, select

from models.base import Numbered


class Shown(Numbered, table=True):
    """What the card of a revision leaves out, on its way to one place or shown there.

    A row is deleted by models.retention 90 days after it was last asked for; what is open then is asked for again.
    """

    __table_args__ = (UniqueConstraint("subject", "revision", "chat", "room", "thread"),)

    subject: str
    revision: int
    chat: str
    room: str  #: "" for copies that one person sees
    thread: str  #: of the card; the person's id in the chat for such copies
    round: int = 1  #: counts how often it was asked for: messages of an earlier time do not count
    wanted: int  #: messages that show it
    given: int = 0  #: those of them that are there
    at: datetime = Field(index=True)
    whole_at: datetime | None = None  #: when the last of them was

    def begin(self, wanted: int, now: datetime) -> None:
        """It is asked for once more."""
        self.round, self.wanted, self.given, self.at = self.round + 1, wanted, 0, now

    def give(self, now: datetime) -> bool:
        """One message more is there; whether that was the last."""
        self.given += 1
        if self.given < self.wanted:
            return False
        self.whole_at = self.whole_at or now
        return True


class Opened(SQLModel, table=True):
    """A member opened a file of a revision in a browser, because a chat does not show it.

    A row is deleted by models.retention 90 days after that; who is asked for a verdict then opens the file again.
    """

    __table_args__ = (UniqueConstraint("member_id", "subject", "revision", "media_id"),)

    id: int | None = Field(default=None, primary_key=True)
    member_id: int = Field(foreign_key="member.id")
    subject: str
    revision: int
    media_id: int = Field(foreign_key="media.id")
    at: datetime = Field(index=True)


def shown_at(session: Session, subject: str, revision: int, chat: str, room: str, thread: str) -> Shown | None:
    """What is kept of that place, locked for this transaction."""
    query = select(Shown).where(Shown.subject == subject, Shown.revision == revision, Shown.chat == chat)
    return session.exec(query.where(Shown.room == room, Shown.thread == thread).with_for_update()).first()


def forget_shown(session: Session, subject: str, chat: str, room: str, thread: str) -> None:
    """The card there was deleted, and its thread with it."""
    query = delete(Shown).where(col(Shown.subject) == subject, col(Shown.chat) == chat, col(Shown.room) == room)
    session.exec(query.where(col(Shown.thread) == thread))


def opened_by(session: Session, member_id: int, subject: str, revision: int) -> set[int]:
    """The media ids of the files that the member opened."""
    query = select(Opened.media_id).where(Opened.member_id == member_id, Opened.subject == subject)
    return set(session.exec(query.where(col(Opened.revision) == revision)).all())
