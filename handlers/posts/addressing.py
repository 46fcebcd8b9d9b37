"""The address of a publication that a member found live: without it, it can neither be opened nor deleted from chat."""

from collections.abc import Iterator

from handlers.cards import number_of, sentence
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Tell
from handlers.forms import Field, FieldRefused, Form, Kind
from handlers.intents import Filled, Pressed
from handlers.posts import firstcomment
from handlers.posts.content import title_of
from handlers.registry import registry
from models.errors import NotFound, Unfit, WrongMoment
from models.member import Role
from models.publication import Publication


@registry.button("address", "Tells where a publication stands that a member found live", role=Role.PUBLISHER)
def address(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Ask for the link."""
    publication = _without_address(desk, intent.subject)
    t, name = desk.t, title_of(desk, publication.account)
    hint = t("Open it on {account} and copy its address. Comments on it are then shown under this post.", account=name)
    link = Field(name="link", kind=Kind.LINE, label=t("Link"), hint=hint, required=True)
    title = t("Where does it stand?")
    yield Ask(form=Form(verb="address", title=title, submit=t("Save"), subject=publication.code, fields=(link,)))


@registry.form("address", role=Role.PUBLISHER)
def filled(desk: Desk, intent: Filled) -> Iterator[Effect]:
    """Remember it."""
    publication = _without_address(desk, intent.subject)
    url, account = intent.line("link"), desk.setup.account(publication.account)
    remote_id = account.platform.remote_id_at(url)
    if not remote_id:
        cause = Unfit("That is not the address of a post of {account}. Copy it once more.", account=account.title)
        raise FieldRefused("link", cause)
    publication.found_at(remote_id, url)
    firstcomment.follow(desk, publication)
    post = f"P{publication.post_id}"
    desk.audit("told_address", post, after={"account": publication.account, "url": url})
    t = desk.room_t
    told = t(
        "{member} found {post} on {account}: {url}", member=desk.member.name, post=post, account=account.title, url=url
    )
    yield Tell(subject=post, card=sentence(told))
    yield Redraw(subject=post)


def _without_address(desk: Desk, subject: str) -> Publication:
    publication = desk.session.get(Publication, number_of(subject, "U"), with_for_update=True)
    if publication is None:
        raise NotFound("There is no {subject} here.", subject=subject.upper())
    if publication.published_at is None or publication.removed_at is not None or publication.remote_id:
        raise WrongMoment("That was settled already; open the post again to see how.")
    return publication
