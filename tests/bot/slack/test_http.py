"""HTTP mode: what is signed is heard like in Socket Mode, what is not is turned away."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from slack_sdk.signature import SignatureVerifier

from bot.slack.connect import PATH, SlackChat
from bot.web.server import Web
from handlers.forms import Field, Form, Kind
from handlers.router import Handled
from support.patience import PATIENCE
from support.slack_chat import Heard, SlackBench


class Served:
    """The chat behind the process's own web server."""

    def __init__(self, bench: SlackBench, heard: Heard) -> None:
        self.bench, self.heard = bench, heard
        self.chat: SlackChat = bench.chat(heard, mode="http")
        self.web: Web = bench.run(self._serve())
        self.address = f"http://127.0.0.1:{self.web.port}{PATH}"

    async def _serve(self) -> Web:
        web = Web("127.0.0.1", 0, self.chat.routes)
        await web.start()
        return web


@pytest.fixture
def served(bench: SlackBench) -> Iterator[Served]:
    made = Served(bench, Heard())
    bench.person().act("settings", request_url=made.address)
    yield made
    bench.run(made.web.stop())


def test_events_commands_and_presses_come_the_same_way(served: Served) -> None:
    ada = served.bench.person()
    assert ada.command("review", "/social", "post Hi")["acked"]
    ada.say("dm", "talking")
    served.bench.until(lambda: len(served.heard.events) == 2, "both")
    assert sorted(served.heard.kinds) == ["command", "direct"]
    reading: Any = served.chat.read([served.heard.events[0].body])
    assert (reading.intent.verb, reading.intent.text) == ("post", "Hi")


def test_a_form_is_refused_at_its_field_and_sent_again(served: Served) -> None:
    ada = served.bench.person()
    ada.command("review", "/social", "post")
    reading: Any = served.chat.read([served.heard.events[0].body])
    fields = (Field(name="when", kind=Kind.WHEN, label="When"),)
    form = Form(verb="draft", title="New post", submit="Save", fields=fields)
    served.bench.run(served.chat.ask(reading.intent.origin, form))
    served.heard.answer = Handled(refusal="That time is over.", field="when")
    assert ada.fill({"When": "yesterday"}) == {"errors": {"when": "That time is over."}}
    served.heard.answer = Handled()
    assert ada.submit() == {"closed": True}


def test_what_is_not_signed_by_slack_is_turned_away(served: Served) -> None:
    body: Any = {"type": "event_callback", "event_id": "Ev1", "event": {"type": "message", "channel_type": "im"}}
    at = str(int(time.time()))
    tried: list[dict[str, str | bytes]] = [
        {},
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Request-Timestamp": "9" * 400, "X-Slack-Signature": "v0=" + "0" * 64},
        {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": "v0=é".encode()},
    ]
    for headers in tried:
        answer = requests.post(served.address, json=body, headers=headers, timeout=PATIENCE)
        assert answer.status_code == 401
    assert not served.heard.events


def test_what_a_stranger_sent_is_not_read(served: Served) -> None:
    headers = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=" + "0" * 64}
    for body in (b"{", b"payload=%7B", b"[]", b"[" * 100_000):
        assert requests.post(served.address, data=body, headers=headers, timeout=PATIENCE).status_code == 401


def test_what_is_signed_and_makes_no_sense_is_refused(served: Served) -> None:
    body = b"{"
    stamp = str(int(time.time()))
    signature = SignatureVerifier(served.bench.sandbox.settings.signing_secret).generate_signature(
        timestamp=stamp, body=body
    )
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": str(signature)}
    assert requests.post(served.address, data=body, headers=headers, timeout=PATIENCE).status_code == 400


def test_what_is_too_large_is_not_read_to_the_end(served: Served) -> None:
    headers = {"X-Slack-Request-Timestamp": str(int(time.time())), "X-Slack-Signature": "v0=0"}
    assert requests.post(served.address, data=b"x" * 5_000_000, headers=headers, timeout=PATIENCE).status_code == 413
    assert requests.post(served.address, data=b"\xff", headers=headers, timeout=PATIENCE).status_code == 400


def test_an_event_that_could_not_be_kept_comes_again(served: Served) -> None:
    served.heard.fails = 1
    served.bench.person().say("dm", "keep me")
    served.bench.until(lambda: served.heard.events, "the redelivery")
    assert served.heard.refused == 1
