"""The page that networks send people back to, over HTTP: what it tells, what it keeps to itself, when it is there."""

import asyncio

import requests

from bot.web.oauth import Callback
from bot.web.server import Web
from models.consent import Consent, ConsentState
from support.inbox_bench import InboxBench
from support.meta_desk import MetaDesk, settings_on
from support.patience import PATIENCE
from support.stage import Stage


def asked(callback: Callback, method: str, path: str, **given: str) -> requests.Response:
    """What the port of [web] answers."""

    async def story() -> requests.Response:
        web = Web("127.0.0.1", 0, callback.routes)
        await web.start()
        try:
            address = f"http://127.0.0.1:{web.port}{path}"
            return await asyncio.to_thread(requests.request, method, address, params=given, timeout=PATIENCE)
        finally:
            await web.stop()

    return asyncio.run(story())


def begun(page: MetaDesk, **how: str) -> dict[str, str]:
    page.desk.say("Dario", "connect page")
    return page.agree(page.way(), **how)


def test_the_page_is_plain_is_kept_by_nobody_and_leads_nowhere(page: MetaDesk) -> None:
    given = begun(page)
    answer = asked(page.callback, "GET", "/oauth/facebook", **given)
    assert answer.status_code == 200
    assert "Choose in chat which of them is page." in answer.text
    assert given["code"] not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_what_a_network_says_is_no_markup_and_short(page: MetaDesk) -> None:
    given = begun(page)
    said = {"state": given["state"], "error": "access_denied", "error_description": "<script>" * 100}
    answer = asked(page.callback, "GET", "/oauth/facebook", **said)
    assert answer.status_code == 400
    assert "<script>" not in answer.text
    assert answer.text.count("&lt;script&gt;") == 25


def test_what_a_network_says_is_kept_without_what_no_database_takes(page: MetaDesk) -> None:
    given = begun(page)
    said = {"state": given["state"], "error": "access_denied", "error_description": "No\0 way"}
    assert asked(page.callback, "GET", "/oauth/facebook", **said).status_code == 400
    assert [row.reason for row in page.desk.rows(Consent)] == ["No\ufffd way"]


def test_a_look_at_the_head_alone_does_not_use_it_up(page: MetaDesk) -> None:
    given = begun(page)
    assert asked(page.callback, "HEAD", "/oauth/facebook", **given).status_code == 405
    assert [row.state for row in page.desk.rows(Consent)] == [ConsentState.OPEN]
    assert asked(page.callback, "GET", "/oauth/facebook", **given).status_code == 200


def test_a_network_without_an_app_or_login_has_no_page(page: MetaDesk) -> None:
    assert asked(page.callback, "GET", "/oauth/mastodon").status_code == 404
    assert asked(page.callback, "GET", "/oauth/facebook").status_code == 400


def test_without_a_public_address_there_is_no_page_and_so_no_port(desk: InboxBench, meta: Stage) -> None:
    assert MetaDesk(desk, meta, settings_on(meta.address, web={})).callback.routes == []
    assert MetaDesk(desk, meta, settings_on(meta.address, apps={})).callback.routes == []
