"""The state as one person sees it, for the page, the stories and the tests: GET /_/state?as=<id or first name>.

{version, now,
 bot: {id, first_name, username},
 people: [{id, first_name, username, language_code}],
 as: id of the person looking, or null (then every chat is shown, without menus and answers),
 chats: [{id, kind: "private"|"group"|"supergroup", title, forum,
          started, blocked            (private: START was pressed; the bot is blocked),
          bot_status                  (member, administrator, left, kicked),
          members: [{id, first_name, status}],
          topics: [{id, name, closed}]   (General is 1),
          commands: [{command, description}]  (the menu this person sees here),
          messages: [MESSAGE, oldest first]}],
 answers: [{callback_query_id, chat_id, message_id, at, text, show_alert} or, while waiting, without the last two],
 settings: {...limits.Settings}, webhook: url, pending: updates waiting, complaints: [what is questionable]}

MESSAGE = {id, date (Unix seconds), from: {id, first_name, is_bot}, topic (thread id; 1 = General; 0 = no forum),
           kind: "text"|"photo"|"video"|"document"|"service",
           text (or caption, or the notice of a service message), entities,
           segments: [{text, styles: [entity types], url?}]  (plain pieces to draw; nothing in them is markup),
           media: {url (on this server), file_id, name, mime, width, height, size} or null,
           album (the same for messages of one album) or "", reply_to (message id) or 0, edited, pinned,
           forwarded_from (first name) or "", reactions: [emoji],
           keyboard: [[{label, data?, url?, style?}]],
           reply_keyboard: [[label]], force_reply: bool, placeholder: what an empty input line says}
"""

from dataclasses import asdict
from typing import Any

from sandbox.telegram.commands import menu_for
from sandbox.telegram.entities import segments
from sandbox.telegram.events import bot_place
from sandbox.telegram.world import GENERAL, Chat, Message, Person, World

#: Answers to pressed buttons that the state still shows.
ANSWERS = 20


def state(world: World, person: Person | None) -> dict[str, Any]:
    """The JSON described above."""
    return {
        "now": world.seconds(),
        "bot": {"id": world.bot.id, "first_name": world.bot.first_name, "username": world.bot.username},
        "people": [
            {"id": p.id, "first_name": p.first_name, "username": p.username, "language_code": p.language_code}
            for p in world.people.values()
        ],
        "as": person.id if person else None,
        "chats": [_chat(world, c, person) for c in world.chats.values() if not person or _sees(c, person)],
        "answers": _answers(world, person) if person else [],
        "settings": asdict(world.settings),
        "webhook": world.webhook.url,
        "pending": len(world.updates.pending),
        "complaints": world.complaints[-50:],
    }


def _sees(chat: Chat, person: Person) -> bool:
    return chat.has(person.id) and not chat.moved_to


def _answers(world: World, person: Person) -> list[dict[str, Any]]:
    mine = [query for query in world.queries.values() if query.presser == person.id]
    return [
        {"callback_query_id": q.id, "chat_id": q.chat_id, "message_id": q.message_id, "at": q.at} | (q.answer or {})
        for q in mine[-ANSWERS:]
    ]


def _chat(world: World, chat: Chat, person: Person | None) -> dict[str, Any]:
    private = chat.kind == "private"
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": world.bot.first_name if private else chat.title,
        "forum": chat.forum,
        "started": chat.started,
        "blocked": private and world.people[chat.id].blocks_bot,
        "bot_status": bot_place(world, chat)["status"],
        "members": [
            {"id": i, "first_name": world.somebody(i).first_name, "status": member.status}
            for i, member in chat.members.items()
        ],
        "topics": [{"id": t.id, "name": t.name, "closed": t.closed} for t in chat.topics.values()],
        "commands": menu_for(world, chat, person) if person else [],
        "messages": [_message(world, chat, message) for message in chat.messages.values()],
    }


def _message(world: World, chat: Chat, message: Message) -> dict[str, Any]:
    content = message.content
    sender = world.somebody(message.sender)
    text = _notice(world, message) if message.service else content.get("text") or content.get("caption") or ""
    entities = content.get("entities") or content.get("caption_entities") or []
    markup = message.markup or {}
    return {
        "id": message.id,
        "date": message.date,
        "from": {"id": sender.id, "first_name": sender.first_name, "is_bot": sender.is_bot},
        "topic": (message.thread or GENERAL) if chat.forum else 0,
        "kind": "service" if message.service else message.media or "text",
        "text": text,
        "entities": entities,
        "segments": segments(text, entities),
        "media": _media(world, message),
        "album": message.group,
        "reply_to": message.reply_to,
        "edited": message.edited,
        "pinned": message.pinned,
        "forwarded_from": (message.origin or {}).get("sender_user", {}).get("first_name", ""),
        "reactions": [r.get("emoji", "") for reactions in message.reactions.values() for r in reactions],
        "keyboard": [[_button(button) for button in row] for row in markup.get("inline_keyboard", [])],
        "reply_keyboard": [
            [b["text"] if isinstance(b, dict) else b for b in row] for row in markup.get("keyboard", [])
        ],
        "force_reply": bool(markup.get("force_reply")),
        "placeholder": markup.get("input_field_placeholder", ""),
    }


def _button(button: dict[str, Any]) -> dict[str, Any]:
    names = {"callback_data": "data", "url": "url", "style": "style"}
    return {"label": button["text"]} | {ours: button[name] for name, ours in names.items() if name in button}


def _media(world: World, message: Message) -> dict[str, Any] | None:
    if not message.media:
        return None
    shown = message.content[message.media]
    file = shown[-1] if message.media == "photo" else shown
    stored = world.files.by_id[file["file_id"]]
    return {
        "url": f"/_/file/{stored.id}",
        "file_id": stored.id,
        "name": stored.upload.name,
        "mime": stored.upload.mime,
        "width": file.get("width"),
        "height": file.get("height"),
        "size": file["file_size"],
    }


def _notice(world: World, message: Message) -> str:
    """What Telegram's app says for a service message."""
    actor = world.somebody(message.sender).first_name
    content = message.content
    if people := content.get("new_chat_members"):
        return f"{actor} added {people[0]['first_name']}"
    if person := content.get("left_chat_member"):
        return f"{actor} removed {person['first_name']}"
    if "pinned_message" in content:
        return f"{actor} pinned a message"
    for name, verb in {"created": "opened", "edited": "renamed", "closed": "closed", "reopened": "reopened"}.items():
        if f"forum_topic_{name}" in content:
            title = content[f"forum_topic_{name}"].get("name")
            return f"{actor} {verb} the topic" + (f" {title}" if title else "")
    return "This group became a supergroup"
