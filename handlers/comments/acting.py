"""Acts on their way: the courier, and what a member can do when one failed or is unsure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from handlers.cards import Button, Tone, number_of, sentence
from handlers.comments.acts import ACTS, act_of, refuse_if_under_way
from handlers.comments.commentcard import author_of
from handlers.comments.replies import refuse_if_held
from handlers.couriers import answer_unsure
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.intents import Pressed
from handlers.posts.content import title_of
from handlers.registry import Effects, registry
from handlers.words import N_
from models.conversation import Comment, CommentState
from models.delivery import Delivery, DeliveryState
from models.errors import NotFound
from models.member import Role
from platforms.contract import CannotTell, Platform, Progress

#: Other open comments of an author whose cards are drawn anew when something was done about the author.
MOST_REDRAWN = 50


@dataclass(frozen=True)
class ActParcel:
    """An act ready to leave."""

    platform: Platform
    verb: str
    author_id: str
    remote_id: str
    reason: str

    @property
    def earliest(self) -> timedelta:
        """Acts but reports can be repeated at once."""
        return timedelta(seconds=1)

    @property
    def latest(self) -> timedelta:
        """Nothing is looked up."""
        return timedelta(hours=1)

    @property
    def asks(self) -> bool:
        """A report is never filed twice; a member decides."""
        return self.verb == "report"

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Do it."""
        platform: Any = self.platform  # has the method, for the account's `can` said so when this was ordered
        if self.verb == "report":
            platform.report(self.author_id, self.remote_id, self.reason)
        else:
            getattr(platform, self.verb)(self.author_id if ACTS[self.verb].on_author else self.remote_id)
        return {"act": self.verb}

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """All but a report can be done twice without harm."""
        if self.verb == "report":
            raise CannotTell("reports cannot be looked up")
        return None


