"""What leaves is what was approved, by those whose approvals still count; what follows where it is not."""

from collections.abc import Iterator

from sqlalchemy import bindparam
from sqlmodel import select

from handlers.cards import Button, Card, Paragraph, Tone, paragraph
from handlers.couriers import CHANGED, UNAPPROVED, Held
from handlers.delivery.copies import in_words
from handlers.desk import Desk
from handlers.effects import Effect, Show
from handlers.posts.changes import difference
from handlers.posts.content import title_of
from handlers.posts.quorum import drop_uncounted, is_reached, lacking, standing, who_can
from handlers.posts.sending import IDENTITY, revision_of
from handlers.setup import OurAccount
from handlers.telling import tell
from models import approval
from models.account import Account
from models.approval import Approval, Verdict
from models.delivery import Delivery
from models.errors import WrongMoment
from models.post import Post, PostState, Revision
from models.publication import Publication

#: `Delivery.reason` of what is held because its post is being reviewed again.
ROUND = "round"

_APPROVERS = select(Approval.member_id).where(
    Approval.post_id == bindparam("post"),
    Approval.digest == bindparam("approved"),
    Approval.verdict == Verdict.APPROVED,
)


def expect_agreed(desk: Desk, post: Post, publication: Publication, account: OurAccount) -> None:
    """Raise Held where what would leave is not what was approved, or too few of those who approved it count by now."""
    if post.state == PostState.REVIEW:
        raise Held(UNAPPROVED, ROUND)
    if post.state != PostState.SCHEDULED:
        raise WrongMoment("{post} is not approved as it stands now, so it was not published.", post=post.code)
    if {post.digest, post.content.digest()} != {publication.digest}:
        raise Held(CHANGED)
    if is_another(desk, publication):
        raise Held(CHANGED, IDENTITY)
    if not is_reached(desk, post, account.policy):
        raise Held(UNAPPROVED)


def is_another(desk: Desk, publication: Publication) -> bool:
    """Whether the account is another one on its network than it was when this was approved, as far as is known."""
    known = desk.session.get(Account, publication.account)
    return bool(publication.identity and known and known.remote_id and known.remote_id != publication.identity)


def held_back(desk: Desk, post: Post, publication: Publication, delivery: Delivery) -> Iterator[Effect]:
    """It is told where it was decided, and to who wrote, approved and sent it, with what differs and what to do."""
    if delivery.error == UNAPPROVED and delivery.reason == ROUND:
        return  # that was told
    approvers = desk.session.exec(_APPROVERS, params={"post": post.id, "approved": publication.digest}).all()
    after = {"account": publication.account, "error": delivery.error, "reason": delivery.reason}
    desk.audit("held", post.code, {"revision": post.revision, "digest": publication.digest}, after)
    differs: tuple[Paragraph, ...] = ()
    if delivery.error == UNAPPROVED:
        drop_uncounted(desk, post)
        _open_round(desk, post)
    elif not delivery.reason and not publication.is_in_part:
        differs = tuple(_difference(desk, post, publication))
        post.take_as_stored()
        _open_round(desk, post)
        approval.void(desk.session, post)
        desk.add(Revision.of(post, post.author_id, desk.now))
    elif delivery.reason == IDENTITY and not publication.is_in_part:
        approval.void(desk.session, post)
        _open_round(desk, post)

    def told(to: Desk) -> Card:
        return Card(body=(paragraph(_why(to, post, publication, delivery)), *differs), buttons=tuple(_ways(to, post)))

    if post.state == PostState.REVIEW:
        for place in desk.setup.review:
            yield Show(subject=post.code, place=place)
    yield from tell(desk, post.code, told, post.author_id, *approvers, delivery.member_id)


def _open_round(desk: Desk, post: Post) -> None:
    post.open_round(desk.now)
    desk.audit("review_reopened", post.code, after={"revision": post.revision, "digest": post.digest})


def _difference(desk: Desk, post: Post, publication: Publication) -> Iterator[Paragraph]:
    """From what was approved to what would have left; nothing where what was approved is not kept any more."""
    approved = revision_of(desk, publication).content
    if approved.digest() == publication.digest:
        yield from difference(desk, approved, post.content)


def _why(desk: Desk, post: Post, publication: Publication, delivery: Delivery) -> str:
    t, given = desk.room_t, {"post": post.code, "account": title_of(desk, publication.account)}
    if delivery.error == UNAPPROVED:
        names = ", ".join(who_can(desk, post)) or t("nobody yet")
        return t(
            "{post} did not go out on {account}: its approvals do not suffice any more, {missing}. It is in review "
            "again. These members can approve it: {names}.",
            missing=lacking(t, standing(desk, post)),
            names=names,
            **given,
        )
    if file := in_words(t, delivery.reason):
        return t(
            "{post} is held and did not go out on {account}: it is not what was approved. {file} Put the approved file "
            "back and publish it, or edit the post and attach the file again.",
            file=file,
            **given,
        )
    if delivery.reason == IDENTITY and publication.is_in_part:
        return t(
            "The rest of {post} is held: its beginning is live on the account that {account} was then, and it is "
            "another one now. Put that account’s token back and publish it, or draft the rest as a new post.",
            **given,
        )
    if delivery.reason == IDENTITY:
        return t(
            "{post} is held: {account} is another account on its network than it was when this was approved. "
            "Approve it again if it should go out there, or edit it.",
            **given,
        )
    if publication.is_in_part:
        return t(
            "The rest of {post} is held and did not go out on {account}: it is not what was approved. Somebody changed "
            "it in the database. Delete what is live there, or put back what was approved and publish it.",
            **given,
        )
    return t(
        "{post} is held and did not go out on {account}: it is not what was approved. Somebody changed it in the "
        "database. It is in review as it reads now: approve that, or edit it.",
        **given,
    )


def _ways(desk: Desk, post: Post) -> Iterator[Button]:
    t = desk.room_t
    yield Button(verb="open", label=t("Show the post"), subject=post.code, tone=Tone.PRIMARY)
    yield Button(verb="edit", label=t("Edit"), subject=post.code, revision=post.revision)
    if post.state == PostState.SCHEDULED:
        yield Button(verb="publish", label=t("Publish now"), subject=post.code, revision=post.revision)
        yield Button(verb="unschedule", label=t("Cancel schedule"), subject=post.code, revision=post.revision)
