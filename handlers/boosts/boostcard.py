"""Draws the card of a boost: what is wanted, what it costs and brings, who must agree, what can be done."""

from collections.abc import Iterator

from babel import Locale
from babel.numbers import format_decimal
from sqlmodel import col, select

from handlers.boosts.boosts import (
    boost,
    cap_of,
    left,
    money,
    month_in_words,
    problems,
    publication_of,
    shares,
    targeting_of,
)
from handlers.boosts.quorum import asked, standing
from handlers.cards import Button, Card, Fact, Paragraph, Tone, paragraph
from handlers.desk import Desk
from handlers.posts.content import title_of
from handlers.registry import registry
from handlers.suspicion import suspicions
from handlers.times.when import describe
from handlers.words import N_, Translator
from models.audience import AudienceRow
from models.boost import Boost
from models.boost_state import OVER, BoostState
from platforms.contract import BoostPhase, Goal

S = BoostState
TITLES = {
    S.REVIEW: N_("In review"),
    S.ORDERING: N_("Being ordered"),
    S.RUNNING: N_("Running"),
    S.PAUSED: N_("Paused"),
    S.STOPPING: N_("Being stopped"),
    S.ENDED: N_("Ended"),
    S.STOPPED: N_("Stopped"),
    S.REFUSED: N_("Refused by the network"),
    S.FAILED: N_("Not ordered"),
    S.WITHDRAWN: N_("Withdrawn"),
}
GOALS = {
    Goal.ENGAGEMENT: N_("that people react, comment and share"),
    Goal.REACH: N_("that many people see it"),
    Goal.VISITS: N_("that people open the link"),
    Goal.VIDEO_VIEWS: N_("that people watch the video"),
}
#: What a goal counts.
RESULTS = {
    Goal.ENGAGEMENT: N_("reactions, comments and shares"),
    Goal.REACH: N_("people"),
    Goal.VISITS: N_("visits"),
    Goal.VIDEO_VIEWS: N_("views"),
}
CATEGORIES = {
    "housing": N_("housing"),
    "employment": N_("employment"),
    "credit": N_("credit"),
    "politics": N_("politics"),
    "gambling": N_("gambling"),
}
GENDERS = {"male": N_("men"), "female": N_("women")}
#: How the network sees what runs, where that is not simply “it runs”.
PHASES = {
    BoostPhase.IN_REVIEW: N_("The network reviews the ad; it spends nothing before that is over."),
    BoostPhase.TROUBLE: N_("It does not run ({reason}). Mend that on the network."),
}


@registry.card("B")
def draw(desk: Desk, subject: str) -> Card:
    """The card of a boost as it stands now."""
    found = boost(desk, subject)
    t = desk.room_t
    return Card(
        title=f"{found.code} · {t(TITLES[S(found.state)])}",
        body=tuple(_body(desk, found)),
        facts=tuple(_facts(desk, found)),
        buttons=tuple(_buttons(desk, found)),
        footer=t("{boost} · revision {revision}", boost=found.code, revision=found.revision),
    )


# -- what is to be known ----------------------------------------------------------------------------------------------


def _body(desk: Desk, found: Boost) -> Iterator[Paragraph]:
    t = desk.room_t
    reason = found.reason.rstrip(". ")
    match BoostState(found.state):
        case S.REVIEW:
            for said in problems(desk, found):
                yield paragraph(f"⚠️ {said}")
        case S.ORDERING:
            yield paragraph(t("It is being ordered: {count} of 4 parts are made.", count=len(found.made)))
        case S.RUNNING | S.PAUSED if found.runs != (found.state == S.RUNNING):
            yield paragraph(t("It is being resumed.") if found.runs else t("It is being paused."))
        case S.RUNNING if found.phase in PHASES:
            yield paragraph("⚠️ " + t(PHASES[BoostPhase(found.phase)], reason=reason))
        case S.PAUSED if found.is_held:
            yield paragraph(t("It rests because {account} is stopped.", account=title_of(desk, found.account)))
        case S.STOPPING:
            yield paragraph("⚠️ " + t("It shall stop ({reason}); the network has not confirmed it yet.", reason=reason))
        case state if reason and state in OVER:
            yield paragraph(f"{reason[:1].upper()}{reason[1:]}.")
    if found.is_said:
        yield paragraph(
            "⚠️ "
            + t("The network has not told what it spent to its end. What was set aside for it stays so until then.")
        )
    if found.wish:
        yield paragraph(_wish(desk, found))
    payers = (found.beneficiary, found.payor)
    yield from suspicions(desk, t, [(t("Link"), found.link), *((t("In the EU"), name) for name in payers)])
    yield from _beyond(desk, found)


