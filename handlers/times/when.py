"""Times as people type them, in English and Italian: what is meant, what is refused, and how a time is told."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import dateparser
from babel import Locale
from babel.dates import format_datetime

from handlers.times.timewords import DAYS, MONTHS, NOW, PARTS, plain
from handlers.words import Sentence
from models.errors import Unfit

#: Nobody plans further ahead than this: a later time is a slip of the finger.
FURTHEST = timedelta(days=731)

_DAY, _MONTH = r"(0?[1-9]|[12]\d|3[01])", f"({'|'.join(MONTHS)})"
_ISO = re.compile(r"(20\d\d-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_SPAN = re.compile(r"in \d{1,4} (minutes|hours|days|weeks|months)( \d{1,4} (minutes|hours|days|weeks))?", re.ASCII)
_PART = re.compile(rf"\b({'|'.join(PARTS)})\b")
_CLOCK = r"(?P<at>(?:at )*)(?P<hour>\d\d?)(?:[:.](?P<minute>\d\d))?(?: ?(?P<half>am|pm))?"
_CLOCK_LAST = re.compile(rf"(?:(?P<day>.+?) )??{_CLOCK}", re.ASCII)
_CLOCK_FIRST = re.compile(rf"(?=at |\d\d?[:.]\d\d |\d\d? ?[ap]m ){_CLOCK} (?P<day>.+)", re.ASCII)
_WEEKDAY = re.compile(rf"(?P<before>next )?(?P<day>{'|'.join(DAYS)})(?P<after> next)?")
_DATE = re.compile(
    rf"yesterday|today|tomorrow|in \d{{1,3}} (days|weeks|months)|20\d\d-\d\d-\d\d"
    rf"|{_DAY} {_MONTH}( 20\d\d)?|{_MONTH} {_DAY}( 20\d\d)?"
    rf"|(?P<first>{_DAY})[/.-](?P<second>0?[1-9]|1[0-2])([/.-](20)?\d\d)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time somebody meant: as an instant, and as the clock on their wall shows it."""

    utc: datetime  #: aware, UTC
    wall: datetime  #: naive, in `zone`
    zone: str  #: IANA name
    note: Sentence | None = None  #: says how something ambiguous was read


def parse(text: str, zone: str, now: datetime, languages: Sequence[str] = ("en", "it")) -> Moment:
    """The time that is meant, never before `now` (aware) and at most FURTHEST after it.

    In dates like 1/12 the day is first. `languages` has the member's own first: it decides words that two languages
    share, and the language of times inside sentences. Raises Unfit with a sentence that says what to type instead.
    """
    return _Reading(text, zone, now, languages).moment()


def utc_of(wall: datetime, zone: str, planned: datetime | None = None) -> datetime:
    """The instant at which the clocks of `zone` show `wall`, by today's rules of that zone.

    Of two, the one that was `planned`, else the first. An hour that the clocks skip is moved on by what they skip.
    """
    first, second = _instants(wall, zone)
    return second if planned == second else first


def describe(utc: datetime, zone: str, locale: str) -> str:
    """The time with weekday, date and zone: "Fri 27 Nov 2026, 18:30 (Europe/Rome)"."""
    return f"{_told(_wall(utc, zone), locale)} ({zone})"


def _instants(wall: datetime, zone: str) -> tuple[datetime, datetime]:
    # Equal on nearly every day; first < second where clocks go back, first > second in an hour that they skip.
    local = wall.replace(tzinfo=ZoneInfo(zone))
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def _wall(utc: datetime, zone: str) -> datetime:
    return utc.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def _told(wall: datetime, locale: str) -> str:
    return format_datetime(wall, "EEE d MMM y, HH:mm", locale=Locale.parse(locale.replace("-", "_")))


