"""The Bot API's objects made of the world's: User, Chat, Message, ChatMember, ChatFullInfo."""

from typing import Any

from sandbox.telegram.markup import is_inline
from sandbox.telegram.world import ADMIN_RIGHTS, Chat, Message, Person, World


def user_json(person: Person) -> dict[str, Any]:
    """A User."""
    user = {"id": person.id, "is_bot": person.is_bot, "first_name": person.first_name, "username": person.username}
    return user | ({"language_code": person.language_code} if person.language_code else {})


def me_json(world: World) -> dict[str, Any]:
    """The User that getMe answers, with what the bot can do."""
    return user_json(world.bot) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not world.settings.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def chat_json(world: World, chat: Chat) -> dict[str, Any]:
    """A Chat."""
    if chat.kind == "private":
        person = world.people[chat.id]
        return {"id": chat.id, "type": "private", "first_name": person.first_name, "username": person.username}
    return {"id": chat.id, "type": chat.kind, "title": chat.title} | ({"is_forum": True} if chat.forum else {})


def full_chat_json(world: World, chat: Chat) -> dict[str, Any]:
    """A ChatFullInfo."""
    pinned = [m for m in chat.messages.values() if m.pinned]
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    full = chat_json(world, chat) | {
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, chat.kind == "private"),
    }
    if chat.kind == "supergroup":
        full["has_visible_history"] = True
    return full | ({"pinned_message": message_json(world, pinned[-1])} if pinned else {})


def member_json(world: World, chat: Chat, person_id: int) -> dict[str, Any]:
    """A ChatMember of the kind that fits the status."""
    member = chat.member(person_id)
    base: dict[str, Any] = {"status": member.status, "user": user_json(world.somebody(person_id))}
    if member.status == "creator":
        return base | {"is_anonymous": False}
    if member.status == "administrator":
        rights = {right: right in member.rights for right in ADMIN_RIGHTS}
        return base | {"can_be_edited": False, "is_anonymous": False, **rights}
    return base | ({"until_date": 0} if member.status == "kicked" else {})


def message_json(world: World, message: Message, *, with_reply: bool = True) -> dict[str, Any]:
    """A Message; the message it answers is included once, not further."""
    chat = world.chats[message.chat_id]
    found: dict[str, Any] = {
        "message_id": message.id,
        "from": user_json(world.somebody(message.sender)),
        "chat": chat_json(world, chat),
        "date": message.date,
        **_linked(world, message),
    }
    if message.thread:
        found["message_thread_id"] = message.thread
        found["is_topic_message"] = True
    if message.edited:
        found["edit_date"] = message.edited
    if message.group:
        found["media_group_id"] = message.group
    if message.origin:
        found["forward_origin"] = message.origin
    if message.protected:
        found["has_protected_content"] = True
    # In a topic, what answers nothing counts as an answer to the message that opened the topic.
    answered = chat.messages.get(message.reply_to or (message.thread if message.thread != message.id else 0))
    if with_reply and answered:
        found["reply_to_message"] = message_json(world, answered, with_reply=False)
    if is_inline(message.markup):
        found["reply_markup"] = message.markup
    return found


def _linked(world: World, message: Message) -> dict[str, Any]:
    """The content with what it only names written out: mentioned people, the pinned message."""
    content = dict(message.content)
    for name in ("entities", "caption_entities"):
        if name in content:
            content[name] = [_entity(world, entity) for entity in content[name] if _known(world, entity)]
            if not content[name]:
                del content[name]
    if pinned := content.get("pinned_message"):
        kept = world.chats[message.chat_id].messages.get(pinned)
        chat = chat_json(world, world.chats[message.chat_id])
        gone = {"chat": chat, "message_id": pinned, "date": 0}
        content["pinned_message"] = message_json(world, kept, with_reply=False) if kept else gone
    return content


def _known(world: World, entity: dict[str, Any]) -> bool:
    """A mention of somebody whom the bot never met is dropped."""
    return "user" not in entity or entity["user"]["id"] in {world.bot.id, *world.people}


def _entity(world: World, entity: dict[str, Any]) -> dict[str, Any]:
    mentioned = entity.get("user")
    return entity | {"user": user_json(world.somebody(mentioned["id"]))} if mentioned else entity
