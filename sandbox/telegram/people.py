"""What people do in the pretend Telegram: write, edit, delete, press; refused as the app would not offer it."""

import asyncio
import base64
import binascii
from typing import Any

from sandbox.service import Refusal
from sandbox.telegram.entities import CAPTION_LIMIT, TEXT_LIMIT, find_entities, trim
from sandbox.telegram.errors import ApiError
from sandbox.telegram.events import bot_place, tell_membership, tell_message, tell_press, tell_reaction
from sandbox.telegram.files import Upload
from sandbox.telegram.html import units
from sandbox.telegram.markup import buttons
from sandbox.telegram.world import GENERAL, Chat, Message, Person, Query, World

#: Seconds that a press waits for the bot's answer, and at most; items of an album, seconds within which one may edit.
PATIENCE, LONGEST, ALBUM_LIMIT, EDITABLE = 5.0, 60.0, 10, 48 * 3600
Wish = dict[str, Any]


def actor_and_chat(world: World, wish: Wish) -> tuple[Person, Chat]:
    """Who acts (`as`) and where (`chat`); refuses those who are not in the chat."""
    person = world.person(wish.get("as"))
    chat = world.chat(wish.get("chat", "private"), person)
    if not chat.has(person.id):
        raise Refusal(f"{person.first_name} is not in {chat.title or 'this chat'}.")
    return person, chat


def find_topic(chat: Chat, reference: Any) -> int:
    """The thread that a topic's id or name means: 0 for none and for General; raises Refusal."""
    if reference in (None, "", 0):
        return 0
    for topic in chat.topics.values():
        if str(reference) in {str(topic.id), topic.name}:
            return 0 if topic.id == GENERAL else topic.id
    raise Refusal(f"There is no topic called {reference!r} in {chat.title or 'this chat'}.")


def find_message(chat: Chat, wish: Wish, name: str = "message_id") -> Message:
    """The message a wish names; raises Refusal."""
    message = chat.messages.get(int(wish[name]))
    if message is None:
        raise Refusal("That message is no longer there.")
    return message


def _uploads(files: list[Wish]) -> list[tuple[str, Upload]]:
    found = []
    for file in files:
        try:
            data = base64.b64decode(file["base64"], validate=True)
        except binascii.Error:
            raise Refusal(f"{file.get('name')} is no base64.") from None
        mime = file.get("mime", "application/octet-stream")
        kind = {"image": "photo", "video": "video"}.get(mime.partition("/")[0], "document")
        kind = "document" if file.get("as_file") else kind
        found.append((kind, Upload(file.get("name", "file"), mime, data)))
    return found


def _contents(world: World, text: str, files: list[Wish]) -> list[dict[str, Any]]:
    """The content of each message: one for a text or one file, several for an album with the caption on the first."""
    limit = CAPTION_LIMIT if files else TEXT_LIMIT
    plain, _ = trim(text, [])
    if units(plain) > limit:
        raise Refusal(f"That is too long: {units(plain)} of at most {limit}.")
    if not files and not plain:
        raise Refusal("Write something first.")
    if len(files) > ALBUM_LIMIT:
        raise Refusal(f"An album holds at most {ALBUM_LIMIT}.")
    entities = find_entities(plain, [])
    if not files:
        return [{"text": plain, "entities": entities}]
    try:
        contents = [dict(world.files.store(kind, upload)) for kind, upload in _uploads(files)]
    except ApiError as error:
        raise Refusal(error.description) from error
    if plain:
        contents[0] |= {"caption": plain, "caption_entities": entities}
    return contents


def say(world: World, wish: Wish) -> dict[str, Any]:
    """`{as, chat, text, topic?, reply_to?, files?}` to `{message_id, message_ids}`."""
    person, chat = actor_and_chat(world, wish)
    if chat.kind == "private" and not chat.started:
        raise Refusal(f"{person.first_name} has to press START first.")
    if chat.kind == "private" and person.blocks_bot:
        raise Refusal(f"{person.first_name} has blocked the bot; unblock it first.")
    answered = find_message(chat, wish, "reply_to") if wish.get("reply_to") else None
    thread = find_topic(chat, wish.get("topic")) or (answered.thread if answered else 0)
    topic = chat.topics.get(thread or GENERAL)
    if topic and topic.closed and not chat.member(person.id).may("can_manage_topics"):
        raise Refusal(f"The topic {topic.name} is closed.")
    contents = _contents(world, str(wish.get("text") or ""), wish.get("files") or [])
    more: dict[str, Any] = {"thread": thread, "reply_to": answered.id if answered else 0}
    if len(contents) > 1:
        more["group"] = world.serial(13)
    said = [world.post(chat, person.id, content, **more) for content in contents]
    for message in said:
        tell_message(world, message)
    return {"message_id": said[0].id, "message_ids": [message.id for message in said]}


