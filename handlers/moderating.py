"""Acts on a comment and its author: like, repost, mute, block, report."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.cards import Button, Tone, number_of, sentence
from handlers.couriers import answer_unsure
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Tell
from handlers.forms import Field, Form, Kind, Option
from handlers.intents import Filled, Pressed
from handlers.registry import Effects, registry
from handlers.replies import refuse_if_held
from handlers.words import N_
from models.conversation import Comment, CommentState
from models.delivery import Delivery, DeliveryState
from models.errors import NotFound, WrongMoment
from models.member import Role
from platforms.contract import Blocks, Can, CannotTell, Likes, Mutes, Platform, Progress, Reports, Reposts, Unsupported


@dataclass(frozen=True)
class Act:
    """One kind of act: what the account must be able to do, the mark it sets on the comment, how it is called."""

    allowed: Callable[[Can], bool]
    mark: str
    value: bool
    name: str  #: English catalogue key
    help_line: str
    on_author: bool = False


ACTS = {
    "like": Act(lambda can: can.likes, "liked", True, N_("like"), N_("Like a comment")),
    "unlike": Act(lambda can: can.likes, "liked", False, N_("take back a like"), N_("Take a like back")),
    "repost": Act(lambda can: can.reposts, "reposted", True, N_("repost"), N_("Repost a comment to our followers")),
    "unrepost": Act(lambda can: can.reposts, "reposted", False, N_("take back a repost"), N_("Take a repost back")),
    "mute": Act(lambda can: can.mutes, "muted", True, N_("mute"), N_("Mute the author"), on_author=True),
    "unmute": Act(lambda can: can.mutes, "muted", False, N_("unmute"), N_("Hear of the author again"), on_author=True),
    "block": Act(lambda can: can.blocks, "blocked", True, N_("block"), N_("Block the author"), on_author=True),
    "unblock": Act(lambda can: can.blocks, "blocked", False, N_("unblock"), N_("Unblock the author"), on_author=True),
}
REPORT = Act(lambda can: can.reports, "reported", True, N_("report"), N_("Report a comment to the network"))
REASONS = {
    "spam": N_("Spam"),
    "legal": N_("Against the law"),
    "violation": N_("Against the server's rules"),
    "other": N_("Something else"),
}


def _press(verb: str) -> Callable[[Desk, Pressed], Effects]:
    def press(desk: Desk, pressed: Pressed) -> Effects:
        """Put the act on its way; the mark changes when it has happened."""
        comment = _comment(desk, pressed.subject, ACTS[verb])
        if getattr(comment, ACTS[verb].mark) is ACTS[verb].value:
            raise WrongMoment("That is so already.")
        return _order(desk, comment, verb, "")

    return press


for _verb, _act in ACTS.items():
    registry.button(_verb, _act.help_line, role=Role.MODERATOR)(_press(_verb))


@registry.button("report", REPORT.help_line, role=Role.MODERATOR)
def ask_report(desk: Desk, pressed: Pressed) -> Effects:
    """A report needs a reason."""
    comment = _comment(desk, pressed.subject, REPORT)
    t = desk.t
    options = tuple(Option(value=value, label=t(label)) for value, label in REASONS.items())
    field = Field(name="reason", kind=Kind.CHOICE, label=t("Why?"), options=options, required=True)
    title = t("Report {comment}", comment=comment.code)
    return [Ask(form=Form(verb="report", title=title, submit=t("Report"), subject=comment.code, fields=(field,)))]


@registry.form("report", role=Role.MODERATOR)
def report(desk: Desk, filled: Filled) -> Effects:
    """Tell the network's moderators, once."""
    comment = _comment(desk, filled.subject, REPORT)
    reason = filled.line("reason")
    if comment.reported:
        raise WrongMoment("{comment} was reported already.", comment=comment.code)
    return _order(desk, comment, "report", reason if reason in REASONS else "other")


def _comment(desk: Desk, subject: str, act: Act) -> Comment:
    comment = desk.comment(subject)
    if comment.state == CommentState.GONE and not act.on_author:
        raise WrongMoment("{comment} was deleted by its author.", comment=comment.code)
    refuse_if_held(desk, comment)
    account = desk.setup.account(comment.account)
    if not act.allowed(account.platform.can):
        raise WrongMoment(
            "{account} cannot do that: the network or its token does not allow it.", account=account.title
        )
    return comment


