"""What a reply looks like before it leaves; sent from there alone."""

from collections.abc import Iterator

from handlers.cards import Button, Card, Fact, Paragraph, number_of, paragraph
from handlers.comments.replies import outgoing, send_button, shortened
from handlers.desk import Desk
from handlers.registry import registry
from handlers.suspicion import suspicions
from models.conversation import Comment, Reply
from models.errors import NotFound


@registry.card("R")
def draw(desk: Desk, subject: str) -> Card:
    """The preview of a reply like R5."""
    reply = desk.session.get(Reply, number_of(subject, "R"))
    if reply is None:
        raise NotFound("There is no {subject} here.", subject=subject)
    return preview(desk, reply, desk.comment(f"C{reply.comment_id}"))


def preview(desk: Desk, reply: Reply, comment: Comment) -> Card:
    """As it will stand, in public or for the comment's author alone."""
    return _private(desk, reply, comment) if reply.private else _public(desk, reply, comment)


def _public(desk: Desk, reply: Reply, comment: Comment) -> Card:
    t, account = desk.t, desk.setup.account(comment.account)
    platform = account.platform
    whole = outgoing(comment, reply)
    warnings = [paragraph(t(p.sentence, **p.params)) for p in platform.problems(whole) if p.warning]
    length = f"{platform.length(whole)} / {platform.limits.text}"
    visible = t(reply.visibility) if reply.visibility else t("the account's default")
    return Card(
        title=t("This goes out in public as {account}", account=account.title),
        body=(
            paragraph(reply.text, quote=True),
            *warnings,
            *_odd(desk, reply),
            paragraph(t("It answers {comment}:", comment=comment.code)),
            paragraph(shortened(comment.text), quote=True),
        ),
        facts=(
            *([Fact(label=t("Mentions"), value=comment.author)] if platform.can.mentions else []),
            *([Fact(label=t("Content warning"), value=reply.warning)] if reply.warning else []),
            *([Fact(label=t("Visibility"), value=visible)] if platform.can.visibilities else []),
            Fact(label=t("Length"), value=length),
        ),
        buttons=(
            send_button(t, comment, reply),
            Button(verb="edit_reply", label=t("Edit"), subject=reply.code),
            Button(verb="drop_reply", label=t("Cancel"), subject=reply.code),
        ),
    )


def _private(desk: Desk, reply: Reply, comment: Comment) -> Card:
    t, account = desk.t, desk.setup.account(comment.account)
    given = {"account": account.title, "author": comment.author_name}
    return Card(
        title=t("{account} writes this to {author} alone", **given),
        body=(
            paragraph(reply.text, quote=True),
            *_odd(desk, reply),
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


def _odd(desk: Desk, reply: Reply) -> Iterator[Paragraph]:
    t = desk.t
    return suspicions(desk, t, [(t("Text"), reply.text), (t("Content warning"), reply.warning)])
