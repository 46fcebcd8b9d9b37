"""A post: what the team works on, its numbered revisions, and the digest that approvals are bound to."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Literal

import regex
from pydantic import BaseModel, ConfigDict
from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import Numbered, one_of
from models.errors import OutOfDate, WrongMoment

#: A line of only this in a text begins the next part of a thread.
PART_BREAK = "---"
#: What takes no ink: spaces, control and format characters, joiners and fillers, the empty braille pattern.
_UNSEEN = regex.compile(r"[\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*")

#: Fields of a content that came after posts were approved, with their defaults: those do not count in its digest,
#: so that digests that are stored stay valid.
LATER_FIELDS = {"format": "post", "first_comment": ""}


def is_blank(words: str) -> bool:
    """Whether nobody would see anything of the words."""
    return _UNSEEN.fullmatch(words) is not None


class MediaUse(BaseModel):
    """A file of the archive as a post uses it."""

    model_config = ConfigDict(frozen=True)

    media_id: int
    sha256: str
    alt: str = ""


class Content(BaseModel):
    """Everything of a post that will be published. Its digest is what members approve."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = ""
    link: str = ""
    warning: str = ""  #: content warning
    visibility: str = ""
    language: str = ""
    accounts: tuple[str, ...] = ()
    media: tuple[MediaUse, ...] = ()
    wording: Mapping[str, str] = {}  #: account name -> its own text instead of `text`
    format: Literal["post", "reel", "story"] = "post"
    first_comment: str = ""  #: what we say under it ourselves, where the account can

    def digest(self) -> str:
        """64 hexadecimal digits that change with any published detail: text, media, alt text, accounts, link …"""
        said = self.model_dump(mode="json")
        said = {name: value for name, value in said.items() if LATER_FIELDS.get(name) != value}
        canonical = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(canonical.encode()).hexdigest()

    def parts(self, account: str, *, linked: bool = True) -> tuple[str, ...]:
        """The account's text as a chain: split at lines of `---`; the link, unless written already, ends the first.

        With `linked=False` the link is left out: the network shows it beside the text.
        """
        text = self.wording.get(account, self.text)
        lines: list[list[str]] = [[]]
        for line in text.splitlines():
            if line.strip() == PART_BREAK:
                lines.append([])
            else:
                lines[-1].append(line)
        parts = [words.strip() for part in lines if not is_blank(words := "\n".join(part))] or [""]
        if linked and self.link and self.link not in text:
            parts[0] = f"{parts[0]}\n\n{self.link}".strip()
        return tuple(parts)


class PostState(StrEnum):
    """Where a post stands."""

    DRAFT = "draft"  #: its author works on it
    REVIEW = "review"  #: waits for approvals
    APPROVED = "approved"  #: approved as it stands, without an hour
    SCHEDULED = "scheduled"  #: publications wait for their hour or are on their way
    PUBLISHED = "published"  #: on every account
    UNFINISHED = "unfinished"  #: some account failed or was left out, nothing is under way
    WITHDRAWN = "withdrawn"  #: taken back; can be reopened as a draft


S = PostState
#: action -> (states it is allowed in, state after it)
MACHINE: dict[str, tuple[frozenset[PostState], PostState]] = {
    "submit": (frozenset({S.DRAFT}), S.REVIEW),
    "accept": (frozenset({S.REVIEW}), S.APPROVED),
    "schedule": (frozenset({S.APPROVED, S.UNFINISHED}), S.SCHEDULED),
    "unschedule": (frozenset({S.SCHEDULED}), S.APPROVED),
    "complete": (frozenset({S.SCHEDULED, S.UNFINISHED}), S.PUBLISHED),
    "fall_short": (frozenset({S.SCHEDULED, S.UNFINISHED}), S.UNFINISHED),
    "resume": (frozenset({S.UNFINISHED}), S.SCHEDULED),
    "void": (frozenset({S.REVIEW, S.APPROVED, S.SCHEDULED, S.UNFINISHED}), S.REVIEW),
    "open_round": (frozenset({S.SCHEDULED}), S.REVIEW),
    "review_again": (frozenset({S.REVIEW, S.APPROVED, S.SCHEDULED, S.UNFINISHED}), S.REVIEW),
    "send_back": (frozenset({S.REVIEW}), S.DRAFT),
    "withdraw": (frozenset({S.DRAFT, S.REVIEW, S.APPROVED, S.SCHEDULED, S.UNFINISHED}), S.WITHDRAWN),
    "reopen": (frozenset({S.WITHDRAWN}), S.DRAFT),
}
#: States in which the content may change.
EDITABLE = frozenset({S.DRAFT, S.REVIEW, S.APPROVED, S.SCHEDULED, S.UNFINISHED})


