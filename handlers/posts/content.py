"""A post's content as the networks would get it, and what they, or the team's habits, would say against it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import col, select

from handlers.cards import Paragraph, paragraph
from handlers.desk import Desk
from handlers.motion import motion_of
from handlers.setup import OurAccount
from handlers.words import N_, Translator
from models.account import Access, Account
from models.delivery import PUBLICATIONS, Delivery
from models.errors import Refused, Unfit
from models.media import Media, path_of
from models.post import Content, MediaUse, Post, PostState
from models.publication import ALIVE, Publication
from platforms.contract import Attachment, Outgoing, Problem

#: A post with the same words on the same account within so long looks like a slip.
RECENT = timedelta(days=30)
#: What a publication can be, in words.
FORMATS = {"post": N_("Post"), "reel": N_("Reel"), "story": N_("Story")}
#: Pictures that may move.
MOVING = frozenset({"image/gif", "image/webp", "image/png"})
#: Why an account does not take a format.
NOT_TAKEN = {
    "post": N_("This account takes no plain posts: choose another format, or take the account out."),
    "reel": N_("This account takes no reels: choose another format, or take the account out."),
    "story": N_("This account takes no stories: choose another format, or take the account out."),
}
NO_ACCOUNT = N_("No account is chosen: edit the post and pick one.")
#: Stands for the remote id of a publication that does not exist yet.
NOT_YET = "0"


@dataclass(frozen=True)
class Fault:
    """Something about the content on one account, as a sentence in the language it was asked for."""

    account: str  #: its title
    sentence: str
    warning: bool


def file_of(desk: Desk, use: MediaUse) -> Attachment:
    """The archive's file as a post uses it."""
    media = desk.session.get(Media, use.media_id)
    if media is None:
        raise Unfit("A file of this post is not in the archive any more. Edit the post and attach it again.")
    return Attachment(
        path=path_of(desk.setup.media_folder, use.sha256),  # what was approved is the hash, whatever the row says now
        mime=media.mime,
        size=media.size,
        sha256=use.sha256,
        alt=use.alt,
        width=media.width,
        height=media.height,
    )


def outgoing(desk: Desk, content: Content, account: str) -> Outgoing:
    """The content as it would stand on the account. Raises Unfit where a file is gone from the archive."""
    known = desk.setup.accounts.get(account)
    beside = known is not None and known.platform.can.links
    return Outgoing(
        parts=content.parts(account, linked=not beside),
        media=tuple(file_of(desk, use) for use in content.media),
        warning=content.warning,
        visibility=content.visibility,
        language=content.language,
        format=content.format,
        link=content.link if beside else "",
    )


def first_comment(content: Content, account: OurAccount, remote_id: str) -> Outgoing | None:
    """What we say ourselves under the content's publication; None for nothing, or where the account cannot."""
    if not content.first_comment or not account.platform.can.first_comment or content.format == "story":
        return None
    return Outgoing(parts=(content.first_comment,), language=content.language, reply_to=remote_id)


def texts_of(t: Translator, content: Content) -> Iterator[tuple[str, str]]:
    """(what it is, words) of everything that people will read or open."""
    yield t("Text"), content.text
    for words in content.wording.values():
        yield t("Text"), words
    yield t("Link"), content.link
    yield t("First comment"), content.first_comment
    yield t("Content warning"), content.warning
    for number, use in enumerate(content.media, 1):
        yield t("Alt text of picture {number}", number=number), use.alt


def moving(desk: Desk, t: Translator, media: Iterable[MediaUse]) -> Iterator[Paragraph]:
    """Says of each picture that moves how long: some chats show its first frame alone."""
    for number, use in enumerate(media, 1):
        found = desk.session.get(Media, use.media_id)
        if found and found.mime in MOVING and (motion := motion_of(found.path_in(desk.setup.media_folder))):
            said = t("Picture {number} moves: {how}.", number=number, how=motion.in_words(t))
            yield paragraph(f"🎞 {said}")


def ours(desk: Desk, content: Content) -> list[OurAccount]:
    """The content's accounts that are set up."""
    return [desk.setup.accounts[name] for name in content.accounts if name in desk.setup.accounts]


def title_of(desk: Desk, account: str) -> str:
    """How cards call the account; its name where it is not set up any more."""
    known = desk.setup.accounts.get(account)
    return known.title if known else account


