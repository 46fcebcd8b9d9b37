"""Methods about chats, members, forum topics, files and pressed buttons."""

from typing import Any

from sandbox.telegram.access import find_chat
from sandbox.telegram.errors import QUERY_TOO_OLD, bad
from sandbox.telegram.events import bot_place, tell_membership
from sandbox.telegram.files import DOWNLOAD_LIMIT
from sandbox.telegram.html import units
from sandbox.telegram.methods import method
from sandbox.telegram.objects import full_chat_json, me_json, member_json
from sandbox.telegram.params import Params
from sandbox.telegram.world import GENERAL, Chat, Member, Topic, World

#: Characters of a topic's name and of an answer to a pressed button.
TOPIC_LIMIT, ANSWER_LIMIT = 128, 200
#: The colours a topic may have (createForumTopic.icon_color).
COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)


@method("getMe")
async def get_me(world: World, _p: Params) -> Any:
    """The bot itself."""
    return me_json(world)


@method("getChat", "chat_id:chat!")
async def get_chat(world: World, p: Params) -> Any:
    """Everything about a chat."""
    return full_chat_json(world, find_chat(world, p.text("chat_id"), "read"))


@method("getChatMember", "chat_id:chat! user_id:int!")
async def get_chat_member(world: World, p: Params) -> Any:
    """Somebody's place in a chat; those who never came have left."""
    chat = find_chat(world, p.text("chat_id"), "read")
    person = p.int("user_id")
    if person <= 0:
        raise bad("invalid user_id specified")
    if person != world.bot.id and person not in world.people:
        raise bad("PARTICIPANT_ID_INVALID")
    if chat.kind == "private":
        if person not in {chat.id, world.bot.id}:
            raise bad("member not found")
        base = member_json(world, chat, person)
        return bot_place(world, chat) if person == world.bot.id else base | {"status": "member"}
    return member_json(world, chat, person)


@method("getChatAdministrators", "chat_id:chat! return_bots:bool")
async def get_chat_administrators(world: World, p: Params) -> Any:
    """Owner and administrators, other bots left out."""
    chat = _group(world, p, "there are no administrators in the private chat")
    ranks = {"creator", "administrator"}
    return [member_json(world, chat, i) for i, member in chat.members.items() if member.status in ranks]


@method("getChatMemberCount", "chat_id:chat!")
async def get_chat_member_count(world: World, p: Params) -> Any:
    """How many are in the chat."""
    chat = find_chat(world, p.text("chat_id"), "read")
    return 2 if chat.kind == "private" else sum(member.present for member in chat.members.values())


@method("leaveChat", "chat_id:chat!")
async def leave_chat(world: World, p: Params) -> Any:
    """The bot leaves a group."""
    chat = _group(world, p, "chat member status can't be changed in private chats")
    before = bot_place(world, chat)
    chat.members[world.bot.id] = Member("left")
    world.post(chat, world.bot.id, {"left_chat_member": before["user"]})
    tell_membership(world, chat, world.bot.id, before)
    return True


def _group(world: World, p: Params, refusal: str) -> Chat:
    chat = find_chat(world, p.text("chat_id"), "read")
    if chat.kind == "private":
        raise bad(refusal)
    return chat


def _forum(world: World, p: Params, refusal: str) -> Chat:
    chat = find_chat(world, p.text("chat_id"))
    if not chat.forum:
        raise bad("the chat is not a forum")
    if not chat.member(world.bot.id).may("can_manage_topics"):
        raise bad(refusal)
    return chat


def _topic(chat: Chat, p: Params) -> Topic:
    topic = chat.topics.get(p.int("message_thread_id"))
    if topic is None:
        raise bad("TOPIC_ID_INVALID" if p.int("message_thread_id") else "invalid forum topic identifier specified")
    return topic


def _name(p: Params) -> str:
    name = p.text("name").strip()
    if not name:
        raise bad("TOPIC_TITLE_EMPTY")
    return name[:TOPIC_LIMIT]


@method("createForumTopic", "chat_id:chat! name! icon_color:int icon_custom_emoji_id")
async def create_forum_topic(world: World, p: Params) -> Any:
    """Open a topic; needs the right to manage topics."""
    chat = _forum(world, p, "not enough rights to create a topic")
    color = p.int("icon_color", COLORS[0])
    topic = world.open_topic(chat, _name(p), world.bot.id, color if color in COLORS else COLORS[0])
    return {"message_thread_id": topic.id, "name": topic.name, "icon_color": topic.icon_color}


@method("editForumTopic", "chat_id:chat! message_thread_id:int! name icon_custom_emoji_id")
async def edit_forum_topic(world: World, p: Params) -> Any:
    """Rename a topic."""
    chat = _forum(world, p, "not enough rights to edit the topic")
    topic = _topic(chat, p)
    name = _name(p) if p.text("name") else topic.name
    if name == topic.name:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.name = name
    world.post(chat, world.bot.id, {"forum_topic_edited": {"name": name}}, thread=topic.id)
    return True


async def _close(world: World, p: Params, *, closed: bool) -> Any:
    chat = _forum(world, p, "not enough rights to close or open the topic")
    topic = _topic(chat, p)
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    notice = "forum_topic_closed" if closed else "forum_topic_reopened"
    world.post(chat, world.bot.id, {notice: {}}, thread=0 if topic.id == GENERAL else topic.id)
    return True


@method("closeForumTopic", "chat_id:chat! message_thread_id:int!")
async def close_forum_topic(world: World, p: Params) -> Any:
    """Close a topic to those who do not manage topics."""
    return await _close(world, p, closed=True)


@method("reopenForumTopic", "chat_id:chat! message_thread_id:int!")
async def reopen_forum_topic(world: World, p: Params) -> Any:
    """Open a closed topic again."""
    return await _close(world, p, closed=False)


@method("getFile", "file_id!")
async def get_file(world: World, p: Params) -> Any:
    """Where a file can be downloaded; not above 20 MB."""
    if not p.text("file_id"):
        raise bad("file_id not specified")
    stored = world.files.by_id.get(p.text("file_id"))
    if stored is None:
        raise bad("invalid file_id")
    size = len(stored.upload.data)
    if size > DOWNLOAD_LIMIT:
        raise bad("file is too big")
    return {"file_id": stored.id, "file_unique_id": stored.unique, "file_size": size, "file_path": stored.path}


@method("answerCallbackQuery", "callback_query_id! text show_alert:bool url cache_time:int")
async def answer_callback_query(world: World, p: Params) -> Any:
    """Answer a pressed button, once and in time."""
    query = world.queries.get(p.text("callback_query_id"))
    late = query is None or world.seconds() - query.at > world.settings.callback_seconds
    if query is None or late or query.answer is not None:
        raise bad(QUERY_TOO_OLD)
    if units(p.text("text")) > ANSWER_LIMIT:
        raise bad("MESSAGE_TOO_LONG")
    if p.text("url"):
        raise bad("URL_INVALID")
    query.answer = {"text": p.text("text"), "show_alert": p.flag("show_alert")}
    query.answered.set()
    world.changed()
    return True
