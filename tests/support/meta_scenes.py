"""Scenes of a desk with a Page: its network is not there, since nothing of what is asked waits for it."""

from collections.abc import Callable
from typing import Any

from handlers.setup import OurAccount
from models.account import Account
from models.approval import Policy
from models.audience import AudienceRow
from models.delivery import Delivery
from models.member import named
from models.post import Content, Post, Revision
from models.profile import Profile
from models.publication import Publication
from platforms.facebook.adapter import Facebook
from support.inbox_bench import InboxBench
from support.meta_bench import AD_ACCOUNT, KEYS, PAGE

NOWHERE = "http://127.0.0.1:9"
INFO = {"name": "Acme", "url": "https://www.facebook.com/acme", "about": "Bread", "followers": 12}


def with_page(desk: InboxBench) -> str:
    """The account “bakery”, whose page was looked at."""
    options = {"page": PAGE, "ad_account": AD_ACCOUNT}
    platform = Facebook(base_url=NOWHERE, keys=KEYS, options=options, now=desk.clock, timeout=(0.2, 0.2))
    account = OurAccount(name="bakery", title="Bakery", platform=platform, policy=Policy())
    desk.reshape(accounts={**desk.setup.accounts, "bakery": account})
    with desk.store.write() as session:
        session.add(Account(name="bakery", platform="facebook"))
        session.flush()
        profile = Profile(account="bakery")
        profile.read(INFO, desk.now)
        session.add(profile)
    return "G1"


def page_proposed(desk: InboxBench) -> str:
    """Dario wants it otherwise, for the second time."""
    code = with_page(desk)
    with desk.store.write() as session:
        profile = session.get_one(Profile, 1)
        for about in ("Bread since 1921", "Bread since 1821"):
            profile.propose({"about": about}, named(session, "Dario").number)
    return code


def page_changing(desk: InboxBench) -> str:
    """Agreed to, and not there yet."""
    code = page_proposed(desk)
    with desk.store.write() as session:
        session.get_one(Profile, 1).accept()
    return code


def page_failed(desk: InboxBench) -> str:
    """The network did not take it."""
    code = page_changing(desk)
    with desk.store.write() as session:
        session.get_one(Profile, 1).fail("too long")
    return code


def audience_proposed(desk: InboxBench) -> str:
    """Dario asks for one."""
    with_page(desk)
    with desk.store.write() as session:
        plan = {"kind": "page", "days": 30}
        session.add(AudienceRow.asked("bakery", "Regulars", plan, named(session, "Dario").number, desk.now))
    return "T1"


def audience_failed(desk: InboxBench) -> str:
    """The network did not make it."""
    code = audience_proposed(desk)
    with desk.store.write() as session:
        found = session.get_one(AudienceRow, 1)
        found.accept()
        found.fail("accept the terms first")
    return code


def first_comment_failed(desk: InboxBench) -> str:
    """P1 stands, and what should stand under it does not."""
    return f"D{_first_comment(desk, lambda delivery: delivery.refuse('ContentRefused', 'No links here', desk.now))}"


def first_comment_unsure(desk: InboxBench) -> str:
    """P1 stands, and nobody knows whether its first comment does."""

    def lost(delivery: Delivery) -> None:
        delivery.lose_track("Unreachable", "no answer", desk.now)
        delivery.check_again(None)

    return f"D{_first_comment(desk, lost)}"


def _first_comment(desk: InboxBench, ends: Callable[[Delivery], None]) -> int:
    """The number of the delivery, after one attempt that ended so."""
    with_page(desk)
    content = Content(text="Hello", accounts=("bakery",), first_comment="Recipe")
    lane = "account:bakery"
    with desk.store.write() as session:
        ada = named(session, "Ada").number
        session.add(post := Post.draft(content, ada, desk.now))
        session.add(sent := Delivery(kind="publication", lane=lane, due_at=desk.now, created_at=desk.now))
        session.flush()
        session.add(Revision.of(post, ada, desk.now))
        sent.subject = post.code
        sent.claim("bench", desk.now)
        sent.deliver({}, desk.now)
        given: dict[str, Any] = {"post_id": post.number, "account": "bakery", "revision": 1, "digest": post.digest}
        session.add(publication := Publication(**given, delivery_id=sent.number))
        publication.stands("1001_1", "", ["1001_1"], desk.now)
        session.flush()
        payload = {"publication": publication.number, "reply_to": "1001_1"}
        more: dict[str, Any] = {"subject": post.code, "due_at": desk.now, "created_at": desk.now}
        session.add(comment := Delivery(kind="first_comment", lane=lane, payload=payload, **more))
        session.flush()
        comment.claim("bench", desk.now)
        ends(comment)
        return comment.number
