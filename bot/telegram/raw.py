"""Answers as Telegram wrote them: the library's objects lose what is new to them, and demand what nobody needs here."""

from dataclasses import dataclass
from typing import Any

from telegram import Bot
from telegram.error import TelegramError
from telegram.request import HTTPXRequest, RequestData
from telegram.request._requestparameter import RequestParameter

#: Seconds that Telegram holds the request open when nothing happens, and that it may take beyond that.
HOLD, MARGIN = 25, 10
#: The kinds of updates that are asked for.
KINDS = ("message", "edited_message", "callback_query", "my_chat_member")


async def get_updates(bot: Bot, request: HTTPXRequest, offset: int, hold: int = HOLD) -> list[dict[str, Any]]:
    """The updates from `offset` on, waiting `hold` seconds for the first; everything before it is confirmed.

    Raises TelegramError; Conflict when somebody else reads the bot's updates.
    """
    fields = {"offset": offset, "timeout": hold, "allowed_updates": list(KINDS)}
    found: Any = await request.post(f"{bot.base_url}/getUpdates", _data(fields), read_timeout=hold + MARGIN)
    return [update for update in found if isinstance(update, dict)] if isinstance(found, list) else []


async def call(bot: Bot, method: str, patience: float, **fields: Any) -> Any:
    """The result of a method, waiting so many seconds for it; fields that are None are left out.

    Raises TelegramError; InvalidToken also where the server does not know the method.
    """
    return await bot.request.post(f"{bot.base_url}/{method}", _data(fields), read_timeout=patience)


@dataclass(frozen=True)
class Placed:
    """A message that stands now: its id, and its date in seconds since 1970 (0: not told)."""

    message_id: int
    date: int


async def send_message(bot: Bot, patience: float, **fields: Any) -> Placed:
    """Post a message. Raises TelegramError."""
    sent = await call(bot, "sendMessage", patience, **fields)
    if not isinstance(sent, dict) or not isinstance(sent.get("message_id"), int):
        raise TelegramError("the answer to sendMessage names no message")
    return Placed(sent["message_id"], date if isinstance(date := sent.get("date"), int) else 0)


def _data(fields: dict[str, Any]) -> RequestData:
    given = [(name, value) for name, value in fields.items() if value is not None]
    return RequestData([RequestParameter.from_input(name, value) for name, value in given])
