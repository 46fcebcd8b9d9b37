"""A port: the chats' routes, and what happens when it cannot be opened."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import aiohttp
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from bot.web.server import Web
from support.patience import PATIENCE

Look = Callable[[Web], Awaitable[None]]


async def status(web: Web, path: str, method: str = "GET") -> tuple[int, str]:
    """What one request is answered with."""
    async with aiohttp.ClientSession() as session, session.request(method, f"http://127.0.0.1:{web.port}{path}") as got:
        return got.status, await got.text()


def serving(web: Web, look: Look) -> None:
    """Look at the port while it is open."""

    async def run() -> None:
        await web.start()
        try:
            await look(web)
        finally:
            await web.stop()

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_a_chat_is_heard_on_its_own_path_and_method() -> None:
    async def hear(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("heard")

    async def look(web: Web) -> None:
        assert await status(web, "/chat", "POST") == (200, "heard")
        assert (await status(web, "/chat"))[0] == 405
        assert (await status(web, "/other"))[0] == 404

    serving(Web("127.0.0.1", 0, [Route("/chat", hear, methods=["POST"])]), look)


def test_a_port_that_is_taken_is_a_fault_with_its_cure_and_not_the_end_of_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        web = Web("127.0.0.1", taken.getsockname()[1], [])
        with pytest.raises(OSError, match=r"in use; see \[web\] host and port"):
            asyncio.run(web.start())
        asyncio.run(web.stop())


def test_what_is_open_is_finished_before_the_port_closes() -> None:
    begun = asyncio.Event()

    async def slow(_request: Request) -> PlainTextResponse:
        begun.set()
        await asyncio.sleep(0.3)
        return PlainTextResponse("done")

    async def run() -> None:
        web = Web("127.0.0.1", 0, [Route("/slow", slow)])
        await web.start()
        asking = asyncio.create_task(status(web, "/slow"))
        await begun.wait()
        await web.stop()
        assert await asking == (200, "done")
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", web.port), 1)

    asyncio.run(asyncio.wait_for(run(), PATIENCE))


def test_it_can_be_opened_again_at_once_where_it_was() -> None:
    async def run() -> None:
        first = Web("127.0.0.1", 0, [])
        await first.start()
        port = first.port
        await status(first, "/")
        await first.stop()
        second = Web("127.0.0.1", port, [])
        await second.start()
        await second.stop()

    asyncio.run(asyncio.wait_for(run(), PATIENCE))
