"""Credentials: what lets our app act for an account, sealed; whose it is, what it lacks, until when it holds."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import JSON
from sqlmodel import Field, SQLModel


class Found(BaseModel):
    """One identity that a consent gave us, its tokens sealed: plain data, so that it can wait in a row for a choice."""

    model_config = ConfigDict(frozen=True)

    remote_id: str
    handle: str
    name: str
    sealed: str
    missing: tuple[str, ...] = ()  #: scopes that were not granted
    expires_at: datetime | None = None

    @property
    def label(self) -> str:
        """How it is called where one of several is chosen."""
        return f"{self.name} (@{self.handle})" if self.handle and self.handle != self.name else self.name


class Credential(SQLModel, table=True):
    """What connects one account. Nothing in it is readable without the key, which is in no table."""

    account: str = Field(primary_key=True, max_length=40, foreign_key="account.name")
    sealed: str
    remote_id: str
    handle: str
    missing: list[str] = Field(default_factory=list, sa_type=JSON)
    expires_at: datetime | None = None  #: of the token; None: it does not expire
    renewed_at: datetime  #: when the token was given, or made fresh
    version: int = 1  #: grows with each other token, so that every process learns of it
    beats: str = ""  #: digest of the settings' token that stood when it was connected; another one there is newer
    beats_ads: str = ""  #: the same of the settings' token for ads
    member_id: int | None = Field(default=None, foreign_key="member.id")  #: None: whoever runs the desk
    connected_at: datetime

    def connected(self, found: Found, *, beats: str, beats_ads: str, member_id: int | None, now: datetime) -> None:
        """A person connected the account again."""
        self.sealed, self.remote_id, self.handle = found.sealed, found.remote_id, found.handle
        self.missing, self.expires_at = list(found.missing), found.expires_at
        self.beats, self.beats_ads, self.member_id = beats, beats_ads, member_id
        self.connected_at = self.renewed_at = now
        self.version += 1

    def renewed(self, sealed: str, expires_at: datetime | None, now: datetime) -> None:
        """The network gave a fresher token for the one that stood here."""
        self.sealed, self.expires_at, self.renewed_at = sealed, expires_at, now
        self.version += 1
