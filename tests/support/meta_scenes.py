"""Scenes of a desk with a Page: its network is not there, since nothing of what is asked waits for it."""

from collections.abc import Callable

from handlers.setup import OurAccount
from models.account import Account
from models.approval import Policy
from models.audience import AudienceRow
from models.conversation import Comment
from models.delivery import Delivery
from models.member import named
from models.profile import Profile
from models.publication import Publication
from platforms.contract import RemoteAuthor, RemoteComment
from platforms.facebook.adapter import Facebook
from platforms.instagram.adapter import Instagram
from support.inbox_bench import InboxBench
from support.meta_bench import AD_ACCOUNT, KEYS, PAGE
from support.posts import stands

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
    publication = stands(desk, "bakery", "1001_1", first_comment="Recipe")
    payload = {"publication": publication, "reply_to": "1001_1"}
    comment = Delivery(
        kind="first_comment",
        lane="account:bakery",
        subject="P1",
        payload=payload,
        due_at=desk.now,
        created_at=desk.now,
    )
    with desk.store.write() as session:
        session.add(comment)
        session.flush()
        comment.claim("bench", desk.now)
        ends(comment)
        return comment.number


def on_instagram(desk: InboxBench) -> str:
    """A publication on an account that can close comments."""
    platform = Instagram(base_url=f"{NOWHERE}/facebook", keys=KEYS, options={}, now=desk.clock, timeout=(0.2, 0.2))
    account = OurAccount(name="gram", title="Gram", platform=platform, policy=Policy())
    desk.reshape(accounts={**desk.setup.accounts, "gram": account})
    with desk.store.write() as session:
        session.add(Account(name="gram", platform="instagram"))
    return f"U{stands(desk, 'gram', '2001')}"


def closed_on_instagram(desk: InboxBench) -> str:
    """The same, closed."""
    code = on_instagram(desk)
    with desk.store.write() as session:
        session.get_one(Publication, 1).comments_closed = True
    return code


def commented_on_page(desk: InboxBench) -> str:
    """Nora's comment under a publication of the Page."""
    with_page(desk)
    author = RemoteAuthor("3001", "Nora", "Nora")
    desk.hear(RemoteComment("1_1", author, "When do you open?", desk.now), account="bakery")
    return "C1"


def hidden_on_page(desk: InboxBench) -> str:
    """The same, hidden."""
    code = commented_on_page(desk)
    with desk.store.write() as session:
        session.get_one(Comment, 1).hidden = True
    return code
