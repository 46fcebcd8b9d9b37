"""Boosts that race for the same month, in processes of their own."""

import time
from datetime import UTC, datetime
from pathlib import Path

from models import ledger
from models.account import Account
from models.boost import Boost
from models.delivery import Delivery
from models.ledger import OverCap
from models.member import Member
from models.post import Content, Post
from models.publication import Publication
from models.store import Store
from support.racers import LONG

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
#: Minor units that each month may cost.
CAP = 10_000


def seed(store: Store) -> None:
    """Accounts, and four boosts behind one publication."""
    with store.write() as session:
        session.add_all([Account(name="acme", platform="facebook"), Account(name="other", platform="facebook")])
        member = Member(name="Ada", created_at=NOW)
        session.add(member)
        session.flush()
        post = Post.draft(Content(text="Hello"), member.number, NOW)
        delivery = Delivery(kind="publication", lane="account:acme", due_at=NOW, created_at=NOW)
        session.add_all([post, delivery])
        session.flush()
        publication = Publication(
            post_id=post.number, account="acme", revision=1, digest="", delivery_id=delivery.number
        )
        session.add(publication)
        session.flush()
        for _ in range(4):
            session.add(
                Boost(
                    publication_id=publication.number,
                    account="acme",
                    member_id=member.number,
                    created_at=NOW,
                    goal="reach",
                    amount="50",
                    days=3,
                )
            )
            session.flush()


def race(url: str, number: int, folder: str) -> None:
    """Once the file “go” is there, reserve half of a month; leave a file behind where that was granted."""
    store = Store(url)
    with store.read() as session:
        session.get_one(Boost, number)
    Path(folder, f"ready{number}").touch()
    end = time.monotonic() + LONG
    while not Path(folder, "go").exists():
        assert time.monotonic() < end
        time.sleep(0.001)
    if reserved(store, number):
        Path(folder, f"won{number}").touch()
    store.close()


def reserved(store: Store, number: int) -> bool:
    """Whether half of the month was granted to it."""
    try:
        with store.write() as session:
            ledger.reserve(session, "acme", number, {"2026-12": 1, "2026-11": CAP // 2}, CAP, NOW)
    except OverCap:
        return False
    return True
