"""The delivery machine: anything on its way out, from the decision to a known end.

WAITING --claim--> SENDING --deliver--> DONE          An expired lease in SENDING becomes UNSURE, never WAITING.
WAITING <-postpone- SENDING --refuse--> FAILED        UNSURE is settled by asking the network, or a member.
WAITING --cancel--> CANCELLED   FAILED --retry--> WAITING   FAILED means: certainly not there.
SENDING --hold--> HELD --release--> WAITING            HELD: nothing has left until what holds it is over.
WAITING, SENDING, HELD --doubt--> UNSURE               In a restored copy: it may have left since.
"""

import random
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from models.base import Numbered, new_key, one_of, while_in
from models.errors import WrongMoment
from models.lane import part_of
from models.trace import current

#: Back-off after a failure that certainly did not happen: 5 s, doubled each time, at most 15 min, with jitter.
FIRST_BACKOFF = timedelta(seconds=5)
LAST_BACKOFF = timedelta(minutes=15)
#: A worker that does not renew its lease for so long is taken for dead; a living one renews it four times as often.
LEASE = timedelta(seconds=60)
#: Attempts before a delivery that the network keeps postponing is FAILED and told.
MOST_ATTEMPTS = 12
#: `Delivery.error` of what failed and a member left so.
LEFT = "Left"
#: `Delivery.error` of what is unsure because the desk was restored from a copy.
RESTORED = "Restored"
#: Look-ups of an unsure delivery that the network leaves without an answer, before a member is asked beside them.
PATIENT_LOOKUPS = 5
#: What attempts have moved away from its hour.
POSTPONED = text("state = 'waiting' AND meant_at IS NOT NULL")
#: What goes to networks as a post, and what chats are told or we ask; to the latter nothing points once it is over.
PUBLICATIONS = text("kind = 'publication'")
NOTICES = text(
    "kind IN ('card', 'message', 'direct', 'whisper', 'home', 'check', "
    "'page_look', 'audience_look', 'boost_quote', 'boost_report')"
)
#: How the lanes of accounts begin: of what is published and answered, and of what is ordered for money.
#: What is ordered for money goes apart, so that a stop waits for no film that is being uploaded.
ADS = "ads:account:"
TO_ACCOUNTS = ("account:", ADS)


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"  #: for its hour, its lane, or the next attempt
    SENDING = "sending"  #: committed before the first byte leaves
    DONE = "done"
    FAILED = "failed"  #: certainly not there
    UNSURE = "unsure"  #: an attempt was made and nobody knows its end
    HELD = "held"  #: its time came and nothing left: the account is stopped or its access lost, or it is too late
    CANCELLED = "cancelled"


D = DeliveryState
#: States in which an attempt may have left and its end is not known.
IN_THE_AIR = (D.SENDING, D.UNSURE)
#: States in which the delivery may still change something.
UNDER_WAY = (D.WAITING, D.HELD, *IN_THE_AIR)
#: action -> (states it is allowed in, state after it)
MACHINE: dict[str, tuple[frozenset[DeliveryState], DeliveryState]] = {
    "claim": (frozenset({D.WAITING}), D.SENDING),
    "deliver": (frozenset({D.SENDING}), D.DONE),
    "postpone": (frozenset({D.SENDING}), D.WAITING),
    "refuse": (frozenset({D.SENDING}), D.FAILED),
    "lose_track": (frozenset({D.SENDING}), D.UNSURE),
    "doubt": (frozenset({D.WAITING, D.SENDING, D.HELD, D.UNSURE}), D.UNSURE),
    "found": (frozenset({D.UNSURE}), D.DONE),
    "absent": (frozenset({D.UNSURE}), D.WAITING),
    "abandon": (frozenset({D.UNSURE, D.WAITING}), D.FAILED),
    "retry": (frozenset({D.FAILED}), D.WAITING),
    "hold": (frozenset({D.SENDING}), D.HELD),
    "release": (frozenset({D.HELD}), D.WAITING),
    "cancel": (frozenset({D.WAITING, D.FAILED, D.HELD}), D.CANCELLED),
}


