"""An hour stays what a member meant: typed, echoed, stored and realigned agree, whatever the clocks of a zone do."""

import zoneinfo
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from handlers.posts.hours import realign
from handlers.times.when import FURTHEST, describe, parse, utc_of
from models.approval import Missed
from models.delivery import DeliveryState
from models.errors import Unfit
from models.post import Content, Post
from support.bench import DeskBench
from support.posts import approved, submitted

#: Half hours, three quarters, a clock that is changed by half an hour, one that skipped a day, changes at midnight.
ZONES = [
    "Europe/Rome",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "UTC",
]
walls = st.datetimes(datetime(2011, 1, 1), datetime(2030, 12, 31))  # noqa: DTZ001 - walls have no zone


def wall_of(utc: datetime, zone: str) -> datetime:
    return utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


@st.composite
def near_changes(draw: st.DrawFn) -> tuple[datetime, str]:
    """A wall time of a zone, mostly within hours of a change of its clocks."""
    zone = draw(st.sampled_from(ZONES))
    year = draw(st.integers(2011, 2030))
    hours = (datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(0, 366 * 24, 6))
    offsets = [(at, at.astimezone(ZoneInfo(zone)).utcoffset()) for at in hours]
    changes = [after for (_, one), (after, other) in pairwise(offsets) if one != other]
    middle = draw(st.sampled_from(changes or [datetime(year, 2, 28, 23, tzinfo=UTC)]))
    minutes = draw(st.integers(-600, 600))
    return wall_of(middle, zone) + timedelta(minutes=minutes), zone


@given(st.one_of(near_changes(), st.tuples(walls, st.sampled_from(ZONES))), st.integers(1, 700))
@example((datetime(2011, 12, 30, 9), "Pacific/Apia"), 3)  # noqa: DTZ001 - a day that was left out
@example((datetime(2028, 2, 29, 9), "Europe/Rome"), 20)  # noqa: DTZ001
@example((datetime(2026, 12, 31, 23, 59), "Pacific/Kiritimati"), 20)  # noqa: DTZ001
@example((datetime(2027, 4, 4, 1, 45), "Australia/Lord_Howe"), 20)  # noqa: DTZ001 - comes twice
@example((datetime(2027, 10, 3, 2, 15), "Australia/Lord_Howe"), 20)  # noqa: DTZ001 - is skipped
def test_what_is_typed_echoed_stored_and_realigned_is_one_time(given: tuple[datetime, str], days: int) -> None:
    wall, zone = given[0].replace(second=0, microsecond=0), given[1]
    now = utc_of(wall, zone) - timedelta(days=days)
    assume(days * timedelta(days=1) < FURTHEST - timedelta(days=1))
    shown = wall_of(utc_of(wall, zone), zone)
    typed = f"{wall:%Y-%m-%d %H:%M}"
    if shown != wall:  # an hour that the clocks skip, and only that, is refused
        with pytest.raises(Unfit, match="does not exist"):
            parse(typed, zone, now)
        return
    moment = parse(typed, zone, now)
    assert (moment.wall, wall_of(moment.utc, zone)) == (wall, wall)
    assert f"{wall:%H:%M} ({zone})" in describe(moment.utc, zone, "en")
    post = Post.draft(Content(text="Hello"), 1, now)
    post.set_hour(moment.utc, moment.wall.isoformat(), moment.zone, now)
    assert utc_of(datetime.fromisoformat(post.wall), post.zone, post.due_at) == moment.utc
    assert parse(f"{moment.utc:%Y-%m-%dT%H:%M}Z", zone, now).wall == wall


@given(near_changes())
def test_a_stored_wall_time_is_an_instant_that_the_clocks_show_or_the_first_after_what_they_skip(
    given: tuple[datetime, str],
) -> None:
    wall, zone = given
    utc = utc_of(wall, zone)
    shown = wall_of(utc, zone)
    assert shown >= wall, "never before what was meant"
    if shown != wall:
        skipped = shown - wall
        assert wall_of(utc - skipped - timedelta(minutes=1), zone) < wall
    assert utc_of(wall, zone, utc) == utc, "told twice, it moves nowhere"


