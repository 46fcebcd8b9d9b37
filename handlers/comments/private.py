"""Answering a comment where only its author reads it: a form, a preview, and then as any reply."""

from handlers.comments.previews import preview
from handlers.comments.replies import (
    keep_preview,
    refuse_if_changed,
    refuse_problems,
    refuse_second_private,
    refuse_unless_open,
)
from handlers.comments.replyforms import private_form
from handlers.desk import Desk
from handlers.effects import Ask, Redraw, Whisper
from handlers.forms import FieldRefused
from handlers.intents import Filled, Pressed
from handlers.registry import Effects, registry
from handlers.words import N_
from models.conversation import Reply
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
    return [Redraw(subject=comment.code), Whisper(card=preview(desk, reply, comment), subject=reply.code)]
