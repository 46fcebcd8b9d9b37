"""A boost: money behind a publication, from the wish over its approvals to the last cent the network reports.

REVIEW --accept--> ORDERING --start--> RUNNING <--pause, start--> PAUSED   A stop is believed once the network shows it.
REVIEW --withdraw--> WITHDRAWN   ORDERING --fail--> FAILED --retry--> ORDERING   Whatever runs though it is over is
ORDERING, RUNNING, PAUSED --stop--> STOPPING --stopped--> STOPPED                stopped once more (`reawaken`).
                                    Where the network says nothing any more a member may (`said_to_be_stopped`).
RUNNING, PAUSED --end--> ENDED   --reject--> REFUSED: the network's review said no.

Amounts are integers in the currency's minor unit; `amount` alone is what a member typed, in whole units.
"""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Index, text
from sqlmodel import Field

from models.base import Numbered, one_of
from models.boost_report import HOURLY, Reported
from models.boost_state import MACHINE, BoostState, S
from models.boost_wanted import DIGEST_VERSION, Wanted, digest_of, minor
from models.errors import OutOfDate, WrongMoment

#: How the names begin of all that is made on networks for boosts.
MARK = "bottega-"
#: What is reported on again; so many rows has its index.
REPORTED = text("report_at IS NOT NULL")
#: How long a stop may take before it is told that nobody knows whether it stopped, and how often that is told.
ALARMED_AFTER, ALARMED_EVERY = timedelta(minutes=10), timedelta(minutes=30)
#: The whole of an order's parts, by the names that the contract gives them.
PARTS = ("campaign", "ad_set", "creative", "ad")


