"""An audience's card, and what its files share."""

from collections.abc import Iterator
from typing import Any

from babel.numbers import format_decimal

from handlers.cards import Button, Card, Fact, Paragraph, Tone, number_of, paragraph
from handlers.desk import Desk
from handlers.posts.content import title_of
from handlers.registry import registry
from handlers.setup import OurAccount
from handlers.words import N_, Translator
from models.audience import AudienceRow, AudienceState
from models.errors import NotFound, WrongMoment
from platforms.contract import AudienceKind

KINDS = {
    AudienceKind.PAGE: N_("people who engaged with the Page"),
    AudienceKind.PROFILE: N_("people who engaged with the Instagram account"),
    AudienceKind.WEBSITE: N_("visitors of the website"),
    AudienceKind.LOOKALIKE: N_("people like those of another audience"),
}
STATES = {
    AudienceState.PROPOSED: N_("proposed"),
    AudienceState.MAKING: N_("being made"),
    AudienceState.FILLING: N_("being filled by the network"),
    AudienceState.READY: N_("ready"),
    AudienceState.FAILED: N_("failed"),
    AudienceState.DROPPED: N_("gone"),
}


def refuse_unable(account: OurAccount) -> None:
    """Raise WrongMoment unless the account can have audiences."""
    if not account.platform.can.audiences:
        raise WrongMoment(
            "{account} cannot have audiences: no ad account belongs to it. Whoever runs me sets its option ad_account.",
            account=account.title,
        )


def audience(desk: Desk, subject: str) -> AudienceRow:
    """The audience of a code like T4, locked for this transaction. Raises NotFound."""
    found = desk.session.get(AudienceRow, number_of(subject, "T"), with_for_update=True)
    if found is None:
        raise NotFound("There is no {subject} here.", subject=subject.upper())
    return found


def plan_in_words(t: Translator, plan: dict[str, Any]) -> str:
    """Who is in it."""
    kind = AudienceKind(plan["kind"])
    if kind == AudienceKind.LOOKALIKE:
        return t(
            "{percent} % of {country} who resemble {audience}",
            percent=plan["percent"],
            country=plan["country"],
            audience=plan["seed_name"],
        )
    words = t("{who}, within {days} days", who=t(KINDS[kind]), days=plan["days"])
    return f"{words} ({plan['url_contains']})" if plan.get("url_contains") else words


def size_in_words(t: Translator, found: AudienceRow) -> str:
    """How many people are in it, as far as the network tells."""
    if found.people_from is None or found.people_to is None:
        return t("not told yet")
    low, high = (format_decimal(count, locale=t.lang) for count in (found.people_from, found.people_to))
    return t("{from} to {to} people", **{"from": low, "to": high})


@registry.card("T")
def card(desk: Desk, subject: str) -> Card:
    """How it stands."""
    found, t = audience(desk, subject), desk.room_t
    return Card(
        title=t("Audience {name} ({code})", name=found.name, code=found.code),
        body=tuple(_body(desk, found)),
        facts=(
            Fact(label=t("Account"), value=title_of(desk, found.account)),
            Fact(label=t("Who"), value=plan_in_words(t, found.plan)),
            Fact(label=t("State"), value=t(STATES[AudienceState(found.state)])),
            Fact(label=t("Size"), value=size_in_words(t, found)),
        ),
        buttons=tuple(_buttons(t, found)),
    )


def _body(desk: Desk, found: AudienceRow) -> Iterator[Paragraph]:
    t = desk.room_t
    match found.state:
        case AudienceState.PROPOSED:
            member = desk.name_of(found.member_id)
            yield paragraph(t("{member} asks for it. Another buyer or admin must agree.", member=member))
        case AudienceState.FAILED:
            yield paragraph("⛔ " + t("The network did not make it ({reason}).", reason=found.reason.rstrip(". ")))
        case AudienceState.FILLING if found.reason:
            yield paragraph(t("The network says: {reason}", reason=found.reason))


def _buttons(t: Translator, found: AudienceRow) -> Iterator[Button]:
    given: dict[str, Any] = {"subject": found.code, "revision": found.revision}
    if found.state == AudienceState.PROPOSED:
        yield Button(verb="audience_accept", label=t("Agree"), tone=Tone.PRIMARY, whole=True, **given)
    if found.state == AudienceState.FAILED:
        yield Button(verb="audience_retry", label=t("Retry"), tone=Tone.PRIMARY, **given)
    if found.state in {AudienceState.PROPOSED, AudienceState.FAILED}:
        yield Button(verb="audience_drop", label=t("Drop it"), **given)
    if found.state in {AudienceState.FILLING, AudienceState.READY}:
        yield Button(verb="audience_look", label=t("Look again"), **given)
