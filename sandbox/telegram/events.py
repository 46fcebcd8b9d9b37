"""What the bot hears of what happens: which messages reach it, in which kind of update."""

from typing import Any

from sandbox.telegram.entities import cut_utf16
from sandbox.telegram.objects import chat_json, member_json, message_json, user_json
from sandbox.telegram.world import Chat, Message, Person, Query, World


def reaches_bot(world: World, message: Message) -> bool:
    """Whether the bot is told of a person's message (core.telegram.org/bots/features#privacy-mode).

    In groups with privacy mode on, and no administrator's place, only service messages, commands not meant for
    another bot, answers to the bot and mentions of it get through.
    """
    chat = world.chats[message.chat_id]
    if chat.kind == "private":
        return chat.started and not world.people[chat.id].blocks_bot
    if not chat.has(world.bot.id):
        return False
    if not world.settings.privacy or chat.member(world.bot.id).status == "administrator" or message.service:
        return True
    answered = chat.messages.get(message.reply_to)
    return bool(answered and answered.sender == world.bot.id) or _addressed(world, message)


def _addressed(world: World, message: Message) -> bool:
    text = message.content.get("text") or message.content.get("caption") or ""
    me = f"@{world.bot.username}".lower()
    for entity in [*message.content.get("entities", []), *message.content.get("caption_entities", [])]:
        said = cut_utf16(text, entity["offset"], entity["offset"] + entity["length"]).lower()
        if entity["type"] == "mention" and said == me:
            return True
        if entity["type"] == "text_mention" and entity["user"]["id"] == world.bot.id:
            return True
        if entity["type"] == "bot_command" and entity["offset"] == 0 and said.partition("@")[2] in {"", me[1:]}:
            return True
    return False


def tell_message(world: World, message: Message, kind: str = "message") -> None:
    """Queue a `message` or `edited_message` when it may reach the bot."""
    if message.sender != world.bot.id and reaches_bot(world, message):
        world.updates.add(kind, message_json(world, message))


def tell_press(world: World, query: Query, data: str) -> None:
    """Queue a `callback_query`; the message is inaccessible when it is gone or too old."""
    chat = world.chats[query.chat_id]
    message = chat.messages.get(query.message_id)
    old = message is not None and message.date < world.seconds() - world.settings.inaccessible_after
    gone = {"chat": chat_json(world, chat), "message_id": query.message_id, "date": 0}
    world.updates.add(
        "callback_query",
        {
            "id": query.id,
            "from": user_json(world.people[query.presser]),
            "message": gone if message is None or old else message_json(world, message),
            "chat_instance": str(-(abs(chat.id) * 7919 + 17)),
            "data": data,
        },
    )


def tell_reaction(world: World, message: Message, person: Person, before: list[dict[str, Any]]) -> None:
    """Queue a `message_reaction`; in groups only administrators get them (Bot API, Update.message_reaction)."""
    chat = world.chats[message.chat_id]
    if chat.kind == "private" or chat.member(world.bot.id).status == "administrator":
        world.updates.add(
            "message_reaction",
            {
                "chat": chat_json(world, chat),
                "message_id": message.id,
                "user": user_json(person),
                "date": int(world.seconds()),
                "old_reaction": before,
                "new_reaction": message.reactions[person.id],
            },
        )


def tell_membership(world: World, chat: Chat, actor: int, before: dict[str, Any]) -> None:
    """Queue a `my_chat_member`: the bot's place changed from `before` (a ChatMember)."""
    world.updates.add(
        "my_chat_member",
        {
            "chat": chat_json(world, chat),
            "from": user_json(world.somebody(actor)),
            "date": int(world.seconds()),
            "old_chat_member": before,
            "new_chat_member": bot_place(world, chat),
        },
    )


def bot_place(world: World, chat: Chat) -> dict[str, Any]:
    """The bot's ChatMember; in a private chat it is "kicked" while the person blocks it."""
    if chat.kind == "private":
        base: dict[str, Any] = {"user": user_json(world.bot)}
        blocked = world.people[chat.id].blocks_bot
        return base | ({"status": "kicked", "until_date": 0} if blocked else {"status": "member"})
    return member_json(world, chat, world.bot.id)
