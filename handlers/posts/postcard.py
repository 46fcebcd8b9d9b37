"""Draws the card of a post: how it will look on each account, what speaks against it, what can be done."""

from collections.abc import Iterator

from handlers.cards import Button, Card, Fact, Paragraph, Picture, Style, Tone, paragraph, text
from handlers.delivery.access import NO_ACCESS
from handlers.desk import Desk
from handlers.posts.content import faults, neighbours, ours, outgoing, title_of, twins
from handlers.posts.holding import STOPPED
from handlers.posts.quorum import standing
from handlers.posts.sending import ABANDONED, IN_THE_AIR, standing_on
from handlers.registry import registry
from handlers.times.when import describe
from handlers.words import N_
from models.delivery import Delivery, DeliveryState
from models.errors import Refused
from models.media import Media
from models.post import Post, PostState
from models.publication import Publication, current
from platforms.contract import Deletes

STATES = {
    PostState.DRAFT: N_("Draft"),
    PostState.REVIEW: N_("In review"),
    PostState.APPROVED: N_("Approved"),
    PostState.SCHEDULED: N_("Scheduled"),
    PostState.PUBLISHED: N_("Published"),
    PostState.UNFINISHED: N_("Not everywhere"),
    PostState.WITHDRAWN: N_("Withdrawn"),
}
D = DeliveryState


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


def settle_buttons(desk: Desk, publication: Publication, delivery: Delivery) -> Iterator[Button]:
    """What a member can do about a publication that failed or of which nobody knows whether it stands."""
    t = desk.room_t
    subject, fence = publication.code, delivery.fence
    name = title_of(desk, publication.account)
    if delivery.is_asked:
        send = t(
            "Send {post} to {account} again? If it stands there after all, it will stand twice.",
            post=delivery.subject,
            account=name,
        )
        yield Button(verb="live", label=t("It is live"), subject=subject, revision=fence)
        yield Button(
            verb="resend",
            label=t("It is not, send it"),
            subject=subject,
            revision=fence,
            tone=Tone.DANGER,
            confirm=send,
        )
        yield Button(verb="leave", label=t("Leave it"), subject=subject, revision=fence)
    elif delivery.state == D.FAILED and delivery.error != ABANDONED:
        yield Button(verb="retry", label=t("Retry"), subject=subject, revision=fence, tone=Tone.PRIMARY)
        yield Button(verb="edit", label=t("Edit"), subject=delivery.subject)
        yield Button(verb="leave", label=t("Leave"), subject=subject, revision=fence)


# -- how it will look -------------------------------------------------------------------------------------------------


def _previews(desk: Desk, post: Post) -> Iterator[Paragraph]:
    """The text of each account; accounts that get the same, counted the same, share one preview."""
    t, content = desk.room_t, post.content
    looks: dict[tuple[str, ...], list[str]] = {}
    for account in ours(desk, content):
        try:
            going = outgoing(desk, content, account.name)
        except Refused:
            looks.setdefault(content.parts(account.name), []).append(account.title)
            continue
        limit = account.platform.limits.text
        lengths = [f"{account.platform.length(going, n)} / {limit}" for n in range(len(going.parts))]
        looks.setdefault(
            (*(f"{length}\0{part}" for length, part in zip(lengths, going.parts, strict=True)),), []
        ).append(account.title)
    for parts, titles in looks.items():
        for number, (length, _, words) in enumerate((p.rpartition("\0") for p in parts), 1):
            head = ", ".join(titles) if number == 1 else ""
            place = t("part {number} of {count}", number=number, count=len(parts)) if len(parts) > 1 else ""
            yield Paragraph(spans=(text(" · ".join(s for s in (head, place, length) if s), Style.BOLD),))
            yield paragraph(words or t("(no text)"), quote=True)


def _remarks(desk: Desk, post: Post) -> Iterator[Paragraph]:
    if post.state in {PostState.PUBLISHED, PostState.WITHDRAWN}:
        return
    t = desk.room_t
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
    elif post.state not in {PostState.PUBLISHED, PostState.UNFINISHED, PostState.WITHDRAWN}:
        yield Fact(label=t("When"), value=t("no hour yet"))
    yield Fact(label=t("Accounts"), value=", ".join(title_of(desk, name) for name in content.accounts) or "–")
    yield Fact(label=t("Author"), value=desk.name_of(post.author_id))
    stand = standing(desk, post)
    if stand.wanted and post.state not in {PostState.DRAFT, PostState.WITHDRAWN}:
        count = t("{given} of {wanted}", given=stand.wanted - stand.missing, wanted=stand.wanted)
        yield Fact(label=t("Approvals"), value=f"{count} ({', '.join(stand.names)})" if stand.names else count)
    if content.link:
        yield Fact(label=t("Link"), value=content.link, url=content.link)
    if content.warning:
        yield Fact(label=t("Content warning"), value=content.warning)
    if content.visibility:
        yield Fact(label=t("Visibility"), value=t(content.visibility))
    if content.language:
        yield Fact(label=t("Language"), value=content.language)
    for publication, delivery in current(desk.session, post.number).values():
        yield Fact(
            label=title_of(desk, publication.account), value=_state_of(desk, publication, delivery), url=publication.url
        )


