"""Strays: campaigns of ours that spend and that no boost knows, as after an older copy of the desk was restored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from handlers.boosts.boosts import can_boost, network
from handlers.cards import Button, Tone, sentence
from handlers.couriers import Repeatable
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Post, Whisper
from handlers.intents import Pressed
from handlers.posts.content import title_of
from handlers.registry import registry
from models.boost import MARK, Boost
from models.boost_state import BoostState
from models.delivery import UNDER_WAY, Delivery, DeliveryState
from models.errors import NotFound, WrongMoment
from platforms.contract import Boosts, Progress

S, D = BoostState, DeliveryState
#: States of what is made, watched and stopped here.
ORDERED = (S.ORDERING, S.RUNNING, S.PAUSED, S.STOPPING)


@dataclass(frozen=True)
class SearchParcel(Repeatable):
    """The question what runs there; asking changes nothing, so it may be repeated."""

    network: Boosts

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """What runs and bears our mark."""
        return {"running": dict(self.network.running(MARK))}


@dataclass(frozen=True)
class BrakeParcel(Repeatable):
    """A campaign is paused; doing it twice is doing it once."""

    network: Boosts
    made: Mapping[str, str]

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Nothing below it spends any more."""
        self.network.switch(self.made, running=False)
        return {}


class SearchCourier:
    """Carries such questions: kind "boost_strays", about an account."""

    def pack(self, desk: Desk, delivery: Delivery) -> SearchParcel | None:
        """None where the account has no ad account any more."""
        if not can_boost(desk.setup.account(delivery.subject)):
            return None
        if delivery.state == D.SENDING:
            access.expect_ads(desk, delivery.subject)
        return SearchParcel(network(desk, delivery.subject))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """Each that no boost knows is told where boosts are reviewed, with the brake."""
        t, account = desk.room_t, title_of(desk, delivery.subject)
        if delivery.state == D.DONE:
            known = _known(desk, delivery.subject)
            for remote_id, name in delivery.result.get("running", {}).items():
                if name not in known:
                    desk.audit("stray campaign found", delivery.subject, after={"campaign": remote_id, "name": name})
                    told = t(
                        "🚨 On {account} the campaign “{name}” runs, and I know nothing of it: it was ordered after "
                        "the copy that I was restored from. No cap of mine counts what it spends. Stop it, or look "
                        "after it on the network.",
                        account=account,
                        name=name,
                    )
                    yield from _posted(desk, told, _brake(desk, delivery.subject, remote_id))
        elif delivery.state in {D.HELD, D.FAILED}:
            told = t(
                "🚨 I cannot look for campaigns on {account} that were ordered after the copy that I was restored from "
                "({reason}). Look there whether one runs whose name begins with “{mark}” and that no card here shows.",
                account=account,
                reason=(delivery.reason or delivery.error).rstrip(". "),
                mark=MARK,
            )
            yield from _posted(desk, told)


class BrakeCourier:
    """Carries the brake: kind "stray_stop", about an account; `payload` names the campaign."""

    def pack(self, desk: Desk, delivery: Delivery) -> BrakeParcel:
        """It tries also where access was lost: nothing else is worth the attempt."""
        access.expect_newest(desk, delivery.subject)
        return BrakeParcel(network(desk, delivery.subject), {"campaign": delivery.payload["campaign"]})

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """Where it may run on, that is told with the brake again."""
        t, remote_id = desk.room_t, delivery.payload["campaign"]
        given = {"account": title_of(desk, delivery.subject), "campaign": remote_id}
        if delivery.state == D.DONE:
            desk.audit("stray campaign paused", delivery.subject, after={"campaign": remote_id})
            yield from _posted(desk, t("The campaign {campaign} on {account} is paused.", **given))
        elif delivery.state in {D.HELD, D.FAILED}:
            told = t(
                "🚨 The campaign {campaign} on {account} could not be paused and runs on ({reason}). Pause it there by "
                "hand, or try again.",
                reason=(delivery.reason or delivery.error).rstrip(". "),
                **given,
            )
            if delivery.state == D.HELD:
                delivery.cancel(desk.now)  # a member tries again
            yield from _posted(desk, told, _brake(desk, delivery.subject, remote_id))


registry.courier("boost_strays", SearchCourier())
registry.courier("stray_stop", BrakeCourier())


def seek(desk: Desk) -> None:
    """Look on every ad account."""
    for account in desk.setup.accounts.values():
        if isinstance(account.platform, Boosts):
            _put(desk, "boost_strays", account.name, {})


@registry.button("stray_stop", "Pauses a campaign that no boost knows")
def brake(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Any member may: a brake that only some may pull is none."""
    name, _, remote_id = pressed.value.partition(" ")
    account = desk.setup.account(name)
    found = select(Delivery).where(Delivery.subject == name, Delivery.kind == "boost_strays", Delivery.state == D.DONE)
    if not any(remote_id in delivery.result.get("running", {}) for delivery in desk.session.exec(found)):
        raise NotFound("There is no {subject} here.", subject=remote_id[:20])
    waits = select(Delivery).where(
        Delivery.subject == name, Delivery.kind == "stray_stop", col(Delivery.state).in_(UNDER_WAY)
    )
    if any(delivery.payload["campaign"] == remote_id for delivery in desk.session.exec(waits)):
        raise WrongMoment("The campaign {campaign} is being paused already.", campaign=remote_id)
    _put(desk, "stray_stop", name, {"campaign": remote_id})
    desk.audit("stray campaign pause ordered", name, after={"campaign": remote_id})
    told = desk.t("I pause the campaign {campaign} on {account}.", campaign=remote_id, account=account.title)
    yield Whisper(card=sentence(told))


def _known(desk: Desk, account: str) -> set[str]:
    """The names of what somebody looks after here."""
    alive = select(Boost).where(col(Boost.state).in_(ORDERED), Boost.account == account)
    return {found.name for found in desk.session.exec(alive)}


def _put(desk: Desk, kind: str, account: str, payload: dict[str, str]) -> None:
    desk.add(
        Delivery(
            kind=kind,
            lane=desk.setup.account(account).ads_lane,
            subject=account,
            payload=payload,
            due_at=desk.now,
            created_at=desk.now,
            member_id=desk.member_or_none.id if desk.member_or_none else None,
        )
    )


def _brake(desk: Desk, account: str, remote_id: str) -> Button:
    return Button(verb="stray_stop", label=desk.room_t("Stop"), value=f"{account} {remote_id}", tone=Tone.DANGER)


def _posted(desk: Desk, told: str, *buttons: Button) -> Iterator[Effect]:
    for place in desk.setup.review:
        yield Post(place=place, card=sentence(told, *buttons))
