"""Audiences: groups of people that boosts reach or leave out, asked for by one member and agreed to by another."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field, SQLModel

from models.base import new_key, one_of
from models.errors import OutOfDate, WrongMoment


class AudienceState(StrEnum):
    """Where an audience stands."""

    PROPOSED = "proposed"  #: waits for a second member
    MAKING = "making"  #: agreed to, on its way to the network
    FILLING = "filling"  #: made; the network gathers its people
    READY = "ready"  #: boosts can use it
    FAILED = "failed"  #: the network did not make it
    DROPPED = "dropped"  #: nobody wants it any more, or it is gone from the network


S = AudienceState
#: action -> (states it is allowed in, state after it)
MACHINE: dict[str, tuple[frozenset[AudienceState], AudienceState]] = {
    "accept": (frozenset({S.PROPOSED}), S.MAKING),
    "open_round": (frozenset({S.MAKING}), S.PROPOSED),
    "drop": (frozenset({S.PROPOSED, S.FAILED}), S.DROPPED),
    "made": (frozenset({S.MAKING}), S.FILLING),
    "fail": (frozenset({S.MAKING}), S.FAILED),
    "retry": (frozenset({S.FAILED}), S.MAKING),
    "fill": (frozenset({S.FILLING, S.READY}), S.READY),
    "empty": (frozenset({S.FILLING, S.READY}), S.FILLING),
    "vanish": (frozenset({S.FILLING, S.READY}), S.DROPPED),
}
#: What is looked at now and then; so many rows has its index.
LOOKED_AT = text("look_at IS NOT NULL")
#: How long after a look an audience is looked at again: while it fills, and once it is ready.
SOON, LATER = timedelta(hours=1), timedelta(days=1)


class AudienceRow(SQLModel, table=True):
    """One audience of one account; `T4` is its name in chat."""

    __tablename__ = "audience"
    __table_args__ = (
        one_of("state", AudienceState),
        Index("ix_audience_looked_at", "look_at", sqlite_where=LOOKED_AT, postgresql_where=LOOKED_AT),
    )

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.name", index=True)
    name: str  #: as members call it
    key: str = Field(default_factory=new_key, unique=True)  #: in its name on the network, by which it is found
    plan: dict[str, Any] = Field(sa_type=JSON)
    digest: str  #: of account, name and plan, which the second member agrees to
    state: str = AudienceState.PROPOSED.value
    remote_id: str = ""
    people_from: int | None = None
    people_to: int | None = None
    reason: str = ""  #: why it failed, or is not ready yet
    member_id: int = Field(foreign_key="member.id")  #: who asked for it
    agreed_by: int | None = None  #: the second member; None: nobody yet, or before that was kept
    revision: int = Field(default=0, sa_column_kwargs={"server_default": "0"})  #: buttons of another are out of date
    created_at: datetime
    read_at: datetime | None = None
    look_at: datetime | None = None  #: when the network is asked next how it stands

    @classmethod
    def asked(cls, account: str, name: str, plan: Mapping[str, Any], member_id: int, now: datetime) -> "AudienceRow":
        """A member wants it."""
        made = cls(account=account, name=name, plan=dict(plan), digest="", member_id=member_id, created_at=now)
        made.digest = made.digest_now()
        return made

    def digest_now(self) -> str:
        """64 hexadecimal digits that change with any detail of what is stored."""
        whole = {"account": self.account, "name": self.name, **self.plan}
        canonical = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return sha256(canonical.encode()).hexdigest()

    def expect(self, revision: int) -> None:
        """Refuse what was pressed on a card that shows another state."""
        if revision != self.revision:
            raise OutOfDate(
                "The audience {name} has changed since that card was drawn. Look at the new card and press there.",
                name=self.name,
            )

    @property
    def code(self) -> str:
        """Its name in chat: T4."""
        return f"T{self.id}"

    @property
    def remote_name(self) -> str:
        """What it is called on the network: what members call it, and what makes it unique."""
        return f"{self.name} · {self.key[:8]}"

    def _go(self, action: str) -> None:
        allowed, after = MACHINE[action]
        if self.state not in allowed:
            raise WrongMoment(
                "The audience {name} is {state} now, so that is not possible.",
                name=self.name,
                state=AudienceState(self.state),
            )
        self.state = after.value

    def accept(self, member_id: int | None = None) -> None:
        """A second member agrees."""
        self._go("accept")
        self.agreed_by = member_id

    def open_round(self, plan: Mapping[str, Any]) -> None:
        """What was agreed to is not what would be made, or who agreed does not count: somebody must agree again."""
        self._go("open_round")
        self.plan, self.agreed_by = dict(plan), None
        self.digest = self.digest_now()
        self.revision += 1

    def drop(self) -> None:
        """Nobody wants it any more."""
        self._go("drop")

    def made(self, remote_id: str, now: datetime) -> None:
        """The network has made it, and is filling it."""
        self._go("made")
        self.remote_id, self.reason, self.look_at = remote_id, "", now + SOON

    def fail(self, reason: str) -> None:
        """The network did not make it."""
        self._go("fail")
        self.reason = reason
        self.revision += 1

    def retry(self) -> None:
        """Once more, as it was agreed to."""
        self._go("retry")
        self.reason = ""

    def read(self, *, ready: bool, reason: str, people_from: int | None, people_to: int | None, now: datetime) -> bool:
        """The network told how it stands; returns whether that is news."""
        before = (self.state, self.reason, self.people_from, self.people_to)
        self._go("fill" if ready else "empty")
        self.reason, self.people_from, self.people_to = reason, people_from, people_to
        self.read_at, self.look_at = now, now + (LATER if ready else SOON)
        return before != (self.state, self.reason, self.people_from, self.people_to)

    def look_later(self, now: datetime) -> None:
        """The network did not tell how it stands."""
        self.look_at = now + SOON

    def vanish(self, now: datetime) -> None:
        """It is gone from the network."""
        self._go("vanish")
        self.read_at, self.look_at = now, None
