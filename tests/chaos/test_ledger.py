"""The audit of the money finds what it is there for: each violation, planted alone where all is well, is named."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from chaos.ledger import uneven, unreported, violations
from chaos.page import Books, Part
from models.boost import PARTS, Boost
from models.boost_state import BoostState
from models.ledger import Entry
from support.desks import copied
from support.money import NOW
from support.money import seed as planted_boosts

#: What a month may cost, and what the first boost was agreed to cost, in minor units.
CAP, TOTAL, MONTH = 10_000, 5_000, "2026-11"


@dataclass
class Planted:
    """A desk with one boost that has ended and spent 40 of 50, but for what a test changes."""

    session: Session
    books: Books
    alarmed: frozenset[str] = field(default_factory=frozenset)

    @property
    def row(self) -> Boost:
        return self.session.get_one(Boost, 1)

    def found(self) -> list[str]:
        self.session.flush()
        return [*violations(self.session, self.books, CAP, self.alarmed), *uneven(self.session, self.books)]

    def enter(self, kind: str, amount: int, boost_id: int = 1) -> None:
        self.session.add(Entry(account="acme", month=MONTH, boost_id=boost_id, kind=kind, amount=amount, at=NOW))

    def tell(self, **changed: Any) -> None:
        self.books = replace(self.books, **changed)


@pytest.fixture
def planted(migrated: Path, tmp_path: Path) -> Iterator[Planted]:
    store = copied(migrated, tmp_path)
    planted_boosts(store)
    with store.write() as session:
        row = session.get_one(Boost, 1)
        row.state, row.budget, row.spent = BoostState.ENDED.value, TOTAL, 4_000
        row.made = {kind: f"remote {kind}" for kind in PARTS}
        parts = [Part(kind, f"remote {kind}", row.name) for kind in PARTS]
        spent = {"remote campaign": 4_000}
        planted = Planted(session, Books(parts=parts, running=[], spent=spent, months={MONTH: 4_000}))
        for kind, amount in (("reserve", TOTAL), ("book", 4_000), ("release", 1_000)):
            planted.enter(kind, amount)
        yield planted
    store.close()


def test_where_all_is_well_nothing_is_found(planted: Planted) -> None:
    assert planted.found() == []


def doubled(planted: Planted) -> None:
    twin = Part("campaign", "another", planted.row.name)
    planted.tell(parts=[*planted.books.parts, twin])


def unknown(planted: Planted) -> None:
    planted.row.made = {kind: remote_id for kind, remote_id in planted.row.made.items() if kind != "ad"}


def stranger(planted: Planted) -> None:
    planted.tell(parts=[*planted.books.parts, Part("creative", "9", "bottega-B9-0")])


def misnamed(planted: Planted) -> None:
    planted.row.tag = "another"


def vanished(planted: Planted) -> None:
    planted.tell(parts=[part for part in planted.books.parts if part.kind != "ad_set"])


def running(planted: Planted) -> None:
    planted.tell(running=[planted.row.name])


def running_stranger(planted: Planted) -> None:
    planted.tell(running=["bottega-B9-0"])


def overspent(planted: Planted) -> None:
    planted.tell(spent={"remote campaign": TOTAL + 1})


def not_booked(planted: Planted) -> None:
    planted.tell(spent={"remote campaign": 4_001})


def booked_twice(planted: Planted) -> None:
    planted.enter("book", 1)


def bound(planted: Planted) -> None:
    planted.enter("reserve", 1_001)


def capped(planted: Planted) -> None:
    planted.enter("reserve", CAP - 4_000 + 1, boost_id=2)


def spent_above(planted: Planted) -> None:
    planted.tell(months={MONTH: CAP + 1})


@pytest.mark.parametrize(
    ("plant", "named"),
    [
        (doubled, "doubled: 2 times campaign bottega-B1-"),
        (unknown, "unknown: ad remote ad stands"),
        (stranger, "unknown: creative 9 stands as bottega-B9-0"),
        (misnamed, "campaign remote campaign of B1 is called"),
        (vanished, "lost: B1 knows ad_set remote ad_set"),
        (running, "running: the ad of B1, which is ended"),
        (running_stranger, "running: the ad bottega-B9-0, which no boost knows"),
        (overspent, "overspent: B1 spent 5001 of 5000"),
        (not_booked, "uneven: B1 spent 4001, booked are 4000"),
        (booked_twice, "uneven: B1 spent 4000, booked are 4001"),
        (bound, "not released: B1 is over and still binds 1001"),
        (capped, "above the cap: 10001 of 10000 were bound in 2026-11"),
        (spent_above, "above the cap: 10001 of 10000 were spent in 2026-11"),
    ],
)
def test_what_is_planted_is_found(planted: Planted, plant: Callable[[Planted], None], named: str) -> None:
    plant(planted)
    found = planted.found()
    assert any(line.startswith(named) for line in found), found


def test_a_running_ad_is_no_violation_while_its_boost_runs_or_an_alarm_tells_of_its_stop(planted: Planted) -> None:
    running(planted)
    planted.row.state = BoostState.RUNNING.value
    assert planted.found() == []
    planted.row.state = BoostState.STOPPING.value
    assert planted.found() == ["running: the ad of B1, which is stopping at the desk"]
    planted.alarmed = frozenset({"B1"})
    assert planted.found() == []


def test_a_month_that_was_once_bound_above_its_cap_is_found_also_when_that_is_over(planted: Planted) -> None:
    capped(planted)
    planted.enter("release", CAP - 4_000 + 1, boost_id=2)
    assert any(line.startswith("above the cap") for line in planted.found())


def test_a_report_that_is_due_is_waited_for(planted: Planted) -> None:
    assert unreported(planted.session, NOW) == []
    planted.row.report_at = NOW
    planted.session.flush()
    assert unreported(planted.session, NOW) == [f"a report on B1, due {NOW}"]
