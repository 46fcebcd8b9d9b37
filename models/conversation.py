"""Conversations and comments: what the public writes, who of the team holds it, and what we answered."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlmodel import Field, SQLModel

from models.base import Numbered, one_of
from models.errors import WrongMoment

#: The comments that somebody holds, or held until a moment ago.
HELD = sql("taken_until IS NOT NULL")


class Conversation(Numbered, table=True):
    """The comments under one publication, or under a mention out of the blue."""

    __table_args__ = (UniqueConstraint("account", "root_id"),)

    account: str = Field(foreign_key="account.name")
    root_id: str  #: remote id of what stands at the top
    publication_id: int | None = Field(default=None, foreign_key="publication.id", index=True)
    created_at: datetime

    @property
    def code(self) -> str:
        """Its name in chat: V3."""
        return f"V{self.id}"


class Author(SQLModel, table=True):
    """What we did about a person outside, on one account; there is a row only where we did something."""

    account: str = Field(foreign_key="account.name", primary_key=True)
    remote_id: str = Field(primary_key=True)
    muted: bool = False
    blocked: bool = False


class CommentState(StrEnum):
    """Where a comment stands in the inbox."""

    OPEN = "open"
    DONE = "done"
    GONE = "gone"  #: deleted by its author, or removed by us


class Comment(Numbered, table=True):
    """What one person outside wrote; `C7` is its name in chat."""

    __table_args__ = (
        UniqueConstraint("account", "remote_id"),
        one_of("state", CommentState),
        Index("ix_comment_inbox", "state", "at"),
        # Only what is held, so that the clock's look at claims costs what is held, not what is stored.
        Index("ix_comment_held", "taken_until", sqlite_where=HELD, postgresql_where=HELD),
    )

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
    edited_at: datetime | None = None  #: as the network tells; None also where it does not tell
    edits: int = 0  #: grows with each change by the author; a reply form shows which text it answers
    state: str = CommentState.OPEN.value
    taken_by: int | None = Field(default=None, foreign_key="member.id")
    taken_until: datetime | None = None
    liked: bool = False
    reposted: bool = False
    reported: bool = False
    hidden: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  #: from the public, by us
    removed: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  #: by us, for good
    on_ad: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  #: written under an ad
    arrived_at: datetime

    @property
    def author(self) -> str:
        """Who wrote it, by the handle; by the name where the network has no handles."""
        return f"@{self.author_handle}" if self.author_handle else self.author_name

    @property
    def author_in_full(self) -> str:
        """The name, with the handle where there is one."""
        return f"{self.author_name} (@{self.author_handle})" if self.author_handle else self.author_name

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
            raise WrongMoment(
                "{comment} is {state}, so that is not possible now.", comment=self.code, state=CommentState(self.state)
            )

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
        """It is not there any more; returns whether that is news."""
        news = self.state != CommentState.GONE
        self.state = CommentState.GONE.value
        self.release()
        return news

    def rewrite(self, text: str, warning: str, media: list[dict[str, Any]], edited_at: datetime | None) -> bool:
        """Take over how it reads now; returns whether its author changed it. What was done is open again.

        What is older than what is known changes nothing. Pictures that only moved to another address are no change.
        """
        if self.state == CommentState.GONE or (edited_at or self.at) < (self.edited_at or self.at):
            return False
        words = (text, warning) != (self.text, self.warning)
        changed = words or (media != self.media and edited_at != self.edited_at)
        self.text, self.warning, self.media, self.edited_at = text, warning, media, edited_at
        if changed:
            self.edits += 1
        if changed and self.state == CommentState.DONE:
            self.state = CommentState.OPEN.value
        return changed


class Reply(SQLModel, table=True):
    """What we answer to a comment: without a delivery still a preview, then its state is its delivery's.

    Rows are never deleted: a new row could get the number of an old preview, whose button would then send it.
    """

    id: int | None = Field(default=None, primary_key=True)
    comment_id: int = Field(foreign_key="comment.id", index=True)
    member_id: int = Field(foreign_key="member.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", unique=True)
    answers: int  #: the comment's `edits` when the reply was written: it answers that text and no other
    text: str
    warning: str = ""
    visibility: str
    private: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  #: for the author alone
    void: bool = False  #: a preview that was cancelled or replaced by another
    remote_id: str = Field(default="", index=True)
    url: str = ""
    at: datetime

    @property
    def code(self) -> str:
        """Its name on buttons: R2."""
        return f"R{self.id}"
