"""Approvals: one member's verdict on one digest, and when a quorum is reached."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as Setting
from sqlalchemy import UniqueConstraint, bindparam
from sqlmodel import Field, Session, SQLModel, select

from models.agreement import BoostPolicy
from models.base import one_of
from models.member import Member, Role
from models.post import Post


class Verdict(StrEnum):
    """What a member said of a digest."""

    APPROVED = "approved"
    CHANGES = "changes"  #: asked for changes, with a note


class Missed(StrEnum):
    """What happens to a post whose hour comes before its approvals."""

    HOLD = "hold"  #: it loses its hour and waits for a new one
    SKIP = "skip"  #: it is withdrawn
    NEXT_DAY = "next_day"  #: it moves to the same wall-clock time a day later


class Unseen(StrEnum):
    """What becomes of an approval by somebody who could not see a file."""

    ASK = "ask"  #: it counts after a Yes, and the audit log names the file
    REFUSE = "refuse"  #: it does not count


class Policy(BaseModel):
    """Who must agree before an account publishes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    approvals: int = Setting(default=1, ge=0, le=10)
    roles: tuple[Role, ...] = (Role.APPROVER,)  #: whose approvals count
    author_may_approve: bool = False
    lead_minutes: int = Setting(default=0, ge=0, le=10_080)  #: approvals must be there so long before the hour
    warn_minutes: int = Setting(default=60, ge=0, le=10_080)  #: the review place is warned so long before that
    when_missed: Missed = Missed.HOLD
    gap_minutes: int = Setting(default=15, ge=0, le=1440)  #: nearer posts on one account warn
    grace_minutes: int = Setting(default=30, ge=0, le=10_080)  #: what is later than this is held and asked about
    spacing_seconds: int = Setting(default=60, ge=0, le=3600)  #: between publications that leave late
    unseen: Unseen = Unseen.ASK  #: files that neither a chat nor [web] can show
    boosts: BoostPolicy = BoostPolicy()

    @field_validator("roles")
    @classmethod
    def _somebody(cls, roles: tuple[Role, ...]) -> tuple[Role, ...]:
        if not roles:
            raise ValueError("is empty, so nobody could approve: name a role, or leave it out and set approvals to 0")
        return roles

    def with_own(self, own: Self) -> Self:
        """This policy with what another says otherwise. Raises ValueError where the two do not go together."""
        given, differs = self.model_dump(exclude_unset=True), own.model_dump(exclude_unset=True)
        boosts = {**given.get("boosts", {}), **differs.get("boosts", {})}
        return type(self).model_validate({**given, **differs, "boosts": boosts})


class Approval(SQLModel, table=True):
    """One member's verdict, the last one given. Bound to the digest: another digest, another row."""

    __table_args__ = (UniqueConstraint("post_id", "digest", "member_id"), one_of("verdict", Verdict))

    id: int | None = Field(default=None, primary_key=True)
    post_id: int = Field(foreign_key="post.id", index=True)
    revision: int
    digest: str
    member_id: int = Field(foreign_key="member.id")
    verdict: str
    note: str = ""
    chat: str
    at: datetime

    def change(self, verdict: Verdict, note: str, chat: str, now: datetime) -> None:
        """The member thinks otherwise now."""
        self.verdict, self.note, self.chat, self.at = verdict.value, note, chat, now


_VERDICTS = (
    select(Approval)
    .where(Approval.post_id == bindparam("post"), Approval.digest == bindparam("as_it_stands"))
    .order_by("at")
)


def verdicts(session: Session, post: Post) -> Sequence[Approval]:
    """The verdicts on the post as it stands, oldest first."""
    return verdicts_on(session, post.number, post.digest)


def verdicts_on(session: Session, post_id: int, digest: str) -> Sequence[Approval]:
    """The verdicts on one of the post's digests, oldest first."""
    return session.exec(_VERDICTS, params={"post": post_id, "as_it_stands": digest}).all()


def void(session: Session, post: Post) -> None:
    """Forget every verdict on the post as it stands: it was edited back to that."""
    for verdict in verdicts(session, post):
        session.delete(verdict)
    session.flush()


def begin_round(session: Session, post: Post) -> None:
    """A post is submitted anew: no verdict on it as it stands counts, and whoever asked for changes has been heard."""
    void(session, post)
    asked = select(Approval).where(Approval.post_id == post.id, Approval.verdict == Verdict.CHANGES)
    for verdict in session.exec(asked).all():
        session.delete(verdict)
    session.flush()


def missing(
    policy: Policy, verdicts: Iterable[Approval], members: Mapping[int, Member], writers: Collection[int]
) -> int:
    """How many approvals the policy still wants; one of who wrote it counts only where the policy says so."""
    counted = 0
    for verdict in verdicts:
        member = members[verdict.member_id]
        own = verdict.member_id in writers and not policy.author_may_approve
        if verdict.verdict == Verdict.APPROVED and not own and any(member.has(role) for role in policy.roles):
            counted += 1
    return max(0, policy.approvals - counted)
