"""Asks a network that refused an account whether it takes it again: every few minutes, and when an admin says so."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlmodel import col, or_, select

from handlers.cards import sentence
from handlers.couriers import Repeatable
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Whisper
from handlers.intents import Pressed
from handlers.registry import registry
from handlers.setup import OurAccount
from models.account import Access, Account
from models.delivery import Delivery, DeliveryState
from models.member import Role
from platforms.contract import AccessLost, NotPermitted, Platform, Progress, Who

#: Makes the answer plain data and back.
WHO = TypeAdapter(Who)
#: How long a network's refusal is believed.
AGAIN = timedelta(minutes=3)
#: States in which the answer is still to come.
UNDER_WAY = (DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.UNSURE)


@dataclass(frozen=True)
class CheckParcel(Repeatable):
    """The question whose token it is; asking changes nothing, so it may be repeated."""

    platform: Platform

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Who it is. Raises AccessLost."""
        try:
            return {"who": WHO.dump_python(self.platform.whoami(), mode="json")}
        except NotPermitted:
            return {}  # it may not tell who it is, but the token is taken


class CheckCourier:
    """Carries questions: kind "check"."""

    def pack(self, desk: Desk, delivery: Delivery) -> CheckParcel:
        """The account's network, with the newest token."""
        access.expect_newest(desk, delivery.subject)
        return CheckParcel(_asked(desk, delivery).platform)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The account is known again; the member who wanted to know is told the answer."""
        name, t = _asked(desk, delivery).name, desk.room_t
        told = ""
        match delivery.state:
            case DeliveryState.HELD:
                told = t("{account} is still refused: {reason}.", account=name, reason=delivery.reason.rstrip(". "))
                if delivery.error == AccessLost.__name__ and desk.setup.login(name) is None:
                    told += " " + t(
                        "Whoever runs me makes a new token, sets BOTTEGA_ACCOUNTS__{name}__TOKEN, and starts me again.",
                        name=name.upper(),
                    )
                delivery.cancel(desk.now)  # it has its answer
            case DeliveryState.DONE:
                if who := delivery.result.get("who"):
                    yield from access.met(desk, name, WHO.validate_python(who))
                told = t("{account} works.", account=name)
            case DeliveryState.FAILED:
                desk.session.get_one(Account, name).asked(desk.now)
                told = t("{account} could not be asked: {reason}", account=name, reason=delivery.reason)
        if told and delivery.member_id is not None:
            yield Direct(member_id=delivery.member_id, card=sentence(told))


registry.courier("check", CheckCourier())


@registry.button("check_access", "Asks the network again whether it takes the account", role=Role.ADMIN)
def check(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Ask at once; the answer is written to who pressed."""
    account = desk.setup.account(pressed.value)
    _ask(desk, account, desk.member.number)
    yield Whisper(card=sentence(desk.t("I ask {account}'s network and write to you.", account=account.title)))


@registry.tick
def ask_again(desk: Desk) -> Iterable[Effect]:
    """Ask about every account whose access is lost, from time to time."""
    stale = or_(col(Account.checked_at).is_(None), col(Account.checked_at) <= desk.now - AGAIN)
    for name in desk.session.exec(select(Account.name).where(Account.access == Access.LOST, stale)).all():
        if name in desk.setup.accounts and desk.setup.accounts[name].has_token:
            _ask(desk, desk.setup.accounts[name], None)
    return ()


def _ask(desk: Desk, account: OurAccount, member_id: int | None) -> None:
    """Put the question on its way, unless the same one is."""
    same = select(Delivery.id).where(
        Delivery.subject == account.name,
        Delivery.kind == "check",
        Delivery.member_id == member_id,
        col(Delivery.state).in_(UNDER_WAY),
    )
    if desk.session.exec(same).first() is not None:
        return
    desk.add(
        Delivery(
            kind="check",
            lane=account.lane,
            subject=account.name,
            due_at=desk.now,
            created_at=desk.now,
            member_id=member_id,
        )
    )


def _asked(desk: Desk, delivery: Delivery) -> OurAccount:
    return desk.setup.account(delivery.subject)
