"""What an order does next: money set aside, the next part made, then switched on; and what follows where it fails."""

from collections.abc import Iterator
from datetime import datetime

from handlers.boosts.boosts import (
    cap_of,
    may_be_carried_out,
    money,
    month_in_words,
    network,
    on_way,
    order_of,
    publication_of,
    put,
    release,
    stands,
    switch,
)
from handlers.boosts.quorum import Asked, drop_uncounted, in_words, is_agreed, missing, ordered, who_can
from handlers.cards import Button, Card, Tone, sentence
from handlers.couriers import UNAPPROVED, Held
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.posts.content import title_of
from handlers.posts.holding import STOPPED
from handlers.telling import tell
from models import ledger
from models.agreement import agreed
from models.boost import PARTS, Boost
from models.delivery import Delivery, DeliveryState
from models.errors import WrongMoment
from models.ledger import OverCap
from models.member import Role, holders
from models.stop import stop_of

#: How the milestones begin that say why nothing went on.
HELD = "held "


def reserve(desk: Desk, found: Boost, shares: dict[str, int]) -> None:
    """Set the money aside. Raises WrongMoment, with what is left and who can raise the cap, where it is not there."""
    try:
        ledger.reserve(desk.session, found.account, found.number, shares, cap_of(desk, found), desk.now)
    except OverCap as over:
        raise _beyond(desk, found, over) from over
    desk.audit("boost money reserved", found.code, after={"account": found.account, **shares})


def _beyond(desk: Desk, found: Boost, over: OverCap) -> WrongMoment:
    return WrongMoment(
        "The cap of {account} for {month} leaves {left}, and {boost} needs {wanted}. Make it smaller, or ask {admins} "
        "to raise month_cap under [accounts.{name}.policy.boosts] in config.toml.",
        account=title_of(desk, found.account),
        month=month_in_words(desk.t, over.month),
        left=money(desk.t, found, over.left),
        wanted=money(desk.t, found, over.wanted),
        boost=found.code,
        admins=", ".join(holders(desk.session, Role.ADMIN)) or desk.t("whoever runs me"),
        name=found.account,
    )


def reserve_all(desk: Desk, found: Boost) -> None:
    """The same for a whole order, by the months that it still runs in."""
    order = order_of(desk, found)
    reserve(desk, found, ledger.by_month(found.total, max(order.start_at, desk.now), order.end_at, found.zone))


def begin_anew(desk: Desk, found: Boost) -> None:
    """It was held up: it has all of its days from now on, with money of the months that they are in."""
    release(desk, found)
    found.plan(desk.now)
    reserve_all(desk, found)


def next_step(desk: Desk, found: Boost, *, since: datetime | None = None) -> None:
    """Put the first part that is not made yet on its way, or let it run once all are.

    `since`: from when on it may stand there although it was never tried here; it is looked for before it is made.
    """
    part = next((part for part in PARTS if part not in found.made), None)
    if part is not None:
        delivery = put(desk, "boost", found, part=part, tag=found.tag)
        if since is not None:
            delivery.doubt(since, desk.now)
        return
    found.let_run()
    switch(desk, found)


def again(desk: Desk, found: Boost) -> None:
    """Try once more to stop it: what is held leaves, and where nothing is on its way something is put there."""
    for delivery in on_way(desk, found, ("boost_switch", "boost_report"), (DeliveryState.HELD,)):
        delivery.release()
    if not on_way(desk, found, ("boost_switch",)):
        switch(desk, found)


def failed(desk: Desk, found: Boost, reason: str) -> Iterator[Effect]:
    """The order is not carried out; the money is free again, and who wished for it and agreed to it is told."""
    found.fail(reason, desk.now)
    release(desk, found)
    desk.audit("boost failed", found.code, after={"reason": reason, "made": dict(found.made)})

    def told(to: Desk) -> Card:
        words = to.room_t(
            "{boost} was not ordered: {account} did not take it ({reason}). Nothing is spent.",
            boost=found.code,
            account=title_of(to, found.account),
            reason=reason.rstrip(". "),
        )
        given = {"subject": found.code, "revision": found.revision}
        return sentence(
            words,
            Button(verb="boost_retry", label=to.room_t("Retry"), tone=Tone.PRIMARY, **given),
            Button(verb="boost_edit", label=to.room_t("Edit"), **given),
            Button(verb="boost_withdraw", label=to.room_t("Withdraw"), tone=Tone.DANGER, **given),
        )

    yield from tell(desk, found.code, told, found.member_id, *agreed(desk.session, found, found.digest))
    yield Redraw(subject=found.code)


