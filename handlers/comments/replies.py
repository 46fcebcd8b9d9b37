"""The rules of answering the public; shared by all who do."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from handlers.cards import Button, Tone
from handlers.desk import Desk
from handlers.posts.sending import ABANDONED
from handlers.times.when import describe
from handlers.words import Translator
from models.conversation import Comment, CommentState, Reply
from models.delivery import UNDER_WAY, Delivery, DeliveryState
from models.errors import OutOfDate, Unfit, WrongMoment
from models.post import is_blank
from platforms.contract import Outgoing, Platform, PrivateReplies, Problem, Replies

#: Characters of the public's text that a form or preview shows.
SHOWN = 1500
#: Hexadecimal digits of a reply's seal that its Send button carries as the revision that it shows; fewer than 31 bits.
SEAL = 7


def outgoing(comment: Comment, reply: Reply) -> Outgoing:
    """A reply as it shall stand."""
    return Outgoing(
        parts=(reply.text,),
        warning=reply.warning,
        visibility=reply.visibility,
        reply_to=comment.remote_id,
        mention=comment.author_handle,
    )


def seal(comment: Comment, reply: Reply) -> str:
    """64 hexadecimal digits that change with anything of the reply that its preview showed: what is sent is that."""
    whole = {**asdict(outgoing(comment, reply)), "private": reply.private, "answers": reply.answers}
    return sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def send_button(t: Translator, comment: Comment, reply: Reply) -> Button:
    """Sends exactly what the preview above it shows."""
    revision = _revision(comment, reply)
    return Button(
        verb="send_reply", label=t("Send"), subject=reply.code, revision=revision, tone=Tone.PRIMARY, whole=True
    )


def refuse_unless_as_previewed(comment: Comment, reply: Reply, revision: int) -> None:
    """Refuse to send what the pressed preview did not show; one of before the update has no such revision."""
    if revision and revision != _revision(comment, reply):
        raise OutOfDate(
            "That preview does not show what would be sent by now. Press Reply on {comment} and write it again.",
            comment=comment.code,
        )


def _revision(comment: Comment, reply: Reply) -> int:
    return int(seal(comment, reply)[:SEAL], 16)


def outcome_buttons(desk: Desk, reply: Reply, comment: Comment, delivery: Delivery) -> Iterator[Button]:
    """What a member can do about a reply that is held, that failed, or of which nobody knows whether it went out."""
    t, state = desk.room_t, delivery.state
    is_open, is_held = comment.state == CommentState.OPEN, state == DeliveryState.HELD
    is_failed, is_asked = state == DeliveryState.FAILED, delivery.is_asked
    may_go = is_failed and is_open and comment.edits == reply.answers and delivery.error != ABANDONED
    for verb, label, tone, is_so in (
        ("retry_reply", t("Retry"), Tone.PRIMARY, may_go),
        ("edit_reply", t("Edit"), Tone.PLAIN, is_held or (is_failed and is_open)),
        ("reply_is_live", t("It is live"), Tone.PLAIN, is_asked),
        ("reply_not_there", t("It is not, send it"), Tone.PLAIN, is_asked),
        (
            "leave_reply",
            t("Do not send it") if is_held else t("Leave it"),
            Tone.PLAIN,
            is_held or is_failed or is_asked,
        ),
    ):
        if is_so:
            yield Button(verb=verb, label=label, subject=reply.code, revision=delivery.fence, tone=tone)


def warning(platform: Platform, comment: Comment) -> str:
    """The comment's content warning, where the account can give one: who answers what is hidden keeps it hidden."""
    return comment.warning if platform.can.content_warning else ""


def visibility(platform: Platform, comment: Comment) -> str:
    """Never wider than the comment's."""
    return platform.widest_visibility(comment.visibility) if isinstance(platform, Replies) else ""


def shortened(words: str) -> str:
    """The public's text as a form or preview shows it."""
    return words if len(words) <= SHOWN else words[:SHOWN] + "…"


def keep_preview(desk: Desk, comment: Comment, reply: Reply) -> None:
    """Keep what would leave; it takes the place of the member's earlier preview, and claims the comment."""
    earlier = select(Reply).where(
        Reply.comment_id == comment.id, Reply.member_id == desk.member.id, col(Reply.delivery_id).is_(None)
    )
    for old in desk.session.exec(earlier).all():
        old.void = True
    desk.add(reply)
    comment.take(desk.member.number, desk.now, desk.setup.claim)
    desk.audit("took", comment.code, after={"until": comment.taken_until.isoformat() if comment.taken_until else ""})


