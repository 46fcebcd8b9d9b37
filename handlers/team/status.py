"""The desk's health: chats, accounts, what waits to leave, what nobody knows the end of, the inbox, broken events."""

from collections.abc import Iterator
from datetime import timedelta

from sqlmodel import col, func, select

from handlers.cards import Button, Card, Fact, Row, Style, text
from handlers.comments.commentcard import age
from handlers.desk import Desk
from handlers.effects import Effect, Whisper
from handlers.intents import Command, Pressed
from handlers.registry import registry
from handlers.spelling import chat_title
from handlers.team.accountwords import access_in_words, our_accounts
from handlers.times.when import describe
from handlers.words import N_
from models.conversation import Comment, CommentState
from models.delivery import Delivery, DeliveryState
from models.inbound import Inbound, InboundState
from models.stop import EVERYTHING, stops

#: Rows of a kind that are shown; more are counted.
MOST = 5
#: A network's clock that is further off than this makes hours and evidence doubtful.
SKEW = timedelta(minutes=1)
#: What leaves within this of its hour is in time.
LATE = timedelta(minutes=1)

#: What opens a subject, by the letter of its code.
OPENS = {"P": "open", "C": "show_comment"}
STATES = {
    DeliveryState.WAITING: N_("waiting"),
    DeliveryState.HELD: N_("held"),
    DeliveryState.SENDING: N_("on their way"),
    DeliveryState.UNSURE: N_("without a known end"),
    DeliveryState.FAILED: N_("failed"),
}
#: The live states that chats and collectors tell; what follows a colon is the reason.
LIVE = {
    "connected": N_("connected"),
    "connecting": N_("connecting"),
    "elsewhere": N_("in another process"),
    "stopped": N_("stopped"),
    "down": N_("down"),
    "polling": N_("asked every minute or so"),
    "streaming": N_("heard at once"),
    "no access": N_("no access"),
    "unreachable": N_("unreachable"),
    "refused": N_("refused"),
    "failing": N_("failing"),
    "somebody else reads this bot's updates": N_("somebody else reads this bot's updates"),
    "token refused": N_("token refused"),
    "updates cannot be stored": N_("updates cannot be stored"),
    "see the log": N_("see the log"),
}


@registry.command("status", N_("Show how the desk is: chats, accounts, queue, inbox"))
def status(desk: Desk, command: Command) -> Iterator[Effect]:
    """Everything on one card."""
    yield Whisper(card=_card(desk))


@registry.button("status", N_("Shows how the desk is"))
def status_pressed(desk: Desk, pressed: Pressed) -> Iterator[Effect]:
    """The same, as it is now."""
    yield Whisper(card=_card(desk))


def _card(desk: Desk) -> Card:
    t = desk.t
    facts = (*_chats(desk), *_accounts(desk), *_queue(desk), _inbox(desk), *_broken(desk))
    rows = tuple(_unsure(desk))
    return Card(
        title=t("How the desk is"),
        facts=facts,
        rows=rows,
        buttons=(Button(verb="status", label=t("Refresh")), Button(verb="queue", label=t("Queue"))),
    )


def _chats(desk: Desk) -> Iterator[Fact]:
    health = desk.setup.health()
    for chat in desk.setup.chats:
        yield Fact(label=chat_title(chat), value=_live(desk, health.get(chat, "")))


def _live(desk: Desk, state: str) -> str:
    said = [desk.t(LIVE.get(part, part)) for part in state.split(": ", 1) if part]
    return ": ".join(said) or desk.t("no news")


def _accounts(desk: Desk) -> Iterator[Fact]:
    t, health, standing = desk.t, desk.setup.health(), stops(desk.session)
    for account, known in our_accounts(desk):
        told = [access_in_words(desk, known)]
        if stop := standing.get(EVERYTHING) or standing.get(account.name):
            when = describe(stop.at, desk.zone, t.lang)
            said = t("stopped by {member}, {when}", member=desk.name_of(stop.member_id), when=when)
            told.insert(0, f"⏸ {said}")
        if account.name in health:
            told.append(t("comments: {state}", state=_live(desk, health[account.name])))
        skew = account.platform.clock_skew
        if skew is not None and abs(skew) > SKEW:
            told.append(t("its clock is {span} off", span=age(desk, desk.now - abs(skew))))
        yield Fact(label=account.title, value=" · ".join(told), url=known.url if known else "")


def _queue(desk: Desk) -> Iterator[Fact]:
    t = desk.t
    # One state at a time: each has an index that is as small as what is under way.
    counts = {s: desk.session.exec(select(func.count()).where(Delivery.state == s)).one() for s in STATES}
    told = [f"{counts[state]} {t(said)}" for state, said in STATES.items() if counts[state]]
    yield Fact(label=t("Deliveries"), value=", ".join(told) or t("nothing waits"))
    waiting = select(Delivery.due_at).where(Delivery.state == DeliveryState.WAITING)
    oldest = desk.session.exec(waiting.order_by(col(Delivery.due_at)).limit(1)).first()
    if oldest is not None and desk.now - oldest >= LATE:
        yield Fact(label=t("The oldest is late by"), value=age(desk, oldest))


def _inbox(desk: Desk) -> Fact:
    t, is_open = desk.t, Comment.state == CommentState.OPEN
    count = desk.session.exec(select(func.count()).where(is_open)).one()
    first = desk.session.exec(select(Comment.at).where(is_open).order_by(col(Comment.at)).limit(1)).first()
    if first is None:
        return Fact(label=t("Inbox"), value=t("empty"))
    said = t.n("{count} open comment", "{count} open comments", count)
    return Fact(label=t("Inbox"), value=t("{comments}, the oldest for {span}", comments=said, span=age(desk, first)))


def _broken(desk: Desk) -> Iterator[Fact]:
    query = select(Inbound).where(Inbound.state == InboundState.BROKEN).order_by(col(Inbound.id).desc())
    found = desk.session.exec(query.limit(MOST)).all()
    if found:
        told = ", ".join(f"{event.source} {event.error}".strip() for event in found)
        yield Fact(label=desk.t("Events I could not handle"), value=told)


def _unsure(desk: Desk) -> Iterator[Row]:
    t = desk.t
    query = select(Delivery).where(Delivery.state == DeliveryState.UNSURE, Delivery.subject != "")
    for delivery in desk.session.exec(query.order_by(col(Delivery.finished_at)).limit(MOST)).all():
        verb = OPENS.get(delivery.subject[:1])
        told = t("nobody knows whether it arrived: {reason}", reason=delivery.reason or "–")
        yield Row(
            spans=(text(delivery.subject, Style.BOLD), text(f" · {told}")),
            buttons=(Button(verb=verb, label=t("Open"), subject=delivery.subject),) if verb else (),
        )
