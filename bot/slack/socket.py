"""Socket Mode's connection: Slack hands out an address for each, and an address is good for one attempt."""

from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

#: Seconds for the handshake; the connection itself lives for hours.
HANDSHAKE = aiohttp.ClientTimeout(total=30, sock_connect=5)


async def socket(app: AsyncApp, app_token: str, address: str, proxy: str | None) -> AsyncSocketModeHandler:
    """The handler, ready to connect: first to the address, and after every attempt to one it asks for itself.

    The SDK would knock at a used address for ever where the first handshake failed.
    """
    handler = AsyncSocketModeHandler(app, app_token)
    client = handler.client

    async def used(*_: Any) -> None:
        client.wss_uri = None

    attempts = aiohttp.TraceConfig()
    attempts.on_request_start.append(used)
    await client.aiohttp_client_session.close()
    client.aiohttp_client_session = aiohttp.ClientSession(timeout=HANDSHAKE, trace_configs=[attempts])
    client.proxy = proxy
    client.wss_uri = address
    return handler
