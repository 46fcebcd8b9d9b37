"""When publications are measured: often at first, rarely later, and then no more."""

from datetime import UTC, datetime, timedelta

from models.measurement import DAYS, HOURS, next_time

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PUBLISHED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def walked(delay: timedelta) -> list[datetime]:
    """Every time at which a publication is measured, where each look comes so late."""
    found: list[datetime] = []
    following = next_time(PUBLISHED, PUBLISHED)
    while following is not None:
        found.append(following)
        following = next_time(PUBLISHED, following + delay)
    return found


def test_a_publication_is_measured_hourly_for_a_day_and_then_daily_for_a_month() -> None:
    hours = [PUBLISHED + n * HOUR for n in range(1, HOURS + 1)]
    days = [PUBLISHED + n * DAY for n in range(2, DAYS + 1)]
    assert walked(timedelta()) == [*hours, *days]


def test_late_looks_do_not_let_the_hours_drift() -> None:
    assert walked(timedelta(minutes=7)) == walked(timedelta())


def test_what_was_missed_while_nobody_looked_is_measured_once() -> None:
    assert next_time(PUBLISHED, PUBLISHED + 5.5 * HOUR) == PUBLISHED + 6 * HOUR
    assert next_time(PUBLISHED, PUBLISHED + 5.5 * DAY) == PUBLISHED + 6 * DAY
    assert next_time(PUBLISHED, PUBLISHED + 40 * DAY) is None


def test_an_hour_that_the_network_says_is_ahead_of_our_clock_is_waited_for() -> None:
    assert next_time(PUBLISHED, PUBLISHED - 3 * HOUR) == PUBLISHED + HOUR