# -- when the rules of a zone change -----------------------------------------------------------------------------------


@pytest.fixture
def other_rules(tmp_path: Path) -> Iterator[Callable[[str, str], None]]:
    """Lets a zone have the rules of another, as after a new tzdata."""
    before = zoneinfo.TZPATH

    def change(zone: str, rules: str) -> None:
        file = tmp_path / "zones" / zone
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(resources.files("tzdata.zoneinfo").joinpath(*rules.split("/")).read_bytes())
        zoneinfo.reset_tzpath(to=[str(tmp_path / "zones"), *before])
        ZoneInfo.clear_cache()

    yield change
    zoneinfo.reset_tzpath(to=before)
    ZoneInfo.clear_cache()


def realigned(bench: DeskBench) -> int:
    with bench.store.write() as session:
        return realign(bench.desk(session, "Ada"))


@pytest.mark.parametrize(
    ("rules", "hour"),
    [
        ("Europe/Moscow", datetime(2026, 11, 24, 6, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 11, 24, 3, 15, tzinfo=UTC)),
        ("America/St_Johns", datetime(2026, 11, 24, 12, 30, tzinfo=UTC)),
        ("Europe/Paris", datetime(2026, 11, 24, 8, tzinfo=UTC)),
    ],
)
def test_after_a_new_tzdata_the_clock_on_the_wall_wins(
    bench: DeskBench, other_rules: Callable[[str, str], None], rules: str, hour: datetime
) -> None:
    approved(bench, when="tomorrow 9:00")
    other_rules("Europe/Rome", rules)
    assert realigned(bench) == (rules != "Europe/Paris")
    assert (bench.post().due_at, bench.post().wall) == (hour, "2026-11-24T09:00:00")
    assert bench.deliveries()[0].due_at == hour
    assert realigned(bench) == 0


def test_an_hour_that_a_new_tzdata_put_long_into_the_past_is_asked_about(
    bench: DeskBench, other_rules: Callable[[str, str], None]
) -> None:
    approved(bench, when="today 12:00")
    other_rules("Europe/Rome", "Asia/Kathmandu")
    assert realigned(bench) == 1
    bench.wait(timedelta(seconds=5))
    assert [delivery.state for delivery in bench.deliveries()] == [DeliveryState.HELD]
    assert bench.public() == []


# -- rules that count days and minutes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hours"), [("2027-03-27", 23), ("2027-03-28", 24), ("2027-10-30", 25), ("2026-12-31", 24)]
)
def test_the_next_day_is_the_same_hour_on_the_wall_however_long_the_day_is(
    bench: DeskBench, day: str, hours: int
) -> None:
    bench.set_policy(when_missed=Missed.NEXT_DAY)
    submitted(bench, when=f"{day} 9:00")
    first = bench.post().due_at
    assert first
    bench.wait(first - bench.now + timedelta(seconds=5))
    later = bench.post()
    assert later.due_at == first + timedelta(hours=hours)
    assert later.wall.endswith("T09:00:00")


def test_grace_and_pause_are_minutes_that_pass_also_in_the_night_when_the_clocks_change(bench: DeskBench) -> None:
    bench.set_policy(grace_minutes=30, spacing_seconds=60)
    for text in ("First", "Second"):
        approved(bench, text, when="2026-12-01 9:00")
        bench.say("Bruno", f"schedule P{len(bench.posts())} 2027-03-28 01:50")
    due = bench.post().due_at
    assert due
    bench.wait(due - bench.now + timedelta(minutes=28))  # 03:18 on the wall
    assert [s["text"] for s in bench.public()] == ["First"]
    bench.wait(timedelta(seconds=61))
    assert [d.state for d in bench.deliveries()] == [DeliveryState.DONE, DeliveryState.DONE]