def _order(desk: Desk, comment: Comment, verb: str, reason: str) -> Effects:
    account = desk.setup.account(comment.account)
    desk.add(
        Delivery(
            kind="act",
            lane=account.lane,
            subject=comment.code,
            payload={"act": verb, "reason": reason},
            due_at=desk.now,
            created_at=desk.now,
            member_id=desk.member.id,
        )
    )
    desk.audit(verb, comment.code, after={"author": comment.author_handle, "reason": reason})
    return [Redraw(subject=comment.code)]


# -- on its way ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActParcel:
    """An act ready to leave."""

    platform: Platform
    verb: str
    author_id: str
    remote_id: str
    reason: Any

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
        platform: Any = self.platform
        match self.verb:
            case "report" if isinstance(platform, Reports):
                platform.report(self.author_id, self.remote_id, self.reason)
            case "like" | "unlike" if isinstance(platform, Likes):
                getattr(platform, self.verb)(self.remote_id)
            case "repost" | "unrepost" if isinstance(platform, Reposts):
                getattr(platform, self.verb)(self.remote_id)
            case "mute" | "unmute" if isinstance(platform, Mutes):
                getattr(platform, self.verb)(self.author_id)
            case "block" | "unblock" if isinstance(platform, Blocks):
                getattr(platform, self.verb)(self.author_id)
            case _:
                raise Unsupported(self.verb)
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
        verb, reason = delivery.payload["act"], delivery.payload["reason"]
        return ActParcel(account.platform, verb, comment.author_id, comment.remote_id, reason)

    def concluded(self, desk: Desk, delivery: Delivery) -> Effects:
        """The mark changes once it has happened; a failure is told in the thread."""
        comment = desk.comment(delivery.subject)
        match delivery.state:
            case DeliveryState.DONE:
                act = ACTS.get(delivery.payload["act"], REPORT)
                setattr(comment, act.mark, act.value)
            case DeliveryState.FAILED:
                return [Redraw(subject=comment.code), *_failed(desk, comment, delivery)]
            case DeliveryState.UNSURE if delivery.check_at is None:
                return [Redraw(subject=comment.code), *_unsure(desk, comment, delivery)]
            case _:
                return ()
        return [Redraw(subject=comment.code)]


registry.courier("act", ActCourier())


def _failed(desk: Desk, comment: Comment, delivery: Delivery) -> Iterable[Effect]:
    t = desk.room_t
    act = t(ACTS.get(delivery.payload["act"], REPORT).name)
    told = t("“{act}” did not work on {comment}: {reason}", act=act, comment=comment.code, reason=delivery.reason or delivery.error)  # fmt: skip
    subject = f"D{delivery.id}"
    buttons = (
        Button(verb="retry_act", label=t("Retry"), subject=subject, tone=Tone.PRIMARY),
        Button(verb="leave_act", label=t("Leave it"), subject=subject),
    )
    return [Tell(subject=comment.code, card=sentence(told, *buttons))]


def _unsure(desk: Desk, comment: Comment, delivery: Delivery) -> Iterable[Effect]:
    t = desk.room_t
    told = t("Nobody can tell whether the report of {comment} was received.", comment=comment.code)
    subject = f"D{delivery.id}"
    buttons = (
        Button(verb="act_happened", label=t("It was received"), subject=subject),
        Button(verb="retry_act", label=t("It was not, send it"), subject=subject),
        Button(verb="leave_act", label=t("Leave it"), subject=subject),
    )
    return [Tell(subject=comment.code, card=sentence(told, *buttons))]


@registry.button("retry_act", N_("Try a failed act again"), role=Role.MODERATOR)
def retry(desk: Desk, pressed: Pressed) -> Effects:
    """Once more."""
    delivery, comment = _ended(desk, pressed.subject)
    if delivery.state == DeliveryState.UNSURE:
        answer_unsure(desk, delivery, "absent", {})
    else:
        delivery.retry(desk.now)
    desk.audit("retried", comment.code, after={"act": delivery.payload["act"]})
    return [Redraw(subject=comment.code)]


@registry.button("leave_act", N_("Leave a failed act as it is"), role=Role.MODERATOR)
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
def happened(desk: Desk, pressed: Pressed) -> Effects:
    """A member knows."""
    delivery, comment = _ended(desk, pressed.subject)
    answer_unsure(desk, delivery, "live", {"act": delivery.payload["act"]})
    return ActCourier().concluded(desk, delivery)


def _ended(desk: Desk, subject: str) -> tuple[Delivery, Comment]:
    delivery = desk.session.get(Delivery, number_of(subject, "D"), with_for_update=True)
    if delivery is None or delivery.kind != "act":
        raise NotFound("There is no {subject} here.", subject=subject)
    return delivery, desk.comment(delivery.subject)
