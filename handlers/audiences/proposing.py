"""Asking for an audience: the command, the form, and a second member's word."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import col, select

from handlers.audiences.audiencecard import KINDS, audience, plan_in_words, refuse_unable, size_in_words
from handlers.audiences.making import AGREE, make, purse_of
from handlers.cards import Button, Card, Row, Style, is_number, sentence, text
from handlers.delivery.pressing import expect_newest
from handlers.desk import Desk
from handlers.effects import Ask, Effect, Redraw, Show, Whisper
from handlers.forms import Field, FieldRefused, Form, Kind, Option, choice_of
from handlers.intents import Command, Filled, Pressed
from handlers.posts.quorum import need_any
from handlers.registry import registry
from handlers.seen import unseen
from handlers.setup import OurAccount
from handlers.showing import copied
from handlers.spelling import typed_here
from handlers.words import N_
from models.audience import AudienceRow, AudienceState
from models.errors import NotAllowed, NotFound, Unfit
from models.member import Role
from platforms.contract import AudienceKind

VERB = "audience"
#: Days for which the networks keep people: engagement two years, visitors half a year (Marketing API, "Engagement
#: custom audiences", "Website custom audiences").
MOST_DAYS = {AudienceKind.PAGE: 730, AudienceKind.PROFILE: 730, AudienceKind.WEBSITE: 180}
#: Audiences listed at once, and characters of a name.
LISTED, LONGEST = 20, 60
#: In which audiences a boost, or another audience, can be looked for.
USABLE = (AudienceState.FILLING, AudienceState.READY)


@registry.command("audiences", N_("List audiences, and ask for a new one"), usage=N_("[ACCOUNT]"))
def audiences(desk: Desk, command: Command) -> Iterator[Effect]:
    """Those that are wanted or there, the newest first, and a button for one more."""
    account = _account(desk, command.text.strip())
    t = desk.t
    query = (
        select(AudienceRow)
        .where(AudienceRow.account == account.name, AudienceRow.state != AudienceState.DROPPED)
        .order_by(col(AudienceRow.id).desc())
        .limit(LISTED)
    )
    rows = tuple(
        Row(
            spans=(
                text(f"{found.code} {found.name}", Style.BOLD),
                text(f" · {plan_in_words(t, found.plan)} · {size_in_words(t, found)}"),
            ),
            buttons=(Button(verb="audience_show", label=t("Open"), subject=found.code),),
        )
        for found in desk.session.exec(query).all()
    )
    new = Button(verb=VERB, label=t("New audience"), value=account.name)
    title = t("Audiences of {account}", account=account.title)
    yield Whisper(card=Card(title=title, rows=rows, buttons=(new,)))


@registry.button("audience_show", "Shows an audience here")
def show(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Its card, as it stands now."""
    code = audience(desk, pressed.subject).code
    yield copied(desk, code)


