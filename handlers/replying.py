"""Replies on their way: the courier, and what a member can do when one failed or is unsure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.cards import Button, Tone, number_of, sentence
from handlers.couriers import answer_unsure
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Redraw, Tell
from handlers.intents import Pressed
from handlers.registry import Effects, registry
from handlers.replies import outgoing
from handlers.words import N_
from models.conversation import Comment, CommentState, Reply
from models.delivery import Delivery, DeliveryState
from models.errors import NotFound, WrongMoment
from models.member import Role
from platforms.contract import Outgoing, Platform, Progress, Published


@registry.button("retry_reply", N_("Try a failed reply again"), role=Role.MODERATOR)
def retry(desk: Desk, pressed: Pressed) -> Effects:
    """Once more."""
    _reply, comment, delivery = _sent(desk, pressed.subject)
    if delivery.state != DeliveryState.FAILED:
        raise WrongMoment("That reply is not failed any more; the comment's card shows how it stands.")
    delivery.retry(desk.now)
    desk.audit("retried reply", comment.code)
    return [Redraw(subject=comment.code)]


@registry.button("leave_reply", N_("Leave a failed or unsure reply as it is"), role=Role.MODERATOR)
def leave(desk: Desk, pressed: Pressed) -> Effects:
    """Nothing more is tried."""
    _reply, comment, delivery = _sent(desk, pressed.subject)
    if delivery.state == DeliveryState.FAILED:
        delivery.cancel(desk.now)
    else:
        answer_unsure(desk, delivery, "leave", {})
    desk.audit("left reply", comment.code)
    return [Redraw(subject=comment.code)]


@registry.button("reply_is_live", N_("Say that an unsure reply is on the network"), role=Role.MODERATOR)
def is_live(desk: Desk, pressed: Pressed) -> Effects:
    """A member looked: it is there."""
    reply, comment, delivery = _sent(desk, pressed.subject)
    answer_unsure(desk, delivery, "live", {"remote_id": "", "url": "", "at": desk.now.isoformat()})
    desk.audit("reply is live", comment.code)
    return _stands(desk, reply, comment, delivery)


@registry.button("reply_not_there", N_("Say that an unsure reply is not there: send it"), role=Role.MODERATOR)
def not_there(desk: Desk, pressed: Pressed) -> Effects:
    """A member looked: it is not there, so it may be sent."""
    _reply, comment, delivery = _sent(desk, pressed.subject)
    answer_unsure(desk, delivery, "absent", {})
    desk.audit("reply is not there", comment.code)
    return [Redraw(subject=comment.code)]


def _sent(desk: Desk, subject: str) -> tuple[Reply, Comment, Delivery]:
    reply = desk.session.get(Reply, number_of(subject, "R"), with_for_update=True)
    if reply is None or reply.delivery_id is None:
        raise NotFound("That reply was cancelled. Press Reply on the comment to write a new one.")
    delivery = desk.session.get(Delivery, reply.delivery_id, with_for_update=True)
    assert delivery is not None
    return reply, desk.comment(f"C{reply.comment_id}"), delivery


# -- on its way ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReplyParcel:
    """A reply ready to leave."""

    platform: Platform
    outgoing: Outgoing

    @property
    def earliest(self) -> timedelta:
        """The network's own evidence window."""
        return self.platform.evidence_earliest

    @property
    def latest(self) -> timedelta:
        """The network's own evidence window."""
        return self.platform.evidence_latest

    @property
    def asks(self) -> bool:
        """A member decides what nobody can look up."""
        return True

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Publish it."""
        return _result(self.platform.publish(self.outgoing, key, progress))

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """Look for it."""
        found = self.platform.find(self.outgoing, key, since, progress)
        return None if found is None else _result(found)


class ReplyCourier:
    """Carries replies to the network."""

    def pack(self, desk: Desk, delivery: Delivery) -> ReplyParcel:
        """The reply as it was previewed. Raises OutOfDate where the comment has changed since, or is gone."""
        reply, comment, _ = _sent(desk, delivery.subject)
        if comment.state == CommentState.GONE and delivery.state == DeliveryState.SENDING:
            raise WrongMoment("{comment} was deleted by its author before the reply went out.", comment=comment.code)
        account = desk.setup.account(comment.account)
        return ReplyParcel(account.platform, outgoing(comment, reply.text, reply.visibility))

    def concluded(self, desk: Desk, delivery: Delivery) -> Effects:
        """It stands: the comment is done. Failed or unsure: told in the thread, with buttons."""
        reply, comment, _ = _sent(desk, delivery.subject)
        match delivery.state:
            case DeliveryState.DONE:
                return _stands(desk, reply, comment, delivery)
            case DeliveryState.FAILED:
                return _failed(desk, reply, comment, delivery)
            case DeliveryState.UNSURE if delivery.check_at is None:
                return _unsure(desk, reply, comment)
            case _:
                return [Redraw(subject=comment.code)]


registry.courier("reply", ReplyCourier())


def _stands(desk: Desk, reply: Reply, comment: Comment, delivery: Delivery) -> Effects:
    reply.remote_id, reply.url = delivery.result.get("remote_id", ""), delivery.result.get("url", "")
    if comment.state == CommentState.OPEN:
        comment.finish()
    return [Redraw(subject=comment.code), Redraw(subject=f"V{comment.conversation_id}")]


def _failed(desk: Desk, reply: Reply, comment: Comment, delivery: Delivery) -> Iterable[Effect]:
    t = desk.room_t
    told = t("The reply to {comment} did not go out: {reason}", comment=comment.code, reason=delivery.reason or delivery.error)  # fmt: skip
    buttons = (
        Button(verb="retry_reply", label=t("Retry"), subject=reply.code, tone=Tone.PRIMARY),
        Button(verb="edit_reply", label=t("Edit"), subject=reply.code),
        Button(verb="leave_reply", label=t("Leave it"), subject=reply.code),
    )
    card = sentence(told, *buttons)
    return [
        Redraw(subject=comment.code),
        Tell(subject=comment.code, card=card),
        Direct(member_id=reply.member_id, card=card),
    ]


def _unsure(desk: Desk, reply: Reply, comment: Comment) -> Iterable[Effect]:
    t = desk.room_t
    told = t(
        "Nobody can tell whether the reply to {comment} went out. Please look at the network and say how it is.",
        comment=comment.code,
    )
    buttons = (
        Button(verb="reply_is_live", label=t("It is live"), subject=reply.code),
        Button(verb="reply_not_there", label=t("It is not, send it"), subject=reply.code),
        Button(verb="leave_reply", label=t("Leave it"), subject=reply.code),
    )
    return [Redraw(subject=comment.code), Tell(subject=comment.code, card=sentence(told, *buttons))]


def _result(published: Published) -> dict[str, Any]:
    return {"remote_id": published.remote_id, "url": published.url, "at": published.at.isoformat()}
