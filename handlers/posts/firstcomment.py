"""The first comment: what we say ourselves under a publication, as soon as it stands; a delivery of its own."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from handlers.desk import Desk
from handlers.posts.content import first_comment
from handlers.posts.sending import ABANDONED, MOVABLE, revision_of
from models.delivery import Delivery, DeliveryState
from models.post import Post
from models.publication import Publication

D = DeliveryState
KIND = "first_comment"


def follow(desk: Desk, publication: Publication) -> None:
    """Put the publication's first comment on its way, once: where it has one, and it is known where it stands."""
    account = desk.setup.accounts.get(publication.account)
    if account is None or not publication.remote_id:
        return
    post = desk.session.get_one(Post, publication.post_id)
    # What has not been changed since is its own newest revision, and was read already.
    content = post.content if post.revision == publication.revision else revision_of(desk, publication).content
    if first_comment(content, account, publication.remote_id) is None:
        return
    if any(d.payload["reply_to"] == publication.remote_id for d in _deliveries(desk, publication)):
        return
    ordered = desk.session.get_one(Delivery, publication.delivery_id)
    desk.add(
        Delivery(
            kind=KIND,
            lane=account.lane,
            subject=f"P{publication.post_id}",
            payload={"publication": publication.number, "reply_to": publication.remote_id},
            due_at=desk.now,
            created_at=desk.now,
            member_id=ordered.member_id,
        )
    )


def take_back(desk: Desk, publication: Publication) -> None:
    """Its publication was taken down: what has not left shall not."""
    movable = _of(publication).where(col(Delivery.state).in_(MOVABLE)).with_for_update()
    for delivery in desk.session.exec(movable).all():
        if delivery.payload["publication"] == publication.id and delivery.error != ABANDONED:
            delivery.cancel(desk.now)


def remote_ids(desk: Desk, publication: Publication) -> tuple[str, ...]:
    """Of the first comment that stands under the publication; it goes when that goes."""
    there = (d.result.get("remote_id", "") for d in _deliveries(desk, publication) if d.state == D.DONE)
    return tuple(remote_id for remote_id in there if remote_id)


def in_short(desk: Desk, post: Post, publication: Publication) -> str:
    """How the first comment of a standing publication stands, in a few words; "" where there is nothing to say."""
    t = desk.room_t
    found = [d for d in _deliveries(desk, publication) if d.payload["reply_to"] == publication.remote_id]
    if publication.removed_at is not None or publication.published_at is None:
        return ""
    if not found:
        account = desk.setup.accounts.get(publication.account)
        able = account is not None and first_comment(post.content, account, "") is not None
        return t("goes out when somebody adds the link of the post") if able and not publication.remote_id else ""
    delivery = found[-1]
    reason = t(delivery.reason or delivery.error).rstrip(". ")
    match DeliveryState(delivery.state):
        case D.DONE:
            return t("stands there")
        case D.HELD:
            return t("held")
        case D.UNSURE if delivery.is_asked:
            return t("nobody knows whether it stands there: please look")
        case D.FAILED if delivery.error == ABANDONED:
            return t("left as it is; nobody knows whether it stands there")
        case D.FAILED:
            return t("not published: {reason}", reason=reason)
        case D.CANCELLED:
            return t("left out")
        case _:
            return t("on its way")


def _deliveries(desk: Desk, publication: Publication) -> list[Delivery]:
    """Of the publication's first comment, oldest first."""
    query = _of(publication).order_by(col(Delivery.id))
    return [d for d in desk.session.exec(query).all() if d.payload["publication"] == publication.id]


def _of(publication: Publication) -> SelectOfScalar[Delivery]:
    return select(Delivery).where(Delivery.subject == f"P{publication.post_id}", Delivery.kind == KIND)