def _state_of(desk: Desk, publication: Publication, delivery: Delivery) -> str:
    t = desk.room_t
    zone = delivery.zone or desk.setup.zone
    match DeliveryState(delivery.state):
        case D.DONE if publication.removed_at:
            return t("taken down {when}", when=describe(publication.removed_at, zone, t.lang))
        case D.DONE if publication.published_at:
            return t("published {when}", when=describe(publication.published_at, zone, t.lang))
        case D.WAITING if delivery.error:
            return t(
                "waiting: {reason}. Next try {when}.",
                reason=delivery.reason.rstrip(". "),
                when=describe(delivery.due_at, zone, t.lang),
            )
        case D.WAITING:
            return t("goes out {when}", when=describe(delivery.due_at, zone, t.lang))
        case D.HELD if delivery.error == STOPPED:
            return t("held: this account is stopped")
        case D.HELD if delivery.error in NO_ACCESS:
            return t("held: access to this account is lost; it goes on by itself when that works again")
        case D.HELD:
            return t("held: its hour is over; publish it now or give it another")
        case D.SENDING:
            return t("is going out")
        case D.UNSURE if delivery.is_asked:
            return t("nobody knows whether it stands there: please look")
        case D.UNSURE:
            return t("no sure answer came; I am looking whether it stands there")
        case D.FAILED if delivery.error == ABANDONED:
            return t("left as it is; nobody knows whether it stands there")
        case _:
            return t("not published: {reason}", reason=delivery.reason or delivery.error)


# -- what can be done -------------------------------------------------------------------------------------------------


def _buttons(desk: Desk, post: Post) -> Iterator[Button]:
    found = current(desk.session, post.number)
    flying = any(d.state in IN_THE_AIR for _, d in found.values())
    for verb, label, tone, confirm in _offers(desk, post, flying):
        yield Button(verb=verb, label=label, subject=post.code, revision=post.revision, tone=tone, confirm=confirm)
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
    for publication in standing_on(desk, post):
        yield from _standing(desk, publication)


def _offers(desk: Desk, post: Post, flying: bool) -> Iterator[tuple[str, str, Tone, str]]:
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
            accounts=", ".join(a.title for a in ours(desk, post.content)),
        )
        yield "publish", t("Publish now"), Tone.PRIMARY if state == PostState.APPROVED else Tone.PLAIN, sure
    if state in {PostState.DRAFT, PostState.REVIEW, PostState.APPROVED}:
        yield "schedule", t("Schedule"), Tone.PLAIN, ""
    if state == PostState.SCHEDULED and not flying:
        yield "schedule", t("Reschedule"), Tone.PLAIN, ""
        yield "unschedule", t("Cancel schedule"), Tone.PLAIN, ""
    if post.is_editable and not flying:
        yield "edit", t("Edit"), Tone.PLAIN, ""
        if post.content.media:
            yield "alt", t("Alt text"), Tone.PLAIN, ""
        if len(post.content.accounts) > 1:
            yield "wording", t("Wording"), Tone.PLAIN, ""
        if not standing_on(desk, post):
            yield "withdraw", t("Withdraw"), Tone.DANGER, t("Withdraw {post}?", post=post.code)
    if state == PostState.WITHDRAWN:
        yield "reopen", t("Reopen"), Tone.PRIMARY, ""


def _standing(desk: Desk, publication: Publication) -> Iterator[Button]:
    t, name = desk.room_t, title_of(desk, publication.account)
    if publication.url:
        yield Button(verb="see", label=t("Open on {account}", account=name), url=publication.url)
    if not publication.remote_id:
        yield Button(verb="address", label=t("Add its link · {account}", account=name), subject=publication.code)
    account = desk.setup.accounts.get(publication.account)
    if account and publication.remote_id and account.platform.can.deletes and isinstance(account.platform, Deletes):
        sure = t("Delete it on {account} for everybody? That cannot be undone.", account=name)
        yield Button(
            verb="delete",
            label=t("Delete on {account}", account=name),
            subject=publication.code,
            tone=Tone.DANGER,
            confirm=sure,
        )
