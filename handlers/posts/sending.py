"""A post's publications on their way: put there, moved, taken back, and what their ends make of the post."""

from datetime import datetime

from sqlmodel import select

from handlers.couriers import CHANGED
from handlers.desk import Desk
from handlers.posts.content import ours, title_of
from handlers.setup import OurAccount
from models.account import Account
from models.delivery import IN_THE_AIR, LEFT, UNDER_WAY, Delivery, DeliveryState
from models.errors import WrongMoment
from models.post import Post, PostState, Revision
from models.publication import Publication, current, of_post

#: `Delivery.error` of what a member left unsettled: nobody knows whether it stands, so it is never sent again.
ABANDONED = "Abandoned"
#: The same of what was decided for another identity of its account, or was dropped with a token.
FOR_ANOTHER, DROPPED = "ForAnother", "DroppedToken"
#: `Delivery.reason` of what is held as changed because the account is another one on its network.
IDENTITY = "identity"
#: What a member decided to leave: nobody is asked about it again.
LEAVINGS = frozenset({ABANDONED, LEFT})
#: Certainly not there: it can be given another hour or taken back.
MOVABLE = frozenset({DeliveryState.WAITING, DeliveryState.HELD, DeliveryState.FAILED})


def keeps(delivery: Delivery) -> bool:
    """Whether its account keeps what it has, whatever the post says: it stands, is in the air or was left unsettled."""
    return delivery.state not in MOVABLE or delivery.error == ABANDONED


def receivers(desk: Desk, post: Post) -> list[OurAccount]:
    """The accounts that get the post when it is sent on its way."""
    alive = current(desk.session, post.number)
    return [a for a in ours(desk, post.content) if a.name not in alive or not keeps(alive[a.name][1])]


def put_on_way(desk: Desk, post: Post, due_at: datetime) -> list[OurAccount]:
    """Let every account that does not have the post get it at that hour; returns those that will.

    What waits or is held is moved, what failed is tried again; what stands, is on its way or was left unsettled stays.
    """
    standing = {p.account: (p, d) for p, d in of_post(desk.session, post.number) if p.revision == post.revision}
    alive = current(desk.session, post.number)
    going = receivers(desk, post)
    for account in going:
        approved, last = alive.get(account.name, (None, None))
        if approved is not None and last is not None and _is_superseded(approved, last, post):
            last.cancel(desk.now)
            last = None
        if last is not None:
            if last.state == DeliveryState.FAILED:
                last.retry(desk.now)
            if last.state == DeliveryState.HELD:
                last.release()
            last.move(due_at, post.wall, post.zone)
            last.member_id = desk.member_or_none.id if desk.member_or_none else None
            continue
        delivery = desk.add(
            Delivery(
                kind="publication",
                lane=account.lane,
                subject=post.code,
                due_at=due_at,
                wall=post.wall,
                zone=post.zone,
                created_at=desk.now,
                member_id=desk.member_or_none.id if desk.member_or_none else post.author_id,
            )
        )
        identity = _identity(desk, account.name)
        known, before = standing.get(account.name, (None, None))
        if known is not None and before is not None:
            delivery.fence = before.fence  # so that no button of the way before is one of this way
            known.begin_anew(delivery.number, post.digest, identity)
        else:
            desk.add(
                Publication(
                    post_id=post.number,
                    account=account.name,
                    revision=post.revision,
                    digest=post.digest,
                    identity=identity,
                    delivery_id=delivery.number,
                )
            )
    desk.session.flush()
    return going


def _is_superseded(publication: Publication, delivery: Delivery, post: Post) -> bool:
    """Whether it was held back, and something else was approved in its place since."""
    another = (delivery.error, delivery.reason) == (CHANGED, IDENTITY) or publication.digest != post.digest
    return delivery.state == DeliveryState.HELD and another and not publication.is_in_part


def _identity(desk: Desk, name: str) -> str:
    """The account's remote id, as far as is known."""
    account = desk.session.get(Account, name)
    return account.remote_id if account else ""


def refuse_in_the_air(desk: Desk, post: Post) -> None:
    """Raise WrongMoment while a publication is being sent or nobody knows its end."""
    for publication, delivery in current(desk.session, post.number).values():
        if delivery.state == DeliveryState.SENDING:
            raise WrongMoment(
                "{post} is going out on {account} this moment. Wait until that is over.",
                post=post.code,
                account=publication.account,
            )
        if delivery.state == DeliveryState.UNSURE:
            raise WrongMoment(
                "It is not known yet whether {post} stands on {account}. Settle that first.",
                post=post.code,
                account=publication.account,
            )


def refuse_in_part(desk: Desk, post: Post) -> None:
    """Raise WrongMoment while only the first parts of a chain stand somewhere: given up now, they would stand twice."""
    for publication, _delivery in current(desk.session, post.number).values():
        if publication.is_in_part:
            raise WrongMoment(
                "The beginning of {post} stands on {account} already. Delete that first, or let the rest follow.",
                post=post.code,
                account=title_of(desk, publication.account),
            )


def take_back(desk: Desk, post: Post) -> int:
    """Cancel what waits or failed; returns how many. Raises WrongMoment while something is in the air or in part."""
    refuse_in_the_air(desk, post)
    refuse_in_part(desk, post)
    count = 0
    for _publication, delivery in current(desk.session, post.number).values():
        if delivery.state in MOVABLE and delivery.error != ABANDONED:
            delivery.cancel(desk.now)
            count += 1
    return count


def revision_of(desk: Desk, publication: Publication) -> Revision:
    """What of the post the publication is."""
    query = select(Revision).where(Revision.post_id == publication.post_id, Revision.number == publication.revision)
    return desk.session.exec(query).one()


def standing_on(desk: Desk, post: Post) -> list[Publication]:
    """The publications that stand on a network now."""
    found = current(desk.session, post.number).values()
    return [p for p, d in found if d.state == DeliveryState.DONE and p.removed_at is None]


def is_in_the_air(desk: Desk, post: Post) -> bool:
    """Whether a publication of it is being sent or nobody knows its end yet."""
    return any(delivery.state in IN_THE_AIR for _, delivery in current(desk.session, post.number).values())


def is_held(desk: Desk, post: Post) -> bool:
    """Whether a publication of it waits for a member's word."""
    return any(delivery.state == DeliveryState.HELD for _, delivery in current(desk.session, post.number).values())


def settle(desk: Desk, post: Post) -> None:
    """After a publication's end: the post is published everywhere, or fell short with nothing under way."""
    if post.state not in {PostState.SCHEDULED, PostState.UNFINISHED}:
        return
    found = current(desk.session, post.number)
    states = {name: delivery.state for name, (_, delivery) in found.items()}
    if any(state in UNDER_WAY for state in states.values()):
        return
    if all(states.get(name) == DeliveryState.DONE for name in post.content.accounts):
        post.complete(desk.now)
    else:
        post.fall_short(desk.now)
