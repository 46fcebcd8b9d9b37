"""Whose token an account has: its own identity's, which it first met, or another's, with which nothing leaves.

A token that is another than before is asked about before its first byte; one that is known again costs no request.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import col, select

from handlers import outbox
from handlers.couriers import Held, Office, Parcel, Repeatable
from handlers.delivery import access
from handlers.delivery.access import SOON, OtherIdentity
from handlers.delivery.strangers import told_again, told_of
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.setup import OurAccount, Setup
from models.account import Access, Account, Stranger
from models.credential import Credential
from models.delivery import Delivery, DeliveryState
from models.store import Store
from platforms.contract import AccessLost, NotPermitted, Progress, TryLater, Who

#: Kind of the deliveries that are the question itself.
QUESTION = "check"

#: What a network's answer means, decided in a transaction.
Decide = Callable[[Desk], Iterable[Effect]]


def is_confirmed(row: Account | None, account: OurAccount) -> bool:
    """Whether the token that the account has now was seen to be its own identity's."""
    return row is not None and row.other is None and account.has(row.token_mark)


# -- before anything leaves --------------------------------------------------------------------------------------------


def pack(office: Office, desk: Desk, delivery: Delivery) -> Parcel | None:
    """The delivery made ready by its courier; one to an account leaves only with a token that is its own identity's.

    Raises what couriers raise, and Held where the token is another's.
    """
    account = desk.setup.accounts.get(delivery.account)
    parcel = office.couriers[delivery.kind].pack(desk, delivery)
    if account is None or parcel is None or delivery.kind == QUESTION:
        return parcel
    if isinstance(parcel, Repeatable) and parcel.brakes:
        return parcel  # whose token it is that stops something does not matter
    if desk.setup.accounts.get(account.name) is not account:
        raise TryLater("a newer token is being taken over", SOON)
    row = desk.session.get(Account, account.name)
    if is_confirmed(row, account):
        return parcel
    if delivery.state == DeliveryState.SENDING and row is not None and row.other is not None:
        raise Held(OtherIdentity.__name__)
    return AskingFirst(parcel, office, account)


@dataclass(frozen=True)
class AskingFirst:
    """A parcel (handlers.couriers.Parcel) with a token of which nobody knows whose it is: that is asked first."""

    parcel: Parcel
    office: Office
    account: OurAccount

    @property
    def earliest(self) -> timedelta:
        """As of what is in it."""
        return self.parcel.earliest

    @property
    def latest(self) -> timedelta:
        """As of what is in it."""
        return self.parcel.latest

    @property
    def asks(self) -> bool:
        """As of what is in it."""
        return self.parcel.asks

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        """Ask, then send. Raises OtherIdentity beside what is raised by what is in it: nothing has left then."""
        confirm(self.office.store, self.office.setup, self.office.now, self.account)
        return self.parcel.send(key, progress)

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        """Ask, then look: what another identity has published proves nothing."""
        confirm(self.office.store, self.office.setup, self.office.now, self.account)
        return self.parcel.find(key, since, progress)


def confirm(store: Store, setup: Setup, now: Callable[[], datetime], account: OurAccount) -> None:
    """Ask whose token it is, unless that is known, and store the answer.

    Raises OtherIdentity, AccessLost, TryLater: then nothing may leave or be read with it.
    """
    with store.read() as session:
        row = session.get(Account, account.name)
        if is_confirmed(row, account):
            return
        stranger = row.stranger if row else None
    if stranger is not None and account.has(stranger.mark):
        raise OtherIdentity(stranger.label)
    decide = ask(account, unlocks=False)
    with store.write() as session:
        desk = Desk(session=session, now=now(), setup=setup, language=setup.language)
        outbox.keep(desk, decide(desk))
        row = session.get_one(Account, account.name)
        if is_confirmed(row, account):
            return
        stranger = row.stranger
        refusal = row.access_reason if row.access == Access.LOST else None
    if stranger is not None:
        raise OtherIdentity(stranger.label)
    raise TryLater("a newer token is being taken over", SOON) if refusal is None else AccessLost(refusal)


def ask(account: OurAccount, *, unlocks: bool = True) -> Decide:
    """Ask whose token it is. Raises AccessLost, TryLater.

    `unlocks`: an answer shows that the network's lock is over. Some locks are only met in writing, so what is asked
    on the way of something else leaves the lock to whoever looks after it (handlers.delivery.checking).
    """
    mark = account.mark()
    try:
        who = account.platform.whoami()
    except NotPermitted as refusal:
        said = refusal.reason  # the name of an exception ends with its block
        return lambda desk: unnamed(desk, account, said, mark, unlocks=unlocks)
    return lambda desk: met(desk, account, who, mark, unlocks=unlocks)


# -- what the answer means ---------------------------------------------------------------------------------------------


def met(desk: Desk, account: OurAccount, who: Who, mark: str, *, unlocks: bool = True) -> Iterator[Effect]:
    """The network told whose the token of that mark is: the account's own identity's, or another's."""
    if _is_old(desk, account, mark):
        return  # it has another token by now, which is asked about by itself
    row = _locked(desk, account, who.remote_id)
    stranger = _stranger(desk, row, account, who, mark)
    if stranger is not None:
        yield from _is_strange(desk, row, stranger)
        return
    was, row.other = row.stranger, None
    yield from _is_own(desk, row, account, mark, was, unlocks=unlocks)
    credential = desk.session.get(Credential, account.name)
    row.met(
        remote_id=who.remote_id,
        handle=who.handle,
        title=who.name,
        url=who.url,
        now=desk.now,
        expires_at=who.expires_at or (credential.expires_at if credential else None),
        unlocks=unlocks,
    )


