"""Alerts: trouble that lasts is told once, and once more when it is over; a row remembers that."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, Session, SQLModel, col, select

#: An alert is over when its cause was gone for so long; what comes and goes within it is one alert.
CALM = timedelta(minutes=5)
OPEN = text("over_at IS NULL")


class Alert(SQLModel, table=True):
    """One episode of one trouble."""

    # One at a time of a kind, whoever tells: the database itself refuses a second.
    __table_args__ = (Index("uq_alert_open", "name", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),)

    id: int | None = Field(default=None, primary_key=True)
    name: str  #: "late", "unsure", "token:acme"
    level: int = 0  #: how bad it is; grows, and what grows is told again
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  #: what the card says, as it was told last
    since: datetime
    calm_since: datetime | None = None  #: since when its cause is gone
    over_at: datetime | None = None

    @property
    def code(self) -> str:
        """What cards call it: A3."""
        return f"A{self.id}"

    def seen(self, level: int, facts: dict[str, Any]) -> bool:
        """Its cause is there; returns whether it is worse than what was told."""
        worse = level > self.level
        self.level, self.calm_since = max(level, self.level), None
        if worse:
            self.facts = facts
        return worse

    def calm(self, now: datetime, patience: timedelta = CALM) -> bool:
        """Its cause is gone; returns whether that has lasted and the alert is over."""
        self.calm_since = self.calm_since or now
        if now - self.calm_since >= patience:
            self.over_at = now
        return self.over_at is not None


def open_alerts(session: Session) -> dict[str, Alert]:
    """Every alert that is not over, by its name, locked."""
    query = select(Alert).where(col(Alert.over_at).is_(None)).order_by(col(Alert.id))
    return {alert.name: alert for alert in session.exec(query.with_for_update()).all()}
