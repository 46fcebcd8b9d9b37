"""A member's home: what waits for them, what goes out next, what is unanswered; for the new, what to do first."""

from collections.abc import Iterator, Sized

from sqlmodel import and_, col, exists, func, or_, select

from handlers.boosts import quorum
from handlers.boosts.boosts import money
from handlers.cards import Button, Card, Paragraph, Row, Style, Tone, paragraph, text
from handlers.comments.commentcard import age
from handlers.desk import Desk
from handlers.effects import Effect, Home, Whisper
from handlers.intents import Command, Happened, Pressed
from handlers.posts.content import title_of
from handlers.posts.holding import LATE
from handlers.posts.quorum import who_can
from handlers.posts.sending import LEAVINGS
from handlers.registry import registry
from handlers.spelling import typed_here
from handlers.times.when import describe
from handlers.words import N_
from models.approval import Approval, Verdict
from models.boost import Boost
from models.boost_state import BoostState
from models.conversation import Comment, CommentState
from models.delivery import PATIENT_LOOKUPS, Delivery, DeliveryState
from models.member import Identity, Member, Role, holders
from models.post import Post, PostState
from models.publication import Publication
from models.stop import EVERYTHING, stops

#: Rows of a section; more are counted.
MOST = 5
#: The posts and boosts that are looked at, oldest first, for those that this member may agree to.
LOOKED = 50
#: Characters of a text in its row.
SHORT = 80


@registry.command("home", N_("Show what waits for you"), strangers=True)
def home(desk: Desk, command: Command) -> Iterator[Effect]:
    """The home as a message."""
    yield Whisper(card=draw(desk, "H"))


