"""What the doctor says of whose tokens there are: by what is stored and set alone, and by what the networks answer."""

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from handlers.delivery.strangers import own_label
from handlers.setup import OurAccount
from models.account import Account
from models.credential import Credential
from models.store import Store
from platforms.contract import Who

#: Name and what is wrong with whose token it has.
Fault = tuple[str, str]


def kept(url: str, names: Sequence[str]) -> tuple[dict[str, Account], dict[str, str]]:
    """The rows of the accounts, and account -> id of what it was connected as; empty where there is none yet."""
    try:
        store = Store(url)
        try:
            if store.schema() != "current":
                return {}, {}
            with store.read() as session:
                rows = session.exec(select(Account).where(col(Account.name).in_(names))).all()
                connected = select(Credential.account, Credential.remote_id).where(col(Credential.account).in_(names))
                return {row.name: row for row in rows}, dict(session.exec(connected).all())
        finally:
            store.close()
    except (SQLAlchemyError, OSError):
        return {}, {}  # the database has a finding of its own


def offline(
    accounts: Mapping[str, OurAccount], rows: Mapping[str, Account], connected: Mapping[str, str]
) -> Iterator[Fault]:
    """What is wrong by what is stored and set, also where no network can be asked."""
    seen: dict[tuple[str, ...], str] = {}
    for name, account in accounts.items():
        row, network = rows.get(name), account.platform.name
        if row is not None and row.remote_id:
            if row.platform != network:
                yield name, _renamed(row, network)
                continue
            if account.server and row.server not in {"", account.server}:
                yield (
                    name,
                    f"it was {own_label(row)} on {row.server}, and base_url leads to {account.server}; {PUT_BACK}",
                )
                continue
            if stranger := row.stranger:
                yield name, _strange(own_label(row), stranger.label, stranger.twin)
                continue
        known = row.remote_id if row else ""
        marks = [("token", account.told)] if account.told else []
        marks += [("id", remote_id)] if (remote_id := known or connected.get(name, "")) else []
        for mark in marks:
            twin = seen.setdefault((network, account.server, *mark), name)
            if twin != name:
                yield name, _twin(twin)
                break


def online(accounts: Mapping[str, OurAccount], rows: Mapping[str, Account], told: Mapping[str, Who]) -> Iterator[Fault]:
    """What is wrong by what the networks have just answered."""
    seen: dict[tuple[str, str, str], str] = {}
    for name, who in told.items():
        account, row = accounts[name], rows.get(name)
        twin = seen.setdefault((account.platform.name, account.server, who.remote_id), name)
        is_bound = row is not None and row.remote_id and row.platform == account.platform.name
        if twin != name:
            yield name, _twin(twin)
        elif row is not None and is_bound and row.remote_id != who.remote_id:
            yield name, _strange(own_label(row), f"@{who.handle}", "")


#: What cures a token of another account.
PUT_BACK = "put its own token back, or say in chat that it is the same account (“accounts” has the button)"


def _strange(own: str, other: str, twin: str) -> str:
    return _twin(twin) if twin else f"it is {own}, and its token is one of {other}, so nothing goes out; {PUT_BACK}"


def _twin(other: str) -> str:
    return (
        f"its token is one of the same account as that of {other}, so nothing goes out as it; give it a token of its "
        "own, or take one of the two out of config.toml"
    )


def _renamed(row: Account, network: str) -> str:
    return (
        f"that name was {own_label(row)} on {row.platform}, and is on {network} now, so nothing goes out; give the new "
        "account a name of its own in config.toml"
    )
