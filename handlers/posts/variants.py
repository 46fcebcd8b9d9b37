"""What differs inside one post: the description of each picture, and each account's own wording."""

from collections.abc import Iterator

from handlers.desk import Desk
from handlers.effects import Ask, Effect
from handlers.forms import Field, FieldRefused, Form, Kind
from handlers.intents import Filled, Pressed
from handlers.posts.content import ours, outgoing
from handlers.posts.draftform import tidy
from handlers.posts.revising import editable, revised
from handlers.registry import registry
from models.errors import Unfit, WrongMoment
from models.post import Post

#: Characters of the longest description that any network takes.
LONGEST_ALT = 1500


@registry.button("alt", "Describes the pictures of a post for people who cannot see them")
def alt(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Ask for each picture's description."""
    post = editable(desk, intent.subject)
    post.expect(intent.revision)
    media = post.content.media
    if not media:
        raise WrongMoment("{post} has no pictures.", post=post.code)
    fields = [
        Field(
            name=f"alt{n}",
            kind=Kind.TEXT,
            label=desk.t("Picture {number} of {count}", number=n, count=len(media)),
            value=use.alt,
            longest=LONGEST_ALT,
        )
        for n, use in enumerate(media, start=1)
    ]
    yield Ask(form=_form(desk, post, "alt", desk.t("Alt text"), fields))


@registry.form("alt")
def alt_filled(desk: Desk, intent: Filled) -> Iterator[Effect]:
    """Take the descriptions."""
    post = editable(desk, intent.subject)
    post.expect(intent.revision)
    content = post.content
    media = tuple(
        use.model_copy(update={"alt": tidy(f"alt{n}", intent.line(f"alt{n}"))})
        for n, use in enumerate(content.media, start=1)
    )
    yield from revised(desk, post, content.model_copy(update={"media": media}))


@registry.button("wording", "Gives each account its own wording of a post")
def wording(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Ask for each account's text, with what it would get now."""
    post = editable(desk, intent.subject)
    post.expect(intent.revision)
    content = post.content
    fields = [
        Field(
            name=account.name,
            kind=Kind.TEXT,
            label=account.title,
            value=content.wording.get(account.name, content.text),
            hint=desk.t("Empty: the post's own text."),
        )
        for account in ours(desk, content)
    ]
    yield Ask(form=_form(desk, post, "wording", desk.t("Wording"), fields))


@registry.form("wording")
def wording_filled(desk: Desk, intent: Filled) -> Iterator[Effect]:
    """Take the texts; one that is the post's own, or empty, is no wording of its own."""
    post = editable(desk, intent.subject)
    post.expect(intent.revision)
    content = post.content
    texts = {a.name: tidy(a.name, intent.line(a.name)) for a in ours(desk, content)}
    own = {name: words for name, words in texts.items() if words and words != content.text}
    changed = content.model_copy(update={"wording": own})
    for account in ours(desk, changed):
        for problem in account.platform.problems(outgoing(desk, changed, account.name)):
            if account.name in own and not problem.warning:
                raise FieldRefused(account.name, Unfit(problem.sentence, **problem.params))
    yield from revised(desk, post, changed)


def _form(desk: Desk, post: Post, verb: str, title: str, fields: list[Field]) -> Form:
    return Form(
        verb=verb,
        title=title,
        submit=desk.t("Save"),
        subject=post.code,
        revision=post.revision,
        fields=tuple(fields),
    )
