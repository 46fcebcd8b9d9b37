"""An app that a team registered serves the networks that share it, and nobody else's accounts."""

import asyncio
import hashlib
import hmac

import pytest
import requests

from bot.appsettings import AppSettings
from bot.intake import Intake
from bot.networks import Builder, Logins, app_of, every
from bot.settings import Settings
from bot.vault import Vault
from bot.web import hooks
from bot.web.server import Web
from models.inbound import Inbound
from support.inbox_bench import InboxBench
from support.loops import loop_in_thread
from support.meta_desk import KEY, SECRET, settings_on
from support.patience import PATIENCE
from support.stage import Stage

VERIFY = "a-word-of-ours"


def settings(address: str, **apps: object) -> Settings:
    """A desk with the account “gram”, and Facebook's app unless others are given."""
    given = settings_on(address, accounts={"gram": {"platform": "instagram"}})
    facebook = given.apps["facebook"].model_dump() | {"secret": SECRET, "verify_token": VERIFY}
    return given.model_copy(
        update={
            "apps": {name: AppSettings.model_validate(app) for name, app in (apps or {"facebook": facebook}).items()}
        }
    )


def logins(own: Settings) -> Logins:
    return Logins(own, Vault([KEY]))


def test_facebooks_app_connects_instagram_accounts_behind_its_pages(meta: Stage) -> None:
    meta.act("reset")
    own = settings(meta.address)
    ways = logins(own)
    assert ways.offers()["instagram"].has_app
    assert not ways.offers()["threads"].has_app
    assert ways.consent("instagram", "x").startswith(f"{meta.address}/dialog/facebook?")
    (found,) = ways.take("instagram", "sandbox-user-token")
    assert (found.handle, found.missing) == ("acme", ())
    account = Builder(own)("gram", ways.vault.open(found.sealed)).platform
    who = account.whoami()
    assert who.handle == "acme"
    assert who.expires_at is not None, "told to the app alone"


def test_accounts_of_instagram_login_are_not_served_by_it(meta: Stage) -> None:
    own = settings(meta.address)
    base_url = (
        Settings.model_validate(
            {"accounts": {"gram": {"platform": "instagram", "base_url": "https://graph.instagram.com"}}}
        )
        .accounts["gram"]
        .base_url
    )
    assert app_of(own, every(), "instagram") == own.apps["facebook"]
    assert app_of(own, every(), "instagram", base_url) is None


def test_an_app_of_its_own_comes_first_and_serves_no_other_network(meta: Stage) -> None:
    own = settings(meta.address, instagram={"id": "2", "secret": "two"})
    assert app_of(own, every(), "instagram") == own.apps["instagram"]
    assert app_of(own, every(), "facebook") is None


@pytest.mark.parametrize(("secret", "status"), [(SECRET, 200), ("guessed", 401)])
def test_calls_about_instagram_are_verified_with_the_secret_of_facebooks_app(
    desk: InboxBench, meta: Stage, secret: str, status: int
) -> None:
    intake, served = Intake(desk.store, desk.clock), logins(settings(meta.address)).apps
    raw = b'{"object": "instagram", "entry": []}'
    signature = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    with loop_in_thread() as loop:
        web = Web("127.0.0.1", 0, hooks.routes(every(), served, intake))
        asyncio.run_coroutine_threadsafe(web.start(), loop).result(PATIENCE)
        try:
            address = f"http://127.0.0.1:{web.port}/hooks/instagram"
            asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "42"}
            assert requests.get(address, params=asked, timeout=PATIENCE).text == "42"
            answer = requests.post(address, data=raw, headers={"X-Hub-Signature-256": signature}, timeout=PATIENCE)
        finally:
            asyncio.run_coroutine_threadsafe(web.stop(), loop).result(PATIENCE)
            intake.close()
    assert answer.status_code == status
    assert len(desk.rows(Inbound)) == (status == 200)
