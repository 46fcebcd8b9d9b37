"""The stop switch: `stop` holds everything that would be published, `resume` lets it go on, in order."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, true
from sqlmodel import and_, col, func, select

from handlers.cards import Button, Card, Fact, Tone, paragraph, sentence
from handlers.desk import Desk
from handlers.effects import Effect, Post, Redraw, Whisper
from handlers.intents import Command, Pressed
from handlers.posts.content import title_of
from handlers.posts.heldlist import list_button, named, page
from handlers.registry import registry
from handlers.times.when import describe
from handlers.words import N_, Translator
from models.delivery import Delivery, DeliveryState
from models.errors import Unfit
from models.member import Role
from models.publication import Publication
from models.stop import EVERYTHING, Stop, stops

#: Waiting publications that a card names; more are counted.
SHOWN = 5
#: Most publications whose cards a stop or a resume redraws; the others say it at their next change.
DRAWN = 50


@registry.command(
    "stop", N_("Stop publishing at once, everywhere or on one account"), usage=N_("[everything | ACCOUNT]")
)
def stop(desk: Desk, intent: Command) -> Iterator[Effect]:
    """Any member may: a brake that only some may pull is none."""
    yield from _stopped(desk, intent.text.strip())


@registry.button("stop", "Stops publishing, everywhere or on one account")
def stop_pressed(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """The same by a button."""
    yield from _stopped(desk, intent.value)


@registry.command("resume", N_("Publish again after a stop"), usage=N_("[everything | ACCOUNT]"), role=Role.PUBLISHER)
def resume(desk: Desk, intent: Command) -> Iterator[Effect]:
    """What is held goes on with the next tick."""
    yield from _resumed(desk, intent.text.strip())


@registry.button("resume", "Publishes again after a stop", role=Role.PUBLISHER)
def resume_pressed(desk: Desk, intent: Pressed) -> Iterator[Effect]:
    """The same by a button."""
    yield from _resumed(desk, intent.value)


def _stopped(desk: Desk, what: str) -> Iterator[Effect]:
    if not what:
        yield Whisper(card=_choice(desk))
        return
    name = named(desk, what)
    standing = stops(desk.session).get(name)
    if standing is None:
        desk.add(Stop(name=name, member_id=desk.member.number, at=desk.now))
        desk.audit("stopped", _subject(name))
        for place in desk.setup.review:
            yield Post(place=place, card=_told(desk, name, desk.room_t))
        yield from _drawn_again(desk, name)
    yield Whisper(card=_told(desk, name, desk.t))
    if desk.session.exec(select(Delivery.id).where(_of(name, DeliveryState.WAITING, DeliveryState.HELD))).first():
        yield Whisper(card=page(desk, name))


def _resumed(desk: Desk, what: str) -> Iterator[Effect]:
    standing = stops(desk.session)
    if not standing:
        yield Whisper(card=sentence(desk.t("Nothing is stopped.")))
        return
    name = named(desk, what) if what else next(iter(standing)) if len(standing) == 1 else ""
    if not name:
        yield Whisper(card=_choice(desk))
        return
    if name not in standing:
        raise Unfit("{what} is not stopped. These are: {names}.", what=_title(desk, name, desk.t), names=_names(desk))
    desk.session.delete(standing[name])
    desk.audit("resumed", _subject(name))
    for place in desk.setup.review:
        t = desk.room_t
        told = t("▶️ {member} resumes {what}.", member=desk.member.name, what=_title(desk, name, t))
        yield Post(place=place, card=sentence(told))
    yield from _drawn_again(desk, name)
    goes_on = paragraph(desk.t("What is held goes out now, in its order. What is overdue is asked about first."))
    yield Whisper(card=page(desk, name, said=(goes_on,)))


# -- in words ---------------------------------------------------------------------------------------------------------


def _subject(name: str) -> str:
    return "everything" if name == EVERYTHING else name


def _title(desk: Desk, name: str, t: Translator) -> str:
    return t("everything") if name == EVERYTHING else title_of(desk, name)


def _names(desk: Desk) -> str:
    return ", ".join(_title(desk, name, desk.t) for name in stops(desk.session))


def _choice(desk: Desk) -> Card:
    """What can be stopped and what can be resumed."""
    t, standing = desk.t, stops(desk.session)
    facts = tuple(
        Fact(
            label=_title(desk, name, t),
            value=t(
                "stopped by {member}, {when}",
                member=desk.name_of(stop.member_id),
                when=describe(stop.at, desk.zone, t.lang),
            ),
        )
        for name, stop in standing.items()
    )
    names = [EVERYTHING, *desk.setup.accounts]
    buttons = [
        Button(verb="resume", label=t("Resume {what}", what=_title(desk, name, t)), value=name, tone=Tone.PRIMARY)
        for name in standing
        if desk.member.has(Role.PUBLISHER)
    ]
    buttons += [
        Button(verb="stop", label=t("Stop {what}", what=_title(desk, name, t)), value=name, tone=Tone.DANGER)
        for name in names[:20]
        if name not in standing and EVERYTHING not in standing
    ]
    title = t("What shall stop?") if not standing else t("What is stopped")
    return Card(title=title, facts=facts, buttons=tuple(buttons))


def _told(desk: Desk, name: str, t: Translator) -> Card:
    """That it is stopped, what waits behind it, and what could not be called back."""
    body = [
        paragraph(
            t(
                "⏸ {member} has stopped {what}: nothing is published there until somebody resumes it.",
                member=desk.member.name,
                what=_title(desk, name, t),
            )
        )
    ]
    flying = _codes(desk, name, DeliveryState.SENDING)
    if flying:
        body.append(paragraph(t("Going out this moment, not to be called back: {posts}.", posts=", ".join(flying))))
    waiting = _codes(desk, name, DeliveryState.WAITING)
    if waiting:
        more = _count(desk, name) - len(waiting)
        posts = ", ".join(waiting)
        if more > 0:
            posts = t("{posts} and {count} more", posts=posts, count=more)
        body.append(paragraph(t("Held when their hour comes: {posts}.", posts=posts)))
    buttons = [Button(verb="resume", label=t("Resume"), value=name)]
    if waiting:
        buttons.append(list_button(desk, name, t("List them")))
    return Card(body=tuple(body), buttons=tuple(buttons))


def _of(name: str, *states: DeliveryState) -> ColumnElement[bool]:
    mine = true() if name == EVERYTHING else col(Publication.account) == name
    return and_(Publication.delivery_id == Delivery.id, col(Delivery.state).in_(states), mine)


def _codes(desk: Desk, name: str, state: DeliveryState) -> list[str]:
    query = select(Delivery.subject).where(_of(name, state)).order_by(col(Delivery.due_at)).limit(SHOWN)
    return list(dict.fromkeys(desk.session.exec(query).all()))


def _drawn_again(desk: Desk, name: str) -> Iterator[Effect]:
    """The cards of what waits behind it say so, or say it no longer; of those that are due first."""
    of = _of(name, DeliveryState.WAITING)
    query = select(Delivery.subject).where(of).order_by(col(Delivery.due_at), col(Delivery.id)).limit(DRAWN)
    for code in dict.fromkeys(desk.session.exec(query).all()):
        yield Redraw(subject=code)


def _count(desk: Desk, name: str) -> int:
    query = select(func.count(func.distinct(Delivery.subject))).where(_of(name, DeliveryState.WAITING))
    return desk.session.exec(query).one()
