"""Takes a publication down again: a button that asks first, and the courier that carries it to the network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from handlers.cards import Button, number_of, sentence
from handlers.couriers import Repeatable
from handlers.delivery import access
from handlers.delivery.pressing import expect_newest, expect_sender
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell, Whisper
from handlers.intents import Pressed
from handlers.posts import firstcomment
from handlers.posts.content import title_of
from handlers.posts.sending import ABANDONED, MOVABLE, refuse_in_the_air, settle
from handlers.registry import registry
from models.delivery import UNDER_WAY, Delivery, DeliveryState
from models.errors import NotAllowed, NotFound, WrongMoment
from models.member import Role
from models.publication import Publication
from platforms.contract import Deletes, Progress


@dataclass(frozen=True)
class DeletionParcel(Repeatable):
    """Parts to be taken down; taking down what is gone already is success, so that it may be repeated."""

    network: Deletes
    remote_ids: tuple[str, ...]

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Take every part down, the last first, so that no reader meets a chain without its beginning."""
        for remote_id in reversed(self.remote_ids):
            self.network.delete(remote_id)
        return {"removed": list(self.remote_ids)}


class DeletionCourier:
    """Carries deletions of publications: kind "deletion"."""

    def pack(self, desk: Desk, delivery: Delivery) -> DeletionParcel | None:
        """The parts that stand, and our comment under them; None where they were taken down meanwhile."""
        publication = _publication(desk, delivery.payload["publication"])
        if publication.removed_at is not None:
            return None
        standing = _parts(publication)
        if delivery.state == DeliveryState.SENDING:
            if delivery.payload.get("parts", standing) != standing:
                raise WrongMoment("it is not the publication any more whose deletion was ordered")
            expect_sender(desk, delivery, Role.PUBLISHER)
            access.expect(desk, publication.account)
        return DeletionParcel(_network(desk, publication), (*standing, *firstcomment.remote_ids(desk, publication)))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        """The card and the thread say whether it is gone."""
        publication = _publication(desk, delivery.payload["publication"])
        t, name = desk.room_t, title_of(desk, publication.account)
        if delivery.state == DeliveryState.DONE and delivery.result:
            publication.remove(desk.now)
            firstcomment.take_back(desk, publication)
            desk.audit("deleted", delivery.subject, after={"account": publication.account, "url": publication.url})
            yield Tell(
                subject=delivery.subject,
                card=sentence(t("{post} was taken down from {account}.", post=delivery.subject, account=name)),
            )
        elif delivery.state == DeliveryState.FAILED:
            told = t(
                "{post} could not be taken down from {account} ({reason}). Press Delete on its card to try again.",
                post=delivery.subject,
                account=name,
                reason=delivery.reason or delivery.error,
            )
            yield Tell(subject=delivery.subject, card=sentence(told))
        elif delivery.state == DeliveryState.HELD:
            told = t(
                "{post} still stands on {account}: access to it is lost. It is taken down when that works again.",
                post=delivery.subject,
                account=name,
            )
            yield Tell(subject=delivery.subject, card=sentence(told, *_buttons(desk, delivery)))
        yield Redraw(subject=delivery.subject)


