"""Servers that answer nonsense, nothing, or never; and requests that Slack did not send."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

import pytest
import requests

from bot.slack.connect import PATH
from support.patience import PATIENCE
from support.story import Desk
from support.team import Team, newest, read

STATUSES = "POST /api/v1/statuses"
HTTP = {"BOTTEGA_SLACK__MODE": "http", "BOTTEGA_WEB__PORT": "0"}


def seen_going_out(team: Team, code: str, text: str) -> None:
    """Both requests have left, and whoever looks at the post now sees that it is going out.

    The card in a room was perhaps drawn a moment before, and is drawn again when it is over.
    """
    team.until(lambda: sum(text in asked["body"] for asked in team.world.mastodon.requests(STATUSES)) == 2)
    team.ada.slack.say("dm", f"open {code}")
    team.until(lambda: newest(team.ada.slack, "dm", code, "is going out"))


@pytest.mark.parametrize("kind", ["html", "garbage", "empty"])
def test_an_instance_that_answers_nonsense_makes_nothing_twice_and_loses_nothing(team: Team, kind: str) -> None:
    text = f"The answer is {kind}"
    code = team.approved(text)
    team.world.mastodon.fault(STATUSES, kind, times=2)
    team.bruno.slack.press("Publish now", message=team.card(code))
    team.until(lambda: "· Published" in read(team.card(code)))
    assert len(team.on_network(text)) == 1
    assert len(team.on_network(text, "acme_it")) == 1


def test_an_instance_that_is_slow_holds_up_nobody_else(team: Team) -> None:
    code = team.approved("Slowly out")
    team.world.mastodon.fault(STATUSES, "slow", times=2, seconds=25)
    team.bruno.slack.press("Publish now", message=team.card(code))
    seen_going_out(team, code, "Slowly out")
    team.ada.slack.say("dm", f"edit {code} Too late to change")
    told = team.until(lambda: newest(team.ada.slack, "dm", f"{code} is going out on"))
    assert "Wait until that is over" in read(told)
    assert team.submitted("Meanwhile, another")
    assert "· Published" not in read(team.card(code))
    team.world.mastodon.calm()
    team.until(lambda: "· Published" in read(team.card(code)))


def test_an_instance_that_never_answers_is_waited_for_and_then_looked_up(team: Team) -> None:
    code = team.approved("Never an answer")
    team.world.mastodon.fault(STATUSES, "hang")
    team.bruno.slack.press("Publish now", message=team.card(code))
    seen_going_out(team, code, "Never an answer")
    assert team.submitted("The team goes on")
    team.world.mastodon.calm()
    team.until_card(code, "· Published")
    assert len(team.on_network("Never an answer")) == 1
    assert len(team.on_network("Never an answer", "acme_it")) == 1


@pytest.mark.parametrize("kind", ["html", "garbage", "empty", "status"])
def test_comments_come_once_the_instance_speaks_again(team: Team, kind: str) -> None:
    team.world.mastodon.act("settings", streaming=False)
    team.world.mastodon.fault("GET /api/v1/notifications", kind, times=3, status=502)
    team.nora.mention("acme", f"heard after {kind}")
    team.until(lambda: team.comment(f"heard after {kind}"))
    team.world.mastodon.calm()


def test_an_instance_that_is_down_delays_a_post_and_the_card_says_so(team: Team) -> None:
    code = team.approved("Down for a moment")
    team.world.mastodon.fault(STATUSES, "status", times=2, status=503, headers={"Retry-After": "1"}, body="<html>")
    team.bruno.slack.press("Publish now", message=team.card(code))
    team.until(lambda: "· Published" in read(team.card(code)))
    assert len(team.on_network("Down for a moment")) == 1


def test_forged_and_replayed_slack_requests_change_nothing(desk: Desk) -> None:
    with desk(environ=HTTP) as team:
        assert team.app.web
        address = f"http://127.0.0.1:{team.app.web.port}{PATH}"
        team.world.slack.act("settings", request_url=address)
        code = team.submitted("Only Slack may press")
        secret = team.app.settings.slack.signing_secret.get_secret_value()

        def press(member: str, secret: str, at: float) -> requests.Response:
            payload = {
                "type": "block_actions",
                "team": {"id": "T0SANDBOX1"},
                "user": {"id": member, "team_id": "T0SANDBOX1"},
                "api_app_id": "A0SANDBOX1",
                "trigger_id": f"handmade{at}",
                "container": {"type": "message", "channel_id": "C0REVIEW01", "message_ts": team.card(code)["ts"]},
                "channel": {"id": "C0REVIEW01", "name": "review"},
                "actions": [{"action_id": "x", "block_id": "y", "type": "button", "value": f"v1:approve:{code}:1:"}],
            }
            body = urlencode({"payload": json.dumps(payload)}).encode()
            stamp = str(int(at))
            signed = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": f"v0={signed}",
            }
            return requests.post(address, data=body, headers=headers, timeout=PATIENCE)

        assert press("U0BRUNO001", "0" * 32, time.time()).status_code == 401, "a wrong signature"
        assert press("U0BRUNO001", secret, time.time() - 600).status_code == 401, "an old request, replayed"
        assert "Approvals: 0 of 1" in read(team.card(code))
        now = time.time()
        assert press("U0BRUNO001", secret, now).status_code == 200
        team.until(lambda: f"{code} is approved" in team.thread(code))
        before = team.thread(code)
        assert press("U0BRUNO001", secret, now).status_code == 200, "a redelivery is acknowledged"
        assert team.submitted("The one after it")
        assert team.thread(code) == before, "and handled once"


def test_slack_over_http_serves_commands_forms_and_buttons(desk: Desk) -> None:
    with desk(environ=HTTP) as team:
        assert team.app.web
        team.world.slack.act("settings", request_url=f"http://127.0.0.1:{team.app.web.port}{PATH}")
        ada = team.ada.slack
        ada.command("review", "/social", "post Over HTTP")
        ada.wait_modal("New post")
        answered = ada.fill({"When": "yesterday 9:00"})
        assert "errors" in answered
        assert "closed" in ada.fill({"When": ""})
        card = team.until(lambda: newest(ada, "review", "Over HTTP", "· Draft"))
        ada.press("Submit", message=card)
        team.until(lambda: newest(team.bruno.slack, "review", "Over HTTP", "In review"))


def test_events_that_slack_delivers_again_are_handled_once(team: Team) -> None:
    code = team.submitted("Deliver me again")
    team.bruno.slack.press("Approve", message=team.card(code))
    team.until(lambda: "· Approved" in read(team.card(code)))
    team.until(lambda: f"{code} is approved" in team.thread(code))
    before = team.thread(code)
    team.world.slack.act("socket", redeliver=5)
    team.world.slack.act("socket", disconnect="refresh_requested")
    team.submitted("After the redelivery")
    assert team.thread(code) == before
