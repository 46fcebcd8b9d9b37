"""Replies on their way: the courier, and what a member can do when one failed or is unsure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from handlers.cards import number_of, sentence
from handlers.comments.replies import (
    outcome_buttons,
    outgoing,
    refuse_if_changed,
    refuse_if_held,
    refuse_if_removed,
    refuse_unless_sendable,
    seal,
)
from handlers.couriers import CHANGED, Held, answer_unsure
from handlers.delivery import access
from handlers.delivery.leaving import Leaving, begin
from handlers.delivery.pressing import expect_newest, expect_sender
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Redraw, Tell
from handlers.intents import Pressed
from handlers.posts.content import title_of
from handlers.posts.sending import ABANDONED
from handlers.registry import Effects, registry
from handlers.words import N_
from models.conversation import Comment, CommentState, Reply
from models.delivery import Delivery, DeliveryState
from models.errors import NotFound, WrongMoment
from models.member import Role
from platforms.contract import CannotTell, Permanent, Platform, Progress, ReadsComments

log = structlog.get_logger()


# -- what a member says of one that failed or is unsure ----------------------------------------------------------------


@registry.button("retry_reply", N_("Try a failed reply again"), role=Role.MODERATOR)
def retry(desk: Desk, pressed: Pressed) -> Effects:
    """Once more, if it may still leave."""
    reply, comment, delivery = _pressed(desk, pressed)
    if delivery.state != DeliveryState.FAILED or delivery.error == ABANDONED:
        raise WrongMoment("That reply is not failed any more; the comment's card shows how it stands.")
    refuse_unless_sendable(desk, comment, reply)
    delivery.retry(desk.now)
    delivery.member_id = desk.member.id
    desk.audit("retried reply", comment.code)
    return [Redraw(subject=comment.code)]


@registry.button("leave_reply", N_("Leave a held, failed or unsure reply as it is"), role=Role.MODERATOR)
def leave(desk: Desk, pressed: Pressed) -> Effects:
    """Nothing more is tried."""
    _, comment, delivery = _pressed(desk, pressed)
    refuse_if_held(desk, comment)
    if delivery.state == DeliveryState.HELD or (delivery.state == DeliveryState.FAILED and delivery.error != ABANDONED):
        delivery.cancel(desk.now)
    else:
        answer_unsure(desk, delivery, "leave", {})
    desk.audit("left reply", comment.code)
    return [Redraw(subject=comment.code)]


@registry.button("reply_is_live", N_("Say that an unsure reply is on the network"), role=Role.MODERATOR)
def is_live(desk: Desk, pressed: Pressed) -> Effects:
    """A member looked: it is there."""
    reply, comment, delivery = _pressed(desk, pressed)
    refuse_if_held(desk, comment)
    answer_unsure(desk, delivery, "live", {"remote_id": "", "url": "", "at": desk.now.isoformat()})
    return list(_stands(desk, reply, comment, delivery))


@registry.button("reply_not_there", N_("Say that an unsure reply is not there: send it"), role=Role.MODERATOR)
def not_there(desk: Desk, pressed: Pressed) -> Effects:
    """A member looked: it is not there, so it is sent, if it may still leave."""
    reply, comment, delivery = _pressed(desk, pressed)
    refuse_unless_sendable(desk, comment, reply)
    answer_unsure(desk, delivery, "absent", {})
    delivery.member_id = desk.member.id
    desk.audit("reply is not there", comment.code)
    return [Redraw(subject=comment.code)]


def _pressed(desk: Desk, pressed: Pressed) -> tuple[Reply, Comment, Delivery]:
    """What a button is about. One of an earlier attempt is refused: it spoke of another state."""
    reply, comment, delivery = _sent(desk, pressed.subject)
    refuse_if_held(desk, comment)
    expect_newest(delivery.fence, pressed, comment.code, outcome_buttons(desk, reply, comment, delivery))
    return reply, comment, delivery


def _sent(desk: Desk, subject: str) -> tuple[Reply, Comment, Delivery]:
    reply = desk.session.get(Reply, number_of(subject, "R"), with_for_update=True)
    if reply is None or reply.delivery_id is None:
        raise NotFound("There is no {subject} here.", subject=subject)
    delivery = desk.session.get(Delivery, reply.delivery_id, with_for_update=True)
    assert delivery is not None
    return reply, desk.comment(f"C{reply.comment_id}"), delivery


# -- on its way --------------------------------------------------------------------------------------------------------


class Edited(Permanent):
    """The author changed the comment before the reply left; `reason` is what the comment says now."""


@dataclass(frozen=True)
class ReplyParcel(Leaving):
    """A reply ready to leave."""

    answered: str  #: the comment's text when the reply was written

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Publish it, if the comment still says what it answers. Raises Edited."""
        _expect_unchanged(self.platform, self.outgoing.reply_to, self.answered)
        return super().send(key, progress)