@registry.button(VERB, "Asks for a new audience", role=Role.BUYER)
def ask(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """What kind comes first: each wants to know something else."""
    account = _account(desk, pressed.value.partition("/")[0])
    kind = pressed.value.partition("/")[2]
    if kind in set(AudienceKind):
        yield Ask(form=_form(desk, account, AudienceKind(kind)))
        return
    buttons = (
        Button(verb=VERB, label=desk.t(label), value=f"{account.name}/{kind.value}") for kind, label in KINDS.items()
    )
    yield Whisper(card=sentence(desk.t("Who shall be in the new audience?"), *buttons))


def read(desk: Desk, filled: Filled) -> tuple[OurAccount, dict[str, Any]]:
    """Whose audience, and what is to be made. Raises FieldRefused at the first answer that cannot be used."""
    name, _, kind = filled.value.partition("/")
    account = _account(desk, name)
    return account, _plan(desk, account, choice_of("name", kind, AudienceKind), filled)


@registry.form(VERB, role=Role.BUYER, check=read)
def propose(desk: Desk, filled: Filled) -> Iterator[Effect]:
    """It waits for a second member, where it was asked for."""
    assert desk.origin
    account, plan = read(desk, filled)
    title = filled.line("name")
    plan |= purse_of(account)
    found = desk.add(AudienceRow.asked(account.name, title, plan, desk.member.number, desk.now))
    desk.audit("audience proposed", found.code, after={"account": account.name, "name": title, **plan})
    yield Show(subject=found.code, place=desk.origin.place)


@registry.button("audience_accept", "Agrees to an audience")
def accept(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """A second member wants it too."""
    found = audience(desk, pressed.subject)
    found.expect(pressed.revision)
    need_any(desk, *AGREE)
    if desk.member.number == found.member_id:
        raise NotAllowed("You asked for this yourself, so another buyer or admin must agree.")
    if instead := unseen(desk, pressed).instead:
        yield from instead
        return
    found.accept(desk.member.number)
    desk.audit("audience approved", found.code, after={"digest": found.digest})
    make(desk, found)
    yield Redraw(subject=found.code)


@registry.button("audience_drop", "Drops an audience that was not made")
def drop(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Nobody wants it any more."""
    found = audience(desk, pressed.subject)
    expect_newest(found.revision, pressed, found.code)
    if desk.member.number != found.member_id:
        need_any(desk, Role.BUYER, Role.ADMIN)
    found.drop()
    desk.audit("audience dropped", found.code)
    yield Redraw(subject=found.code)


@registry.button("audience_retry", "Tries to make an audience again", role=Role.BUYER)
def retry(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """Once more, as it was agreed to."""
    found = audience(desk, pressed.subject)
    expect_newest(found.revision, pressed, found.code)
    found.retry()
    desk.audit("retried", found.code)
    make(desk, found)
    yield Redraw(subject=found.code)


def _account(desk: Desk, name: str) -> OurAccount:
    """The account meant; without a name the only one that can. Raises Unfit, NotFound, WrongMoment."""
    able = [account for account in desk.setup.accounts.values() if account.platform.can.audiences]
    if not name and not able:
        raise Unfit("No account of ours can have audiences: no ad account belongs to any.")
    if not name and len(able) > 1:
        names = ", ".join(account.name for account in able)
        typed = typed_here(desk, "audiences")
        raise Unfit("Of which account? Type “{command}” and one of: {names}.", command=typed, names=names)
    account = desk.setup.account(name) if name else able[0]
    refuse_unable(account)
    return account


# -- the form ---------------------------------------------------------------------------------------------------------


def _form(desk: Desk, account: OurAccount, kind: AudienceKind) -> Form:
    t = desk.t
    fields = [Field(name="name", kind=Kind.LINE, label=t("Name"), required=True, longest=LONGEST)]
    if kind == AudienceKind.LOOKALIKE:
        options = tuple(Option(value=found.code, label=found.name) for found in _seeds(desk, account))
        if not options:
            raise Unfit("There is no audience yet that others could resemble. Make one of another kind first.")
        fields += [
            Field(name="seed", kind=Kind.CHOICE, label=t("Like which audience?"), options=options, required=True),
            Field(name="country", kind=Kind.LINE, label=t("Country"), hint=t("Its code, like IT."), required=True),
            Field(name="percent", kind=Kind.LINE, label=t("Per cent of its people"), value="1", required=True),
        ]
    else:
        days = Field(name="days", kind=Kind.LINE, label=t("Within how many days?"), value="90", required=True)
        fields.append(days)
    if kind == AudienceKind.WEBSITE:
        hint = t("The pixel's number, from the network's events manager.")
        fields += [
            Field(name="pixel", kind=Kind.LINE, label=t("Pixel"), hint=hint, required=True),
            Field(name="url_contains", kind=Kind.LINE, label=t("Only addresses with"), hint=t("For example /shop.")),
        ]
    return Form(
        verb=VERB,
        title=t("New audience"),
        submit=t("Propose"),
        value=f"{account.name}/{kind.value}",
        intro=t(KINDS[kind]),
        fields=tuple(fields),
    )


def _plan(desk: Desk, account: OurAccount, kind: AudienceKind, filled: Filled) -> dict[str, Any]:
    if not filled.line("name") or len(filled.line("name")) > LONGEST:
        raise FieldRefused("name", Unfit("Give it a name of at most {most} characters.", most=LONGEST))
    if kind == AudienceKind.LOOKALIKE:
        country = filled.line("country").upper()
        if len(country) != 2 or not country.isascii() or not country.isalpha():
            raise FieldRefused("country", Unfit("Write the country's two letters, like IT."))
        seed = _seed(desk, account, filled.line("seed"))
        percent = _number(filled, "percent", 1, 20)
        named = {"seed": seed.remote_id, "seed_name": seed.name}
        return {"kind": kind.value, **named, "country": country, "percent": percent}
    plan: dict[str, Any] = {"kind": kind.value, "days": _number(filled, "days", 1, MOST_DAYS[kind])}
    if kind == AudienceKind.WEBSITE:
        pixel = filled.line("pixel")
        if not pixel.isascii() or not pixel.isdigit():
            raise FieldRefused("pixel", Unfit("A pixel is a number; the network's events manager shows it."))
        plan |= {"pixel": pixel, "url_contains": filled.line("url_contains")}
    return plan


def _number(filled: Filled, name: str, least: int, most: int) -> int:
    typed = filled.line(name)
    if not is_number(typed) or not least <= int(typed) <= most:
        raise FieldRefused(name, Unfit("Write a number from {least} to {most}.", least=least, most=most))
    return int(typed)


def _seeds(desk: Desk, account: OurAccount) -> list[AudienceRow]:
    query = select(AudienceRow).where(AudienceRow.account == account.name, col(AudienceRow.state).in_(USABLE))
    return list(desk.session.exec(query.order_by(col(AudienceRow.id).desc()).limit(LISTED)).all())


def _seed(desk: Desk, account: OurAccount, code: str) -> AudienceRow:
    found = next((seed for seed in _seeds(desk, account) if seed.code == code), None)
    if found is None:
        raise FieldRefused("seed", NotFound("There is no {subject} here.", subject=code[:20]))
    return found