def _beyond(desk: Desk, found: Boost) -> Iterator[Paragraph]:
    """What the caps do not leave now; they may when the last member agrees, so it keeps nobody from agreeing."""
    t = desk.room_t
    for month, wanted in shares(desk, found).items() if asked(found) else ():
        if wanted > (free := left(desk, found, month)):
            given = {
                "month": month_in_words(t, month),
                "left": money(t, found, free),
                "wanted": money(t, found, wanted),
            }
            yield paragraph("⚠️ " + t("The cap of {month} leaves {left}, and it wants {wanted}.", **given))


def _wish(desk: Desk, found: Boost) -> str:
    t, name = desk.room_t, desk.name_of(int(found.wish["member"]))
    amount = amount_in_words(t, found, *found.extended())
    if found.is_extending:
        return t("It is being extended: {amount}.", amount=amount)
    return t("{member} wants to extend it: {amount}.", member=name, amount=amount)


def _facts(desk: Desk, found: Boost) -> Iterator[Fact]:
    t = desk.room_t
    publication = publication_of(desk, found)
    where = t("{post} on {account}", post=f"P{publication.post_id}", account=title_of(desk, found.account))
    yield Fact(label=t("Behind"), value=where, url=publication.url)
    yield Fact(label=t("Asked for by"), value=desk.name_of(found.member_id))
    yield Fact(label=t("Goal"), value=t(GOALS[Goal(found.goal)]))
    if found.digest:
        yield Fact(label=t("Budget"), value=amount_in_words(t, found, found.budget, found.days))
    else:
        yield Fact(label=t("Budget"), value=f"{found.amount} × {found.days}" if found.is_daily else found.amount)
    yield Fact(label=t("When"), value=_when(desk, found))
    yield Fact(label=t("Audience"), value=_audience(desk, found))
    if found.link:
        yield Fact(label=t("Link"), value=found.link, url=found.link)
    if found.beneficiary or found.payor:
        who = t("{beneficiary} benefits, {payor} pays", beneficiary=found.beneficiary or "–", payor=found.payor or "–")
        yield Fact(label=t("In the EU"), value=who)
    if found.special_category:
        yield Fact(label=t("Special category"), value=t(CATEGORIES[found.special_category]))
    if found.state == S.REVIEW and found.digest:
        yield from _price(desk, found)
    if (what := asked(found)) is not None:
        yield Fact(label=t("Agreed"), value=standing(desk, found, what))
    if found.made and found.state not in {S.REVIEW, S.WITHDRAWN}:
        yield from _numbers(desk, found)


def amount_in_words(t: Translator, found: Boost, budget: int, days: int) -> str:
    """An amount as it is agreed to: "€10.00 a day for 3 days, €30.00 in all"."""
    given = {"amount": money(t, found, budget)}
    if not found.is_daily:
        return t.n("{amount} in all, for {count} day", "{amount} in all, for {count} days", days, **given)
    given["total"] = money(t, found, budget * days)
    return t.n(
        "{amount} a day for {count} day, {total} in all",
        "{amount} a day for {count} days, {total} in all",
        days,
        **given,
    )


def _when(desk: Desk, found: Boost) -> str:
    t, zone = desk.room_t, desk.setup.zone
    if found.begins_at and found.ends_at:
        begins, ends = (describe(at, zone, t.lang) for at in (found.begins_at, found.ends_at))
        return t("{begins} to {ends}", begins=begins, ends=ends)
    if found.start_at:
        return t("from {begins}", begins=describe(found.start_at, zone, t.lang))
    return t("as soon as it is agreed to")


def _audience(desk: Desk, found: Boost) -> str:
    t = desk.room_t
    wanted = targeting_of(found)
    names = Locale.parse(t.lang).territories
    parts = [", ".join(names.get(code, code) for code in wanted.countries)]
    oldest = "65+" if wanted.age_max >= 65 else str(wanted.age_max)
    parts.append(t("{youngest} to {oldest} years", youngest=wanted.age_min, oldest=oldest))
    if wanted.genders:
        parts.append(", ".join(t(GENDERS[gender]) for gender in wanted.genders))
    if wanted.include:
        parts.append(t("only people in {audiences}", audiences=_names(desk, found, wanted.include)))
    if wanted.exclude:
        parts.append(t("nobody in {audiences}", audiences=_names(desk, found, wanted.exclude)))
    return " · ".join(parts)


def _names(desk: Desk, found: Boost, ids: tuple[str, ...]) -> str:
    """What members call these audiences; the network's id of one that is not ours."""
    query = select(AudienceRow).where(AudienceRow.account == found.account, col(AudienceRow.remote_id).in_(ids))
    names = {row.remote_id: row.name for row in desk.session.exec(query).all()}
    return ", ".join(names.get(remote_id, remote_id) for remote_id in ids)


