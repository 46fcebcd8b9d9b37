"""Audiences on their way to the network and back: the couriers, and the look at those that are there."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from handlers.audiences.audiencecard import audience, refuse_unable
from handlers.cards import Button, Card, Tone, sentence
from handlers.couriers import CHANGED, UNAPPROVED, Held, Repeatable
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell, Whisper
from handlers.intents import Pressed
from handlers.registry import registry
from handlers.setup import OurAccount
from handlers.telling import tell
from models.audience import AudienceRow, AudienceState
from models.delivery import ADS, UNDER_WAY, Delivery, DeliveryState
from models.member import Member, Role
from platforms.contract import AudienceKind, AudiencePlan, Audiences, Boosts, Gone, Progress

#: Audiences looked at in one tick.
MOST = 20
#: Whose agreement counts, and in its plan the ad account that it is made in; plans of before that was kept have none.
AGREE, PURSE = (Role.BUYER, Role.ADMIN), "ad_account"


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
            _expect_agreed(desk, found)
            access.expect(desk, found.account)
            access.expect_ads(desk, found.account)
        return MakingParcel(_network(desk, found), _plan(found))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The card and its thread say what became of it."""
        found = audience(desk, delivery.subject)
        if found.state != AudienceState.MAKING or found.digest != delivery.payload["digest"]:
            return  # it was given up, or must be agreed to again
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
            case DeliveryState.HELD if delivery.error in {CHANGED, UNAPPROVED}:
                delivery.cancel(desk.now)
                yield from _asked_again(desk, found, delivery)
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


def purse_of(account: OurAccount) -> dict[str, str]:
    """The ad account in which an audience of the account would be made, as its plan names it."""
    platform = account.platform
    return {PURSE: platform.purse} if isinstance(platform, Boosts) and platform.purse else {}


def _expect_agreed(desk: Desk, found: AudienceRow) -> None:
    """Raise Held where it is not what was agreed to, or who agreed may not any more."""
    there = purse_of(desk.setup.account(found.account))
    if found.digest_now() != found.digest or found.plan.get(PURSE, there.get(PURSE)) != there.get(PURSE):
        raise Held(CHANGED)
    agreed = desk.session.get_one(Member, found.agreed_by) if found.agreed_by else None
    if agreed is not None and not any(agreed.has(role) for role in AGREE):
        raise Held(UNAPPROVED)


def _asked_again(desk: Desk, found: AudienceRow, delivery: Delivery) -> Iterator[Effect]:
    """Another member must agree to what would be made by now; the card shows that."""
    told_to, by = (found.member_id, found.agreed_by), desk.name_of(found.agreed_by)
    was, there = found.plan.get(PURSE), purse_of(desk.setup.account(found.account)).get(PURSE, "")
    found.open_round({**found.plan, PURSE: there} if was and was != there else found.plan)
    desk.audit("audience reopened", found.code, after={"error": delivery.error, "digest": found.digest})

    def told(to: Desk) -> Card:
        t = to.room_t
        why = t("Somebody changed it in the database.")
        if delivery.error == UNAPPROVED:
            why = t("{member}, who agreed, may not agree any more.", member=by)
        elif was and was != there:
            why = t("Another ad account would keep it: {now} instead of {was}.", now=there, was=was)
        words = t("The audience {name} was not made: it is not what was agreed to any more.", name=found.name)
        how = t("Look at its card: another buyer or admin agrees to what it shows now, or somebody drops it.")
        look = Button(verb="audience_show", label=t("Show it"), subject=found.code, tone=Tone.PRIMARY)
        return sentence(f"{words} {why} {how}", look)

    yield from tell(desk, found.code, told, *told_to)


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
    given = {key: value for key, value in found.plan.items() if key not in {"kind", "seed_name", PURSE}}
    return AudiencePlan(name=found.remote_name, kind=AudienceKind(found.plan["kind"]), **given)
