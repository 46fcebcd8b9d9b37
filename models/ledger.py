"""The ledger of boosts: what each account may spend in a calendar month of its ad account, and what it has.

Three kinds of entries, in minor units: RESERVE when a boost is agreed to, BOOK when the network reports what it spent,
RELEASE of what it will not spend any more. A boost counts with what is reserved and not released, or with what was
booked where that is more; a month's boosts together never get beyond its cap by a reservation.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import Index
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session, SQLModel, col, func, select

from models.base import MONEY, one_of
from models.errors import Refused


class EntryKind(StrEnum):
    """What an entry says of its amount."""

    RESERVE = "reserve"
    BOOK = "book"
    RELEASE = "release"


class Entry(SQLModel, table=True):
    """One line; nothing changes or deletes it."""

    __tablename__ = "ledger"
    __table_args__ = (one_of("kind", EntryKind), Index("ix_ledger_month", "account", "month", "boost_id"))

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.name")
    month: str  #: "2026-11"
    boost_id: int = Field(foreign_key="boost.id", index=True)
    kind: str
    amount: int = Field(sa_type=MONEY)  #: minor units, above 0
    at: datetime


class Month(SQLModel, table=True):
    """An account's month: who holds its row decides alone what is left of it."""

    __tablename__ = "ledger_month"

    account: str = Field(primary_key=True, foreign_key="account.name")
    month: str = Field(primary_key=True)


class OverCap(Refused):
    """A month has not so much left."""

    def __init__(self, month: str, left: int, wanted: int) -> None:
        super().__init__("The cap of that month does not leave enough.")
        self.month, self.left, self.wanted = month, left, wanted


def by_month(amount: int, since: datetime, until: datetime, zone: str) -> dict[str, int]:
    """The amount shared out by time over the calendar months of the zone; it adds up to the unit."""
    spans = list(_spans(since, max(since, until), ZoneInfo(zone)))
    whole = sum(seconds for _, seconds in spans) or 1.0
    shares: dict[str, int] = {}
    passed, given = 0.0, 0
    for month, seconds in spans:
        passed += seconds
        upto = amount if passed >= whole or month == spans[-1][0] else int(amount * passed / whole)
        if upto > given:
            shares[month] = upto - given
        given = upto
    return shares


def _spans(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[tuple[str, float]]:
    """(month, seconds of it) from the first moment to the last; at least one."""
    at = since
    while True:
        here = at.astimezone(zone)
        year, month = (here.year + 1, 1) if here.month == 12 else (here.year, here.month + 1)
        end = min(datetime(year, month, 1, tzinfo=zone).astimezone(UTC), until)
        yield f"{here.year}-{here.month:02}", (end - at).total_seconds()
        if end >= until:
            return
        at = end


def month_of(at: datetime, zone: str) -> str:
    """The calendar month of the moment there."""
    here = at.astimezone(ZoneInfo(zone))
    return f"{here.year}-{here.month:02}"


def reserve(session: Session, account: str, boost_id: int, shares: Mapping[str, int], cap: int, now: datetime) -> None:
    """Set each month's share aside. Raises OverCap, and then nothing is, where a month has not so much left."""
    for month in sorted(shares):  # always in this order, so that two never wait for each other
        _lock(session, account, month)
    for month, amount in shares.items():
        left = cap - committed(session, account, month)
        if amount > left:
            raise OverCap(month, max(0, left), amount)
    for month, amount in shares.items():
        _write(session, account, month, boost_id, EntryKind.RESERVE, amount, now)


def lacking(session: Session, boost_id: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """By month, what is to be set aside besides for the boost, where it is to spend so much more than it has."""
    kept = _of_boost(session, boost_id)
    short = {}
    for month, amount in wanted.items():
        held, spent = kept.get(month, (0, 0))
        short[month] = spent + amount - held
    return {month: amount for month, amount in short.items() if amount > 0}


def book(session: Session, account: str, boost_id: int, shares: Mapping[str, int], now: datetime) -> None:
    """The network has spent so much more. It is never refused: the money is gone."""
    for month in sorted(shares):
        _lock(session, account, month)
        _write(session, account, month, boost_id, EntryKind.BOOK, shares[month], now)


def release(session: Session, account: str, boost_id: int, now: datetime) -> int:
    """Set free what is reserved for the boost and was not spent; returns how much."""
    kept = _of_boost(session, boost_id)
    freed = 0
    for month in sorted(kept):
        _lock(session, account, month)
    for month, (held, booked) in _of_boost(session, boost_id).items():
        if held > booked:
            _write(session, account, month, boost_id, EntryKind.RELEASE, held - booked, now)
            freed += held - booked
    return freed


def give_back(session: Session, account: str, boost_id: int, shares: Mapping[str, int], now: datetime) -> None:
    """Set free what was set aside for something that is not ordered after all."""
    for month in sorted(shares):
        _lock(session, account, month)
        _write(session, account, month, boost_id, EntryKind.RELEASE, shares[month], now)


def committed(session: Session, account: str, month: str) -> int:
    """What the account's month is bound to: reserved or spent."""
    query = select(Entry.boost_id, Entry.kind, func.sum(Entry.amount)).where(
        Entry.account == account, Entry.month == month
    )
    boosts: dict[int, dict[str, int]] = {}
    for boost_id, kind, amount in session.exec(query.group_by(col(Entry.boost_id), col(Entry.kind))).all():
        boosts.setdefault(boost_id, {})[kind] = int(amount)
    return sum(max(*_held(sums)) for sums in boosts.values())


def booked(session: Session, account: str, month: str) -> int:
    """What the account has spent in the month, as far as the network reported it."""
    query = select(func.coalesce(func.sum(Entry.amount), 0)).where(
        Entry.account == account, Entry.month == month, Entry.kind == EntryKind.BOOK
    )
    return int(session.exec(query).one())


def _of_boost(session: Session, boost_id: int) -> dict[str, tuple[int, int]]:
    """Month -> what is reserved and not released, and what was booked."""
    query = select(Entry.month, Entry.kind, func.sum(Entry.amount)).where(Entry.boost_id == boost_id)
    months: dict[str, dict[str, int]] = {}
    for month, kind, amount in session.exec(query.group_by(col(Entry.month), col(Entry.kind))).all():
        months.setdefault(month, {})[kind] = int(amount)
    return {month: _held(sums) for month, sums in months.items()}


def _held(sums: Mapping[str, int]) -> tuple[int, int]:
    held = sums.get(EntryKind.RESERVE, 0) - sums.get(EntryKind.RELEASE, 0)
    return held, sums.get(EntryKind.BOOK, 0)


def _write(
    session: Session, account: str, month: str, boost_id: int, kind: EntryKind, amount: int, now: datetime
) -> None:
    if amount > 0:
        entry = Entry(account=account, month=month, boost_id=boost_id, kind=kind.value, amount=amount, at=now)
        session.add(entry)
        session.flush()


def _lock(session: Session, account: str, month: str) -> None:
    """Hold the month's row until the transaction ends; SQLite has one writer anyway."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Month).values(account=account, month=month).on_conflict_do_nothing())
    query = select(Month).where(Month.account == account, Month.month == month)
    session.exec(query.with_for_update()).one()
