"""What must hold of the money: the network's books beside the desk's rows and its ledger. Changes nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from chaos.page import Books
from models.boost import Boost
from models.boost_state import OVER, BoostState
from models.ledger import Entry, EntryKind


def unreported(session: Session, now: datetime) -> list[str]:
    """Boosts whose report is due."""
    rows = session.exec(select(Boost).where(col(Boost.report_at) <= now)).all()
    return [f"a report on {row.code}, due {row.report_at}" for row in rows]


def violations(session: Session, books: Books, cap: int, alarmed: frozenset[str] = frozenset()) -> list[str]:
    """Every promise that was broken, a sentence each; `cap`: of a month, in minor units.

    `alarmed`: codes of boosts of which a chat says that nobody knows whether they have stopped.
    """
    boosts = session.exec(select(Boost)).all()
    entries = session.exec(select(Entry).order_by(col(Entry.id))).all()
    return [
        *_parts(boosts, books),
        *_running(boosts, books, alarmed),
        *_spent(boosts, books),
        *_released(boosts, entries),
        *_capped(entries, books, cap),
    ]


def uneven(session: Session, books: Books) -> list[str]:
    """Where the ledger is not what the network says to the cent; holds once all is over and was reported on."""
    boosts = session.exec(select(Boost)).all()
    booked: Counter[int] = Counter()
    for entry in session.exec(select(Entry).where(Entry.kind == EntryKind.BOOK)).all():
        booked[entry.boost_id] += entry.amount
    told = []
    for row in boosts:
        spent = books.spent.get(row.made.get("campaign", ""), 0)
        if not spent == booked[row.number] == row.spent:
            told.append(f"uneven: {row.code} spent {spent}, booked are {booked[row.number]}, told {row.spent}")
    return told


def _parts(boosts: Sequence[Boost], books: Books) -> Iterator[str]:
    """One of each kind or none, and each known."""
    made = {(kind, remote_id): row for row in boosts for kind, remote_id in row.made.items()}
    stand = {(part.kind, part.id) for part in books.parts}
    for (kind, name), count in Counter((part.kind, part.name) for part in books.parts).items():
        if count > 1:
            yield f"doubled: {count} times {kind} {name} stands"
    for part in books.parts:
        row = made.get((part.kind, part.id))
        if row is None:
            yield f"unknown: {part.kind} {part.id} stands as {part.name}, and no boost knows it"
        elif part.name != row.name:
            yield f"{part.kind} {part.id} of {row.code} is called {part.name}, not {row.name}"
    for (kind, remote_id), row in made.items():
        if (kind, remote_id) not in stand:
            yield f"lost: {row.code} knows {kind} {remote_id}, and it does not stand"


def _running(boosts: Sequence[Boost], books: Books, alarmed: frozenset[str]) -> Iterator[str]:
    """No ad spends anything of which nobody knows."""
    rows = {row.name: row for row in boosts}
    for name in books.running:
        row = rows.get(name)
        if row is None:
            yield f"running: the ad {name}, which no boost knows"
        elif row.state != BoostState.RUNNING and not (row.state == BoostState.STOPPING and row.code in alarmed):
            yield f"running: the ad of {row.code}, which is {row.state} at the desk"


def _spent(boosts: Sequence[Boost], books: Books) -> Iterator[str]:
    """No boost gets beyond what was agreed to."""
    for row in boosts:
        spent = books.spent.get(row.made.get("campaign", ""), 0)
        if spent > row.total:
            yield f"overspent: {row.code} spent {spent} of {row.total}"


def _released(boosts: Sequence[Boost], entries: Sequence[Entry]) -> Iterator[str]:
    """What is over binds nothing that it did not spend."""
    over = {row.number: row.code for row in boosts if row.state in OVER}
    held: Counter[tuple[int, str]] = Counter()
    for entry in entries:
        held[entry.boost_id, entry.month] += entry.amount if entry.kind == EntryKind.RESERVE else -entry.amount
    for (boost_id, month), amount in held.items():
        if boost_id in over and amount > 0:
            yield f"not released: {over[boost_id]} is over and still binds {amount} in {month}"


def _capped(entries: Sequence[Entry], books: Books, cap: int) -> Iterator[str]:
    """No reservation has ever brought a month above its cap, and nothing that was spent has."""
    sums: dict[tuple[str, str], dict[int, Counter[str]]] = {}
    for entry in entries:
        month = sums.setdefault((entry.account, entry.month), {})
        month.setdefault(entry.boost_id, Counter())[entry.kind] += entry.amount
        bound = sum(max(s["reserve"] - s["release"], s["book"]) for s in month.values())
        if entry.kind == EntryKind.RESERVE and bound > cap:
            yield f"above the cap: {bound} of {cap} were bound in {entry.month} with entry {entry.id}"
    for name, spent in books.months.items():
        if spent > cap:
            yield f"above the cap: {spent} of {cap} were spent in {name}"
