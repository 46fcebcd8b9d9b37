"""Asks the network what a boost would cost and whom it would reach; the answer redraws the card."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from handlers.boosts.boosts import boost, network, publication_of, targeting_of
from handlers.couriers import Repeatable
from handlers.desk import Desk
from handlers.effects import Effect, Redraw
from handlers.registry import registry
from models.boost_state import BoostState
from models.delivery import Delivery, DeliveryState
from platforms.contract import Boosts, ContentRefused, Progress, Targeting


@dataclass(frozen=True)
class QuoteParcel(Repeatable):
    """The question; asking changes nothing, so it may be repeated."""

    network: Boosts
    publication_id: str
    targeting: Targeting

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """The ad account, the people within reach, and what the network has against the publication."""
        account = asdict(self.network.ad_account())
        unboostable = self.network.unboostable(self.publication_id)
        try:
            estimate = self.network.estimate(self.targeting)
        except ContentRefused as refused:
            return {"account": account, "unboostable": unboostable or refused.reason, "estimate": None}
        return {
            "account": account,
            "unboostable": unboostable,
            "estimate": asdict(estimate) if estimate else None,
        }


class QuoteCourier:
    """Carries such questions: kind "boost_quote"."""

    def pack(self, desk: Desk, delivery: Delivery) -> QuoteParcel | None:
        """What is wished for; None where that has changed since."""
        found = boost(desk, delivery.subject)
        if found.revision != delivery.payload["revision"] or found.state != BoostState.REVIEW:
            return None
        publication = publication_of(desk, found)
        return QuoteParcel(network(desk, found.account), publication.remote_id, targeting_of(found))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """Its price makes of the wish something that can be agreed to."""
        found = boost(desk, delivery.subject)
        if found.revision != delivery.payload["revision"] or found.state != BoostState.REVIEW:
            return
        match delivery.state:
            case DeliveryState.DONE if delivery.result:
                account = delivery.result["account"]
                found.name_payers(account["beneficiary"], account["payor"])
                found.priced(
                    delivery.result,
                    currency=account["currency"],
                    offset=account["offset"],
                    zone=account["zone"],
                    now=desk.now,
                )
            case DeliveryState.FAILED:
                found.unpriced(delivery.reason or delivery.error)
            case DeliveryState.HELD:
                found.unpriced(delivery.reason or desk.room_t("access to the account is lost"))
        yield Redraw(subject=found.code)


registry.courier("boost_quote", QuoteCourier())
