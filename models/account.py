"""Our identities on the networks, as far as they must be remembered; what they are is in config.toml."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.base import one_of


class Access(StrEnum):
    """Whether the account's token works."""

    UNKNOWN = "unknown"  #: not asked yet
    GOOD = "good"
    LOST = "lost"  #: must be connected again; what leaves meanwhile fails and can be retried


class Account(SQLModel, table=True):
    """One account by its name in config.toml."""

    __table_args__ = (one_of("access", Access),)

    name: str = Field(primary_key=True, max_length=40)
    platform: str
    handle: str = ""
    title: str = ""
    url: str = ""
    remote_id: str = ""
    access: str = Access.UNKNOWN.value
    access_reason: str = ""
    checked_at: datetime | None = None
    cursor: str = ""  #: where the collector goes on reading comments
    collected_at: datetime | None = None

    def met(self, *, remote_id: str, handle: str, title: str, url: str, now: datetime) -> None:
        """The network told whose token it is."""
        self.remote_id, self.handle, self.title, self.url = remote_id, handle, title, url
        self.access, self.access_reason, self.checked_at = Access.GOOD.value, "", now

    def lose_access(self, reason: str, now: datetime) -> bool:
        """The network refuses the token; returns whether that is news."""
        news = self.access != Access.LOST
        self.access, self.access_reason, self.checked_at = Access.LOST.value, reason, now
        return news
