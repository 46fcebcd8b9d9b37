"""What the bot may reach: chats, threads and messages, refused with the Bot API server's own sentences."""

from typing import Any, Literal

from sandbox.telegram.errors import ApiError, bad, forbidden
from sandbox.telegram.params import Params
from sandbox.telegram.world import GENERAL, Chat, Message, World

Access = Literal["read", "write"]


def find_chat(world: World, reference: str, access: Access = "write") -> Chat:
    """The chat a request names; refuses unknown ones, those the bot was put out of and people who never started it."""
    if not reference:
        raise bad("chat_id is empty")
    number = reference.removeprefix("-")
    chat = world.chats.get(int(reference)) if number.isascii() and number.isdigit() else None
    if chat is None:
        raise bad("chat not found")
    if chat.kind == "private":
        _check_private(world, chat, access)
        return chat
    if chat.moved_to and access == "write":
        parameters = {"migrate_to_chat_id": chat.moved_to}
        raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", parameters)
    status = chat.member(world.bot.id).status
    locked = access == "write" or chat.kind == "supergroup"
    if status == "kicked" and locked:
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if world.bot.id not in chat.members:
        raise bad("chat not found")
    if status == "left" and locked:
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def _check_private(world: World, chat: Chat, access: Access) -> None:
    met = any(other.has(chat.id) and other.has(world.bot.id) for other in world.chats.values() if other.members)
    if not chat.started and not met:
        raise bad("chat not found")
    if not chat.started and access == "write":
        raise forbidden("bot can't initiate conversation with a user")
    if world.people[chat.id].blocks_bot and access == "write":
        raise forbidden("bot was blocked by the user")


def find_thread(world: World, chat: Chat, thread: int) -> int:
    """The topic to write into, 0 for none; refuses unknown and closed topics. Chats without topics ignore it."""
    if not thread or chat.kind == "group" or (chat.kind == "supergroup" and not chat.forum):
        return _open_or_refused(world, chat, GENERAL) if chat.forum else 0
    if thread == GENERAL or thread not in chat.topics:
        raise bad("message thread not found")
    return _open_or_refused(world, chat, thread)


def _open_or_refused(world: World, chat: Chat, thread: int) -> int:
    if chat.topics[thread].closed and not chat.member(world.bot.id).may("can_manage_topics"):
        raise bad("TOPIC_CLOSED")
    return 0 if thread == GENERAL else thread


def find_reply(world: World, chat: Chat, p: Params) -> int:
    """The message to answer, 0 for none; refuses one that is gone unless sending without it is allowed."""
    wanted = p.json("reply_parameters", "reply parameters")
    if not wanted:
        return 0
    if not isinstance(wanted, dict):
        raise bad("object expected as reply parameters")
    if "message_id" not in wanted:
        raise bad('can\'t find field "message_id"')
    elsewhere = str(wanted.get("chat_id") or chat.id)
    there = chat if elsewhere == str(chat.id) else find_chat(world, elsewhere, "read")
    number: Any = wanted["message_id"]
    message = there.messages.get(int(number)) if str(number).isdigit() else None
    if message is None and not wanted.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return message.id if message and there is chat else 0


def find_message(world: World, p: Params, what: str, access: Access = "write", prefix: str = "") -> Message:
    """The message that chat_id and message_id name; refuses with "`what` not found"."""
    chat = find_chat(world, p.text(f"{prefix}chat_id"), access)
    message = chat.messages.get(p.int("message_id"))
    if message is None:
        raise bad(f"{what} not found")
    return message


def own_message(world: World, p: Params) -> Message:
    """The bot's own message that can be edited; refuses others."""
    message = find_message(world, p, "message to edit")
    keyboard = message.markup is not None and "inline_keyboard" not in message.markup
    if message.sender != world.bot.id or message.service or message.origin or keyboard:
        raise bad("message can't be edited")
    return message
