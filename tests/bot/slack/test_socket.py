"""Socket Mode's connection: an address of Slack's is good for one attempt."""

import asyncio

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.socket import socket
from support.patience import PATIENCE
from support.slack_chat import SlackBench


async def nobody() -> AuthorizeResult:
    raise AssertionError("nothing arrives here")


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