def private_problems(desk: Desk, platform: Platform, comment: Comment, said: str = "") -> list[Problem]:
    """What the network would refuse of such a private reply now; without words, of any."""
    if not isinstance(platform, PrivateReplies):
        return []
    return platform.private_problems(comment.remote_id, said, desk.now - comment.at)


def refuse_problems(desk: Desk, comment: Comment, reply: Reply) -> None:
    """Refuse what the network would refuse."""
    if is_blank(reply.text):
        raise Unfit("The reply is empty. Type what it shall say.")
    platform = desk.setup.account(comment.account).platform
    if reply.private:
        problems = private_problems(desk, platform, comment, reply.text)
    else:
        problems = platform.problems(outgoing(comment, reply))
    for problem in problems:
        if not problem.warning:
            raise Unfit(problem.sentence, **problem.params)


def refuse_if_held(desk: Desk, comment: Comment) -> None:
    """Refuse when somebody else holds the comment, and say who and until when."""
    holder = comment.holder(desk.now)
    if holder is None or holder == desk.member.id or comment.taken_until is None:
        return
    raise WrongMoment(
        "{comment} is held by {member} until {time}. Ask them to release it, or wait.",
        comment=comment.code,
        member=desk.name_of(holder),
        time=describe(comment.taken_until, desk.zone, desk.language),
    )


def refuse_if_removed(comment: Comment) -> None:
    """Refuse what is about a comment that we removed ourselves."""
    if comment.removed:
        raise WrongMoment("{comment} was removed by us, so nothing can be done about it.", comment=comment.code)


def refuse_unless_open(desk: Desk, comment: Comment, *, private: bool = False) -> None:
    """Refuse unless the comment can be answered by this member now, in public or to its author alone."""
    refuse_if_removed(comment)
    if comment.state == CommentState.GONE:
        raise WrongMoment("{comment} was deleted by its author; there is nothing to answer.", comment=comment.code)
    if comment.state == CommentState.DONE:
        raise WrongMoment("{comment} is done. Reopen it first if it needs another answer.", comment=comment.code)
    refuse_if_held(desk, comment)
    account = desk.setup.account(comment.account)
    can = account.platform.can
    if private and not can.private_replies:
        raise WrongMoment(
            "{account} cannot reply privately: the network or its token does not allow it.", account=account.title
        )
    if private:
        for problem in private_problems(desk, account.platform, comment):
            raise WrongMoment(problem.sentence, **problem.params)
    if not private and not can.replies:
        raise WrongMoment("{account} cannot reply: its token does not allow it.", account=account.title)


def refuse_if_changed(comment: Comment, answered: int) -> None:
    """Refuse to answer a text that its author has changed since."""
    if comment.edits != answered:
        raise OutOfDate(
            "{comment} was edited by its author meanwhile. It says now: “{text}”. Press Reply on its card again.",
            comment=comment.code,
            text=comment.text[:300],
        )


def refuse_unless_sendable(desk: Desk, comment: Comment, reply: Reply) -> None:
    """Refuse unless the reply may leave now: the comment is as it was, and no other reply to it is on its way."""
    refuse_unless_open(desk, comment, private=reply.private)
    refuse_if_changed(comment, reply.answers)
    if reply.private:
        refuse_if_told_privately(desk, comment)
    refuse_if_under_way(desk, comment, Reply.id != reply.id)


def refuse_if_under_way(desk: Desk, comment: Comment, which: ColumnElement[bool] | bool) -> None:
    """Refuse while one of those replies to the comment is on its way."""
    replies = select(Reply.id).where(
        Reply.delivery_id == Delivery.id, Reply.comment_id == comment.id, which, col(Delivery.state).in_(UNDER_WAY)
    )
    if desk.session.exec(replies).first() is not None:
        raise WrongMoment(
            "Another reply to {comment} is on its way. Wait until its card shows how that ended.", comment=comment.code
        )


def refuse_second_private(desk: Desk, comment: Comment) -> None:
    """Refuse to write a private reply where there is one: networks allow one to each comment."""
    refuse_if_told_privately(desk, comment)
    refuse_if_under_way(desk, comment, col(Reply.private).is_(True))


def refuse_if_told_privately(desk: Desk, comment: Comment) -> None:
    """Refuse a private reply where one was sent."""
    told = select(Reply.id).where(
        Reply.delivery_id == Delivery.id,
        Reply.comment_id == comment.id,
        col(Reply.private),
        Delivery.state == DeliveryState.DONE,
    )
    if desk.session.exec(told).first() is not None:
        raise WrongMoment(
            "{comment} was answered privately already, and the network allows that once.", comment=comment.code
        )
