"""The page's server and the process that starts everything."""

import re
import time
from typing import Any

import pytest
import requests

from sandbox.page.server import STATIC, PageSandbox
from support.page_world import sandboxes
from support.patience import PATIENCE
from support.platform_running import running

ADDRESSES = {"slack": "http://127.0.0.1:1", "telegram": "http://127.0.0.1:2", "mastodon": "http://127.0.0.1:3"}


@pytest.fixture(scope="module")
def world() -> Any:
    with sandboxes() as found:
        yield found


def test_the_page_is_told_where_the_sandboxes_are() -> None:
    with running(PageSandbox(ADDRESSES)) as address:
        config = requests.get(f"{address}/config.json", timeout=PATIENCE).json()
    assert config["addresses"] == ADDRESSES
    assert config["slack"]["command"] == "/social"


def test_nothing_but_the_sandboxes_may_be_reached_from_the_page() -> None:
    with running(PageSandbox(ADDRESSES)) as address:
        answer = requests.get(address, timeout=PATIENCE)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert all(known in policy for known in ADDRESSES.values())


def test_every_file_that_the_page_names_is_there() -> None:
    for file in STATIC.rglob("*.js"):
        for named in re.findall(r"from '(\.[^']+)'", file.read_text()):
            assert (file.parent / named).resolve().exists(), f"{file.name} imports {named}"
    for named in re.findall(r'(?:src|href)="/static/([^"]+)"', (STATIC / "index.html").read_text()):
        assert (STATIC / named).exists(), named


def test_data_never_becomes_markup() -> None:
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(")
    found = [f"{f.name}: {m}" for f in STATIC.rglob("*.js") for m in forbidden.findall(f.read_text())]
    assert found == []


def test_the_files_of_the_page_stay_small() -> None:
    long = {f.name: n for f in STATIC.rglob("*.*") if (n := len(f.read_bytes().splitlines())) > 300}
    assert long == {}


def test_one_line_tells_everything_that_a_configuration_needs(world: dict[str, Any]) -> None:
    assert requests.get(world["page"], timeout=PATIENCE).ok
    answer = requests.post(
        f"{world['slack']['api_url']}auth.test",
        headers={"Authorization": f"Bearer {world['slack']['bot_token']}"},
        timeout=PATIENCE,
    )
    assert answer.json()["ok"]
    bot = f"{world['telegram']['api_url']}/bot{world['telegram']['token']}"
    room, topic = world["telegram"]["review"].split("/")
    place: dict[str, Any] = {"chat_id": int(room), "message_thread_id": int(topic), "text": "Hello"}
    assert requests.post(f"{bot}/sendMessage", json=place, timeout=PATIENCE).json()["ok"]
    for token in world["mastodon"]["tokens"].values():
        who = f"{world['mastodon']['base_url']}/api/v1/accounts/verify_credentials"
        assert requests.get(who, headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE).ok
    assert world["people"]["Ada"] == {"slack": "U0ADA00001", "telegram": 1001}


def test_it_ends_though_pages_are_watching() -> None:
    with sandboxes() as found:
        feed = requests.get(f"{found['slack']['address']}/_/feed", stream=True, timeout=PATIENCE)
        began = time.monotonic()
    assert time.monotonic() - began < PATIENCE
    feed.close()
