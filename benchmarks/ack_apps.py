"""What acknowledges Slack: bare slack-bolt, our intake alone, or the whole desk; each in a process of its own."""

import asyncio
import re
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.common import say
from benchmarks.slack import APP_TOKEN, BOT_TOKEN, PEOPLE, SECRET
from bot import log
from bot.app import App
from bot.chat import Chat
from bot.intake import Intake
from bot.section import Url
from bot.settings import DeskSettings, MemberSettings, Settings, Slack
from bot.settings import Web as WebSettings
from bot.slack.connect import PATH, connect
from bot.threads import settle_in
from bot.web.server import Web
from models.media import Media
from models.store import Store


@asynccontextmanager
async def bare(mode: str, slack: str) -> AsyncIterator[int]:
    """Bolt that only acknowledges, on the same servers as ours; gives its port."""
    client = AsyncWebClient(BOT_TOKEN, base_url=f"{slack}/api/", retry_handlers=[])
    app = AsyncApp(client=client, signing_secret=SECRET)

    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    app.command("/social")(acknowledge)
    app.action(re.compile(".*"))(acknowledge)
    app.event("message")(acknowledge)
    if mode == "socket":
        handler = AsyncSocketModeHandler(app, APP_TOKEN)
        await handler.connect_async()  # type: ignore[no-untyped-call]
        yield 0
        await handler.close_async()  # type: ignore[no-untyped-call]
        return
    adapter = AsyncSlackRequestHandler(app)

    async def endpoint(request: Request) -> Response:
        return await adapter.handle(request)

    web = Web("127.0.0.1", 0, [Route(PATH, endpoint, methods=["POST"])])
    await web.start()
    yield web.port
    await web.stop()


def _slack(mode: str, address: str) -> Slack:
    return Slack(
        bot_token=SecretStr(BOT_TOKEN),
        app_token=SecretStr(APP_TOKEN if mode == "socket" else ""),
        signing_secret=SecretStr(SECRET),
        mode="socket" if mode == "socket" else "http",
        api_url=Url(f"{address}/api/"),
        review="C1",
        inbox="C1",
    )


def _no_picture(media_id: int) -> tuple[Path, Media]:
    raise FileNotFoundError(media_id)


async def _connected(chat: Chat) -> None:
    while chat.state() != "connected":  # noqa: ASYNC110 -- a chat tells its state when asked
        await asyncio.sleep(0.02)


@asynccontextmanager
async def intake(mode: str, slack: str, url: str) -> AsyncIterator[int]:
    """Our door to Slack and our intake: what comes is stored and acknowledged, and nobody handles it."""
    store = Store(url)
    await asyncio.to_thread(store.migrate)
    kept = Intake(store, lambda: datetime.now(UTC))
    chat = connect(_slack(mode, slack), _no_picture)
    await chat.start(kept)
    web = Web("127.0.0.1", 0, chat.routes)
    await web.start()
    await _connected(chat)
    settle_in()
    yield web.port
    await chat.stop()
    await web.stop()
    kept.close()
    store.close()


@asynccontextmanager
async def desk(mode: str, slack: str, url: str) -> AsyncIterator[int]:
    """The whole desk, which handles what it has acknowledged while more comes."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            desk=DeskSettings(data=Path(folder), database=SecretStr(url)),
            slack=_slack(mode, slack),
            members=tuple(MemberSettings(name=f"Member {n}", slack=f"U{n}") for n in range(PEOPLE)),
            web=WebSettings(port=0),
        )
        app = App(settings)
        await app.start()
        await _connected(app.chats["slack"])
        settle_in()
        yield app.web.port if app.web else 0
        await app.stop()


async def _main(kind: str, mode: str, slack: str, url: str) -> None:
    log.setup("error", "console", [])
    running = {"bare": lambda: bare(mode, slack), "intake": lambda: intake(mode, slack, url)}
    async with running.get(kind, lambda: desk(mode, slack, url))() as port:
        print(f"http://127.0.0.1:{port}{PATH}", flush=True)
        await asyncio.to_thread(sys.stdin.read)
    say({})


if __name__ == "__main__":
    asyncio.run(_main(*sys.argv[1:]))
