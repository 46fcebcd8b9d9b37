"""A pretend Telegram for one test: its people, raw requests to it and real python-telegram-bot bots."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import requests
from PIL import Image
from telegram import Bot

from sandbox.telegram.cast import DESK, REVIEW_ROOM
from sandbox.telegram.person import TelegramPerson
from sandbox.telegram.server import TOKEN, TelegramSandbox
from support.patience import PATIENCE
from support.platform_running import running

T = TypeVar("T")
#: Seconds for everything a bot does in one test.
ADA, BRUNO, CHIARA, EVE = 1001, 1002, 1003, 1009
__all__ = ["ADA", "BRUNO", "CHIARA", "DESK", "EVE", "REVIEW_ROOM", "TOKEN", "Telegram", "picture", "telegram_running"]


def picture(width: int = 400, height: int = 300, color: str = "teal") -> bytes:
    """A PNG of one colour."""
    data = io.BytesIO()
    Image.new("RGB", (width, height), color).save(data, "PNG")
    return data.getvalue()


class Telegram:
    """Where the sandbox is and shortcuts to it."""

    def __init__(self, address: str) -> None:
        self.address = address

    def person(self, name: str, chat: str | int = "private", topic: str | int | None = None) -> TelegramPerson:
        """Somebody looking at a chat."""
        return TelegramPerson(self.address, name, chat, topic)

    def stage(self, deed: str, **wish: Any) -> Any:
        """POST /_/<deed>; the JSON answered."""
        return requests.post(f"{self.address}/_/{deed}", json=wish, timeout=PATIENCE).json()

    def raw(self, method: str, token: str = TOKEN, **params: Any) -> Any:
        """One Bot API request; the whole JSON answered, whether it went well or not."""
        response = requests.post(f"{self.address}/bot{token}/{method}", json=params, timeout=PATIENCE)
        body = response.json()
        assert body["ok"] == response.ok
        assert body["ok"] or body["error_code"] == response.status_code
        return body

    def call(self, method: str, **params: Any) -> Any:
        """The result of a Bot API request that goes well."""
        body = self.raw(method, **params)
        assert body["ok"], body
        return body["result"]

    def refusal(self, method: str, **params: Any) -> str:
        """The description of a Bot API request that is refused."""
        body = self.raw(method, **params)
        assert not body["ok"], body
        return str(body["description"])

    def updates(self, kind: str = "", **params: Any) -> list[Any]:
        """What waits for the bot, without confirming it; of one kind if named."""
        found = self.call("getUpdates", **params)
        return [update[kind] for update in found if kind in update] if kind else found

    def with_bot(self, work: Callable[[Bot], Awaitable[T]]) -> T:
        """Run something with a real python-telegram-bot Bot."""

        async def run() -> T:
            async with Bot(TOKEN, base_url=f"{self.address}/bot", base_file_url=f"{self.address}/file/bot") as bot:
                return await asyncio.wait_for(work(bot), PATIENCE)

        return asyncio.run(run())


@contextmanager
def telegram_running() -> Iterator[Telegram]:
    """A fresh sandbox in a thread of its own."""
    with running(TelegramSandbox()) as address:
        yield Telegram(address)
