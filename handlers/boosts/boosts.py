"""A boost's row, its publication, its order and its money; shared by all that is done with boosts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.dates import format_skeleton
from babel.numbers import format_currency
from sqlmodel import col, select

from handlers.cards import number_of
from handlers.desk import Desk
from handlers.setup import OurAccount
from handlers.words import Translator
from models import ledger
from models.agreement import BoostPolicy
from models.boost import Boost
from models.boost_state import BoostState
from models.boost_wanted import minor
from models.delivery import ADS, UNDER_WAY, Delivery, DeliveryState
from models.errors import NotAllowed, NotFound, WrongMoment
from models.publication import Publication
from platforms.contract import BoostOrder, Boosts, Goal, Targeting

#: Kinds of deliveries that change something on the network.
ORDERS = ("boost", "boost_switch", "boost_extend")
#: States of a boost in which a second one of the same publication would be one too many.
ALIVE = (BoostState.REVIEW, BoostState.ORDERING, BoostState.RUNNING, BoostState.PAUSED, BoostState.STOPPING)
#: Progress: an attempt ended with nobody knowing.
OPEN_END = "open_end"
#: Between a stop that a report does not show and the next report; doubled each time, to some five minutes.
FIRST_LOOK = timedelta(seconds=10)


def boost(desk: Desk, subject: str) -> Boost:
    """The boost of a code like B7, locked for this transaction. Raises NotFound."""
    found = desk.session.get(Boost, number_of(subject, "B"), with_for_update=True)
    if found is None:
        raise NotFound("There is no {subject} here.", subject=subject.upper())
    return found


def publication_of(desk: Desk, found: Boost) -> Publication:
    """What it is behind."""
    return desk.session.get_one(Publication, found.publication_id)


def stands(publication: Publication) -> bool:
    """Whether it is on the network, where that is known."""
    return bool(publication.published_at and publication.remote_id and not publication.removed_at)


def refuse_second(desk: Desk, publication_id: int, own: int | None = None) -> None:
    """Raise WrongMoment where another boost than `own` is behind the publication, which is locked."""
    desk.session.get_one(Publication, publication_id, with_for_update=True)
    query = select(Boost.id).where(Boost.publication_id == publication_id, col(Boost.state).in_(ALIVE))
    other = desk.session.exec(query.where(Boost.id != own) if own else query).first()
    if other is not None:
        raise WrongMoment("{boost} is behind that post already: change or extend that one.", boost=f"B{other}")


def can_boost(account: OurAccount) -> bool:
    """Whether the network, and the token, let us put money behind what the account publishes."""
    return account.platform.can.boosts and isinstance(account.platform, Boosts)


def network(desk: Desk, account: str) -> Boosts:
    """The account's network. Raises NotFound where it is not set up any more, NotAllowed where it cannot boost."""
    known = desk.setup.account(account)
    if not can_boost(known):
        raise NotAllowed(
            "{account} cannot put money behind posts: the network or its token does not allow it.", account=known.title
        )
    platform = known.platform
    assert isinstance(platform, Boosts)
    return platform


def policy_of(desk: Desk, account: str) -> BoostPolicy:
    """Who must agree to the account's boosts; no money at all where it is not set up any more."""
    known = desk.setup.accounts.get(account)
    return known.policy.boosts if known else BoostPolicy()


def order_of(desk: Desk, found: Boost) -> BoostOrder:
    """What is, or was, ordered; with an extension that is on its way and is not being undone."""
    begins = found.begins_at or found.created_at
    budget, ends = found.budget, found.ends_at or begins
    if found.is_extending and not found.wish.get("undone"):
        budget, days = found.extended()
        ends = found.end_after(days)
    return BoostOrder(
        name=found.name,
        publication_id=publication_of(desk, found).remote_id,
        goal=Goal(found.goal),
        budget=budget,
        is_daily=found.is_daily,
        start_at=begins,
        end_at=ends,
        targeting=targeting_of(found),
        link=found.link,
        beneficiary=found.beneficiary,
        payor=found.payor,
        special_category=found.special_category,
    )


