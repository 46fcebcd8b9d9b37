"""Scenes of a desk with a Page: its network is not there, since nothing of what is asked waits for it."""

from collections.abc import Callable
from decimal import Decimal

from handlers.setup import OurAccount
from models.account import Account
from models.agreement import BoostApproval, BoostPolicy
from models.approval import Policy
from models.audience import AudienceRow
from models.boost import PARTS, Boost
from models.conversation import Comment
from models.delivery import Delivery
from models.member import Role, named
from models.post import Content, Post, Revision
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
    account = OurAccount(
        name="bakery",
        title="Bakery",
        platform=platform,
        policy=Policy(boosts=BoostPolicy(first_limit=Decimal(50), month_cap=Decimal(300))),
    )
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


# -- boosts: each has a second revision, so that there is an old one ---------------------------------------------------


def boostable(desk: InboxBench) -> str:
    """A publication of Ada's on the Page."""
    with_page(desk)
    with desk.store.write() as session:
        delivery = Delivery(kind="publication", lane="account:bakery", due_at=desk.now, created_at=desk.now)
        post = Post.draft(Content(text="Hello", accounts=("bakery",)), named(session, "Ada").number, desk.now)
        session.add_all([delivery, post])
        session.flush()
        session.add(Revision.of(post, post.author_id, desk.now))
        delivery.subject = post.code
        delivery.claim("scene", desk.now)
        delivery.deliver({}, desk.now)
        publication = Publication(
            post_id=post.number, account="bakery", revision=1, digest=post.digest, delivery_id=delivery.number
        )
        publication.stands("1001_1", "https://facebook.example/1", ["1001_1"], desk.now)
        session.add(publication)
    return "U1"


def boosted(desk: InboxBench) -> str:
    """The code of its post."""
    boostable(desk)
    return "P1"


def boost_wished(desk: InboxBench) -> str:
    """Ada wants a boost, and its price is known."""
    boostable(desk)
    with desk.store.write() as session:
        found = Boost(
            publication_id=1,
            account="bakery",
            member_id=named(session, "Ada").number,
            created_at=desk.now,
            goal="reach",
            amount="30",
            days=3,
            targeting={"countries": ["CH"]},
            revision=2,
        )
        account = {"name": "Acme", "active": True, "reason": "", "min_daily": 100}
        quote = {"account": account, "unboostable": "", "estimate": None}
        found.priced(quote, currency="EUR", offset=100, zone="Europe/Rome", now=desk.now)
        session.add(found)
    return "B1"


def boost_ordered(desk: InboxBench) -> str:
    """Chiara agreed to it."""
    code = boost_wished(desk)
    with desk.store.write() as session:
        found, chiara = session.get_one(Boost, 1), named(session, "Chiara")
        chiara.grant(Role.BUYER)
        session.add(BoostApproval(boost_id=1, digest=found.digest, member_id=chiara.number, chat="slack", at=desk.now))
        found.accept(desk.now)
    return code


def boost_failed(desk: InboxBench) -> str:
    """The network did not take it."""
    code = boost_ordered(desk)
    with desk.store.write() as session:
        session.get_one(Boost, 1).fail("no", desk.now)
    return code


def boost_unsure(desk: InboxBench) -> str:
    """Nobody knows whether its campaign stands, and it cannot be looked up."""
    code = boost_ordered(desk)
    with desk.store.write() as session:
        payload = {"part": "campaign", "tag": session.get_one(Boost, 1).tag}
        lane = "ads:account:bakery"
        part = Delivery(kind="boost", lane=lane, subject=code, payload=payload, due_at=desk.now, created_at=desk.now)
        part.claim("scene", desk.now)
        part.lose_track("OutcomeUnknown", "", desk.now)
        part.check_again(None)
        session.add(part)
        session.flush()
        return f"D{part.number}"


def boost_running(desk: InboxBench) -> str:
    """It runs."""
    code = boost_ordered(desk)
    with desk.store.write() as session:
        found = session.get_one(Boost, 1)
        for number, part in enumerate(PARTS):
            found.has(part, str(number))
        found.let_run()
        found.start(desk.now)
        found.report_at = None
    return code


def strayed(desk: InboxBench) -> str:
    """A campaign runs of which a restored desk knows nothing."""
    boost_running(desk)
    with desk.store.write() as session:
        lane, running = "ads:account:bakery", {"1202": "bottega-B9-7f3a"}
        search = Delivery(
            id=900, kind="boost_strays", lane=lane, subject="bakery", due_at=desk.now, created_at=desk.now
        )
        search.claim("scene", desk.now)
        search.deliver({"running": running}, desk.now)
        session.add(search)
    return ""


def boost_paused(desk: InboxBench) -> str:
    """It rests."""
    code = boost_running(desk)
    with desk.store.write() as session:
        found = session.get_one(Boost, 1)
        found.let_rest()
        found.pause(desk.now)
        found.report_at = None
    return code


def boost_unconfirmed(desk: InboxBench) -> str:
    """It shall have stopped, and the network does not take the order."""
    code = boost_running(desk)
    with desk.store.write() as session:
        found = session.get_one(Boost, 1)
        found.stop("enough", desk.now)
        found.alarm(desk.now)
        found.alarmed(desk.now)
    return code