class Boost(Numbered, Wanted, Reported, table=True):
    """One boost of one publication; `B7` is its name in chat."""

    __table_args__ = (
        one_of("state", BoostState),
        Index("ix_boost_reported", "report_at", sqlite_where=REPORTED, postgresql_where=REPORTED),
        Index("ix_boost_state", "state", "account"),
    )

    state: str = BoostState.REVIEW.value
    revision: int = 1  #: grows with whatever is to be agreed to anew
    digest: str = ""  #: of all that will be ordered; "" before its price is known, and then nobody can agree
    member_id: int = Field(foreign_key="member.id")  #: who wants it
    created_at: datetime
    # the order
    tag: str = Field(default_factory=lambda: secrets.token_hex(4))  #: makes the name of its parts unique
    made: dict[str, str] = Field(default_factory=dict, sa_type=JSON)  #: part -> remote id
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    runs: bool = False  #: what the network is to make of it; whether it has, `state` says
    is_held: bool = False  #: paused because its account was stopped
    wish: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)  #: an extension: amount, days, member, ordered
    # its end
    stopped_at: datetime | None = None  #: when the stop was wanted
    alarm_at: datetime | None = None  #: when an unconfirmed stop is told next

    @property
    def code(self) -> str:
        """Its name in chat: B7."""
        return f"B{self.id}"

    @property
    def name(self) -> str:
        """What its parts are called on the network; no boost's name begins another's."""
        return f"{MARK}{self.code}-{self.tag}"

    @property
    def is_made(self) -> bool:
        """Whether every part stands on the network."""
        return all(part in self.made for part in PARTS)

    def _go(self, action: str) -> None:
        allowed, after = MACHINE[action]
        self._expect(allowed)
        self.state = after.value

    def _expect_alive(self) -> None:
        """What shall have stopped, or is over, is not turned round any more."""
        self._expect({S.ORDERING, S.RUNNING, S.PAUSED})

    def _expect(self, allowed: Collection[BoostState]) -> None:
        if self.state not in allowed:
            raise WrongMoment(
                "{boost} is {state} now; look at its card for what is possible.",
                boost=self.code,
                state=BoostState(self.state),
            )

    def expect(self, revision: int) -> None:
        """Refuse what was pressed on a card that shows something else."""
        if revision != self.revision:
            raise OutOfDate(
                "{boost} has changed since that card was drawn. Look at it and press there.", boost=self.code
            )

    # -- what is agreed to ---------------------------------------------------------------------------------------------

    def priced(self, quote: Mapping[str, Any], *, currency: str, offset: int, zone: str, now: datetime) -> None:
        """The network told its currency and its terms: now it is known what is agreed to."""
        was, told = self.purse, str(quote.get("account", {}).get("remote_id", ""))
        self.quote, self.quoted_at = dict(quote), now
        if self.state != S.REVIEW:
            return  # what was agreed to stays as it was
        self.currency, self.offset, self.zone = currency, offset, zone
        self.ad_account = told
        if was not in {"", told}:
            self.digest_version = DIGEST_VERSION
            self.leave_parts()  # another ad account's
        self.budget = minor(Decimal(self.amount), offset)
        digest = digest_of(self.content())
        if digest != self.digest:
            self.revision += 1 if self.digest else 0
            self.digest = digest

    def unpriced(self, reason: str) -> None:
        """The network did not tell its terms: nobody can agree to it yet."""
        self.ad_account = self.purse
        self.quote, self.digest = {"error": reason}, ""

    def revise(self, wanted: Mapping[str, Any]) -> None:
        """Somebody wants it otherwise: another digest, which nobody has agreed to; its price is asked for anew.

        Parts that stand and are another thing now are left behind as they are, paused; the new ones get another name.
        Raises WrongMoment where something was spent: what those parts spent must not be lost with their ids.
        """
        if self.spent:
            raise WrongMoment(
                "{boost} has spent something already, so it cannot be changed. Withdraw it, and boost the post anew.",
                boost=self.code,
            )
        self._go("revise")
        before = (self.goal, self.special_category, self.targeting.get("countries"))
        for name, value in wanted.items():
            setattr(self, name, value)
        same = before == (self.goal, self.special_category, self.targeting.get("countries"))
        if not same or set(self.made) - {PARTS[0]}:
            self.leave_parts()
        self.revision += 1
        self.digest_version, self.ad_account = DIGEST_VERSION, self.purse
        self.digest, self.quote, self.quoted_at, self.reason = "", {}, None, ""
        self.over_at = self.report_at = None

    def leave_parts(self) -> None:
        """What stands of it is left behind as it is; what is made from now on bears another name."""
        self.made, self.tag = {}, secrets.token_hex(4)

    def withdraw(self, reason: str) -> None:
        """It is not wanted any more."""
        self._go("withdraw")
        self.reason = reason

    # -- the order -----------------------------------------------------------------------------------------------------

    def accept(self, now: datetime) -> None:
        """Enough members agree; what has not been told its time yet begins now."""
        self._go("accept")
        if "ad_set" not in self.made:
            self.plan(now)

    def open_round(self) -> None:
        """Those who agreed do not suffice any more, before it ran: it must be agreed to again."""
        self._go("open_round")
        self.runs = False
        self.revision += 1

    def review_again(self) -> None:
        """What waits for agreement is for another identity now: no button of before agrees to it."""
        self.revision += 1

    @property
    def is_intact(self) -> bool:
        """Whether what is stored of it is what was agreed to. Only of one that was never extended."""
        return digest_of(self.content()) == self.digest

    def retry(self, now: datetime) -> None:
        """Once more, as it was agreed to; what has not been told its time yet begins now."""
        self._go("retry")
        self.reason, self.over_at = "", None
        self.revision += 1  # a button of the try before is out of date
        if "ad_set" not in self.made:
            self.plan(now)

    def plan(self, now: datetime) -> None:
        """Its days begin now, or when it was meant to."""
        self.begins_at = max(self.start_at or now, now).replace(microsecond=0)
        self.ends_at = self.end_after(self.days)

    def end_after(self, days: int) -> datetime:
        """When it is over if it runs so long."""
        assert self.begins_at, "what was ordered has a beginning"
        return self.begins_at + timedelta(days=days)

    def let_run(self) -> None:
        """All of it is made, or it rested: the network is to let it run."""
        self._expect_alive()
        self.runs, self.is_held = True, False

    def let_rest(self, *, is_held: bool = False) -> None:
        """The network is to pause it; `is_held`: for as long as its account is stopped."""
        self._expect_alive()
        self.runs, self.is_held = False, is_held

    def has(self, part: str, remote_id: str) -> None:
        """A part stands on the network."""
        self.made = {**self.made, part: remote_id}
        self.goes_on()

    def fail(self, reason: str, now: datetime) -> None:
        """The network did not take it."""
        self._go("fail")
        self._is_over(reason, now)

    def start(self, now: datetime) -> None:
        """The network lets it run."""
        self._go("start")
        self.is_held, self.report_at = False, now
        self.goes_on()

    def pause(self, now: datetime) -> None:
        """The network lets it rest."""
        self._go("pause")
        self.runs, self.report_at = False, now

    def stop(self, reason: str, now: datetime) -> None:
        """It shall spend nothing more; that it does not, the network has to say."""
        self._go("stop")
        self._shall_stop(reason, now)

    def reawaken(self, reason: str, now: datetime) -> None:
        """It runs though it was over: its end is told anew."""
        self._go("reawaken")
        self.told = [milestone for milestone in self.told if milestone != "over"]
        self._shall_stop(reason, now)

    def _shall_stop(self, reason: str, now: datetime) -> None:
        self.runs, self.is_held, self.reason, self.wish = False, False, reason, {}
        self.revision += 1  # a button of a stop before is out of date
        self.stopped_at, self.alarm_at, self.over_at, self.is_said = now, now + ALARMED_AFTER, None, False

    @property
    def is_unconfirmed(self) -> bool:
        """Whether a stop was tried, and the network refused it or did not confirm it in time."""
        return (
            self.state == S.STOPPING
            and self.stopped_at is not None
            and self.alarm_at != self.stopped_at + ALARMED_AFTER
        )

    def alarm(self, now: datetime) -> None:
        """The network did not take the order to stop: that is told at once, and then at its pace."""
        if self.state == S.STOPPING and not self.is_unconfirmed:
            self.alarm_at = now

    def alarmed(self, now: datetime) -> None:
        """It was told that nobody knows whether it has stopped."""
        self.alarm_at = now + ALARMED_EVERY

    def stopped(self, now: datetime) -> None:
        """The network confirms that it spends nothing."""
        self._go("stopped")
        self.alarm_at = None
        self._is_over(self.reason, now)

    def said_to_be_stopped(self, reason: str, now: datetime) -> None:
        """A member saw there that it does not run; what it spent, if it was made, the network has still to tell."""
        self.reason = reason
        self.stopped(now)
        self.is_said = bool(self.made)

    def confirmed(self) -> None:
        """The network tells so too, and what it spent."""
        self.is_said = False

    def end(self, reason: str, now: datetime) -> None:
        """Its time or money is over, or it is gone there."""
        self._go("end")
        self._is_over(reason, now)

    def reject(self, reason: str, now: datetime) -> None:
        """The network's review refused it."""
        self._go("reject")
        self._is_over(reason, now)

    def _is_over(self, reason: str, now: datetime) -> None:
        self.runs, self.reason, self.over_at, self.wish = False, reason, now, {}
        self.report_at = now + HOURLY if self.made else None

    # -- an extension --------------------------------------------------------------------------------------------------

    def extended(self) -> tuple[int, int]:
        """Budget and days that the wish makes of it."""
        return minor(Decimal(self.wish["amount"]), self.offset), int(self.wish["days"])

    @property
    def wish_digest(self) -> str:
        """Of what the wish makes of it."""
        budget, days = self.extended()
        return digest_of({**self.content(budget, days), "extends": self.digest})

    def want_more(self, amount: Decimal, days: int, member_id: int) -> None:
        """A member wants more money or time for what runs; an earlier wish is forgotten."""
        if self.state not in {S.RUNNING, S.PAUSED} or self.is_extending:
            raise WrongMoment("{boost} cannot be extended now.", boost=self.code)
        self.wish = {"amount": str(amount), "days": days, "member": member_id}
        self.revision += 1

    def order_more(self, shares: Mapping[str, int]) -> None:
        """Enough members agree to the wish; `shares`: what was set aside for it, by month."""
        self.wish = {**self.wish, "ordered": self.wish_digest, "shares": dict(shares)}

    def want_again(self) -> None:
        """Those who agreed to the wish do not suffice any more: it waits for agreement again, and nothing is bound."""
        self.wish = {name: self.wish[name] for name in ("amount", "days", "member")}
        self.revision += 1

    def has_more(self) -> None:
        """The network has taken it: this is what was ordered now."""
        digest = self.wish_digest
        self.amount, self.days = self.wish["amount"], int(self.wish["days"])
        self.budget = minor(Decimal(self.amount), self.offset)
        self.ends_at = self.end_after(self.days)
        self.member_id = int(self.wish["member"])  # whose own voice did not count
        self.wish, self.digest = {}, digest
        self.revision += 1
        self.told = [milestone for milestone in self.told if milestone != "half"]

    def forget_wish(self) -> None:
        """No more, then."""
        self.wish = {}
        self.revision += 1

    @property
    def is_extending(self) -> bool:
        """Whether an extension is agreed to and on its way."""
        return bool(self.wish.get("ordered"))
