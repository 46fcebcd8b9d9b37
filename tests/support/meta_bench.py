"""The bench with more accounts, on the pretend Meta: the Page “bakery” with an ad account, the Instagram “gram”."""

from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.setup import OurAccount
from models.account import Account
from models.approval import Policy
from platforms.facebook.adapter import Facebook
from platforms.instagram.adapter import Instagram
from platforms.spec import Keys
from platforms.threads.adapter import Threads
from support.bench import START, DeskBench
from support.patience import CALLS
from support.stage import Stage

#: What the sandbox gives out (sandbox/meta/world.py).
KEYS = Keys("sandbox-page-token", "sandbox-ads-token", "4000000001", "sandbox-meta-secret")
PAGE, AD_ACCOUNT = "1001", "act_5001"


@pytest.fixture
def bakery(bench: DeskBench, meta: Stage) -> DeskBench:
    """The bench, whose desk has the Page too."""
    meta.act("reset")
    meta.act("clock", advance=(START - datetime.now(UTC)).total_seconds())
    add_page(bench, meta)
    return bench


def add_page(bench: DeskBench, meta: Stage, policy: Policy | None = None) -> None:
    """The desk gets the account “bakery”, with the real adapter."""
    platform = Facebook(
        base_url=f"{meta.address}/facebook",
        keys=KEYS,
        options={"page": PAGE, "ad_account": AD_ACCOUNT},
        now=bench.clock,
        timeout=CALLS,
    )
    account = OurAccount(name="bakery", title="Bakery", platform=platform, policy=policy or Policy())
    bench.reshape(accounts={**bench.setup.accounts, "bakery": account})
    with bench.store.write() as session:
        session.add(Account(name="bakery", platform="facebook"))


def page_of(meta: Stage) -> dict[str, Any]:
    """The Page as the public sees it."""
    found: dict[str, Any] = next(page for page in meta.state()["pages"]["pages"] if page["id"] == PAGE)
    return found


def add_gram(bench: DeskBench, meta: Stage) -> None:
    """The desk gets the account “gram”, connected through its Page, with the real adapter."""
    meta.act("reset")
    platform = Instagram(base_url=f"{meta.address}/facebook", keys=KEYS, options={}, now=bench.clock, timeout=CALLS)
    account = OurAccount(name="gram", title="Gram", platform=platform, policy=Policy())
    bench.reshape(accounts={**bench.setup.accounts, "gram": account})
    with bench.store.write() as session:
        session.add(Account(name="gram", platform="instagram"))


def gram_of(meta: Stage) -> dict[str, Any]:
    """The Instagram account as the public sees it."""
    found: dict[str, Any] = meta.state()["instagram"]["accounts"][0]
    return found


def add_threads(bench: DeskBench, meta: Stage) -> None:
    """The desk gets the account “threads”, with the real adapter."""
    meta.act("reset")
    meta.act("clock", advance=(START - datetime.now(UTC)).total_seconds())
    keys = Keys("sandbox-threads-token", app_id="4000000003", app_secret="sandbox-threads-secret")
    platform = Threads(base_url=f"{meta.address}/threads", keys=keys, options={}, now=bench.clock, timeout=CALLS)
    account = OurAccount(name="threads", title="Threads", platform=platform, policy=Policy())
    bench.reshape(accounts={**bench.setup.accounts, "threads": account})
    with bench.store.write() as session:
        session.add(Account(name="threads", platform="threads"))
