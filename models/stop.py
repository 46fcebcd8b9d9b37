"""The stop switch: accounts from which nothing is published until a member resumes them."""

from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Field, Session, SQLModel, col, select

#: The name that stops every account.
EVERYTHING = "*"


class Stop(SQLModel, table=True):
    """One standing stop; resuming deletes it, the audit log keeps both."""

    name: str = Field(primary_key=True)  #: an account, or EVERYTHING
    member_id: int | None = Field(default=None, foreign_key="member.id")  #: None: the desk itself, once restored
    at: datetime


_ONE_OR_ALL = select(Stop).where(col(Stop.name).in_((EVERYTHING, bindparam("account"))))


def stops(session: Session) -> dict[str, Stop]:
    """Every standing stop by its name."""
    return {stop.name: stop for stop in session.exec(select(Stop).order_by(Stop.name)).all()}


def stop_of(session: Session, account: str) -> Stop | None:
    """What stops the account: its own stop, or that of everything; None while it may publish."""
    found = {stop.name: stop for stop in session.exec(_ONE_OR_ALL, params={"account": account})}
    return found.get(EVERYTHING) or found.get(account)
