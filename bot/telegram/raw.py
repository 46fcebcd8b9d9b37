"""Updates as Telegram wrote them: the library's own objects would lose what it does not know yet."""

from typing import Any

from telegram import Bot
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
    data = RequestData([RequestParameter.from_input(name, value) for name, value in fields.items()])
    found: Any = await request.post(f"{bot.base_url}/getUpdates", data, read_timeout=hold + MARGIN)
    return [update for update in found if isinstance(update, dict)] if isinstance(found, list) else []
