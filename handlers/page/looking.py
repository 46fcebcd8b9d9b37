"""Looking at a page: the command, and the question to the network how it stands."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import col, select

from handlers.cards import sentence
from handlers.couriers import Repeatable
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Redraw, Whisper
from handlers.intents import Command, Pressed
from handlers.page.profiles import profile, profile_of
from handlers.posts.content import title_of
from handlers.registry import registry
from handlers.setup import OurAccount
from handlers.showing import shown
from handlers.spelling import typed_here
from handlers.words import N_
from models.delivery import UNDER_WAY, Delivery, DeliveryState
from models.errors import Unfit
from models.profile import Profile
from platforms.contract import PageSettings, Progress


@dataclass(frozen=True)
class LookParcel(Repeatable):
    """The question how a page stands; asking changes nothing, so it may be repeated."""

    network: PageSettings

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """How it stands."""
        return {"info": asdict(self.network.page())}


class LookCourier:
    """Carries questions: kind "page_look"."""

    def pack(self, desk: Desk, delivery: Delivery) -> LookParcel:
        """The account's network."""
        return LookParcel(_network(desk.setup.account(profile(desk, delivery.subject).account)))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The card shows it; where the network does not answer, who asked is told."""
        found = profile(desk, delivery.subject)
        told = ""
        given = {"account": title_of(desk, found.account), "reason": (delivery.reason or delivery.error).rstrip(". ")}
        match delivery.state:
            case DeliveryState.DONE:
                found.read(delivery.result["info"], desk.now)
                yield Redraw(subject=found.code)
            case DeliveryState.FAILED:
                told = desk.room_t("The page of {account} could not be looked at: {reason}.", **given)
            case DeliveryState.HELD:
                told = desk.room_t("The page of {account} cannot be looked at: access to it is lost.", **given)
                delivery.cancel(desk.now)  # it has its answer
        if told and delivery.member_id is not None:
            yield Direct(member_id=delivery.member_id, card=sentence(told))


registry.courier("page_look", LookCourier())


@registry.command("page", N_("Show what a page says of itself, and change it"), usage=N_("ACCOUNT"))
def page(desk: Desk, command: Command) -> Iterator[Effect]:
    """A living card, drawn anew when the network has answered."""
    assert desk.origin
    able = [account for account in desk.setup.accounts.values() if account.platform.can.page_settings]
    name = command.text.strip()
    if not name and len(able) != 1:
        names = ", ".join(account.name for account in able)
        if not names:
            raise Unfit("No account of ours has a page that could be changed from here.")
        typed = typed_here(desk, "page")
        raise Unfit("Of which account? Type “{command}” and one of: {names}.", command=typed, names=names)
    account = desk.setup.account(name) if name else able[0]
    found = profile_of(desk, account)
    look(desk, found)
    yield shown(desk, found.code)


@registry.button("page_look", "Looks at a page again")
def look_again(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Ask the network at once."""
    found = profile(desk, pressed.subject)
    look(desk, found)
    yield Whisper(card=sentence(desk.t("I look; the card shows it in a moment.")))


def look(desk: Desk, found: Profile) -> None:
    """Put the question on its way, unless the same one is."""
    account = desk.setup.account(found.account)
    same = select(Delivery.id).where(
        Delivery.subject == found.code, Delivery.kind == "page_look", col(Delivery.state).in_(UNDER_WAY)
    )
    if desk.session.exec(same).first() is not None:
        return
    desk.add(
        Delivery(
            kind="page_look",
            lane=account.lane,
            subject=found.code,
            due_at=desk.now,
            created_at=desk.now,
            member_id=desk.member_or_none.id if desk.member_or_none else None,
        )
    )


def _network(account: OurAccount) -> PageSettings:
    platform = account.platform
    assert isinstance(platform, PageSettings), "its `can` said so"
    return platform
