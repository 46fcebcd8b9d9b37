"""Secrets that a card hands over: made when it leaves, so that none lies in a row, a log of the database or a copy."""

from handlers.cards import Card
from handlers.desk import Desk
from models.consent import Consent
from models.delivery import Delivery, DeliveryState
from models.member import Invitation

#: What stands in the card until then; also whole inside an address.
TO_COME = "SECRET-IS-MADE-WHEN-THIS-LEAVES"


def of(row: Invitation | Consent) -> str:
    """The name by which a delivery asks for the row's secret."""
    return f"{'invitation' if isinstance(row, Invitation) else 'consent'}:{row.id}"


def minted(desk: Desk, delivery: Delivery) -> Card:
    """The delivery's card, as it leaves with a new secret in its place: one that was made before works no more."""
    card = Card.model_validate(delivery.payload["card"])
    kind, _, number = str(delivery.payload.get("mint", "")).partition(":")
    if not kind or delivery.state != DeliveryState.SENDING:
        return card
    row: Invitation | Consent
    if kind == "invitation":
        row = desk.session.get_one(Invitation, int(number), with_for_update=True)
    else:
        row = desk.session.get_one(Consent, int(number), with_for_update=True)
    secret = row.renew()
    return Card.model_validate_json(card.model_dump_json().replace(TO_COME, secret))
