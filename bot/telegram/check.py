"""What `doctor` looks at: the token, who else reads the updates, and whether every place can be written to."""

from collections.abc import Sequence
from typing import Any

from telegram import Bot, ChatMember
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, TelegramError

from bot.telegram import raw
from bot.telegram.refusals import brief
from bot.telegram.speak import GENERAL, REQUEST
from handlers.intents import Place

#: Standing of a bot in a group where it may speak.
PRESENT = {ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER, ChatMember.RESTRICTED}


async def faults(bot: Bot, places: Sequence[Place], *, polling: bool, webhook_url: str = "") -> list[str]:
    """A sentence with its cure for everything that is wrong; empty when all is well."""
    try:
        me = await raw.call(bot, "getMe", REQUEST)
        hook = await _asked(bot, "getWebhookInfo") or {}
    except InvalidToken:
        return ["Telegram refuses the token. Ask @BotFather for a new one and set BOTTEGA_TELEGRAM__TOKEN."]
    except TelegramError as error:
        return [f"Telegram cannot be reached ({brief(error)}). Check the network and [telegram] api_url."]
    found: list[str] = []
    url, trouble = hook.get("url", ""), hook.get("last_error_message", "")
    if polling and url:
        found.append(
            "A webhook is set for this bot, so it cannot poll. Starting the bot removes it; stop whoever set it."
        )
    if not polling and url != webhook_url:
        found.append("Telegram calls another address than [telegram] webhook_url. Starting the bot sets it.")
    if not polling and trouble:
        found.append(f"Telegram could not deliver to webhook_url: {trouble}.")
    for place in places:
        found += await _place(bot, place, me=me["id"], sees_all=me.get("can_read_all_group_messages") is not False)
    return found


async def _asked(bot: Bot, method: str, **fields: Any) -> dict[str, Any] | None:
    """What the server says of us or a chat; None from one without this method: the token is known to be good by now."""
    try:
        said = await raw.call(bot, method, REQUEST, **fields)
    except InvalidToken:
        return None
    return said if isinstance(said, dict) else None


async def _place(bot: Bot, place: Place, *, me: int, sees_all: bool) -> list[str]:
    where = f"{place.room}/{place.thread}" if place.thread else place.room
    try:
        chat = await _asked(bot, "getChat", chat_id=int(place.room))
        member = await _asked(bot, "getChatMember", chat_id=int(place.room), user_id=me)
    except ChatMigrated as error:
        return [f"The group {where} became a supergroup. Put its new number into config.toml: {error.new_chat_id}."]
    except (BadRequest, Forbidden) as error:
        return [f"The chat {where} cannot be reached ({error.message}). Add the bot to the group and check the id."]
    except TelegramError as error:
        return [f"The chat {where} cannot be looked at now ({brief(error)}). Try again."]
    if chat is None or member is None or chat.get("type") == "private":
        return []
    title, status, permissions = chat.get("title", ""), member.get("status"), chat.get("permissions") or {}
    if status not in PRESENT:
        return [f"The bot is not in “{title}” ({where}). Add it to the group."]
    found = []
    everybody = status == ChatMember.MEMBER and permissions.get("can_send_messages") is False
    if everybody or (status == ChatMember.RESTRICTED and not member.get("can_send_messages")):
        found.append(f"The bot may not write in “{title}” ({where}). Allow it to send messages.")
    if place.thread and not chat.get("is_forum"):
        found.append(f"“{title}” has no topics, but {where} names one. Switch topics on, or write only {place.room}.")
    elif place.thread and place.thread != GENERAL:
        found += await _topic(bot, place, where)
    if not sees_all and status == ChatMember.MEMBER:
        found.append(
            f"In “{title}” Telegram's privacy mode hides albums from the bot. Make the bot an administrator "
            "there, or switch privacy mode off (@BotFather, /setprivacy) and add the bot to the group again."
        )
    return found


async def _topic(bot: Bot, place: Place, where: str) -> list[str]:
    """A sign of typing is the one thing that can be sent to a topic without leaving a trace."""
    try:
        await bot.send_chat_action(int(place.room), "typing", message_thread_id=int(place.thread))
    except InvalidToken:  # a server without signs of typing
        return []
    except BadRequest as error:
        return [f"The topic {where} cannot be written to ({error.message}). Check the number behind the slash."]
    except TelegramError as error:
        return [f"The topic {where} cannot be looked at now ({error.message}). Try again."]
    return []
