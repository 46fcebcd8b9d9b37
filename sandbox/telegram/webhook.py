"""Delivery of updates to the bot's own address: in order, one at a time, again until it answers 2xx."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.telegram.updates import Updates

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
#: Seconds between attempts: the first pause, doubled up to the longest. Telegram's own pauses are longer.
FIRST_PAUSE, LONGEST_PAUSE, TIMEOUT = 0.05, 2.0, 10.0
Call = Callable[[dict[str, Any]], Awaitable[None]]


class Webhook:
    """Where updates go, and the task that takes them there."""

    def __init__(self, updates: Updates, seconds: Callable[[], float]) -> None:
        self.updates = updates
        self.seconds = seconds
        self.url = ""
        self.secret = ""
        self.connections = 40
        self.error: tuple[int, str] | None = None
        self.call: Call | None = None
        self._task: asyncio.Task[None] | None = None

    def set(self, url: str, secret: str, connections: int) -> None:
        """Deliver to `url` from now on; "" stops."""
        self.close()
        self.url, self.secret, self.connections, self.error = url, secret, connections, None
        if url:
            self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        """Stop delivering."""
        if self._task:
            self._task.cancel()
        self._task = None

    def info(self) -> dict[str, Any]:
        """The part of a WebhookInfo that is known here."""
        base: dict[str, Any] = {"url": self.url, "has_custom_certificate": False}
        if self.url:
            base |= {"max_connections": self.connections, "ip_address": "127.0.0.1"}
        if self.error:
            base |= {"last_error_date": self.error[0], "last_error_message": self.error[1]}
        return base

    async def send(self, update: dict[str, Any]) -> bool:
        """One attempt; True for a 2xx answer. What went wrong is kept for getWebhookInfo.

        An answer that names a method is carried out, as core.telegram.org/bots/api#making-requests-when-getting-updates
        says.
        """
        headers = {SECRET_HEADER: self.secret} if self.secret else {}
        try:
            async with (
                ClientSession(timeout=ClientTimeout(TIMEOUT)) as session,
                session.post(self.url, json=update, headers=headers, allow_redirects=False) as response,
            ):
                ok, status = 200 <= response.status < 300, f"{response.status} {response.reason}"
                body = await response.text(errors="replace")
        except TimeoutError:
            ok, status, body = False, "Read timeout expired", ""
        except ClientError as error:
            ok, status, body = False, f"Connection failed: {type(error).__name__}", ""
        if ok:
            await self._obey(body)
        else:
            text = f"Wrong response from the webhook: {status}" if status[0].isdigit() else status
            self.error = (int(self.seconds()), text)
        return ok

    async def _obey(self, body: str) -> None:
        try:
            wish = json.loads(body) if body.startswith("{") else {}
        except ValueError:
            wish = {}
        if "method" in wish and self.call:
            await self.call(wish)

    async def _run(self) -> None:
        pause = FIRST_PAUSE
        while True:
            update = self.updates.first()
            if update is None:
                self.updates.arrived.clear()
                await self.updates.arrived.wait()
            elif await self.send(update):
                self.updates.confirm(update["update_id"] + 1)
                pause = FIRST_PAUSE
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