def targeting_of(found: Boost) -> Targeting:
    """Whom it is to reach."""
    given: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in found.targeting.items()}
    return Targeting(**given)


# -- deliveries -------------------------------------------------------------------------------------------------------


def put(desk: Desk, kind: str, found: Boost, *, wait: timedelta = timedelta(0), **payload: Any) -> Delivery:
    """Put something about it on its way, after the wait; what waits already, just so, serves for this too."""
    for waiting in on_way(desk, found, (kind,), (DeliveryState.WAITING,)):
        if waiting.payload == payload:
            if not waiting.attempts:  # what was tried keeps the pace of its attempts
                waiting.due_at = min(waiting.due_at, desk.now + wait)
            return waiting
    return desk.add(
        Delivery(
            kind=kind,
            lane=f"{ADS}{found.account}",
            subject=found.code,
            payload=payload,
            due_at=desk.now + wait,
            created_at=desk.now,
            member_id=desk.member_or_none.id if desk.member_or_none else None,
        )
    )


def on_way(
    desk: Desk, found: Boost, kinds: Iterable[str] = ORDERS, states: Iterable[DeliveryState] = UNDER_WAY
) -> list[Delivery]:
    """Its deliveries of these kinds in these states, oldest first."""
    query = select(Delivery).where(
        Delivery.subject == found.code, col(Delivery.kind).in_(kinds), col(Delivery.state).in_(states)
    )
    return list(desk.session.exec(query.order_by(col(Delivery.id))).all())


def may_be_turned(desk: Desk, found: Boost) -> bool:
    """Whether an order is on its way that could yet let it run, though it shall rest.

    A switch that was never tried is none: when it leaves, it does what the boost's `runs` says by then.
    """
    return any(d.kind != "boost_switch" or d.attempts or OPEN_END in d.progress for d in on_way(desk, found))


def note_open_end(delivery: Delivery) -> None:
    """Keep that an attempt ended so that nobody knows whether it was carried out."""
    if delivery.state == DeliveryState.UNSURE or (delivery.state == DeliveryState.WAITING and delivery.error):
        delivery.progress = {**delivery.progress, OPEN_END: "1"}


def may_be_carried_out(delivery: Delivery) -> bool:
    """Whether an attempt before the one that ended it may have been; what was only held has left nothing.

    An order that may be repeated counts as not carried out when its answer is lost, and is simply sent again.
    """
    return OPEN_END in delivery.progress or delivery.attempts > 1


def switch(desk: Desk, found: Boost) -> None:
    """Let the network make of it what `runs` says."""
    put(desk, "boost_switch", found)


def is_off(desk: Desk, found: Boost) -> bool:
    """Whether the network took the last order, and that was to pause it."""
    last = last_switch(desk, found)
    return last is not None and last.state == DeliveryState.DONE and last.result.get("running") is False


def last_switch(desk: Desk, found: Boost) -> Delivery | None:
    """The last order to let it run or rest."""
    query = select(Delivery).where(Delivery.subject == found.code, Delivery.kind == "boost_switch")
    return desk.session.exec(query.order_by(col(Delivery.id).desc()).limit(1)).first()


def settled_after(desk: Desk, found: Boost) -> timedelta:
    """How long after an order to stop it a report is worth asking for: at once after the first, then ever later.

    An ad's state follows the order in its own time; a report that comes too soon would have it ordered once more.
    """
    since = found.stopped_at or desk.now
    taken = on_way(desk, found, ("boost_switch",), (DeliveryState.DONE,))
    again = sum(d.result.get("running") is False and d.created_at >= since for d in taken) - 1
    return FIRST_LOOK * 2 ** min(again - 1, 5) if again > 0 else timedelta(0)


