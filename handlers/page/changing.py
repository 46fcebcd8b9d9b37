"""Changing what a page says of itself: an admin proposes, another member agrees, the network is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from handlers.cards import Button, Card, Tone, sentence
from handlers.couriers import CHANGED, UNAPPROVED, Held, Repeatable
from handlers.delivery import access
from handlers.delivery.copies import copied, in_words
from handlers.delivery.pressing import expect_newest
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Tell, Whisper
from handlers.intents import Filled, Pressed
from handlers.page.looking import look
from handlers.page.pageform import VERB, form, read
from handlers.page.profiles import PICTURES, TEXTS, profile
from handlers.posts.content import file_of, title_of
from handlers.posts.holding import STOPPED
from handlers.posts.quorum import need_any
from handlers.registry import registry
from handlers.seen import unseen
from handlers.showing import shown
from handlers.telling import tell
from models.delivery import Delivery, DeliveryState
from models.errors import NotAllowed, Unfit, WrongMoment
from models.member import Member, Role
from models.post import MediaUse
from models.profile import Profile, ProfileState
from models.stop import stop_of
from platforms.contract import PageChange, PageSettings, Progress

#: Whose agreement counts.
AGREE = (Role.APPROVER, Role.ADMIN)


@dataclass(frozen=True)
class ChangeParcel(Repeatable):
    """A change ready to leave; making a page what it is already is no change, so that it may be repeated."""

    network: PageSettings
    change: PageChange

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Make it so, with the pictures that were agreed to."""
        change = self.change
        with copied([file for file in (change.cover, change.picture) if file is not None]) as files:
            copies = iter(files)
            cover = None if change.cover is None else next(copies)
            picture = None if change.picture is None else next(copies)
            self.network.change_page(replace(change, cover=cover, picture=picture))
        return {}


class ChangeCourier:
    """Carries changes: kind "page_change"."""

    def pack(self, desk: Desk, delivery: Delivery) -> ChangeParcel | None:
        """The change as it was agreed to; None where that is not what waits any more. Raises Held."""
        found = profile(desk, delivery.subject)
        if found.state != ProfileState.CHANGING or found.digest != delivery.payload["digest"]:
            return None
        account = desk.setup.account(found.account)
        if delivery.state == DeliveryState.SENDING:
            _expect_agreed(desk, found)
            access.expect(desk, account.name)
            if stop_of(desk.session, account.name):
                raise Held(STOPPED)
        platform = account.platform
        assert isinstance(platform, PageSettings), "its `can` said so"
        return ChangeParcel(platform, _change(desk, found.change))  # as it was hashed a moment ago

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterator[Effect]:
        """The card and its thread say what became of it."""
        found = profile(desk, delivery.subject)
        if found.state != ProfileState.CHANGING or found.digest != delivery.payload["digest"]:
            return  # it was given up while it was held
        t, name = desk.room_t, title_of(desk, found.account)
        reason = (delivery.reason or delivery.error).rstrip(". ")
        match delivery.state:
            case DeliveryState.DONE:
                before = {part: found.info.get(part) for part in found.change}
                desk.audit("page changed", found.code, before, {"account": found.account, **found.change})
                found.done()
                look(desk, found)
                yield Tell(subject=found.code, card=sentence(t("The page of {account} is changed.", account=name)))
            case DeliveryState.FAILED:
                desk.audit("page change failed", found.code, after={"account": found.account, "reason": reason})
                found.fail(reason)
                look(desk, found)  # its picture is changed last
                told = t(
                    "The page of {account} was not changed ({reason}). Change it otherwise, or press Retry.",
                    account=name,
                    reason=reason,
                )
                yield Tell(subject=found.code, card=sentence(told))
            case DeliveryState.HELD if delivery.error in {CHANGED, UNAPPROVED}:
                delivery.cancel(desk.now)
                yield from _asked_again(desk, found, delivery)
            case DeliveryState.HELD:
                found.waits()
                told = t(
                    "The page of {account} is not changed yet: access to it is lost. It is done when that works again.",
                    account=name,
                )
                if delivery.error == STOPPED:
                    told = t(
                        "The page of {account} is not changed yet: {account} is stopped. It is done when somebody "
                        "resumes it.",
                        account=name,
                    )
                yield Tell(subject=found.code, card=sentence(told, _leave(desk, found)))
        yield Redraw(subject=found.code)


registry.courier("page_change", ChangeCourier())


def _expect_agreed(desk: Desk, found: Profile) -> None:
    """Raise Held where it is not what was agreed to, or who agreed may not any more."""
    if not found.is_intact:
        raise Held(CHANGED)
    agreed = desk.session.get_one(Member, found.agreed_by) if found.agreed_by else None
    if agreed is not None and not any(agreed.has(role) for role in AGREE):
        raise Held(UNAPPROVED)


