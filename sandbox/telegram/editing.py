"""Methods that change, delete, pin or react to messages that are there."""

from typing import Any

from sandbox.telegram.access import find_chat, find_message, own_message
from sandbox.telegram.errors import NOT_MODIFIED, bad
from sandbox.telegram.markup import parse_markup
from sandbox.telegram.methods import method
from sandbox.telegram.objects import message_json
from sandbox.telegram.params import Params
from sandbox.telegram.sending import caption_fields, media_content, media_params, text_fields
from sandbox.telegram.world import Message, World

TARGET = "business_connection_id chat_id:chat message_id:int inline_message_id"
#: Seconds for which the bot may delete what it has no administrator's right over (deleteMessage).
DELETABLE = 48 * 3600
#: Messages of one deleteMessages.
DELETE_LIMIT = 100


def _replace(world: World, message: Message, content: dict[str, Any], markup: dict[str, Any] | None) -> dict[str, Any]:
    """Put new content and keyboard in place; refuses when both are what they were."""
    if content == message.content and markup == message.markup:
        raise bad(NOT_MODIFIED)
    world.limits.charge(message.chat_id, 0)
    # A changed keyboard alone does not make a message an edited one.
    if content != message.content:
        message.edited = int(world.seconds())
    message.content = content
    message.markup = markup
    world.changed()
    return message_json(world, message)


@method(
    "editMessageText",
    f"{TARGET} text! parse_mode entities:json link_preview_options:json reply_markup:json",
)
async def edit_message_text(world: World, p: Params) -> Any:
    """Change a text; a keyboard that is not given again is taken away."""
    content = text_fields(p)
    markup = parse_markup(p.text("reply_markup"), inline_only=True)
    message = own_message(world, p)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit")
    preview = p.json("link_preview_options", "link preview options")
    return _replace(world, message, content | ({"link_preview_options": preview} if preview else {}), markup)


@method(
    "editMessageCaption",
    f"{TARGET} caption parse_mode caption_entities:json show_caption_above_media:bool reply_markup:json",
)
async def edit_message_caption(world: World, p: Params) -> Any:
    """Change or remove the caption of a photo, video or document."""
    markup = parse_markup(p.text("reply_markup"), inline_only=True)
    caption = caption_fields(p)
    message = own_message(world, p)
    if not message.media:
        raise bad("there is no caption in the message to edit")
    kept = {k: v for k, v in message.content.items() if k not in {"caption", "caption_entities"}}
    return _replace(world, message, kept | caption, markup)


@method("editMessageReplyMarkup", f"{TARGET} reply_markup:json")
async def edit_message_reply_markup(world: World, p: Params) -> Any:
    """Change or remove the keyboard."""
    markup = parse_markup(p.text("reply_markup"), inline_only=True)
    message = own_message(world, p)
    return _replace(world, message, message.content, markup)


@method("editMessageMedia", f"{TARGET} media:json! reply_markup:json")
async def edit_message_media(world: World, p: Params) -> Any:
    """Change the media and its caption, or give a text message media."""
    markup = parse_markup(p.text("reply_markup"), inline_only=True)
    item = p.json("media", "input media")
    if item is None:
        raise bad("input media is not specified")
    part = media_params(p, item)
    message = own_message(world, p)
    if message.group and (part.text("type") == "document") != (message.media == "document"):
        raise bad("can't change media type in the album")
    return _replace(world, message, await media_content(world, part), markup)


def _refuse_deletion(world: World, message: Message) -> None:
    chat = world.chats[message.chat_id]
    if chat.kind != "private" and chat.member(world.bot.id).may("can_delete_messages"):
        return
    own = message.sender == world.bot.id or chat.kind == "private"
    if not own or "forum_topic_created" in message.content:
        raise bad("message can't be deleted")
    if message.date < world.seconds() - DELETABLE:
        raise bad("message can't be deleted for everyone")


@method("deleteMessage", "chat_id:chat! message_id:int!")
async def delete_message(world: World, p: Params) -> Any:
    """Delete a message for everyone."""
    if not p.text("chat_id"):
        raise bad("chat identifier is not specified")
    if not p.int("message_id"):
        raise bad("message identifier is not specified")
    message = find_message(world, p, "message to delete")
    _refuse_deletion(world, message)
    del world.chats[message.chat_id].messages[message.id]
    world.changed()
    return True


@method("deleteMessages", "chat_id:chat! message_ids:json!")
async def delete_messages(world: World, p: Params) -> Any:
    """Delete up to 100 messages; those that are not there are passed over."""
    ids = p.json("message_ids", "message identifiers")
    if not isinstance(ids, list):
        raise bad("expected an Array of message identifiers")
    if not ids:
        raise bad("message identifiers are not specified")
    if not all(type(i) is int for i in ids):
        raise bad("message identifier must be a Number")
    if len(ids) > DELETE_LIMIT:
        raise bad("too many message identifiers specified")
    chat = find_chat(world, p.text("chat_id"))
    found = [chat.messages[i] for i in ids if i in chat.messages]
    for message in found:
        _refuse_deletion(world, message)
    for message in found:
        del chat.messages[message.id]
    world.changed()
    return True


def _pinnable(world: World, p: Params, what: str) -> Message:
    message = find_message(world, p, what)
    chat = world.chats[message.chat_id]
    if chat.kind != "private" and not chat.member(world.bot.id).may("can_pin_messages"):
        raise bad("not enough rights to manage pinned messages in the chat")
    if message.service:
        raise bad("message can't be pinned")
    return message


@method("pinChatMessage", "business_connection_id chat_id:chat! message_id:int! disable_notification:bool")
async def pin_chat_message(world: World, p: Params) -> Any:
    """Pin a message; a notice of it appears in the chat."""
    message = _pinnable(world, p, "message to pin")
    if not message.pinned:
        message.pinned = True
        chat = world.chats[message.chat_id]
        world.post(chat, world.bot.id, {"pinned_message": message.id}, thread=message.thread, reply_to=message.id)
    return True


@method("unpinChatMessage", "business_connection_id chat_id:chat! message_id:int")
async def unpin_chat_message(world: World, p: Params) -> Any:
    """Unpin a message, the latest pinned one when none is named."""
    chat = find_chat(world, p.text("chat_id"))
    if not p.int("message_id"):
        pinned = [m.id for m in chat.messages.values() if m.pinned]
        p.values["message_id"] = str(pinned[-1] if pinned else 0)
    _pinnable(world, p, "message to unpin").pinned = False
    world.changed()
    return True


@method("setMessageReaction", "chat_id:chat! message_id:int! reaction:json is_big:bool")
async def set_message_reaction(world: World, p: Params) -> Any:
    """Set or take back the bot's one reaction."""
    reactions = p.json("reaction", "reaction types") or []
    if not isinstance(reactions, list):
        raise bad("expected an Array of ReactionType")
    for reaction in reactions:
        if not isinstance(reaction, dict) or str(reaction.get("type")) not in {"emoji", "custom_emoji"}:
            raise bad("can't parse reaction types: invalid reaction type specified")
    message = find_message(world, p, "message to react", "read")
    if len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(not reaction.get("emoji") for reaction in reactions if reaction["type"] == "emoji"):
        raise bad("REACTION_INVALID")
    message.reactions[world.bot.id] = reactions
    world.changed()
    return True
