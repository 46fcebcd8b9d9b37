"""The forms in which a comment is answered, in public or to its author alone; the public's text stands above."""

from handlers.comments.replies import shortened, warning
from handlers.desk import Desk
from handlers.forms import Field, Form, Kind
from handlers.spelling import typed_here
from models.conversation import Comment, Reply

#: Characters of the longest reply that is asked for; networks take less, and say so by themselves.
LONGEST = 20_000


def kept_warning(desk: Desk, comment: Comment) -> str:
    """The content warning with which a reply is written unless the member changes it."""
    return warning(desk.setup.account(comment.account).platform, comment)


def reply_form(desk: Desk, comment: Comment, earlier: Reply | None = None) -> Form:
    """Asks for a content warning only where the comment has one, which is kept unless the member changes it."""
    t, kept = desk.t, kept_warning(desk, comment)
    hint = t("You see it once more before it goes out.")
    if desk.setup.account(comment.account).platform.can.mentions:
        hint = t("You see it once more before it goes out. The @mention is added by itself.")
    fields = [
        Field(
            name="text",
            kind=Kind.TEXT,
            label=t("Your public reply"),
            hint=hint,
            value=earlier.text if earlier else "",
            required=True,
            longest=LONGEST,
            longer=t(
                "For a longer text type “{command}” followed by the text.",
                command=typed_here(desk, f"reply {comment.code}"),
            ),
        )
    ]
    if kept:
        fields.append(
            Field(
                name="warning",
                kind=Kind.LINE,
                label=t("Content warning"),
                hint=t("The comment has this one; most people keep it in their answer."),
                value=earlier.warning if earlier else kept,
            )
        )
    return Form(
        verb="reply",
        title=t("Reply to {comment}", comment=comment.code),
        submit=t("Preview"),
        subject=comment.code,
        revision=comment.edits + 1,
        intro=f"{comment.author_in_full}:\n{shortened(comment.text)}",
        fields=tuple(fields),
    )


def private_form(desk: Desk, comment: Comment, earlier: Reply | None = None) -> Form:
    """Asks for the message; `earlier`: what was written before."""
    t = desk.t
    author = comment.author_name
    hint = t("Only {author} reads it. You see it once more before it goes out.", author=author)
    field = Field(
        name="text",
        kind=Kind.TEXT,
        label=t("Your private reply"),
        hint=hint,
        value=earlier.text if earlier else "",
        required=True,
    )
    return Form(
        verb="private_reply",
        title=t("Reply privately"),
        submit=t("Preview"),
        subject=comment.code,
        revision=comment.edits + 1,
        intro=f"{comment.author_in_full}:\n{shortened(comment.text)}",
        fields=(field,),
    )
