"""The address of a publication that a member found live: without it, it can neither be opened nor deleted from chat."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from handlers.cards import number_of, sentence
from handlers.couriers import Repeatable
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Ask, Direct, Effect, Redraw, Tell, Whisper
from handlers.forms import Field, FieldRefused, Form, Kind
from handlers.intents import Filled, Pressed
from handlers.posts import firstcomment
from handlers.posts.content import title_of
from handlers.registry import registry
from models.delivery import Delivery, DeliveryState
from models.errors import NotFound, Unfit, WrongMoment
from models.member import Role
from models.publication import Publication
from platforms.contract import LooksForPosts, Progress

#: Of the deliveries that look for a post.
KIND = "address"


@registry.button("address", "Tells where a publication stands that a member found live", role=Role.PUBLISHER)
def address(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Ask for the link."""
    publication = _without_address(desk, intent.subject)
    t, name = desk.t, title_of(desk, publication.account)
    hint = t("Open it on {account} and copy its address. Comments on it are then shown under this post.", account=name)
    link = Field(name="link", kind=Kind.LINE, label=t("Link"), hint=hint, required=True)
    title = t("Where does it stand?")
    yield Ask(form=Form(verb="address", title=title, submit=t("Save"), subject=publication.code, fields=(link,)))


@registry.form("address", role=Role.PUBLISHER)
def filled(desk: Desk, intent: Filled) -> Iterator[Effect]:
    """Remember it; where the address does not tell which post it is, look for it among the account's."""
    publication = _without_address(desk, intent.subject)
    url, account = intent.line("link").strip(), desk.setup.account(publication.account)
    if remote_id := account.platform.remote_id_at(url):
        yield from _found(desk, publication, remote_id, url, desk.member.number)
        return
    if not (isinstance(account.platform, LooksForPosts) and account.platform.is_address(url)):
        cause = Unfit("That is not the address of a post of {account}. Copy it once more.", account=account.title)
        raise FieldRefused("link", cause)
    desk.add(
        Delivery(
            kind=KIND,
            lane=account.lane,
            subject=f"P{publication.post_id}",
            payload={"publication": publication.number, "url": url},
            due_at=desk.now,
            created_at=desk.now,
            member_id=desk.member.id,
        )
    )
    yield Whisper(card=sentence(desk.t("I look for it among the posts of {account}.", account=account.title)))


@dataclass(frozen=True)
class SearchParcel(Repeatable):
    """The question which post stands at an address; asking changes nothing, so it may be repeated."""

    network: LooksForPosts
    url: str

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Which one, and how many were looked through at most."""
        return {"remote_id": self.network.look_for(self.url), "newest": self.network.newest}


class SearchCourier:
    """Carries such questions: kind "address"."""

    def pack(self, desk: Desk, delivery: Delivery) -> SearchParcel | None:
        """The account's network; None where that was settled meanwhile."""
        publication = desk.session.get_one(Publication, delivery.payload["publication"])
        if not _lacks_address(publication):
            return None
        if delivery.state == DeliveryState.SENDING:
            access.expect(desk, publication.account)
        platform = desk.setup.account(publication.account).platform
        assert isinstance(platform, LooksForPosts), "it was when this was asked"
        return SearchParcel(platform, delivery.payload["url"])

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """Where it was found, that is remembered; where not, who told the address is told what was looked through."""
        publication = desk.session.get_one(Publication, delivery.payload["publication"], with_for_update=True)
        assert delivery.member_id is not None, "a member told the address"
        url, name = delivery.payload["url"], title_of(desk, publication.account)
        t, told = desk.room_t, ""
        reason = t(delivery.reason or delivery.error).rstrip(". ")
        match DeliveryState(delivery.state):
            case DeliveryState.DONE if not delivery.result or not _lacks_address(publication):
                return  # it was settled meanwhile
            case DeliveryState.DONE if remote_id := delivery.result["remote_id"]:
                yield from _found(desk, publication, remote_id, url, delivery.member_id)
            case DeliveryState.DONE:
                told = t(
                    "{url} is not among the newest {count} posts of {account}. Copy the link of the post itself.",
                    url=url,
                    count=delivery.result["newest"],
                    account=name,
                )
            case DeliveryState.FAILED:
                told = t(
                    "The posts of {account} could not be looked through: {reason}. Add the link again later.",
                    account=name,
                    reason=reason,
                )
            case DeliveryState.HELD:
                delivery.cancel(desk.now)  # it has its answer
                told = t("The posts of {account} cannot be looked through: access to it is lost.", account=name)
        if told:
            yield Direct(member_id=delivery.member_id, card=sentence(told))


registry.courier(KIND, SearchCourier())


def _found(desk: Desk, publication: Publication, remote_id: str, url: str, member_id: int) -> Iterator[Effect]:
    """It stands there, as a member says."""
    publication.found_at(remote_id, url)
    firstcomment.follow(desk, publication)
    post, name = f"P{publication.post_id}", title_of(desk, publication.account)
    desk.audit("told_address", post, after={"account": publication.account, "url": url})
    t, member = desk.room_t, desk.name_of(member_id)
    told = t("{member} found {post} on {account}: {url}", member=member, post=post, account=name, url=url)
    yield Tell(subject=post, card=sentence(told))
    yield Redraw(subject=post)


def _lacks_address(publication: Publication) -> bool:
    return publication.published_at is not None and publication.removed_at is None and not publication.remote_id


def _without_address(desk: Desk, subject: str) -> Publication:
    publication = desk.session.get(Publication, number_of(subject, "U"), with_for_update=True)
    if publication is None:
        raise NotFound("There is no {subject} here.", subject=subject.upper())
    if not _lacks_address(publication):
        raise WrongMoment("That was settled already; open the post again to see how.")
    return publication
