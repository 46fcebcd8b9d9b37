"""Times as people type them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.times.when import FURTHEST, Moment, describe, parse, utc_of
from models.errors import Unfit

ROME = "Europe/Rome"
#: A Monday, 10:00 in Rome.
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ZONES = ["Europe/Rome", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia", "UTC"]


def read(text: str, now: datetime = NOW, zone: str = ROME, languages: tuple[str, ...] = ("en", "it")) -> Moment:
    return parse(text, zone, now, languages)


def refusal(text: str, now: datetime = NOW, zone: str = ROME) -> str:
    with pytest.raises(Unfit) as refused:
        read(text, now, zone)
    return str(refused.value)


@pytest.mark.parametrize(
    ("text", "wall"),
    [
        ("tomorrow 9", "2026-11-24 09:00"),
        ("Tomorrow at 9:30", "2026-11-24 09:30"),
        ("9:30 tomorrow", "2026-11-24 09:30"),
        ("9pm friday", "2026-11-27 21:00"),
        ("at 9 on friday", "2026-11-27 09:00"),
        ("fri 18:30", "2026-11-27 18:30"),
        ("thurs 9", "2026-11-26 09:00"),
        ("monday 18", "2026-11-23 18:00"),
        ("monday 9", "2026-11-30 09:00"),
        ("next monday 8", "2026-11-30 08:00"),
        ("in 2 hours", "2026-11-23 12:00"),
        ("in two hours", "2026-11-23 12:00"),
        ("in 90 min", "2026-11-23 11:30"),
        ("in 1h30", "2026-11-23 11:30"),
        ("in half an hour", "2026-11-23 10:30"),
        ("in an hour and a half", "2026-11-23 11:30"),
        ("in 3 days", "2026-11-26 10:00"),
        ("in 2 days at 9", "2026-11-25 09:00"),
        ("the day after tomorrow at 5pm", "2026-11-25 17:00"),
        ("9pm", "2026-11-23 21:00"),
        ("12pm", "2026-11-23 12:00"),
        ("12am", "2026-11-24 00:00"),
        ("18:30", "2026-11-23 18:30"),
        ("noon", "2026-11-23 12:00"),
        ("tomorrow noon", "2026-11-24 12:00"),
        ("midnight", "2026-11-24 00:00"),
        ("tonight at 9", "2026-11-23 21:00"),
        ("tonight", "2026-11-23 20:00"),
        ("this afternoon at 4", "2026-11-23 16:00"),
        ("2026-12-01 09:00", "2026-12-01 09:00"),
        ("2026-12-01T09:00Z", "2026-12-01 10:00"),
        ("2026-12-01T18:30", "2026-12-01 18:30"),
        ("2026-12-01t18:30:00", "2026-12-01 18:30"),
        ("2026-12-01 18:30:00", "2026-12-01 18:30"),
        ("2026-12-01 09:00:00 +02:00", "2026-12-01 08:00"),
        ("1 dec 9:00", "2026-12-01 09:00"),
        ("Dec 1st at 9 a.m.", "2026-12-01 09:00"),
        ("23 nov 18:00", "2026-11-23 18:00"),
        ("31/12 9", "2026-12-31 09:00"),
        ("13.12.2026 9", "2026-12-13 09:00"),
        ("fri 9 o'clock", "2026-11-27 09:00"),
        ("now", "2026-11-23 10:00"),
        ("adesso", "2026-11-23 10:00"),
        ("domani alle 9", "2026-11-24 09:00"),
        ("domani mattina alle 9", "2026-11-24 09:00"),
        ("domani sera", "2026-11-24 20:00"),
        ("dopodomani 10", "2026-11-25 10:00"),
        ("oggi alle 17", "2026-11-23 17:00"),
        ("alle 9 e mezza di domani", "2026-11-24 09:30"),
        ("domani alle 18 e 30", "2026-11-24 18:30"),
        ("domani alle 9 e un quarto", "2026-11-24 09:15"),
        ("domani alle 9 e tre quarti", "2026-11-24 09:45"),
        ("tomorrow at half past 9", "2026-11-24 09:30"),
        ("tomorrow, a quarter past 9", "2026-11-24 09:15"),
        ("all'una di domani", "2026-11-24 01:00"),
        ("ore 18.30", "2026-11-23 18:30"),
        ("venerdì 18:30", "2026-11-27 18:30"),
        ("venerdi 18:30", "2026-11-27 18:30"),
        ("ven. 18.30", "2026-11-27 18:30"),
        ("lunedì prossimo alle 8", "2026-11-30 08:00"),
        ("tra 2 ore", "2026-11-23 12:00"),
        ("fra un'ora", "2026-11-23 11:00"),
        ("fra mezz’ora", "2026-11-23 10:30"),
        ("tra due settimane alle 9", "2026-12-07 09:00"),
        ("stasera", "2026-11-23 20:00"),
        ("stasera alle 8", "2026-11-23 20:00"),
        ("a mezzogiorno", "2026-11-23 12:00"),
        ("il 5 dicembre alle 9", "2026-12-05 09:00"),
    ],
)
def test_what_people_type_is_what_they_mean(text: str, wall: str) -> None:
    moment = read(text)
    assert f"{moment.wall:%Y-%m-%d %H:%M}" == wall
    assert moment.utc.astimezone(ZoneInfo(ROME)).replace(tzinfo=None) == moment.wall
    assert moment.zone == ROME


@pytest.mark.parametrize("text", ["friday", "tomorrow", "domani", "dec 1", "1/12", "2026-12-01"])
def test_a_day_without_an_hour_is_asked_for_the_hour(text: str) -> None:
    assert refusal(text) == f"At what hour? Write it too, for example “{text} 9:00”."


NONSENSE = ["", "a", "the", "banana", "banana 9", "{x}", "in 2", "in ٢ hours", "someday 9", "next week"]
NO_SUCH_TIME = [
    "25:00",
    "9:75",
    "13pm",
    "0am",
    "32 dec 9",
    "31/11 9",
    "29 feb 2027 9",
    "1/13 9",
    "2026-13-01T09:00Z",
    "2026-13-01T09:00",
]


@pytest.mark.parametrize("text", NONSENSE + NO_SUCH_TIME)
def test_nonsense_is_refused_with_examples(text: str) -> None:
    assert "as a time. Try “tomorrow 9:00”" in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "today 8",
        "2026-11-20 9:00",
        "23 nov 10:00",
        "2026-11-23T09:00Z",
        "2026-11-23T09:00",
        "in 0 minutes",
        "yesterday 9",
        "ieri",
        "2020-01-01",
    ],
)
def test_what_is_past_is_refused(text: str) -> None:
    assert "is already past" in refusal(text)


@pytest.mark.parametrize("text", ["2030-01-01 9:00", "in 9999 months", "in 999 weeks 9", "2099-01-01T00:00-12:00"])
def test_more_than_two_years_ahead_is_refused(text: str) -> None:
    assert "more than two years away" in refusal(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("8:00", "That hour is over for today, so I took tomorrow: Tue 24 Nov 2026, 08:00."),
        ("1/12 9", "I read “1/12 9” as Tue 1 Dec 2026, 09:00."),
        ("next friday 8", "I read “next friday 8” as Fri 27 Nov 2026, 08:00."),
        ("1 nov 9:00", "I read “1 nov 9:00” as Mon 1 Nov 2027, 09:00."),
        ("tonight", "I read “tonight” as Mon 23 Nov 2026, 20:00."),
    ],
)
def test_what_could_mean_something_else_is_said(text: str, said: str) -> None:
    note = read(text).note
    assert note is not None
    assert note.text.format(**note.params) == said


@pytest.mark.parametrize("text", ["fri 18:30", "tomorrow 9", "31/12 9", "12/12 9", "in 2 hours", "next monday 8"])
def test_what_is_clear_is_not_talked_about(text: str) -> None:
    assert read(text).note is None


def test_a_word_of_two_languages_is_the_members_own() -> None:
    assert read("mar 9", languages=("it", "en")).wall == datetime(2026, 11, 24, 9, 0)  # noqa: DTZ001 - a wall clock
    assert refusal("mar 9").startswith("At what hour?")


def test_times_inside_sentences_are_in_the_members_language() -> None:
    note = read("alle 8", languages=("it", "en")).note
    assert note is not None
    assert note.params["when"] == "mar 24 nov 2026, 08:00"


def test_an_hour_the_clocks_skip_is_refused_with_its_neighbours() -> None:
    said = refusal("28 mar 2027 2:30")
    assert "Sun 28 Mar 2027, 02:30 does not exist. Take 01:30 or 03:30." in said


def test_of_an_hour_that_comes_twice_the_first_is_taken_and_said() -> None:
    moment = read("31 oct 2027 2:30")
    assert moment.utc == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert moment.note is not None
    assert moment.note.params == {"hour": "02:30"}


def test_of_an_hour_that_comes_twice_the_second_is_taken_when_the_first_is_over() -> None:
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    moment = read("2:30", now=between)
    assert moment.utc == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert moment.note is None
    assert utc_of(moment.wall, ROME, planned=moment.utc) == moment.utc


def test_hours_pass_at_one_speed_and_days_keep_their_hour_when_the_clocks_change() -> None:
    eve = datetime(2027, 3, 27, 11, 0, tzinfo=UTC)
    assert read("in 24 hours", now=eve).utc - eve == timedelta(hours=24)
    assert read("in 1 day", now=eve).utc - eve == timedelta(hours=23)


def test_a_skipped_hour_of_a_stored_wall_clock_moves_on() -> None:
    skipped = datetime(2027, 3, 28, 2, 30)  # noqa: DTZ001 - a wall clock
    assert utc_of(skipped, ROME) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_a_time_is_told_with_weekday_and_zone_in_the_members_language() -> None:
    utc = datetime(2026, 11, 27, 17, 30, tzinfo=UTC)
    assert describe(utc, ROME, "en") == "Fri 27 Nov 2026, 18:30 (Europe/Rome)"
    assert describe(utc, ROME, "it") == "ven 27 nov 2026, 18:30 (Europe/Rome)"
    assert describe(utc, "America/New_York", "en-US") == "Fri 27 Nov 2026, 12:30 (America/New_York)"


@given(
    now=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ahead=st.integers(1, 60 * 24 * 730),
    zone=st.sampled_from(ZONES),
)
def test_a_date_in_full_comes_back_as_it_was_typed(now: datetime, ahead: int, zone: str) -> None:
    utc = (now + timedelta(minutes=ahead + 1)).replace(second=0, microsecond=0)
    wall = utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    moment = read(f"{wall:%Y-%m-%d %H:%M}", now, zone)
    assert moment.wall == wall
    assert utc_of(moment.wall, zone, planned=moment.utc) == moment.utc
    assert read(utc.isoformat(), now, zone).utc == utc


@given(
    text=st.one_of(
        st.text(max_size=30),
        st.lists(
            st.sampled_from(
                "today tomorrow domani in tra next fri mar dec 9 9:30 2:30 am pm at alle 1/2 31 29 feb 2027 hours "
                "weeks months tonight sera un' mezza e ore noon 2027-03-28 .".split()
            ),
            max_size=6,
        ).map(" ".join),
    ),
    now=st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(ZONES),
)
def test_anything_typed_is_a_time_to_come_or_a_refusal(text: str, now: datetime, zone: str) -> None:
    try:
        moment = read(text, now, zone)
    except Unfit:
        return
    assert now <= moment.utc <= now + FURTHEST
    assert utc_of(moment.wall, zone, planned=moment.utc) == moment.utc
