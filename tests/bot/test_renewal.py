"""Tokens that end are renewed by themselves; what cannot be is tried again, or told as a loss of access."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.renewal import AGE, NEAR
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.team import consents
from models.account import Access, Account
from models.credential import Credential
from platforms.facebook import SPEC
from platforms.facebook.login import FacebookLogin
from platforms.graph import tokens
from platforms.instagram import SPEC as INSTAGRAM
from platforms.spec import App
from support.inbox_bench import InboxBench
from support.meta_desk import KEY, NETWORKS, OLD_KEY, MetaDesk, settings_on
from support.stage import Stage

LIFE = timedelta(days=60)


class Personal(FacebookLogin):
    """Facebook Login for a person's own token, which unlike a Page's is exchanged for a fresher one."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)  #: happens while the network is asked

    def renew(self, app: App, token: str) -> tuple[str, datetime | None] | None:
        self.meanwhile()
        return tokens.lasting(app, token)


@pytest.fixture
def login() -> Personal:
    return Personal()


@pytest.fixture
def page(desk: InboxBench, meta: Stage, login: Personal) -> MetaDesk:
    """A desk whose account "page" has a person's token that holds for sixty days."""
    meta.act("reset")
    made = MetaDesk(desk, meta, settings_on(meta.address), NETWORKS | {"facebook": replace(SPEC, login=login)})
    with desk.store.write() as session:
        session.add(
            Credential(
                account="page",
                sealed=made.vault.seal({"token": "sandbox-user-token", "ads_token": "another"}),
                remote_id="1001",
                handle="acme",
                expires_at=desk.now + LIFE,
                renewed_at=desk.now,
                connected_at=desk.now,
            )
        )
    return made


def row(page: MetaDesk) -> Credential:
    found = page.credential()
    assert found is not None
    return found


def exchanges(page: MetaDesk) -> int:
    return len(page.meta.requests("GET /facebook/v26.0/oauth/access_token*"))


def test_a_token_is_renewed_a_month_before_its_end_and_not_earlier(page: MetaDesk) -> None:
    page.desk.now += LIFE - NEAR - timedelta(minutes=1)
    page.renewal.look()
    assert row(page).version == 1
    page.desk.now += timedelta(minutes=1)
    page.renewal.look()
    fresh = row(page)
    assert (fresh.version, fresh.renewed_at) == (2, page.desk.now)
    opened = page.vault.open(fresh.sealed)
    assert opened["token"].startswith("EAAB")
    assert opened["ads_token"] == "another"
    assert page.keyring.look() == ["page"]
    assert page.desk.rows(Account, Account.name == "page")[0].expires_at == fresh.expires_at


def test_a_token_of_today_is_left_alone_however_short_it_is(page: MetaDesk) -> None:
    with page.desk.store.write() as session:
        session.get_one(Credential, "page").expires_at = page.desk.now + timedelta(hours=30)
    page.desk.now += AGE - timedelta(minutes=1)
    page.renewal.look()
    assert row(page).version == 1
    page.desk.now += timedelta(minutes=1)
    page.renewal.look()
    assert row(page).version == 2


def test_a_network_that_is_away_is_asked_again_at_the_next_look(page: MetaDesk) -> None:
    page.desk.now += LIFE - NEAR
    page.meta.fault("GET /facebook/*", "status", status=503, times=20)
    page.renewal.look()
    page.meta.calm()
    assert row(page).version == 1
    assert page.desk.rows(Account, Account.name == "page")[0].access == Access.UNKNOWN
    page.renewal.look()
    assert row(page).version == 2


def test_a_token_that_is_refused_is_a_loss_of_access_and_not_asked_again(page: MetaDesk) -> None:
    with page.desk.store.write() as session:
        session.get_one(Credential, "page").sealed = page.vault.seal({"token": "revoked"})
    page.keyring.look()
    page.desk.now += LIFE - NEAR
    page.renewal.look()
    assert page.desk.posted("page is cut off from its network") == 1
    asked = exchanges(page)
    page.renewal.look()
    assert exchanges(page) == asked


def test_what_a_person_connects_meanwhile_is_not_overwritten(page: MetaDesk, login: Personal) -> None:
    def connected() -> None:
        page.connect()

    login.meanwhile = connected
    page.desk.now += LIFE - NEAR
    page.renewal.look()
    assert row(page).version == 2
    assert row(page).renewed_at == row(page).connected_at == page.desk.now
    assert "ads_token" in page.vault.open(row(page).sealed)
    assert page.vault.open(row(page).sealed)["ads_token"] != "another"


def test_what_an_old_key_sealed_is_sealed_anew(desk: InboxBench, meta: Stage, page: MetaDesk) -> None:
    keys = f"{OLD_KEY} {KEY}"
    rotating = MetaDesk(desk, meta, settings_on(meta.address, desk={"name": "Acme", "secret_key": keys}))
    before = row(page)
    rotating.renewal.look()
    after = row(page)
    assert after.sealed != before.sealed
    assert after.version == before.version  # the token is the same
    assert not rotating.vault.is_old(after.sealed)


def test_an_end_that_was_untold_is_learned_when_instagram_renews_the_token(desk: InboxBench, meta: Stage) -> None:
    meta.act("reset")
    given = {
        "apps": {
            "instagram": {
                "id": "4000000002",
                "secret": "sandbox-instagram-secret",
                "base_url": f"{meta.address}/instagram",
            }
        },
        "accounts": {"acme_ig": {"platform": "instagram"}},
    }
    made = MetaDesk(desk, meta, settings_on(meta.address, **given), NETWORKS | {"instagram": INSTAGRAM})
    (found,) = made.logins.take("instagram", "sandbox-instagram-token")

    def connected(own: Desk) -> tuple[Effect, ...]:
        consents.connect(own, "acme_ig", found)
        return ()

    made.keep(connected)
    before = made.credential("acme_ig")
    assert before is not None
    assert before.expires_at is None  # it was a lasting one already, of which nobody tells the end
    meta.act("clock", advance=AGE.total_seconds())
    desk.now += AGE
    made.renewal.look()
    after = made.credential("acme_ig")
    assert after is not None
    assert after.version == 2
    assert after.expires_at is not None
    assert made.vault.open(after.sealed) != made.vault.open(before.sealed)
    assert made.keyring.look() == ["acme_ig"]
    assert made.accounts["acme_ig"].platform.whoami().handle == "acme"
