"""Conversations and comments: what the public writes, who of the team holds it, and what we answered."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import one_of
from models.errors import WrongMoment


class Conversation(SQLModel, table=True):
    """The comments under one publication, or under a mention out of the blue."""

    __table_args__ = (UniqueConstraint("account", "root_id"),)

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.name")
    root_id: str  #: remote id of what stands at the top
    publication_id: int | None = Field(default=None, foreign_key="publication.id", index=True)
    created_at: datetime

    @property
    def number(self) -> int:
        """The id of a stored conversation."""
        assert self.id is not None
        return self.id

    @property
    def code(self) -> str:
        """Its name in chat: V3."""
        return f"V{self.id}"


class CommentState(StrEnum):
    """Where a comment stands in the inbox."""

    OPEN = "open"
    DONE = "done"
    GONE = "gone"  #: deleted by the public


class Comment(SQLModel, table=True):
    """What one person outside wrote; `C7` is its name in chat."""

    __table_args__ = (
        UniqueConstraint("account", "remote_id"),
        one_of("state", CommentState),
        Index("ix_comment_inbox", "state", "at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: int = Field(foreign_key="conversation.id", index=True)
    account: str = Field(foreign_key="account.name")
    remote_id: str
    parent_id: str = ""
    author_id: str  #: remote id of the author
    author_handle: str
    author_name: str
    author_url: str = ""
    text: str
    warning: str = ""
    media: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)  #: url, mime, alt of each
    url: str = ""
    visibility: str = "public"
    at: datetime  #: when the author wrote it
    edited_at: datetime | None = None
    edits: int = 0  #: grows with each change by the author; a reply form shows which text it answers
    state: str = CommentState.OPEN.value
    taken_by: int | None = Field(default=None, foreign_key="member.id")
    taken_until: datetime | None = None
    liked: bool = False
    reposted: bool = False
    muted: bool = False
    blocked: bool = False
    reported: bool = False
    arrived_at: datetime

    @property
    def number(self) -> int:
        """The id of a stored comment."""
        assert self.id is not None
        return self.id

    @property
    def code(self) -> str:
        """Its name in chat: C7."""
        return f"C{self.id}"

    def holder(self, now: datetime) -> int | None:
        """The member who holds it now; a claim ends by itself."""
        if self.taken_by is None or self.taken_until is None or now >= self.taken_until:
            return None
        return self.taken_by

    def _refuse_unless(self, *states: CommentState) -> None:
        if self.state not in states:
            raise WrongMoment("{comment} is {state}, so that is not possible now.", comment=self.code, state=self.state)

    def take(self, member_id: int, now: datetime, span: timedelta) -> None:
        """Claim it for `span`; the holder's own claim is renewed. The caller tells who holds it when it is refused."""
        self._refuse_unless(CommentState.OPEN)
        holder = self.holder(now)
        if holder not in {None, member_id}:
            raise WrongMoment("{comment} is held by somebody else.", comment=self.code)
        self.taken_by, self.taken_until = member_id, now + span

    def release(self) -> None:
        """Nobody holds it."""
        self.taken_by, self.taken_until = None, None

    def finish(self) -> None:
        """Nothing more to do."""
        self._refuse_unless(CommentState.OPEN)
        self.state = CommentState.DONE.value
        self.release()

    def reopen(self) -> None:
        """Something more to do."""
        self._refuse_unless(CommentState.DONE)
        self.state = CommentState.OPEN.value

    def vanish(self) -> bool:
        """The public deleted it; returns whether that is news."""
        news = self.state != CommentState.GONE
        self.state = CommentState.GONE.value
        self.release()
        return news

    def rewrite(self, text: str, warning: str, media: list[dict[str, Any]], at: datetime) -> bool:
        """The author changed it; returns whether anything differs. What was done is open again."""
        if (text, warning, media) == (self.text, self.warning, self.media):
            return False
        self.text, self.warning, self.media, self.edited_at = text, warning, media, at
        self.edits += 1
        if self.state == CommentState.DONE:
            self.state = CommentState.OPEN.value
        return True


class Reply(SQLModel, table=True):
    """What we answer to a comment: without a delivery still a preview, then its state is its delivery's."""

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id", index=True)
    member_id: int = Field(foreign_key="member.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", unique=True)
    answers: int  #: the comment's `edits` when the reply was written: it answers that text and no other
    text: str
    visibility: str
    remote_id: str = Field(default="", index=True)
    url: str = ""
    at: datetime

    @property
    def number(self) -> int:
        """The id of a stored reply."""
        assert self.id is not None
        return self.id

    @property
    def code(self) -> str:
        """Its name on buttons: R2."""
        return f"R{self.id}"
