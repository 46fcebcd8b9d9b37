"""Socket Mode's connection: Slack hands out an address for each, and an address is good for one attempt."""

from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.slack.keeping import readable
from platforms.contract import NotJson

log = structlog.get_logger()

#: Seconds for the handshake; the connection itself lives for hours.
HANDSHAKE = aiohttp.ClientTimeout(total=30, sock_connect=5)


class Handler(AsyncSocketModeHandler):
    """Bolt's, which is shown nothing that makes no sense."""

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """Give it to Bolt; what nobody can read is acknowledged, because Slack would only bring it again."""
        try:
            req.payload = readable(req.payload)
        except NotJson as error:
            log.warning("a payload does not look like one of Slack's", reason=str(error))
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
            return
        await super().handle(client, req)


async def socket(app: AsyncApp, app_token: str, address: str, proxy: str | None) -> AsyncSocketModeHandler:
    """The handler, ready to connect: first to the address, and after every attempt to one it asks for itself.

    The SDK would knock at a used address for ever where the first handshake failed.
    """
    handler = Handler(app, app_token)
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
