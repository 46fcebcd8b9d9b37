"""Orders a boost part by part: each id is kept in the transaction that puts the next part on its way.

A part whose answer was lost is looked for by its name, which is the order's alone, and never made blindly again; what
is made is paused, so that nothing is spent before the last step switches it on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.boosts.boosts import boost, network, on_way, order_of
from handlers.boosts.restoring import rest
from handlers.boosts.steps import begin_anew, expect_free, failed, held, next_step, refuse_unless_agreed, reopened
from handlers.cards import Button, number_of, sentence
from handlers.couriers import UNAPPROVED
from handlers.delivery.pressing import Outdated, expect_newest
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.intents import Pressed
from handlers.posts.content import title_of
from handlers.registry import registry
from models.boost_state import BoostState
from models.delivery import Delivery, DeliveryState
from models.errors import NotFound, WrongMoment
from models.member import Role
from platforms.contract import BoostOrder, BoostPart, Boosts, ContentRefused, Progress

D = DeliveryState
#: How long after its beginning an order may still get to the part that bears its days, before they begin anew.
LATE = timedelta(hours=1)


@dataclass(frozen=True)
class PartParcel:
    """One part, ready to be made."""

    network: Boosts
    part: BoostPart
    order: BoostOrder
    currency: str  #: in which its budget was agreed to
    made: Mapping[str, str]
    earliest: timedelta
    latest: timedelta = timedelta(days=30)
    asks: bool = True

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Make it, paused. What bears the budget is not made in an ad account that counts in another currency."""
        if self.part == BoostPart.AD_SET and (now := self.network.ad_account().currency) != self.currency:
            said = f"the ad account counts in {now} now and no longer in {self.currency}: edit it, for another price"
            raise ContentRefused(said)
        return {"id": self.network.make_part(self.part, self.order, self.made)}

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """Look for it by its name."""
        found = self.network.find_part(self.part, self.order, self.made)
        return None if found is None else {"id": found}


class PartCourier:
    """Carries parts: kind "boost"."""

    def pack(self, desk: Desk, delivery: Delivery) -> PartParcel | None:
        """The part as it was agreed to. Refuses what is not agreed to as it stands, whatever happened since."""
        found, part = boost(desk, delivery.subject), BoostPart(delivery.payload["part"])
        if delivery.payload["tag"] != found.tag or part in found.made:
            return None
        account = desk.setup.account(found.account)
        if delivery.state == D.SENDING:
            if found.state != BoostState.ORDERING:
                return None
            refuse_unless_agreed(desk, found, delivery)
            expect_free(desk, found)
            if part == BoostPart.AD_SET and found.begins_at and desk.now - found.begins_at > LATE:
                begin_anew(desk, found)
        earliest = account.platform.evidence_earliest
        order, made = order_of(desk, found), dict(found.made)
        return PartParcel(network(desk, found.account), part, order, found.currency, made, earliest)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """Its id is kept, and the next part is on its way; or the order has failed."""
        found = boost(desk, delivery.subject)
        if delivery.payload["tag"] != found.tag:
            return
        match DeliveryState(delivery.state):
            case D.DONE if delivery.result:
                part = delivery.payload["part"]
                found.has(part, delivery.result["id"])
                desk.audit("boost part made", found.code, after={"part": part, "id": delivery.result["id"]})
                if found.state == BoostState.ORDERING:
                    # Found without an attempt: the desk was restored, and what follows may stand there as well.
                    is_restored = not delivery.attempts
                    if is_restored and found.is_made:
                        yield from rest(desk, found)
                    else:
                        next_step(desk, found, since=delivery.started_at if is_restored else None)
            case D.FAILED if found.state == BoostState.ORDERING:
                yield from failed(desk, found, delivery.reason or delivery.error)
            case D.HELD if delivery.error == UNAPPROVED:
                yield from reopened(desk, found, delivery)
            case D.HELD:
                yield from held(desk, found, delivery)
            case D.UNSURE if delivery.is_asked:
                told = desk.room_t(
                    "No sure answer came whether a part of {boost} stands on {account}, and it cannot be looked up. "
                    "It spends nothing; the order waits.",
                    boost=found.code,
                    account=title_of(desk, found.account),
                )
                yield Tell(subject=found.code, card=sentence(told, *_looks(desk, delivery)))
        yield Redraw(subject=found.code)


registry.courier("boost", PartCourier())


@registry.button("boost_look", "Looks again for a part of a boost whose end nobody knows", role=Role.BUYER)
def look(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Ask the network at once."""
    if pressed.subject[:1].upper() == "B":  # of before the update
        found = boost(desk, pressed.subject)
        raise Outdated(found.code, [b for d in on_way(desk, found, ("boost",), (D.UNSURE,)) for b in _looks(desk, d)])
    delivery = desk.session.get(Delivery, number_of(pressed.subject, "D"), with_for_update=True)
    if delivery is None or delivery.kind != "boost":
        raise NotFound("There is no {subject} here.", subject=pressed.subject.upper())
    expect_newest(delivery.fence, pressed, delivery.subject, _looks(desk, delivery))
    if not delivery.is_asked:
        raise WrongMoment("That was settled already; look at the card of {boost}.", boost=delivery.subject)
    delivery.check_again(desk.now)
    yield Redraw(subject=delivery.subject)


def _looks(desk: Desk, delivery: Delivery) -> Iterator[Button]:
    """Has an unsure part looked for again."""
    if delivery.is_asked:
        label, given = desk.room_t("Look again"), {"subject": f"D{delivery.id}", "revision": delivery.fence}
        yield Button(verb="boost_look", label=label, **given)
