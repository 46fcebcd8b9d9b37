"""Closes a publication for comments and opens it again, where its network has that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from handlers.cards import number_of, sentence
from handlers.couriers import Repeatable
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.intents import Pressed
from handlers.posts.content import title_of
from handlers.registry import registry
from handlers.words import N_
from models.delivery import Delivery, DeliveryState
from models.errors import NotAllowed, NotFound, WrongMoment
from models.member import Role
from models.publication import Publication
from platforms.contract import ClosesComments, Progress

D = DeliveryState
#: States in which an order may still change something.
UNDER_WAY = (D.WAITING, D.HELD, D.SENDING, D.UNSURE)
#: Verb of a button -> whether comments are closed after it.
ENDS = {"close_comments": True, "open_comments": False}


@dataclass(frozen=True)
class SwitchParcel(Repeatable):
    """An order to close or to open."""

    network: ClosesComments
    remote_id: str
    close: bool

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Do it; done already is success."""
        act = self.network.close_comments if self.close else self.network.open_comments
        act(self.remote_id)
        return {"closed": self.close}


class SwitchCourier:
    """Carries such orders: kind "comments_switch"."""

    def pack(self, desk: Desk, delivery: Delivery) -> SwitchParcel | None:
        """The order; None where the publication was taken down meanwhile."""
        publication = _publication(desk, delivery.payload["publication"])
        if publication.removed_at is not None:
            return None
        if delivery.state == D.SENDING:
            access.expect(desk, publication.account)
        return SwitchParcel(_network(desk, publication), publication.remote_id, delivery.payload["close"])

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The mark changes once it has happened; otherwise it is told in the thread."""
        publication = _publication(desk, delivery.payload["publication"])
        t, close = desk.room_t, delivery.payload["close"]
        given = {"post": delivery.subject, "account": title_of(desk, publication.account)}
        reason = t(delivery.reason or delivery.error).rstrip(". ")
        told = ""
        match DeliveryState(delivery.state):
            case D.DONE if delivery.result:
                publication.comments_closed = close
                desk.audit(
                    "comments closed" if close else "comments opened",
                    delivery.subject,
                    after={"account": publication.account},
                )
                told = (
                    t("Nobody can comment on {post} on {account} any more.", **given)
                    if close
                    else t("{post} on {account} is open for comments again.", **given)
                )
            case D.HELD:
                told = t("Comments on {post} on {account} stay as they are until access to it works again.", **given)
            case D.FAILED:
                told = t(
                    "Comments on {post} on {account} stay as they are: {reason}. Press the button to try again.",
                    **given,
                    reason=reason,
                )
        if told:
            yield Tell(subject=delivery.subject, card=sentence(told))
        yield Redraw(subject=delivery.subject)


registry.courier("comments_switch", SwitchCourier())


def _press(verb: str) -> Callable[[Desk, Pressed], Iterator[Effect]]:
    def press(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
        """Send the order; the card changes when it has happened."""
        publication, close = _publication(desk, number_of(pressed.subject, "U")), ENDS[verb]
        _network(desk, publication)
        if publication.removed_at is not None:
            raise WrongMoment("It was taken down, so nobody can comment on it anyway.")
        if _under_way(desk, publication):
            raise WrongMoment("That is on its way already; the card of {post} will show it.", post=_post(publication))
        if publication.comments_closed is close:
            raise WrongMoment("That is so already.")
        desk.add(
            Delivery(
                kind="comments_switch",
                lane=desk.setup.account(publication.account).lane,
                subject=_post(publication),
                payload={"publication": publication.number, "close": close},
                due_at=desk.now,
                created_at=desk.now,
                member_id=desk.member.id,
            )
        )
        desk.audit(verb, _post(publication), after={"account": publication.account})
        yield Redraw(subject=_post(publication))

    return press


registry.button("close_comments", N_("Close a publication for comments"), role=Role.MODERATOR)(_press("close_comments"))
registry.button("open_comments", N_("Open a publication for comments again"), role=Role.MODERATOR)(
    _press("open_comments")
)


def _post(publication: Publication) -> str:
    return f"P{publication.post_id}"


def _under_way(desk: Desk, publication: Publication) -> bool:
    query = select(Delivery).where(
        Delivery.subject == _post(publication),
        Delivery.kind == "comments_switch",
        col(Delivery.state).in_(UNDER_WAY),
    )
    return any(d.payload["publication"] == publication.id for d in desk.session.exec(query).all())


def _publication(desk: Desk, number: int) -> Publication:
    found = desk.session.get(Publication, number, with_for_update=True)
    if found is None or found.published_at is None:
        raise NotFound("There is no {subject} here.", subject=f"U{number}")
    return found


def _network(desk: Desk, publication: Publication) -> ClosesComments:
    account = desk.setup.account(publication.account)
    network = account.platform
    if not (network.can.closes_comments and isinstance(network, ClosesComments) and publication.remote_id):
        raise NotAllowed("{account} cannot do that: the network or its token does not allow it.", account=account.title)
    return network
