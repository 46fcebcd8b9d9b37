"""Changing what a page says of itself: an admin proposes, another member agrees, the network is told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import regex

from handlers.cards import Button, sentence
from handlers.couriers import Repeatable
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Tell, Whisper
from handlers.forms import Field, FieldRefused, Form, Kind, web_address
from handlers.intents import Filled, Pressed
from handlers.page.looking import look
from handlers.page.profiles import DAYS, PICTURES, TEXTS, hours_in_words, profile
from handlers.posts.content import file_of, title_of
from handlers.posts.quorum import need_any
from handlers.registry import registry
from handlers.seen import unseen
from models.delivery import Delivery, DeliveryState
from models.errors import NotAllowed, Unfit, WrongMoment
from models.member import Role
from models.post import MediaUse
from models.profile import Profile, ProfileState
from platforms.contract import PageChange, PageSettings, Progress

VERB = "page_change"
#: Characters that a network takes of each part (Facebook's help pages; it refuses what is too long in any case).
LONGEST = {"about": 255, "description": 3000, "website": 500, "phone": 64, "hours": 700}
#: A span of the day: "09:00-13:00".
_SPAN = regex.compile(r"([01]\d|2[0-4]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d")


@dataclass(frozen=True)
class ChangeParcel(Repeatable):
    """A change ready to leave; making a page what it is already is no change, so that it may be repeated."""

    network: PageSettings
    change: PageChange

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Make it so."""
        self.network.change_page(self.change)
        return {}


class ChangeCourier:
    """Carries changes: kind "page_change"."""

    def pack(self, desk: Desk, delivery: Delivery) -> ChangeParcel | None:
        """The change as it was agreed to; None where that is not what waits any more."""
        found = profile(desk, delivery.subject)
        if found.state != ProfileState.CHANGING or found.digest != delivery.payload["digest"]:
            return None
        account = desk.setup.account(found.account)
        if delivery.state == DeliveryState.SENDING:
            access.expect(desk, account.name)
        platform = account.platform
        assert isinstance(platform, PageSettings), "its `can` said so"
        return ChangeParcel(platform, _change(desk, found.change))

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
            case DeliveryState.HELD:
                told = t(
                    "The page of {account} is not changed yet: access to it is lost. It is done when that works again.",
                    account=name,
                )
                yield Tell(subject=found.code, card=sentence(told, _leave(desk, found)))
        yield Redraw(subject=found.code)


registry.courier("page_change", ChangeCourier())


# -- what members do --------------------------------------------------------------------------------------------------


