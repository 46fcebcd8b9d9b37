"""What time it is for a server, by what it last told."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from platforms.shapes import within


class ServerClock:
    """A server's clock: its last `Date`, which is whole seconds, carried on by the clock that nobody sets."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """`now`: our own clock, which may be set at any time."""
        self._now = now
        self._told: tuple[datetime, float] | None = None

    def heard(self, told: datetime) -> None:
        """It has just said so."""
        self._told = told, time.monotonic()

    @property
    def time(self) -> datetime | None:
        """Its time, a second or two behind at most; None before it told."""
        if self._told is None:
            return None
        told, at = self._told
        return told + timedelta(seconds=time.monotonic() - at)

    @property
    def skew(self) -> timedelta | None:
        """How far it is ahead of ours; None before it told."""
        there = self.time
        return None if there is None else there - self._now()


class Clocked:
    """For adapters to inherit: their network's clock, as the contract's `Platform` tells it."""

    _clock: ServerClock

    @property
    def clock_skew(self) -> timedelta | None:
        """How far the network's clock is ahead of ours, to about a second; None before the first answer."""
        return self._clock.skew

    @property
    def server_time(self) -> datetime | None:
        """What time it is for the network, at most a second or two behind it; None before the first answer."""
        return self._clock.time


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """What the server's clock shows by `Date` (RFC 9110, section 6.6.1), to the second; None where it tells nothing."""
    return date_of(headers.get("Date", ""))


def date_of(header: str) -> datetime | None:
    """The time in a header (RFC 9110, section 5.6.7); None where it holds none that one can reckon with."""
    try:
        return within(parsedate_to_datetime(header))
    except (TypeError, ValueError, OverflowError, IndexError):  # what the library raises of a broken one
        return None
