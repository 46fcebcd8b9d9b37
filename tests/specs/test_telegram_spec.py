"""The pretend Telegram is held against the published description of the Bot API."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.telegram import server
from sandbox.telegram.methods import METHODS
from sandbox.telegram.params import Param
from sandbox.telegram.polling import KINDS
from sandbox.telegram.world import ADMIN_RIGHTS
from support.patience import PATIENCE
from support.programs import SPECS, needs_specs
from support.telegram_stage import ADA, BRUNO, DESK, REVIEW_ROOM, TOKEN, Telegram, picture, telegram_running

SPEC = SPECS / "telegram" / "telegram-bot-api.json"
pytestmark = needs_specs("telegram", "telegram-bot-api.json")
#: Fields whose values are one of several types, told apart by this field.
TOLD_APART = {"ChatMember": "status", "MessageOrigin": "type", "ReactionType": "type"}
PLAIN = {"Integer": int, "String": str, "Boolean": bool, "Float": float}
#: Kinds of our parameters and the types of the description that fit.
FITTING = {"int": {"Integer"}, "bool": {"Boolean"}, "str": {"String"}, "chat": {"Integer", "String"}}


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SPEC.read_text())
    return found


@pytest.fixture(scope="module")
def telegram() -> Iterator[Telegram]:
    with telegram_running() as found:
        found.person("Ada").start()
        yield found


def fits(param: Param, types: list[str]) -> bool:
    if param.kind == "file":
        return "InputFile" in types
    if param.kind == "json":
        return not set(types) & PLAIN.keys()
    return set(types) == FITTING[param.kind]


def methods() -> list[str]:
    assert server.FAMILIES
    return sorted(method.name for method in METHODS.values())


@pytest.mark.parametrize("name", methods())
def test_a_method_takes_only_described_parameters_of_the_described_kinds(spec: dict[str, Any], name: str) -> None:
    described = {field["name"]: field for field in spec["methods"][name].get("fields", [])}
    ours = METHODS[name.lower()].params
    assert set(ours) <= set(described)
    for param in ours.values():
        assert fits(param, described[param.name]["types"]), param
    required = {n for n, field in described.items() if field["required"]}
    assert required <= {param.name for param in ours.values() if param.required}


@pytest.mark.parametrize("name", methods())
def test_a_method_without_a_required_parameter_is_refused(telegram: Telegram, spec: dict[str, Any], name: str) -> None:
    described = spec["methods"][name].get("fields", [])
    if name in {"setWebhook", "setMyCommands"}:
        assert telegram.raw(name)["ok"], "an absent value counts as an empty one, which means none"
    elif any(field["required"] for field in described):
        assert telegram.raw(name)["error_code"] == 400
    else:
        assert name.startswith(("get", "delete", "edit"))


def test_update_kinds_and_administrators_rights_are_the_described_ones(spec: dict[str, Any]) -> None:
    described = {field["name"] for field in spec["types"]["Update"]["fields"]} - {"update_id"}
    assert described >= KINDS
    fields = spec["types"]["ChatMemberAdministrator"]["fields"]
    required = {field["name"] for field in fields if field["required"] and field["name"].startswith("can_")}
    assert required - {"can_be_edited"} <= set(ADMIN_RIGHTS) <= {field["name"] for field in fields}


class Checker:
    """Holds a value against a type of the description: no unknown field, no required one missing, right kinds."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.types = spec["types"]
        self.seen: set[str] = set()

    def check(self, value: Any, names: list[str], where: str = "") -> None:
        errors = [self.error(value, name, where) for name in names]
        assert None in errors, [error for error in errors if error]

    def error(self, value: Any, name: str, where: str) -> str | None:
        if name.startswith("Array of "):
            if not isinstance(value, list):
                return f"{where} is no array"
            for number, item in enumerate(value):
                self.check(item, [name.removeprefix("Array of ")], f"{where}[{number}]")
            return None
        if name in PLAIN:
            return None if type(value) is PLAIN[name] else f"{where} is no {name}: {value!r}"
        if not isinstance(value, dict):
            return f"{where} is no {name}"
        if kinds := self.types[name].get("subtypes"):
            return self.variant(value, name, kinds, where)
        return self.fields(value, name, where)

    def variant(self, value: dict[str, Any], name: str, kinds: list[str], where: str) -> str | None:
        errors = [self.fields(value, kind, where) for kind in kinds]
        fitting = [kind for kind, error in zip(kinds, errors, strict=True) if error is None]
        if name in TOLD_APART:
            assert value.get(TOLD_APART[name]), where
        return None if fitting else f"{where} is no {name}: {errors}"

    def fields(self, value: dict[str, Any], name: str, where: str) -> str | None:
        described = {field["name"]: field for field in self.types[name].get("fields", [])}
        if unknown := value.keys() - described.keys():
            return f"{where} ({name}) has {sorted(unknown)}"
        if missing := {n for n, f in described.items() if f["required"]} - value.keys():
            return f"{where} ({name}) lacks {sorted(missing)}"
        for field, inner in value.items():
            self.check(inner, described[field]["types"], f"{where}.{field}")
        self.seen.add(name)
        return None