@registry.button("delete", "Takes a publication down from its network", role=Role.PUBLISHER)
def delete(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Send the order to take it down."""
    publication = _publication(desk, number_of(intent.subject, "U"))
    post, name = f"P{publication.post_id}", title_of(desk, publication.account)
    _network(desk, publication)
    if publication.removed_at is not None or _under_way(desk, publication):
        raise WrongMoment("{post} is being taken down from {account} already, or is gone.", post=post, account=name)
    if publication.is_in_part:
        _give_up_the_rest(desk, publication)
    desk.add(
        Delivery(
            kind="deletion",
            lane=desk.setup.account(publication.account).lane,
            subject=post,
            payload={"publication": publication.number, "parts": _parts(publication)},
            due_at=desk.now,
            created_at=desk.now,
            member_id=desk.member.id,
        )
    )
    desk.audit("delete_ordered", post, before={"account": publication.account, "url": publication.url})
    yield Whisper(card=sentence(desk.t("I take {post} down from {account}.", post=post, account=name)))
    yield Redraw(subject=post)


@registry.button("keep", "Lets a publication stand whose deletion is held", role=Role.PUBLISHER)
def keep(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Take the order back, where it has not left."""
    publication, ordered = _ordered(desk, intent.subject)
    post, name = f"P{publication.post_id}", title_of(desk, publication.account)
    if ordered is None:
        raise WrongMoment("Nothing takes {post} down from {account} any more.", post=post, account=name)
    expect_newest(ordered.fence, intent, post, _buttons(desk, ordered))
    if ordered.state not in UNDER_WAY:
        raise WrongMoment("Nothing takes {post} down from {account} any more.", post=post, account=name)
    ordered.cancel(desk.now)
    desk.audit("delete_cancelled", post, after={"account": publication.account})
    told = desk.room_t("{member} lets {post} stand on {account}.", member=desk.member.name, post=post, account=name)
    yield Tell(subject=post, card=sentence(told))
    yield Redraw(subject=post)


def _ordered(desk: Desk, subject: str) -> tuple[Publication, Delivery | None]:
    """What the button of a held deletion is about; one of before the update names the publication alone."""
    if subject[:1].upper() == "U":
        publication = _publication(desk, number_of(subject, "U"))
        return publication, next(iter(_under_way(desk, publication)), None)
    delivery = desk.session.get(Delivery, number_of(subject, "D"))
    if delivery is None or delivery.kind != "deletion":
        raise NotFound("There is no {subject} here.", subject=subject.upper())
    publication = _publication(desk, delivery.payload["publication"])
    desk.session.refresh(delivery, with_for_update=True)
    return publication, delivery


def _parts(publication: Publication) -> list[str]:
    """What of it stands on its network, by the remote ids."""
    return list(publication.part_ids) or [publication.remote_id]


def _buttons(desk: Desk, delivery: Delivery) -> Iterator[Button]:
    """What a member can do about a deletion that is held."""
    if delivery.state == DeliveryState.HELD:
        label = desk.room_t("Let it stand")
        yield Button(verb="keep", label=label, subject=f"D{delivery.id}", revision=delivery.fence)


registry.courier("deletion", DeletionCourier())


def _give_up_the_rest(desk: Desk, publication: Publication) -> None:
    """What of the chain does not stand yet shall not follow. Raises WrongMoment while it is in the air."""
    post = desk.post(f"P{publication.post_id}")
    refuse_in_the_air(desk, post)
    delivery = desk.session.get(Delivery, publication.delivery_id, with_for_update=True)
    assert delivery is not None, "a publication has its delivery"
    if delivery.state in MOVABLE and delivery.error != ABANDONED:
        delivery.cancel(desk.now)
        desk.session.flush()
        settle(desk, post)


def _under_way(desk: Desk, publication: Publication) -> list[Delivery]:
    query = select(Delivery).where(
        Delivery.subject == f"P{publication.post_id}", Delivery.kind == "deletion", col(Delivery.state).in_(UNDER_WAY)
    )
    return [d for d in desk.session.exec(query).all() if d.payload["publication"] == publication.id]


def _publication(desk: Desk, number: int) -> Publication:
    found = desk.session.get(Publication, number, with_for_update=True)
    if found is None or not (found.published_at or found.is_in_part):
        raise NotFound("There is no {subject} here.", subject=f"U{number}")
    return found


def _network(desk: Desk, publication: Publication) -> Deletes:
    account = desk.setup.account(publication.account)
    if not (account.platform.can.deletes and isinstance(account.platform, Deletes) and publication.remote_id):
        raise NotAllowed("I cannot delete anything on {account}. Delete it there by hand.", account=account.title)
    return account.platform
