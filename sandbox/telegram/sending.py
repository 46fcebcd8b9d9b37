"""Methods that send: text, photos, videos, documents, albums, copies and forwards, and the typing sign."""

import json
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from sandbox.telegram.access import find_chat, find_message, find_reply, find_thread
from sandbox.telegram.addresses import split_address
from sandbox.telegram.entities import CAPTION_LIMIT, TEXT_LIMIT, formatted
from sandbox.telegram.errors import bad
from sandbox.telegram.files import DOWNLOAD_LIMIT, Upload
from sandbox.telegram.markup import parse_markup
from sandbox.telegram.methods import method
from sandbox.telegram.objects import message_json, user_json
from sandbox.telegram.params import Params
from sandbox.telegram.world import Chat, Message, World

WHERE = "chat_id:chat! message_thread_id:int direct_messages_topic_id:int business_connection_id"
HOW = "disable_notification:bool protect_content:bool allow_paid_broadcast:bool message_effect_id reply_parameters:json"
MORE = "suggested_post_parameters:json reply_markup:json"
CAPTION = "caption parse_mode caption_entities:json show_caption_above_media:bool"
ALBUM = range(2, 11)
LOCAL = {"127.0.0.1", "localhost"}
ACTIONS = {
    *("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document"),
    *("choose_sticker", "find_location", "record_video_note", "upload_video_note"),
}


def caption_fields(p: Params) -> dict[str, Any]:
    """`caption` and `caption_entities` of a request, {} when it has none; refuses more than 1024."""
    values = (p.text("caption"), p.text("parse_mode"), p.text("caption_entities"))
    text, entities = formatted(*values, CAPTION_LIMIT, "message caption")
    return {"caption": text, "caption_entities": entities} if text else {}


def text_fields(p: Params) -> dict[str, Any]:
    """`text` and `entities` of a request; refuses an empty text and more than 4096."""
    if not p.text("text"):
        raise bad("message text is empty")
    text, entities = formatted(p.text("text"), p.text("parse_mode"), p.text("entities"), TEXT_LIMIT, "message")
    if not text:
        raise bad("text must be non-empty")
    return {"text": text, "entities": entities}


def place(world: World, p: Params) -> tuple[Chat, int, int]:
    """Chat, thread and answered message of a sending request; refuses what is not there."""
    chat = find_chat(world, p.text("chat_id"))
    thread = find_thread(world, chat, p.int("message_thread_id"))
    reply_to = find_reply(world, chat, p)
    # An answer stays in the topic of what it answers unless another one is named.
    if reply_to and not p.int("message_thread_id"):
        thread = chat.messages[reply_to].thread
    return chat, thread, reply_to


async def resolve(world: World, p: Params, kind: str, value: str, field: str, **fields: Any) -> dict[str, Any]:
    """The stored content for an upload, `attach://name`, a file identifier or an address of this machine."""
    upload = p.files.get(value.removeprefix("attach://")) if value.startswith("attach://") else p.files.get(field)
    if upload:
        return world.files.store(kind, upload, **fields)
    if not value or value.startswith("attach://"):
        raise bad(f"there is no {kind} in the request")
    if value.startswith(("http://", "https://")):
        return world.files.store(kind, await _fetch(value), **fields)
    return world.files.reuse(kind, value)


async def _fetch(address: str) -> Upload:
    """What is at an address of this machine; the sandbox goes nowhere else."""
    parts = split_address(address)
    if parts is None or parts.hostname not in LOCAL:
        raise bad("failed to get HTTP URL content")
    try:
        async with ClientSession(timeout=ClientTimeout(5)) as session, session.get(address) as response:
            data = await response.content.read(DOWNLOAD_LIMIT)
            if response.status != 200:
                raise bad("failed to get HTTP URL content")
            return Upload(parts.path.rsplit("/", 1)[-1] or "file", response.content_type, data)
    except (ClientError, TimeoutError):
        raise bad("failed to get HTTP URL content") from None


def send(world: World, p: Params, content: dict[str, Any], markup: dict[str, Any] | None = None) -> dict[str, Any]:
    """Put the bot's message where the request says and answer it as a Message."""
    chat, thread, reply_to = place(world, p)
    world.limits.charge(chat.id)
    more: dict[str, Any] = {"thread": thread, "reply_to": reply_to, "markup": markup}
    message = world.post(chat, world.bot.id, content, **more, protected=p.flag("protect_content"))
    return message_json(world, message)


@method("sendMessage", f"{WHERE} text! parse_mode entities:json link_preview_options:json {HOW} {MORE}")
async def send_message(world: World, p: Params) -> Any:
    """Send text."""
    markup = parse_markup(p.text("reply_markup"))
    content = text_fields(p)
    preview = p.json("link_preview_options", "link preview options")
    return send(world, p, content | ({"link_preview_options": preview} if preview else {}), markup)


async def _send_media(world: World, p: Params, kind: str) -> Any:
    markup = parse_markup(p.text("reply_markup"))
    caption = caption_fields(p)
    place(world, p)
    numbers = {name: p.int(name) for name in ("duration", "width", "height")} if kind == "video" else {}
    content = await resolve(world, p, kind, p.text(kind), kind, **numbers)
    spoiler = {"has_media_spoiler": True} if p.flag("has_spoiler") else {}
    return send(world, p, content | caption | spoiler, markup)


