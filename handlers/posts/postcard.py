"""Draws the card of a post: how it will look on each account, what speaks against it, what can be done."""

from collections.abc import Iterator

from handlers.cards import Button, Card, Fact, Paragraph, Picture, Style, Tone, paragraph, text
from handlers.desk import Desk
from handlers.posts.content import FORMATS, faults, moving, neighbours, ours, outgoing, texts_of, title_of, twins
from handlers.posts.firstcomment import in_short
from handlers.posts.numbers import in_words
from handlers.posts.quorum import standing
from handlers.posts.sending import keeps, receivers, revision_of, standing_on
from handlers.posts.whereabouts import settle_buttons, standing_buttons, state_of
from handlers.registry import registry
from handlers.setup import OurAccount
from handlers.suspicion import suspicions
from handlers.times.when import describe
from handlers.words import N_
from models.delivery import IN_THE_AIR
from models.errors import Refused
from models.media import Media
from models.post import Content, Post, PostState
from models.publication import current

STATES = {
    PostState.DRAFT: N_("Draft"),
    PostState.REVIEW: N_("In review"),
    PostState.APPROVED: N_("Approved"),
    PostState.SCHEDULED: N_("Scheduled"),
    PostState.PUBLISHED: N_("Published"),
    PostState.UNFINISHED: N_("Not everywhere"),
    PostState.WITHDRAWN: N_("Withdrawn"),
}


@registry.card("P")
def draw(desk: Desk, subject: str) -> Card:
    """The card of a post as it stands now."""
    post = desk.post(subject)
    t = desk.room_t
    footer = t("{post} · revision {revision}", post=post.code, revision=post.revision)
    return Card(
        title=f"{post.code} · {t(STATES[PostState(post.state)])}",
        body=(*_previews(desk, post), *_remarks(desk, post)),
        facts=tuple(_facts(desk, post)),
        pictures=tuple(_pictures(desk, post)),
        buttons=tuple(_buttons(desk, post)),
        footer=footer,
    )


# -- how it will look -------------------------------------------------------------------------------------------------


def _previews(desk: Desk, post: Post) -> Iterator[Paragraph]:
    """The text of each account; accounts that get the same, counted the same, share one preview.

    Where an older revision stands, which a newer one does not replace, that is what is shown.
    """
    t = desk.room_t
    older = {
        name: publication
        for name, (publication, delivery) in current(desk.session, post.number).items()
        if publication.revision != post.revision and keeps(delivery)
    }
    looks: dict[tuple[int, tuple[tuple[str, str], ...]], list[str]] = {}
    for account in ours(desk, post.content):
        there = older.get(account.name)
        if there is None or there.removed_at is None:
            content = revision_of(desk, there).content if there else post.content
            look = (there.revision if there else 0, tuple(_look(desk, content, account)))
            looks.setdefault(look, []).append(account.title)
    for (revision, parts), titles in looks.items():
        for number, (length, words) in enumerate(parts, 1):
            head = ", ".join(titles) if number == 1 else ""
            which = t("revision {revision}", revision=revision) if revision else ""
            place = t("part {number} of {count}", number=number, count=len(parts)) if len(parts) > 1 else ""
            yield Paragraph(spans=(text(" · ".join(s for s in (head, which, place, length) if s), Style.BOLD),))
            yield paragraph(words or t("(no text)"), quote=True)
    if post.content.first_comment:
        yield paragraph(t("First comment"), style=Style.BOLD)
        yield paragraph(post.content.first_comment, quote=True)


def _look(desk: Desk, content: Content, account: OurAccount) -> Iterator[tuple[str, str]]:
    """(length, text) of each part on the account; without lengths where a file is gone."""
    try:
        going = outgoing(desk, content, account.name)
    except Refused:
        yield from (("", part) for part in content.parts(account.name))
        return
    for number, part in enumerate(going.parts):
        yield f"{account.platform.length(going, number)} / {account.platform.limits.text}", part


def _remarks(desk: Desk, post: Post) -> Iterator[Paragraph]:
    if post.state in {PostState.PUBLISHED, PostState.WITHDRAWN}:
        return
    t = desk.room_t
    yield from moving(desk, t, post.content.media)
    yield from suspicions(desk, t, texts_of(t, post.content))
    said: dict[tuple[str, bool], list[str]] = {}
    for fault in faults(desk, post.content):
        said.setdefault((fault.sentence, fault.warning), []).append(fault.account)
    everywhere = len(post.content.accounts)
    for (words, warning), titles in said.items():
        where = "" if len(titles) == everywhere or not any(titles) else f"{', '.join(titles)}: "
        yield Paragraph(spans=(text("⚠️ " if warning else "⛔ "), text(f"{where}{words}")))
    for account, twin in twins(desk, post):
        yield paragraph(
            "⚠️ " + t("{other} has the same words on {account}.", other=twin.code, account=title_of(desk, account))
        )
    if post.due_at:
        for account, other, hour in neighbours(desk, post, post.due_at):
            near = t(
                "{other} goes out on {account} close to it: {when}.",
                other=other.code,
                account=account,
                when=describe(hour, post.zone or desk.setup.zone, t.lang),
            )
            yield paragraph(f"⚠️ {near}")


