"""First comments on their way: the courier, and what members do about one that failed or is unsure."""

from collections.abc import Iterator

from handlers.cards import Button, Card, Tone, number_of, sentence
from handlers.couriers import CHANGED, UNAPPROVED, Held, answer_unsure
from handlers.delivery import access
from handlers.delivery.leaving import Leaving, begin
from handlers.delivery.pressing import expect_newest
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.intents import Pressed
from handlers.posts.agreed import is_another
from handlers.posts.content import first_comment, title_of
from handlers.posts.firstcomment import KIND
from handlers.posts.holding import IN_TIME, STOPPED
from handlers.posts.quorum import was_reached
from handlers.posts.sending import ABANDONED, IDENTITY, revision_of
from handlers.registry import registry
from handlers.telling import tell
from handlers.words import N_
from models.delivery import IN_THE_AIR, Delivery, DeliveryState
from models.errors import NotFound, WrongMoment
from models.member import Role
from models.post import Content
from models.publication import Publication
from models.stop import stop_of

D = DeliveryState
#: What is told where it is not what was approved, or not by enough members any more.
DISAGREED = {
    CHANGED: N_(
        "The first comment of {post} on {account} is held: it is not what was approved. Somebody changed it in the "
        "database. Put back what was approved and check it again, or do not send it and write the comment there."
    ),
    UNAPPROVED: N_(
        "The first comment of {post} on {account} is held: the approvals of {post} do not suffice any more. Check it "
        "again once those who approved may approve again, or do not send it."
    ),
}
#: The same where the account is another one on its network than it was when its post was approved.
ANOTHER = N_(
    "The first comment of {post} on {account} is held: {account} is another account on its network than it was when "
    "this was approved. Do not send it; write the comment there yourself if you want it."
)


class FirstCommentCourier:
    """Carries first comments: kind "first_comment"."""

    def pack(self, desk: Desk, delivery: Delivery) -> Leaving | None:
        """The comment as it was approved; None where what it would stand under was taken down.

        Raises Held, and Refused where the account cannot comment any more.
        """
        publication = _publication(desk, delivery)
        if publication.removed_at is not None:
            return None
        account = desk.setup.account(publication.account)
        content = revision_of(desk, publication).content
        if delivery.state == D.SENDING:
            _expect_agreed(desk, delivery, publication, content)
            access.expect(desk, account.name)
            if stop_of(desk.session, account.name):
                raise Held(STOPPED)
        comment = first_comment(content, account, delivery.payload["reply_to"])
        if comment is None:
            raise WrongMoment("{account} cannot comment: its token does not allow it.", account=account.title)
        if delivery.state == D.SENDING:
            begin(delivery, account.platform)
        return Leaving(account.platform, comment)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """Told in the post's thread, with buttons where somebody must act."""
        publication = _publication(desk, delivery)
        given = {"post": delivery.subject, "account": title_of(desk, publication.account)}
        after = {"account": publication.account, "error": delivery.error, "reason": delivery.reason}
        t = desk.room_t
        match DeliveryState(delivery.state):
            case D.DONE if delivery.result:
                desk.audit("first comment stands", delivery.subject, after={"account": publication.account})
                told = t("The first comment of {post} stands on {account}.", **given)
                yield Tell(subject=delivery.subject, card=sentence(told))
            case D.HELD:
                desk.audit("first comment held", delivery.subject, after=after)
                told = t(
                    "The first comment of {post} on {account} is held: access is lost. "
                    "It goes out by itself when that works again.",
                    **given,
                )
                if delivery.error == STOPPED:
                    told = t(
                        "The first comment of {post} is held: {account} is stopped. "
                        "It goes out when somebody resumes it.",
                        **given,
                    )
                if delivery.error in DISAGREED:
                    words = ANOTHER if delivery.reason == IDENTITY else DISAGREED[delivery.error]
                    yield from _told(desk, delivery, words, given)
                    return
                yield Tell(subject=delivery.subject, card=sentence(told, *_buttons(desk, delivery)))
            case D.FAILED:
                desk.audit("first comment failed", delivery.subject, after=after)
                yield from _told(
                    desk, delivery, N_("{post} stands on {account}, but its first comment does not: {reason}."), given
                )
            case D.UNSURE if delivery.is_asked:
                desk.audit("first comment unsure", delivery.subject, after=after)
                asked = N_(
                    "Nobody can tell whether the first comment of {post} stands on {account}. "
                    "Please look there and press what is true."
                )
                yield from _told(desk, delivery, asked, given)
        yield Redraw(subject=delivery.subject)


registry.courier(KIND, FirstCommentCourier())


def _expect_agreed(desk: Desk, delivery: Delivery, publication: Publication, content: Content) -> None:
    """Raise Held where it is not what was approved with its post, or, once it was held up, not by enough any more."""
    if content.digest() != publication.digest or delivery.payload["reply_to"] != publication.remote_id:
        raise Held(CHANGED)
    if is_another(desk, publication):
        raise Held(CHANGED, IDENTITY)
    account = desk.setup.account(publication.account)
    is_late = desk.now - delivery.created_at > IN_TIME
    if is_late and not was_reached(desk, desk.post(delivery.subject), publication, account.policy):
        raise Held(UNAPPROVED)