def reopened(desk: Desk, found: Boost, delivery: Delivery) -> Iterator[Effect]:
    """Those who agreed do not suffice any more: it waits for agreement again, and its money is free until then."""
    told_to = (found.member_id, *agreed(desk.session, found, found.digest))
    delivery.cancel(desk.now)
    found.open_round()
    if found.is_made:
        switch(desk, found)  # so that it is known to rest
    release(desk, found)
    drop_uncounted(desk, found, ordered(found))
    desk.audit("boost review reopened", found.code, after={"digest": found.digest, "made": dict(found.made)})
    yield from tell(desk, found.code, lambda to: asked_again(to, found, ordered(found)), *told_to)
    yield Redraw(subject=found.code)


def asked_again(desk: Desk, found: Boost, what: Asked) -> Card:
    """Says who must agree again, and that no money is set aside until then."""
    t = desk.room_t
    words = t(
        "{boost} did not go on: those who agreed to it do not suffice any more. It waits for agreement again, and the "
        "money for it is free until then. Still wanted: {missing}. These members can agree: {names}.",
        boost=found.code,
        missing=in_words(t, missing(desk, found, what)),
        names=", ".join(who_can(desk, found, what)) or t("nobody yet"),
    )
    return sentence(words, Button(verb="boost_open", label=t("Show it"), subject=found.code, tone=Tone.PRIMARY))


# -- what holds for every order ---------------------------------------------------------------------------------------


def refuse_unless_agreed(desk: Desk, found: Boost, delivery: Delivery) -> None:
    """Raise WrongMoment where it is not what was agreed to, or what it is behind does not stand any more.

    Raises Held where those who agreed do not suffice any more and nothing of it may run.
    """
    refuse_another_purse(desk, found)
    if not found.is_intact:
        raise WrongMoment("what is stored of it is not what was agreed to. Edit it, so that it is agreed to again")
    if not is_agreed(desk, found):
        if may_be_carried_out(delivery):
            raise WrongMoment("{boost} is not agreed to as it stands now, so it was not ordered.", boost=found.code)
        raise Held(UNAPPROVED)
    if not stands(publication_of(desk, found)):
        raise WrongMoment("The post of {boost} does not stand any more, so it was not ordered.", boost=found.code)


def refuse_another_purse(desk: Desk, found: Boost) -> None:
    """Raise WrongMoment where another ad account would pay than the one that was agreed to."""
    now = network(desk, found.account).purse
    if found.purse and now.removeprefix("act_") != found.purse.removeprefix("act_"):
        raise WrongMoment(
            "another ad account pays for {account} now: {now} instead of {was}. Ask the person who runs me to put the "
            "old one back into the settings, or edit it, so that it is agreed to again with the new one",
            account=title_of(desk, found.account),
            now=now,
            was=found.purse,
        )


def expect_free(desk: Desk, found: Boost) -> None:
    """Raise Held while the network refuses the account or somebody has stopped it."""
    access.expect(desk, found.account)
    access.expect_ads(desk, found.account)
    if stop_of(desk.session, found.account):
        raise Held(STOPPED)


def held(desk: Desk, found: Boost, delivery: Delivery) -> Iterator[Effect]:
    """It is told once why nothing goes on."""
    if not found.tell(f"{HELD}{delivery.error}"):
        return
    t, given = desk.room_t, {"boost": found.code, "account": title_of(desk, found.account)}
    desk.audit("held", found.code, after={"account": found.account, "error": delivery.error})
    told = t("{boost} waits: {account} is stopped. It goes on when somebody resumes it.", **given)
    if delivery.error in access.NO_ACCESS:
        told = t("{boost} waits: access to {account} is lost. It goes on when that works again.", **given)
    elif delivery.error == access.NO_ADS:
        told = t(
            "{boost} waits: access to the ad account of {account} is lost. It goes on when that works again.", **given
        )
    yield Tell(subject=found.code, card=sentence(told))
