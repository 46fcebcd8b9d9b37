"""Wishing for a boost: the command, the button on a post's card, the form; changing and withdrawing the wish."""

from collections.abc import Iterator
from decimal import Decimal

from handlers.boosts.boostform import form, read
from handlers.boosts.boosts import (
    ALIVE,
    boost,
    can_boost,
    is_off,
    last_switch,
    network,
    policy_of,
    put,
    refuse_second,
    stands,
)
from handlers.cards import Button, number_of, sentence
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Show, Tell, Whisper
from handlers.forms import FieldRefused
from handlers.intents import Command, Filled, Pressed
from handlers.posts.content import title_of
from handlers.posts.quorum import need_any
from handlers.posts.sending import revision_of
from handlers.registry import registry
from handlers.showing import shown
from handlers.words import N_
from models.agreement import agreed, void
from models.boost import Boost
from models.boost_state import BoostState
from models.errors import NotFound, Unfit, WrongMoment
from models.member import Role
from models.publication import Publication, current
from platforms.contract import BoostPhase

#: Who may wish for one; who pays for it is another question.
WISHERS = (Role.AUTHOR, Role.PUBLISHER, Role.BUYER)


@registry.command("boost", N_("Put money behind a published post, or show a boost here"), usage=N_("P12 | B7"))
def boost_command(desk: Desk, command: Command) -> Iterator[Effect]:
    """Open the form; where it stands on several accounts that can, first ask which. A boost's code shows its card."""
    if command.text.strip()[:1].upper() == "B":
        yield from _look(desk, boost(desk, command.text.strip()))
        return
    need_any(desk, *WISHERS)
    post = desk.post(command.text.strip())
    found = [
        publication
        for publication, _ in current(desk.session, post.number).values()
        if stands(publication)
        and publication.account in desk.setup.accounts
        and can_boost(desk.setup.accounts[publication.account])
    ]
    if not found:
        raise WrongMoment("{post} stands on no account of ours that can put money behind posts.", post=post.code)
    if len(found) == 1:
        yield from _open(desk, found[0])
        return
    buttons = (
        Button(verb="boost", label=title_of(desk, publication.account), subject=publication.code)
        for publication in found
    )
    yield Whisper(card=sentence(desk.t("On which account do you want to boost {post}?", post=post.code), *buttons))


