"""The hour of a post: wished for, held, moved, given up; and publishing now."""

from collections.abc import Iterator
from datetime import datetime

from handlers.cards import Button, Card, paragraph, sentence
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Tell, Whisper
from handlers.forms import Field, FieldRefused, Form, Kind
from handlers.intents import Command, Filled, Pressed
from handlers.posts.content import neighbours, ours, refuse_unfit
from handlers.posts.holding import refuse_stopped
from handlers.posts.hours import hour_of, read_hour, set_hour, standing_hour
from handlers.posts.quorum import lacking, need_any, standing, who_can
from handlers.posts.sending import is_held, put_on_way, refuse_in_the_air, take_back
from handlers.registry import registry
from handlers.setup import OurAccount
from handlers.times.when import Moment, describe
from handlers.words import N_
from models.errors import Unfit, WrongMoment
from models.member import Role
from models.post import Post, PostState
from models.stop import stop_of

#: States in which an hour is only a wish: approvals are missing.
WISHING = frozenset({PostState.DRAFT, PostState.REVIEW})
#: States in which a post can be put on its way.
READY = frozenset({PostState.APPROVED, PostState.SCHEDULED, PostState.UNFINISHED})


# -- an hour ----------------------------------------------------------------------------------------------------------


@registry.button("schedule", "Sets the hour at which a post goes out")
def schedule(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Ask for the hour."""
    post = desk.post(intent.subject)
    post.expect(intent.revision)
    _refuse_planner(desk, post)
    yield Ask(form=_form(desk, post))


@registry.command("schedule", N_("Set the hour at which a post goes out"), usage=N_("P12 [when]"))
def schedule_command(desk: Desk, intent: Command) -> Iterator[Effect]:
    """Set the hour that was typed, or ask for it."""
    subject, typed = intent.parted()
    post = desk.post(subject)
    _refuse_planner(desk, post)
    if typed:
        yield from _planned(desk, post, read_hour(desk, typed))
    else:
        yield Ask(form=_form(desk, post))


@registry.form("schedule")
def filled(desk: Desk, intent: Filled) -> Iterator[Effect]:
    """Set the hour that was filled in."""
    post = desk.post(intent.subject)
    post.expect(intent.revision)
    _refuse_planner(desk, post)
    try:
        yield from _planned(desk, post, read_hour(desk, intent.line("when")))
    except Unfit as unfit:
        raise FieldRefused("when", unfit) from unfit


@registry.button("unschedule", "Takes the hour from a post; its approvals hold")
def unschedule(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Nothing goes out by itself any more."""
    post = desk.post(intent.subject)
    post.expect(intent.revision)
    _refuse_planner(desk, post)
    if post.due_at is None and post.state != PostState.SCHEDULED:
        raise WrongMoment("{post} has no hour.", post=post.code)
    before = hour_of(post)
    if post.state == PostState.SCHEDULED:
        take_back(desk, post)
        post.unschedule(desk.now)
    post.set_hour(None, "", "", desk.now)
    desk.audit("unscheduled", post.code, before)
    told = desk.room_t(
        "{member} took the hour from {post}. It does not go out by itself now.", member=desk.member.name, post=post.code
    )
    yield Tell(subject=post.code, card=sentence(told))
    yield Redraw(subject=post.code)


def _form(desk: Desk, post: Post) -> Form:
    hint = desk.t("For example “tomorrow 9:00” or “fri 18:30”. Your zone: {zone}.", zone=desk.zone)
    field = Field(
        name="when", kind=Kind.WHEN, label=desk.t("When"), hint=hint, value=standing_hour(desk, post), required=True
    )
    return Form(
        verb="schedule",
        title=desk.t("Hour of {post}", post=post.code),
        submit=desk.t("Set the hour"),
        subject=post.code,
        revision=post.revision,
        fields=(field,),
    )


def _refuse_planner(desk: Desk, post: Post) -> None:
    """Before approval the author may wish; after it only a publisher decides."""
    if post.state in WISHING:
        need_any(desk, Role.AUTHOR, Role.PUBLISHER)
    else:
        desk.need(Role.PUBLISHER)
    if post.state not in {*WISHING, *READY}:
        raise WrongMoment(
            "{post} is {state}, so it gets no hour any more.", post=post.code, state=PostState(post.state)
        )
    refuse_in_the_air(desk, post)


def _planned(desk: Desk, post: Post, moment: Moment) -> Iterator[Effect]:
    before = hour_of(post)
    if post.state in READY:
        refuse_unfit(desk, post.content)
    set_hour(desk, post, moment)
    if post.state in READY:
        _on_way(desk, post, moment.utc)
    desk.audit("scheduled" if post.state == PostState.SCHEDULED else "hour_wished", post.code, before, hour_of(post))
    yield Redraw(subject=post.code)
    room = describe(moment.utc, moment.zone, desk.room_t.lang)
    if post.state == PostState.SCHEDULED:
        told = desk.room_t("{member} scheduled {post}: {when}.", member=desk.member.name, post=post.code, when=room)
    else:
        told = desk.room_t(
            "{member} wishes {when} for {post}. It goes out then if it is approved.",
            member=desk.member.name,
            post=post.code,
            when=room,
        )
    yield Tell(subject=post.code, card=sentence(told))
    yield Whisper(card=_echo(desk, post, moment))


def _echo(desk: Desk, post: Post, moment: Moment) -> Card:
    """The hour as it was understood, what is near it, and a way to correct it."""
    t = desk.t
    when = describe(moment.utc, moment.zone, t.lang)
    lines = [t(moment.note)] if moment.note else []
    if post.state == PostState.SCHEDULED:
        lines.append(t("{post} goes out {when}.", post=post.code, when=when))
    else:
        lines.append(t("{post} shall go out {when}, once it is approved.", post=post.code, when=when))
    for receiver in ours(desk, post.content):
        if stop_of(desk.session, receiver.name):
            title = receiver.title
            told = t("⏸ {account} is stopped: nothing goes out there until somebody resumes it.", account=title)
            lines.append(told)
    for account, other, hour in neighbours(desk, post, moment.utc):
        near = describe(hour, moment.zone, t.lang)
        lines.append(
            "⚠️ " + t("{other} goes out on {account} close to it: {when}.", other=other.code, account=account, when=near)
        )
    again = Button(verb="schedule", label=t("Another hour"), subject=post.code, revision=post.revision)
    return Card(body=tuple(paragraph(line) for line in lines), buttons=(again,))


# -- now --------------------------------------------------------------------------------------------------------------


@registry.button("publish", "Publishes an approved post now", role=Role.PUBLISHER)
def publish(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """Let the post go out now."""
    post = desk.post(intent.subject)
    post.expect(intent.revision)
    yield from _published_now(desk, post)


@registry.command("publish", N_("Publish an approved post now"), usage="P12", role=Role.PUBLISHER)
def publish_command(desk: Desk, intent: Command) -> Iterator[Effect]:
    """The same, typed."""
    yield from _published_now(desk, desk.post(intent.text.strip()))


def _published_now(desk: Desk, post: Post) -> Iterator[Effect]:
    if post.state == PostState.DRAFT:
        raise WrongMoment("{post} is still a draft. Submit it first.", post=post.code)
    if post.state in WISHING:
        names = ", ".join(who_can(desk, post)) or desk.t("nobody yet")
        raise WrongMoment(
            "{post} cannot go out before it is approved: {missing}. These members can approve it: {names}.",
            post=post.code,
            missing=lacking(desk.t, standing(desk, post)),
            names=names,
        )
    if post.state not in READY:
        raise WrongMoment(
            "{post} is {state}, so that is not possible now. Open it to see what is.",
            post=post.code,
            state=PostState(post.state),
        )
    refuse_in_the_air(desk, post)
    refuse_stopped(desk, post)
    if post.state == PostState.SCHEDULED and post.due_at is None and not is_held(desk, post):
        raise WrongMoment("{post} is on its way already.", post=post.code)
    refuse_unfit(desk, post.content)
    before = hour_of(post)
    post.set_hour(None, "", "", desk.now)
    accounts = ", ".join(account.title for account in _on_way(desk, post, desk.now))
    desk.audit("published_now", post.code, before, {"revision": post.revision, "digest": post.digest})
    told = desk.room_t(
        "{member} publishes {post} on {accounts} now.", member=desk.member.name, post=post.code, accounts=accounts
    )
    yield Tell(subject=post.code, card=sentence(told))
    yield Redraw(subject=post.code)


def _on_way(desk: Desk, post: Post, due_at: datetime) -> list[OurAccount]:
    """Put it on its way to the accounts returned; refused where none is left that could still get it."""
    going = put_on_way(desk, post, due_at)
    if not going:
        raise WrongMoment("{post} stands on all its accounts already, or was left there as it is.", post=post.code)
    if post.state != PostState.SCHEDULED:
        post.schedule(desk.now)
    return going
