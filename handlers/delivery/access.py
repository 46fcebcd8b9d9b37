"""An account's token works or does not, and so does its token for ads; a change is told once, with what to do."""

from collections.abc import Iterable
from datetime import timedelta

from handlers.cards import Button, sentence
from handlers.couriers import Held
from handlers.desk import Desk
from handlers.effects import Effect, Post
from handlers.words import Translator
from models.account import Access, Account
from models.credential import Credential
from models.delivery import ADS, Delivery, DeliveryState
from platforms.contract import AccessLost, AccountLocked, AdsAccessLost, TryLater


class OtherIdentity(AccessLost):
    """The account has another identity's token (handlers.delivery.identity): it is held until it has its own."""


#: `Delivery.error` of what is held until the account's access works again.
NO_ACCESS = {kind.__name__: kind for kind in (AccessLost, AccountLocked, OtherIdentity)}
#: The same of what is held until the account's token for ads works again.
NO_ADS = AdsAccessLost.__name__

#: Kinds of deliveries to accounts that only read: they succeed also where the network has locked the account.
READS = frozenset({"page_look", "address"})
#: The question whose token it is: its answer, not that there is one, tells whether the account works.
SAYS_LITTLE = frozenset({"check"})

#: Until this process has surely seen a token that was replaced.
SOON = timedelta(seconds=5)


def expect(desk: Desk, name: str) -> None:
    """Raise Held while the network refuses the account; and what `expect_newest` raises."""
    expect_newest(desk, name)
    account = desk.session.get(Account, name)
    if account is not None and account.access == Access.LOST:
        raise Held(OtherIdentity.__name__ if account.other else AccessLost.__name__)


def expect_ads(desk: Desk, name: str) -> None:
    """The same for its token for ads, whatever becomes of its own."""
    expect_newest(desk, name)
    if has_lost_ads(desk, name):
        raise Held(NO_ADS)


def has_lost_ads(desk: Desk, name: str) -> bool:
    """Whether the network refuses the account's token for ads."""
    account = desk.session.get(Account, name)
    return account is not None and account.ads_lost_at is not None


def is_locked(desk: Desk, name: str) -> bool:
    """Whether the network has locked the account, as far as is known."""
    account = desk.session.get(Account, name)
    return account is not None and account.is_locked


def expect_newest(desk: Desk, name: str) -> None:
    """Raise TryLater while another process has connected the account and this one has not noticed."""
    if _is_replaced(desk, name):
        raise TryLater("a newer token is being taken over", SOON)


def learned(desk: Desk, delivery: Delivery) -> Iterable[Effect]:
    """What the end of an attempt, or of a look-up, tells of the account's access; the ad account has its own."""
    if not delivery.is_to_account:
        return
    name, is_held = delivery.account, delivery.state == DeliveryState.HELD
    if delivery.state == DeliveryState.DONE and delivery.lane.startswith(ADS):
        yield from ads_work(desk, name)
    elif delivery.state == DeliveryState.DONE:
        if delivery.kind not in SAYS_LITTLE and not (delivery.kind in READS and is_locked(desk, name)):
            yield from works(desk, name)
    elif is_held and delivery.error == NO_ADS:
        yield from ads_lost(desk, name, delivery.reason)
    elif (
        is_held and delivery.error in NO_ACCESS and delivery.error != OtherIdentity.__name__
    ):  # also where an order asked for something with the account's own
        yield from lost(desk, name, NO_ACCESS[delivery.error](delivery.reason))


def _is_replaced(desk: Desk, name: str, version: int | None = None) -> bool:
    """Whether a token is not the account's any more: of that version of its credential, or this process's own."""
    if desk.setup.login(name) is None:
        return False
    known = desk.session.get(Credential, name)
    seen = desk.setup.accounts[name].version if version is None else version
    return known is not None and known.version > seen


def works(desk: Desk, name: str) -> Iterable[Effect]:
    """The network took the token; after a loss that is news, and what was held goes on."""
    account = desk.session.get(Account, name)
    if account is None or account.access != Access.LOST or account.other:
        return  # with another identity's token nothing is put right
    if not _locked(desk, name).regain_access(desk.now):
        return
    desk.audit("access regained", name)
    told = desk.room_t("{account} is connected again. What was held for it goes out now, in its order.", account=name)
    for place in desk.setup.review:
        yield Post(place=place, card=sentence(told))


