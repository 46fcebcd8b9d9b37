"""How money is spent as the sandbox's clock moves: evenly, to the minor unit, and never beyond a budget.

A daily budget is spread over the account's day, what is left of a lifetime budget over what is left of the time. Whole
minor units are booked on the ads that were delivering; what is less waits for the next.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from sandbox.meta.ads.tree import Ad, Purse


def day_of(moment: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The account's day in which the moment lies: its first moment and that of the next, UTC."""
    today = moment.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return today.astimezone(UTC), (today + timedelta(days=1)).astimezone(UTC)


def steps(since: datetime, until: datetime, turns: Iterable[datetime | None], zone: ZoneInfo) -> list[datetime]:
    """The moments between the two at which the spending may change: midnights of the account and the turns."""
    found = {turn for turn in turns if turn and since < turn < until}
    midnight = day_of(since, zone)[1]
    while midnight < until:
        found.add(midnight)
        midnight = day_of(midnight, zone)[1]
    return [since, *sorted(found), until]


def spend(purse: Purse, ads: list[Ad], since: datetime, until: datetime, zone: ZoneInfo, room: int | None) -> None:
    """Spend from the purse on these ads, all delivering from `since` to `until`, which lie in one day of the account.

    `room`: minor units that caps above still leave; None where there is none.
    """
    start, end = day_of(since, zone)
    day = since.astimezone(zone).date()
    today = purse.today[1] if purse.today[0] == day else Fraction()
    if purse.daily is not None:
        amount = Fraction(purse.daily) * _share(since, until, start, end)
        amount = min(amount, purse.daily - today)
    else:
        assert purse.lifetime is not None
        assert purse.end is not None
        amount = (purse.lifetime - purse.accrued) * _share(since, until, since, purse.end)
    if room is not None:
        amount = min(amount, room - (purse.accrued - purse.booked))
    amount = max(amount, Fraction())
    purse.accrued += amount
    purse.today = (day, today + amount)
    _book(purse, ads, day)


def _share(since: datetime, until: datetime, start: datetime, end: datetime) -> Fraction:
    microsecond = timedelta(microseconds=1)
    return Fraction((until - since) // microsecond, (end - start) // microsecond)


def _book(purse: Purse, ads: list[Ad], day: date) -> None:
    """What has become whole goes to the ads in equal parts, the rest to those that have had the least."""
    new = int(purse.accrued) - purse.booked
    purse.booked += new
    each, rest = divmod(new, len(ads))
    for place, ad in enumerate(sorted(ads, key=lambda ad: ad.spent)):
        ad.days[day] += each + (place < rest)
