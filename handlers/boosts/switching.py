"""Lets a boost run, rest, or stop: the network makes of it what the boost's `runs` says when the delivery leaves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.boosts.boosts import (
    boost,
    may_be_carried_out,
    network,
    note_open_end,
    on_way,
    put,
    release,
    settled_after,
    stop,
    switch,
)
from handlers.boosts.steps import HELD, again, expect_free, failed, held, refuse_unless_agreed, reopened
from handlers.cards import sentence
from handlers.couriers import UNAPPROVED, Repeatable
from handlers.delivery import access
from handlers.delivery.pressing import expect_newest, expect_sender
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.intents import Pressed
from handlers.posts.content import title_of
from handlers.posts.quorum import need_any
from handlers.registry import registry
from handlers.telling import tell
from models.boost import Boost
from models.boost_state import OVER, BoostState
from models.delivery import IN_THE_AIR, Delivery, DeliveryState
from models.errors import WrongMoment
from models.member import Role
from platforms.contract import Boosts, Progress, TryLater

S, D = BoostState, DeliveryState
#: Before the network is asked again to stop what a part of which is still in the air.
SOON = timedelta(seconds=10)


@dataclass(frozen=True)
class SwitchParcel(Repeatable):
    """On or off; doing it twice is doing it once."""

    network: Boosts
    made: Mapping[str, str]
    running: bool

    @property
    def brakes(self) -> bool:
        """Whether it is to rest."""
        return not self.running

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Make it so."""
        self.network.switch(self.made, running=self.running)
        return {"running": self.running}


class SwitchCourier:
    """Carries them: kind "boost_switch"."""

    def pack(self, desk: Desk, delivery: Delivery) -> SwitchParcel | None:
        """What is wanted now; None where nothing was ever made that could run."""
        found = boost(desk, delivery.subject)
        if delivery.state == D.SENDING:
            if found.runs:
                if found.state == S.ORDERING:
                    refuse_unless_agreed(desk, found, delivery)
                else:
                    expect_sender(desk, delivery, Role.BUYER)
                expect_free(desk, found)
            else:
                # A stop tries also where access was lost: nothing else is worth the attempt.
                access.expect_newest(desk, found.account)
                if on_way(desk, found, ("boost",), IN_THE_AIR):
                    raise TryLater("a part of it is still being made", SOON)
        if not found.made:
            return None
        return SwitchParcel(network(desk, found.account), dict(found.made), found.runs)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The boost runs or rests; that it has stopped, a report must show."""
        found = boost(desk, delivery.subject)
        note_open_end(delivery)
        match DeliveryState(delivery.state):
            case D.HELD if delivery.error == UNAPPROVED:
                yield from reopened(desk, found, delivery)
            case D.DONE:
                yield from _done(desk, found, delivery.result.get("running"))
            case D.FAILED:
                yield from _failed(desk, found, delivery)
            case D.HELD if found.runs:
                yield from held(desk, found, delivery)
            case D.HELD:
                yield from _unheeded(desk, found, delivery)
        yield Redraw(subject=found.code)


registry.courier("boost_switch", SwitchCourier())


def _done(desk: Desk, found: Boost, running: bool | None) -> Iterator[Effect]:
    if found.state == S.STOPPING:
        if found.made:
            put(desk, "boost_report", found, wait=settled_after(desk, found))
            return
        found.stopped(desk.now)
        yield from _unmade(desk, found)
    elif found.is_said:
        put(desk, "boost_report", found)
    elif running and found.runs and found.state in {S.ORDERING, S.PAUSED}:
        before = found.state
        found.start(desk.now)
        desk.audit("boost started", found.code, {"state": before}, {"made": dict(found.made)})
        put(desk, "boost_report", found)
    elif running is False and not found.runs and found.state == S.RUNNING:
        found.pause(desk.now)
        desk.audit("boost paused", found.code, after={"spent": found.spent})
        put(desk, "boost_report", found)


def _unmade(desk: Desk, found: Boost) -> Iterator[Effect]:
    release(desk, found)
    desk.audit("boost stopped", found.code, after={"spent": found.spent})
    told = desk.room_t("{boost} is stopped; nothing was ordered.", boost=found.code)
    yield Tell(subject=found.code, card=sentence(told))


def _failed(desk: Desk, found: Boost, delivery: Delivery) -> Iterator[Effect]:
    """What was to run must rest, whatever of it was done; what was to rest may run on, and that is told."""
    reason = delivery.reason or delivery.error
    if found.runs and found.state == S.ORDERING and may_be_carried_out(delivery):
        stop(desk, found, reason)
        told = desk.room_t(
            "Nobody knows whether {boost} runs: {account} gave no sure answer ({reason}). I stop it, and tell what it "
            "has spent once the network shows that nothing runs.",
            boost=found.code,
            account=title_of(desk, found.account),
            reason=reason.rstrip(". "),
        )
        yield from tell(desk, found.code, lambda _to: sentence(told), found.member_id)
        return
    if found.runs and found.state == S.ORDERING:
        yield from failed(desk, found, reason)
        switch(desk, found)
        return
    if found.runs and found.state == S.PAUSED:
        found.let_rest()
        switch(desk, found)
        told = desk.room_t("{boost} was not resumed: {reason}.", boost=found.code, reason=reason.rstrip(". "))
    elif found.state == S.RUNNING:
        found.let_run()  # as it does
        told = desk.room_t(
            "{boost} could not be paused and runs on ({reason}). Press Pause again, or Stop.",
            boost=found.code,
            reason=reason.rstrip(". "),
        )
    else:
        found.alarm(desk.now)
        if found.state in OVER:
            put(desk, "boost_report", found)  # perhaps it runs
        return
    yield from tell(desk, found.code, lambda _to: sentence(told), found.member_id)


def _unheeded(desk: Desk, found: Boost, delivery: Delivery) -> Iterator[Effect]:
    """What was to rest may run on until the access works again; of what was to stop the alarm tells."""
    found.alarm(desk.now)
    if found.state != S.RUNNING or not found.tell(f"{HELD}{delivery.error}"):
        return
    told = desk.room_t(
        "{boost} could not be paused and runs on: access to the ad account of {account} is lost. It is paused when "
        "that works again. If it must rest now, pause the campaign “{name}” there by hand.",
        boost=found.code,
        account=title_of(desk, found.account),
        name=found.name,
    )
    yield from tell(desk, found.code, lambda _to: sentence(told), found.member_id)


# -- what members do --------------------------------------------------------------------------------------------------


@registry.button("boost_pause", "Pauses a boost")
def pause(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Any member may: a brake that only some may pull is none."""
    found = boost(desk, pressed.subject)
    if found.state == S.RUNNING and not found.runs:
        raise WrongMoment("{boost} is being paused already.", boost=found.code)
    if found.state not in {S.RUNNING, S.PAUSED} or not found.runs:
        raise WrongMoment("{boost} does not run: it is {state}.", boost=found.code, state=S(found.state))
    found.let_rest()
    switch(desk, found)
    desk.audit("boost pause ordered", found.code)
    told = desk.room_t("{member} pauses {boost}.", member=desk.member.name, boost=found.code)
    yield Tell(subject=found.code, card=sentence(told))
    yield Redraw(subject=found.code)


