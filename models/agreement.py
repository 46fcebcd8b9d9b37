"""Agreement to boosts: whose it takes for which amount, and who gave it to which digest."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Setting
from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, delete, select

from models.boost import Boost
from models.member import Member, Role

#: The largest limit, in whole units: in a thousandth of them it still fits into 64 bits.
MOST = 10**15


class BoostPolicy(BaseModel):
    """Who must agree before money is put behind a publication, and how much a month may cost; in whole units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_limit: Decimal = Setting(default=Decimal(50), ge=0, le=MOST)  #: up to this one buyer agrees
    second_limit: Decimal = Setting(default=Decimal(500), ge=0, le=MOST)  #: up to this two do; above it an admin too
    month_cap: Decimal = Setting(default=Decimal(0), ge=0, le=MOST)  #: of an account and calendar month; 0: no boosts
    #: What reached more people on its first day than so many per cent of the account's others is proposed; 0: nothing.
    propose_above: int = Setting(default=80, ge=0, le=99)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_limit > self.second_limit:
            raise ValueError("first_limit is above second_limit; make it the smaller one")
        return self


class BoostApproval(SQLModel, table=True):
    """One member agrees to one digest: to the boost, or to an extension of it."""

    __tablename__ = "boost_approval"
    __table_args__ = (UniqueConstraint("boost_id", "digest", "member_id"),)

    id: int | None = Field(default=None, primary_key=True)
    boost_id: int = Field(foreign_key="boost.id")
    digest: str
    member_id: int = Field(foreign_key="member.id")
    chat: str
    at: datetime


def agreed(session: Session, boost: Boost, digest: str) -> list[int]:
    """Who agreed to that, oldest first."""
    query = select(BoostApproval.member_id).where(BoostApproval.boost_id == boost.id, BoostApproval.digest == digest)
    return list(session.exec(query.order_by("at")).all())


def void(session: Session, boost: Boost) -> None:
    """Forget every agreement but that to what is ordered: somebody wants something else, be it what was wanted once."""
    session.exec(
        delete(BoostApproval).where(col(BoostApproval.boost_id) == boost.id, col(BoostApproval.digest) != boost.digest)
    )


def drop(session: Session, boost: Boost, digest: str, members: Iterable[int]) -> None:
    """Forget what these members agreed to, so that they can agree to it again."""
    theirs = (col(BoostApproval.boost_id) == boost.id, col(BoostApproval.digest) == digest)
    session.exec(delete(BoostApproval).where(*theirs, col(BoostApproval.member_id).in_(list(members))))


class Lacking(NamedTuple):
    """Who has still to agree to a boost."""

    buyers: int
    admins: int


def lacking(policy: BoostPolicy, amount: Decimal, agreed: Iterable[Member], requester: int) -> Lacking:
    """Who is missing for that amount in whole units. One person has one voice, and none for their own wish."""
    others = [member for member in agreed if member.number != requester]
    buyers = {m.number for m in others if m.has(Role.BUYER)}
    admins = {m.number for m in others if m.has(Role.ADMIN)}
    if amount <= policy.second_limit:
        return Lacking(max(0, (1 if amount <= policy.first_limit else 2) - len(buyers)), 0)
    seats = [Lacking(max(0, 2 - len(buyers - {admin})), 0) for admin in admins]
    return min([Lacking(max(0, 2 - len(buyers)), 1), *seats], key=sum)
