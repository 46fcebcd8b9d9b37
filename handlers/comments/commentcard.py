"""Draws conversations (V3) and comments (C7); shared by all who answer the public."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, func, select

from handlers.cards import Button, Card, Fact, Paragraph, Tone, paragraph, text
from handlers.comments.acts import act_of
from handlers.comments.replies import private_problems
from handlers.desk import Desk
from handlers.posts.content import title_of
from handlers.posts.sending import ABANDONED
from handlers.registry import registry
from handlers.times.when import describe
from handlers.words import N_
from models.conversation import Author, Comment, CommentState, Conversation, Reply
from models.delivery import Delivery, DeliveryState
from models.post import Post
from models.publication import ALIVE, Publication
from platforms.contract import Can

#: Characters of our own post shown above its comments.
EXCERPT = 200

#: What a file is called that its author did not describe.
ATTACHED = {"image": N_("a picture"), "video": N_("a video"), "audio": N_("a recording"), "": N_("a file")}
#: How a reply stands whose end nobody knows, and nobody looks for any more.
UNKNOWN = N_("nobody knows whether it went out")
#: How a private reply stands that was taken.
SENT = N_("sent")
#: How a reply of ours stands, by its delivery's state.
REPLY_STATES = {
    DeliveryState.WAITING: N_("on its way"),
    DeliveryState.SENDING: N_("on its way"),
    DeliveryState.HELD: N_("held until access to the account works again"),
    DeliveryState.DONE: N_("public"),
    DeliveryState.FAILED: N_("not sent"),
    DeliveryState.UNSURE: N_("nobody knows yet whether it went out"),
    DeliveryState.CANCELLED: N_("not sent"),
}


@registry.card("V")
def conversation_card(desk: Desk, subject: str) -> Card:
    """What the comments below it are about, and how many are open."""
    conversation = desk.conversation(subject)
    t = desk.room_t
    title, url, excerpt = about(desk, conversation)
    total, still_open = _counts(desk.session, conversation.number)
    facts = (Fact(label=t("Comments"), value=t("{total}, {open} of them open", total=total, open=still_open)),)
    buttons = (Button(verb="", label=t("See it"), url=url),) if url else ()
    title = f"{conversation.code} · {title}"
    return Card(title=title, body=(paragraph(excerpt, quote=True),) if excerpt else (), facts=facts, buttons=buttons)


def about(desk: Desk, conversation: Conversation) -> tuple[str, str, str]:
    """(title, address, excerpt) of what a conversation is about."""
    t = desk.room_t
    account = title_of(desk, conversation.account)
    publication = desk.session.get(Publication, conversation.publication_id) if conversation.publication_id else None
    if publication is None:
        return t("Mention of {account}", account=account), "", ""
    post = desk.session.get(Post, publication.post_id)
    words = post.content.parts(publication.account)[0] if post else ""
    excerpt = words if len(words) <= EXCERPT else words[:EXCERPT] + "…"
    return t("Comments on P{post} · {account}", post=publication.post_id, account=account), publication.url, excerpt


@registry.card("C")
def comment_card(desk: Desk, subject: str) -> Card:
    """A comment as it stands, who holds it, what we did, and what may be done."""
    comment = desk.comment(subject)
    t = desk.room_t
    body: list[Paragraph] = []
    if comment.warning:
        body.append(paragraph(t("Content warning: {warning}", warning=comment.warning)))
    if comment.state == CommentState.GONE:
        gone = t("We have removed this comment. It said:") if comment.removed else ""
        body.append(paragraph(gone or t("The author has deleted this comment. It said:")))
    body.append(paragraph(comment.text or t("(no text)"), quote=True))
    for item in comment.media:
        label = item.get("alt") or t(ATTACHED.get(str(item.get("mime", "")).partition("/")[0], ATTACHED[""]))
        body.append(Paragraph(spans=(text(t("Attached: ")), text(label, url=item["url"]))))
    answers = replies(desk.session, comment)
    body += [_reply(desk, reply, delivery) for reply, delivery in answers]
    if held := _held(desk, comment):
        body.append(paragraph(t("Held until access to the account works again: {acts}", acts=", ".join(held))))
    marks = author_of(desk.session, comment)
    return Card(
        title=f"{comment.code} · {comment.author_in_full}",
        body=tuple(body),
        facts=_facts(desk, comment),
        buttons=_buttons(desk, comment, marks, _left(desk, comment, answers)),
        footer=_footer(desk, comment, marks),
    )


def _left(desk: Desk, comment: Comment, answers: list[tuple[Reply, Delivery]]) -> Can:
    """What is left of what the account can do: networks allow one private reply to each comment, and for some days."""
    account = desk.setup.accounts.get(comment.account)
    if account is None:
        return Can()
    spent = any(reply.private and delivery.state in ALIVE for reply, delivery in answers)
    refused = spent or private_problems(desk, account.platform, comment)
    return replace(account.platform.can, private_replies=False) if refused else account.platform.can


def author_of(session: Session, comment: Comment) -> Author:
    """What we did about the comment's author; a row that is not stored where we did nothing."""
    known = session.get(Author, (comment.account, comment.author_id))
    return known or Author(account=comment.account, remote_id=comment.author_id)


def replies(session: Session, comment: Comment) -> list[tuple[Reply, Delivery]]:
    """What we answered, oldest first; previews are not counted."""
    query = select(Reply, Delivery).where(Reply.delivery_id == Delivery.id, Reply.comment_id == comment.id)
    return list(session.exec(query.order_by(col(Reply.id))).all())


