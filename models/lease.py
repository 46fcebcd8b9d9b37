"""Leases: what only one process may do at a time, and which processes live; judged by the clock of the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from sqlalchemy import func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, delete, or_, select

#: How long a lease lasts unless it is renewed.
TERM = timedelta(seconds=20)
#: Before the name of a process: the lease by which it is known to live.
ALIVE = "alive:"


class Lease(SQLModel, table=True):
    """One duty, or one process that lives."""

    name: str = Field(primary_key=True)
    holder: str
    until: datetime  #: free from then on


@dataclass(frozen=True)
class Share:
    """What falls to a process: `ours` for another term, and of it `surplus`, which another process should have."""

    ours: frozenset[str]
    surplus: frozenset[str]


def clock(session: Session) -> datetime:
    """The time by which leases are judged: on PostgreSQL the server's, so that no two machines disagree about it."""
    if session.get_bind().dialect.name == "postgresql":
        at: datetime = session.exec(select(func.clock_timestamp())).one()
        return at
    return datetime.now(UTC)  # one process, one machine


def share(
    session: Session, holder: str, duties: Sequence[str], stray: Collection[str] = (), term: timedelta = TERM
) -> Share:
    """Renew what the process holds for a term and take what is free, up to its fair share of the duties.

    `stray` are those that nobody else takes: they are taken beyond the share, and are no surplus. A row that somebody
    is just changing is left alone this time.
    """
    now, presence = clock(session), ALIVE + holder
    _make(session, (presence, *duties), now)
    _bury(session, now)
    mine_or_free = or_(Lease.holder == holder, Lease.until <= now)
    found = select(Lease).where(col(Lease.name).in_((presence, *duties)), mine_or_free)
    rows = {row.name: row for row in session.exec(found.with_for_update(skip_locked=True)).all()}
    if presence in rows:
        rows[presence].holder, rows[presence].until = holder, now + term
    session.flush()
    fair = ceil(len(duties) / max(1, len(alive(session))))
    ours = [name for name in duties if name in rows and rows[name].holder == holder]
    for name in duties:
        if name in rows and name not in ours and (name in stray or len(ours) < fair):
            ours.append(name)
    for name in ours:
        rows[name].holder, rows[name].until = holder, now + term
    shared = [name for name in ours if name not in stray]
    return Share(frozenset(ours), frozenset(shared[fair:]))


def alive(session: Session) -> frozenset[str]:
    """The processes that live, as far as their leases tell."""
    query = select(Lease.name).where(col(Lease.name).startswith(ALIVE), Lease.until > clock(session))
    return frozenset(name.removeprefix(ALIVE) for name in session.exec(query).all())


def free(session: Session, duties: Collection[str]) -> frozenset[str]:
    """Those of them that wait for somebody."""
    query = select(Lease.name).where(col(Lease.name).in_(duties), Lease.until <= clock(session))
    return frozenset(session.exec(query).all())


def holds(session: Session, holder: str, name: str) -> bool:
    """Whether the duty is the process's; so it stays until the transaction ends, whatever the clock says."""
    query = select(Lease).where(Lease.name == name, Lease.holder == holder, Lease.until > clock(session))
    return session.exec(query.with_for_update(read=True)).first() is not None


def give_back(session: Session, holder: str, names: Collection[str]) -> None:
    """They are free at once."""
    query = select(Lease).where(col(Lease.name).in_(names), Lease.holder == holder).with_for_update()
    now = clock(session)
    for row in session.exec(query).all():
        row.holder, row.until = "", now


def leave(session: Session, holder: str) -> None:
    """The process is known to be gone."""
    session.exec(delete(Lease).where(col(Lease.name) == ALIVE + holder))


def clear(session: Session) -> None:
    """Nobody holds anything: for the only process there can be, at its start."""
    session.exec(delete(Lease))


def _make(session: Session, names: Collection[str], now: datetime) -> None:
    """Rows for the names that have none yet; another process may make them at the same moment."""
    there = session.exec(select(Lease.name).where(col(Lease.name).in_(names))).all()
    missing = [{"name": name, "holder": "", "until": now} for name in sorted(set(names) - set(there))]
    if not missing:
        return
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Lease).values(missing).on_conflict_do_nothing())


def _bury(session: Session, now: datetime) -> None:
    """The names of processes that are long gone."""
    gone = select(Lease.name).where(col(Lease.name).startswith(ALIVE), Lease.until <= now - TERM)
    session.exec(delete(Lease).where(col(Lease.name).in_(gone.with_for_update(skip_locked=True))))