class Post(Numbered, table=True):
    """One post; `P12` is its name in chat."""

    __table_args__ = (one_of("state", PostState), Index("ix_post_due", "state", "due_at"))

    state: str = PostState.DRAFT.value
    revision: int = 1
    digest: str
    content_json: dict[str, Any] = Field(sa_type=JSON)
    author_id: int = Field(foreign_key="member.id", index=True)
    due_at: datetime | None = None  #: the hour wished for or held, UTC
    wall: str = ""  #: the same as the member meant it: local ISO time without zone; wins over due_at
    zone: str = ""  #: IANA zone of `wall`
    warned_at: datetime | None = None  #: when the review place was warned of a near deadline
    created_at: datetime = Field(index=True)
    updated_at: datetime

    @classmethod
    def draft(cls, content: Content, author_id: int, now: datetime) -> "Post":
        """A new draft."""
        dump = content.model_dump(mode="json")
        return cls(digest=content.digest(), content_json=dump, author_id=author_id, created_at=now, updated_at=now)

    @property
    def code(self) -> str:
        """Its name in chat: P12."""
        return f"P{self.id}"

    @property
    def content(self) -> Content:
        """What will be published."""
        return Content.model_validate(self.content_json)

    @property
    def is_editable(self) -> bool:
        """Whether the content may change in this state."""
        return self.state in EDITABLE

    def _go(self, action: str, now: datetime) -> None:
        allowed, after = MACHINE[action]
        if self.state not in allowed:
            raise WrongMoment(
                "{post} is {state}, so that is not possible now. Open it to see what is.",
                post=self.code,
                state=PostState(self.state),
            )
        self.state = after.value
        self.updated_at = now

    def expect(self, revision: int) -> None:
        """Refuse what was pressed on a card that shows another revision than the post has."""
        if revision != self.revision:
            raise OutOfDate(
                "{post} has changed since that card was drawn (it showed revision {old}, now it is {new}). "
                "Look at the new card and press there.",
                post=self.code,
                old=revision,
                new=self.revision,
            )

    def revise(self, content: Content, now: datetime) -> bool:
        """Take new content; returns whether anything changed. In review or later, approvals are void after it."""
        if self.state not in EDITABLE:
            raise WrongMoment(
                "{post} is {state} and cannot be edited. Draft a new post instead.",
                post=self.code,
                state=PostState(self.state),
            )
        digest = content.digest()
        if digest == self.digest == self.content.digest():
            return False
        self.content_json, self.digest = content.model_dump(mode="json"), digest
        self.revision += 1
        if self.state != PostState.DRAFT:
            self._go("void", now)
        self.updated_at = now
        return True

    def take_as_stored(self) -> None:
        """Its stored content is not what was approved: it is a new revision, which nobody has approved yet."""
        self.digest = self.content.digest()
        self.revision += 1

    def open_round(self, now: datetime) -> None:
        """What it had of approvals does not suffice any more: it is reviewed again, and its time is over."""
        self._go("open_round", now)
        self.set_hour(None, "", "", now)

    def review_again(self, now: datetime) -> None:
        """What it says is the same, but not who says it: no approval of before counts, no button of before works."""
        self._go("review_again", now)
        self.revision += 1

    def set_hour(self, utc: datetime | None, wall: str, zone: str, now: datetime) -> None:
        """Wish for an hour, or for none with None."""
        self.due_at, self.wall, self.zone = utc, wall, zone
        self.warned_at = None
        self.updated_at = now

    def submit(self, now: datetime) -> None:
        """Ask for approvals."""
        self._go("submit", now)

    def accept(self, now: datetime) -> None:
        """The quorum is reached."""
        self._go("accept", now)

    def schedule(self, now: datetime) -> None:
        """Publications wait from now on."""
        self._go("schedule", now)

    def unschedule(self, now: datetime) -> None:
        """The waiting publications were cancelled; the approvals hold."""
        self._go("unschedule", now)

    def complete(self, now: datetime) -> None:
        """It stands on every account."""
        self._go("complete", now)

    def fall_short(self, now: datetime) -> None:
        """Nothing is under way any more, and some account does not have it."""
        self._go("fall_short", now)

    def resume(self, now: datetime) -> None:
        """A failed publication was put on its way again."""
        self._go("resume", now)

    def send_back(self, now: datetime) -> None:
        """A reviewer asked for changes: the author works on it again."""
        self._go("send_back", now)

    def withdraw(self, now: datetime) -> None:
        """Take it back."""
        self._go("withdraw", now)

    def reopen(self, now: datetime) -> None:
        """Make a withdrawn post a draft again."""
        self._go("reopen", now)


class Revision(SQLModel, table=True):
    """A numbered state of a post's content, kept for ever."""

    __table_args__ = (UniqueConstraint("post_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    number: int
    digest: str
    content_json: dict[str, Any] = Field(sa_type=JSON)
    member_id: int = Field(foreign_key="member.id")
    at: datetime

    @classmethod
    def of(cls, post: Post, member_id: int, now: datetime) -> "Revision":
        """The post as it stands."""
        return cls(
            post_id=post.number,
            number=post.revision,
            digest=post.digest,
            content_json=post.content_json,
            member_id=member_id,
            at=now,
        )

    @property
    def content(self) -> Content:
        """What would have been published."""
        return Content.model_validate(self.content_json)
