"""Where cards stand: one living card per subject per place, edited in place; and questions asked one at a time."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from models.base import Numbered


class CardRow(Numbered, table=True):
    """A card in a chat, or on its way there."""

    __tablename__ = "card"
    __table_args__ = (
        UniqueConstraint("subject", "chat", "room", "thread"),
        UniqueConstraint("chat", "room", "message_id"),
        Index("ix_card_newest", "chat", "room", "id"),
    )

    subject: str = Field(index=True)  #: "P12", "C7", "V3"
    chat: str
    room: str
    thread: str = ""  #: Slack: ts of the thread's root; Telegram: id of the topic; empty for none
    under: int | None = Field(default=None, foreign_key="card.id")  #: the card in whose thread it stands
    message_id: str | None = None  #: None until it was sent
    extra_ids: list[str] = Field(default_factory=list, sa_type=JSON)  #: messages that belong to it: an album before it
    pictures: list[int] = Field(default_factory=list, sa_type=JSON)  #: media ids that were drawn with it
    hidden: list[int] = Field(default_factory=list, sa_type=JSON)  #: media ids of files that the chat does not show
    drawn: str = ""  #: hash of what was drawn last, so that nothing is sent twice
    created_at: datetime


class Message(SQLModel, table=True):
    """A message of ours that is no card, so that a reply to it finds its subject."""

    __table_args__ = (
        UniqueConstraint("chat", "room", "message_id"),
        Index("ix_message_newest", "chat", "room", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    chat: str
    room: str
    message_id: str
    subject: str


def newest(session: Session, chat: str, room: str, most: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of our newest cards there, with the messages that belong to them, and of our other messages."""
    cards = session.exec(
        select(CardRow.message_id, CardRow.extra_ids)
        .where(CardRow.chat == chat, CardRow.room == room, col(CardRow.message_id).is_not(None))
        .order_by(col(CardRow.id).desc())
        .limit(most)
    ).all()
    messages = session.exec(
        select(Message.message_id)
        .where(Message.chat == chat, Message.room == room)
        .order_by(col(Message.id).desc())
        .limit(most)
    ).all()
    return tuple(i for message_id, extra in cards for i in (message_id, *extra) if i), tuple(messages)


class Question(SQLModel, table=True):
    """A form that is being answered question by question, in a chat without modals; a restart loses nothing."""

    __table_args__ = (UniqueConstraint("chat", "room", "actor"),)

    id: int | None = Field(default=None, primary_key=True)
    chat: str
    room: str
    thread: str = ""
    actor: str  #: the chat's id of the person who answers
    form: dict[str, Any] = Field(sa_type=JSON)
    values: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    step: int = 0
    created_at: datetime
    updated_at: datetime
