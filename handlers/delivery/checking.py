"""Asks a network that refused an account, or its token for ads, whether it takes it again.

Every few minutes, and when an admin says so; in the lane of what waits for the answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, and_
from sqlmodel import col, or_, select

from handlers.cards import sentence
from handlers.couriers import Repeatable
from handlers.delivery import access, identity
from handlers.delivery.strangers import in_words
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Whisper
from handlers.intents import Pressed
from handlers.registry import registry
from handlers.setup import OurAccount
from models.account import Access, Account
from models.delivery import UNDER_WAY, Delivery, DeliveryState
from models.member import Role
from platforms.contract import AccessLost, Boosts, NotPermitted, Progress, Who

#: Makes the answer plain data and back.
WHO = TypeAdapter(Who)
#: How long a network's refusal is believed.
AGAIN = timedelta(minutes=3)
#: The same of an account that it has locked: some locks are only met in writing, and going on lengthens them.
LOCK = timedelta(hours=6)


@dataclass(frozen=True)
class CheckParcel(Repeatable):
    """The question whose token it is; asking changes nothing, so it may be repeated."""

    account: OurAccount

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Who it is, or that the token is taken and may not tell. Raises AccessLost."""
        mark = self.account.mark()
        try:
            return {"mark": mark, "who": WHO.dump_python(self.account.platform.whoami(), mode="json")}
        except NotPermitted as refusal:
            return {"mark": mark, "unnamed": refusal.reason}


@dataclass(frozen=True)
class AdsCheckParcel(Repeatable):
    """The question how the ad account stands; asking changes nothing, so it may be repeated."""

    network: Boosts

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Nothing but that it answers. Raises AdsAccessLost, and NotPermitted where another token may not pay."""
        self.network.ad_account()
        return {}


class CheckCourier:
    """Carries questions: kind "check"."""

    def pack(self, desk: Desk, delivery: Delivery) -> CheckParcel | AdsCheckParcel:
        """The account's network, with the newest token."""
        access.expect_newest(desk, delivery.subject)
        account = _asked(desk, delivery)
        if delivery.lane == account.ads_lane and isinstance(account.platform, Boosts):
            return AdsCheckParcel(account.platform)
        return CheckParcel(account)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The account is known again; the member who wanted to know is told the answer."""
        account = _asked(desk, delivery)
        if delivery.state == DeliveryState.DONE and "mark" in delivery.result:
            yield from _answered(desk, account, delivery.result)
        told = (_ads_told if delivery.lane == account.ads_lane else _told)(desk, delivery, account.name)
        if delivery.state == DeliveryState.HELD:
            delivery.cancel(desk.now)  # it has its answer
        if told and delivery.member_id is not None:
            yield Direct(member_id=delivery.member_id, card=sentence(told))


def _answered(desk: Desk, account: OurAccount, result: dict[str, Any]) -> Iterable[Effect]:
    if who := result.get("who"):
        return identity.met(desk, account, WHO.validate_python(who), result["mark"])
    return identity.unnamed(desk, account, result["unnamed"], result["mark"])


def _told(desk: Desk, delivery: Delivery, name: str) -> str:
    t, reason = desk.room_t, delivery.reason
    match delivery.state:
        case DeliveryState.HELD:
            told = t("{account} is still refused: {reason}.", account=name, reason=reason.rstrip(". "))
            if delivery.error == AccessLost.__name__ and desk.setup.login(name) is None:
                told += " " + t(
                    "Whoever runs me makes a new token, sets BOTTEGA_ACCOUNTS__{name}__TOKEN, and starts me again.",
                    name=name.upper(),
                )
            return told
        case DeliveryState.DONE:
            row = desk.session.get_one(Account, name)
            if stranger := row.stranger:
                return in_words(desk, t, row, stranger)
            if row.access == Access.LOST:
                return t("{account} is still refused: {reason}.", account=name, reason=row.access_reason.rstrip(". "))
            return t("{account} works.", account=name)
        case DeliveryState.FAILED:
            desk.session.get_one(Account, name).asked(desk.now)
            return t("{account} could not be asked: {reason}", account=name, reason=reason)
    return ""


def _ads_told(desk: Desk, delivery: Delivery, name: str) -> str:
    t, given = desk.room_t, {"account": name, "reason": delivery.reason.rstrip(". ")}
    match delivery.state:
        case DeliveryState.HELD:
            return t("The ad account of {account} is still refused: {reason}.", **given)
        case DeliveryState.DONE:
            return t("The ad account of {account} works.", account=name)
        case DeliveryState.FAILED:
            desk.session.get_one(Account, name).asked_about_ads(desk.now)
            return t("The ad account of {account} could not be asked: {reason}.", **given)
    return ""


registry.courier("check", CheckCourier())


@registry.button("check_access", "Asks the network again whether it takes the account", role=Role.ADMIN)
def check(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Ask at once; the answer is written to who pressed."""
    account = desk.setup.account(pressed.value)
    _ask(desk, account, account.lane, desk.member.number)
    if access.has_lost_ads(desk, account.name):
        _ask(desk, account, account.ads_lane, desk.member.number)
    yield Whisper(card=sentence(desk.t("I ask {account}'s network and write to you.", account=account.title)))


@registry.tick
def ask_again(desk: Desk) -> Iterable[Effect]:
    """Ask about every account whose access is lost, from time to time."""
    for is_locked, believed in ((False, AGAIN), (True, LOCK)):
        lost = and_(col(Account.access) == Access.LOST, col(Account.is_locked).is_(is_locked))
        for account in _stale(desk, lost, Account.checked_at, believed):
            _ask(desk, account, account.lane, None)
    return ()


@registry.tick
def ask_again_about_ads(desk: Desk) -> Iterable[Effect]:
    """The same of every token for ads that is lost; at once where the account was met anew."""
    for account in _stale(desk, col(Account.ads_lost_at).is_not(None), Account.ads_checked_at, AGAIN):
        _ask(desk, account, account.ads_lane, None)
    return ()


def _stale(
    desk: Desk, lost: ColumnElement[bool], checked_at: datetime | None, believed: timedelta
) -> Iterator[OurAccount]:
    """Those that are lost and were asked about long ago, and that have a token to show."""
    long_ago = or_(col(checked_at).is_(None), col(checked_at) <= desk.now - believed)
    for name in desk.session.exec(select(Account.name).where(lost, long_ago)).all():
        account = desk.setup.accounts.get(name)
        if account is not None and account.has_token:
            yield account


def _ask(desk: Desk, account: OurAccount, lane: str, member_id: int | None) -> None:
    """Put the question on its way, unless the same one is."""
    same = select(Delivery.id).where(
        Delivery.subject == account.name,
        Delivery.kind == "check",
        Delivery.lane == lane,
        Delivery.member_id == member_id,
        col(Delivery.state).in_(UNDER_WAY),
    )
    if desk.session.exec(same).first() is not None:
        return
    desk.add(
        Delivery(
            kind="check",
            lane=lane,
            subject=account.name,
            due_at=desk.now,
            created_at=desk.now,
            member_id=member_id,
        )
    )


def _asked(desk: Desk, delivery: Delivery) -> OurAccount:
    return desk.setup.account(delivery.subject)