@dataclass(frozen=True)
class PrivateParcel:
    """A private reply ready to leave: nobody can look whether one was received, so it is never repeated by itself."""

    platform: Platform
    remote_id: str
    text: str
    answered: str
    earliest: timedelta = timedelta(seconds=1)
    latest: timedelta = timedelta(hours=1)
    asks: bool = True

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Send it, if the comment still says what it answers. Raises Edited."""
        _expect_unchanged(self.platform, self.remote_id, self.answered)
        network: Any = self.platform  # has the method, for the account's `can` said so when this was ordered
        network.reply_privately(self.remote_id, self.text)
        return {"remote_id": "", "url": ""}

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """A member knows, or nobody."""
        raise CannotTell("private replies cannot be looked up")


def _expect_unchanged(platform: Platform, remote_id: str, answered: str) -> None:
    """One request more for each reply, because networks do not tell us of every edit as it happens. Raises Edited."""
    if not (isinstance(platform, ReadsComments) and platform.can.reads_comments):
        return
    try:
        says = platform.comment(remote_id).text
    except Permanent as refusal:
        # Whether a comment that cannot be shown can be answered, the network says when it is answered.
        log.info("a comment could not be read before its answer", comment=remote_id, why=str(refusal))
        return
    if says != answered:
        raise Edited(says)


class ReplyCourier:
    """Carries replies to the network."""

    def pack(self, desk: Desk, delivery: Delivery) -> ReplyParcel | PrivateParcel:
        """The reply as it was previewed. Raises Refused where the comment is gone, or says something else by now."""
        reply, comment, _ = _sent(desk, delivery.subject)
        if delivery.state == DeliveryState.SENDING:  # what may be public already is looked for, whatever changed
            if comment.state == CommentState.GONE:
                refuse_if_removed(comment)
                raise WrongMoment("{comment} was deleted by its author before that.", comment=comment.code)
            refuse_if_changed(comment, reply.answers)
            if delivery.payload.get("seal", seal(comment, reply)) != seal(comment, reply):
                raise Held(CHANGED)
            expect_sender(desk, delivery, Role.MODERATOR)
            access.expect(desk, comment.account)
        platform = desk.setup.account(comment.account).platform
        if reply.private:
            return PrivateParcel(platform, comment.remote_id, reply.text, comment.text)
        if delivery.state == DeliveryState.SENDING:
            begin(delivery, platform)
        return ReplyParcel(platform, outgoing(comment, reply), comment.text)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """It stands: the comment is done. Failed or unsure: told in the thread, with buttons."""
        reply, comment, _ = _sent(desk, delivery.subject)
        match delivery.state:
            case DeliveryState.DONE:
                yield from _stands(desk, reply, comment, delivery)
            case DeliveryState.HELD:
                yield from _held(desk, reply, comment, delivery)
            case DeliveryState.FAILED:
                yield from _failed(desk, reply, comment, delivery)
            case DeliveryState.UNSURE if delivery.is_asked:
                yield from _unsure(desk, reply, comment, delivery)
        yield Redraw(subject=comment.code)


registry.courier("reply", ReplyCourier())


def _stands(desk: Desk, reply: Reply, comment: Comment, delivery: Delivery) -> Iterator[Effect]:
    reply.remote_id, reply.url = delivery.result["remote_id"], delivery.result["url"]
    desk.audit(
        "private reply arrived" if reply.private else "reply stands",
        comment.code,
        after={"reply": reply.code, "url": reply.url},
    )
    if comment.state == CommentState.OPEN and comment.edits == reply.answers:
        comment.finish()
    yield Redraw(subject=comment.code)
    yield Redraw(subject=f"V{comment.conversation_id}")


def _held(desk: Desk, reply: Reply, comment: Comment, delivery: Delivery) -> Iterator[Effect]:
    desk.audit("reply held", comment.code, after={"error": delivery.error})
    t, given = desk.room_t, {"comment": comment.code, "account": title_of(desk, comment.account)}
    told = t(
        "The reply to {comment} is held: access to {account} is lost. It goes out by itself when that works again.",
        **given,
    )
    if delivery.error == CHANGED:
        told = t(
            "The reply to {comment} is held and was not sent: it is not what its preview showed. Somebody changed it "
            "in the database. Press Edit, look at it, and send it again, or do not send it.",
            **given,
        )
    buttons = outcome_buttons(desk, reply, comment, delivery)
    card = sentence(told, *buttons)
    yield Tell(subject=comment.code, card=card)
    yield Direct(member_id=reply.member_id, card=card)


def _failed(desk: Desk, reply: Reply, comment: Comment, delivery: Delivery) -> Iterator[Effect]:
    desk.audit("reply failed", comment.code, after={"error": delivery.error, "reason": delivery.reason})
    t, reason = desk.room_t, delivery.reason or delivery.error
    if delivery.error == Edited.__name__:
        comment.rewrite(delivery.reason, comment.warning, comment.media, comment.edited_at)
        reason = t("its author edited it meanwhile. It says now: “{text}”", text=comment.text[:300])
    told = t("The reply to {comment} did not go out: {reason}", comment=comment.code, reason=reason)
    buttons = outcome_buttons(desk, reply, comment, delivery)
    card = sentence(told, *buttons)
    yield Tell(subject=comment.code, card=card)
    yield Direct(member_id=reply.member_id, card=card)


def _unsure(desk: Desk, reply: Reply, comment: Comment, delivery: Delivery) -> Iterator[Effect]:
    desk.audit("reply unsure", comment.code)
    told = desk.room_t(
        "Nobody can tell whether the reply to {comment} went out. Please look at the network and say how it is.",
        comment=comment.code,
    )
    yield Tell(subject=comment.code, card=sentence(told, *outcome_buttons(desk, reply, comment, delivery)))
