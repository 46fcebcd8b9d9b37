"""Trouble that lasts is told once where posts are reviewed, and once more when it is over: one living card for each."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlmodel import col, select

from handlers.cards import Button, Card, Row, Style, number_of, paragraph, sentence, text
from handlers.delivery.access import check_button, reconnect_button
from handlers.desk import Desk
from handlers.effects import Direct, Effect, Redraw, Show, Tell
from handlers.registry import registry
from handlers.spelling import chat_title
from handlers.times.when import describe
from models.account import Account
from models.alert import CALM, Alert, open_alerts
from models.delivery import Delivery, DeliveryState, account_of
from models.errors import NotFound
from models.member import Member, Role

#: Rows of a kind that are looked at, and of those that a card names.
MOST, SHOWN = 100, 5
#: Times the threshold after which it is told once more.
WORSE = (6, 36)
#: Days that a token has left when it is told, for the first time and again.
DAYS = (14, 3, 1)


class Cause(NamedTuple):
    """What is the matter now."""

    level: int
    facts: dict[str, Any]


@registry.tick
def watch(desk: Desk) -> Iterator[Effect]:
    """Tell what has begun, got worse, or is over."""
    found = open_alerts(desk.session)
    for name, cause in (*_late(desk), *_unsure(desk), *_tokens(desk)):
        alert = found.pop(name, None)
        if alert is None:
            alert = desk.add(Alert(name=name, level=cause.level, facts=cause.facts, since=desk.now))
            yield from _begun(desk, alert)
        elif alert.seen(cause.level, cause.facts):
            yield Redraw(subject=alert.code)
            yield Tell(subject=alert.code, card=sentence(_words(desk, alert)))
    for alert in found.values():
        # A token does not expire back and forth.
        if alert.calm(desk.now, timedelta() if alert.name.startswith("token:") else CALM):
            yield Redraw(subject=alert.code)
            yield Tell(subject=alert.code, card=sentence(_over(desk, alert)))


@registry.card("A")
def alert_card(desk: Desk, subject: str) -> Card:
    """An alert as it was told last, or that it is over."""
    alert = desk.session.get(Alert, number_of(subject, "A"))
    if alert is None:
        raise NotFound("There is no {subject} here.", subject=subject.upper())
    t = desk.room_t
    if alert.over_at is not None:
        return Card(title=t("{alert} · Over", alert=alert.code), body=(paragraph(_over(desk, alert)),))
    rows = tuple(
        Row(
            spans=(text(code, Style.BOLD),),
            buttons=(Button(verb="show_comment" if code.startswith("C") else "open", label=t("Open"), subject=code),),
        )
        for code in alert.facts.get("subjects", ())
    )
    if account := alert.facts.get("account"):
        again, check = reconnect_button(desk, t, account), check_button(t, account)
        buttons: tuple[Button, ...] = (check,) if again.verb == check.verb else (again, check)
    else:
        buttons = (Button(verb="status", label=t("Status")), Button(verb="queue", label=t("Queue")))
    title = t("{alert} · Alert", alert=alert.code)
    return Card(title=title, body=(paragraph(_words(desk, alert)),), rows=rows, buttons=buttons)


def _begun(desk: Desk, alert: Alert) -> Iterator[Effect]:
    """A card at each place; where there is none, a message to each admin."""
    places = desk.setup.review or desk.setup.inbox
    for place in places:
        yield Show(subject=alert.code, place=place)
    if not places:
        members = desk.session.exec(select(Member).where(Member.active).order_by(Member.name)).all()
        for member in (member for member in members if member.has(Role.ADMIN)):
            card = alert_card(desk.addressing(member.number), alert.code)
            yield Direct(member_id=member.number, card=card)


# -- what may be the matter --------------------------------------------------------------------------------------------


def _late(desk: Desk) -> Iterator[tuple[str, Cause]]:
    """Deliveries that should have left. Questions about an account are none: access has its own words."""
    threshold = desk.setup.alerts.late
    waits = (Delivery.state == DeliveryState.WAITING, Delivery.kind != "check")
    late: dict[int, tuple[datetime, str]] = {}
    for hour in (col(Delivery.due_at), col(Delivery.meant_at)):
        query = select(Delivery.id, hour, Delivery.lane).where(*waits, hour <= desk.now - threshold)
        for number, at, lane in desk.session.exec(query.order_by(hour).limit(MOST)).all():
            if number is not None and at is not None:
                late[number] = (at, lane)
    if late:
        first = min(at for at, _ in late.values())
        where = list(dict.fromkeys(_where(desk, lane) for _, lane in sorted(late.values())))[:SHOWN]
        facts = {"count": len(late), "first": first.isoformat(), "where": where}
        yield "late", Cause(_level(desk.now - first, threshold), facts)


def _unsure(desk: Desk) -> Iterator[tuple[str, Cause]]:
    """Deliveries whose end nobody knows: many, or one for long."""
    alerts = desk.setup.alerts
    query = select(Delivery.finished_at, Delivery.subject).where(Delivery.state == DeliveryState.UNSURE)
    found = desk.session.exec(query.order_by(col(Delivery.finished_at)).limit(MOST)).all()
    first = min((at for at, _ in found if at is not None), default=desk.now)
    if desk.now - first >= alerts.unsure or len(found) >= alerts.unsure_count:
        subjects = list(dict.fromkeys(subject for _, subject in found if subject[:1] in {"P", "C"}))[:SHOWN]
        facts = {"count": len(found), "first": first.isoformat(), "subjects": subjects}
        yield "unsure", Cause(_level(desk.now - first, alerts.unsure), facts)


def _tokens(desk: Desk) -> Iterator[tuple[str, Cause]]:
    """Tokens that expire, where their networks tell."""
    for account in desk.session.exec(select(Account).where(col(Account.expires_at).is_not(None))).all():
        assert account.expires_at is not None
        level = sum(account.expires_at - desk.now <= timedelta(days=days) for days in DAYS)
        if level and account.name in desk.setup.accounts:
            facts = {"account": account.name, "expires_at": account.expires_at.isoformat()}
            yield f"token:{account.name}", Cause(level, facts)


def _level(age: timedelta, threshold: timedelta) -> int:
    return 1 + sum(age >= threshold * times for times in WORSE)


def _where(desk: Desk, lane: str) -> str:
    """The account or the chat of a lane."""
    if name := account_of(lane):
        return desk.setup.accounts[name].title if name in desk.setup.accounts else name
    chat = next((chat for chat in desk.setup.chats if chat in lane.split(":")), "")
    return chat_title(chat) if chat else desk.room_t("private messages")


# -- in words ----------------------------------------------------------------------------------------------------------


def _words(desk: Desk, alert: Alert) -> str:
    t, facts = desk.room_t, alert.facts
    if alert.name == "late":
        told = t.n(
            "{count} delivery should have left and still waits",
            "{count} deliveries should have left and still wait",
            facts["count"],
        )
        return t(
            "{deliveries}, the oldest since {when}, to: {where}. It goes on by itself when that answers again; "
            "“status” shows what is in the way.",
            deliveries=told,
            when=_when(desk, facts["first"]),
            where=", ".join(facts["where"]),
        )
    if alert.name == "unsure":
        told = t.n(
            "Nobody knows whether {count} delivery arrived",
            "Nobody knows whether {count} deliveries arrived",
            facts["count"],
        )
        return t(
            "{deliveries}, the oldest sent {when}. I keep looking; where the network cannot tell, the card asks: "
            "look there and press what you see.",
            deliveries=told,
            when=_when(desk, facts["first"]),
        )
    if desk.setup.login(facts["account"]) is not None:
        return t(
            "What connects {account} to its network ends {when}, and could not be renewed. An admin connects it again; "
            "after that day what should go out there is held.",
            account=facts["account"],
            when=_when(desk, facts["expires_at"]),
        )
    return t(
        "The token of {account} expires {when}. Whoever runs me makes a new one, sets BOTTEGA_ACCOUNTS__{name}__TOKEN, "
        "and starts me again. After that day what should go out there is held.",
        account=facts["account"],
        when=_when(desk, facts["expires_at"]),
        name=facts["account"].upper(),
    )


def _over(desk: Desk, alert: Alert) -> str:
    t = desk.room_t
    if alert.name == "late":
        return t("Everything leaves in time again.")
    if alert.name == "unsure":
        return t("It is known again what became of every delivery, or they are few.")
    return t("{account} has a token that holds.", account=alert.facts["account"])


def _when(desk: Desk, moment: str) -> str:
    return describe(datetime.fromisoformat(moment), desk.setup.zone, desk.room_t.lang)
