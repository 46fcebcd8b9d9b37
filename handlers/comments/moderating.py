"""Ordering acts on a comment and its author: like, repost, mute, block, report, hide, remove."""

from collections.abc import Callable

from handlers.comments.acts import ACTS, REASONS, REPORT, Act, on, refuse_if_under_way
from handlers.comments.commentcard import author_of
from handlers.comments.replies import refuse_if_held, refuse_if_removed
from handlers.desk import Desk
from handlers.effects import Ask, Redraw
from handlers.forms import Field, FieldRefused, Form, Kind, Option
from handlers.intents import Filled, Pressed
from handlers.registry import Effects, registry
from models.conversation import Comment, CommentState
from models.delivery import Delivery
from models.errors import Unfit, WrongMoment
from models.member import Role


def _press(verb: str) -> Callable[[Desk, Pressed], Effects]:
    def press(desk: Desk, pressed: Pressed) -> Effects:
        """Put the act on its way; the mark changes when it has happened."""
        comment = _actable(desk, pressed.subject, ACTS[verb])
        if _mark(desk, comment, ACTS[verb]) is ACTS[verb].value:
            raise WrongMoment("That is so already.")
        return _order(desk, comment, verb, "")

    return press


for _verb, _act in ACTS.items():
    registry.button(_verb, _act.help_line, role=Role.MODERATOR)(_press(_verb))


@registry.button("report", REPORT.help_line, role=Role.MODERATOR)
def ask_report(desk: Desk, pressed: Pressed) -> Effects:
    """A report needs a reason."""
    comment = _actable(desk, pressed.subject, REPORT)
    t = desk.t
    options = tuple(Option(value=value, label=t(label)) for value, label in REASONS.items())
    field = Field(name="reason", kind=Kind.CHOICE, label=t("Why?"), options=options, required=True)
    title = t("Report {comment}", comment=comment.code)
    return [Ask(form=Form(verb="report", title=title, submit=t("Report"), subject=comment.code, fields=(field,)))]


@registry.form("report", role=Role.MODERATOR)
def report(desk: Desk, filled: Filled) -> Effects:
    """Tell the network's moderators, once."""
    comment = _actable(desk, filled.subject, REPORT)
    if comment.reported:
        raise WrongMoment("{comment} was reported already.", comment=comment.code)
    reason = filled.line("reason")
    if reason not in REASONS:
        raise FieldRefused("reason", Unfit("Choose a reason from the list."))
    return _order(desk, comment, "report", reason)


def _actable(desk: Desk, subject: str, act: Act) -> Comment:
    """The comment, if this member may do the act now, and the account can."""
    comment = desk.comment(subject)
    if comment.state == CommentState.GONE and not act.on_author:
        refuse_if_removed(comment)
        raise WrongMoment("{comment} was deleted by its author.", comment=comment.code)
    refuse_if_held(desk, comment)
    account = desk.setup.account(comment.account)
    if not act.allowed(account.platform.can):
        raise WrongMoment(
            "{account} cannot do that: the network or its token does not allow it.", account=account.title
        )
    refuse_if_under_way(desk, comment, act)
    return comment


def _mark(desk: Desk, comment: Comment, act: Act) -> bool:
    marked = author_of(desk.session, comment) if act.on_author else comment
    return bool(getattr(marked, act.mark))


def _order(desk: Desk, comment: Comment, verb: str, reason: str) -> Effects:
    account = desk.setup.account(comment.account)
    desk.add(
        Delivery(
            kind="act",
            lane=account.lane,
            subject=comment.code,
            payload={"act": verb, "reason": reason, "on": on(comment)},
            due_at=desk.now,
            created_at=desk.now,
            member_id=desk.member.id,
        )
    )
    desk.audit(verb, comment.code, after={"author": comment.author_handle, "reason": reason})
    return [Redraw(subject=comment.code)]
