"""Publications on their way to a network: what leaves, what became of it, and what members do about it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import select

from handlers.cards import Card, number_of, sentence
from handlers.couriers import CHANGED, UNAPPROVED, answer_unsure
from handlers.delivery.leaving import Leaving, begin
from handlers.delivery.pressing import expect_newest
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.intents import Pressed
from handlers.posts import firstcomment
from handlers.posts.agreed import expect_agreed, held_back
from handlers.posts.content import outgoing, title_of
from handlers.posts.holding import expect_free, held, space
from handlers.posts.sending import ABANDONED, DROPPED, FOR_ANOTHER, LEAVINGS, settle
from handlers.posts.whereabouts import parts_there, settle_buttons, standing_buttons
from handlers.registry import registry
from handlers.telling import tell
from models.delivery import RESTORED, Delivery, DeliveryState
from models.errors import NotFound, Refused, WrongMoment
from models.member import Role
from models.post import Post, PostState
from models.publication import Publication
from platforms.contract import ContentRefused, NotPermitted

D = DeliveryState

_CARRIED = (
    select(Post, Publication)
    .where(Publication.post_id == Post.id, Publication.delivery_id == bindparam("delivery"))
    .with_for_update()
)


class PublicationCourier:
    """Carries publications: kind "publication"."""

    def pack(self, desk: Desk, delivery: Delivery) -> Leaving:
        """The variant as it was approved. Raises Held where it is not, or not any more, whatever happened since."""
        post, publication = _of(desk, delivery)
        account = desk.setup.account(publication.account)
        if delivery.state == D.SENDING:
            expect_agreed(desk, post, publication, account)
            expect_free(desk, account, delivery, begun=publication.is_in_part)
            begin(delivery, account.platform)
        return Leaving(account.platform, outgoing(desk, post.content, account.name))

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        """The post learns it, its threads are told, and who must act is written to."""
        post, publication = _of(desk, delivery)
        _note_parts(desk, publication, delivery)
        if delivery.state in {D.DONE, D.UNSURE} and publication.account in desk.setup.accounts:
            space(desk, desk.setup.accounts[publication.account], delivery)
        match DeliveryState(delivery.state):
            case D.DONE:
                yield from _stands(desk, post, publication, delivery)
            case D.HELD if delivery.error in {CHANGED, UNAPPROVED}:
                yield from held_back(desk, post, publication, delivery)
            case D.HELD:
                yield from held(desk, post, publication, delivery)
            case D.FAILED:
                yield from _failed(desk, post, publication, delivery)
            case D.UNSURE if delivery.is_asked:
                yield from _asked(desk, post, publication, delivery)
        yield Redraw(subject=post.code)


# -- its ends ---------------------------------------------------------------------------------------------------------


def _note_parts(desk: Desk, publication: Publication, delivery: Delivery) -> None:
    """What an attempt that did not come to its end left on the network, if it did not take it down again."""
    account = desk.setup.accounts.get(publication.account)
    if account is None or delivery.state == D.DONE:
        return
    there = account.platform.standing(delivery.progress)
    if there is not None:
        publication.stands_in_part(there.remote_id, there.url, list(there.part_ids))
    elif publication.is_in_part:
        publication.stands_in_part("", "", [])


def _stands(desk: Desk, post: Post, publication: Publication, delivery: Delivery) -> Iterator[Effect]:
    t, result, name = desk.room_t, delivery.result, title_of(desk, publication.account)
    at = datetime.fromisoformat(result["at"]) if "at" in result else desk.now
    publication.stands(result.get("remote_id", ""), result.get("url", ""), result.get("part_ids", []), at)
    desk.audit(
        "published",
        post.code,
        after={"account": publication.account, "url": publication.url, "revision": publication.revision},
    )
    settle(desk, post)
    told = t("{post} stands on {account}: {url}", post=post.code, account=name, url=publication.url)
    if not publication.url:
        told = t("{post} stands on {account}.", post=post.code, account=name)
    yield Tell(subject=post.code, card=sentence(told))
    firstcomment.follow(desk, publication)


def _failed(desk: Desk, post: Post, publication: Publication, delivery: Delivery) -> Iterator[Effect]:
    desk.audit(
        "failed", post.code, after={"account": publication.account, "error": delivery.error, "reason": delivery.reason}
    )
    settle(desk, post)

    def told(to: Desk) -> Card:
        buttons = (*settle_buttons(to, publication, delivery), *standing_buttons(to, publication, delivery))
        return sentence(_why(to, post, publication, delivery), *buttons)

    yield from tell(desk, post.code, told, post.author_id, delivery.member_id)


def _asked(desk: Desk, post: Post, publication: Publication, delivery: Delivery) -> Iterator[Effect]:
    desk.audit("unsure", post.code, after={"account": publication.account, "reason": delivery.reason})
    name = title_of(desk, publication.account)

    def told(to: Desk) -> Card:
        words = to.room_t(
            "I sent {post} to {account}, no sure answer came, and the network does not tell whether it stands there. "
            "Please look at {account} and press what is true.",
            post=post.code,
            account=name,
        )
        if delivery.error == RESTORED:
            words = to.room_t(
                "I was restored from a copy, {post} may have gone out on {account} since, and the network does not "
                "tell. Please look at {account} and press what is true.",
                post=post.code,
                account=name,
            )
        return sentence(words, *settle_buttons(to, publication, delivery))

    yield from tell(desk, post.code, told, delivery.member_id)


def _why(desk: Desk, post: Post, publication: Publication, delivery: Delivery) -> str:
    """Why it is not there, and what to do, in words a person can act on."""
    t = desk.room_t
    given = {"post": post.code, "account": title_of(desk, publication.account)}
    given["reason"] = t(delivery.reason).rstrip(". ")
    if publication.is_in_part:
        return t(
            "{post} does not stand on {account} as a whole: {parts}, the rest was not taken ({reason}). "
            "Press Retry to send the rest, or delete what stands.",
            parts=parts_there(desk, publication),
            **given,
        )
    match delivery.error:
        case NotPermitted.__name__:
            return t(
                "{post} was not published: {account} does not allow it ({reason}). "
                "An admin must give our access that right; then press Retry.",
                **given,
            )
        case ContentRefused.__name__:
            return t(
                "{post} was not published: {account} refused the content ({reason}). Edit it and submit that.",
                **given,
            )
        case error if error == ABANDONED:
            return t("{post} on {account} is left as it is. Nobody knows whether it stands there.", **given)
        case error if error in {DROPPED, FOR_ANOTHER}:
            return t("{post} was not published on {account}: {reason}. Retry sends it, Leave gives it up.", **given)
        case error if error in {kind.__name__ for kind in Refused.__subclasses__()}:
            return t("{post} was not published on {account}: {reason}.", **given)
        case _:
            return t(
                "{post} was not published: {account} could not take it ({reason}). Press Retry to try again.", **given
            )


# -- what members do about it -----------------------------------------------------------------------------------------


@registry.button("retry", "Sends a failed publication again", role=Role.PUBLISHER)
def retry(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Put a failed publication on its way again, if it is still what was approved."""
    post, publication, delivery = _pressed(desk, intent)
    if delivery.state != D.FAILED or delivery.error in LEAVINGS:
        raise WrongMoment("That was settled already; open the post again to see how.")
    if publication.digest != post.digest or post.state not in {PostState.UNFINISHED, PostState.SCHEDULED}:
        raise WrongMoment("{post} has changed since. Let it be approved and publish it again.", post=post.code)
    delivery.retry(desk.now)
    delivery.member_id = desk.member.id
    if post.state == PostState.UNFINISHED:
        post.resume(desk.now)
    yield from _decided(desk, "retried", post, publication)


