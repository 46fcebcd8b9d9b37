"""What `doctor` looks at: the token, who else reads the updates, and whether every place can be written to."""

from collections.abc import Sequence

from telegram import Bot, ChatMember
from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from bot.telegram.speak import GENERAL
from handlers.intents import Place

#: Standing of a bot in a group where it may speak.
PRESENT = {ChatMember.OWNER, ChatMember.ADMINISTRATOR, ChatMember.MEMBER, ChatMember.RESTRICTED}


async def faults(bot: Bot, places: Sequence[Place], *, polling: bool, webhook_url: str = "") -> list[str]:
    """A sentence with its cure for everything that is wrong; empty when all is well."""
    try:
        me = await bot.get_me()
        hook = await bot.get_webhook_info()
    except InvalidToken:
        return ["Telegram refuses the token. Ask @BotFather for a new one and set BOTTEGA_TELEGRAM__TOKEN."]
    except TelegramError as error:
        return [f"Telegram cannot be reached ({error.message}). Check the network and [telegram] api_url."]
    found: list[str] = []
    if polling and hook.url:
        found.append(
            "A webhook is set for this bot, so it cannot poll. Starting the bot removes it; stop whoever set it."
        )
    if not polling and hook.url != webhook_url:
        found.append("Telegram calls another address than [telegram] webhook_url. Starting the bot sets it.")
    if not polling and hook.last_error_message:
        found.append(f"Telegram could not deliver to webhook_url: {hook.last_error_message}.")
    for place in places:
        found += await _place(bot, place, reads_all=bool(me.can_read_all_group_messages))
    return found


async def _place(bot: Bot, place: Place, *, reads_all: bool) -> list[str]:
    where = f"{place.room}/{place.thread}" if place.thread else place.room
    try:
        chat = await bot.get_chat(int(place.room))
        member = await bot.get_chat_member(int(place.room), bot.id)
    except (BadRequest, Forbidden) as error:
        return [f"The chat {where} cannot be reached ({error.message}). Add the bot to the group and check the id."]
    except TelegramError as error:
        return [f"The chat {where} cannot be looked at now ({error.message}). Try again."]
    if member.status not in PRESENT:
        return [f"The bot is not in “{chat.title}” ({where}). Add it to the group."]
    found = []
    silenced = member.status == ChatMember.RESTRICTED and not getattr(member, "can_send_messages", False)
    if silenced or (chat.permissions and not chat.permissions.can_send_messages and member.status == ChatMember.MEMBER):
        found.append(f"The bot may not write in “{chat.title}” ({where}). Allow it to send messages.")
    if place.thread and not chat.is_forum:
        found.append(
            f"“{chat.title}” has no topics, but {where} names one. Switch topics on, or write only {place.room}."
        )
    elif place.thread and place.thread != GENERAL:
        found += await _topic(bot, place, where)
    if not reads_all and member.status == ChatMember.MEMBER:
        found.append(
            f"In “{chat.title}” Telegram's privacy mode hides albums from the bot. Make the bot an administrator "
            "there, or switch privacy mode off (@BotFather, /setprivacy) and add the bot to the group again."
        )
    return found


async def _topic(bot: Bot, place: Place, where: str) -> list[str]:
    """A sign of typing is the one thing that can be sent to a topic without leaving a trace."""
    try:
        await bot.send_chat_action(int(place.room), "typing", message_thread_id=int(place.thread))
    except BadRequest as error:
        return [f"The topic {where} cannot be written to ({error.message}). Check the number behind the slash."]
    except TelegramError as error:
        return [f"The topic {where} cannot be looked at now ({error.message}). Try again."]
    return []