class _Reading:
    """One text being read."""

    def __init__(self, text: str, zone: str, now: datetime, languages: Sequence[str]) -> None:
        self.typed = " ".join(text.split())[:80]
        self.zone = zone
        self.now = now.astimezone(UTC)
        self.here = _wall(self.now, zone)
        self.languages = languages

    def moment(self) -> Moment:
        if self.typed.lower() in NOW:
            return Moment(self.now, self.here, self.zone)
        if iso := _ISO.fullmatch(self.typed.upper()):
            return self._iso(f"{iso[1]}T{iso[2]}{iso[3] or ''}")
        text = plain(self.typed, self.languages)
        if _SPAN.fullmatch(text):
            return self._span(text)
        part = _PART.search(text)
        day, clock = self._split(" ".join(_PART.sub("", text).split()))
        hour = self._hour(clock, part[0] if part else "")
        found = self._weekday(day, hour) or self._date(day, hour) if day else self._hour_alone(hour)
        if part and not clock and not found.note:
            return replace(found, note=self._note(found.wall))
        return found

    # -- the shapes ----------------------------------------------------------------------------------------------------

    def _iso(self, iso: str) -> Moment:
        try:
            found = datetime.fromisoformat(iso)
        except ValueError as problem:
            raise self._unreadable() from problem
        if found.tzinfo is None:
            return self._at(found)
        utc = found.astimezone(UTC)
        wall = _wall(utc, self.zone)
        self._in_range(utc, wall)
        return Moment(utc, wall, self.zone)

    def _span(self, text: str) -> Moment:
        # Hours pass at one speed; "in 2 days" means the same hour of the day, whatever the clocks do between.
        by_clock = any(unit in text for unit in ("days", "weeks", "months"))
        end = self._parsed(text, self.here if by_clock else self.now.replace(tzinfo=None))
        if by_clock:
            return self._at(end)
        utc = end.replace(tzinfo=UTC)
        self._in_range(utc, _wall(utc, self.zone))
        return Moment(utc, _wall(utc, self.zone), self.zone)

    def _hour_alone(self, hour: time | None) -> Moment:
        if hour is None:
            raise self._unreadable()
        wall = datetime.combine(self.here.date(), hour)
        if not self._over(wall):
            return self._at(wall)
        return self._at(
            wall + timedelta(days=1),
            Sentence(
                "That hour is over for today, so I took tomorrow: {when}.", when=self._tell(wall + timedelta(days=1))
            ),
        )

    def _weekday(self, day: str, hour: time | None) -> Moment | None:
        found = _WEEKDAY.fullmatch(day)
        if not found:
            return None
        ahead = (DAYS.index(found["day"]) - self.here.weekday()) % 7
        wall = datetime.combine(self.here.date() + timedelta(days=ahead), self._required(hour))
        said_next = bool(found["before"] or found["after"])
        if ahead == 0 and (said_next or self._over(wall)):
            return self._at(wall + timedelta(days=7))
        this_week = ahead > 0 and wall.isocalendar()[:2] == self.here.isocalendar()[:2]
        return self._at(wall, self._note(wall) if said_next and this_week else None)

    def _date(self, day: str, hour: time | None) -> Moment:
        found = _DATE.fullmatch(day)
        if not found:
            raise self._unreadable()
        numeric = found["first"] is not None
        relative = day.startswith(("yesterday", "today", "tomorrow", "in "))
        # dateparser takes a day without year that is not after its base for next year's: today must still be to come.
        base = datetime.combine(self.here.date(), time()) - timedelta(seconds=0 if relative else 1)
        named = self._parsed(re.sub(r"[.-]", "/", day) if numeric else day, base).date()
        # A day that is over needs no hour to be refused.
        wall = datetime.combine(named, self._required(hour) if named >= self.here.date() else hour or time())
        two_ways = numeric and int(found["first"]) <= 12 and int(found["first"]) != int(found["second"])
        next_year = not relative and not re.search(r"\d{4}", day) and named.year != self.here.year
        return self._at(wall, self._note(wall) if two_ways or next_year else None)

    # -- the hour ------------------------------------------------------------------------------------------------------

    def _split(self, text: str) -> tuple[str, re.Match[str] | None]:
        clock = _CLOCK_LAST.fullmatch(text) or _CLOCK_FIRST.fullmatch(text)
        if not clock or (clock["day"] or "").strip() in MONTHS:
            return text, None
        return (clock["day"] or "").strip(), clock

    def _hour(self, clock: re.Match[str] | None, part: str) -> time | None:
        if not clock:
            return time(PARTS[part]) if part else None
        hour, minute = int(clock["hour"]), int(clock["minute"] or 0)
        if clock["half"]:
            if not 1 <= hour <= 12:
                raise self._unreadable()
            hour = hour % 12 + (12 if clock["half"] == "pm" else 0)
        elif (part == "afternoon" and hour < 12) or (part == "evening" and 5 <= hour < 12):
            hour += 12
        if hour > 23 or minute > 59:
            raise self._unreadable()
        return time(hour, minute)

    def _required(self, hour: time | None) -> time:
        if hour is None:
            raise Unfit("At what hour? Write it too, for example “{typed} 9:00”.", typed=self.typed)
        return hour

    # -- from the wall to the instant ----------------------------------------------------------------------------------

    def _at(self, wall: datetime, note: Sentence | None = None) -> Moment:
        first, second = _instants(wall, self.zone)
        self._in_range(max(first, second), wall)
        if first > second:
            raise Unfit(
                "That night the clocks go forward and {when} does not exist. Take {before} or {after}.",
                when=self._tell(wall),
                before=f"{_wall(second, self.zone):%H:%M}",
                after=f"{_wall(first, self.zone):%H:%M}",
            )
        if first <= self.now:
            return Moment(second, wall, self.zone, note)
        if first < second:
            note = Sentence("That night the clocks show {hour} twice; I took the first.", hour=f"{wall:%H:%M}")
        return Moment(first, wall, self.zone, note)

    def _over(self, wall: datetime) -> bool:
        return max(_instants(wall, self.zone)) <= self.now

    def _in_range(self, utc: datetime, wall: datetime) -> None:
        if utc <= self.now:
            raise Unfit("{when} is already past. Give a time that is still to come.", when=self._tell(wall))
        if utc > self.now + FURTHEST:
            raise Unfit("{when} is more than two years away. Give a nearer time.", when=self._tell(wall))

    def _parsed(self, text: str, base: datetime) -> datetime:
        found = dateparser.parse(
            text,
            languages=["en"],
            settings={
                "DATE_ORDER": "DMY",
                "PREFER_DATES_FROM": "future",
                "RELATIVE_BASE": base,
                "RETURN_AS_TIMEZONE_AWARE": False,
                "TIMEZONE": "UTC",
            },
        )
        if found is None or found.year > 9000:
            raise self._unreadable()
        return found.replace(microsecond=0)

    # -- what is said --------------------------------------------------------------------------------------------------

    def _note(self, wall: datetime) -> Sentence:
        return Sentence("I read “{typed}” as {when}.", typed=self.typed, when=self._tell(wall))

    def _tell(self, wall: datetime) -> str:
        return _told(wall, self.languages[0])

    def _unreadable(self) -> Unfit:
        return Unfit(
            "I cannot read “{typed}” as a time. Try “tomorrow 9:00”, “fri 18:30” or “in 2 hours”.", typed=self.typed
        )
