"""An account's token works or does not; when it stops working, the team is told once, with what to do."""

from collections.abc import Iterable

from handlers.cards import sentence
from handlers.desk import Desk
from handlers.effects import Effect, Post
from models.account import Access, Account
from platforms.contract import Who


def met(desk: Desk, name: str, who: Who) -> Iterable[Effect]:
    """The network told whose token it is; after a loss that is news."""
    account = _account(desk, name)
    regained = account.access == Access.LOST
    account.met(remote_id=who.remote_id, handle=who.handle, title=who.name, url=who.url, now=desk.now)
    if regained:
        desk.audit("access regained", name)
        told = desk.room_t("{account} is connected again ({handle}).", account=name, handle=who.handle)
        yield from _tell(desk, told)


def lost(desk: Desk, name: str, reason: str) -> Iterable[Effect]:
    """The network refuses the token."""
    if not _account(desk, name).lose_access(reason, desk.now):
        return
    desk.audit("access lost", name, after={"reason": reason})
    told = desk.room_t(
        "{account} has lost access to its network ({reason}). Nothing of it can be published or answered until whoever "
        "runs me makes a new token, sets BOTTEGA_ACCOUNTS__{name}__TOKEN, and starts me again.",
        account=name,
        reason=reason,
        name=name.upper(),
    )
    yield from _tell(desk, told)


def _tell(desk: Desk, told: str) -> Iterable[Effect]:
    for place in desk.setup.review:
        yield Post(place=place, card=sentence(told))


def _account(desk: Desk, name: str) -> Account:
    account = desk.session.get(Account, name, with_for_update=True)
    assert account is not None, "every configured account has its row"
    return account
