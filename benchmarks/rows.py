"""Rows that a benchmark finds there: a desk with accounts, and posts of which each is due on one of them."""

from datetime import datetime

from models.account import Account
from models.delivery import Delivery
from models.member import Member, Role
from models.post import Content, Post, PostState
from models.publication import Publication
from models.store import Store

ACCOUNTS = tuple(f"a{n}" for n in range(50))


def open_desk(store: Store, now: datetime) -> int:
    """An up to date database with a member and the accounts; returns the member's number."""
    store.migrate()
    with store.write() as session:
        session.add_all(Account(name=name, platform="mastodon") for name in ACCOUNTS)
        ada = Member(name="Ada", roles=[Role.AUTHOR.value], created_at=now)
        session.add(ada)
        session.flush()
        return ada.number


def schedule(store: Store, member: int, count: int, due_at: datetime, now: datetime) -> None:
    """So many scheduled posts, each for one of the accounts in turn, as the scheduling handler leaves them."""
    with store.write() as session:
        names = [ACCOUNTS[n % len(ACCOUNTS)] for n in range(count)]
        posts = [Post.draft(Content(text=f"Post {n}", accounts=(name,)), member, now) for n, name in enumerate(names)]
        for post in posts:
            post.state = PostState.SCHEDULED.value
        session.add_all(posts)
        session.flush()
        deliveries = [
            Delivery(kind="publication", lane=f"account:{name}", subject=post.code, due_at=due_at, created_at=now)
            for post, name in zip(posts, names, strict=True)
        ]
        session.add_all(deliveries)
        session.flush()
        session.add_all(
            Publication(
                post_id=post.number,
                account=post.content.accounts[0],
                revision=post.revision,
                digest=post.digest,
                delivery_id=delivery.number,
            )
            for post, delivery in zip(posts, deliveries, strict=True)
        )