@method("sendPhoto", f"{WHERE} photo:file! {CAPTION} has_spoiler:bool {HOW} {MORE}")
async def send_photo(world: World, p: Params) -> Any:
    """Send a photo, which is stored as JPEG in several sizes."""
    return await _send_media(world, p, "photo")


@method(
    "sendVideo",
    f"{WHERE} video:file! duration:int width:int height:int thumbnail:file cover:file start_timestamp:int {CAPTION} "
    f"has_spoiler:bool supports_streaming:bool {HOW} {MORE}",
)
async def send_video(world: World, p: Params) -> Any:
    """Send a video."""
    return await _send_media(world, p, "video")


@method(
    "sendDocument",
    f"{WHERE} document:file! thumbnail:file caption parse_mode caption_entities:json "
    f"disable_content_type_detection:bool {HOW} {MORE}",
)
async def send_document(world: World, p: Params) -> Any:
    """Send a file as it is."""
    return await _send_media(world, p, "document")


def media_params(p: Params, item: Any) -> Params:
    """The fields of one InputMedia as parameters beside the request's files; refuses what is no InputMedia."""
    if not isinstance(item, dict):
        raise bad("can't parse InputMedia: expected an Object")
    if str(item.get("type")) not in {"photo", "video", "document"}:
        raise bad(f'can\'t parse InputMedia: type "{item.get("type")}" is unsupported')
    if not item.get("media"):
        raise bad("can't parse InputMedia: media not found")
    return Params({k: v if isinstance(v, str) else json.dumps(v) for k, v in item.items()}, p.files)


async def media_content(world: World, p: Params) -> dict[str, Any]:
    """The content that an InputMedia stands for, caption included."""
    kind = p.text("type")
    caption = caption_fields(p)
    numbers = {name: p.int(name) for name in ("duration", "width", "height")} if kind == "video" else {}
    spoiler = {"has_media_spoiler": True} if p.flag("has_spoiler") else {}
    return await resolve(world, p, kind, p.text("media"), "", **numbers) | caption | spoiler


@method("sendMediaGroup", f"{WHERE} media:json! {HOW}")
async def send_media_group(world: World, p: Params) -> Any:
    """Send 2 to 10 photos and videos, or 2 to 10 documents, as one album."""
    items = p.json("media", "media")
    if not isinstance(items, list):
        raise bad("expected an Array of InputMedia")
    if len(items) > ALBUM[-1]:
        raise bad("too many messages to send as an album")
    if len(items) < ALBUM[0]:
        raise bad("album must contain at least 2 items" if items else "there are no messages to send")
    parts = [media_params(p, item) for item in items]
    if len({part.text("type") == "document" for part in parts}) > 1:
        raise bad("Can't use the media of the specified type in the album")
    chat, thread, reply_to = place(world, p)
    contents = [await media_content(world, part) for part in parts]
    world.limits.charge(chat.id, len(contents))
    more: dict[str, Any] = {"thread": thread, "reply_to": reply_to, "group": world.serial(13)}
    album = [world.post(chat, world.bot.id, c, **more, protected=p.flag("protect_content")) for c in contents]
    return [message_json(world, message) for message in album]


def _origin(world: World, message: Message) -> dict[str, Any]:
    sender = user_json(world.somebody(message.sender))
    return message.origin or {"type": "user", "date": message.date, "sender_user": sender}


@method(
    "forwardMessage",
    "chat_id:chat! message_thread_id:int direct_messages_topic_id:int from_chat_id:chat! video_start_timestamp:int "
    "disable_notification:bool protect_content:bool message_effect_id suggested_post_parameters:json message_id:int!",
)
async def forward_message(world: World, p: Params) -> Any:
    """Forward a message, its author named."""
    source = find_message(world, p, "message to forward", "read", "from_")
    if source.service or source.protected:
        raise bad("message can't be forwarded")
    chat, thread, _ = place(world, p)
    world.limits.charge(chat.id)
    more: dict[str, Any] = {"thread": thread, "origin": _origin(world, source)}
    return message_json(world, world.post(chat, world.bot.id, dict(source.content), **more))


@method(
    "copyMessage",
    f"chat_id:chat! message_thread_id:int direct_messages_topic_id:int from_chat_id:chat! message_id:int! "
    f"video_start_timestamp:int {CAPTION} {HOW} {MORE}",
)
async def copy_message(world: World, p: Params) -> Any:
    """Send the same content as the bot's own message, perhaps with another caption."""
    source = find_message(world, p, "message to copy", "read", "from_")
    if source.service or source.protected:
        raise bad("message can't be copied")
    content = dict(source.content)
    if source.media and "caption" in p.values:
        content = {source.media: content[source.media]} | caption_fields(p)
    return {"message_id": send(world, p, content, parse_markup(p.text("reply_markup")))["message_id"]}


@method("sendChatAction", "business_connection_id chat_id:chat! message_thread_id:int action!")
async def send_chat_action(world: World, p: Params) -> Any:
    """Show that the bot is typing or uploading; nothing stays of it."""
    if p.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    find_chat(world, p.text("chat_id"))
    return True
