"""Extends what runs: more money or more days, wished for, agreed to anew, and told to the network."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from handlers.boosts import quorum
from handlers.boosts.boostform import read_amount, read_days
from handlers.boosts.boosts import boost, may_be_carried_out, network, note_open_end, order_of, put
from handlers.boosts.steps import asked_again, expect_free, held, refuse_another_purse
from handlers.cards import sentence
from handlers.couriers import UNAPPROVED, Held, Repeatable
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Tell
from handlers.forms import Field, FieldRefused, Form, Kind
from handlers.intents import Filled, Pressed
from handlers.posts.quorum import need_any
from handlers.registry import registry
from handlers.telling import tell
from models import ledger
from models.agreement import agreed, void
from models.boost import Boost
from models.boost_state import BoostState
from models.delivery import Delivery, DeliveryState
from models.errors import Unfit, WrongMoment
from models.member import Role
from platforms.contract import BoostOrder, Boosts, Progress

#: Between attempts to put the old order there again, each of which is many tries.
UNDONE_EVERY = timedelta(minutes=30)
WISHERS = (Role.AUTHOR, Role.PUBLISHER, Role.BUYER)


@dataclass(frozen=True)
class ExtendParcel(Repeatable):
    """The order as it is to be from now on; telling it twice is telling it once."""

    network: Boosts
    order: BoostOrder
    made: Mapping[str, str]

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Make it so."""
        self.network.extend(self.order, self.made)
        return {"extended": True}


class ExtendCourier:
    """Carries extensions: kind "boost_extend"."""

    def pack(self, desk: Desk, delivery: Delivery) -> ExtendParcel | None:
        """The extension as it was agreed to; None where it was given up since. Raises Refused, Held."""
        found = boost(desk, delivery.subject)
        if not _is_of(delivery, found):
            return None
        if delivery.state == DeliveryState.SENDING:
            if not found.wish.get("undone"):
                _refuse_unless_agreed(desk, found)
            expect_free(desk, found)
        return ExtendParcel(network(desk, found.account), order_of(desk, found), dict(found.made))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """From now on it is what was ordered, or what it was, and then the money set aside for it is free again."""
        found, t = boost(desk, delivery.subject), desk.room_t
        if found.state == BoostState.STOPPING and delivery.state in {DeliveryState.DONE, DeliveryState.FAILED}:
            put(desk, "boost_report", found)  # no stop was believed before this could not turn it round any more
        if not _is_of(delivery, found):
            return
        note_open_end(delivery)
        match DeliveryState(delivery.state):
            case DeliveryState.DONE if found.wish.get("again"):
                yield from _wanted_again(desk, found)
            case DeliveryState.DONE if found.wish.get("undone"):
                yield from _not_extended(desk, found, t("no sure answer came, so the old order was put there again"))
            case DeliveryState.DONE:
                before = found.content()
                found.has_more()
                desk.audit("boost extended", found.code, before, found.content())
                yield Tell(subject=found.code, card=sentence(t("{boost} is extended.", boost=found.code)))
            case DeliveryState.HELD if delivery.error == UNAPPROVED:
                delivery.cancel(desk.now)
                if may_be_carried_out(delivery):
                    found.wish = {**found.wish, "again": True}
                    yield from _undo(desk, found, delivery)
                else:
                    yield from _wanted_again(desk, found)
            case DeliveryState.FAILED if may_be_carried_out(delivery):
                yield from _undo(desk, found, delivery)
            case DeliveryState.FAILED:
                yield from _not_extended(desk, found, delivery.reason or delivery.error)
            case DeliveryState.HELD:
                yield from held(desk, found, delivery)
        yield Redraw(subject=found.code)


registry.courier("boost_extend", ExtendCourier())


def _is_of(delivery: Delivery, found: Boost) -> bool:
    """Whether it carries the extension that is on its way; another was given up, or is over."""
    return bool(found.is_extending and found.wish["ordered"] == delivery.payload["digest"])


def _refuse_unless_agreed(desk: Desk, found: Boost) -> None:
    """Raise WrongMoment where it is not what was agreed to, Held where those who agreed do not suffice any more."""
    refuse_another_purse(desk, found)
    if found.wish_digest != found.wish["ordered"]:
        raise WrongMoment("what is stored of it is not what was agreed to")
    if sum(quorum.missing(desk, found, quorum.wished(found))):
        raise Held(UNAPPROVED)


