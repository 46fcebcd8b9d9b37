"""The form of a boost: what it asks for, and how the answers are read."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import regex
from babel import Locale
from sqlmodel import col, select

from handlers.boosts.boostcard import CATEGORIES, GOALS
from handlers.desk import Desk
from handlers.forms import Field, FieldRefused, Form, Kind, Option, choice_of, web_address
from handlers.intents import Filled
from handlers.setup import Preset
from handlers.times.when import parse
from models.audience import AudienceRow, AudienceState
from models.boost import Boost
from models.errors import Refused, Unfit
from platforms.contract import Goal

#: The most days that a boost runs.
MOST_DAYS = 90
#: Audiences offered, the newest first; a form has room for so many.
MOST_AUDIENCES = 20
#: An amount as people type it: “30”, “30.50”, “30,50”.
_AMOUNT = regex.compile(r"\d{1,10}(?:[.,]\d{1,2})?")
_OWN, _NONE, _TOTAL, _DAILY = "countries", "none", "total", "daily"


def form(desk: Desk, account: str, subject: str, title: str, link: str, old: Boost | None = None) -> Form:
    """What a boost of the account needs; for an old one what stands there already."""
    t, setup = desk.t, desk.setup.boosting
    kinds = (Option(value=_TOTAL, label=t("in all")), Option(value=_DAILY, label=t("a day")))
    goals = tuple(Option(value=goal.value, label=t(words)) for goal, words in GOALS.items())
    special = tuple(Option(value=value, label=t(words)) for value, words in CATEGORIES.items())
    presets = tuple(Option(value=f"={name}", label=name) for name in setup.presets)
    chosen = _preset_of(desk, old.targeting) if old else next((option.value for option in presets), _OWN)
    audience = Field(
        name="audience",
        kind=Kind.CHOICE,
        label=t("Audience"),
        value=chosen,
        options=(*presets, Option(value=_OWN, label=t("everybody in the countries below"))),
        required=True,
    )
    countries = ", ".join(old.targeting["countries"]) if old and chosen == _OWN else ""
    started = old.start_at.isoformat(timespec="minutes") if old and old.start_at else ""
    fields = (
        Field(name="amount", kind=Kind.LINE, label=t("Budget"), value=old.amount if old else "", required=True),
        Field(
            name="per",
            kind=Kind.CHOICE,
            label=t("That is"),
            value=_DAILY if old and old.is_daily else _TOTAL,
            options=kinds,
            required=True,
        ),
        Field(name="days", kind=Kind.LINE, label=t("Days"), value=str(old.days) if old else "7", required=True),
        Field(
            name="goal",
            kind=Kind.CHOICE,
            label=t("What for?"),
            value=old.goal if old else Goal.ENGAGEMENT.value,
            options=goals,
            required=True,
        ),
        *((audience,) if presets else ()),
        Field(
            name="countries",
            kind=Kind.LINE,
            label=t("Countries"),
            value=countries,
            hint=t("Their names or codes, like IT, CH. Not needed where an audience is chosen."),
            required=not presets,
        ),
        *_audiences(desk, account, old),
        Field(
            name="link",
            kind=Kind.LINE,
            label=t("Link"),
            value=old.link if old else link,
            hint=t("Where a visit leads; needed for visits alone."),
        ),
        Field(name="start", kind=Kind.WHEN, label=t("Start"), value=started, hint=t("Empty: once it is agreed to.")),
        Field(
            name="beneficiary",
            kind=Kind.LINE,
            label=t("Who benefits (EU)"),
            value=old.beneficiary if old else setup.beneficiary,
            longest=100,
        ),
        Field(
            name="payor",
            kind=Kind.LINE,
            label=t("Who pays (EU)"),
            value=old.payor if old else setup.payor,
            longest=100,
        ),
        Field(
            name="special",
            kind=Kind.CHOICE,
            label=t("Special category"),
            value=(old.special_category if old else "") or _NONE,
            options=(Option(value=_NONE, label=t("none")), *special),
            hint=t("The law wants such ads to be named."),
        ),
    )
    revision = old.revision if old else 0
    return Form(verb="boost", title=title, submit=t("Continue"), subject=subject, revision=revision, fields=fields)


def read(desk: Desk, filled: Filled) -> dict[str, Any]:
    """The answers as a boost keeps them. Raises FieldRefused at the first that cannot be used."""
    amount, is_daily = read_amount(filled.line("amount")), filled.line("per") == _DAILY
    days = read_days(filled.line("days"))
    if is_daily and days < 2:
        raise FieldRefused("days", Unfit("A daily budget runs for 2 days or more. For one day choose “in all”."))
    targeting = _targeting(desk, filled)  # in the form's order: where it is asked step by step, each is refused at once
    goal = choice_of("goal", filled.line("goal") or Goal.ENGAGEMENT, Goal)
    link = web_address("link", filled.line("link")) if goal == Goal.VISITS else ""
    if goal == Goal.VISITS and not link:
        raise FieldRefused("link", Unfit("Visits need a web address to lead to; it begins with https://."))
    special = filled.line("special")
    return {
        "amount": str(amount),
        "is_daily": is_daily,
        "days": days,
        "goal": goal.value,
        "targeting": targeting,
        "link": link,
        "start_at": _start(desk, filled.line("start")),
        "beneficiary": filled.line("beneficiary"),
        "payor": filled.line("payor"),
        "special_category": special if special in CATEGORIES else "",
    }


def read_amount(typed: str, field: str = "amount") -> Decimal:
    """An amount in whole units. Raises FieldRefused."""
    try:
        found = Decimal(typed.replace(",", ".")) if _AMOUNT.fullmatch(typed) else Decimal()
    except InvalidOperation:
        found = Decimal()
    if found <= 0:
        raise FieldRefused(field, Unfit("“{amount}” is no amount. Type it like 30 or 30.50.", amount=typed[:40]))
    return found


def read_days(typed: str, field: str = "days") -> int:
    """A number of days. Raises FieldRefused."""
    found = int(typed) if regex.fullmatch(r"\d{1,4}", typed) else 0
    if not 1 <= found <= MOST_DAYS:
        refusal = Unfit("“{days}” is no number of days from 1 to {most}.", days=typed[:40], most=MOST_DAYS)
        raise FieldRefused(field, refusal)
    return found


def _targeting(desk: Desk, filled: Filled) -> dict[str, Any]:
    wanted = _people(desk, filled)
    for name in ("include", "exclude"):
        if name in filled.values:
            wanted[name] = sorted({*wanted.get(name, ()), *filled.picks(name)})
    if set(wanted.get("include", ())) & set(wanted.get("exclude", ())):
        refusal = Unfit("An audience cannot be reached and left out: choose it only once.")
        raise FieldRefused("exclude", refusal)
    return {name: value for name, value in wanted.items() if value or name == "countries"}


def _people(desk: Desk, filled: Filled) -> dict[str, Any]:
    """The preset, or everybody in the countries."""
    chosen = filled.line("audience").removeprefix("=")
    if chosen in desk.setup.boosting.presets:
        if filled.line("countries"):
            raise FieldRefused(
                "countries", Unfit("“{audience}” says where already. Leave this empty.", audience=chosen)
            )
        return _kept(desk.setup.boosting.presets[chosen])
    codes = _codes(desk)
    typed = [word.strip() for word in regex.split(r"[,;\n]", filled.line("countries")) if word.strip()]
    countries = []
    for word in typed:
        code = codes.get(word.casefold())
        if code is None:
            raise FieldRefused("countries", Unfit("“{country}” is no country that I know.", country=word[:40]))
        countries.append(code)
    if not countries:
        raise FieldRefused("countries", Unfit("Name at least one country, like IT or Italy."))
    return {"countries": sorted(set(countries))}


def _audiences(desk: Desk, account: str, old: Boost | None) -> list[Field]:
    """Whom of the account's own audiences it reaches alone, or leaves out; nothing where there is none."""
    ready = (AudienceRow.account == account, AudienceRow.state == AudienceState.READY)
    query = select(AudienceRow).where(*ready).order_by(col(AudienceRow.id).desc()).limit(MOST_AUDIENCES)
    options = tuple(Option(value=found.remote_id, label=found.name) for found in desk.session.exec(query).all())
    if not options:
        return []
    labels = {"include": desk.t("Only people in"), "exclude": desk.t("Nobody in")}
    stands = old.targeting if old else {}
    return [
        Field(name=name, kind=Kind.CHOICES, label=label, value=tuple(stands.get(name, ())), options=options)
        for name, label in labels.items()
    ]