class ActCourier:
    """Carries acts to the network."""

    def pack(self, desk: Desk, delivery: Delivery) -> ActParcel:
        """The act as it was ordered."""
        comment = desk.comment(delivery.subject)
        account = desk.setup.account(comment.account)
        if delivery.state == DeliveryState.SENDING:
            access.expect(desk, account.name)
        verb, reason = delivery.payload["act"], delivery.payload["reason"]
        return ActParcel(account.platform, verb, comment.author_id, comment.remote_id, reason)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The mark changes once it has happened; a failure is told in the thread."""
        comment = desk.comment(delivery.subject)
        match delivery.state:
            case DeliveryState.DONE:
                yield from _happened(desk, comment, delivery)
            case DeliveryState.HELD:
                yield from _held(desk, comment, delivery)
            case DeliveryState.FAILED:
                yield from _failed(desk, comment, delivery)
            case DeliveryState.UNSURE if delivery.is_asked:
                yield from _unsure(desk, comment, delivery)
        yield Redraw(subject=comment.code)


registry.courier("act", ActCourier())


def _happened(desk: Desk, comment: Comment, delivery: Delivery) -> Iterator[Effect]:
    """Set the mark; one on the author shows on every open comment of theirs."""
    act = act_of(delivery)
    desk.audit("act done", comment.code, after={"act": delivery.payload["act"]})
    if not act.on_author:
        setattr(comment, act.mark, act.value)
        if comment.removed and comment.vanish():
            yield Redraw(subject=f"V{comment.conversation_id}")
        return
    author = author_of(desk.session, comment)
    setattr(author, act.mark, act.value)
    desk.session.add(author)
    theirs = select(Comment.id).where(
        Comment.state == CommentState.OPEN, Comment.account == comment.account, Comment.author_id == comment.author_id
    )
    for number in desk.session.exec(theirs.order_by(col(Comment.id).desc()).limit(MOST_REDRAWN)).all():
        yield Redraw(subject=f"C{number}")


def _held(desk: Desk, comment: Comment, delivery: Delivery) -> Iterator[Effect]:
    t = desk.room_t
    told = t(
        "“{act}” on {comment} is held: access to {account} is lost. It is done by itself when that works again.",
        act=t(act_of(delivery).name),
        comment=comment.code,
        account=title_of(desk, comment.account),
    )
    button = Button(verb="leave_act", label=t("Do not do it"), subject=f"D{delivery.id}")
    yield Tell(subject=comment.code, card=sentence(told, button))


def _failed(desk: Desk, comment: Comment, delivery: Delivery) -> Iterator[Effect]:
    told = {"act": delivery.payload["act"], "error": delivery.error, "reason": delivery.reason}
    desk.audit("act failed", comment.code, after=told)
    t, reason = desk.room_t, delivery.reason or delivery.error
    said = t(
        "“{act}” did not work on {comment}: {reason}",
        act=t(act_of(delivery).name),
        comment=comment.code,
        reason=reason,
    )
    subject = f"D{delivery.id}"
    buttons = (
        Button(verb="retry_act", label=t("Retry"), subject=subject, tone=Tone.PRIMARY),
        Button(verb="leave_act", label=t("Leave it"), subject=subject),
    )
    yield Tell(subject=comment.code, card=sentence(said, *buttons))


def _unsure(desk: Desk, comment: Comment, delivery: Delivery) -> Iterator[Effect]:
    desk.audit("act unsure", comment.code, after={"act": delivery.payload["act"]})
    t = desk.room_t
    told = t("Nobody can tell whether the report of {comment} was received.", comment=comment.code)
    subject = f"D{delivery.id}"
    buttons = (
        Button(verb="act_happened", label=t("It was received"), subject=subject),
        Button(verb="retry_act", label=t("It was not, send it"), subject=subject),
        Button(verb="leave_act", label=t("Leave it"), subject=subject),
    )
    yield Tell(subject=comment.code, card=sentence(told, *buttons))


@registry.button("retry_act", N_("Try a failed act again"), role=Role.MODERATOR)
def retry(desk: Desk, pressed: Pressed) -> Effects:
    """Once more."""
    delivery, comment = _ended(desk, pressed.subject)
    if delivery.state == DeliveryState.UNSURE:
        answer_unsure(desk, delivery, "absent", {})
    else:
        refuse_if_under_way(desk, comment, act_of(delivery))
        delivery.retry(desk.now)
    desk.audit("retried", comment.code, after={"act": delivery.payload["act"]})
    return [Redraw(subject=comment.code)]


@registry.button("leave_act", N_("Leave a held or failed act as it is"), role=Role.MODERATOR)
def leave(desk: Desk, pressed: Pressed) -> Effects:
    """Nothing more is tried."""
    delivery, comment = _ended(desk, pressed.subject)
    if delivery.state == DeliveryState.UNSURE:
        answer_unsure(desk, delivery, "leave", {})
    else:
        delivery.cancel(desk.now)
    desk.audit("left", comment.code, after={"act": delivery.payload["act"]})
    return [Redraw(subject=comment.code)]


@registry.button("act_happened", N_("Say that an unsure report was received"), role=Role.MODERATOR)
def received(desk: Desk, pressed: Pressed) -> Effects:
    """A member knows."""
    delivery, comment = _ended(desk, pressed.subject)
    answer_unsure(desk, delivery, "live", {"act": delivery.payload["act"]})
    desk.audit("received", comment.code, after={"act": delivery.payload["act"]})
    return list(ActCourier().concluded(desk, delivery))


def _ended(desk: Desk, subject: str) -> tuple[Delivery, Comment]:
    """An act and its comment, unless somebody else holds that."""
    delivery = desk.session.get(Delivery, number_of(subject, "D"), with_for_update=True)
    if delivery is None or delivery.kind != "act":
        raise NotFound("There is no {subject} here.", subject=subject)
    comment = desk.comment(delivery.subject)
    refuse_if_held(desk, comment)
    return delivery, comment
