"""A real Bolt app talking to the pretend Slack, in a thread of its own, for tests that are synchronous."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.app.async_server import AsyncSlackAppServer
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.slack.person import SlackPerson
from sandbox.slack.server import SlackSandbox
from support.loops import loop_in_thread
from support.patience import PATIENCE

Register = Callable[[AsyncApp], None]


@dataclass
class Running:
    """A sandbox, its address, and a way to run something on the loop of the app."""

    slack: SlackSandbox
    address: str
    client: AsyncWebClient
    loop: asyncio.AbstractEventLoop

    def person(self, name: str) -> SlackPerson:
        """Somebody of the workspace."""
        return SlackPerson(self.address, name)

    def call(self, work: Awaitable[Any], timeout: float = PATIENCE) -> Any:
        """Run something on the app's loop and return what it returns."""

        async def run() -> Any:
            return await work

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(timeout)


@contextmanager
def slack_loop() -> Iterator[Running]:
    """The sandbox alone, on a loop that runs in a thread."""
    slack = SlackSandbox()
    slack.settings.ack_timeout = PATIENCE
    slack.stop_clock()  # a trigger lives for three seconds, however slow the machine is

    with loop_in_thread("slack") as loop:
        try:
            address = asyncio.run_coroutine_threadsafe(slack.start(), loop).result(PATIENCE)
            client = AsyncWebClient(slack.settings.bot_token, base_url=f"{address}/api/", retry_handlers=[])
            yield Running(slack, address, client, loop)
        finally:
            asyncio.run_coroutine_threadsafe(slack.stop(), loop).result(PATIENCE)


@contextmanager
def socket_bot(running: Running, register: Register) -> Iterator[AsyncSocketModeHandler]:
    """A Bolt app connected by Socket Mode."""
    app = AsyncApp(client=running.client)
    register(app)

    async def connect() -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(app, app_token=running.slack.settings.app_token, ping_interval=1)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        return handler

    handler = running.call(connect())
    try:
        yield handler
    finally:
        running.call(handler.close_async())


@contextmanager
def http_bot(running: Running, register: Register) -> Iterator[str]:
    """A Bolt app that listens for Slack's requests; its address is already the request URL."""
    app = AsyncApp(client=running.client, signing_secret=running.slack.settings.signing_secret)
    register(app)

    async def listen() -> tuple[web.AppRunner, str]:
        server = AsyncSlackAppServer(port=0, path="/slack/events", app=app)
        runner = web.AppRunner(server.web_app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner, f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"

    runner, url = running.call(listen())
    try:
        yield url
    finally:
        running.call(runner.cleanup())
