"""How updates arrive: asked for in a loop, or called in by Telegram; stored before they are confirmed."""

import asyncio
import hmac
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from bot.bodies import read_body
from bot.chat import Event, Intake
from bot.codes import without_codes
from bot.telegram import raw
from bot.telegram.listen import CHAT
from bot.telegram.refusals import brief
from bot.telegram.wire import Update, lane_of, parse
from platforms.contract import NotJson, read_json, storable

log = structlog.get_logger()

#: Seconds between attempts while Telegram cannot be reached: doubled from the first to the last.
FIRST_PAUSE, LAST_PAUSE = 0.5, 30.0
#: Seconds that a round takes at least which brings nothing new: some servers answer at once instead of waiting.
ROUND = 1.0
#: Bytes of the largest update taken in; Telegram's own are far smaller.
LARGEST = 1024 * 1024
#: Header in which Telegram repeats the secret given to setWebhook.
SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the name of the header
#: Kinds of an update that the log names; Telegram's have one, beside the id.
KINDS = 5
#: Told of every update that is stored and new.
After = Callable[[Update], None]


def event(bot_id: int, body: dict[str, Any], update: Update) -> Event:
    """The update as the intake keeps it; another bot's updates are counted anew."""
    return Event(event_id=f"{bot_id}:{update.update_id}", lane=lane_of(update), body=without_codes(body))


def _readable(body: dict[str, Any]) -> Update | None:
    """The update; what is none is told in the log, since Telegram will not bring it again."""
    try:
        update = parse(storable(body))
    except NotJson:
        update = None
    if update is None:
        log.warning("an update does not look like one", update_id=body.get("update_id"), kinds=sorted(body)[:KINDS])
    return update


class Poller:
    """Asks for updates, stores them and the offset in one transaction, and only then asks for the next."""

    def __init__(self, bot: Bot, request: HTTPXRequest, intake: Intake, after: After, hold: int = raw.HOLD) -> None:
        self._bot = bot
        self._request = request
        self._intake = intake
        self._after = after
        self._hold = hold
        self.state = "connecting"

    async def run(self) -> None:
        """Until cancelled. Whatever fails is tried again; nothing is confirmed that is not stored."""
        pause = FIRST_PAUSE
        while True:
            try:
                began = time.monotonic()
                # Until an answer says that all is well, none is waited for: a quiet bot is "connected" at once.
                was_connected = self.state == "connected"
                is_news = await self._round(self._hold if was_connected else 0)
                self.state, pause = "connected", FIRST_PAUSE
                if was_connected and not is_news:
                    await asyncio.sleep(began + min(ROUND, self._hold) - time.monotonic())
                continue
            except Conflict as error:
                self.state = "down: somebody else reads this bot's updates"
                log.warning(
                    "another program reads this bot's updates: stop it, or give it a bot of its own",
                    reason=error.message,
                )
            except InvalidToken as error:
                self.state = "down: token refused"
                log.warning("Telegram refuses the bot's token", reason=error.message)
            except RetryAfter as error:
                wait = error.retry_after
                pause = max(pause, wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
            except TelegramError as error:
                self.state = "connecting"
                log.warning("Telegram cannot be reached", reason=brief(error))
            except SQLAlchemyError as error:
                self.state = "down: updates cannot be stored"
                reason = str(error).splitlines()[0]
                log.warning("updates cannot be stored; they stay with Telegram", reason=reason)
            except Exception:
                self.state = "down: see the log"
                log.exception("a bug met updates; they stay with Telegram")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_PAUSE)

    async def _round(self, hold: int) -> bool:
        """Ask once, waiting so many seconds; returns whether anything new came."""
        owner, _, offset = (await self._intake.cursor(CHAT)).partition(":")
        bot_id = self._bot.id
        known = int(offset) if owner == str(bot_id) and offset.isdecimal() else 0
        bodies = await raw.get_updates(self._bot, self._request, known, hold)
        if not bodies:
            return False
        events = [event(bot_id, body, update) for body in bodies if (update := _readable(body))]
        following = 1 + max((i for b in bodies if isinstance(i := b.get("update_id"), int)), default=known)
        new = await self._intake.store_all(CHAT, events, f"{bot_id}:{following}")
        for update in (parse(kept.body) for kept in new):
            if update:
                self._after(update)
        return bool(new)


class Webhook:
    """Where Telegram calls."""

    def __init__(self, bot_id: int, secret: str, after: After) -> None:
        self._bot_id = bot_id
        self._secret = secret.encode()
        self._after = after
        self.intake: Intake | None = None

    async def hear(self, request: Request) -> Response:
        """200 once the update is stored; Telegram repeats every other answer."""
        given = request.headers.get(SECRET, "").encode("latin-1")
        if not hmac.compare_digest(given, self._secret):
            return Response(status_code=403)
        if self.intake is None:
            return Response(status_code=503)
        written = await read_body(request, LARGEST)
        if written is None:
            return Response(status_code=413)
        try:
            body = read_json(written)
        except NotJson:
            return Response(status_code=400)
        update = _readable(body) if isinstance(body, dict) else None
        if update is not None and await self.intake.store(CHAT, event(self._bot_id, body, update)):
            self._after(update)
        return Response(status_code=200)