@registry.button("home", N_("Shows what waits for you"))
def refresh(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """The home anew, where it was pressed: a press that comes from no room comes from a home."""
    yield Home() if pressed.origin.room == "" else Whisper(card=draw(desk, "H"))


@registry.event("home_opened")
def opened(desk: Desk, happened: Happened) -> Iterator[Effect]:
    """Somebody looks at their home."""
    yield Home()


@registry.card("H")
def draw(desk: Desk, subject: str) -> Card:
    """The home of the desk's member, or how a stranger becomes one."""
    if desk.member_or_none is None:
        return _stranger(desk)
    t = desk.t
    rows = (
        *_to_approve(desk),
        *_to_agree(desk),
        *_sent_back(desk),
        *_unsettled(desk),
        *_held(desk),
        *_next(desk),
        *_open(desk),
    )
    body = list(_first_steps(desk))
    if not rows:
        body.append(paragraph(t("Nothing waits for you, nothing is planned, nothing is unanswered.")))
    buttons = [
        Button(verb="queue", label=t("Queue")),
        Button(verb="inbox", label=t("Inbox")),
        Button(verb="home", label=t("Refresh")),
    ]
    if desk.member.has(Role.AUTHOR) and desk.setup.accounts:
        buttons.insert(0, Button(verb="draft", label=t("New post"), tone=Tone.PRIMARY))
    title = t("{desk} · {member}", desk=desk.setup.name, member=desk.member.name)
    footer = t("As of {time}. “help” lists what you can do.", time=describe(desk.now, desk.zone, t.lang))
    return Card(title=title, body=tuple(body), rows=rows, buttons=tuple(buttons), footer=footer)


# -- the new -----------------------------------------------------------------------------------------------------------


def _stranger(desk: Desk) -> Card:
    t, admins = desk.t, ", ".join(holders(desk.session, Role.ADMIN))
    command = typed_here(desk, "link CODE")
    if admins:
        how = t(
            "You are not a member of this team yet. Ask {admins} for an invitation code, then type “{command}”.",
            admins=admins,
            command=command,
        )
    else:
        how = t(
            "You are not a member of this team yet, and nobody is: put the first admin into config.toml "
            "(your id here is {id}).",
            id=desk.origin.actor if desk.origin else "",
        )
    return Card(title=desk.setup.name, body=(paragraph(how),))


def _first_steps(desk: Desk) -> Iterator[Paragraph]:
    """What an empty workplace needs next."""
    t = desk.t
    if not desk.setup.accounts:
        yield paragraph(
            t(
                "No account is set up yet: whoever runs me adds [accounts.NAME] with platform, base_url and token to "
                "config.toml, then starts me again. “bottega doctor” says what is still missing."
            )
        )
    others = select(func.count()).select_from(Member).where(Member.active, Member.id != desk.member.id)
    if desk.member.has(Role.ADMIN) and not desk.session.exec(others).one():
        yield _step(desk, t("You are alone here. Invite somebody:"), "team add Ada author,approver")
    links = desk.session.exec(select(Identity.chat).where(Identity.member_id == desk.member.id)).all()
    if set(desk.setup.chats) - set(links):
        yield _step(desk, t("To be known in the other chat too, make yourself a code:"), "link")
    if desk.setup.accounts and not desk.session.exec(select(Post.id).limit(1)).first():
        yield _step(desk, t("There is no post yet. Draft the first:"), t("post Hello from our team"))


def _step(desk: Desk, said: str, command: str) -> Paragraph:
    return Paragraph(spans=(text(f"{said} "), text(typed_here(desk, command), Style.CODE)))


# -- what waits for me -------------------------------------------------------------------------------------------------


def _to_approve(desk: Desk) -> Iterator[Row]:
    query = select(Post).where(Post.state == PostState.REVIEW).order_by(col(Post.due_at), col(Post.id)).limit(LOOKED)
    mine = [post for post in desk.session.exec(query).all() if desk.member.name in who_can(desk, post)]
    t = desk.t
    yield from _head(
        t.n("{count} post waits for your approval", "{count} posts wait for your approval", len(mine)), mine
    )
    for post in mine[:MOST]:
        yield _post_row(desk, post, tone=Tone.PRIMARY)


def _to_agree(desk: Desk) -> Iterator[Row]:
    """Boosts and extensions that this member may agree to."""
    alive = col(Boost.state).in_((BoostState.REVIEW, BoostState.RUNNING, BoostState.PAUSED))
    found = desk.session.exec(select(Boost).where(alive).order_by(col(Boost.id)).limit(LOOKED)).all()
    waiting = [(boost, what) for boost in found if (what := quorum.asked(boost)) is not None]
    mine = [(boost, what) for boost, what in waiting if desk.member.name in quorum.who_can(desk, boost, what)]
    t = desk.t
    yield from _head(
        t.n("{count} boost waits for you to agree", "{count} boosts wait for you to agree", len(mine)), mine
    )
    for boost, what in mine[:MOST]:
        show = Button(verb="boost_open", label=t("Open"), subject=boost.code, tone=Tone.PRIMARY)
        about = (title_of(desk, boost.account), money(t, boost, what.total), desk.name_of(what.requester))
        yield Row(spans=(text(boost.code, Style.BOLD), text(f" · {' · '.join(about)}")), buttons=(show,))


def _sent_back(desk: Desk) -> Iterator[Row]:
    verdict = select(Approval.id).where(Approval.post_id == Post.id, Approval.verdict == Verdict.CHANGES)
    mine = (Post.state == PostState.DRAFT, Post.author_id == desk.member.id, verdict.exists())
    count = desk.session.exec(select(func.count()).select_from(Post).where(*mine)).one()
    found = desk.session.exec(select(Post).where(*mine).order_by(col(Post.id)).limit(MOST)).all()
    t = desk.t
    yield from _head(t.n("{count} post of yours was sent back", "{count} posts of yours were sent back", count), found)
    for post in found:
        yield _post_row(desk, post, Button(verb="edit", label=t("Edit"), subject=post.code, revision=post.revision))


def _unsettled(desk: Desk) -> Iterator[Row]:
    """Publications that need a publisher's decision."""
    if not desk.member.has(Role.PUBLISHER):
        return
    state, error = col(Delivery.state), col(Delivery.error)
    undecided = or_(
        and_(state == DeliveryState.FAILED, error.not_in(LEAVINGS)),
        and_(
            state == DeliveryState.UNSURE,
            or_(col(Delivery.check_at).is_(None), col(Delivery.checks) >= PATIENT_LOOKUPS),
        ),
        and_(state == DeliveryState.HELD, error == LATE),
    )
    on_way = col(Post.state).in_((PostState.SCHEDULED, PostState.UNFINISHED))
    its = and_(col(Publication.post_id) == Post.id, col(Publication.delivery_id) == Delivery.id)
    stuck = exists().where(its, undecided)
    count = desk.session.exec(select(func.count()).select_from(Post).where(on_way, stuck)).one()
    found = desk.session.exec(select(Post).where(on_way, stuck).order_by(col(Post.id)).limit(MOST)).all()
    t = desk.t
    yield from _head(t.n("{count} post needs a decision", "{count} posts need a decision", count), found)
    for post in found:
        yield _post_row(desk, post)


def _held(desk: Desk) -> Iterator[Row]:
    query = select(Comment).where(
        Comment.state == CommentState.OPEN,
        Comment.taken_by == desk.member.id,
        col(Comment.taken_until) > desk.now,
    )
    mine = desk.session.exec(query.order_by(col(Comment.at))).all()
    t = desk.t
    yield from _head(t.n("You hold {count} comment", "You hold {count} comments", len(mine)), mine)
    for comment in mine[:MOST]:
        yield _comment_row(desk, comment)


def _post_row(desk: Desk, post: Post, *buttons: Button, tone: Tone = Tone.PLAIN) -> Row:
    """A post in a few words. What is decided about it is decided on its card, which shows it whole."""
    content = post.content
    about = [", ".join(title_of(desk, name) for name in content.accounts)]
    if post.due_at:
        about.append(describe(post.due_at, desk.zone, desk.t.lang))
    about.append(desk.name_of(post.author_id))
    show = Button(verb="open", label=desk.t("Open"), subject=post.code, tone=tone)
    spans = (text(post.code, Style.BOLD), text(f" · {' · '.join(about)}\n{_short(desk, content.text)}"))
    return Row(spans=spans, buttons=(*buttons, show))


# -- what goes out, what is unanswered ---------------------------------------------------------------------------------


def _next(desk: Desk) -> Iterator[Row]:
    t = desk.t
    query = (
        select(Publication, Delivery, Post)
        .where(Publication.delivery_id == Delivery.id, Publication.post_id == Post.id)
        .where(Delivery.state == DeliveryState.WAITING)
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .limit(MOST)
    )
    found = desk.session.exec(query).all()
    yield from _head(t("Goes out next"), found)
    shut, held = stops(desk.session).keys() if found else (), t("will be held at its time")
    for publication, delivery, post in found:
        when = describe(delivery.due_at, desk.zone, t.lang)
        halted = f" · ⏸ {held}" if {publication.account, EVERYTHING} & set(shut) else ""
        about = f" · {when} · {title_of(desk, publication.account)}{halted}\n{_short(desk, post.content.text)}"
        show = Button(verb="open", label=t("Open"), subject=post.code)
        yield Row(spans=(text(post.code, Style.BOLD), text(about)), buttons=(show,))


def _open(desk: Desk) -> Iterator[Row]:
    t, is_open = desk.t, Comment.state == CommentState.OPEN
    count = desk.session.exec(select(func.count()).where(is_open)).one()
    oldest = desk.session.exec(
        select(Comment).where(is_open).order_by(col(Comment.at), col(Comment.id)).limit(MOST)
    ).all()
    yield from _head(t.n("{count} comment is unanswered", "{count} comments are unanswered", count), oldest)
    for comment in oldest:
        yield _comment_row(desk, comment)


def _comment_row(desk: Desk, comment: Comment) -> Row:
    t, revision, holder = desk.t, comment.edits + 1, comment.holder(desk.now)
    about = [comment.author, title_of(desk, comment.account), age(desk, comment.at)]
    if holder is not None:
        about.append(t("held by {member}", member=desk.name_of(holder)))
    show = Button(verb="show_comment", label=t("Open"), subject=comment.code, revision=revision)
    buttons = [show]
    if desk.member.has(Role.MODERATOR):
        if holder is None:
            buttons.append(Button(verb="take", label=t("Take"), subject=comment.code, revision=revision))
        if holder in {None, desk.member.id}:
            buttons.append(Button(verb="reply", label=t("Reply"), subject=comment.code, revision=revision))
    words = f" · {' · '.join(about)}\n{_short(desk, comment.text)}"
    return Row(spans=(text(comment.code, Style.BOLD), text(words)), buttons=tuple(buttons))


def _head(said: str, rows: Sized) -> Iterator[Row]:
    """The section's name, where it has rows."""
    if len(rows):
        yield Row(spans=(text(said, Style.BOLD),))


def _short(desk: Desk, words: str) -> str:
    line = " ".join(words.split())
    return (line if len(line) <= SHORT else f"{line[:SHORT]}…") or desk.t("(no text)")
