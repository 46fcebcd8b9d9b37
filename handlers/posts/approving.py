"""Review: a post is submitted, approved as it stands, or sent back to its author with a note."""

from collections.abc import Iterator

from sqlmodel import select

from handlers.cards import Card, paragraph, sentence
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Show, Tell
from handlers.forms import Field, FieldRefused, Form, Kind
from handlers.intents import Command, Filled, Pressed
from handlers.posts.advancing import advance
from handlers.posts.content import refuse_unfit
from handlers.posts.hours import refuse_too_near
from handlers.posts.quorum import policies, refuse_voter, standing, who_can
from handlers.registry import registry
from handlers.seen import unseen
from handlers.showing import copied, shown
from handlers.telling import tell
from handlers.times.when import describe
from handlers.words import N_
from models import approval
from models.approval import Approval, Verdict
from models.errors import Unfit, WrongMoment
from models.member import Role
from models.post import Post, PostState

#: Characters of the longest note to the author.
LONGEST = 1000


@registry.button("submit", "Sends a draft into review", role=Role.AUTHOR)
def submit(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Ask for approvals; what a network would refuse is refused here already."""
    post = desk.post(intent.subject)
    post.expect(intent.revision)
    yield from _submitted(desk, post)


@registry.command("submit", N_("Send a draft into review"), usage="P12", role=Role.AUTHOR)
def submit_command(desk: Desk, intent: Command) -> Iterator[Effect]:
    """The same, typed."""
    yield from _submitted(desk, desk.post(intent.text.strip()))


@registry.button("approve", "Approves a post as it stands")
def approve(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Count the member's approval of exactly what the card shows."""
    post = desk.post(intent.subject)
    post.expect(intent.revision)
    _refuse_approval(desk, post)
    look = unseen(desk, intent, policies(desk, post))
    yield from look.instead or _approved(desk, post, look.logged)


@registry.command("approve", N_("Show a post that waits for your approval, with the button"), usage="P12")
def approve_command(desk: Desk, intent: Command) -> Iterator[Effect]:
    """Show what would be approved: it may have changed since the member read it, so the typed word approves nothing."""
    post = desk.post(intent.text.strip())
    _refuse_approval(desk, post)
    yield shown(desk, post.code) if intent.origin.private else copied(desk, post.code)


@registry.button("changes", "Sends a post back to its author with a note")
def changes(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Ask what shall change."""
    post = desk.post(intent.subject)
    post.expect(intent.revision)
    _refuse_unless_in_review(desk, post)
    refuse_voter(desk, post)
    note = Field(name="note", kind=Kind.TEXT, label=desk.t("What shall change?"), required=True, longest=LONGEST)
    yield Ask(
        form=Form(
            verb="changes",
            title=desk.t("Request changes"),
            submit=desk.t("Send back"),
            subject=post.code,
            revision=post.revision,
            fields=(note,),
        )
    )


@registry.form("changes")
def changes_filled(desk: Desk, intent: Filled) -> Iterator[Effect]:
    """Send the post back with the note."""
    post, note = desk.post(intent.subject), intent.line("note")
    post.expect(intent.revision)
    _refuse_unless_in_review(desk, post)
    refuse_voter(desk, post)
    if not note:
        raise FieldRefused("note", Unfit("Say in a few words what shall change."))
    _vote(desk, post, Verdict.CHANGES, note)
    post.send_back(desk.now)
    desk.audit("changes_requested", post.code, after={"revision": post.revision, "digest": post.digest, "note": note})
    by = desk.member

    def told(to: Desk) -> Card:
        head = to.room_t("{member} asks for changes of {post}:", member=by.name, post=post.code)
        return Card(body=(paragraph(head), paragraph(note, quote=True)))

    yield Redraw(subject=post.code)
    yield from tell(desk, post.code, told, post.author_id)


def _submitted(desk: Desk, post: Post) -> Iterator[Effect]:
    if post.state == PostState.REVIEW:
        raise WrongMoment("{post} is in review already.", post=post.code)
    refuse_unfit(desk, post.content)
    if post.due_at is not None and post.due_at <= desk.now:
        when = describe(post.due_at, post.zone, desk.t.lang)
        raise WrongMoment(
            "The hour of {post} is over ({when}). Give it a new one with Schedule.", post=post.code, when=when
        )
    if post.due_at is not None:
        refuse_too_near(desk, post, post.due_at)
    post.submit(desk.now)
    approval.begin_round(desk.session, post)
    desk.audit("submitted", post.code, after={"revision": post.revision, "digest": post.digest})
    for place in desk.setup.review:
        yield Show(subject=post.code, place=place)
    yield Redraw(subject=post.code)
    stand = standing(desk, post)
    if stand.missing:
        names = ", ".join(who_can(desk, post)) or desk.room_t("nobody yet")
        told = desk.room_t.n(
            "{member} asks for {count} approval of {post}. These members can give it: {names}.",
            "{member} asks for {count} approvals of {post}. These members can give them: {names}.",
            stand.missing,
            member=desk.member.name,
            post=post.code,
            names=names,
        )
        yield Tell(subject=post.code, card=sentence(told))
    yield from advance(desk, post)


def _approved(desk: Desk, post: Post, logged: dict[str, list[str]]) -> Iterator[Effect]:
    _vote(desk, post, Verdict.APPROVED, "")
    stand = standing(desk, post)
    desk.audit("approved", post.code, after={"revision": post.revision, "digest": post.digest, **logged})
    yield Redraw(subject=post.code)
    if stand.missing:
        told = desk.room_t.n(
            "{member} approves {post}. {count} approval is still missing.",
            "{member} approves {post}. {count} approvals are still missing.",
            stand.missing,
            member=desk.member.name,
            post=post.code,
        )
    else:
        told = desk.room_t("{member} approves {post}.", member=desk.member.name, post=post.code)
    yield Tell(subject=post.code, card=sentence(told))
    yield from advance(desk, post)


def _refuse_approval(desk: Desk, post: Post) -> None:
    mine = _verdict_of(desk, post)
    if mine is not None and mine.verdict == Verdict.APPROVED:
        raise WrongMoment("You approved {post} already, as it stands.", post=post.code)
    _refuse_unless_in_review(desk, post)
    refuse_voter(desk, post)


def _refuse_unless_in_review(desk: Desk, post: Post) -> None:
    if post.state == PostState.DRAFT:
        raise WrongMoment("{post} is a draft. Its author must submit it first.", post=post.code)
    if post.state != PostState.REVIEW:
        raise WrongMoment(
            "{post} does not wait for approval: it is {state}.", post=post.code, state=PostState(post.state)
        )


def _verdict_of(desk: Desk, post: Post) -> Approval | None:
    query = select(Approval).where(
        Approval.post_id == post.id, Approval.digest == post.digest, Approval.member_id == desk.member.id
    )
    return desk.session.exec(query).first()


def _vote(desk: Desk, post: Post, verdict: Verdict, note: str) -> None:
    """The member's verdict on the post as it stands; a second one takes the place of the first."""
    assert desk.origin
    mine = _verdict_of(desk, post)
    if mine is not None:
        mine.change(verdict, note, desk.origin.chat, desk.now)
        desk.session.flush()
        return
    desk.add(
        Approval(
            post_id=post.number,
            revision=post.revision,
            digest=post.digest,
            member_id=desk.member.number,
            verdict=verdict.value,
            note=note,
            chat=desk.origin.chat,
            at=desk.now,
        )
    )