@registry.button("boost", "Puts money behind a publication")
def boost_pressed(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """The same by a button."""
    need_any(desk, *WISHERS)
    yield from _open(desk, _publication(desk, pressed.subject))


@registry.button("boost_open", "Shows a boost here")
def open_button(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """The same as its command."""
    yield from _look(desk, boost(desk, pressed.subject))


@registry.form("boost", check=read)
def wish(desk: Desk, filled: Filled) -> Iterator[Effect]:
    """The wish is written down, and the network is asked what it makes of it."""
    need_any(desk, *WISHERS)
    if filled.subject.startswith("B"):
        yield from _changed(desk, filled)
        return
    assert desk.origin
    publication = _publication(desk, filled.subject)
    _refuse(desk, publication)
    found = desk.add(
        Boost(
            publication_id=publication.number,
            account=publication.account,
            member_id=desk.member.number,
            created_at=desk.now,
            **read(desk, filled),
        )
    )
    put(desk, "boost_quote", found, revision=found.revision)
    desk.audit("boost wished", found.code, after=found.content() | {"amount": found.amount})
    yield Show(subject=found.code, place=desk.origin.place)
    for place in desk.setup.review:
        yield Show(subject=found.code, place=place)


@registry.button("boost_edit", "Changes a boost before it is ordered")
def edit(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Open the form with what stands there."""
    found = boost(desk, pressed.subject)
    found.expect(pressed.revision)
    need_any(desk, *WISHERS)
    _refuse_unless_open(desk, found)
    yield Ask(form=form(desk, found.account, found.code, desk.t("Change {boost}", boost=found.code), "", found))


@registry.button("boost_ask", "Asks the network for a boost's price again")
def ask(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """The card shows the answer."""
    found = boost(desk, pressed.subject)
    found.expect(pressed.revision)
    if found.state != BoostState.REVIEW:
        raise WrongMoment(
            "The price of {boost} is known: it is {state}.", boost=found.code, state=BoostState(found.state)
        )
    put(desk, "boost_quote", found, revision=found.revision)
    yield Whisper(card=sentence(desk.t("I ask; the card shows it in a moment.")))


@registry.button("boost_withdraw", "Withdraws a boost before it is ordered")
def withdraw(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Whoever wished for it, and buyers."""
    found = boost(desk, pressed.subject)
    found.expect(pressed.revision)
    if desk.member.number != found.member_id:
        need_any(desk, Role.BUYER, Role.ADMIN)
    found.withdraw(desk.room_t("Withdrawn by {member}", member=desk.member.name))
    desk.audit("boost withdrawn", found.code)
    yield Redraw(subject=found.code)
    told = desk.room_t("{member} withdraws {boost}.", member=desk.member.name, boost=found.code)
    yield Tell(subject=found.code, card=sentence(told))


def _look(desk: Desk, found: Boost) -> Iterator[Effect]:
    """Its card, and whoever looks wants to know how it stands now."""
    if found.made and found.state in ALIVE:
        put(desk, "boost_report", found)
    yield shown(desk, found.code)


def _changed(desk: Desk, filled: Filled) -> Iterator[Effect]:
    found = boost(desk, filled.subject)
    found.expect(filled.revision)
    _refuse_unless_open(desk, found)
    refuse_second(desk, found.publication_id, found.number)
    before, wanted = found.content(), read(desk, filled)
    if Decimal(wanted["amount"]) == Decimal(found.amount):
        wanted["amount"] = found.amount  # however it is written
    if found.digest and found.state == BoostState.REVIEW and all(getattr(found, k) == v for k, v in wanted.items()):
        raise FieldRefused("amount", Unfit("Nothing would be different. Change something, or close the form."))
    was_agreed_to = bool(agreed(desk.session, found, found.digest))
    # Whoever changes it wants it so: their own voice does not count from then on.
    found.revise({**wanted, "member_id": desk.member.number})
    void(desk.session, found)
    put(desk, "boost_quote", found, revision=found.revision)
    desk.audit("boost changed", found.code, before, found.content() | {"amount": found.amount})
    yield Redraw(subject=found.code)
    if was_agreed_to:
        told = desk.room_t(
            "{member} changes {boost}: it must be agreed to anew.", member=desk.member.name, boost=found.code
        )
        yield Tell(subject=found.code, card=sentence(told))


def _open(desk: Desk, publication: Publication) -> Iterator[Effect]:
    _refuse(desk, publication)
    title = desk.t("Boost {post}", post=f"P{publication.post_id}")
    yield Ask(
        form=form(desk, publication.account, publication.code, title, revision_of(desk, publication).content.link)
    )


def _publication(desk: Desk, subject: str) -> Publication:
    found = desk.session.get(Publication, number_of(subject, "U"), with_for_update=True)
    if found is None:
        raise NotFound("There is no {subject} here.", subject=subject.upper())
    return found


def _refuse(desk: Desk, publication: Publication) -> None:
    """Raise what speaks against any boost of it."""
    network(desk, publication.account)
    name = title_of(desk, publication.account)
    if policy_of(desk, publication.account).month_cap <= 0:
        raise WrongMoment(
            "Boosts are off for {account}: its policy gives them no money. Whoever runs me can set month_cap under "
            "[accounts.{name}.policy.boosts] in config.toml.",
            account=name,
            name=publication.account,
        )
    if not stands(publication):
        raise WrongMoment("It does not stand on {account}, so it cannot be boosted.", account=name)
    refuse_second(desk, publication.number)


def _refuse_unless_open(desk: Desk, found: Boost) -> None:
    if found.state not in {BoostState.REVIEW, BoostState.FAILED}:
        raise Unfit(
            "{boost} is {state}: it cannot be changed any more.", boost=found.code, state=BoostState(found.state)
        )
    if found.is_made and not _rests(desk, found):
        # What is changed then is made anew, and nobody would know of this one.
        raise WrongMoment(
            "The network has not confirmed yet that {boost} rests, so it cannot be changed. Try again in a minute.",
            boost=found.code,
        )


def _rests(desk: Desk, found: Boost) -> bool:
    """Whether the network took the order to pause it, or showed since that it rests."""
    last = last_switch(desk, found)
    told = last is not None and last.finished_at and found.reported_at and found.reported_at >= last.finished_at
    return is_off(desk, found) or bool(told and found.phase == BoostPhase.PAUSED)
