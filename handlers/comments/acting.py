"""Acts on their way: the courier, and what a member can do when one failed or is unsure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select

from handlers.cards import Button, Tone, number_of, sentence
from handlers.comments.acts import ACTS, act_of, on, refuse_if_under_way
from handlers.comments.commentcard import author_of
from handlers.comments.replies import refuse_if_held
from handlers.couriers import answer_unsure
from handlers.delivery import access
from handlers.delivery.pressing import expect_newest, expect_sender
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.intents import Pressed
from handlers.posts.content import title_of
from handlers.registry import Effects, registry
from handlers.words import N_
from models.conversation import Comment, CommentState
from models.delivery import Delivery, DeliveryState
from models.errors import NotFound, WrongMoment
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
        """The act as it was ordered. Raises Refused where what it was ordered on is another thing by now."""
        comment = desk.comment(delivery.subject)
        account = desk.setup.account(comment.account)
        if delivery.state == DeliveryState.SENDING:
            _refuse_another(delivery, comment)
            expect_sender(desk, delivery, Role.MODERATOR)
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


def _refuse_another(delivery: Delivery, comment: Comment) -> None:
    """Raise WrongMoment where the comment, or its author, is not the one that it was ordered on."""
    ordered = delivery.payload.get("on", on(comment))  # before this was kept nothing was
    if ordered != on(comment):
        raise WrongMoment("{comment} is not the comment any more that this was ordered on", comment=comment.code)


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
    yield Tell(subject=comment.code, card=sentence(told, *_buttons(desk, delivery)))


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
    yield Tell(subject=comment.code, card=sentence(said, *_buttons(desk, delivery)))


def _unsure(desk: Desk, comment: Comment, delivery: Delivery) -> Iterator[Effect]:
    desk.audit("act unsure", comment.code, after={"act": delivery.payload["act"]})
    t = desk.room_t
    told = t("Nobody can tell whether the report of {comment} was received.", comment=comment.code)
    yield Tell(subject=comment.code, card=sentence(told, *_buttons(desk, delivery)))


def _buttons(desk: Desk, delivery: Delivery) -> Iterator[Button]:
    """What a member can do about an act that is held, that failed, or of which nobody knows whether it was taken."""
    t, state = desk.room_t, delivery.state
    held, failed = state == DeliveryState.HELD, state == DeliveryState.FAILED
    for verb, label, tone, is_so in (
        ("act_happened", t("It was received"), Tone.PLAIN, delivery.is_asked),
        ("retry_act", t("It was not, send it"), Tone.PLAIN, delivery.is_asked),
        ("retry_act", t("Retry"), Tone.PRIMARY, failed),
        ("leave_act", t("Do not do it") if held else t("Leave it"), Tone.PLAIN, held or failed or delivery.is_asked),
    ):
        if is_so:
            yield Button(verb=verb, label=label, subject=f"D{delivery.id}", revision=delivery.fence, tone=tone)


@registry.button("retry_act", N_("Try a failed act again"), role=Role.MODERATOR)
def retry(desk: Desk, pressed: Pressed) -> Effects:
    """Once more."""
    delivery, comment = _pressed(desk, pressed)
    if delivery.state == DeliveryState.UNSURE:
        answer_unsure(desk, delivery, "absent", {})
    else:
        refuse_if_under_way(desk, comment, act_of(delivery))
        delivery.retry(desk.now)
    delivery.member_id = desk.member.id
    desk.audit("retried", comment.code, after={"act": delivery.payload["act"]})
    return [Redraw(subject=comment.code)]


@registry.button("leave_act", N_("Leave a held or failed act as it is"), role=Role.MODERATOR)
def leave(desk: Desk, pressed: Pressed) -> Effects:
    """Nothing more is tried."""
    delivery, comment = _pressed(desk, pressed)
    if delivery.state == DeliveryState.UNSURE:
        answer_unsure(desk, delivery, "leave", {})
    else:
        delivery.cancel(desk.now)
    desk.audit("left", comment.code, after={"act": delivery.payload["act"]})
    return [Redraw(subject=comment.code)]


@registry.button("act_happened", N_("Say that an unsure report was received"), role=Role.MODERATOR)
def received(desk: Desk, pressed: Pressed) -> Effects:
    """A member knows."""
    delivery, comment = _pressed(desk, pressed)
    answer_unsure(desk, delivery, "live", {"act": delivery.payload["act"]})
    desk.audit("received", comment.code, after={"act": delivery.payload["act"]})
    return list(ActCourier().concluded(desk, delivery))


def _pressed(desk: Desk, pressed: Pressed) -> tuple[Delivery, Comment]:
    """An act and its comment, unless somebody else holds that. A button of an earlier attempt is refused."""
    delivery = desk.session.get(Delivery, number_of(pressed.subject, "D"), with_for_update=True)
    if delivery is None or delivery.kind != "act":
        raise NotFound("There is no {subject} here.", subject=pressed.subject)
    comment = desk.comment(delivery.subject)
    refuse_if_held(desk, comment)
    expect_newest(delivery.fence, pressed, comment.code, _buttons(desk, delivery))
    return delivery, comment
