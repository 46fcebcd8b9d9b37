"""Agreeing to a boost or to its extension, refusing it, and trying an order again that failed."""

from collections.abc import Iterator

from handlers.boosts import quorum
from handlers.boosts.boosts import boost, problems, publication_of, put, refuse_second, shares, stands
from handlers.boosts.steps import next_step, reserve, reserve_all
from handlers.cards import Card, paragraph, sentence
from handlers.delivery.pressing import expect_newest
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Tell
from handlers.forms import Field, Form, Kind
from handlers.intents import Filled, Pressed
from handlers.posts.content import title_of
from handlers.registry import registry
from handlers.seen import unseen
from handlers.telling import tell
from handlers.words import N_
from models.agreement import BoostApproval, agreed
from models.boost import Boost
from models.boost_state import BoostState
from models.errors import WrongMoment
from models.member import Role
from models.stop import stop_of

#: Characters of the longest note.
LONGEST = 500


@registry.button("boost_approve", "Agrees to a boost, or to its extension, as it stands")
def approve(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Count the member's agreement; with the last one the money is set aside and the order leaves."""
    assert desk.origin
    found = boost(desk, pressed.subject)
    found.expect(pressed.revision)
    what = quorum.waiting(found)
    quorum.refuse_voter(desk, found, what)
    if desk.member.number in agreed(desk.session, found, what.digest):
        raise WrongMoment("You agreed to {boost} already, as it stands.", boost=found.code)
    _refuse_unfit(desk, found)
    if instead := unseen(desk, pressed).instead:
        yield from instead
        return
    desk.add(
        BoostApproval(
            boost_id=found.number,
            digest=what.digest,
            member_id=desk.member.number,
            chat=desk.origin.chat,
            at=desk.now,
        )
    )
    desk.audit("boost approved", found.code, after={"digest": what.digest, "total": what.total})
    lack = quorum.missing(desk, found, what)
    t, name = desk.room_t, desk.member.name
    if sum(lack):
        told = t(
            "{member} agrees to {boost}. Still wanted: {missing}.",
            member=name,
            boost=found.code,
            missing=quorum.in_words(t, lack),
        )
    else:
        _go(desk, found)
        told = t("{member} agrees to {boost}: it is ordered now.", member=name, boost=found.code)
    yield Tell(subject=found.code, card=sentence(told))
    yield Redraw(subject=found.code)


@registry.button("boost_refuse", "Refuses a boost, or its extension, with a note")
def refuse(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Ask why."""
    found = boost(desk, pressed.subject)
    found.expect(pressed.revision)
    _may_refuse(desk, found)
    note = Field(name="note", kind=Kind.TEXT, label=desk.t("Why?"), longest=LONGEST)
    title = desk.t("Refuse {boost}", boost=found.code)
    form = Form(verb="boost_refuse", title=title, submit=desk.t("Refuse"), subject=found.code, fields=(note,))
    yield Ask(form=form.model_copy(update={"revision": found.revision}))


@registry.form("boost_refuse")
def refused(desk: Desk, filled: Filled) -> Iterator[Effect]:
    """It is given up; an extension alone where one waits."""
    found = boost(desk, filled.subject)
    found.expect(filled.revision)
    requester = _may_refuse(desk, found)
    note, by = filled.line("note"), desk.member.name
    said = N_("{member} refuses {boost}.")
    if found.state == BoostState.REVIEW:
        found.withdraw(desk.room_t("Refused by {member}", member=by))
    else:
        found.forget_wish()
        said = N_("{member} refuses to extend {boost}.")
    desk.audit("boost refused", found.code, after={"note": note})

    def told(to: Desk) -> Card:
        head = paragraph(to.room_t(said, member=by, boost=found.code))
        return Card(body=(head, paragraph(note, quote=True)) if note else (head,))

    yield from tell(desk, found.code, told, requester)
    yield Redraw(subject=found.code)


@registry.button("boost_retry", "Orders a boost again that the network did not take", role=Role.BUYER)
def retry(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Once more, as it was agreed to; the money is set aside anew."""
    found = boost(desk, pressed.subject)
    expect_newest(found.revision, pressed, found.code)
    if not quorum.is_agreed(desk, found):
        raise WrongMoment("{boost} is not agreed to any more. Edit it, so that it can be.", boost=found.code)
    _refuse_gone(desk, found)
    refuse_second(desk, found.publication_id, found.number)
    found.retry(desk.now)
    assert found.ends_at, "it was ordered before"
    if found.ends_at <= desk.now:
        raise WrongMoment("The time of {boost} is over. Edit it to give it another.", boost=found.code)
    reserve_all(desk, found)
    next_step(desk, found)
    desk.audit("retried", found.code)
    told = desk.room_t("{member} orders {boost} again.", member=desk.member.name, boost=found.code)
    yield Tell(subject=found.code, card=sentence(told))
    yield Redraw(subject=found.code)


def _go(desk: Desk, found: Boost) -> None:
    """Enough agree: the money is set aside in this very transaction, and what was agreed to leaves."""
    if found.state == BoostState.REVIEW:
        found.accept(desk.now)
        if found.ends_at and found.ends_at <= desk.now:
            raise WrongMoment("The time of {boost} is over. Edit it to give it another.", boost=found.code)
        reserve_all(desk, found)
        next_step(desk, found)
        return
    more = shares(desk, found)
    reserve(desk, found, more)
    found.order_more(more)
    put(desk, "boost_extend", found, digest=found.wish["ordered"])


def _refuse_unfit(desk: Desk, found: Boost) -> None:
    """Raise what keeps it from being ordered at all."""
    _refuse_gone(desk, found)
    said = problems(desk, found) if found.state == BoostState.REVIEW else []
    if said:
        raise WrongMoment("{boost} cannot be agreed to yet: {reason}", boost=found.code, reason=said[0])
    stop = stop_of(desk.session, found.account)
    if stop is not None:
        raise WrongMoment(
            "{account} was stopped by {member}, so nothing is ordered there. “resume” lets it go on.",
            account=title_of(desk, found.account),
            member=desk.name_of(stop.member_id),
        )


def _refuse_gone(desk: Desk, found: Boost) -> None:
    publication = publication_of(desk, found)
    if not stands(publication):
        raise WrongMoment(
            "{post} does not stand on {account} any more, so it cannot be boosted.",
            post=f"P{publication.post_id}",
            account=title_of(desk, found.account),
        )


def _may_refuse(desk: Desk, found: Boost) -> int:
    """Who wished for what waits; they may take it back. Raises NotAllowed, WrongMoment."""
    what = quorum.asked(found)
    if what is None and found.state == BoostState.REVIEW:
        desk.need(Role.BUYER)
        return found.member_id
    what = quorum.waiting(found)
    if desk.member.number != what.requester:
        quorum.refuse_voter(desk, found, what)
    return what.requester