def test_everything_answered_and_told_is_as_described(telegram: Telegram, spec: dict[str, Any]) -> None:
    checker = Checker(spec)

    def call(method: str, **params: Any) -> Any:
        result = telegram.call(method, **params)
        checker.check(result, spec["methods"][method]["returns"], method)
        return result

    def upload(method: str, field: str, name: str, data: bytes, **params: Any) -> Any:
        url = f"{telegram.address}/bot{TOKEN}/{method}"
        result = requests.post(url, data=params, files={field: (name, data)}, timeout=PATIENCE).json()["result"]
        checker.check(result, spec["methods"][method]["returns"], method)
        return result

    def hear() -> None:
        for update in call("getUpdates"):
            checker.check(update, ["Update"], "update")

    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "x", "style": "primary"}]]}
    everything = (
        "<b>a</b> <a href='https://a.example'>c</a> <a href='tg://user?id=1001'>d</a> <pre>e</pre> @ada_sandbox"
    )
    telegram.stage("promote", chat="Desk")
    call("getMe")
    text = call("sendMessage", chat_id=DESK, text=everything, parse_mode="HTML", reply_markup=keyboard)
    photo = upload("sendPhoto", "photo", "a.png", picture(2000, 1000), chat_id=DESK, caption="c")
    upload("sendVideo", "video", "a.mp4", b"x", chat_id=DESK)
    document = upload("sendDocument", "document", "a.pdf", b"x", chat_id=DESK)
    item = {"type": "photo", "media": photo["photo"][0]["file_id"]}
    call("sendMediaGroup", chat_id=DESK, media=[item, item])
    reply = call("sendMessage", chat_id=DESK, text="r", reply_parameters={"message_id": text["message_id"]})
    call("copyMessage", chat_id=DESK, from_chat_id=DESK, message_id=photo["message_id"])
    call("forwardMessage", chat_id=DESK, from_chat_id=DESK, message_id=photo["message_id"])
    where = {"chat_id": DESK, "message_id": text["message_id"]}
    call("editMessageText", **where, text="new", reply_markup=keyboard)
    call("editMessageReplyMarkup", **where)
    call("editMessageMedia", **where, media=item)
    call("editMessageCaption", **where, caption="c")
    call("setMessageReaction", **where, reaction=[{"type": "emoji", "emoji": "👍"}])
    call("pinChatMessage", **where)
    call("sendChatAction", chat_id=DESK, action="typing")
    call("getFile", file_id=document["document"]["file_id"])
    for chat in (DESK, REVIEW_ROOM, ADA, BRUNO):
        call("getChat", chat_id=chat)
        call("getChatMemberCount", chat_id=chat)
    call("getChatAdministrators", chat_id=DESK)
    for member in (ADA, BRUNO, 1003, 1009, 12345):
        call("getChatMember", chat_id=DESK, user_id=member)
    topic = call("createForumTopic", chat_id=DESK, name="T")
    thread = {"chat_id": DESK, "message_thread_id": topic["message_thread_id"]}
    call("editForumTopic", **thread, name="U")
    call("closeForumTopic", **thread)
    call("reopenForumTopic", **thread)
    call("setMyCommands", commands=[{"command": "go", "description": "Go"}])
    call("getMyCommands")
    call("deleteMyCommands")

    ada = telegram.person("Ada", "Desk", "Review")
    said = ada.reply(text["message_id"], "answer @bottega_sandbox_bot")
    ada.edit(said, "answer again")
    ada.album([picture(), picture()], "two")
    ada.document(b"x", "a.txt")
    telegram.stage("topic", chat="Desk", name="V")
    telegram.stage("topic", chat="Desk", topic="V", closed=True)
    card = call("sendMessage", chat_id=DESK, text="card", reply_markup=keyboard)["message_id"]
    ada.press("Go", card, wait=0)
    query = telegram.updates("callback_query")[-1]["id"]
    call("answerCallbackQuery", callback_query_id=query, text="ok")
    call("deleteMessage", chat_id=DESK, message_id=card)
    ada.forge("x", card, wait=0)
    call("deleteMessages", chat_id=DESK, message_ids=[reply["message_id"]])
    call("unpinChatMessage", chat_id=DESK)
    telegram.stage("demote", chat="Desk")
    telegram.stage("kick", chat="Desk")
    telegram.stage("invite", chat="Desk")
    telegram.stage("kick", chat="Desk", who="Dario")
    call("leaveChat", chat_id=REVIEW_ROOM)
    hear()
    call("setWebhook", url="http://127.0.0.1:9/nobody", allowed_updates=["message"])
    call("getWebhookInfo")
    call("deleteWebhook", drop_pending_updates=True)
    assert telegram.person("Ada").state()["complaints"] == []
    assert checker.seen >= {"Update", "CallbackQuery", "InaccessibleMessage", "ChatMemberUpdated", "ChatMemberBanned"}
    assert checker.seen >= {"ForumTopicCreated", "MessageOriginUser", "Video", "Document", "ChatFullInfo", "MessageId"}
