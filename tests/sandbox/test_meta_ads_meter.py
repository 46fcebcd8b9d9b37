"""The meter of the pretend ad account, under any sequence of looks, pauses and changes of budget."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.meta.ads import stage
from sandbox.meta.ads.account import AdAccount, account
from sandbox.meta.ads.tree import Ad, AdSet, Campaign, Creative
from sandbox.meta.world import AD_ACCOUNT, Node, World

HOUR = timedelta(hours=1)
#: Two days before Rome puts its clocks back by an hour.
BEGINNING = datetime(2026, 10, 23, 9, 30, tzinfo=UTC)


class Meter:
    """An account with one campaign and one ad set, whose ads run from the beginning."""

    def __init__(self, ads: int = 1, **budget: Any) -> None:
        self.now = BEGINNING
        self.world = World(lambda: self.now, lambda: None)
        self.world.clear()
        stage.settle(self.world)
        self.world.add(Node(id="post"))
        usual: dict[str, Any] = {"holder": AD_ACCOUNT, "name": "x", "status": "ACTIVE", "made_at": self.now}
        usual |= {"changed_at": self.now}
        self.campaign = Campaign(id="c", objective="OUTCOME_ENGAGEMENT", start=self.now, **usual)
        self.ad_set = AdSet(id="s", campaign=self.campaign, targeting={}, start=self.now, **usual, **budget)
        creative = Creative(id="k", story="post", **usual)
        made = [Ad(id=f"a{i}", ad_set=self.ad_set, creative=creative, verdict="approved", **usual) for i in range(ads)]
        for node in (self.campaign, self.ad_set, creative, *made):
            self.world.add(node)

    @property
    def account(self) -> AdAccount:
        return account(self.world)

    def advance(self, by: timedelta) -> None:
        """Let time go by, and look."""
        self.now += by
        stage.tick(self.world)

    def days(self) -> list[int]:
        """What each day cost."""
        return list(self.account.days_of(self.account.ads).values())


PAUSES = st.lists(st.tuples(st.integers(1, 40_000), st.booleans()), max_size=30)


@given(seconds=st.lists(st.integers(1, 200_000), max_size=25), ads=st.integers(1, 3), daily=st.integers(1, 5000))
def test_no_day_costs_more_than_its_budget_however_often_somebody_looks(
    seconds: list[int], ads: int, daily: int
) -> None:
    often, once = Meter(ads, daily=daily), Meter(ads, daily=daily)
    for count in seconds:
        often.advance(timedelta(seconds=count))
    once.advance(timedelta(seconds=sum(seconds)))
    assert often.days() == once.days()
    assert all(cost <= daily for cost in often.days())
    assert often.ad_set.booked == often.account.spent == sum(often.days())


@given(steps=PAUSES, lifetime=st.integers(1, 9999))
def test_a_lifetime_budget_is_never_exceeded_and_used_up_if_it_runs_at_the_end(
    steps: list[tuple[int, bool]], lifetime: int
) -> None:
    meter = Meter(2, lifetime=lifetime, end=BEGINNING + timedelta(days=3))
    for seconds, running in steps:
        meter.ad_set.status = "ACTIVE" if running else "PAUSED"
        meter.advance(timedelta(seconds=seconds))
        assert meter.account.spent <= lifetime
    meter.ad_set.status = "ACTIVE"
    over = meter.now >= BEGINNING + timedelta(days=3)
    meter.advance(timedelta(days=9))
    assert meter.account.spent <= lifetime
    assert over or meter.account.spent == lifetime


@given(changes=st.lists(st.tuples(st.integers(1, 90_000), st.integers(1, 3000)), min_size=1, max_size=20))
def test_a_changed_daily_budget_holds_from_then_on(changes: list[tuple[int, int]]) -> None:
    meter = Meter(daily=1000)
    highest = 1000
    for seconds, daily in changes:
        meter.ad_set.daily = daily
        highest = max(highest, daily)
        meter.advance(timedelta(seconds=seconds))
    assert all(cost <= highest for cost in meter.days())


@given(cap=st.integers(1, 3000), seconds=st.lists(st.integers(1, 200_000), max_size=10))
def test_a_cap_of_the_account_is_kept_to_the_cent(cap: int, seconds: list[int]) -> None:
    meter = Meter(3, daily=700)
    meter.account.spend_cap = cap
    for count in seconds:
        meter.advance(timedelta(seconds=count))
        assert meter.account.spent <= cap
    meter.advance(timedelta(days=60))
    assert meter.account.spent == cap


def test_a_day_of_25_hours_costs_what_another_does() -> None:
    meter = Meter(daily=2500)
    meter.advance(timedelta(days=5))
    first, saturday, sunday, monday, *_ = meter.days()
    assert (saturday, sunday, monday) == (2500, 2500, 2500)
    assert first < 2500