def start(world: World, wish: Wish) -> dict[str, Any]:
    """`{as, payload?}`: press START in the private chat with the bot; unblocks it."""
    person = world.person(wish.get("as"))
    chat = world.chats[person.id]
    before = bot_place(world, chat)
    person.blocks_bot = False
    if before != bot_place(world, chat):
        tell_membership(world, chat, person.id, before)
    chat.started = True
    payload = wish.get("payload")
    return say(world, {"as": person.id, "text": f"/start {payload}" if payload else "/start"})


def edit(world: World, wish: Wish) -> dict[str, Any]:
    """`{as, chat, message_id, text}`: change one's own text or caption."""
    person, chat = actor_and_chat(world, wish)
    message = find_message(chat, wish)
    if message.sender != person.id or message.service or message.date < world.seconds() - EDITABLE:
        raise Refusal("Only one's own messages of the last 48 hours can be edited.")
    new = _contents(world, wish["text"], [])[0]
    if message.media:
        kept = {message.media: message.content[message.media]}
        message.content = kept | {"caption": new["text"], "caption_entities": new["entities"]}
    else:
        message.content = new
    message.edited = int(world.seconds())
    tell_message(world, message, "edited_message")
    return {"message_id": message.id}


def delete(world: World, wish: Wish) -> dict[str, Any]:
    """`{as, chat, message_id}`: delete one's own message, or anybody's as an administrator. The bot is not told."""
    person, chat = actor_and_chat(world, wish)
    message = find_message(chat, wish)
    own = message.sender == person.id or chat.kind == "private"
    if not own and not chat.member(person.id).may("can_delete_messages"):
        raise Refusal("Only administrators delete what others wrote.")
    del chat.messages[message.id]
    return {"deleted": message.id}


def react(world: World, wish: Wish) -> dict[str, Any]:
    """`{as, chat, message_id, emoji}`: react to a message; an empty emoji takes the reaction back."""
    person, chat = actor_and_chat(world, wish)
    message = find_message(chat, wish)
    before = message.reactions.get(person.id, [])
    after = [{"type": "emoji", "emoji": wish["emoji"]}] if wish.get("emoji") else []
    message.reactions[person.id] = after
    if before != after:
        tell_reaction(world, message, person, before)
    return {"message_id": message.id}


async def press(world: World, wish: Wish) -> dict[str, Any]:
    """`{as, chat, message_id, data|label, forged?, wait?}` to `{callback_query_id, answer: {text, show_alert} | null}`.

    Waits five seconds (`wait`: others, 60 at most) for the bot's answer. A button with an address gives `{url}`.
    `forged` sends any data, also for a message that is gone, as a changed app could.
    """
    person, chat = actor_and_chat(world, wish)
    message_id = int(wish["message_id"])
    message = chat.messages.get(message_id)
    data = wish.get("data")
    if not wish.get("forged"):
        button = _button(message, wish)
        if "url" in button:
            return {"url": button["url"]}
        if "callback_data" not in button:
            raise Refusal(f"The button {button['text']!r} does nothing that the bot hears.")
        data = button["callback_data"]
    query = Query(world.serial(48), person.id, chat.id, message_id, world.seconds())
    world.queries[query.id] = query
    if chat.has(world.bot.id) or chat.kind == "private":
        tell_press(world, query, str(data))
    waiter = asyncio.ensure_future(query.answered.wait())
    await asyncio.wait({waiter}, timeout=min(float(wish.get("wait", PATIENCE)), LONGEST))
    waiter.cancel()
    return {"callback_query_id": query.id, "answer": query.answer}


def _button(message: Message | None, wish: Wish) -> dict[str, Any]:
    if message is None:
        raise Refusal("That message is no longer there.")
    offered = buttons(message.markup)
    for button in offered:
        if wish.get("label") == button["text"] or (wish.get("data") and wish["data"] == button.get("callback_data")):
            return button
    labels = ", ".join(button["text"] for button in offered) or "none"
    raise Refusal(f"There is no such button under that message. Its buttons: {labels}.")
