"""Command menus: set, read and delete them per scope and language, and what one person sees of them."""

import json
import re
from typing import Any

from sandbox.telegram.access import find_chat
from sandbox.telegram.errors import bad
from sandbox.telegram.methods import method
from sandbox.telegram.params import Params
from sandbox.telegram.world import Chat, Person, World

#: Commands of one menu, characters of a description (BotCommand).
MENU_LIMIT, DESCRIPTION_LIMIT = 100, 256
GENERAL_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}
Menu = list[dict[str, Any]]


def _key(world: World, p: Params) -> tuple[str, str]:
    """Scope (as canonical JSON) and language of a request; refuses unknown scopes, chats and languages."""
    scope = p.json("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise bad("can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = scope.get("type")
    if str(kind) not in GENERAL_SCOPES | CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: Unsupported type specified")
    kept: dict[str, Any] = {"type": kind}
    if kind in CHAT_SCOPES:
        chat = find_chat(world, str(scope.get("chat_id", "")), "read")
        if chat.kind == "private" and kind != "chat":
            raise bad("can't use specified scope in private chats")
        kept["chat_id"] = chat.id
    if kind == "chat_member":
        if not str(scope.get("user_id", "")).isdigit():
            raise bad("can't parse BotCommandScope: Invalid user_id specified")
        kept["user_id"] = int(scope["user_id"])
    language = p.text("language_code")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad("invalid language code specified")
    return json.dumps(kept, sort_keys=True), language


def _checked(command: Any) -> dict[str, Any]:
    if not isinstance(command, dict):
        raise bad("can't parse BotCommand: expected an Object")
    for name in ("command", "description"):
        if not isinstance(command.get(name), str):
            raise bad(f"can't parse BotCommand: Can't find field \"{name}\"")
    name, description = command["command"].removeprefix("/"), command["description"].strip()
    if not re.fullmatch("[a-z0-9_]{1,32}", name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= DESCRIPTION_LIMIT:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


@method("setMyCommands", "commands:json! scope:json language_code")
async def set_my_commands(world: World, p: Params) -> Any:
    """Set a menu; an empty one is deleted."""
    commands = p.json("commands", "commands") or []
    if not isinstance(commands, list):
        raise bad("expected an Array of BotCommand")
    key = _key(world, p)
    if len(commands) > MENU_LIMIT:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    menu = [_checked(command) for command in commands]
    world.commands.pop(key, None)
    if menu:
        world.commands[key] = menu
    world.changed()
    return True


@method("getMyCommands", "scope:json language_code")
async def get_my_commands(world: World, p: Params) -> Any:
    """The menu of exactly this scope and language."""
    return world.commands.get(_key(world, p), [])


@method("deleteMyCommands", "scope:json language_code")
async def delete_my_commands(world: World, p: Params) -> Any:
    """Take a menu away, so that the next wider one shows."""
    world.commands.pop(_key(world, p), None)
    world.changed()
    return True


def menu_for(world: World, chat: Chat, person: Person) -> Menu:
    """What this person sees in this chat: the narrowest scope that has a menu, own language first (BotCommandScope)."""
    here: list[dict[str, Any]]
    if chat.kind == "private":
        here = [{"type": "chat", "chat_id": chat.id}, {"type": "all_private_chats"}]
    else:
        rules = chat.member(person.id).status in {"creator", "administrator"}
        here = [{"type": "chat_member", "chat_id": chat.id, "user_id": person.id}]
        here += [{"type": "chat_administrators", "chat_id": chat.id}] if rules else []
        here += [{"type": "chat", "chat_id": chat.id}]
        here += [{"type": "all_chat_administrators"}] if rules else []
        here += [{"type": "all_group_chats"}]
    for scope in [*here, {"type": "default"}]:
        for language in (person.language_code, ""):
            if menu := world.commands.get((json.dumps(scope, sort_keys=True), language)):
                return menu
    return []