def _asked_again(desk: Desk, found: Profile, delivery: Delivery) -> Iterator[Effect]:
    """Another member must agree to what would be changed by now; the card shows that."""
    told_to, file = (found.member_id, found.agreed_by), delivery.reason
    given = {"account": title_of(desk, found.account), "member": desk.name_of(found.agreed_by)}
    found.open_round()
    after = {"account": found.account, "error": delivery.error, "reason": file, "digest": found.digest}
    desk.audit("page change reopened", found.code, after=after)

    def told(to: Desk) -> Card:
        t = to.room_t
        if delivery.error == UNAPPROVED:
            why = t("{member}, who agreed, may not agree any more.", **given)
        else:
            why = in_words(t, file) or t("Somebody changed it in the database.")
        words = t("The page of {account} was not changed: it is not what was agreed to any more.", **given)
        how = t("Look at the card: another approver or admin agrees to what it shows now, or somebody drops it.")
        more = {"subject": found.code, "revision": found.revision}
        drop = Button(verb="page_drop", label=t("Do not change it"), **more)
        look = Button(verb="page_show", label=t("Show the change"), tone=Tone.PRIMARY, subject=found.code)
        return sentence(f"{words} {why} {how}", look, drop)

    yield from tell(desk, found.code, told, *told_to)


# -- what members do --------------------------------------------------------------------------------------------------


@registry.button(VERB, "Proposes a change of a page", role=Role.ADMIN)
def ask(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Open the form with what stands there; in a chat without forms, first ask for the part."""
    assert desk.origin
    found = profile(desk, pressed.subject)
    if found.state == ProfileState.CHANGING:
        raise WrongMoment("It is being changed this moment. Wait until that is over.")
    if pressed.value or desk.origin.chat in desk.setup.modal_chats:
        yield Ask(form=form(desk, found, only=pressed.value))
        return
    buttons = (
        Button(verb=VERB, label=desk.t(label), subject=found.code, revision=found.revision, value=name)
        for name, label in {**TEXTS, **PICTURES}.items()
    )
    yield Whisper(card=sentence(desk.t("What of the page do you want to change?"), *buttons))


@registry.form(VERB, role=Role.ADMIN)
def propose(desk: Desk, filled: Filled) -> Iterator[Effect]:
    """What is to be otherwise waits for a second member."""
    found = profile(desk, filled.subject)
    found.expect(filled.revision)
    change = read(filled, found)
    if not change:
        raise Unfit("Nothing would be different. Change something, or close the form.")
    before = {part: found.info.get(part) for part in change}
    found.propose(change, desk.member.number)
    desk.audit("page change proposed", found.code, before, {"account": found.account, **change})
    yield Redraw(subject=found.code)


@registry.button("page_show", "Shows a page and what is to become of it here")
def show(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Its card, as it stands now."""
    yield shown(desk, profile(desk, pressed.subject).code)


@registry.button("page_accept", "Agrees to a change of a page")
def accept(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """A second member wants it too: it goes out as it is shown."""
    found = profile(desk, pressed.subject)
    found.expect(pressed.revision)
    need_any(desk, *AGREE)
    if desk.member.number == found.member_id:
        raise NotAllowed("You proposed this yourself, so another approver or admin must agree.")
    look = unseen(desk, pressed, [desk.setup.account(found.account).policy])
    if look.instead:
        yield from look.instead
        return
    found.accept(desk.member.number)
    agreed = {"account": found.account, "digest": found.digest, **look.logged}
    desk.audit("page change approved", found.code, after=agreed)
    _send(desk, found)
    yield Redraw(subject=found.code)


@registry.button("page_drop", "Gives a change of a page up")
def drop(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """It stays as it is."""
    found = profile(desk, pressed.subject)
    expect_newest(found.revision, pressed, found.code)
    if desk.member.number != found.member_id:
        need_any(desk, Role.APPROVER, Role.ADMIN)
    found.drop()
    desk.audit("page change dropped", found.code, after={"account": found.account})
    yield Redraw(subject=found.code)


@registry.button("page_retry", "Tries a failed change of a page again", role=Role.ADMIN)
def retry(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Once more."""
    found = profile(desk, pressed.subject)
    expect_newest(found.revision, pressed, found.code)
    found.retry()
    desk.audit("retried", found.code, after={"account": found.account})
    _send(desk, found)
    yield Redraw(subject=found.code)


@registry.button("page_leave", "Gives a held change of a page up", role=Role.ADMIN)
def leave(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """It is not done when access comes back."""
    found = profile(desk, pressed.subject)
    expect_newest(found.revision, pressed, found.code, _leaves(desk, found))
    found.fail(desk.room_t("given up by {member}", member=desk.member.name))
    found.drop()
    desk.audit("page change dropped", found.code, after={"account": found.account})
    yield Redraw(subject=found.code)


def _leaves(desk: Desk, found: Profile) -> Iterator[Button]:
    if found.state == ProfileState.CHANGING:
        yield _leave(desk, found)


def _leave(desk: Desk, found: Profile) -> Button:
    label = desk.room_t("Do not change it")
    return Button(verb="page_leave", label=label, subject=found.code, revision=found.revision)


def _send(desk: Desk, found: Profile) -> None:
    desk.add(
        Delivery(
            kind="page_change",
            lane=desk.setup.account(found.account).lane,
            subject=found.code,
            payload={"digest": found.digest},
            due_at=desk.now,
            created_at=desk.now,
            member_id=desk.member.id,
        )
    )


def _change(desk: Desk, change: Mapping[str, Any]) -> PageChange:
    parts: dict[str, Any] = {name: change[name] for name in TEXTS if name in change}
    parts |= {name: file_of(desk, MediaUse(**change[name])) for name in PICTURES if name in change}
    return PageChange(**parts)