@registry.button("boost_resume", "Lets a paused boost run again", role=Role.BUYER)
def resume(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """As it was agreed to."""
    found = boost(desk, pressed.subject)
    found.expect(pressed.revision)
    if found.state == S.PAUSED and found.runs:
        raise WrongMoment("{boost} is being resumed already.", boost=found.code)
    if found.state != S.PAUSED:
        raise WrongMoment("{boost} does not rest: it is {state}.", boost=found.code, state=S(found.state))
    found.let_run()
    switch(desk, found)
    desk.audit("boost resume ordered", found.code)
    told = desk.room_t("{member} lets {boost} run again.", member=desk.member.name, boost=found.code)
    yield Tell(subject=found.code, card=sentence(told))
    yield Redraw(subject=found.code)


@registry.button("boost_stop", "Stops a boost for good")
def stop_pressed(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Any member may, on whatever card; while it is not confirmed, pressing again tries again."""
    found = boost(desk, pressed.subject)
    if found.state == S.STOPPING:
        again(desk, found)
    else:
        stop(desk, found, desk.room_t("stopped by {member}", member=desk.member.name))
        told = desk.room_t("{member} stops {boost}.", member=desk.member.name, boost=found.code)
        yield Tell(subject=found.code, card=sentence(told))
    yield Redraw(subject=found.code)


@registry.button("boost_is_stopped", "Says that a boost does not run on its network, where that confirms nothing")
def is_stopped(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """The word of a buyer or an admin ends the alarm. Nothing is set free by it: that takes the network's own word."""
    found = boost(desk, pressed.subject)
    need_any(desk, Role.BUYER, Role.ADMIN)
    expect_newest(found.revision, pressed, found.code)
    if not found.is_unconfirmed:
        raise WrongMoment(
            "{boost} is {state} now; look at its card for what is possible.", boost=found.code, state=S(found.state)
        )
    t, name = desk.room_t, desk.member.name
    reason = t("{reason}; {member} looked there and says that it is stopped", reason=found.reason, member=name)
    found.said_to_be_stopped(reason, desk.now)
    desk.audit(
        "boost said to be stopped", found.code, {"state": S.STOPPING.value}, {"reason": reason, "spent": found.spent}
    )
    if found.is_said:
        again(desk, found)
        put(desk, "boost_report", found)
        told = t(
            "{member} says that {boost} is stopped there. What was set aside for it stays so until the network tells "
            "what it spent; I go on asking.",
            member=name,
            boost=found.code,
        )
        yield Tell(subject=found.code, card=sentence(told))
    else:
        yield from _unmade(desk, found)
    yield Redraw(subject=found.code)