def _pictures(desk: Desk, post: Post) -> Iterator[Picture]:
    for use in post.content.media:
        media = desk.session.get(Media, use.media_id)
        if media is not None:
            yield Picture(media_id=use.media_id, alt=use.alt, video=media.mime.startswith("video/"))


# -- where it stands --------------------------------------------------------------------------------------------------


def _facts(desk: Desk, post: Post) -> Iterator[Fact]:
    t, content = desk.room_t, post.content
    if post.due_at and post.state != PostState.PUBLISHED:
        yield Fact(label=t("When"), value=describe(post.due_at, post.zone or desk.setup.zone, t.lang))
    elif post.state in {PostState.DRAFT, PostState.REVIEW, PostState.APPROVED}:
        yield Fact(label=t("When"), value=t("no hour yet"))
    yield Fact(label=t("Accounts"), value=", ".join(title_of(desk, name) for name in content.accounts) or "–")
    yield Fact(label=t("Author"), value=desk.name_of(post.author_id))
    stand = standing(desk, post)
    if stand.wanted and post.state not in {PostState.DRAFT, PostState.WITHDRAWN}:
        count = t("{given} of {wanted}", given=stand.wanted - stand.missing, wanted=stand.wanted)
        yield Fact(label=t("Approvals"), value=f"{count} ({', '.join(stand.names)})" if stand.names else count)
    if content.format != "post":
        yield Fact(label=t("Format"), value=t(FORMATS[content.format]))
    if content.link:
        yield Fact(label=t("Link"), value=content.link, url=content.link)
    if content.warning:
        yield Fact(label=t("Content warning"), value=content.warning)
    if content.visibility:
        yield Fact(label=t("Visibility"), value=t(content.visibility))
    if content.language:
        yield Fact(label=t("Language"), value=content.language)
    yield from _publications(desk, post)


def _publications(desk: Desk, post: Post) -> Iterator[Fact]:
    """How it stands on each account."""
    t = desk.room_t
    for publication, delivery in current(desk.session, post.number).values():
        said = state_of(desk, publication, delivery)
        if publication.revision != post.revision:
            said = t("{state} (revision {revision})", state=said, revision=publication.revision)
        yield Fact(label=title_of(desk, publication.account), value=said, url=publication.url)
        if post.content.first_comment and (comment := in_short(desk, post, publication)):
            label = t("First comment on {account}", account=title_of(desk, publication.account))
            yield Fact(label=label, value=comment)
        if numbers := in_words(t, publication):
            yield Fact(label=t("Numbers on {account}", account=title_of(desk, publication.account)), value=numbers)


# -- what can be done -------------------------------------------------------------------------------------------------


def _buttons(desk: Desk, post: Post) -> Iterator[Button]:
    found = current(desk.session, post.number)
    flying = any(d.state in IN_THE_AIR for _, d in found.values())
    parted = any(p.is_in_part for p, _ in found.values())
    for verb, label, tone, confirm in _offers(desk, post, flying, parted):
        given = {"subject": post.code, "revision": post.revision, "whole": verb == "approve"}
        yield Button(verb=verb, label=label, tone=tone, confirm=confirm, **given)
    for publication, delivery in found.values():
        for button in settle_buttons(desk, publication, delivery):
            if button.verb == "edit":
                continue  # the post has its own
            name = title_of(desk, publication.account)
            yield (
                button
                if len(post.content.accounts) == 1
                else button.model_copy(update={"label": f"{button.label} · {name}"})
            )
    for publication, delivery in found.values():
        yield from standing_buttons(desk, publication, delivery)


def _offers(desk: Desk, post: Post, flying: bool, parted: bool) -> Iterator[tuple[str, str, Tone, str]]:
    t, state = desk.room_t, PostState(post.state)
    if state == PostState.DRAFT:
        yield "submit", t("Submit"), Tone.PRIMARY, ""
    if state == PostState.REVIEW:
        yield "approve", t("Approve"), Tone.PRIMARY, ""
        yield "changes", t("Request changes"), Tone.PLAIN, ""
    if state in {PostState.REVIEW, PostState.APPROVED, PostState.SCHEDULED} and not flying:
        sure = t(
            "Publish {post} on {accounts} now?",
            post=post.code,
            accounts=", ".join(a.title for a in receivers(desk, post)),
        )
        yield "publish", t("Publish now"), Tone.PRIMARY if state == PostState.APPROVED else Tone.PLAIN, sure
    if state in {PostState.DRAFT, PostState.REVIEW, PostState.APPROVED}:
        yield "schedule", t("Schedule"), Tone.PLAIN, ""
    if state == PostState.SCHEDULED and not flying:
        yield "schedule", t("Reschedule"), Tone.PLAIN, ""
        if not parted:
            yield "unschedule", t("Cancel schedule"), Tone.PLAIN, ""
    if post.is_editable and not flying and not parted:
        yield "edit", t("Edit"), Tone.PLAIN, ""
        if post.content.media:
            yield "alt", t("Alt text"), Tone.PLAIN, ""
        if len(post.content.accounts) > 1:
            yield "wording", t("Wording"), Tone.PLAIN, ""
        if not standing_on(desk, post):
            yield "withdraw", t("Withdraw"), Tone.DANGER, t("Withdraw {post}?", post=post.code)
    if state == PostState.WITHDRAWN:
        yield "reopen", t("Reopen"), Tone.PRIMARY, ""
