"""Answering a comment where only its author reads it: a form, a preview, and then as any reply."""

from handlers.cards import Button, Card, paragraph
from handlers.comments.replies import (
    keep_preview,
    refuse_if_changed,
    refuse_problems,
    refuse_second_private,
    refuse_unless_open,
    send_button,
    shortened,
)
from handlers.comments.replyforms import private_form
from handlers.desk import Desk
from handlers.effects import Ask, Redraw, Whisper
from handlers.forms import FieldRefused
from handlers.intents import Filled, Pressed
from handlers.registry import Effects, registry
from handlers.setup import OurAccount
from handlers.words import N_
from models.conversation import Comment, Reply
from models.errors import Unfit
from models.member import Role


@registry.button("private_reply", N_("Write to a comment's author alone"), role=Role.MODERATOR)
def ask(desk: Desk, pressed: Pressed) -> Effects:
    """The form, with the public's text above it."""
    comment = desk.comment(pressed.subject)
    refuse_unless_open(desk, comment, private=True)
    refuse_second_private(desk, comment)
    return [Ask(form=private_form(desk, comment))]


@registry.form("private_reply", role=Role.MODERATOR)
def written(desk: Desk, filled: Filled) -> Effects:
    """Shown as it will be read; nothing leaves yet."""
    comment = desk.comment(filled.subject)
    refuse_unless_open(desk, comment, private=True)
    refuse_second_private(desk, comment)
    refuse_if_changed(comment, filled.revision - 1)
    account = desk.setup.account(comment.account)
    reply = Reply(
        comment_id=comment.number,
        member_id=desk.member.number,
        answers=comment.edits,
        text=filled.line("text"),
        visibility="",
        private=True,
        at=desk.now,
    )
    try:
        refuse_problems(desk, comment, reply)
    except Unfit as unfit:
        raise FieldRefused("text", unfit) from unfit
    keep_preview(desk, comment, reply)
    return [Redraw(subject=comment.code), Whisper(card=_preview(desk, account, comment, reply))]


def _preview(desk: Desk, account: OurAccount, comment: Comment, reply: Reply) -> Card:
    t = desk.t
    given = {"account": account.title, "author": comment.author_name}
    return Card(
        title=t("{account} writes this to {author} alone", **given),
        body=(
            paragraph(reply.text, quote=True),
            paragraph(t("The network allows one private reply to each comment.")),
            paragraph(t("It answers {comment}:", comment=comment.code)),
            paragraph(shortened(comment.text), quote=True),
        ),
        buttons=(
            send_button(t, comment, reply),
            Button(verb="edit_reply", label=t("Edit"), subject=reply.code),
            Button(verb="drop_reply", label=t("Cancel"), subject=reply.code),
        ),
    )
