"""Our identities on the networks, as far as they must be remembered; what they are is in config.toml."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import JSON, false
from sqlmodel import Field, SQLModel

from models.base import one_of


class Access(StrEnum):
    """Whether the account's token works."""

    UNKNOWN = "unknown"  #: not asked yet
    GOOD = "good"
    LOST = "lost"  #: a person must put it right; what comes due is held until it works again


class Stranger(BaseModel):
    """Another identity than the account's own, whose token it has: nothing leaves with that."""

    model_config = ConfigDict(frozen=True)

    platform: str
    server: str  #: "" where the network has only one
    remote_id: str
    handle: str
    name: str
    url: str
    mark: str  #: of the token
    twin: str = ""  #: the account of ours that is this identity already
    is_dropped: bool = False  #: an admin has said that the token is not to be used

    @property
    def label(self) -> str:
        """How people call it."""
        return f"@{self.handle}" if self.handle else self.name or self.remote_id

    def is_same(self, other: "Stranger | None") -> bool:
        """Whether the other is the same identity, in the same relation to us; only its token may differ."""
        told = {"platform", "server", "remote_id", "twin"}
        return other is not None and self.model_dump(include=told) == other.model_dump(include=told)


class Account(SQLModel, table=True):
    """One account by its name in config.toml. No row is ever deleted: an account that comes back is known again."""

    __table_args__ = (one_of("access", Access),)

    name: str = Field(primary_key=True, max_length=40)
    platform: str
    handle: str = ""
    title: str = ""
    url: str = ""
    remote_id: str = ""  #: with `platform` and `server`: the identity that it first met and is
    server: str = Field(default="", sa_column_kwargs={"server_default": ""})  #: where the network has several
    #: Keyed fingerprint of the token that was last seen to be this identity's; never the token. "": none yet.
    token_mark: str = Field(default="", sa_column_kwargs={"server_default": ""})
    other: dict[str, Any] | None = Field(default=None, sa_type=JSON)  #: the Stranger whose token it has, if any
    others: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  #: how many it has met; dates buttons
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

    @property
    def stranger(self) -> Stranger | None:
        """Another identity, whose token it has; None where there is none."""
        return Stranger.model_validate(self.other) if self.other else None

    def meet_stranger(self, stranger: Stranger, now: datetime) -> bool:
        """Its token is another identity's: access is lost until it is its own again; returns whether that is news."""
        known = self.stranger
        news = not stranger.is_same(known)
        if known is not None and not news:
            stranger = stranger.model_copy(update={"is_dropped": known.is_dropped})
        self.others += news
        self.other = stranger.model_dump(mode="json")
        self.access, self.access_reason, self.is_locked = Access.LOST.value, stranger.label, False
        self.checked_at = now
        return news

    def drop_stranger(self) -> None:
        """An admin has said that the token is not to be used."""
        if stranger := self.stranger:
            self.other = stranger.model_copy(update={"is_dropped": True}).model_dump(mode="json")
            self.others += 1

    def become(self, stranger: Stranger, now: datetime) -> None:
        """An admin has said that this is its own identity from now on."""
        self.platform, self.server, self.token_mark = stranger.platform, stranger.server, stranger.mark
        self.remote_id, self.handle, self.title = stranger.remote_id, stranger.handle, stranger.name
        self.url, self.other = stranger.url, None
        self.others += 1
        self._works(now)

    def met(
        self,
        *,
        remote_id: str,
        handle: str,
        title: str,
        url: str,
        now: datetime,
        expires_at: datetime | None = None,
        unlocks: bool = True,
    ) -> None:
        """The network told whose token it is, and until when it holds; its lock is over by that where `unlocks`."""
        self.remote_id, self.handle, self.title, self.url = remote_id, handle, title, url
        self.expires_at = expires_at
        if unlocks or not self.is_locked:
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
