"""What an order does next: money set aside, the next part made, then switched on; and what follows where it fails."""

from collections.abc import Iterator
from datetime import datetime

from handlers.boosts.boosts import (
    cap_of,
    money,
    month_in_words,
    on_way,
    order_of,
    publication_of,
    put,
    release,
    stands,
    switch,
)
from handlers.boosts.quorum import is_agreed
from handlers.cards import Button, Card, Tone, sentence
from handlers.couriers import Held
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect, Redraw, Tell
from handlers.posts.content import title_of
from handlers.posts.holding import STOPPED
from handlers.telling import tell
from models import ledger
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
    """The order is not carried out; the money is free again, and whoever wished for it is told."""
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

    yield from tell(desk, found.code, told, found.member_id)
    yield Redraw(subject=found.code)


# -- what holds for every order ---------------------------------------------------------------------------------------


def refuse_unless_agreed(desk: Desk, found: Boost) -> None:
    """Raise WrongMoment where it is not agreed to as it stands, or what it is behind does not stand any more."""
    if not is_agreed(desk, found):
        raise WrongMoment("{boost} is not agreed to as it stands now, so it was not ordered.", boost=found.code)
    if not stands(publication_of(desk, found)):
        raise WrongMoment("The post of {boost} does not stand any more, so it was not ordered.", boost=found.code)


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
