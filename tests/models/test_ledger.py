"""The ledger: shared out to the unit, and never above a month's cap, whoever reserves in whatever order."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import Session

from models import ledger
from models.boost import Boost
from models.ledger import Month, OverCap
from models.store import Store
from support.desks import copied
from support.money import CAP, race, seed
from support.racers import appears, ended, started

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
RACERS = range(1, 5)
ROME, MONTHS = "Europe/Rome", ("2026-11", "2026-12")


@given(
    st.integers(0, 10**9),
    st.integers(0, 365 * 24 * 60),
    st.integers(0, 90 * 24 * 60),
    st.sampled_from([ROME, "UTC", "America/New_York", "Asia/Tokyo"]),
)
def test_what_is_shared_out_adds_up(amount: int, begun: int, minutes: int, zone: str) -> None:
    since = NOW + timedelta(minutes=begun)
    shares = ledger.by_month(amount, since, since + timedelta(minutes=minutes), zone)
    assert sum(shares.values()) == amount
    assert all(share > 0 for share in shares.values())
    assert list(shares) == sorted(shares)


def test_a_budget_over_the_end_of_a_month_belongs_to_both() -> None:
    # Rome's December begins at 23:00 UTC.
    begins = datetime(2026, 11, 29, 23, tzinfo=UTC)
    assert ledger.by_month(3000, begins, begins + timedelta(days=3), ROME) == {"2026-11": 1000, "2026-12": 2000}
    assert ledger.by_month(3000, begins, begins, ROME) == {"2026-11": 3000}
    assert ledger.month_of(begins + timedelta(days=1), ROME) == "2026-12"
    assert ledger.month_of(begins + timedelta(days=1), "UTC") == "2026-11"


@pytest.fixture
def store(migrated: Path, tmp_path: Path) -> Iterator[Store]:
    made = copied(migrated, tmp_path)
    seed(made)
    yield made
    made.close()


def reserve(session: Session, boost: int, **shares: int) -> None:
    months = {f"2026-{month[1:]}": amount for month, amount in shares.items()}
    ledger.reserve(session, "acme", boost, months, CAP, NOW)


def test_what_is_left_is_said_and_nothing_is_reserved_where_one_month_has_too_little(store: Store) -> None:
    with store.write() as session:
        reserve(session, 1, m11=7000)
        with pytest.raises(OverCap) as over:
            reserve(session, 2, m11=3001, m12=100)
        assert (over.value.month, over.value.left, over.value.wanted) == ("2026-11", 3000, 3001)
        assert ledger.committed(session, "acme", "2026-12") == 0
        reserve(session, 2, m11=3000)
        assert ledger.committed(session, "acme", "2026-11") == CAP
        assert ledger.committed(session, "other", "2026-11") == 0


def test_what_was_not_spent_is_free_again_and_what_was_is_not(store: Store) -> None:
    with store.write() as session:
        reserve(session, 1, m11=6000, m12=4000)
        ledger.book(session, "acme", 1, {"2026-11": 2500}, NOW)
        assert ledger.release(session, "acme", 1, NOW) == 7500
        assert ledger.release(session, "acme", 1, NOW) == 0
        assert [ledger.committed(session, "acme", month) for month in MONTHS] == [2500, 0]
        ledger.book(session, "acme", 1, {"2026-11": 100}, NOW)  # the network's last word comes late
        assert ledger.committed(session, "acme", "2026-11") == ledger.booked(session, "acme", "2026-11") == 2600


def test_what_the_network_spent_beyond_what_was_reserved_counts(store: Store) -> None:
    with store.write() as session:
        reserve(session, 1, m11=1000)
        ledger.book(session, "acme", 1, {"2026-11": 9500}, NOW)
        with pytest.raises(OverCap):
            reserve(session, 2, m11=501)
        reserve(session, 2, m11=500)


class Spending(RuleBasedStateMachine):
    """Boosts that are agreed to, spend, are extended, given back and end, in any order."""

    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[int, str], int] = {}
        self.spent: dict[tuple[int, str], int] = {}

    @rule(boost=st.integers(1, 4), eleven=st.integers(0, 6000), twelve=st.integers(0, 6000))
    def agrees(self, boost: int, eleven: int, twelve: int) -> None:
        shares = {month: n for month, n in zip(MONTHS, (eleven, twelve), strict=True) if n}
        fits = all(self._bound(month) + amount <= CAP for month, amount in shares.items())
        with self.store.write() as session:
            if not fits:
                with pytest.raises(OverCap):
                    ledger.reserve(session, "acme", boost, shares, CAP, NOW)
                return
            ledger.reserve(session, "acme", boost, shares, CAP, NOW)
        for month, amount in shares.items():
            self.held[boost, month] = self.held.get((boost, month), 0) + amount

    @rule(boost=st.integers(1, 4), month=st.sampled_from(MONTHS), part=st.floats(0, 1))
    def spends(self, boost: int, month: str, part: float) -> None:
        """At most what is reserved: a network keeps to its order."""
        room = self.held.get((boost, month), 0) - self.spent.get((boost, month), 0)
        amount = int(room * part)
        with self.store.write() as session:
            ledger.book(session, "acme", boost, {month: amount}, NOW)
        self.spent[boost, month] = self.spent.get((boost, month), 0) + amount

    @rule(boost=st.integers(1, 4))
    def ends(self, boost: int) -> None:
        with self.store.write() as session:
            ledger.release(session, "acme", boost, NOW)
        for month in MONTHS:
            self.held[boost, month] = self.spent.get((boost, month), 0)

    @invariant()
    def no_month_is_bound_to_more_than_its_cap(self) -> None:
        with self.store.read() as session:
            for month in MONTHS:
                bound = ledger.committed(session, "acme", month)
                assert bound == self._bound(month) <= CAP
                assert ledger.booked(session, "acme", month) == sum(n for (_, m), n in self.spent.items() if m == month)

    def _bound(self, month: str) -> int:
        return sum(amount for (_, of), amount in self.held.items() if of == month)


def test_no_order_of_doings_gets_a_month_above_its_cap(
    migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stores: list[Store] = []

    class Run(Spending):
        def __init__(self) -> None:
            super().__init__()
            self.store = copied(migrated, tmp_path_factory.mktemp("ledger"))
            stores.append(self.store)
            seed(self.store)

    run_state_machine_as_test(
        Run,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    for made in stores:
        made.close()


@pytest.fixture
def seeded(either: Store) -> Store:
    seed(either)
    return either


def test_two_that_race_for_the_last_of_a_month_cannot_both_win(seeded: Store, tmp_path: Path) -> None:
    with seeded.write() as session:
        session.add_all(Month(account="acme", month=month) for month in MONTHS)
    racers = [started(race, seeded.url, number, str(tmp_path)) for number in RACERS]
    for number in RACERS:
        appears(tmp_path / f"ready{number}")
    (tmp_path / "go").touch()
    ended(*racers)
    won = sorted(tmp_path.glob("won*"))
    with seeded.read() as session:
        assert ledger.committed(session, "acme", "2026-11") == CAP
    assert len(won) == 2, "each wanted half of what is left"


def test_months_in_currencies_of_small_worth_fit(seeded: Store) -> None:
    dong = 90 * 10**9  # 90 days of a milliard VND
    with seeded.write() as session:
        ledger.reserve(session, "acme", 1, {"2026-11": dong}, dong, NOW)
        ledger.book(session, "acme", 1, {"2026-11": dong - 1}, NOW)
        boost = session.get_one(Boost, 1)
        boost.budget = boost.spent = dong
    with seeded.read() as session:
        assert ledger.committed(session, "acme", "2026-11") == dong
        assert ledger.booked(session, "acme", "2026-11") == dong - 1
