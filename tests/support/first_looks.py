"""What the public wrote before the first look at an account is old and is not told, so that tests wait for the look."""

from collections.abc import Iterable

from sqlmodel import col, select

from models.account import Account
from models.store import Store
from support.world import eventually


def await_first_looks(store: Store, names: Iterable[str]) -> None:
    """Return once each of these accounts knows whose it is and from where it reads on. Raises TimeoutError."""
    wanted = set(names)

    def over() -> bool:
        query = select(Account.name).where(col(Account.remote_id) != "", col(Account.cursor) != "")
        with store.read() as session:
            return wanted <= set(session.exec(query).all())

    eventually(over, what=f"the first looks of {sorted(wanted)}")