def _wanted_again(desk: Desk, found: Boost) -> Iterator[Effect]:
    """It is on the network as it was, and the wish waits for agreement again: what was set aside for it is free."""
    what = quorum.wished(found)
    told_to = (what.requester, *agreed(desk.session, found, what.digest))
    ledger.give_back(desk.session, found.account, found.number, found.wish["shares"], desk.now)
    found.want_again()
    quorum.drop_uncounted(desk, found, what)
    desk.audit("boost extension reopened", found.code, after={"digest": what.digest})
    yield from tell(desk, found.code, lambda to: asked_again(to, found, what), *told_to)


def _not_extended(desk: Desk, found: Boost, reason: str) -> Iterator[Effect]:
    """It is on the network as it was: the money set aside for more is free again."""
    ledger.give_back(desk.session, found.account, found.number, found.wish["shares"], desk.now)
    told_to = (int(found.wish["member"]), *agreed(desk.session, found, found.wish["ordered"]))
    found.forget_wish()
    desk.audit("boost extension failed", found.code, after={"reason": reason})
    told = desk.room_t(
        "{boost} was not extended ({reason}). It goes on as it was; press Extend to try again.",
        boost=found.code,
        reason=reason.rstrip(". "),
    )
    yield from tell(desk, found.code, lambda _to: sentence(told), *told_to)


def _undo(desk: Desk, found: Boost, delivery: Delivery) -> Iterator[Effect]:
    """An attempt may have got through: the old order is put there again, and the money stays set aside until it is."""
    is_first = not found.wish.get("undone")
    found.wish = {**found.wish, "undone": True}
    put(desk, "boost_extend", found, wait=timedelta(0) if is_first else UNDONE_EVERY, **delivery.payload)
    if not is_first:
        return
    reason = delivery.reason or delivery.error
    if delivery.error == UNAPPROVED:
        reason = desk.room_t("those who agreed do not suffice any more")
    desk.audit("boost extension undone", found.code, after={"reason": reason})
    told = desk.room_t(
        "Nobody knows whether {boost} was extended ({reason}). I put the old order there again; until the network has "
        "taken it, the money for more stays set aside.",
        boost=found.code,
        reason=reason.rstrip(". "),
    )
    yield from tell(desk, found.code, lambda _to: sentence(told), int(found.wish["member"]))


@registry.button("boost_extend", "Asks for more money or days for a boost")
def ask(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Open the form with what stands there."""
    found = boost(desk, pressed.subject)
    found.expect(pressed.revision)
    need_any(desk, *WISHERS)
    if found.state not in {BoostState.RUNNING, BoostState.PAUSED} or found.is_extending:
        raise WrongMoment("{boost} cannot be extended now.", boost=found.code)
    t = desk.t
    label = t("Budget a day from now on") if found.is_daily else t("Budget in all")
    fields = (
        Field(name="amount", kind=Kind.LINE, label=label, value=found.amount, required=True),
        Field(name="days", kind=Kind.LINE, label=t("Days in all"), value=str(found.days), required=True),
    )
    title = t("Extend {boost}", boost=found.code)
    form = Form(verb="boost_extend", title=title, submit=t("Ask for it"), subject=found.code, fields=fields)
    yield Ask(form=form.model_copy(update={"revision": found.revision}))


@registry.form("boost_extend")
def wish(desk: Desk, filled: Filled) -> Iterator[Effect]:
    """More waits for agreement like everything that costs; less is no extension."""
    found = boost(desk, filled.subject)
    found.expect(filled.revision)
    need_any(desk, *WISHERS)
    amount, days = read_amount(filled.line("amount")), read_days(filled.line("days"))
    if amount < Decimal(found.amount):
        raise FieldRefused("amount", Unfit("An extension makes it more: stop the boost to spend less."))
    if days < found.days:
        raise FieldRefused("days", Unfit("An extension makes it longer: stop the boost to end it sooner."))
    if (amount, days) == (Decimal(found.amount), found.days):
        raise FieldRefused("days", Unfit("Nothing would be different. Change something, or close the form."))
    found.want_more(amount, days, desk.member.number)
    void(desk.session, found)
    desk.audit("boost extension wished", found.code, found.content(), {"amount": str(amount), "days": days})
    told = desk.room_t(
        "{member} wants to extend {boost}; it must be agreed to.", member=desk.member.name, boost=found.code
    )
    yield Tell(subject=found.code, card=sentence(told))
    yield Redraw(subject=found.code)