def _told(desk: Desk, delivery: Delivery, words: str, given: dict[str, str]) -> Iterator[Effect]:
    """In the thread, and to who decided it: each in their language."""

    def told(to: Desk) -> Card:
        reason = to.room_t(delivery.reason or delivery.error).rstrip(". ")
        return sentence(to.room_t(words, **given, reason=reason), *_buttons(to, delivery))

    yield from tell(desk, delivery.subject, told, delivery.member_id)


def _buttons(desk: Desk, delivery: Delivery) -> Iterator[Button]:
    t, state = desk.room_t, delivery.state
    for verb, label, tone, is_so in (
        ("first_comment_live", t("It is live"), Tone.PLAIN, state == D.UNSURE),
        ("first_comment_retry", t("It is not, send it"), Tone.PLAIN, state == D.UNSURE),
        ("first_comment_retry", t("Retry"), Tone.PRIMARY, state == D.FAILED),
        ("first_comment_retry", t("Check it again"), Tone.PLAIN, state == D.HELD and delivery.error in DISAGREED),
        ("first_comment_leave", t("Leave it"), Tone.PLAIN, state != D.HELD),
        ("first_comment_leave", t("Do not send it"), Tone.PLAIN, state == D.HELD),
    ):
        if is_so:
            yield Button(verb=verb, label=label, subject=f"D{delivery.id}", revision=delivery.fence, tone=tone)


# -- what members do about it -----------------------------------------------------------------------------------------


@registry.button("first_comment_retry", N_("Send a first comment again that is not there"), role=Role.PUBLISHER)
def retry(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Once more; also where a member looked, and it is not there."""
    delivery, publication = _pressed(desk, pressed)
    if publication.removed_at is not None:
        raise WrongMoment("{post} was taken down, so nothing is said under it.", post=delivery.subject)
    if delivery.state == D.UNSURE:
        answer_unsure(desk, delivery, "absent", {})
    elif delivery.state == D.FAILED and delivery.error != ABANDONED:
        delivery.retry(desk.now)
    elif delivery.state == D.HELD and delivery.error in DISAGREED:
        delivery.release()
    else:
        raise WrongMoment("That was settled already; open the post again to see how.")
    yield from _decided(desk, "retried", delivery, publication)


@registry.button("first_comment_live", N_("Say that an unsure first comment stands there"), role=Role.PUBLISHER)
def live(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """A member looked: it is there."""
    delivery, publication = _pressed(desk, pressed)
    answer_unsure(desk, delivery, "live", {"remote_id": "", "url": "", "at": desk.now.isoformat()})
    yield from _decided(desk, "found_live", delivery, publication)


@registry.button("first_comment_leave", N_("Leave a first comment out, or as it is"), role=Role.PUBLISHER)
def leave(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Nothing more is tried."""
    delivery, publication = _pressed(desk, pressed)
    if delivery.state in IN_THE_AIR:
        answer_unsure(desk, delivery, "leave", {})
    elif delivery.error != ABANDONED:
        delivery.cancel(desk.now)
    yield from _decided(desk, "left", delivery, publication)


def _decided(desk: Desk, action: str, delivery: Delivery, publication: Publication) -> Iterator[Effect]:
    desk.audit(f"{action} first comment", delivery.subject, after={"account": publication.account})
    given = {
        "member": desk.member.name,
        "post": delivery.subject,
        "account": title_of(desk, publication.account),
    }
    t = desk.room_t
    told = {
        "retried": t("{member} sends the first comment of {post} to {account} again.", **given),
        "found_live": t("{member} looked: the first comment of {post} stands on {account}.", **given),
        "left": t("{member} leaves the first comment of {post} on {account} as it is.", **given),
    }
    yield Tell(subject=delivery.subject, card=sentence(told[action]))
    yield Redraw(subject=delivery.subject)


def _pressed(desk: Desk, pressed: Pressed) -> tuple[Delivery, Publication]:
    """What a button is about, locked. One of an earlier attempt is refused: it spoke of another state."""
    delivery = desk.session.get(Delivery, number_of(pressed.subject, "D"))
    if delivery is None or delivery.kind != KIND:
        raise NotFound("There is no {subject} here.", subject=pressed.subject.upper())
    publication = _publication(desk, delivery)  # locked first, as a deletion does
    desk.session.refresh(delivery, with_for_update=True)
    expect_newest(delivery.fence, pressed, delivery.subject, _buttons(desk, delivery))
    return delivery, publication


def _publication(desk: Desk, delivery: Delivery) -> Publication:
    return desk.session.get_one(Publication, delivery.payload["publication"], with_for_update=True)
