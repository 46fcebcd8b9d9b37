"""Consents: a member was sent to a network to let our app act for an account; the row is how we know who comes back."""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, Session, select

from models.base import Numbered, one_of
from models.credential import Found
from models.errors import WrongMoment

#: How long the address that was given out leads anywhere; and how long a choice waits.
CONSENT_LIFE = timedelta(minutes=10)
CHOICE_LIFE = timedelta(hours=1)


class ConsentState(StrEnum):
    """How far it has come."""

    OPEN = "open"  #: the person is at the network
    SPENT = "spent"  #: they came back; what they brought is being looked at
    CHOOSING = "choosing"  #: it gave identities, and somebody must say which is the account
    DONE = "done"
    FAILED = "failed"


class Consent(Numbered, table=True):
    """One way to a network and back: bound to a member, good once, for ten minutes. Its secret is only kept as a hash.

    OPEN --spend--> SPENT --found--> CHOOSING --choose--> DONE;  --fail--> FAILED from each but DONE
    """

    __table_args__ = (one_of("state", ConsentState),)

    platform: str
    account: str = ""  #: that shall be connected; "": chosen afterwards, at the command line
    state_hash: str = Field(unique=True)
    state: str = ConsentState.OPEN.value
    member_id: int | None = Field(default=None, foreign_key="member.id")  #: None: whoever runs the desk
    origin: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  #: where in a chat it was asked; {}: in none
    found: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    reason: str = ""  #: why it failed
    expires_at: datetime = Field(index=True)

    @classmethod
    def begin(
        cls, *, platform: str, account: str, member_id: int | None, origin: dict[str, Any], now: datetime
    ) -> tuple["Consent", str]:
        """A new one, and the secret that the network brings back (RFC 6749, section 10.12: `state`)."""
        secret = secrets.token_urlsafe(32)
        made = cls(
            platform=platform,
            account=account,
            state_hash=hashed(secret),
            member_id=member_id,
            origin=origin,
            expires_at=now + CONSENT_LIFE,
        )
        return made, secret

    def renew(self) -> str:
        """Make the secret anew and return it; an address that was handed out before leads nowhere."""
        secret = secrets.token_urlsafe(32)
        self.state_hash = hashed(secret)
        return secret

    def spend(self, now: datetime) -> None:
        """Somebody came back with it; refused the second time, and when it is too old."""
        if self.state != ConsentState.OPEN or now >= self.expires_at:
            raise WrongMoment("That address was used already or is older than ten minutes. Ask for a new one.")
        self.state = ConsentState.SPENT.value

    def identities(self, found: tuple[Found, ...], now: datetime) -> None:
        """It gave these; one is chosen within the hour."""
        assert self.state == ConsentState.SPENT, self.state
        self.state = ConsentState.CHOOSING.value
        self.found = [identity.model_dump(mode="json") for identity in found]
        self.expires_at = now + CHOICE_LIFE

    @property
    def choices(self) -> tuple[Found, ...]:
        """What can be chosen."""
        return tuple(Found.model_validate(identity) for identity in self.found)

    def choose(self, index: int, now: datetime) -> Found:
        """That one it is. What the others gave is forgotten."""
        if self.state != ConsentState.CHOOSING or now >= self.expires_at or not 0 <= index < len(self.found):
            raise WrongMoment("That was chosen already, or is too long ago. Connect the account once more.")
        chosen = self.choices[index]
        self.settle()
        return chosen

    def settle(self) -> None:
        """Whoever chose at the command line has what they wanted; the rest is forgotten."""
        self.state, self.found = ConsentState.DONE.value, []

    def fail(self, reason: str) -> None:
        """Nothing comes of it."""
        assert self.state != ConsentState.DONE, self.state
        self.state, self.reason, self.found = ConsentState.FAILED.value, reason, []


def hashed(secret: str) -> str:
    """What is stored of a secret."""
    return sha256(secret.encode()).hexdigest()


def consent_of(session: Session, secret: str) -> Consent | None:
    """The consent of a secret that somebody brought back, locked; None for one that is not ours."""
    return session.exec(select(Consent).where(Consent.state_hash == hashed(secret)).with_for_update()).first()


def is_known(session: Session, platform: str, secret: str) -> bool:
    """Whether the secret is of a consent at that network, whatever became of it."""
    query = select(Consent.id).where(Consent.state_hash == hashed(secret), Consent.platform == platform)
    return session.exec(query).first() is not None
