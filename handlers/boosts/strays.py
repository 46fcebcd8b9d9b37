"""Strays: campaigns of ours that spend and that no boost knows, as after an older copy of the desk was restored."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from handlers.boosts.boosts import can_boost, network, policy_of
from handlers.cards import Button, Tone, number_of, sentence
from handlers.couriers import Repeatable
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Pressed
from handlers.posts.content import title_of
from handlers.registry import registry
from handlers.telling import alarm
from models.boost import MARK, Boost
from models.boost_state import OPEN, BoostState
from models.delivery import UNDER_WAY, Delivery, DeliveryState
from models.errors import NotFound, WrongMoment
from platforms.contract import Boosts, Progress

S, D = BoostState, DeliveryState
#: States of what is made, watched and stopped here.
ORDERED = frozenset({S.ORDERING, S.RUNNING, S.PAUSED, S.STOPPING})


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
    brakes = True

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Nothing below it spends any more."""
        self.network.switch(self.made, running=False)
        return {}


class SearchCourier:
    """Carries such questions: kind "boost_strays", about an account; `payload` has the names that wishes bore."""

    def pack(self, desk: Desk, delivery: Delivery) -> SearchParcel | None:
        """None where the account has no ad account. Raises NotAllowed where it may spend, and cannot be asked."""
        if not can_boost(desk.setup.account(delivery.subject)) and not policy_of(desk, delivery.subject).month_cap:
            return None
        if delivery.state == D.SENDING:
            access.expect_ads(desk, delivery.subject)
        return SearchParcel(network(desk, delivery.subject))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """Each that no boost looks after is told where boosts are reviewed, with the brake."""
        t, account = desk.room_t, title_of(desk, delivery.subject)
        if delivery.state == D.DONE:
            for remote_id, name in _news(desk, delivery).items():
                desk.audit("stray campaign found", delivery.subject, after={"campaign": remote_id, "name": name})
                given = {"account": account, "name": name}
                told = t(
                    "🚨 On {account} the campaign “{name}” runs, and I know nothing of it: it was ordered after the "
                    "copy that I was restored from. No cap of mine counts what it spends. Stop it, or look after it on "
                    "the network.",
                    **given,
                )
                if bearer := _bearer(desk, delivery, remote_id, name):
                    told = t(
                        "🚨 On {account} the campaign “{name}” of {boost} runs, and here {boost} is {state}: it was "
                        "ordered after the copy that I was restored from. No cap of mine counts what it spends. Stop "
                        "it, or look after it on the network. Whoever orders {boost} here spends a second time.",
                        boost=bearer.code,
                        state=S(bearer.state),
                        **given,
                    )
                yield from _told(desk, told, _brake(desk, delivery.number, remote_id))
        elif delivery.state in {D.HELD, D.FAILED}:
            told = t(
                "🚨 I cannot look for campaigns on {account} that were ordered after the copy that I was restored from "
                "({reason}). Look there whether one runs whose name begins with “{mark}” and that no card here shows.",
                account=account,
                reason=_reason(desk, delivery),
                mark=MARK,
            )
            yield from _told(desk, told)


class BrakeCourier:
    """Carries the brake: kind "stray_stop", about an account; `payload` names the campaign, and the search."""

    def pack(self, desk: Desk, delivery: Delivery) -> BrakeParcel:
        """It tries also where access was lost: nothing else is worth the attempt."""
        access.expect_newest(desk, delivery.subject)
        return BrakeParcel(network(desk, delivery.subject), {"campaign": delivery.payload["campaign"]})

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """Where it may run on, that is told with the brake again; what is held leaves once the access is back."""
        t, remote_id = desk.room_t, delivery.payload["campaign"]
        given = {"account": title_of(desk, delivery.subject), "campaign": remote_id}
        again = _brake(desk, delivery.payload["search"], remote_id)
        if delivery.state == D.DONE:
            desk.audit("stray campaign paused", delivery.subject, after={"campaign": remote_id})
            yield from _told(desk, t("The campaign {campaign} on {account} is paused.", **given))
        elif delivery.state == D.HELD:
            told = t(
                "🚨 The campaign {campaign} on {account} could not be paused and runs on ({reason}). I pause it when "
                "that works again. Pause it there by hand, or try again.",
                reason=_reason(desk, delivery),
                **given,
            )
            yield from _told(desk, told, again)
        elif delivery.state == D.FAILED:
            told = t(
                "🚨 The campaign {campaign} on {account} could not be paused and runs on ({reason}). Pause it there by "
                "hand, or try again.",
                reason=_reason(desk, delivery),
                **given,
            )
            yield from _told(desk, told, again)


