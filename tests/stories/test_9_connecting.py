"""A team connects its Facebook Page from chat: asked for in Slack, agreed to at Meta, lost, and connected again."""

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.meta.server import MetaSandbox
from support.meta_desk import APP, KEY, NETWORKS, SECRET
from support.patience import PATIENCE
from support.platform_running import running
from support.stage import Stage
from support.team import Team, flat
from support.world import World


@pytest.fixture(scope="module")
def meta() -> Iterator[Stage]:
    with running(MetaSandbox()) as address:
        yield Stage(address)


def environ(meta: Stage) -> dict[str, str]:
    """A Page and an app beside what config.toml has."""
    return {
        "BOTTEGA_DESK__SECRET_KEY": KEY,
        "BOTTEGA_WEB__PORT": "0",
        "BOTTEGA_WEB__PUBLIC_URL": "https://bot.example",
        "BOTTEGA_APPS__FACEBOOK__ID": APP,
        "BOTTEGA_APPS__FACEBOOK__SECRET": SECRET,
        "BOTTEGA_APPS__FACEBOOK__BASE_URL": f"{meta.address}/facebook",
        "BOTTEGA_APPS__FACEBOOK__LOGIN_URL": f"{meta.address}/dialog/facebook",
        "BOTTEGA_ACCOUNTS__PAGE__PLATFORM": "facebook",
    }


def agreed(team: Team, way: str) -> str:
    """Dario's browser: agrees, and is sent back to the bot by its public address; what the page says."""
    sent = requests.post(way, data={"decision": "agree"}, allow_redirects=False, timeout=PATIENCE)
    back = urlsplit(sent.headers["Location"])
    assert (back.scheme, back.netloc) == ("https", "bot.example")
    assert team.app.web is not None
    answer = requests.get(f"http://127.0.0.1:{team.app.web.port}{back.path}?{back.query}", timeout=PATIENCE)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    return answer.text


def way(team: Team, number: int) -> str:
    """The address behind the button that Dario alone was shown, the first time or the second."""

    def look() -> str:
        shown = json.dumps([message["blocks"] for message in flat(team.dario.slack, "review")])
        found = re.findall(r'"(http[^"]*/dialog/facebook[^"]*)"', shown)
        return str(found[number - 1]) if len(found) >= number else ""

    return team.until(look, "the way to Facebook")


def test_a_page_is_connected_from_chat_and_again_when_meta_takes_its_token_away(
    world: World, meta: Stage, capfd: pytest.CaptureFixture[str]
) -> None:
    with world.bot(environ=environ(meta), networks=NETWORKS) as app:
        team = Team(world, app)
        slack = team.dario.slack
        team.until_told(team.dario, "review", "page is cut off from its network (it has no token yet)")
        team.until(lambda: app.setup.health()["slack"] == "connected", "Slack to be heard")

        slack.command("review", "/social", "connect page")
        first = way(team, 1)
        assert "Choose in chat which of them is page." in agreed(team, first)
        card = team.until_told(team.dario, "review", "Which of them is page?", "Acme Italia (@acme_it)")
        slack.press("This one", message=card)
        team.until_told(team.dario, "review", "page is connected as Acme (@acme).")
        team.until_told(team.dario, "review", "page is connected again.")
        team.until(lambda: app.setup.health()["page"] == "polling", "comments to be read")
        assert "used already" in agreed(team, first)

        meta.act("token", owner="1001", end=460)
        lost = team.until_told(team.dario, "review", "page is cut off from its network (Error validating access token")
        slack.press("Reconnect", message=lost)
        assert "page is connected as Acme (@acme)." in agreed(team, way(team, 2))
        team.until(lambda: app.setup.health()["page"] == "polling", "comments to be read again")
        assert app.setup.accounts["page"].version == 2
    written = capfd.readouterr().err
    for token in meta.act("token", owner="1001")["tokens"] + meta.act("token", owner="2001")["tokens"]:
        assert token not in written
    assert "code=" not in written
