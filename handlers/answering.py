"""Answering the public: a form, a preview of what becomes public, and only then a delivery."""

from sqlmodel import col, select

from handlers.cards import Button, Card, Fact, Tone, number_of, paragraph, sentence
from handlers.desk import Desk
from handlers.effects import Ask, Redraw, Whisper
from handlers.forms import Field, FieldRefused, Form, Kind
from handlers.intents import Command, Filled, Pressed
from handlers.registry import Effects, registry
from handlers.replies import outgoing, refuse_if_changed, refuse_problems, refuse_unless_open, visibility
from handlers.words import N_
from models.card import CardRow
from models.conversation import Comment, Reply
from models.delivery import Delivery, DeliveryState
from models.errors import NotFound, Unfit, WrongMoment
from models.member import Role

#: Characters of the public's text that a form shows.
SHOWN = 1500


# -- writing -----------------------------------------------------------------------------------------------------------


@registry.button("reply", N_("Write a public reply to a comment"), role=Role.MODERATOR)
def ask_reply(desk: Desk, pressed: Pressed) -> Effects:
    """The form, with the public's text above it."""
    comment = desk.comment(pressed.subject)
    refuse_unless_open(desk, comment)
    return [Ask(form=_form(desk, comment, ""))]


@registry.command("reply", N_("Reply in public to a comment"), usage="C7 [text]", role=Role.MODERATOR)
def reply_command(desk: Desk, command: Command) -> Effects:
    """`reply C7 text`, or `/reply text` as an answer to the comment's card: a preview, or the form without a text."""
    first, _, rest = command.text.strip().partition(" ")
    if first[:1].upper() == "C" and first[1:].isdecimal():
        comment, words = desk.comment(first.upper()), rest.strip()
    else:
        comment, words = _answered_card(desk, command), command.text.strip()
    refuse_unless_open(desk, comment)
    if not words:
        return [Ask(form=_form(desk, comment, ""))]
    return _preview(desk, comment, words)


@registry.form("reply", role=Role.MODERATOR)
def written(desk: Desk, filled: Filled) -> Effects:
    """The text is checked and shown as it will stand; nothing leaves yet."""
    comment = desk.comment(filled.subject)
    refuse_unless_open(desk, comment)
    refuse_if_changed(comment, filled.revision - 1)
    try:
        return _preview(desk, comment, filled.line("text"))
    except Unfit as unfit:
        raise FieldRefused("text", unfit) from unfit


def _form(desk: Desk, comment: Comment, words: str) -> Form:
    t = desk.t
    said = comment.text if len(comment.text) <= SHOWN else comment.text[:SHOWN] + "…"
    field = Field(
        name="text",
        kind=Kind.TEXT,
        label=t("Your public reply"),
        hint=t("You see it once more before it goes out. The @mention is added by itself."),
        value=words,
        required=True,
    )
    return Form(
        verb="reply",
        title=t("Reply to {comment}", comment=comment.code),
        submit=t("Preview"),
        subject=comment.code,
        revision=comment.edits + 1,
        intro=f"{comment.author_name} (@{comment.author_handle}):\n{said}",
        fields=(field,),
    )


def _preview(desk: Desk, comment: Comment, words: str) -> Effects:
    account = desk.setup.account(comment.account)
    seen_by = visibility(account.platform, comment)
    reply_out = outgoing(comment, words, seen_by)
    refuse_problems(account.platform, reply_out)
    reply = desk.add(
        Reply(
            comment_id=comment.number,
            member_id=desk.member.number,
            answers=comment.edits,
            text=words,
            visibility=seen_by,
            at=desk.now,
        )
    )
    if comment.holder(desk.now) is None:
        comment.take(desk.member.number, desk.now, desk.setup.claim)
    t = desk.t
    length, most = account.platform.length(reply_out), account.platform.limits.text
    card = Card(
        title=t("This goes out in public as {account}", account=account.title),
        body=(paragraph(f"@{comment.author_handle} {words}", quote=True),),
        facts=(
            Fact(label=t("Answers"), value=f"{comment.code} · @{comment.author_handle}"),
            Fact(label=t("Visibility"), value=t(seen_by) if seen_by else t("the account's default")),
            Fact(label=t("Length"), value=f"{length} / {most}"),
        ),
        buttons=(
            Button(verb="send_reply", label=t("Send"), subject=reply.code, tone=Tone.PRIMARY),
            Button(verb="edit_reply", label=t("Edit"), subject=reply.code),
            Button(verb="drop_reply", label=t("Cancel"), subject=reply.code),
        ),
    )
    return [Redraw(subject=comment.code), Whisper(card=card)]