def _codes(desk: Desk) -> dict[str, str]:
    """Names and codes of countries, in small letters -> ISO 3166-1 alpha-2."""
    found: dict[str, str] = {}
    for language in dict.fromkeys(("en", "it", desk.language)):
        territories: Mapping[str, str] = Locale.parse(language).territories
        for code, name in territories.items():
            if regex.fullmatch(r"[A-Z]{2}", code) and code not in {"EU", "UN", "EZ", "ZZ", "XA", "XB", "QO"}:
                found |= {name.casefold(): code, code.casefold(): code}
    return found


def _start(desk: Desk, typed: str) -> datetime | None:
    if not typed:
        return None
    try:
        return parse(typed, desk.zone, desk.now, (desk.language, "en", "it")).utc
    except Refused as refused:
        raise FieldRefused("start", refused) from refused


def _preset_of(desk: Desk, targeting: Mapping[str, Any]) -> str:
    for name, preset in desk.setup.boosting.presets.items():
        if _without_audiences(_kept(preset)) == _without_audiences(targeting):
            return f"={name}"
    return _OWN


def _kept(preset: Preset) -> dict[str, Any]:
    """A preset as a boost keeps whom it reaches."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(preset).items() if value}


def _without_audiences(targeting: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in targeting.items() if name not in {"include", "exclude"}}
