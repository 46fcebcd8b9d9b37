"""Audiences on their way to the network and back: the couriers, and the look at those that are there."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from handlers.audiences.audiencecard import audience, refuse_unable
from handlers.cards import sentence
from handlers.couriers import Repeatable
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell, Whisper
from handlers.intents import Pressed
from handlers.registry import registry
from models.audience import AudienceRow, AudienceState
from models.delivery import ADS, UNDER_WAY, Delivery, DeliveryState
from platforms.contract import AudienceKind, AudiencePlan, Audiences, Gone, Progress

#: Audiences looked at in one tick.
MOST = 20


@dataclass(frozen=True)
class MakingParcel:
    """An audience ready to be made; it is found by its name, so that it is made once."""

    network: Audiences
    plan: AudiencePlan
    earliest: timedelta = timedelta(seconds=45)
    latest: timedelta = timedelta(days=7)
    asks: bool = False

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Make it."""
        return {"remote_id": self.network.make_audience(self.plan)}

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """Look for its name."""
        found = self.network.find_audience(self.plan.name)
        return None if found is None else {"remote_id": found}


@dataclass(frozen=True)
class LookParcel(Repeatable):
    """The question how an audience stands; asking changes nothing."""

    network: Audiences
    remote_id: str

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """How it stands; {} where it is gone."""
        try:
            return asdict(self.network.audience(self.remote_id))
        except Gone:
            return {}


class MakingCourier:
    """Carries audiences to be made: kind "audience"."""

    def pack(self, desk: Desk, delivery: Delivery) -> MakingParcel | None:
        """As it was agreed to; None where nobody wants it any more."""
        found = audience(desk, delivery.subject)
        if found.state != AudienceState.MAKING or found.digest != delivery.payload["digest"]:
            return None
        if delivery.state == DeliveryState.SENDING:
            access.expect(desk, found.account)
            access.expect_ads(desk, found.account)
        return MakingParcel(_network(desk, found), _plan(found))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The card and its thread say what became of it."""
        found = audience(desk, delivery.subject)
        t, reason = desk.room_t, (delivery.reason or delivery.error).rstrip(". ")
        match delivery.state:
            case DeliveryState.DONE if delivery.result:
                found.made(delivery.result["remote_id"], desk.now)
                desk.audit("audience made", found.code, after=delivery.result)
                told = t("The audience {name} is made. The network fills it, which takes some hours.", name=found.name)
                yield Tell(subject=found.code, card=sentence(told))
                look(desk, found)
            case DeliveryState.FAILED:
                found.fail(reason)
                desk.audit("audience failed", found.code, after={"reason": reason})
                told = t(
                    "The audience {name} was not made ({reason}). Put that right and press Retry.",
                    name=found.name,
                    reason=reason,
                )
                yield Tell(subject=found.code, card=sentence(told))
            case DeliveryState.HELD:
                told = t("The audience {name} waits: access to its account is lost.", name=found.name)
                yield Tell(subject=found.code, card=sentence(told))
        yield Redraw(subject=found.code)


class LookCourier:
    """Carries questions: kind "audience_look"."""

    def pack(self, desk: Desk, delivery: Delivery) -> LookParcel | None:
        """The audience on its network."""
        found = audience(desk, delivery.subject)
        return LookParcel(_network(desk, found), found.remote_id) if found.look_at else None

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The card shows it; that it became ready, or is gone, is told."""
        found, t = audience(desk, delivery.subject), desk.room_t
        if found.look_at is None:
            return
        if delivery.state == DeliveryState.FAILED:
            found.look_later(desk.now)
        if delivery.state != DeliveryState.DONE:
            return
        if not (told := delivery.result):
            found.vanish(desk.now)
            words = t("The audience {name} is gone from the network: somebody deleted it there.", name=found.name)
            yield Tell(subject=found.code, card=sentence(words))
            yield Redraw(subject=found.code)
            return
        was_ready = found.state == AudienceState.READY
        counted = {"people_from": told["people_from"], "people_to": told["people_to"]}
        if found.read(ready=told["ready"], reason=told["reason"], now=desk.now, **counted):
            yield Redraw(subject=found.code)
        if told["ready"] and not was_ready:
            words = t("The audience {name} is ready: boosts can use it.", name=found.name)
            yield Tell(subject=found.code, card=sentence(words))


registry.courier("audience", MakingCourier())
registry.courier("audience_look", LookCourier())


@registry.tick
def look_now_and_then(desk: Desk) -> Iterator[Effect]:
    """Ask about those whose hour has come."""
    due = select(AudienceRow).where(col(AudienceRow.look_at) <= desk.now).order_by(col(AudienceRow.look_at))
    for found in desk.session.exec(due.limit(MOST).with_for_update()).all():
        found.look_later(desk.now)  # unless the answer says otherwise; who is not answered lets others have their turn
        if found.account in desk.setup.accounts:
            look(desk, found)
    yield from ()


@registry.button("audience_look", "Asks the network how an audience stands")
def look_again(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Ask at once."""
    look(desk, audience(desk, pressed.subject))
    yield Whisper(card=sentence(desk.t("I look; the card shows it in a moment.")))


def make(desk: Desk, found: AudienceRow) -> None:
    """Put it on its way to the network."""
    refuse_unable(desk.setup.account(found.account))
    _order(desk, found, "audience", {"digest": found.digest})


def look(desk: Desk, found: AudienceRow) -> None:
    """Put the question on its way, unless the same one is."""
    same = select(Delivery.id).where(
        Delivery.subject == found.code, Delivery.kind == "audience_look", col(Delivery.state).in_(UNDER_WAY)
    )
    if desk.session.exec(same).first() is None:
        _order(desk, found, "audience_look", {})


def _order(desk: Desk, found: AudienceRow, kind: str, payload: dict[str, Any]) -> None:
    desk.add(
        Delivery(
            kind=kind,
            lane=f"{ADS}{found.account}",
            subject=found.code,
            payload=payload,
            due_at=desk.now,
            created_at=desk.now,
            member_id=desk.member_or_none.id if desk.member_or_none else None,
        )
    )


def _network(desk: Desk, found: AudienceRow) -> Audiences:
    account = desk.setup.account(found.account)
    refuse_unable(account)
    platform = account.platform
    assert isinstance(platform, Audiences), "its `can` said so"
    return platform


def _plan(found: AudienceRow) -> AudiencePlan:
    given = {key: value for key, value in found.plan.items() if key not in {"kind", "seed_name"}}
    return AudiencePlan(name=found.remote_name, kind=AudienceKind(found.plan["kind"]), **given)
