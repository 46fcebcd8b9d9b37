"""A page's row, its parts by name, and what its card shows; shared by looking at it and changing it."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import select

from handlers.cards import Button, Card, Fact, Paragraph, Picture, Tone, number_of, paragraph
from handlers.desk import Desk
from handlers.posts.content import moving, title_of
from handlers.registry import registry
from handlers.setup import OurAccount
from handlers.suspicion import suspicions
from handlers.times.when import describe
from handlers.words import N_, Translator
from models.errors import NotFound, WrongMoment
from models.post import MediaUse
from models.profile import Profile, ProfileState

#: What of a page is words, in the order people read it -> how that is called.
TEXTS = {
    "about": N_("About"),
    "description": N_("Description"),
    "website": N_("Website"),
    "phone": N_("Phone"),
    "hours": N_("Opening hours"),
}
#: What of it is a picture.
PICTURES = {"cover": N_("Cover"), "picture": N_("Profile picture")}
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def profile_of(desk: Desk, account: OurAccount) -> Profile:
    """The account's row, made at the first look. Raises WrongMoment where it has no page to speak of."""
    if not account.platform.can.page_settings:
        raise WrongMoment(
            "{account} has no page that could be changed from here: the network or its token does not allow it.",
            account=account.title,
        )
    found = desk.session.exec(select(Profile).where(Profile.account == account.name).with_for_update()).first()
    return found or desk.add(Profile(account=account.name))


def profile(desk: Desk, subject: str) -> Profile:
    """The page of a code like G2, locked for this transaction. Raises NotFound."""
    found = desk.session.get(Profile, number_of(subject, "G"), with_for_update=True)
    if found is None:
        raise NotFound("There is no {subject} here.", subject=subject.upper())
    return found


def hours_in_words(hours: dict[str, str]) -> str:
    """A line for each day that has hours; what `hours` reads again."""
    return "\n".join(f"{day} {hours[day]}" for day in DAYS if hours.get(day))


@registry.card("G")
def card(desk: Desk, subject: str) -> Card:
    """How the page stands, and what is to become of it."""
    found = profile(desk, subject)
    t, info = desk.room_t, found.info
    facts = [Fact(label=t("Page"), value=info["name"], url=info["url"])] if info else []
    facts += [Fact(label=t(label), value=_shown(info, name) or "–") for name, label in TEXTS.items() if info]
    if info and info["followers"] is not None:
        facts.append(Fact(label=t("Followers"), value=str(info["followers"])))
    read = describe(found.read_at, desk.setup.zone, t.lang) if found.read_at else ""
    return Card(
        title=t("The page of {account}", account=title_of(desk, found.account)),
        body=tuple(_body(desk, found)),
        facts=tuple(facts),
        pictures=tuple(Picture(media_id=found.change[n]["media_id"]) for n in PICTURES if n in found.change),
        buttons=tuple(_buttons(t, found)),
        footer=t("As it was on {time}", time=read) if read else t("It is being looked at."),
    )


def difference(t: Translator, found: Profile) -> Iterator[str]:
    """Each part that is to change, in a line."""
    for name, label in TEXTS.items():
        if name in found.change:
            before, after = _shown(found.info, name), _shown(found.change, name)
            yield t("{what}: {before} → {after}", what=t(label), before=before or "–", after=after or "–")
    for name, label in PICTURES.items():
        if name in found.change:
            yield t("{what}: the file below", what=t(label))


def _shown(parts: dict[str, object], name: str) -> str:
    value = parts.get(name)
    return hours_in_words(value) if isinstance(value, dict) else str(value or "")


def _body(desk: Desk, found: Profile) -> Iterator[Paragraph]:
    t, name = desk.room_t, desk.name_of(found.member_id)
    match found.state:
        case ProfileState.PROPOSED:
            yield paragraph(t("{member} wants to change it. Another approver or admin must agree.", member=name))
        case ProfileState.CHANGING:
            yield paragraph(t("It is being changed."))
        case ProfileState.FAILED:
            reason = found.error.rstrip(". ")
            yield paragraph("⛔ " + t("The network did not take the change ({reason}).", reason=reason))
    for line in difference(t, found):
        yield paragraph(line, quote=True)
    texts = [(t(label), _shown(found.change, name)) for name, label in TEXTS.items() if name in found.change]
    yield from suspicions(desk, t, texts)
    pictures = [found.change[name] for name in PICTURES if name in found.change]
    yield from moving(desk, t, [MediaUse(**picture) for picture in pictures])


def _buttons(t: Translator, found: Profile) -> Iterator[Button]:
    given: dict[str, Any] = {"subject": found.code, "revision": found.revision}
    match found.state:
        case ProfileState.PROPOSED:
            yield Button(verb="page_accept", label=t("Agree"), tone=Tone.PRIMARY, whole=True, **given)
            yield Button(verb="page_drop", label=t("Do not change it"), **given)
        case ProfileState.FAILED:
            yield Button(verb="page_retry", label=t("Retry"), tone=Tone.PRIMARY, **given)
            yield Button(verb="page_drop", label=t("Do not change it"), **given)
    if found.state != ProfileState.CHANGING and found.info:
        yield Button(verb="page_change", label=t("Change"), **given)
    yield Button(verb="page_look", label=t("Look again"), subject=found.code)
