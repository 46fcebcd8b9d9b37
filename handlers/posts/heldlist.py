"""What is held and what a stop will hold: a list in pages, with what can be decided about each."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, true
from sqlmodel import and_, col, func, or_, select

from handlers.cards import Button, Card, Paragraph, Row, Style, Tone, page_of, text
from handlers.delivery.access import NO_ACCESS, OtherIdentity
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Command, Pressed
from handlers.posts.content import title_of
from handlers.posts.holding import DISAGREED, LATE, STOPPED, is_late
from handlers.registry import registry
from handlers.times.when import describe
from handlers.words import N_
from models.delivery import Delivery, DeliveryState
from models.member import Role
from models.post import Post
from models.publication import Publication
from models.stop import EVERYTHING, stops

#: Publications on one page, so that every button of a page fits into a chat's message.
PAGE = 5
#: Characters of a post's text in its row.
SHOWN = 60
#: What people type for all accounts.
ALL = frozenset({"everything", "all", "tutto"})


@registry.command("held", N_("List what is held, and decide about it"), usage=N_("[everything | ACCOUNT]"))
def held(desk: Desk, intent: Command) -> Iterator[Effect]:
    """The first page."""
    yield Whisper(card=page(desk, named(desk, intent.text.strip() or EVERYTHING)))


@registry.button("held", "Turns a page of what is held")
def turn(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Another page: "2:acme"."""
    number, _, name = intent.value.partition(":")
    yield Whisper(card=page(desk, named(desk, name or EVERYTHING), page_of(number)))


def named(desk: Desk, what: str) -> str:
    """The account of that name, or EVERYTHING. Raises NotFound."""
    word = what.lower()
    return EVERYTHING if word in ALL or word == EVERYTHING else desk.setup.account(word).name


def list_button(desk: Desk, name: str, label: str, number: int = 0) -> Button:
    """Shows a page of the list."""
    return Button(verb="held", label=label, value=f"{number}:{name}")


def page(desk: Desk, name: str, number: int = 0, said: tuple[Paragraph, ...] = ()) -> Card:
    """A page, below what is `said`; the last one where there are not so many. In the member's language and zone."""
    t, listed = desk.t, _listed(desk, name)
    count = desk.session.exec(select(func.count()).select_from(Publication).join(Delivery, _ITS).where(listed)).one()
    if not count:
        return Card(title="" if said else t("Nothing is held"), body=said)
    pages = -(-count // PAGE)
    number = max(0, min(number, pages - 1))
    query = (
        select(Post, Publication, Delivery)
        .where(_ITS, Publication.post_id == Post.id, listed)
        .order_by(col(Delivery.due_at), col(Delivery.id))
        .offset(number * PAGE)
        .limit(PAGE)
    )
    buttons = []
    if number > 0:
        buttons.append(list_button(desk, name, t("Previous"), number - 1))
    if number < pages - 1:
        buttons.append(list_button(desk, name, t("Next"), number + 1))
    return Card(
        title=t.n("{count} publication is held, or will be", "{count} publications are held, or will be", count),
        body=said,
        rows=tuple(_row(desk, *found) for found in desk.session.exec(query).all()),
        buttons=tuple(buttons),
        footer=t("Page {number} of {count}", number=number + 1, count=pages) if pages > 1 else "",
    )


_ITS = col(Publication.delivery_id) == col(Delivery.id)


def _listed(desk: Desk, name: str) -> ColumnElement[bool]:
    """What is held on the account or on all, and what waits there for its hour while a stop stands."""
    standing = stops(desk.session)
    account, state = col(Publication.account), col(Delivery.state)
    shut = true() if EVERYTHING in standing else account.in_(standing)
    mine = true() if name == EVERYTHING else account == name
    return and_(mine, or_(state == DeliveryState.HELD, and_(state == DeliveryState.WAITING, shut)))


def _row(desk: Desk, post: Post, publication: Publication, delivery: Delivery) -> Row:
    t, words = desk.t, " ".join(post.content.text.split())
    when, shown = describe(delivery.due_at, desk.zone, t.lang), words if len(words) <= SHOWN else f"{words[:SHOWN]}…"
    about = f" · {when} · {title_of(desk, publication.account)} · {_why(desk, publication, delivery)}"
    return Row(
        spans=(text(post.code, Style.BOLD), text(f"{about}\n{shown or t('(no text)')}")),
        buttons=tuple(_decisions(desk, post, publication)),
    )


def _why(desk: Desk, publication: Publication, delivery: Delivery) -> str:
    t, account = desk.t, desk.setup.accounts.get(publication.account)
    if delivery.state == DeliveryState.WAITING:
        return t("will be held at its time")
    if delivery.error == OtherIdentity.__name__:
        return t("held: the token of this account is another's; it goes on by itself when it has its own again")
    if delivery.error in NO_ACCESS:
        return t("held: access to this account is lost; it goes on by itself when that works again")
    if delivery.error in DISAGREED:
        return t(DISAGREED[delivery.error])
    if delivery.error == LATE or (account is not None and is_late(desk, account, delivery)):
        return t("overdue: it goes out only when somebody says so")
    if delivery.error == STOPPED and not _is_stopped(desk, publication):
        return t("going out now")
    return t("held: this account is stopped")


def _decisions(desk: Desk, post: Post, publication: Publication) -> Iterator[Button]:
    t = desk.t
    verbs = [("publish", t("Publish now"), Tone.PRIMARY)] if not _is_stopped(desk, publication) else []
    verbs += [("schedule", t("Another hour"), Tone.PLAIN), ("unschedule", t("Cancel schedule"), Tone.PLAIN)]
    if desk.member.has(Role.PUBLISHER):
        for verb, label, tone in verbs:
            yield Button(verb=verb, label=label, subject=post.code, revision=post.revision, tone=tone)
    yield Button(verb="open", label=t("Open"), subject=post.code)


def _is_stopped(desk: Desk, publication: Publication) -> bool:
    return bool({EVERYTHING, publication.account} & stops(desk.session).keys())
