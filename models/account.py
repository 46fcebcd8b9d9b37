"""Our identities on the networks, as far as they must be remembered; what they are is in config.toml."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import false
from sqlmodel import Field, SQLModel

from models.base import one_of


class Access(StrEnum):
    """Whether the account's token works."""

    UNKNOWN = "unknown"  #: not asked yet
    GOOD = "good"
    LOST = "lost"  #: a person must put it right; what comes due is held until it works again


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
    is_locked: bool = Field(default=False, sa_column_kwargs={"server_default": false()})  #: why it is lost
    checked_at: datetime | None = None
    cursor: str = ""  #: where the collector goes on reading comments
    expires_at: datetime | None = None  #: of the token, where the network tells; None: it does not expire
    # its token for ads, which is another: only what is ordered for money waits for it
    ads_lost_at: datetime | None = None  #: since when the network refuses it; None: it does not
    ads_reason: str = ""
    ads_checked_at: datetime | None = None  #: when that was heard last; None: it is to be asked at once

    def met(
        self, *, remote_id: str, handle: str, title: str, url: str, now: datetime, expires_at: datetime | None = None
    ) -> None:
        """The network told whose token it is, and until when it holds."""
        self.remote_id, self.handle, self.title, self.url = remote_id, handle, title, url
        self.expires_at = expires_at
        self._works(now)
        self.ads_checked_at = None

    def lose_access(self, reason: str, now: datetime, *, locked: bool = False) -> bool:
        """The network refuses the token, or has locked the account; returns whether that is news."""
        news = self.access != Access.LOST or self.is_locked != locked
        self.access, self.access_reason, self.checked_at = Access.LOST.value, reason, now
        self.is_locked = locked
        return news

    def regain_access(self, now: datetime) -> bool:
        """The network takes the token; returns whether that is news."""
        news = self.access == Access.LOST
        if news:
            self._works(now)
        return news

    def _works(self, now: datetime) -> None:
        self.access, self.access_reason, self.is_locked, self.checked_at = Access.GOOD.value, "", False, now

    def asked(self, now: datetime) -> None:
        """The network was asked, and nothing new came of it."""
        self.checked_at = now

    def lose_ads(self, reason: str, now: datetime) -> bool:
        """The network refuses the token for ads; returns whether that is news."""
        news = self.ads_lost_at is None
        self.ads_lost_at, self.ads_reason, self.ads_checked_at = self.ads_lost_at or now, reason, now
        return news

    def regain_ads(self) -> bool:
        """The network takes the token for ads; returns whether that is news."""
        news = self.ads_lost_at is not None
        self.ads_lost_at, self.ads_reason = None, ""
        return news

    def asked_about_ads(self, now: datetime) -> None:
        """The network was asked about the token for ads, and nothing new came of it."""
        self.ads_checked_at = now
