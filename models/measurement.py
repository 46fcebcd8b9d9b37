"""What the public made of a publication, measured again and again: a time series."""

from datetime import datetime, timedelta

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from models.publication import Publication

#: Numbers are asked for each hour of the first day, then each day until the last.
HOURS, DAYS = 24, 30
#: What is counted, in the order people read it.
COUNTS = ("reach", "views", "likes", "comments", "reposts", "clicks", "saves")


class Measurement(SQLModel, table=True):
    """One publication's numbers at one moment, as the network counted them; None where it does not tell."""

    __table_args__ = (UniqueConstraint("publication_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    publication_id: int = Field(foreign_key="publication.id")
    at: datetime
    reach: int | None = None
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    reposts: int | None = None
    clicks: int | None = None
    saves: int | None = None


def next_time(published_at: datetime, now: datetime) -> datetime | None:
    """When a publication is measured next; None once it is older than DAYS. Counted from its hour: nothing drifts."""
    age = now - published_at
    if age < timedelta(hours=HOURS):
        return published_at + timedelta(hours=max(0, age // timedelta(hours=1)) + 1)
    days = age // timedelta(days=1) + 1
    return published_at + timedelta(days=days) if days <= DAYS else None


def due(session: Session, now: datetime, limit: int) -> list[Publication]:
    """Publications whose hour to be measured has come, the longest overdue first."""
    query = select(Publication).where(col(Publication.measure_at) <= now).order_by(col(Publication.measure_at))
    return list(session.exec(query.limit(limit)).all())


def series(session: Session, publication_id: int) -> list[Measurement]:
    """All measurements of a publication, oldest first: at most HOURS + DAYS."""
    query = select(Measurement).where(Measurement.publication_id == publication_id).order_by(col(Measurement.at))
    return list(session.exec(query).all())
