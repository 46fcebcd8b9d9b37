"""What people do with chats: add and remove members, give rights, open and close topics, upgrade a group."""

from collections.abc import Callable
from typing import Any

from sandbox.service import Refusal
from sandbox.telegram.events import bot_place, tell_membership, tell_message
from sandbox.telegram.objects import user_json
from sandbox.telegram.people import Wish, find_topic
from sandbox.telegram.world import ADMIN_RIGHTS, GENERAL, Chat, Member, World


def _whom(world: World, wish: Wish) -> int:
    who = wish.get("who", "bot")
    return world.bot.id if str(who) in {"bot", str(world.bot.id)} else world.person(who).id


def _ruled(world: World, wish: Wish) -> tuple[int, Chat]:
    """Who acts (`as`, the owner if nobody is named) and where; refuses those who are no administrators."""
    actor = world.person(wish.get("as", "Ada"))
    chat = world.chat(wish["chat"], actor)
    if chat.kind == "private" or chat.member(actor.id).status not in {"creator", "administrator"}:
        raise Refusal(f"{actor.first_name} is no administrator there.")
    return actor.id, chat


def _move(world: World, wish: Wish, change: Callable[[Chat, int], None], notice: str = "") -> dict[str, Any]:
    actor, chat = _ruled(world, wish)
    whom = _whom(world, wish)
    before = bot_place(world, chat)
    was_in = chat.member(whom).present
    change(chat, whom)
    user = user_json(world.somebody(whom))
    moved = chat.member(whom).present != was_in
    if notice and moved:
        shown = {"new_chat_members": [user]} if notice == "new_chat_members" else {notice: user}
        message = world.post(chat, actor, shown)
        tell_message(world, message)
    if whom == world.bot.id and before != bot_place(world, chat):
        tell_membership(world, chat, actor, before)
    return {"status": chat.member(whom).status}


def kick(world: World, wish: Wish) -> dict[str, Any]:
    """`{chat, who?, as?}`: put the bot (or somebody) out and ban them."""
    return _move(world, wish, lambda chat, who: chat.members.update({who: Member("kicked")}), "left_chat_member")


def invite(world: World, wish: Wish) -> dict[str, Any]:
    """`{chat, who?, as?}`: bring the bot (or somebody) in."""

    def add(chat: Chat, who: int) -> None:
        if not chat.member(who).present:
            chat.members[who] = Member()

    return _move(world, wish, add, "new_chat_members")


def promote(world: World, wish: Wish) -> dict[str, Any]:
    """`{chat, who?, as?, rights?}`: make the bot (or somebody) administrator, with all rights unless some are named."""
    rights = set(wish.get("rights") or ADMIN_RIGHTS)
    if unknown := rights - set(ADMIN_RIGHTS):
        raise Refusal(f"There is no right called {min(unknown)!r}.")
    return _move(world, wish, lambda chat, who: chat.members.update({who: Member("administrator", rights)}))


def demote(world: World, wish: Wish) -> dict[str, Any]:
    """`{chat, who?, as?}`: make the bot (or somebody) a plain member again."""
    return _move(world, wish, lambda chat, who: chat.members.update({who: Member()}))


def block(world: World, wish: Wish) -> dict[str, Any]:
    """`{as, blocked?}`: stop hearing the bot in private, or (`blocked: false`) hear it again."""
    person = world.person(wish.get("as"))
    chat = world.chats[person.id]
    before = bot_place(world, chat)
    person.blocks_bot = bool(wish.get("blocked", True))
    if chat.started and before != bot_place(world, chat):
        tell_membership(world, chat, person.id, before)
    return {"blocked": person.blocks_bot}


def topic(world: World, wish: Wish) -> dict[str, Any]:
    """`{chat, name, as?}` opens a topic; `{chat, topic, closed}` closes or reopens one. To `{topic}`, its id."""
    actor, chat = _ruled(world, wish)
    if not chat.forum:
        raise Refusal(f"{chat.title} has no topics.")
    if "name" in wish:
        opened = world.open_topic(chat, wish["name"], actor)
        tell_message(world, chat.messages[opened.id])
        return {"topic": opened.id}
    found = chat.topics[find_topic(chat, wish.get("topic")) or GENERAL]
    found.closed = bool(wish["closed"])
    thread = 0 if found.id == GENERAL else found.id
    notice = "forum_topic_closed" if found.closed else "forum_topic_reopened"
    tell_message(world, world.post(chat, actor, {notice: {}}, thread=thread))
    return {"topic": found.id}


def upgrade(world: World, wish: Wish) -> dict[str, Any]:
    """`{chat, as?}`: turn a basic group into a supergroup with a new id, as Telegram does when it grows."""
    actor, old = _ruled(world, wish)
    if old.kind != "group":
        raise Refusal(f"{old.title} is a supergroup already.")
    new = Chat(-1002000000000 + old.id, "supergroup", old.title, members=dict(old.members))
    world.chats[new.id] = new
    tell_message(world, world.post(old, actor, {"migrate_to_chat_id": new.id}))
    old.moved_to = new.id
    tell_message(world, world.post(new, actor, {"migrate_from_chat_id": old.id}))
    return {"chat": new.id}
