"""Asks the network hourly how boosts stand: the ledger is booked, the card drawn anew, each milestone told once."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from handlers.boosts.boosts import (
    ORDERS,
    boost,
    cap_of,
    is_off,
    may_be_turned,
    money,
    network,
    on_way,
    order_of,
    put,
    release,
    stop,
    switch,
)
from handlers.boosts.steps import HELD
from handlers.cards import Card, sentence
from handlers.couriers import Repeatable
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Post, Redraw
from handlers.posts.content import title_of
from handlers.registry import registry
from handlers.telling import tell
from models import ledger
from models.boost import Boost
from models.boost_state import OVER, BoostState
from models.delivery import Delivery, DeliveryState
from platforms.contract import BoostOrder, BoostPhase, Boosts, Progress

S = BoostState
#: Reports asked for in one tick; more wait for the next.
MOST = 50
#: What an ad that spends nothing looks like.
QUIET = frozenset({BoostPhase.PAUSED, BoostPhase.REFUSED, BoostPhase.GONE})


@dataclass(frozen=True)
class ReportParcel(Repeatable):
    """The question how a boost stands; asking changes nothing, so it may be repeated."""

    network: Boosts
    order: BoostOrder
    made: Mapping[str, str]

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """How it stands; where it is in trouble, whether what it is behind can be boosted at all."""
        report = self.network.boost_report(self.order, self.made)
        is_stuck = report.phase == BoostPhase.TROUBLE
        return asdict(report) | {"unboostable": self.network.unboostable(self.order.publication_id) if is_stuck else ""}


class ReportCourier:
    """Carries such questions: kind "boost_report"."""

    def pack(self, desk: Desk, delivery: Delivery) -> ReportParcel | None:
        """What was made; None where nothing was."""
        found = boost(desk, delivery.subject)
        if not found.made:
            return None
        if delivery.state == DeliveryState.SENDING:
            access.expect_ads(desk, found.account)
        return ReportParcel(network(desk, found.account), order_of(desk, found), dict(found.made))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """What the network says is booked, and followed."""
        found = boost(desk, delivery.subject)
        if delivery.state == DeliveryState.DONE and delivery.result:
            yield from _learned(desk, found, delivery.result)
            yield Redraw(subject=found.code)
        elif delivery.state == DeliveryState.HELD and found.state in {S.RUNNING, S.PAUSED}:
            yield from _unseen(desk, found, delivery)
        elif delivery.state == DeliveryState.FAILED and found.tell(f"{HELD}report"):
            told = desk.room_t(
                "The network does not tell how {boost} stands ({reason}). I ask again each hour.",
                boost=found.code,
                reason=(delivery.reason or delivery.error).rstrip(". "),
            )
            yield from _tell(desk, found, told)


registry.courier("boost_report", ReportCourier())


@registry.tick
def plan(desk: Desk) -> Iterator[Effect]:
    """Ask about the boosts whose hour has come."""
    query = select(Boost).where(col(Boost.report_at) <= desk.now).order_by(col(Boost.report_at)).limit(MOST)
    for found in desk.session.exec(query.with_for_update()).all():
        found.plan_report(desk.now)
        if found.account not in desk.setup.accounts:
            yield from _out_of_sight(desk, found)
        elif not on_way(desk, found, ("boost_report",)):
            put(desk, "boost_report", found)


def _out_of_sight(desk: Desk, found: Boost) -> Iterator[Effect]:
    """Its account was taken out of the settings: it runs on, and only a person can look there."""
    if found.state not in {S.RUNNING, S.PAUSED} or not found.tell(f"{HELD}out of sight"):
        return
    told = desk.room_t(
        "{account} is not set up here any more, and {boost} may go on there: I cannot see what it spends, nor stop it. "
        "Set the account up again, or pause the campaign “{name}” on the network.",
        account=title_of(desk, found.account),
        boost=found.code,
        name=found.name,
    )
    yield from _tell(desk, found, told)


def _unseen(desk: Desk, found: Boost, delivery: Delivery) -> Iterator[Effect]:
    """It is told once that nobody looks after it; of what shall have stopped an alarm tells more."""
    if not found.tell(f"{HELD}{delivery.error}"):
        return
    told = desk.room_t(
        "I do not see how {boost} fares: access to the ad account of {account} is lost. What runs there runs on; I "
        "look again when that works.",
        boost=found.code,
        account=title_of(desk, found.account),
    )
    yield from _tell(desk, found, told)


def _learned(desk: Desk, found: Boost, told: Mapping[str, Any]) -> Iterator[Effect]:
    phase = BoostPhase(told["phase"])
    counts = {name: told[name] for name in ("spent", "reach", "impressions", "results")}
    since = found.reported_at or found.begins_at or desk.now
    reason = told["reason"] if found.state in {S.RUNNING, S.PAUSED} else ""  # of what is over, the cause stays
    more = found.report(phase, reason, desk.now, **counts)
    if more:
        until = _ran_until(desk, found, phase)
        shares = ledger.by_month(more, min(since, until), until, found.zone)
        ledger.book(desk.session, found.account, found.number, shares, desk.now)
    if found.state == S.STOPPING:
        yield from _stopping(desk, found, phase)
    elif found.state in OVER:
        yield from _afterwards(desk, found, phase)
    elif found.state in {S.RUNNING, S.PAUSED}:
        yield from _alive(desk, found, phase, is_over=told["is_over"], unboostable=told["unboostable"])


def _ran_until(desk: Desk, found: Boost, phase: BoostPhase) -> datetime:
    """What the network books late was spent before the end, unless it runs again."""
    if found.state in OVER and phase == BoostPhase.RUNNING:
        return desk.now
    return min(desk.now, found.ends_at or desk.now, found.over_at or desk.now)


def _alive(desk: Desk, found: Boost, phase: BoostPhase, *, is_over: bool, unboostable: str) -> Iterator[Effect]:
    t, code = desk.room_t, found.code
    spent, total = money(t, found, found.spent), money(t, found, found.total)
    reason = found.reason.rstrip(". ")
    match phase:
        case BoostPhase.REFUSED:
            found.reject(found.reason, desk.now)
            switch(desk, found)  # a verdict may be reversed there; nothing is to run then that nobody expects
            yield from _ended(
                desk, found, t("The network refused the ad of {boost}: {reason}.", boost=code, reason=reason)
            )
            return
        case BoostPhase.GONE:
            found.end(t("It was deleted on the network"), desk.now)
            yield from _ended(
                desk, found, t("{boost} was deleted on the network. It spent {spent}.", boost=code, spent=spent)
            )
            return
        case _ if is_over:
            found.end("", desk.now)
            switch(desk, found)  # somebody may have made it longer there, or dearer
            yield from _ended(
                desk, found, t("{boost} has ended. It spent {spent} of {total}.", boost=code, spent=spent, total=total)
            )
            return
        case _ if unboostable:
            stop(desk, found, reason)
            yield from _tell(
                desk,
                found,
                t("Its post cannot be boosted any more ({reason}): I stop {boost}.", boost=code, reason=reason),
            )
            return
        case BoostPhase.IN_REVIEW if found.tell("review"):
            yield from _tell(desk, found, t("The network reviews the ad of {boost}.", boost=code))
        case BoostPhase.RUNNING if found.tell("started"):
            yield from _tell(desk, found, t("{boost} runs.", boost=code))
        case BoostPhase.TROUBLE if found.tell(f"trouble {reason}"[:200]):
            yield from _tell(
                desk, found, t("{boost} does not run: {reason}. Mend that on the network.", boost=code, reason=reason)
            )
    if found.spent * 2 >= found.total and found.tell("half"):
        yield from _tell(desk, found, t("{boost} has spent {spent} of {total}.", boost=code, spent=spent, total=total))
    yield from _checked(desk, found, phase)


def _checked(desk: Desk, found: Boost, phase: BoostPhase) -> Iterator[Effect]:
    """The network does as it was told, and the money lasts."""
    t = desk.room_t
    month = ledger.month_of(desk.now, found.zone)
    if found.spent > found.total or ledger.booked(desk.session, found.account, month) >= cap_of(desk, found):
        stop(desk, found, t("its money, or the cap of the month, is spent"))
        yield from _tell(
            desk, found, t("I stop {boost}: its money, or the cap of the month, is spent.", boost=found.code)
        )
    elif on_way(desk, found, ("boost_switch",)):
        return  # it is changing
    elif found.state == S.RUNNING and found.runs and phase == BoostPhase.PAUSED:
        found.pause(desk.now)
        yield from _tell(desk, found, t("{boost} was paused on the network itself.", boost=found.code))
    elif found.state == S.PAUSED and phase == BoostPhase.RUNNING:
        switch(desk, found)
        told = t("{boost} ran though it was paused: I pause it again.", boost=found.code)
        yield from _tell(desk, found, told)


def _stopping(desk: Desk, found: Boost, phase: BoostPhase) -> Iterator[Effect]:
    """The network's own word ends it, where no order is on its way that could turn it round."""
    if may_be_turned(desk, found):
        return
    if not _is_quiet(desk, found, phase):
        switch(desk, found)
        return
    found.stopped(desk.now)
    yield from _confirmed(desk, found)


