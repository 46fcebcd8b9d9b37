"""What a page says of itself, as it was last read, and a change that waits for a second member."""

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from models.base import one_of
from models.errors import OutOfDate, WrongMoment


class ProfileState(StrEnum):
    """Where a change of the page stands."""

    SHOWN = "shown"  #: nothing is to be changed
    PROPOSED = "proposed"  #: waits for a second member
    CHANGING = "changing"  #: agreed to, on its way to the network
    FAILED = "failed"  #: the network did not take it


S = ProfileState
#: action -> (states it is allowed in, state after it)
MACHINE: dict[str, tuple[frozenset[ProfileState], ProfileState]] = {
    "propose": (frozenset({S.SHOWN, S.PROPOSED, S.FAILED}), S.PROPOSED),
    "drop": (frozenset({S.PROPOSED, S.FAILED}), S.SHOWN),
    "accept": (frozenset({S.PROPOSED}), S.CHANGING),
    "open_round": (frozenset({S.CHANGING}), S.PROPOSED),
    "done": (frozenset({S.CHANGING}), S.SHOWN),
    "fail": (frozenset({S.CHANGING}), S.FAILED),
    "retry": (frozenset({S.FAILED}), S.CHANGING),
}


class Profile(SQLModel, table=True):
    """One account's page; `G2` is its name in chat."""

    __table_args__ = (one_of("state", ProfileState),)

    id: int | None = Field(default=None, primary_key=True)
    account: str = Field(foreign_key="account.name", unique=True)
    state: str = ProfileState.SHOWN.value
    info: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  #: as the network last told; empty before
    read_at: datetime | None = None
    revision: int = 0  #: of the change: grows with each proposal
    change: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  #: field -> what it is to become
    digest: str = ""  #: of the change, which the second member agrees to
    member_id: int | None = Field(default=None, foreign_key="member.id")  #: who proposed it
    agreed_by: int | None = None  #: the second member; None: nobody yet, or before that was kept
    error: str = ""  #: why the network did not take it

    @property
    def code(self) -> str:
        """Its name in chat: G2."""
        return f"G{self.id}"

    def _go(self, action: str) -> None:
        allowed, after = MACHINE[action]
        if self.state not in allowed:
            raise WrongMoment("Nothing of that waits any more. Open the page again to see how it stands.")
        self.state = after.value

    def expect(self, revision: int) -> None:
        """Refuse what was pressed on a card that shows another change."""
        if revision != self.revision:
            raise OutOfDate(
                "The change is another one since that card was drawn. Look at the new card and press there."
            )

    def read(self, info: Mapping[str, Any], now: datetime) -> bool:
        """The network told how it stands; returns whether that is news."""
        news = self.info != info
        self.info, self.read_at = dict(info), now
        return news

    def propose(self, change: Mapping[str, Any], member_id: int) -> None:
        """A member wants it otherwise; an earlier wish is forgotten."""
        self._go("propose")
        self.change, self.digest, self.member_id, self.error = dict(change), digest_of(change), member_id, ""
        self.agreed_by = None
        self.revision += 1

    def accept(self, member_id: int | None = None) -> None:
        """A second member agrees to what is shown."""
        self._go("accept")
        self.agreed_by = member_id

    @property
    def is_intact(self) -> bool:
        """Whether what is stored of the change is what was agreed to."""
        return digest_of(self.change) == self.digest

    def open_round(self) -> None:
        """What was agreed to is not what would leave, or who agreed does not count: somebody must agree again."""
        self._go("open_round")
        self.digest, self.agreed_by = digest_of(self.change), None
        self.revision += 1

    def waits(self) -> None:
        """It is held once more: a button of the time before is out of date."""
        self.revision += 1

    def drop(self) -> None:
        """Nothing is to be changed any more."""
        self._go("drop")
        self._forget()

    def done(self) -> None:
        """The network has taken it."""
        self._go("done")
        self._forget()

    def fail(self, reason: str) -> None:
        """The network has not taken it."""
        self._go("fail")
        self.error = reason
        self.revision += 1

    def retry(self) -> None:
        """Once more, as it was agreed to."""
        self._go("retry")
        self.error = ""

    def _forget(self) -> None:
        self.change, self.digest, self.member_id, self.agreed_by, self.error = {}, "", None, None, ""


def digest_of(change: Mapping[str, Any]) -> str:
    """64 hexadecimal digits that change with any detail."""
    canonical = json.dumps(change, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()