@registry.button(VERB, "Proposes a change of a page", role=Role.ADMIN)
def ask(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Open the form with what stands there; in a chat without forms, first ask for the part."""
    assert desk.origin
    found = profile(desk, pressed.subject)
    if found.state == ProfileState.CHANGING:
        raise WrongMoment("It is being changed this moment. Wait until that is over.")
    if pressed.value or desk.origin.chat in desk.setup.modal_chats:
        yield Ask(form=_form(desk, found, only=pressed.value))
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
    change = _read(filled, found)
    if not change:
        raise Unfit("Nothing would be different. Change something, or close the form.")
    before = {part: found.info.get(part) for part in change}
    found.propose(change, desk.member.number)
    desk.audit("page change proposed", found.code, before, {"account": found.account, **change})
    yield Redraw(subject=found.code)


@registry.button("page_accept", "Agrees to a change of a page")
def accept(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """A second member wants it too: it goes out as it is shown."""
    found = profile(desk, pressed.subject)
    found.expect(pressed.revision)
    need_any(desk, Role.APPROVER, Role.ADMIN)
    if desk.member.number == found.member_id:
        raise NotAllowed("You proposed this yourself, so another approver or admin must agree.")
    look = unseen(desk, pressed, [desk.setup.account(found.account).policy])
    if look.instead:
        yield from look.instead
        return
    found.accept()
    agreed = {"account": found.account, "digest": found.digest, **look.logged}
    desk.audit("page change approved", found.code, after=agreed)
    _send(desk, found)
    yield Redraw(subject=found.code)


@registry.button("page_drop", "Gives a change of a page up")
def drop(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """It stays as it is."""
    found = profile(desk, pressed.subject)
    found.expect(pressed.revision)
    if desk.member.number != found.member_id:
        need_any(desk, Role.APPROVER, Role.ADMIN)
    found.drop()
    desk.audit("page change dropped", found.code, after={"account": found.account})
    yield Redraw(subject=found.code)


@registry.button("page_retry", "Tries a failed change of a page again", role=Role.ADMIN)
def retry(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Once more."""
    found = profile(desk, pressed.subject)
    found.expect(pressed.revision)
    found.retry()
    desk.audit("retried", found.code, after={"account": found.account})
    _send(desk, found)
    yield Redraw(subject=found.code)


@registry.button("page_leave", "Gives a held change of a page up", role=Role.ADMIN)
def leave(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """It is not done when access comes back."""
    found = profile(desk, pressed.subject)
    found.expect(pressed.revision)
    found.fail(desk.room_t("given up by {member}", member=desk.member.name))
    found.drop()
    desk.audit("page change dropped", found.code, after={"account": found.account})
    yield Redraw(subject=found.code)


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


# -- the form ---------------------------------------------------------------------------------------------------------


def _form(desk: Desk, found: Profile, only: str) -> Form:
    t, stands = desk.t, {**found.info, **found.change}
    fields = []
    for name, label in TEXTS.items():
        value = hours_in_words(stands.get(name) or {}) if name == "hours" else str(stands.get(name) or "")
        kind = Kind.LINE if name in {"website", "phone"} else Kind.TEXT
        hint = t("A line for each day, like “mon 09:00-13:00, 15:00-19:00”.") if name == "hours" else ""
        fields.append(Field(name=name, kind=kind, label=t(label), value=value, hint=hint, longest=LONGEST[name]))
    fields += [Field(name=name, kind=Kind.FILES, label=t(label)) for name, label in PICTURES.items()]
    return Form(
        verb=VERB,
        title=t("Change the page"),
        submit=t("Propose"),
        subject=found.code,
        revision=found.revision,
        fields=tuple(field for field in fields if not only or field.name == only),
    )


def _read(filled: Filled, found: Profile) -> dict[str, Any]:
    """What is to be otherwise than it stands. Raises FieldRefused at the first answer that cannot be used."""
    change: dict[str, Any] = {}
    for name in TEXTS:
        if name in filled.values:
            typed = str(filled.values[name] or "").replace("\r\n", "\n").strip()
            value = _hours(typed) if name == "hours" else typed
            if len(typed) > LONGEST[name]:
                raise FieldRefused(name, Unfit("At most {most} characters fit here.", most=LONGEST[name]))
            if value != (found.info.get(name) or ({} if name == "hours" else "")):
                change[name] = value
    web_address("website", change.get("website", ""))
    if (phone := change.get("phone")) and not regex.fullmatch(r"[-+()/.\d\s]*\d[-+()/.\d\s]*", phone):
        raise FieldRefused("phone", Unfit("“{phone}” is not a phone number: digits, like +39 02 1234567.", phone=phone))
    for name in PICTURES:
        files = filled.files.get(name, ())
        if len(files) > 1:
            raise FieldRefused(name, Unfit("Only one picture fits here: take the others out."))
        for file in files:
            if file.problem:
                raise FieldRefused(name, Unfit(file.problem, **file.params))
            change[name] = {"media_id": file.media_id, "sha256": file.sha256}
    return change


def _hours(typed: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in typed.splitlines():
        day, _, spans = line.strip().partition(" ")
        wanted = [span.strip() for span in spans.split(",")]
        if day.lower() not in DAYS or not all(_SPAN.fullmatch(span) for span in wanted) or len(wanted) > 2:
            raise FieldRefused(
                "hours",
                Unfit("“{line}” cannot be read: write it like “mon 09:00-13:00, 15:00-19:00”.", line=line.strip()[:60]),
            )
        found[day.lower()] = ", ".join(wanted)
    return found


def _change(desk: Desk, change: Mapping[str, Any]) -> PageChange:
    parts: dict[str, Any] = {name: change[name] for name in TEXTS if name in change}
    parts |= {name: file_of(desk, MediaUse(**change[name])) for name in PICTURES if name in change}
    return PageChange(**parts)