class Delivery(Numbered, table=True):
    """One thing on its way out; an outbox row, written in the transaction of the decision."""

    __table_args__ = (
        one_of("state", DeliveryState),
        while_in("waiting", "ix_delivery_waiting", "due_at", "id"),
        Index("ix_delivery_postponed", "meant_at", sqlite_where=POSTPONED, postgresql_where=POSTPONED),
        while_in("sending", "ix_delivery_leased", "lease_until"),
        while_in("unsure", "ix_delivery_unsure", "check_at"),
        while_in("held", "ix_delivery_held", "due_at", "id"),
        while_in("failed", "ix_delivery_failed", "id"),
        Index("ix_delivery_hour", "lane", "due_at", sqlite_where=PUBLICATIONS, postgresql_where=PUBLICATIONS),
        Index("ix_delivery_told", "finished_at", sqlite_where=NOTICES, postgresql_where=NOTICES),
        # One at a time in a lane, whoever claims: the database itself refuses a second.
        while_in("sending", "uq_delivery_lane_sending", "lane", unique=True),
    )

    kind: str  #: which courier carries it: "publication", "reply", "act", "card", "message" …
    lane: str  #: the account or the chat room: one at a time, in order
    key: str = Field(default_factory=new_key, unique=True)  #: the same on every attempt
    subject: str = Field(default="", index=True)  #: what it is about: "P12", "C7"
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    progress: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  #: what attempts already did on the network
    result: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    state: str = DeliveryState.WAITING.value
    due_at: datetime
    wall: str = ""  #: local time the member meant, with `zone`; wins over due_at when tzdata changes
    zone: str = ""
    attempts: int = 0
    fence: int = 0  #: grows with each claim: a late worker's result is recognised and refused
    lease_by: str = ""
    lease_until: datetime | None = None
    started_at: datetime | None = None  #: of the first attempt whose outcome is still open
    check_at: datetime | None = None  #: when UNSURE is looked up next; None where there is no evidence to be had
    checks: int = 0
    error: str = ""  #: the kind of the last failure: "RateLimited"
    reason: str = ""  #: the last failure in the network's words
    member_id: int | None = Field(default=None, foreign_key="member.id")  #: who decided it
    created_at: datetime
    finished_at: datetime | None = None  #: of UNSURE: when the attempt was over
    trace: str = Field(default_factory=current, sa_column_kwargs={"server_default": ""})  #: what it follows from
    meant_at: datetime | None = None  #: the hour before attempts moved `due_at`; None where they have not

    @property
    def hour(self) -> datetime:
        """When it should have left, however often it was tried since."""
        return self.meant_at or self.due_at

    @property
    def is_to_account(self) -> bool:
        """Whether it goes to a network; otherwise to a chat, where order is what makes sense of it."""
        return bool(self.account)

    @property
    def account(self) -> str:
        """The account it goes to; "" where it goes to a chat."""
        return account_of(self.lane)

    @property
    def part(self) -> str:
        """Its lane's part for what is of its kind; see `models.lane`."""
        return part_of(self.lane, self.kind)

    @property
    def is_asked(self) -> bool:
        """Whether nobody knows its end and a member is asked: there is no evidence, or none has come for long."""
        return self.state == DeliveryState.UNSURE and (self.check_at is None or self.checks >= PATIENT_LOOKUPS)

    def _go(self, action: str) -> None:
        allowed, after = MACHINE[action]
        if self.state not in allowed:
            raise WrongMoment(
                "That delivery is {state} now; open it again to see what is possible.", state=DeliveryState(self.state)
            )
        self.state = after.value

    def claim(self, worker: str, now: datetime, lease: timedelta = LEASE) -> int:
        """Take it for one attempt; returns the fence that the worker must show when it reports."""
        self._go("claim")
        self.fence += 1
        self.attempts += 1
        self.lease_by, self.lease_until, self.started_at = worker, now + lease, now
        return self.fence

    def holds(self, fence: int) -> bool:
        """Whether the attempt with this fence is still the current one."""
        return self.state == DeliveryState.SENDING and self.fence == fence

    def _end_attempt(self) -> None:
        self.lease_by, self.lease_until = "", None

    def _later(self, due_at: datetime) -> None:
        """Another attempt then; the hour it was meant for is remembered."""
        self.meant_at, self.due_at = self.hour, due_at

    def _anew(self) -> None:
        """A member decides it again: what follows bears the id of that, and is late from then on only."""
        self.meant_at, self.trace = None, current() or self.trace

    def deliver(self, result: dict[str, Any], now: datetime) -> None:
        """It stands there."""
        self._go("deliver")
        self._end_attempt()
        self.result, self.error, self.reason, self.finished_at = result, "", "", now

    def postpone(self, error: str, reason: str, due_at: datetime) -> None:
        """It certainly did not happen: again at `due_at`."""
        self._go("postpone")
        self._end_attempt()
        self.error, self.reason = error, reason
        self._later(due_at)

    def hold(self, error: str, reason: str) -> None:
        """Claimed, but it does not leave before a member or the account lets it, and then begins anew."""
        self._go("hold")
        self._end_attempt()
        self.attempts = 0
        self.error, self.reason = error, reason

    def release(self) -> None:
        """It may leave again, at its hour or at once."""
        self._go("release")
        self.error, self.reason = "", ""

    def refuse(self, error: str, reason: str, now: datetime) -> None:
        """It certainly did not happen and will not without a person."""
        self._go("refuse")
        self._end_attempt()
        self.error, self.reason, self.finished_at = error, reason, now

    def lose_track(self, error: str, reason: str, now: datetime, check_at: datetime | None = None) -> None:
        """The attempt is over, and nobody knows whether it happened; it is looked up at `check_at`, or at once."""
        self._go("lose_track")
        self._end_attempt()
        self.error, self.reason, self.finished_at = error, reason, now
        self.check_at, self.checks = check_at or now, 0

    def doubt(self, since: datetime, now: datetime) -> None:
        """The row is a copy made at `since`: nobody knows what was done with it after, so it is looked up.

        Where it is certainly absent it waits for its own hour: nothing was tried that would count as an attempt.
        """
        was_open = self.state in IN_THE_AIR
        self._go("doubt")
        self._end_attempt()
        self.started_at = self.started_at if was_open and self.started_at else since
        self.fence += 1
        self.attempts = self.checks = 0
        self.error, self.reason, self.check_at, self.finished_at = RESTORED, "", now, now

    def check_again(self, at: datetime | None) -> None:
        """The look-up gave no evidence: again at `at`, or with None not by itself any more (a member is asked)."""
        if self.state != DeliveryState.UNSURE:
            raise WrongMoment(
                "That delivery is {state} now; open it again to see what is possible.", state=DeliveryState(self.state)
            )
        self.check_at = at
        self.checks += 1

    def found(self, result: dict[str, Any], now: datetime) -> None:
        """It stands there: the network or a member says so."""
        self._go("found")
        self.result, self.error, self.reason, self.check_at, self.finished_at = result, "", "", None, now

    def absent(self, due_at: datetime) -> None:
        """It is certainly not there: it may be sent again at `due_at`, which may be over for long."""
        self._go("absent")
        self.finished_at = None
        self.check_at = None
        if self.attempts:  # what was never tried keeps its own hour
            self._later(due_at)

    def abandon(self, reason: str, now: datetime, error: str = "Abandoned") -> None:
        """A member leaves it as it is, or what it was about is over; another `error` where a retry is welcome."""
        self._go("abandon")
        self.check_at, self.finished_at, self.error, self.reason = None, now, error, reason

    def leave(self) -> None:
        """A member leaves what failed as it is: the reason stays, and nobody has to decide any more."""
        if self.state != DeliveryState.FAILED:
            raise WrongMoment(
                "That delivery is {state} now; open it again to see what is possible.", state=DeliveryState(self.state)
            )
        self.error = LEFT

    def retry(self, now: datetime) -> None:
        """A member wants another try."""
        self._go("retry")
        self._anew()
        self.attempts, self.due_at, self.finished_at, self.error, self.reason = 0, now, None, "", ""

    def cancel(self, now: datetime) -> None:
        """It shall not leave."""
        self._go("cancel")
        self.finished_at = now

    def move(self, due_at: datetime, wall: str, zone: str) -> None:
        """Another hour for what still waits."""
        if self.state != DeliveryState.WAITING:
            raise WrongMoment(
                "That delivery is {state} now; open it again to see what is possible.", state=DeliveryState(self.state)
            )
        self._anew()
        self.due_at, self.wall, self.zone = due_at, wall, zone


def account_of(lane: str) -> str:
    """The account at the end of the lane; "" where that leads to a chat."""
    way = next((way for way in TO_ACCOUNTS if lane.startswith(way)), None)
    return lane.removeprefix(way) if way else ""


def backoff(attempts: int) -> timedelta:
    """5 s, 10 s, 20 s … at most 15 min; each shortened at random by up to half, so that many do not return at once."""
    full: timedelta = min(FIRST_BACKOFF * 2 ** min(attempts - 1, 20), LAST_BACKOFF)
    return full * random.uniform(0.5, 1.0)
