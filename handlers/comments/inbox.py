"""The inbox: comments arrive as cards, grouped by conversation; the list of what is open."""

from collections.abc import Iterable

from sqlmodel import Session, col, func, select

from handlers.cards import Button, Card, Row, page_of, paragraph, sentence, text
from handlers.comments.acts import is_being_removed
from handlers.comments.commentcard import age
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Show, Tell, Whisper
from handlers.intents import Command, Pressed
from handlers.registry import Effects, registry
from handlers.showing import copied
from handlers.words import N_
from models.account import Account
from models.conversation import Comment, CommentState, Conversation, Reply
from models.delivery import UNDER_WAY, Delivery
from models.publication import Publication
from platforms.contract import CommentEvent, CommentGone, RemoteComment

#: Comments on a page of the list.
PAGE = 5
#: Characters of a comment in the list.
SHORT = 120
#: Our latest publications among which a reply to a later part of a thread is looked for.
RECENT = 200


def arrived(desk: Desk, account: str, event: CommentEvent) -> Effects:
    """The public wrote, changed or deleted something. The same event twice changes nothing the second time."""
    if isinstance(event, CommentGone):
        return _gone(desk, account, event.remote_id)
    ours = desk.session.get(Account, account)
    if ours and ours.remote_id and event.author.remote_id == ours.remote_id:
        return ()
    known = _comment(desk.session, account, event.remote_id)
    return _changed(desk, known, event) if known else _new(desk, account, event)


def _new(desk: Desk, account: str, event: RemoteComment) -> Iterable[Effect]:
    conversation = _conversation(desk, account, event)
    comment = desk.add(
        Comment(
            conversation_id=conversation.number,
            account=account,
            remote_id=event.remote_id,
            parent_id=event.parent_id,
            author_id=event.author.remote_id,
            author_handle=event.author.handle,
            author_name=event.author.name,
            author_url=event.author.url,
            text=event.text,
            warning=event.warning,
            media=_media(event),
            url=event.url,
            visibility=event.visibility,
            at=event.at,
            edited_at=event.edited_at,
            hidden=event.hidden,
            on_ad=event.on_ad,
            arrived_at=desk.now,
        )
    )
    desk.audit("comment arrived", comment.code, after={"author": comment.author_handle, "text": comment.text})
    for place in desk.setup.inbox:
        yield Show(subject=conversation.code, place=place)
        yield Show(subject=comment.code, place=place, under=conversation.code)


def _changed(desk: Desk, comment: Comment, event: RemoteComment) -> Iterable[Effect]:
    before = comment.text
    if event.hidden and not comment.hidden:
        # Never the other way: what is told once more, hours later, tells how it was.
        comment.hidden = True
        yield Redraw(subject=comment.code)
    comment.on_ad = comment.on_ad or event.on_ad
    if not comment.rewrite(event.text, event.warning, _media(event), event.edited_at):
        return
    desk.audit("comment edited", comment.code, before={"text": before}, after={"text": comment.text})
    t = desk.room_t
    yield Redraw(subject=comment.code)
    yield Redraw(subject=_code(comment))
    card = Card(
        body=(paragraph(t("{comment} was edited. Before:", comment=comment.code)), paragraph(before, quote=True))
    )
    yield Tell(subject=comment.code, card=card)


def _gone(desk: Desk, account: str, remote_id: str) -> Iterable[Effect]:
    comment = _comment(desk.session, account, remote_id)
    if comment is None or not comment.vanish():
        return
    if is_being_removed(desk, comment):  # the network was quicker with this than with its answer to us
        comment.removed = True
        yield Redraw(subject=comment.code)
        yield Redraw(subject=_code(comment))
        return
    went = _went_with_its_post(desk, comment)
    desk.audit("comment went with its post" if went else "comment deleted", comment.code, before={"text": comment.text})
    yield Redraw(subject=comment.code)
    yield Redraw(subject=_code(comment))
    if went:
        return
    gone = desk.room_t("{comment} was deleted by its author.", comment=comment.code)
    yield Tell(subject=comment.code, card=sentence(gone))


def _went_with_its_post(desk: Desk, comment: Comment) -> bool:
    """Whether we took the post down: with it the network deletes what stands below it."""
    conversation = desk.session.get_one(Conversation, comment.conversation_id)
    publication = desk.session.get(Publication, conversation.publication_id or 0)
    if publication is None:
        return False
    ordered = select(Delivery.id).where(
        Delivery.subject == f"P{publication.post_id}", Delivery.kind == "deletion", col(Delivery.state).in_(UNDER_WAY)
    )
    return publication.removed_at is not None or desk.session.exec(ordered).first() is not None


def _comment(session: Session, account: str, remote_id: str) -> Comment | None:
    query = select(Comment).where(Comment.account == account, Comment.remote_id == remote_id)
    return session.exec(query.with_for_update()).first()