# -- the preview's buttons ---------------------------------------------------------------------------------------------


@registry.button("send_reply", N_("Send a previewed reply to the network"), role=Role.MODERATOR)
def send(desk: Desk, pressed: Pressed) -> Effects:
    """Now it leaves: once, however often it is pressed."""
    reply, comment = _pending(desk, pressed.subject)
    refuse_unless_open(desk, comment)
    refuse_if_changed(comment, reply.answers)
    account = desk.setup.account(comment.account)
    refuse_problems(account.platform, outgoing(comment, reply.text, reply.visibility))
    delivery = desk.add(
        Delivery(
            kind="reply",
            lane=account.lane,
            subject=reply.code,
            due_at=desk.now,
            created_at=desk.now,
            member_id=desk.member.id,
        )
    )
    reply.delivery_id = delivery.id
    desk.audit("replied", comment.code, after={"text": reply.text, "visibility": reply.visibility})
    told = desk.t("Your reply to {comment} is on its way.", comment=comment.code)
    return [Redraw(subject=comment.code), Whisper(card=sentence(told))]


@registry.button("edit_reply", N_("Change a reply before it goes out"), role=Role.MODERATOR)
def edit(desk: Desk, pressed: Pressed) -> Effects:
    """The form again, with what was written; also for a reply that failed, which then stays as it is."""
    reply = desk.session.get(Reply, number_of(pressed.subject, "R"))
    sent = desk.session.get(Delivery, reply.delivery_id) if reply and reply.delivery_id else None
    if reply and sent and sent.state == DeliveryState.FAILED:
        comment = desk.comment(f"C{reply.comment_id}")
    else:
        reply, comment = _pending(desk, pressed.subject)
    refuse_unless_open(desk, comment)
    return [Ask(form=_form(desk, comment, reply.text))]


@registry.button("drop_reply", N_("Forget a reply that was not sent"), role=Role.MODERATOR)
def drop(desk: Desk, pressed: Pressed) -> Effects:
    """Forget it; nothing was sent."""
    reply, comment = _pending(desk, pressed.subject)
    desk.session.delete(reply)
    return [Whisper(card=sentence(desk.t("Nothing was sent. {comment} is still open.", comment=comment.code)))]


def _pending(desk: Desk, subject: str) -> tuple[Reply, Comment]:
    """A reply that only waits for its writer's Send."""
    reply = desk.session.get(Reply, number_of(subject, "R"), with_for_update=True)
    if reply is None:
        raise NotFound("That reply was cancelled. Press Reply on the comment to write a new one.")
    if reply.delivery_id is not None:
        raise WrongMoment("That reply was sent already; the comment's card shows it.")
    if reply.member_id != desk.member.id:
        raise WrongMoment("{member} wrote that reply, and only they can send it.", member=desk.name_of(reply.member_id))
    comment = desk.comment(f"C{reply.comment_id}")
    return reply, comment


def _answered_card(desk: Desk, command: Command) -> Comment:
    """The comment on whose card the command answers."""
    message_id = command.quoted.message_id if command.quoted else ""
    query = select(CardRow.subject).where(
        CardRow.chat == command.origin.chat, CardRow.room == command.origin.room, CardRow.message_id == message_id
    )
    subject = desk.session.exec(query.where(col(CardRow.subject).startswith("C"))).first() if message_id else None
    if subject is None:
        raise Unfit("Say which comment: “reply C7 your text”, or use it as an answer to the comment's card.")
    return desk.comment(subject)