def unnamed(desk: Desk, account: OurAccount, reason: str, mark: str, *, unlocks: bool = True) -> Iterator[Effect]:
    """The network takes the token of that mark and does not tell whose it is.

    That serves where it was known before, or nobody has ever told who the account is.
    """
    if _is_old(desk, account, mark):
        return
    row = _locked(desk, account, "")
    never = not _own_id(desk, row) and not row.token_mark
    if account.has(row.token_mark) or never:
        was, row.other = row.stranger, None
        yield from _is_own(desk, row, account, mark, was, unlocks=unlocks)
        row.asked(desk.now)
        return
    told = desk.room_t("its token is a new one and may not tell whose it is ({reason})", reason=reason.rstrip(". "))
    yield from access.lost(desk, account.name, AccessLost(told))


def _is_old(desk: Desk, account: OurAccount, mark: str) -> bool:
    """Whether the mark is of a token in whose place another has come."""
    now = desk.setup.accounts.get(account.name, account)
    return not account.has(mark) or now.version > account.version


def _is_own(
    desk: Desk, row: Account, account: OurAccount, mark: str, was: Stranger | None, *, unlocks: bool
) -> Iterator[Effect]:
    row.platform, row.server, row.token_mark = account.platform.name, account.server, mark
    if was is None:
        if unlocks or not row.is_locked:
            yield from access.works(desk, row.name)
        return
    row.regain_access(desk.now)
    desk.audit("identity regained", row.name, before=was.model_dump(exclude={"mark"}))
    yield from told_again(desk, row)


def _is_strange(desk: Desk, row: Account, stranger: Stranger) -> Iterator[Effect]:
    was = row.access
    if not row.meet_stranger(stranger, desk.now):
        return
    own = {"remote_id": row.remote_id, "handle": row.handle, "server": row.server, "access": was}
    desk.audit("other identity", row.name, before=own, after=stranger.model_dump(exclude={"mark"}))
    yield from told_of(desk, row, stranger)


def _locked(desk: Desk, account: OurAccount, remote_id: str) -> Account:
    """Its row; where it meets an identity, with those of its network, so that two do not meet the same at once."""
    name = account.name
    row = desk.session.get(Account, name)
    if row is None:
        row = desk.add(Account(name=name, platform=account.platform.name))
    if not is_confirmed(row, account) or row.remote_id != remote_id:
        of_network = select(Account).where(Account.platform == account.platform.name).order_by(col(Account.name))
        desk.session.exec(of_network.with_for_update().execution_options(populate_existing=True)).all()
    return desk.session.get_one(Account, name, with_for_update=True)


def _own_id(desk: Desk, row: Account) -> str:
    """The id of what the account is: as the network told, else as it was connected; "" where neither."""
    if row.remote_id:
        return row.remote_id
    credential = desk.session.get(Credential, row.name)
    return credential.remote_id if credential else ""


def _stranger(desk: Desk, row: Account, account: OurAccount, who: Who, mark: str) -> Stranger | None:
    """What the network told, where that is not the account's own identity or another account's before."""
    own, platform = _own_id(desk, row), account.platform.name
    is_own = not own or (
        (row.platform, own) == (platform, who.remote_id)
        and (row.server == account.server if row.server else _is_there(row.url, who.url))
    )
    twin = _twin(desk, row, account, who.remote_id, has_it=is_own and bool(own))
    if is_own and not twin:
        return None
    told = {"remote_id": who.remote_id, "handle": who.handle, "name": who.name, "url": who.url}
    return Stranger(platform=platform, server=account.server, mark=mark, twin=twin, **told)


def _is_there(known: str, told: str) -> bool:
    """Whether a profile is on the server on which it was, where no server was kept; an unknown one may be any."""
    hosts = {urlsplit(address).hostname for address in (known, told)} - {None}
    return len(hosts) < 2


def _twin(desk: Desk, row: Account, account: OurAccount, remote_id: str, *, has_it: bool) -> str:
    """Another of our accounts that was the identity before this one; "" where there is none.

    Where both have been for long (no desk looked then), the one that comes first in config.toml is.
    """
    names = [name for name, one in desk.setup.accounts.items() if one.platform.name == account.platform.name]
    same = select(Account).where(Account.remote_id == remote_id, col(Account.name).in_(names))
    for other in desk.session.exec(same.where(Account.name != row.name).order_by(col(Account.name))).all():
        is_there = other.platform == account.platform.name and other.server in {"", account.server}
        is_first = not has_it or (other.other is None and names.index(other.name) < names.index(row.name))
        if is_there and is_first:
            return other.name
    connected = (
        select(Credential.account)
        .join(Account)
        .where(
            Credential.remote_id == remote_id,
            col(Account.name).in_(names),
            Account.remote_id == "",
            Account.name != row.name,
        )
    )
    return "" if has_it else desk.session.exec(connected).first() or ""
