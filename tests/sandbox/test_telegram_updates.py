"""The bot hears what Telegram would let it hear, once, in order, by one poller."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from support.patience import PATIENCE
from support.telegram_stage import ADA, DESK, REVIEW_ROOM, Telegram, telegram_running
from support.world import eventually


@pytest.fixture(scope="module")
def running() -> Iterator[Telegram]:
    with telegram_running() as found:
        yield found


@pytest.fixture
def telegram(running: Telegram) -> Telegram:
    running.stage("reset")
    return running


def test_updates_come_again_until_an_offset_confirms_them(telegram: Telegram) -> None:
    ada = telegram.person("Ada")
    ada.start()
    for word in ("one", "two", "three"):
        ada.say(word)
    every = telegram.updates()
    assert [u["message"]["text"] for u in every] == ["/start", "one", "two", "three"]
    assert telegram.updates() == every
    first = every[0]["update_id"]
    assert [u["update_id"] for u in every] == [first, first + 1, first + 2, first + 3]
    assert telegram.updates(limit=1, offset=first + 1) == every[1:2]
    assert telegram.updates(offset=first) == every[1:]
    assert telegram.updates(offset=-1) == every[3:]
    assert telegram.updates(offset=first + 4) == []


def test_a_long_poll_ends_when_something_happens(telegram: Telegram) -> None:
    ada = telegram.person("Ada")
    threading.Timer(0.3, ada.start).start()
    assert telegram.updates("message", timeout=10)[0]["text"] == "/start"


def polls(telegram: Telegram) -> int:
    """How often updates were asked for so far."""
    asked = {"match": "POST /bot*/getUpdates"}
    return len(requests.get(f"{telegram.address}/_/requests", params=asked, timeout=PATIENCE).json())


def test_a_second_poller_ends_the_first_with_409(telegram: Telegram) -> None:
    ended: list[Any] = []
    poller = threading.Thread(target=lambda: ended.append(telegram.raw("getUpdates", timeout=20)))
    before = polls(telegram)
    poller.start()
    eventually(lambda: polls(telegram) > before, what="the poll")
    telegram.updates(timeout=1)
    poller.join(PATIENCE)
    text = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    assert ended == [{"ok": False, "error_code": 409, "description": text}]


def test_a_webhook_ends_a_waiting_poll_and_forbids_the_next(telegram: Telegram) -> None:
    ended: list[Any] = []
    poller = threading.Thread(target=lambda: ended.append(telegram.raw("getUpdates", timeout=20)))
    before = polls(telegram)
    poller.start()
    eventually(lambda: polls(telegram) > before, what="the poll")
    telegram.call("setWebhook", url="http://127.0.0.1:9/nobody")
    poller.join(PATIENCE)
    assert ended[0]["description"] == "Conflict: terminated by setWebhook request"
    assert telegram.refusal("getUpdates") == (
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    )
    telegram.call("deleteWebhook")
    assert telegram.updates() == []


def test_only_the_kinds_asked_for_are_kept(telegram: Telegram) -> None:
    telegram.updates(allowed_updates=["my_chat_member"])
    ada = telegram.person("Ada")
    ada.start()
    telegram.stage("promote", chat="Desk")
    assert [set(u) - {"update_id"} for u in telegram.updates()] == [{"my_chat_member"}]
    telegram.updates(allowed_updates=[])
    ada.say("now")
    assert telegram.updates("message")[-1]["text"] == "now"


def test_updates_are_forgotten_after_a_day(telegram: Telegram) -> None:
    telegram.person("Ada").start()
    telegram.stage("clock", advance=25 * 3600)
    assert telegram.updates() == []


def test_privacy_lets_only_what_is_meant_for_the_bot_through(telegram: Telegram) -> None:
    card = telegram.call("sendMessage", chat_id=DESK, text="card")["message_id"]
    ada = telegram.person("Ada", "Desk")
    ada.say("among ourselves")
    ada.say("/post@another_bot no")
    ada.say("later /post no")
    ada.say("/post")
    ada.say("/due@bottega_sandbox_bot")
    ada.say("what about @bottega_sandbox_bot?")
    ada.reply(card, "an answer")
    wanted = ["/post", "/due@bottega_sandbox_bot", "what about @bottega_sandbox_bot?", "an answer"]
    assert [m["text"] for m in telegram.updates("message")] == wanted
    assert telegram.call("getMe")["can_read_all_group_messages"] is False


@pytest.mark.parametrize("freed", ["administrator", "setting"])
def test_an_administrator_or_a_bot_without_privacy_hears_everything(telegram: Telegram, freed: str) -> None:
    if freed == "administrator":
        telegram.stage("promote", chat="Desk")
    else:
        telegram.stage("settings", privacy=False)
    telegram.person("Ada", "Desk", "Inbox").say("among ourselves")
    heard = telegram.updates("message")[-1]
    assert heard["text"] == "among ourselves"
    assert heard["is_topic_message"]
    assert heard["message_thread_id"] == heard["reply_to_message"]["message_id"]
    assert heard["reply_to_message"]["forum_topic_created"]["name"] == "Inbox"


def test_in_privacy_mode_of_an_album_only_the_message_with_the_command_arrives(telegram: Telegram) -> None:
    ada = telegram.person("Ada", "Review room")
    ada.say("/post two", files=[{"name": f"{i}.mp4", "mime": "video/mp4", "base64": "AAAA"} for i in (1, 2)])
    heard = telegram.updates("message")
    assert [m["caption"] for m in heard] == ["/post two"]
    assert heard[0]["media_group_id"]


def test_edits_are_heard_as_edited_messages_with_the_answered_message(telegram: Telegram) -> None:
    ada = telegram.person("Ada")
    ada.start()
    said = ada.say("one")
    again = ada.reply(said, "two")
    ada.edit(again, "three")
    edited = telegram.updates("edited_message")[0]
    assert (edited["text"], edited["reply_to_message"]["text"]) == ("three", "one")
    assert edited["edit_date"]


def test_comings_and_goings_of_the_bot_are_told(telegram: Telegram) -> None:
    telegram.stage("kick", chat="Review room")
    telegram.stage("invite", chat="Review room", **{"as": "Bruno"})
    places = [u["my_chat_member"] for u in telegram.updates() if "my_chat_member" in u]
    assert [(p["old_chat_member"]["status"], p["new_chat_member"]["status"]) for p in places] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert places[1]["from"]["first_name"] == "Bruno"
    assert telegram.updates("message")[-1]["new_chat_members"][0]["is_bot"]
    telegram.person("Ada").start()
    telegram.stage("block", **{"as": "Ada"})
    assert telegram.updates("my_chat_member")[-1]["chat"]["type"] == "private"


def test_a_press_on_an_old_or_deleted_message_carries_an_inaccessible_one(telegram: Telegram) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Go", "callback_data": "v1:go"}]]}
    old = telegram.call("sendMessage", chat_id=REVIEW_ROOM, text="x", reply_markup=keyboard)["message_id"]
    ada = telegram.person("Ada", "Review room")
    assert ada.press("Go", old, wait=0) is None
    telegram.stage("clock", advance=49 * 3600)
    ada.press("v1:g", old, wait=0)
    telegram.stage("clock", advance=-49 * 3600)
    telegram.call("deleteMessage", chat_id=REVIEW_ROOM, message_id=old)
    assert ada.forge("v1:made up", old, wait=0) is None
    first, late, forged = telegram.updates("callback_query")
    assert first["message"]["text"] == "x"
    assert first["message"]["from"]["is_bot"]
    for query in (late, forged):
        assert query["message"] == {"chat": first["message"]["chat"], "message_id": old, "date": 0}
    assert forged["data"] == "v1:made up"
    assert first["chat_instance"] == forged["chat_instance"]


def test_somebody_who_never_pressed_start_is_not_heard(telegram: Telegram) -> None:
    refused = telegram.stage("say", **{"as": "Eve", "text": "hello"})
    assert refused["error"] == "Eve has to press START first."
    assert telegram.updates() == []
    telegram.person("Eve").start("ref7")
    heard = telegram.updates("message")[0]
    assert (heard["text"], heard["from"]["id"], heard["chat"]["id"]) == ("/start ref7", 1009, 1009)
    assert telegram.call("getChatMember", chat_id=DESK, user_id=1009)["status"] == "left"
    assert telegram.call("getChatMember", chat_id=DESK, user_id=ADA)["status"] == "creator"


def test_reactions_are_heard_by_an_administrator_who_asked_for_them(telegram: Telegram) -> None:
    card = telegram.call("sendMessage", chat_id=DESK, text="card")["message_id"]
    ada = telegram.person("Ada", "Desk")
    telegram.updates(allowed_updates=["message_reaction"])
    ada.react(card, "👍")
    telegram.stage("promote", chat="Desk")
    ada.react(card, "🔥")
    heard = telegram.updates("message_reaction")
    assert [(r["old_reaction"][0]["emoji"], r["new_reaction"][0]["emoji"]) for r in heard] == [("👍", "🔥")]
    assert ada.message(card)["reactions"] == ["🔥"]