def _confirmed(desk: Desk, found: Boost) -> Iterator[Effect]:
    t, spent = desk.room_t, money(desk.room_t, found, found.spent)
    yield from _ended(
        desk, found, t("{boost} is stopped, the network confirms. It spent {spent}.", boost=found.code, spent=spent)
    )


def _afterwards(desk: Desk, found: Boost, phase: BoostPhase) -> Iterator[Effect]:
    """What is over must not run; that it does not, where a member alone said so, the network tells now."""
    if on_way(desk, found, ORDERS if found.is_said else ("boost_switch",)):
        return
    if phase == BoostPhase.RUNNING or (found.is_said and not _is_quiet(desk, found, phase)):
        found.reawaken(desk.room_t("it ran although it was over"), desk.now)
        switch(desk, found)
        told = desk.room_t("⚠️ {boost} runs on the network although it is over: I stop it.", boost=found.code)
        for place in desk.setup.review:
            yield Post(place=place, card=sentence(told))
    elif found.is_said:
        found.confirmed()
        yield from _confirmed(desk, found)


def _is_quiet(desk: Desk, found: Boost, phase: BoostPhase) -> bool:
    """Whether it spends nothing, and will not once what stands in its way is over."""
    return phase in QUIET or (phase != BoostPhase.RUNNING and is_off(desk, found))


def _ended(desk: Desk, found: Boost, told: str) -> Iterator[Effect]:
    release(desk, found)
    after = {"state": found.state, "spent": found.spent, "reason": found.reason}
    desk.audit("boost over", found.code, after=after)
    if found.tell("over"):
        yield from _tell(desk, found, told)


def _tell(desk: Desk, found: Boost, told: str) -> Iterator[Effect]:
    def card(_to: Desk) -> Card:
        return sentence(told)

    yield from tell(desk, found.code, card, found.member_id)
