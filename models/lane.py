"""Lanes: what leaves for one account, or for one room of a chat, leaves one at a time and in order."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel, col, select


class Lane(SQLModel, table=True):
    """What a lane must wait for: the network or chat said when the next request is welcome.

    The name is that of a lane, or of one kind of delivery in it (`part_of`): other kinds go on.
    """

    name: str = Field(primary_key=True)
    not_before: datetime


#: Of the lanes `names`, when each may go on; made once, since every delivery asks it.
WAITS = select(col(Lane.not_before)).where(col(Lane.name).in_(bindparam("names", expanding=True)))


def part_of(lane: str, kind: str) -> str:
    """The name under which one kind of delivery in a lane waits."""
    return f"{lane} {kind}"


def hold(session: Session, name: str, until: datetime) -> None:
    """Nothing leaves there before; what another process says of it at the same moment holds as well."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Lane).values(name=name, not_before=until).on_conflict_do_nothing())
    row = session.get_one(Lane, name, with_for_update=True)
    row.not_before = max(row.not_before, until)


def free_at(session: Session, names: Iterable[str], otherwise: datetime) -> datetime:
    """When what had to wait there may go on, or may have gone on; never before `otherwise`."""
    known: list[datetime] = [*session.execute(WAITS, {"names": list(names)}).scalars(), otherwise]
    return max(known)
