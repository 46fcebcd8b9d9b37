"""Socket Mode's connection: an address of Slack's is good for one attempt."""

import asyncio
from typing import Any, cast

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import Reading
from bot.slack.connect import SlackChat
from bot.slack.socket import socket
from handlers.intents import Command
from support.patience import PATIENCE
from support.slack_chat import ADA, Heard, SlackBench

#: What Ada says to the bot alone.
SAID = {"type": "message", "channel_type": "im", "channel": "D1", "user": ADA, "ts": "1.1", "text": "post a\0b\ud800c"}
ADAS = {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "event": SAID}


async def nobody() -> AuthorizeResult:
    raise AssertionError("nothing arrives here")


def nested(levels: int) -> list[Any]:
    return [nested(levels - 1)] if levels else []


@pytest.mark.parametrize("odd", [{"event": [1]}, {"actions": 1}, {"deep": nested(100)}, {"deep": nested(900)}])
def test_what_makes_no_sense_is_acknowledged_once_and_not_kept(bench: SlackBench, odd: dict[str, Any]) -> None:
    heard = Heard()
    answered = bench.run(received(bench.chat(heard), ADAS | odd))
    assert (answered, heard.events) == ([{"envelope_id": "E1"}], [])


def test_what_no_database_takes_is_taken_out(bench: SlackBench) -> None:
    heard = Heard()
    chat = bench.chat(heard)
    assert bench.run(received(chat, ADAS)) == [{"envelope_id": "E1"}]
    intent = chat.read([heard.events[0].body])
    assert isinstance(intent, Reading)
    assert isinstance(intent.intent, Command)
    assert intent.intent.text == "a\ufffdb\ufffdc"


async def received(chat: SlackChat, payload: dict[str, Any]) -> list[dict[str, Any]]:
    """What is answered to the payload, had it come over the chat's connection."""
    handler = cast(AsyncSocketModeHandler, chat._socket)
    request = SocketModeRequest(type="events_api", envelope_id="E1", payload=payload)
    answered: list[dict[str, Any]] = []

    class Client:
        logger = handler.client.logger

        async def send_socket_mode_response(self, response: SocketModeResponse) -> None:
            answered.append(response.to_dict())

    await handler.handle(cast(SocketModeClient, Client()), request)
    return answered


def test_an_address_that_failed_is_not_tried_again(bench: SlackBench) -> None:
    async def connected() -> bool:
        client = AsyncWebClient(base_url=f"{bench.sandbox.address}/api/")
        app = AsyncApp(client=client, signing_secret="none", authorize=nobody)
        used = f"{bench.sandbox.address.replace('http', 'ws', 1)}/link/?ticket=used"
        handler = await socket(app, bench.sandbox.settings.app_token, used, None)
        handler.client.ping_interval = 0.1
        try:
            await asyncio.wait_for(handler.client.connect(), PATIENCE)  # type: ignore[no-untyped-call]
            return bool(await handler.client.is_connected())
        finally:
            await handler.client.close()  # type: ignore[no-untyped-call]

    assert bench.run(connected())
