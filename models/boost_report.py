"""What the network tells of a boost, in counts that never shrink, and what of it members were told."""

from datetime import datetime, timedelta

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.base import MONEY

#: Between reports while it runs, and while it is looked at once more after its end.
HOURLY, AFTERWARDS = timedelta(hours=1), timedelta(hours=12)
#: How long after its end the network's last bookings, and an ad that came to life again, are looked for.
WATCHED = timedelta(days=3)


class Reported(SQLModel):
    """The part of a boost's row that reports fill."""

    phase: str = ""  #: how the network saw it last
    reason: str = ""  #: why it does not run, in the network's words or ours
    spent: int = Field(default=0, sa_type=MONEY)
    reach: int = 0
    impressions: int = 0
    results: int = 0
    reported_at: datetime | None = None
    report_at: datetime | None = None
    told: list[str] = Field(default_factory=list, sa_type=JSON)  #: milestones
    over_at: datetime | None = None  #: since when it shall not spend anything more
    is_said: bool = False  #: that it has stopped only a member says: what it spent to its end is still to be told

    def report(self, phase: str, reason: str, now: datetime, **counts: int) -> int:
        """How the network sees it; returns what was spent since. No count ever shrinks: who tells 0 does not know."""
        before = self.spent
        for name in ("spent", "reach", "impressions", "results"):
            setattr(self, name, max(getattr(self, name), counts.get(name, 0)))
        self.phase, self.reported_at = phase, now
        self.goes_on()
        if reason:
            self.reason = reason
        return self.spent - before

    def plan_report(self, now: datetime) -> None:
        """When it is asked for again: hourly, and for some days after its end, or until that is more than said."""
        if self.over_at is None:
            self.report_at = now + HOURLY
        else:
            self.report_at = now + AFTERWARDS if self.is_said or now < self.over_at + WATCHED else None

    def goes_on(self) -> None:
        """What held it is over: where it is held again, that is told again."""
        self.told = [milestone for milestone in self.told if not milestone.startswith("held")]

    def tell(self, milestone: str) -> bool:
        """Whether it is to be told now: each once."""
        if milestone in self.told:
            return False
        self.told = [*self.told, milestone]
        return True