registry.courier("boost_strays", SearchCourier())
registry.courier("stray_stop", BrakeCourier())


def seek(desk: Desk) -> None:
    """Look on every ad account, also for what bears the name of a wish, before that gets another."""
    wishes = desk.session.exec(select(Boost).where(col(Boost.state).in_(OPEN))).all()
    names = {found.name: found.code for found in wishes}
    for account in desk.setup.accounts.values():
        if isinstance(account.platform, Boosts):
            _put(desk, "boost_strays", account.name, {"names": names})


@registry.button("stray_stop", "Pauses a campaign that no boost knows")
def brake(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Any member may: a brake that only some may pull is none. Pressed again, it tries again at once."""
    number, _, remote_id = pressed.value.partition(" ")
    search = desk.session.get(Delivery, number_of(number, "D"))
    if search is None or search.kind != "boost_strays" or remote_id not in search.result.get("running", {}):
        raise NotFound("There is no {subject} here.", subject=remote_id[:20])
    waits = select(Delivery).where(
        Delivery.subject == search.subject, Delivery.kind == "stray_stop", col(Delivery.state).in_(UNDER_WAY)
    )
    same = [found for found in desk.session.exec(waits.with_for_update()) if found.payload["campaign"] == remote_id]
    if any(found.state != D.HELD for found in same):
        raise WrongMoment("The campaign {campaign} is being paused already.", campaign=remote_id)
    for found in same:
        found.release()
    if not same:
        _put(desk, "stray_stop", search.subject, {"campaign": remote_id, "search": search.number})
    desk.audit("stray campaign pause ordered", search.subject, after={"campaign": remote_id})
    account = title_of(desk, search.subject)
    told = desk.t("I pause the campaign {campaign} on {account}.", campaign=remote_id, account=account)
    yield Whisper(card=sentence(told))


def _news(desk: Desk, search: Delivery) -> dict[str, str]:
    """What nobody looks after here, and no search for another account told: two may share an ad account."""
    alive = desk.session.exec(select(Boost).where(col(Boost.state).in_(ORDERED))).all()
    known = {found.made.get("campaign", found.name) for found in alive}  # the name counts until the id is known
    others = select(Delivery).where(
        Delivery.kind == "boost_strays",
        Delivery.state == D.DONE,
        Delivery.created_at == search.created_at,
        Delivery.id != search.id,
    )
    told = {remote_id for other in desk.session.exec(others) for remote_id in other.result.get("running", {})}
    running: dict[str, str] = search.result.get("running", {})
    return {
        remote_id: name
        for remote_id, name in running.items()
        if not {remote_id, name} & known and remote_id not in told
    }


def _bearer(desk: Desk, search: Delivery, remote_id: str, name: str) -> Boost | None:
    """The boost whose campaign it is, or whose name it bears."""
    code = search.payload.get("names", {}).get(name)
    for found in desk.session.exec(select(Boost).where(col(Boost.state).not_in(ORDERED))):
        if found.code == code or found.name == name or found.made.get("campaign") == remote_id:
            return found
    return None


def _reason(desk: Desk, delivery: Delivery) -> str:
    """Why it is held or has failed; what is held before it leaves has no words of the network."""
    if delivery.error == access.NO_ADS and not delivery.reason:
        return desk.room_t("access to the ad account is lost")
    return (delivery.reason or delivery.error).rstrip(". ")


def _put(desk: Desk, kind: str, account: str, payload: dict[str, Any]) -> None:
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


def _brake(desk: Desk, search: int, remote_id: str) -> Button:
    return Button(verb="stray_stop", label=desk.room_t("Stop"), value=f"D{search} {remote_id}", tone=Tone.DANGER)


def _told(desk: Desk, told: str, *buttons: Button) -> Iterator[Effect]:
    yield from alarm(desk, lambda _to: sentence(told, *buttons))
