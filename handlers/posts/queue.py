"""The queue: what goes out next, page by page."""

from collections.abc import Collection, Iterator

from sqlmodel import and_, col, func, or_, select

from handlers.cards import Button, Card, Row, Style, Tone, page_of, text
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Command, Pressed
from handlers.posts.content import title_of
from handlers.posts.postcard import STATES
from handlers.posts.sending import is_held, is_in_the_air
from handlers.registry import registry
from handlers.times.when import describe
from handlers.words import N_
from models.member import Role
from models.post import Post, PostState
from models.stop import EVERYTHING, stops

#: Posts on one page, so that every button of a page fits into a chat's message.
PAGE = 5
#: Characters of a post's text in its row.
SHOWN = 60
#: What is on its way now has no hour.
COMING = or_(
    col(Post.state) == PostState.SCHEDULED, and_(col(Post.state) == PostState.REVIEW, col(Post.due_at).is_not(None))
)


@registry.command("queue", N_("List what goes out next"))
def queue(desk: Desk, _intent: Command) -> Iterator[Effect]:
    """The first page."""
    yield Whisper(card=page(desk, 0))


@registry.button("queue", "Turns a page of the queue")
def turn(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Another page."""
    yield Whisper(card=page(desk, page_of(intent.value)))


def page(desk: Desk, number: int) -> Card:
    """A page of the queue in the member's language and zone; the last one where there are not so many."""
    t = desk.t
    count = desk.session.exec(select(func.count()).select_from(Post).where(COMING)).one()
    if not count:
        return Card(
            title=t("Nothing is planned"),
            body=(),
            footer=t("Draft a post with “post” and give it an hour; it appears here."),
            buttons=(Button(verb="draft", label=t("New post"), tone=Tone.PRIMARY),)
            if desk.member.has(Role.AUTHOR)
            else (),
        )
    pages = -(-count // PAGE)
    number = max(0, min(number, pages - 1))
    order = (col(Post.due_at).nulls_first(), col(Post.id))
    query = select(Post).where(COMING).order_by(*order).offset(number * PAGE).limit(PAGE)
    buttons = []
    if number > 0:
        buttons.append(Button(verb="queue", label=t("Previous"), value=str(number - 1)))
    if number < pages - 1:
        buttons.append(Button(verb="queue", label=t("Next"), value=str(number + 1)))
    shut = stops(desk.session).keys()
    return Card(
        title=t.n("{count} post is planned", "{count} posts are planned", count),
        rows=tuple(_row(desk, post, shut) for post in desk.session.exec(query).all()),
        buttons=tuple(buttons),
        footer=t("Page {number} of {count}", number=number + 1, count=pages) if pages > 1 else "",
    )


def _row(desk: Desk, post: Post, shut: Collection[str]) -> Row:
    """`shut`: what is stopped."""
    t, content = desk.t, post.content
    words = " ".join(content.text.split())
    shown = words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
    where = ", ".join(title_of(desk, name) for name in content.accounts)
    state = t(STATES[PostState(post.state)])
    if halted := [title_of(desk, name) for name in content.accounts if {name, EVERYTHING} & set(shut)]:
        state += " · " + t("⏸ stopped: {accounts}", accounts=", ".join(halted))
    if post.due_at is not None:
        when = describe(post.due_at, desk.zone, t.lang)
    else:
        when = t("held") if is_held(desk, post) else t("going out now")

    def button(verb: str, label: str) -> Button:
        return Button(verb=verb, label=label, subject=post.code, revision=post.revision)

    # Before approval an author may wish for an hour; what holds is a publisher's to move.
    may_move = desk.member.has(Role.PUBLISHER) or (post.state == PostState.REVIEW and desk.member.has(Role.AUTHOR))
    moves = [button("schedule", t("Reschedule")), button("unschedule", t("Cancel"))]
    return Row(
        spans=(
            text(post.code, Style.BOLD),
            text(f" · {when} · {where} · {state}\n{shown or t('(no text)')}"),
        ),
        buttons=(*(moves if may_move and not is_in_the_air(desk, post) else []), button("open", t("Open"))),
    )
