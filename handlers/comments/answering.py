"""Answering the public: a form, a preview of what becomes public, and only then a delivery."""

import re

from sqlmodel import select

from handlers.cards import number_of, sentence
from handlers.comments.previews import preview
from handlers.comments.replies import (
    keep_preview,
    outcome_buttons,
    refuse_if_changed,
    refuse_problems,
    refuse_unless_as_previewed,
    refuse_unless_open,
    refuse_unless_sendable,
    seal,
    visibility,
)
from handlers.comments.replyforms import kept_warning, private_form, reply_form
from handlers.delivery.pressing import expect_newest
from handlers.desk import Desk
from handlers.effects import Ask, Redraw, Whisper
from handlers.forms import FieldRefused
from handlers.intents import Command, Filled, Pressed
from handlers.registry import Effects, registry
from handlers.seen import unseen
from handlers.words import N_
from models.card import CardRow, Message
from models.conversation import Comment, Reply
from models.delivery import Delivery, DeliveryState
from models.errors import NotAllowed, NotFound, OutOfDate, Unfit, WrongMoment
from models.member import Role

#: What a comment is called.
CODE = re.compile(r"[Cc][0-9]{1,12}")


# -- writing -----------------------------------------------------------------------------------------------------------


@registry.button("reply", N_("Write a public reply to a comment"), role=Role.MODERATOR)
def ask_reply(desk: Desk, pressed: Pressed) -> Effects:
    """The form, with the public's text above it."""
    comment = desk.comment(pressed.subject)
    refuse_unless_open(desk, comment)
    return [Ask(form=reply_form(desk, comment))]


@registry.command("reply", N_("Reply in public to a comment"), usage=N_("C7 [text]"), role=Role.MODERATOR)
def reply_command(desk: Desk, command: Command) -> Effects:
    """`reply C7 text`, or `/reply text` as an answer to the comment's card: a preview, or the form without a text."""
    comment, words = _meant(desk, command)
    refuse_unless_open(desk, comment)
    if not words:
        return [Ask(form=reply_form(desk, comment))]
    return _preview(desk, comment, words, kept_warning(desk, comment))


@registry.form("reply", role=Role.MODERATOR)
def written(desk: Desk, filled: Filled) -> Effects:
    """The text is checked and shown as it will stand; nothing leaves yet."""
    comment = desk.comment(filled.subject)
    refuse_unless_open(desk, comment)
    refuse_if_changed(comment, filled.revision - 1)
    try:
        return _preview(desk, comment, filled.line("text"), filled.line("warning"))
    except Unfit as unfit:
        raise FieldRefused("text", unfit) from unfit


def _preview(desk: Desk, comment: Comment, words: str, hidden_behind: str) -> Effects:
    """Show what would leave; it takes the place of the member's earlier preview, and claims the comment."""
    account = desk.setup.account(comment.account)
    reply = Reply(
        comment_id=comment.number,
        member_id=desk.member.number,
        answers=comment.edits,
        text=words,
        warning=hidden_behind,
        visibility=visibility(account.platform, comment),
        at=desk.now,
    )
    refuse_problems(desk, comment, reply)
    keep_preview(desk, comment, reply)
    return [Redraw(subject=comment.code), Whisper(card=preview(desk, reply, comment), subject=reply.code)]


# -- the preview's buttons ---------------------------------------------------------------------------------------------


@registry.button("send_reply", N_("Send a previewed reply to the network"), role=Role.MODERATOR)
def send(desk: Desk, pressed: Pressed) -> Effects:
    """Now it leaves: once, however often it is pressed."""
    reply, comment = _pending(desk, pressed.subject)
    refuse_unless_as_previewed(comment, reply, pressed.revision)
    refuse_unless_sendable(desk, comment, reply)
    account = desk.setup.account(comment.account)
    refuse_problems(desk, comment, reply)
    if instead := unseen(desk, pressed).instead:
        return list(instead)
    delivery = desk.add(
        Delivery(
            kind="reply",
            lane=account.lane,
            subject=reply.code,
            payload={"seal": seal(comment, reply)},
            due_at=desk.now,
            created_at=desk.now,
            member_id=desk.member.id,
        )
    )
    reply.delivery_id = delivery.id
    said = {"text": reply.text, "warning": reply.warning, "visibility": reply.visibility}
    desk.audit("replied privately" if reply.private else "replied", comment.code, after=said)
    told = desk.t("Your reply to {comment} is on its way.", comment=comment.code)
    return [Redraw(subject=comment.code), Whisper(card=sentence(told), instead=True)]