def faults(desk: Desk, content: Content) -> Iterator[Fault]:
    """Everything the networks would refuse or the team should know, account by account, in the room's language."""
    t = desk.room_t
    if not content.accounts:
        yield Fault("", t(NO_ACCOUNT), warning=False)
    for name in content.accounts:
        account = desk.setup.accounts.get(name)
        if account is None:
            yield Fault(name, t("This account is not set up any more: edit the post and take it out."), warning=False)
            continue
        known = desk.session.get(Account, name)
        if known is not None and known.access == Access.LOST:
            lost = t("We have lost access to this account: what is to go out is held until it works again.")
            if known.other:
                lost = t(
                    "The token of this account is another's: what is to go out is held until it has its own again."
                )
            yield Fault(account.title, lost, warning=True)
        lacking = list(_lacking(content, account))
        for problem in lacking:
            yield Fault(account.title, t(problem.sentence, **problem.params), problem.warning)
        if any(not problem.warning for problem in lacking):
            continue  # what its network would say of a format that it does not have
        try:
            found = account.platform.problems(outgoing(desk, content, name))
        except Refused as gone:
            yield Fault(account.title, t(gone.sentence, **gone.params), warning=False)
            continue
        for problem in found:
            yield Fault(account.title, t(problem.sentence, **problem.params), problem.warning)
        for problem in _of_first_comment(content, account):
            said = t("The first comment: {problem}", problem=t(problem.sentence, **problem.params))
            yield Fault(account.title, said, problem.warning)


def _lacking(content: Content, account: OurAccount) -> Iterator[Problem]:
    """What of the content the account has no place for."""
    can = account.platform.can
    if content.format not in can.formats:
        yield Problem(NOT_TAKEN[content.format])
    if content.first_comment and content.format == "story":
        yield Problem("Nobody can comment on a story: the first comment is left out.", warning=True)
    elif content.first_comment and not can.first_comment:
        yield Problem(
            "This account cannot comment under its own posts: the first comment is left out there.", warning=True
        )


def _of_first_comment(content: Content, account: OurAccount) -> list[Problem]:
    """What the network says of the first comment, as far as the account can write one."""
    comment = first_comment(content, account, NOT_YET)
    return account.platform.problems(comment) if comment else []


def refuse_unfit(desk: Desk, content: Content) -> None:
    """Raise Unfit with the first thing a network would refuse, or where there is no account."""
    if not content.accounts:
        raise Unfit(NO_ACCOUNT)
    for fault in faults(desk, content):
        if not fault.warning:
            raise Unfit("{account}: {problem}", account=fault.account, problem=fault.sentence)


def blame(desk: Desk, content: Content) -> Iterator[tuple[str, OurAccount, Problem]]:
    """(field of the draft form, account, problem) for everything a network would refuse, in the form's order."""
    for account in ours(desk, content):
        lacking = [problem for problem in _lacking(content, account) if not problem.warning]
        if lacking:
            yield from (("format", account, problem) for problem in lacking)
            continue
        whole = outgoing(desk, content, account.name)
        described = tuple(replace(file, alt=file.alt and "x") for file in whole.media)
        files = Outgoing(parts=("x",), media=described, format=whole.format)
        texts = replace(files, parts=whole.parts, link=whole.link)
        warned = replace(texts, warning=whole.warning)
        steps = {
            "files": files,
            "text": texts,
            "warning": warned,
            "visibility": replace(warned, visibility=whole.visibility),
            "language": replace(warned, visibility=whole.visibility, language=whole.language),
            "alt": whole,
        }
        known: list[Problem] = []
        for field, tried in steps.items():
            found = [problem for problem in account.platform.problems(tried) if not problem.warning]
            for problem in found:
                if problem not in known:
                    yield field, account, problem
            known += found
        comment = [problem for problem in _of_first_comment(content, account) if not problem.warning]
        yield from (("first_comment", account, problem) for problem in comment)


def twins(desk: Desk, post: Post) -> list[tuple[str, Post]]:
    """(account, post) of other recent posts with the same words on an account of this one."""
    content = post.content
    if not content.text.strip():
        return []
    query = (
        select(Post)
        .where(Post.created_at >= desk.now - RECENT, Post.id != post.id, Post.state != PostState.WITHDRAWN)
        .where(col(Post.content_json)["text"].as_string() == content.text)
        .order_by(col(Post.created_at).desc())
        .limit(10)
    )
    found = desk.session.exec(query).all()
    return [(name, twin) for name in content.accounts for twin in found if name in twin.content.accounts][:3]


def neighbours(desk: Desk, post: Post, due_at: datetime) -> list[tuple[str, Post, datetime]]:
    """(account, post, hour) of others that go out on the same account nearer than its policy wants."""
    found: list[tuple[str, Post, datetime]] = []
    for account in ours(desk, post.content):
        gap = timedelta(minutes=account.policy.gap_minutes)
        query = (
            select(Post, Delivery.due_at)
            .where(Publication.delivery_id == Delivery.id, Publication.post_id == Post.id)
            .where(PUBLICATIONS, Delivery.lane == account.lane, Post.id != post.id)
            .where(Delivery.due_at > due_at - gap, Delivery.due_at < due_at + gap, col(Delivery.state).in_(ALIVE))
            .order_by(col(Delivery.due_at))
        )
        found += [(account.title, other, hour) for other, hour in desk.session.exec(query).all()]
        wished = select(Post).where(
            col(Post.state).in_((PostState.REVIEW, PostState.APPROVED)),
            Post.id != post.id,
            col(Post.due_at) > due_at - gap,
            col(Post.due_at) < due_at + gap,
        )
        for other in desk.session.exec(wished).all():
            if other.due_at and account.name in other.content.accounts:
                found.append((account.title, other, other.due_at))
    return found[:3]
