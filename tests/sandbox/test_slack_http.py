"""A real Bolt app that is told by signed HTTP requests: the same people see the same results."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp

from sandbox.slack.person import Refused
from support.patience import PATIENCE
from support.slack_bot import Running, http_bot, slack_loop

Json = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[Running]:
    with slack_loop() as running:
        yield running


def register(app: AsyncApp) -> None:
    form = {
        "type": "modal",
        "callback_id": "form",
        "title": {"type": "plain_text", "text": "Form"},
        "submit": {"type": "plain_text", "text": "Send"},
        "blocks": [
            {
                "type": "input",
                "block_id": "words",
                "label": {"type": "plain_text", "text": "Text"},
                "element": {"type": "plain_text_input", "action_id": "text"},
            }
        ],
    }

    @app.event("app_mention")
    async def mentioned(event: Json, client: Any) -> None:
        button = {"type": "button", "text": {"type": "plain_text", "text": "Open"}, "action_id": "open"}
        blocks = [{"type": "actions", "elements": [button]}]
        await client.chat_postMessage(channel=event["channel"], text="card", blocks=blocks)

    @app.event("message")
    async def message() -> None:
        return None

    @app.action("open")
    async def opened(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form)

    @app.view("form")
    async def submitted(ack: Any, view: Json) -> None:
        if view["state"]["values"]["words"]["text"]["value"] == "dull":
            await ack(response_action="errors", errors={"words": "Too dull."})
        else:
            await ack()

    @app.command("/draft")
    async def draft(ack: Any) -> None:
        await ack("Noted.")


def test_people_see_over_http_what_they_see_over_sockets(slack: Running) -> None:
    with http_bot(slack, register) as url:
        ada = slack.person("Ada")
        assert ada.act("settings", request_url=url)["request_url"] == url
        assert ada.command("review", "/draft")["ack"] == {"text": "Noted."}
        ada.mention("review", "hello")
        ada.wait_button("Open")
        assert ada.press("Open") == {"acked": True}
        ada.wait_modal("Form")
        assert ada.fill({"Text": "dull"}) == {"errors": {"words": "Too dull."}}
        assert ada.fill({"Text": "bright"}) == {"closed": True}
        assert ada.screen()["connection"]["mode"] == "http"


def test_an_address_that_does_not_give_the_challenge_back_is_refused(slack: Running) -> None:
    ada = slack.person("Ada")
    with pytest.raises(Refused, match="challenge"):
        ada.act("settings", request_url=f"{slack.address}/signin")
    assert ada.screen()["connection"]["mode"] == "socket"


class Ear:
    """A plain endpoint that keeps raw requests and answers with a status."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None) -> None:
        self.statuses = list(statuses)
        self.headers = headers or {}
        self.requests: list[tuple[dict[str, str], bytes]] = []

    async def listen(self) -> tuple[web.AppRunner, str]:
        app = web.Application()
        app.router.add_post("/", self._hear)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/"

    async def _hear(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if b"url_verification" in raw:
            return web.json_response({"challenge": json.loads(raw)["challenge"]})
        self.requests.append((dict(request.headers), raw))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200, headers=self.headers)

    def wait(self, count: int) -> None:
        end = time.monotonic() + PATIENCE
        while len(self.requests) < count:
            assert time.monotonic() < end, self.requests
            time.sleep(0.02)


def retries(ear: Ear) -> list[tuple[str | None, str | None]]:
    return [(h.get("X-Slack-Retry-Num"), h.get("X-Slack-Retry-Reason")) for h, _ in ear.requests]


def test_an_event_is_tried_again_with_its_number_and_reason_and_signed_each_time(slack: Running) -> None:
    ear = Ear(500, 503)
    runner, url = slack.call(ear.listen())
    ada = slack.person("Ada")
    ada.act("settings", request_url=url, retry_after=[0.05, 0.05, 0.05])
    ada.say("review", "hello")
    ear.wait(3)
    time.sleep(0.2)
    assert retries(ear) == [(None, None), ("1", "http_error"), ("2", "http_error")]
    secret = slack.slack.settings.signing_secret.encode()
    for headers, raw in ear.requests:
        signed = f"v0:{headers['X-Slack-Request-Timestamp']}:".encode() + raw
        assert headers["X-Slack-Signature"] == "v0=" + hmac.new(secret, signed, hashlib.sha256).hexdigest()
    slack.call(runner.cleanup())


def test_an_app_can_decline_to_be_tried_again(slack: Running) -> None:
    ear = Ear(500, headers={"X-Slack-No-Retry": "1"})
    runner, url = slack.call(ear.listen())
    ada = slack.person("Ada")
    ada.act("settings", request_url=url, retry_after=[0.05])
    ada.say("review", "hello")
    ear.wait(1)
    time.sleep(0.3)
    assert retries(ear) == [(None, None)]
    slack.call(runner.cleanup())


def test_an_event_is_given_up_after_the_last_try(slack: Running) -> None:
    ear = Ear(500, 500, 500)
    runner, url = slack.call(ear.listen())
    ada = slack.person("Ada")
    ada.act("settings", request_url=url, retry_after=[0.05, 0.05])
    ada.say("review", "hello")
    ada.wait_for(lambda: ada.screen()["connection"]["given_up"] == 1)
    assert len(ear.requests) == 3
    slack.call(runner.cleanup())


def test_an_answer_address_works_five_times(slack: Running) -> None:
    core = slack.slack.core
    ada = core.workspace.member("Ada")
    assert ada is not None
    url = core.grant_answer(core.workspace.channels["C0REVIEW01"], ada)
    answers = [requests.post(url, json={"text": str(n)}, timeout=PATIENCE) for n in range(6)]
    assert [a.status_code for a in answers] == [200] * 5 + [404]
    assert answers[5].json()["error"] == "used_url"
