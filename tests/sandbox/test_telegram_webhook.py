"""A webhook gets every update in order, with its secret, again until it says 2xx."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, Update

from support.patience import PATIENCE
from support.telegram_stage import ADA, TOKEN, Telegram, telegram_running

SECRET = "a-secret_1"


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with telegram_running() as found:
        yield found


class Receiver:
    """The bot's own address; answers with the statuses given, then 200 with `reply`."""

    def __init__(self, *statuses: int, reply: Any = None) -> None:
        self.statuses = list(statuses)
        self.reply = reply
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str] = []
        self.url = ""

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(await request.json())
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        status = self.statuses.pop(0) if self.statuses else 200
        body = json.dumps(self.reply) if self.reply and status == 200 else ""
        return web.Response(status=status, text=body, content_type="application/json")

    async def wait(self, count: int) -> None:
        end = time.monotonic() + PATIENCE
        while len(self.got) < count:
            assert time.monotonic() < end, self.got
            await asyncio.sleep(0.02)


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[Receiver]:
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


def with_webhook(telegram: Telegram, receiver: Receiver, work: Callable[[Bot], Awaitable[None]]) -> None:
    async def run(bot: Bot) -> None:
        async with listening(receiver):
            await bot.set_webhook(receiver.url, secret_token=SECRET, allowed_updates=["message", "callback_query"])
            await work(bot)
            await bot.delete_webhook()

    telegram.with_bot(run)


def test_updates_arrive_in_order_with_the_secret_and_are_the_librarys_updates(telegram: Telegram) -> None:
    receiver = Receiver()

    async def work(bot: Bot) -> None:
        ada = telegram.person("Ada")
        await asyncio.to_thread(ada.start)
        for number in range(5):
            await asyncio.to_thread(ada.say, str(number))
        await receiver.wait(6)
        info = await bot.get_webhook_info()
        while info.pending_update_count:  # the last one counts until its answer was read
            info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count, info.max_connections) == (receiver.url, 0, 40)
        updates = [Update.de_json(update, bot) for update in receiver.got]
        assert [u.message.text for u in updates if u.message] == ["/start", "0", "1", "2", "3", "4"]

    with_webhook(telegram, receiver, work)
    assert set(receiver.secrets) == {SECRET}


def test_a_failed_delivery_is_tried_again_before_the_next(telegram: Telegram) -> None:
    receiver = Receiver(500, 503)

    async def work(bot: Bot) -> None:
        ada = telegram.person("Ada")
        await asyncio.to_thread(ada.start)
        await asyncio.to_thread(ada.say, "next")
        await receiver.wait(4)
        info = await bot.get_webhook_info()
        assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"

    with_webhook(telegram, receiver, work)
    assert [u["message"]["text"] for u in receiver.got] == ["/start", "/start", "/start", "next"]


def test_what_waited_is_delivered_or_dropped_when_the_webhook_is_set(telegram: Telegram) -> None:
    ada = telegram.person("Ada")
    ada.start()

    async def work(_bot: Bot) -> None:
        await receiver.wait(1)

    receiver = Receiver()
    with_webhook(telegram, receiver, work)
    assert receiver.got[0]["message"]["text"] == "/start"
    ada.say("dropped")
    telegram.call("setWebhook", url="http://127.0.0.1:9/nobody", drop_pending_updates=True)
    assert telegram.call("getWebhookInfo")["pending_update_count"] == 0


def test_an_update_can_be_delivered_twice(telegram: Telegram) -> None:
    receiver = Receiver()

    async def work(_bot: Bot) -> None:
        await asyncio.to_thread(telegram.person("Ada").start)
        await receiver.wait(1)
        repeated = await asyncio.to_thread(telegram.stage, "redeliver")
        assert repeated == {"update_id": receiver.got[0]["update_id"], "accepted": True}

    with_webhook(telegram, receiver, work)
    assert receiver.got[0] == receiver.got[1]
    assert "polled" in telegram.stage("redeliver")["error"]


def test_a_method_in_the_answer_of_the_webhook_is_carried_out(telegram: Telegram) -> None:
    receiver = Receiver(reply={"method": "sendMessage", "chat_id": ADA, "text": "<b>hi</b>", "parse_mode": "HTML"})

    async def work(_bot: Bot) -> None:
        ada = telegram.person("Ada")
        await asyncio.to_thread(ada.start)
        await asyncio.to_thread(ada.wait_text, "hi")

    with_webhook(telegram, receiver, work)


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"url": "ftp://127.0.0.1/x"}, "Bad Request: invalid webhook URL specified"),
        (
            {"url": "http://127.0.0.1:9/", "secret_token": "a b"},
            "Bad Request: secret token contains unallowed characters",
        ),
        ({"url": "http://127.0.0.1:9/", "secret_token": "a" * 257}, "Bad Request: secret token is too long"),
    ],
)
def test_a_webhook_that_telegram_would_not_set_is_refused(telegram: Telegram, params: Any, reason: str) -> None:
    assert telegram.refusal("setWebhook", **params) == reason


def test_presses_work_through_the_webhook(telegram: Telegram) -> None:
    receiver = Receiver()
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "v1:go"}]]}

    async def work(bot: Bot) -> None:
        ada = telegram.person("Ada")
        await asyncio.to_thread(ada.start)
        await asyncio.to_thread(telegram.call, "sendMessage", chat_id=ADA, text="x", reply_markup=keyboard)
        pressed = asyncio.create_task(asyncio.to_thread(ada.press, "Go"))
        await receiver.wait(2)
        await bot.answer_callback_query(receiver.got[1]["callback_query"]["id"], "Gone")
        assert await pressed == {"text": "Gone", "show_alert": False}

    with_webhook(telegram, receiver, work)
    assert TOKEN not in str(receiver.got)
