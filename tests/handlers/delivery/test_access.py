"""An account's token stops working, or works again: told once, with what to do."""

from handlers import outbox
from handlers.delivery import access, identity
from handlers.desk import Desk
from models.account import Access, Account
from platforms.contract import AccessLost, AccountLocked, Who
from support.inbox_bench import InboxBench

WHO = Who("1", "acme@social.example", "Acme", "https://social.example/@acme")


def lost(desk: InboxBench, reason: str = "The access token was revoked", kind: type[AccessLost] = AccessLost) -> None:
    with desk.store.write() as session:
        own = Desk(session=session, now=desk.now, setup=desk.setup)
        outbox.keep(own, access.lost(own, "acme", kind(reason)))
    desk.deliver()


def met(desk: InboxBench) -> None:
    with desk.store.write() as session:
        own = Desk(session=session, now=desk.now, setup=desk.setup)
        acme = desk.setup.accounts["acme"]
        outbox.keep(own, identity.met(own, acme, WHO, acme.mark()))
    desk.deliver()


def test_lost_access_is_told_once_with_what_to_do(desk: InboxBench) -> None:
    lost(desk)
    lost(desk, "still")
    assert desk.posted("acme has lost access to its network (The access token was revoked).") == 1
    assert desk.posted("BOTTEGA_ACCOUNTS__ACME__TOKEN") == 1
    assert desk.posted("acme has lost access", chat="telegram") == 1
    row = desk.rows(Account, Account.name == "acme")[0]
    assert (row.access, row.access_reason) == (Access.LOST, "still")
    assert desk.audited() == ["access lost"]


def test_a_lock_that_becomes_a_dead_token_is_told_for_it_asks_for_something_else(desk: InboxBench) -> None:
    lost(desk, "suspected spam", AccountLocked)
    lost(desk, "suspected spam", AccountLocked)
    assert desk.posted("The network has locked acme (suspected spam).") == 1
    lost(desk)
    assert desk.posted("acme has lost access to its network (The access token was revoked).") == 1
    lost(desk, "suspected spam", AccountLocked)
    assert desk.posted("The network has locked acme (suspected spam).") == 2


def test_regained_access_is_news_but_having_it_is_not(desk: InboxBench) -> None:
    met(desk)
    met(desk)
    assert desk.papers["slack"].sheets == []
    lost(desk)
    met(desk)
    met(desk)
    assert desk.posted("acme is connected again.") == 1
    row = desk.rows(Account, Account.name == "acme")[0]
    assert (row.access, row.remote_id, row.title, row.url) == (Access.GOOD, "1", "Acme", WHO.url)
    assert desk.audited() == ["access lost", "access regained"]