# -- money ------------------------------------------------------------------------------------------------------------


def money(t: Translator, found: Boost, amount: int) -> str:
    """An amount in minor units as people write it: "€30.00"."""
    whole = Decimal(amount) / found.offset
    return format_currency(whole, found.currency or "EUR", locale=t.lang)


def major(found: Boost, amount: int) -> Decimal:
    """An amount in whole units, as policies name it."""
    return Decimal(amount) / found.offset


def cap_of(desk: Desk, found: Boost) -> int:
    """What a month of its account may cost, in minor units."""
    return minor(policy_of(desk, found.account).month_cap, found.offset)


def left(desk: Desk, found: Boost, month: str) -> int:
    """What the month's cap leaves, in minor units."""
    return max(0, cap_of(desk, found) - ledger.committed(desk.session, found.account, month))


def shares(desk: Desk, found: Boost) -> dict[str, int]:
    """What it would cost each month if it were ordered now; of an extension that is wished for, what that adds.

    An extension spends what is left of the old money later too: all of it is shared out anew over the days to come.
    What the old order needs in a month stays set aside, since nobody knows yet whether the network takes the new one.
    """
    if found.wish:
        budget, days = found.extended()
        rest = (budget * days if found.is_daily else budget) - found.spent
        begins = max(found.begins_at or desk.now, desk.now)
        wanted = ledger.by_month(rest, begins, found.end_after(days), found.zone)
        return ledger.lacking(desk.session, found.number, wanted)
    begins = max(found.start_at or desk.now, desk.now)
    return ledger.by_month(found.total, begins, begins + timedelta(days=found.days), found.zone)


def month_in_words(t: Translator, month: str) -> str:
    """A month as people write it: "November 2026"."""
    return format_skeleton("yMMMM", datetime.strptime(month, "%Y-%m"), locale=t.lang)  # noqa: DTZ007 - a month has no zone


# -- its end ----------------------------------------------------------------------------------------------------------


def release(desk: Desk, found: Boost) -> None:
    """It is over: what it will not spend is free for others."""
    freed = ledger.release(desk.session, found.account, found.number, desk.now)
    if freed:
        desk.audit("boost money released", found.code, after={"amount": freed, "spent": found.spent})


def stop(desk: Desk, found: Boost, reason: str) -> None:
    """It shall spend nothing more: what waits does not leave, and the network is told to pause it."""
    before = found.state
    found.stop(reason, desk.now)
    for delivery in on_way(desk, found, states=(DeliveryState.WAITING, DeliveryState.HELD)):
        delivery.cancel(desk.now)
    switch(desk, found)
    desk.audit("boost stop ordered", found.code, {"state": before}, {"reason": reason})


def problems(desk: Desk, found: Boost) -> list[str]:
    """Why nobody can agree to it yet, in sentences of the rooms' language; empty where they can."""
    t, quote = desk.room_t, found.quote
    if "error" in quote:
        return [t("The network did not tell its price ({reason}). Ask again.", reason=quote["error"].rstrip(". "))]
    if not found.digest:
        return [t("Its price and its reach are being asked for.")]
    said = []
    account = quote["account"]
    if not account["active"]:
        said.append(t("The ad account cannot order anything: {reason}.", reason=account["reason"].rstrip(". ")))
    if quote["unboostable"]:
        said.append(t("The network does not boost it: {reason}.", reason=quote["unboostable"].rstrip(". ")))
    least = account["min_daily"] * (1 if found.is_daily else found.days)
    if found.budget < least:
        said.append(t("The network takes no less than {amount} for it.", amount=money(t, found, least)))
    if set(found.targeting["countries"]) & EU and not (found.beneficiary and found.payor):
        said.append(t("Ads that reach the EU must name who benefits from them and who pays: fill both in."))
    return said


#: Where ads must name who benefits and who pays (Digital Services Act, Regulation (EU) 2022/2065, article 26).
EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