def lost(desk: Desk, name: str, refusal: AccessLost, version: int | None = None) -> Iterable[Effect]:
    """The network refuses the account. No news of a token, of that version, in whose place another came meanwhile."""
    if _is_replaced(desk, name, version):
        return
    locked = isinstance(refusal, AccountLocked)
    account = _locked(desk, name)
    was_strange, account.other = account.other is not None, None  # nobody's token is another's
    if not account.lose_access(refusal.reason, desk.now, locked=locked) and not was_strange:
        return
    desk.audit("access lost", name, after={"reason": refusal.reason})
    t = desk.room_t
    if locked:
        told = t(
            "The network has locked {account} ({reason}). Sign in there as {account}, put that right, and press "
            "Reconnect. Until then what should go out is held.",
            account=name,
            reason=refusal.reason.rstrip(". "),
        )
    elif desk.setup.login(name) is not None:
        told = t(
            "{account} is cut off from its network ({reason}). What should go out is held until an admin connects it.",
            account=name,
            reason=refusal.reason.rstrip(". "),
        )
    else:
        told = t(
            "{account} has lost access to its network ({reason}). What should go out is held until whoever runs me "
            "makes a new token, sets BOTTEGA_ACCOUNTS__{name}__TOKEN, and starts me again.",
            account=name,
            reason=refusal.reason.rstrip(". "),
            name=name.upper(),
        )
    for place in desk.setup.review:
        yield Post(place=place, card=sentence(told, reconnect_button(desk, t, name)))


def ads_work(desk: Desk, name: str) -> Iterable[Effect]:
    """The network took the token for ads; after a loss that is news, and what was held for it goes on."""
    if not has_lost_ads(desk, name) or not _locked(desk, name).regain_ads():
        return
    desk.audit("ads access regained", name)
    told = desk.room_t("The ad account of {account} is connected again. What was held for it goes on.", account=name)
    for place in desk.setup.review:
        yield Post(place=place, card=sentence(told))


def ads_lost(desk: Desk, name: str, reason: str) -> Iterable[Effect]:
    """The network refuses the token for ads; what the account publishes goes on."""
    if _is_replaced(desk, name) or not _locked(desk, name).lose_ads(reason, desk.now):
        return
    desk.audit("ads access lost", name, after={"reason": reason})
    t, given = desk.room_t, {"account": name, "reason": reason.rstrip(". ")}
    told = t(
        "{account} has lost access to its ad account ({reason}). Until an admin connects it orders wait, and what runs "
        "there runs on unseen. Its posts go out as ever.",
        **given,
    )
    if desk.setup.accounts[name].is_paid_by_settings:
        told = t(
            "{account} has lost access to its ad account ({reason}). Until whoever runs me puts a new token into "
            "ads_token of [accounts.{account}] and starts me again orders wait, and what runs there runs on unseen. "
            "Its posts go out as ever.",
            **given,
        )
    for place in desk.setup.review:
        yield Post(place=place, card=sentence(told, reconnect_button(desk, t, name)))


def reconnect_button(desk: Desk, t: Translator, name: str) -> Button:
    """Lets an admin connect the account again, where its network has a login.

    Elsewhere, and where the network has locked it, it asks at once whether what was missing has been put right.
    """
    helps = not is_locked(desk, name) or has_lost_ads(desk, name)
    if desk.setup.login(name) is not None and helps:
        return Button(verb="connect", label=t("Reconnect"), value=name)
    return Button(verb="check_access", label=t("Reconnect"), value=name)


def check_button(t: Translator, name: str) -> Button:
    """Lets an admin ask the network at once about an account that works."""
    return Button(verb="check_access", label=t("Check again"), value=name)


def _locked(desk: Desk, name: str) -> Account:
    account = desk.session.get(Account, name, with_for_update=True)
    assert account is not None, "every configured account has its row"
    return account
