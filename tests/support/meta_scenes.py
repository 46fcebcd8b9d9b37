"""Scenes of a desk with a Page: its network is not there, since nothing of what is asked waits for it."""

from handlers.setup import OurAccount
from models.account import Account
from models.approval import Policy
from models.audience import AudienceRow
from models.member import named
from models.profile import Profile
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