def _reply(desk: Desk, reply: Reply, delivery: Delivery) -> Paragraph:
    t = desk.room_t
    word = UNKNOWN if delivery.error == ABANDONED else REPLY_STATES[DeliveryState(delivery.state)]
    member = desk.name_of(reply.member_id)
    if reply.private:
        state = t(SENT) if delivery.state == DeliveryState.DONE else t(word)
        head = text(t("{member} replied privately ({state}): ", member=member, state=state))
    else:
        head = text(t("{member} replied ({state}): ", member=member, state=t(word)), url=reply.url)
    return Paragraph(spans=(head, text(reply.text)))


def _held(desk: Desk, comment: Comment) -> list[str]:
    """The acts on it that wait for the account's access."""
    query = select(Delivery).where(
        Delivery.subject == comment.code, Delivery.kind == "act", Delivery.state == DeliveryState.HELD
    )
    return [
        desk.room_t(act_of(delivery).name) for delivery in desk.session.exec(query.order_by(col(Delivery.id))).all()
    ]


def _facts(desk: Desk, comment: Comment) -> tuple[Fact, ...]:
    t = desk.room_t
    facts = [
        Fact(label=t("Written"), value=describe(comment.at, desk.setup.zone, desk.setup.language), url=comment.url)
    ]
    if comment.edited_at:
        facts.append(Fact(label=t("Edited"), value=describe(comment.edited_at, desk.setup.zone, desk.setup.language)))
    elif comment.edits:
        facts.append(Fact(label=t("Edited"), value=t("since it arrived")))
    if comment.visibility != "public":
        facts.append(Fact(label=t("Visibility"), value=t(comment.visibility)))
    if comment.on_ad:
        facts.append(Fact(label=t("Where"), value=t("under an ad")))
    holder = comment.holder(desk.now)
    if holder is not None and comment.taken_until:
        until = describe(comment.taken_until, desk.setup.zone, desk.setup.language)
        facts.append(
            Fact(label=t("Held by"), value=t("{member}, until {time}", member=desk.name_of(holder), time=until))
        )
    return tuple(facts)


def _footer(desk: Desk, comment: Comment, author: Author) -> str:
    t = desk.room_t
    done = [
        (comment.state == CommentState.DONE, t("Done")),
        (comment.liked, t("liked")),
        (comment.reposted, t("reposted")),
        (comment.hidden, t("hidden")),
        (author.muted, t("author muted")),
        (author.blocked, t("author blocked")),
        (comment.reported, t("reported")),
    ]
    marks = " · ".join(word for is_so, word in done if is_so)
    hint = t("What you write below this stays in the team; only Reply is public.")
    return f"{marks}\n{hint}" if marks else hint


def _buttons(desk: Desk, comment: Comment, author: Author, can: Can) -> tuple[Button, ...]:
    """What may be done with the comment, drawn from what the account can do."""
    t = desk.room_t

    def button(verb: str, label: str, tone: Tone = Tone.PLAIN, confirm: str = "") -> Button:
        return Button(
            verb=verb, label=label, subject=comment.code, revision=comment.edits + 1, tone=tone, confirm=confirm
        )

    if comment.state == CommentState.DONE:
        return (button("reopen_comment", t("Reopen")),)
    held = comment.holder(desk.now) is not None
    stands = comment.state == CommentState.OPEN
    ask_block = t("Block {author}? They will not see or reach this account any more.", author=comment.author)
    ask_remove = t("Remove {comment} for everybody? That cannot be undone.", comment=comment.code)
    drawn = [
        (stands and not held, button("take", t("Take"))),
        (stands and held, button("release", t("Release"))),
        (stands and can.replies, button("reply", t("Reply"), Tone.PRIMARY)),
        (stands and can.private_replies, button("private_reply", t("Reply privately"))),
        (stands and can.likes, button("unlike", t("Unlike")) if comment.liked else button("like", t("Like"))),
        (
            stands and can.reposts,
            button("unrepost", t("Undo repost")) if comment.reposted else button("repost", t("Repost")),
        ),
        (stands, button("done", t("Done"))),
        (stands and can.hides, button("unhide", t("Show again")) if comment.hidden else button("hide", t("Hide"))),
        (can.mutes, button("unmute", t("Unmute")) if author.muted else button("mute", t("Mute"))),
        (can.blocks and author.blocked, button("unblock", t("Unblock"))),
        (can.blocks and not author.blocked, button("block", t("Block"), Tone.DANGER, ask_block)),
        (stands and can.removes_comments, button("remove_comment", t("Remove"), Tone.DANGER, ask_remove)),
        (stands and can.reports and not comment.reported, button("report", t("Report"), Tone.DANGER)),
    ]
    return tuple(b for is_so, b in drawn if is_so)


def age(desk: Desk, since: datetime) -> str:
    """How long ago, in the largest fitting unit."""
    minutes = max(0, int((desk.now - since).total_seconds() // 60))
    if minutes < 60:
        return desk.t.n("{count} minute", "{count} minutes", minutes)
    if minutes < 48 * 60:
        return desk.t.n("{count} hour", "{count} hours", minutes // 60)
    return desk.t.n("{count} day", "{count} days", minutes // 1440)


def _counts(session: Session, conversation_id: int) -> tuple[int, int]:
    query = (
        select(Comment.state, func.count()).where(Comment.conversation_id == conversation_id).group_by(Comment.state)
    )
    counts = dict(session.exec(query).all())
    return sum(counts.values()), counts.get(CommentState.OPEN, 0)