def _code(comment: Comment) -> str:
    return f"V{comment.conversation_id}"


def _media(event: RemoteComment) -> list[dict[str, str]]:
    return [{"url": item.url, "mime": item.mime, "alt": item.alt} for item in event.media]


def _conversation(desk: Desk, account: str, event: RemoteComment) -> Conversation:
    """Where it belongs: under our publication, with the comment it answers, or a conversation of its own."""
    publication = _publication(desk.session, account, event)
    if publication is None and (found := _same(desk.session, account, event.parent_id)):
        return found
    root_id = publication.remote_id if publication else event.root_id or event.parent_id or event.remote_id
    query = select(Conversation).where(Conversation.account == account, Conversation.root_id == root_id)
    known = desk.session.exec(query.with_for_update()).first()
    if known is None:
        known = desk.add(Conversation(account=account, root_id=root_id, created_at=desk.now))
    if publication and known.publication_id is None:
        known.publication_id = publication.id
    return known


def _publication(session: Session, account: str, event: RemoteComment) -> Publication | None:
    above = [remote_id for remote_id in (event.parent_id, event.root_id) if remote_id]
    if not above:
        return None
    ours = select(Publication).where(Publication.account == account)
    found = session.exec(ours.where(col(Publication.remote_id).in_(above))).first()
    if found:
        return found
    threads = session.exec(ours.order_by(col(Publication.id).desc()).limit(RECENT)).all()
    return next((p for p in threads if set(p.part_ids) & set(above)), None)


def _same(session: Session, account: str, parent_id: str) -> Conversation | None:
    """The conversation of the comment, or of our reply, that is answered."""
    if not parent_id:
        return None
    found = select(Conversation).where(Conversation.id == Comment.conversation_id, Comment.account == account)
    direct = session.exec(found.where(Comment.remote_id == parent_id)).first()
    return direct or session.exec(found.where(Reply.comment_id == Comment.id, Reply.remote_id == parent_id)).first()


# -- the list ----------------------------------------------------------------------------------------------------------


@registry.command("inbox", N_("List the public's comments that are open, oldest first"))
def inbox(desk: Desk, command: Command) -> Effects:
    """The first page."""
    return [Whisper(card=_page(desk, 0))]


@registry.button("inbox", N_("Show the open comments"))
def inbox_page(desk: Desk, pressed: Pressed) -> Effects:
    """Another page."""
    return [Whisper(card=_page(desk, page_of(pressed.value)))]


def _page(desk: Desk, page: int) -> Card:
    t = desk.t
    is_open = Comment.state == CommentState.OPEN
    total = desk.session.exec(select(func.count()).where(is_open)).one()
    if not total:
        return sentence(t("The inbox is empty: every comment is answered or done."))
    page = max(0, min(page, (total - 1) // PAGE))
    query = select(Comment).where(is_open).order_by(col(Comment.at), col(Comment.id)).offset(page * PAGE).limit(PAGE)
    rows = tuple(_row(desk, comment) for comment in desk.session.exec(query).all())
    buttons = []
    if page:
        buttons.append(Button(verb="inbox", label=t("Previous"), value=str(page - 1)))
    if (page + 1) * PAGE < total:
        buttons.append(Button(verb="inbox", label=t("Next"), value=str(page + 1)))
    footer = t("Page {page} of {pages}", page=page + 1, pages=(total - 1) // PAGE + 1)
    return Card(
        title=t.n("{count} open comment", "{count} open comments", total),
        rows=rows,
        buttons=tuple(buttons),
        footer=footer,
    )


def _row(desk: Desk, comment: Comment) -> Row:
    t, account = desk.t, desk.setup.accounts.get(comment.account)
    words = comment.text if len(comment.text) <= SHORT else comment.text[:SHORT] + "…"
    holder = comment.holder(desk.now)
    held = t("held by {member}", member=desk.name_of(holder)) if holder is not None else t("nobody holds it")
    head = f"{comment.code} · {comment.author} · {comment.account} · {age(desk, comment.at)} · {held}\n"
    revision = comment.edits + 1
    buttons = [Button(verb="show_comment", label=t("Open"), subject=comment.code, revision=revision)]
    if holder is None:
        buttons.append(Button(verb="take", label=t("Take"), subject=comment.code, revision=revision))
    if account and account.platform.can.replies:
        buttons.append(Button(verb="reply", label=t("Reply"), subject=comment.code, revision=revision))
    return Row(spans=(text(head), text(words)), buttons=tuple(buttons))


@registry.button("show_comment", N_("Show a comment's card here"))
def show_comment(desk: Desk, pressed: Pressed) -> Effects:
    """The card, as it stands now."""
    code = desk.comment(pressed.subject).code
    return [copied(desk, code)]