def _price(desk: Desk, found: Boost) -> Iterator[Fact]:
    """What the network told, and what the cap leaves."""
    t, estimate = desk.room_t, found.quote["estimate"]
    account = found.quote["account"]
    yield Fact(label=t("Ad account"), value=f"{account['name']} · {found.currency}")
    yield Fact(label=t("Least budget of a day"), value=money(t, found, account["min_daily"]))
    if estimate:
        low, high = (format_decimal(estimate[name], locale=t.lang) for name in ("people_from", "people_to"))
        yield Fact(label=t("People within reach"), value=t("{low} to {high}", low=low, high=high))
    for month in shares(desk, found):
        free, cap = money(t, found, left(desk, found, month)), money(t, found, cap_of(desk, found))
        yield Fact(
            label=t("Left in {month}", month=month_in_words(t, month)), value=t("{left} of {cap}", left=free, cap=cap)
        )


def _numbers(desk: Desk, found: Boost) -> Iterator[Fact]:
    t = desk.room_t
    spent = t("{spent} of {total}", spent=money(t, found, found.spent), total=money(t, found, found.total))
    yield Fact(label=t("Spent"), value=spent)
    if not found.reported_at:
        return
    people = format_decimal(found.reach, locale=t.lang)
    yield Fact(label=t("Reached"), value=t("{people} people", people=people))
    if found.results:
        count = format_decimal(found.results, locale=t.lang)
        each = money(t, found, round(found.spent / found.results))
        result = t(RESULTS[Goal(found.goal)])
        yield Fact(
            label=t("Brought"), value=t("{count} {results}, {each} each", count=count, results=result, each=each)
        )
    yield Fact(label=t("Reported"), value=describe(found.reported_at, desk.setup.zone, t.lang))


# -- what can be done -------------------------------------------------------------------------------------------------


def _buttons(desk: Desk, found: Boost) -> Iterator[Button]:
    for verb, label, tone, confirm in _offers(desk, found):
        given = {"subject": found.code, "revision": found.revision, "whole": verb == "boost_approve"}
        yield Button(verb=verb, label=label, tone=tone, confirm=confirm, **given)
    if found.is_unconfirmed:
        yield said_button(desk, found)


def said_button(desk: Desk, found: Boost) -> Button:
    """Takes the word of a member that it does not run there."""
    t = desk.room_t
    sure = t("Did you look at the network's ads manager, and “{name}” does not run there?", name=found.name)
    given = {"subject": found.code, "revision": found.revision}
    return Button(verb="boost_is_stopped", label=t("It is stopped there"), confirm=sure, **given)


def _offers(desk: Desk, found: Boost) -> Iterator[tuple[str, str, Tone, str]]:
    t = desk.room_t
    if (what := asked(found)) is not None and not (found.state == S.REVIEW and problems(desk, found)):
        amount = money(t, found, what.total)
        sure = t("Agree that {boost} may spend {amount}?", boost=found.code, amount=amount)
        yield "boost_approve", t("Approve"), Tone.PRIMARY, sure
    if what is not None:
        yield "boost_refuse", t("Refuse"), Tone.PLAIN, ""
    match BoostState(found.state):
        case S.REVIEW:
            yield "boost_edit", t("Edit"), Tone.PLAIN, ""
            yield "boost_ask", t("Ask the price again"), Tone.PLAIN, ""
            yield "boost_withdraw", t("Withdraw"), Tone.DANGER, t("Withdraw {boost}?", boost=found.code)
        case S.FAILED:
            yield "boost_retry", t("Retry"), Tone.PRIMARY, ""
            yield "boost_edit", t("Edit"), Tone.PLAIN, ""
            yield "boost_withdraw", t("Withdraw"), Tone.DANGER, t("Withdraw {boost}?", boost=found.code)
        case S.RUNNING | S.PAUSED if found.runs:
            yield "boost_pause", t("Pause"), Tone.PLAIN, ""
        case S.PAUSED:
            yield "boost_resume", t("Resume"), Tone.PRIMARY, ""
    if found.state in {S.RUNNING, S.PAUSED} and not found.wish.get("ordered"):
        yield "boost_extend", t("Extend"), Tone.PLAIN, ""
    if found.state in {S.ORDERING, S.RUNNING, S.PAUSED, S.STOPPING}:
        yield "boost_stop", t("Stop"), Tone.DANGER, t("Stop {boost}? It cannot be started again.", boost=found.code)