@registry.button("live", "Says that an unsure publication stands on the network", role=Role.PUBLISHER)
def live(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """A member looked: it stands there."""
    post, publication, delivery = _pressed(desk, intent)
    known = {"remote_id": publication.remote_id, "url": publication.url, "part_ids": publication.part_ids}
    answer_unsure(desk, delivery, "live", known)
    yield from _decided(desk, "found_live", post, publication)
    yield from _stands(desk, post, publication, delivery)


@registry.button("resend", "Says that an unsure publication is not there, and sends it again", role=Role.PUBLISHER)
def resend(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """A member looked: it is not there."""
    post, publication, delivery = _pressed(desk, intent)
    answer_unsure(desk, delivery, "absent", {})
    yield from _decided(desk, "found_absent", post, publication)


@registry.button("leave", "Leaves a failed or unsure publication as it is", role=Role.PUBLISHER)
def leave(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Nothing more is tried on that account."""
    post, publication, delivery = _pressed(desk, intent)
    if delivery.state == D.FAILED and delivery.error not in LEAVINGS:
        delivery.leave()
    else:
        answer_unsure(desk, delivery, "leave", {})
    settle(desk, post)
    yield from _decided(desk, "left", post, publication)


def _decided(desk: Desk, action: str, post: Post, publication: Publication) -> Iterator[Effect]:
    desk.audit(action, post.code, after={"account": publication.account})
    t, given = (
        desk.room_t,
        {"member": desk.member.name, "post": post.code, "account": title_of(desk, publication.account)},
    )
    told = {
        "retried": t("{member} tries {post} on {account} again.", **given),
        "found_live": t("{member} looked: {post} stands on {account}.", **given),
        "found_absent": t("{member} looked: {post} is not on {account}. It is sent again.", **given),
        "left": t("{member} leaves {post} on {account} as it is.", **given),
    }
    yield Tell(subject=post.code, card=sentence(told[action]))
    yield Redraw(subject=post.code)


registry.courier("publication", PublicationCourier())


def _pressed(desk: Desk, intent: Pressed) -> tuple[Post, Publication, Delivery]:
    """The publication a button is about. A button of an earlier attempt is refused: it spoke of another state."""
    publication = desk.session.get(Publication, number_of(intent.subject, "U"), with_for_update=True)
    if publication is None:
        raise NotFound("There is no {subject} here.", subject=intent.subject.upper())
    post = desk.post(f"P{publication.post_id}")
    delivery = desk.session.get(Delivery, publication.delivery_id, with_for_update=True)
    assert delivery is not None, "a publication has its delivery"
    expect_newest(delivery.fence, intent, post.code)
    return post, publication, delivery


def _of(desk: Desk, delivery: Delivery) -> tuple[Post, Publication]:
    """What the delivery carries, both locked."""
    return desk.session.exec(_CARRIED, params={"delivery": delivery.id}).one()