@registry.button("edit_reply", N_("Change a reply before it goes out"), role=Role.MODERATOR)
def edit(desk: Desk, pressed: Pressed) -> Effects:
    """The form again, with what was written; also for a reply that failed or is held, which then does not go out."""
    reply = _stored(desk, pressed.subject)
    sent = desk.session.get(Delivery, reply.delivery_id) if reply.delivery_id is not None else None
    if sent is None or sent.state not in {DeliveryState.FAILED, DeliveryState.HELD}:
        reply, _ = _pending(desk, pressed.subject)
    comment = desk.comment(f"C{reply.comment_id}")
    if sent is not None and sent.state in {DeliveryState.FAILED, DeliveryState.HELD}:
        expect_newest(sent.fence, pressed, comment.code, outcome_buttons(desk, reply, comment, sent))
    refuse_unless_open(desk, comment, private=reply.private)
    if sent is not None and sent.state == DeliveryState.HELD:
        sent.cancel(desk.now)
        desk.audit("left reply", comment.code)
    form = private_form(desk, comment, reply) if reply.private else reply_form(desk, comment, reply)
    return [Redraw(subject=comment.code), Ask(form=form)]


@registry.button("drop_reply", N_("Forget a reply that was not sent"), role=Role.MODERATOR)
def drop(desk: Desk, pressed: Pressed) -> Effects:
    """Forget it; nothing was sent."""
    reply, comment = _pending(desk, pressed.subject)
    reply.void = True
    told = desk.t("Nothing was sent to {author}.", author=comment.author)
    return [Whisper(card=sentence(told), instead=True)]


def _stored(desk: Desk, subject: str) -> Reply:
    reply = desk.session.get(Reply, number_of(subject, "R"), with_for_update=True)
    if reply is None:
        raise NotFound("There is no {subject} here.", subject=subject)
    return reply


def _pending(desk: Desk, subject: str) -> tuple[Reply, Comment]:
    """A reply that only waits for its writer's Send."""
    reply = _stored(desk, subject)
    if reply.delivery_id is not None:
        raise WrongMoment("That reply was sent already; the comment's card shows it.")
    if reply.member_id != desk.member.id:
        raise NotAllowed("{member} wrote that reply, and only they can send it.", member=desk.name_of(reply.member_id))
    if reply.void:
        raise OutOfDate(
            "That preview was cancelled, or you made a newer one. Press Reply on the comment to write anew."
        )
    return reply, desk.comment(f"C{reply.comment_id}")


# -- which comment a typed command means -------------------------------------------------------------------------------


def _meant(desk: Desk, command: Command) -> tuple[Comment, str]:
    """The comment and the words. Raises Unfit where none, or not only one, is meant."""
    first, *rest = command.text.split(maxsplit=1) or [""]
    named = first.upper() if CODE.fullmatch(first) else ""
    answered = _answered(desk, command)
    if named and answered and named != answered:
        raise Unfit(
            "You answer the card of {answered} but write {named}. Leave {named} out, or send that by itself.",
            answered=answered,
            named=named,
        )
    code = named or answered
    if not code:
        raise Unfit("Say which comment: “reply C7 your text”, or use it as an answer to the comment's card.")
    return desk.comment(code), "".join(rest).strip() if named else command.text.strip()


def _answered(desk: Desk, command: Command) -> str:
    """The code of the comment whose card, or a message about it, the command answers; "" for none."""
    message_id = command.quoted.message_id if command.quoted else ""
    if not message_id:
        return ""
    for table in (CardRow, Message):
        query = select(table.subject).where(
            table.chat == command.origin.chat, table.room == command.origin.room, table.message_id == message_id
        )
        subject = desk.session.exec(query).first() or ""
        if CODE.fullmatch(subject):
            return subject
    return ""
