"""Ordering such acts on what stands on a network, and doing them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from handlers.cards import number_of, sentence
from handlers.couriers import Held, Repeatable
from handlers.delivery import access
from handlers.delivery.pressing import expect_sender
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.intents import Pressed
from handlers.posts.acts import ACTS, Act
from handlers.posts.content import title_of
from handlers.posts.holding import STOPPED
from handlers.registry import registry
from models.delivery import UNDER_WAY, Delivery, DeliveryState
from models.errors import NotAllowed, NotFound, WrongMoment
from models.publication import Publication
from models.stop import stop_of
from platforms.contract import Progress

D = DeliveryState


@dataclass(frozen=True)
class ActParcel(Repeatable):
    """An order to do it."""

    act: Callable[[str], None]
    remote_id: str

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Do it; done already is success."""
        self.act(self.remote_id)
        return {"done": True}


class ActCourier:
    """Carries such orders: kind "publication_act"."""

    def pack(self, desk: Desk, delivery: Delivery) -> ActParcel | None:
        """The order; None where the publication was taken down meanwhile. Raises Held."""
        publication, act = _publication(desk, delivery.payload["publication"]), ACTS[delivery.payload["act"]]
        if publication.removed_at is not None:
            return None
        if delivery.state == D.SENDING:
            if delivery.payload.get("on", publication.remote_id) != publication.remote_id:
                raise WrongMoment("it is not the publication any more that this was ordered on")
            expect_sender(desk, delivery, act.role)
            access.expect(desk, publication.account)
            if act.is_public and stop_of(desk.session, publication.account):
                raise Held(STOPPED)
        return ActParcel(_method(desk, publication, act), publication.remote_id)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The mark changes once it has happened; otherwise it is told in the thread."""
        publication, act = _publication(desk, delivery.payload["publication"]), ACTS[delivery.payload["act"]]
        t = desk.room_t
        given = {"post": delivery.subject, "account": title_of(desk, publication.account)}
        told = ""
        match DeliveryState(delivery.state):
            case D.DONE if delivery.result:
                setattr(publication, act.mark, act.value)
                desk.audit(act.deed, delivery.subject, after={"account": publication.account})
                told = t(act.done, **given)
            case D.HELD if delivery.error == STOPPED:
                told = t("{post} on {account} stays as it is until somebody resumes that account.", **given)
            case D.HELD:
                told = t("{post} on {account} stays as it is until access to that account works again.", **given)
            case D.FAILED:
                reason = t(delivery.reason or delivery.error).rstrip(". ")
                told = t(
                    "{post} on {account} stays as it is: {reason}. Press the button to try again.",
                    **given,
                    reason=reason,
                )
        if told:
            yield Tell(subject=delivery.subject, card=sentence(told))
        yield Redraw(subject=delivery.subject)


registry.courier("publication_act", ActCourier())


def _press(verb: str) -> Callable[[Desk, Pressed], Iterator[Effect]]:
    def press(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
        """Send the order; the card changes when it has happened."""
        publication, act = _publication(desk, number_of(pressed.subject, "U")), ACTS[verb]
        _method(desk, publication, act)
        post = f"P{publication.post_id}"
        if publication.removed_at is not None:
            raise WrongMoment("It was taken down from there.")
        if _is_under_way(desk, publication, act):
            raise WrongMoment("That is on its way already; the card of {post} will show it.", post=post)
        if getattr(publication, act.mark) is act.value:
            raise WrongMoment("That is so already.")
        desk.add(
            Delivery(
                kind="publication_act",
                lane=desk.setup.account(publication.account).lane,
                subject=post,
                payload={"publication": publication.number, "act": verb, "on": publication.remote_id},
                due_at=desk.now,
                created_at=desk.now,
                member_id=desk.member.id,
            )
        )
        desk.audit(verb, post, after={"account": publication.account})
        yield Redraw(subject=post)

    return press


for _verb, _act in ACTS.items():
    registry.button(_verb, _act.help_line, role=_act.role)(_press(_verb))


def _is_under_way(desk: Desk, publication: Publication, act: Act) -> bool:
    query = select(Delivery).where(
        Delivery.subject == f"P{publication.post_id}",
        Delivery.kind == "publication_act",
        col(Delivery.state).in_(UNDER_WAY),
    )
    orders = [d.payload for d in desk.session.exec(query).all()]
    return any(o["publication"] == publication.id and ACTS[o["act"]].mark == act.mark for o in orders)


def _publication(desk: Desk, number: int) -> Publication:
    found = desk.session.get(Publication, number, with_for_update=True)
    if found is None or found.published_at is None:
        raise NotFound("There is no {subject} here.", subject=f"U{number}")
    return found


def _method(desk: Desk, publication: Publication, act: Act) -> Callable[[str], None]:
    account = desk.setup.account(publication.account)
    if not (act.allowed(account.platform.can) and publication.remote_id):
        raise NotAllowed("{account} cannot do that: the network or its token does not allow it.", account=account.title)
    method: Callable[[str], None] = getattr(account.platform, act.method)
    return method
