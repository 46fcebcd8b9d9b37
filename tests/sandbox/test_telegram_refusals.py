"""The pretend Telegram refuses what the real one refuses, in its words."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from support.patience import PATIENCE
from support.telegram_stage import ADA, BRUNO, DESK, EVE, REVIEW_ROOM, TOKEN, Telegram, picture, telegram_running


@pytest.fixture(scope="module")
def running() -> Iterator[Telegram]:
    with telegram_running() as found:
        yield found


@pytest.fixture
def telegram(running: Telegram) -> Telegram:
    running.stage("reset")
    running.person("Ada").start()
    return running


def keyboard(*rows: Any) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


def go(data: str = "x") -> dict[str, str]:
    return {"text": "Go", "callback_data": data}


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": "  \n "}, "Bad Request: text must be non-empty"),
        ({"text": "a" * 4097}, "Bad Request: message is too long"),
        ({"text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": "x", "parse_mode": "BBCode"}, "Bad Request: unsupported parse_mode"),
        ({"text": "x", "chat_id": 77}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": ""}, "Bad Request: chat_id is empty"),
        ({"text": "x", "chat_id": EVE}, "Bad Request: chat not found"),
        ({"text": "x", "chat_id": BRUNO}, "Forbidden: bot can't initiate conversation with a user"),
        ({"text": "x", "reply_parameters": {"message_id": 999}}, "Bad Request: message to be replied not found"),
        ({"text": "x", "chat_id": DESK, "message_thread_id": 99}, "Bad Request: message thread not found"),
        ({"text": "x", "chat_id": DESK, "message_thread_id": 1}, "Bad Request: message thread not found"),
        ({"text": "x", "reply_markup": keyboard([go("é" * 33)])}, "Bad Request: BUTTON_DATA_INVALID"),
        ({"text": "x", "reply_markup": keyboard([go()] * 9)}, "Bad Request: reply markup is too long"),
        ({"text": "x", "reply_markup": keyboard(*[[go()]] * 101)}, "Bad Request: reply markup is too long"),
        (
            {"text": "x", "reply_markup": keyboard([{"text": "Go"}])},
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": keyboard([{"text": "Go", "url": "http://localhost/a"}])},
            "Bad Request: inline keyboard button URL 'http://localhost/a' is invalid: Wrong HTTP URL",
        ),
        ({"text": "x", "reply_markup": "{"}, "Bad Request: can't parse reply keyboard markup JSON object"),
        ({"text": "x", "reply_markup": []}, "Bad Request: object expected as reply markup"),
    ],
)
def test_a_message_that_telegram_would_not_send_is_refused(telegram: Telegram, params: Any, reason: str) -> None:
    assert telegram.refusal("sendMessage", **({"chat_id": ADA} | params)) == reason


def test_the_longest_message_and_the_fullest_keyboard_are_sent(telegram: Telegram) -> None:
    rows = keyboard(*[[go("x" * 64)] * 8] * 12, [go()] * 4)
    sent = telegram.call(
        "sendMessage", chat_id=ADA, text="<b>" + "😀" * 2048 + "</b>", parse_mode="HTML", reply_markup=rows
    )
    assert len(sent["text"]) == 2048
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]
    assert telegram.call(
        "sendMessage", chat_id=ADA, text="x", reply_parameters={"message_id": 999, "allow_sending_without_reply": True}
    )


def test_a_caption_is_at_most_1024_after_parsing(telegram: Telegram) -> None:
    def send(caption: str) -> Any:
        data = {"chat_id": ADA, "caption": caption, "parse_mode": "HTML"}
        url = f"{telegram.address}/bot{TOKEN}/sendPhoto"
        return requests.post(url, data=data, files={"photo": ("a.png", picture())}, timeout=PATIENCE).json()

    assert send("<i>" + "a" * 1024 + "</i>")["ok"]
    assert send("a" * 1025)["description"] == "Bad Request: message caption is too long"


def test_pictures_that_are_none_or_too_odd_are_refused(telegram: Telegram) -> None:
    def send(data: bytes) -> Any:
        url = f"{telegram.address}/bot{TOKEN}/sendPhoto"
        return requests.post(url, data={"chat_id": ADA}, files={"photo": ("a.png", data)}, timeout=PATIENCE).json()

    assert send(b"text")["description"] == "Bad Request: IMAGE_PROCESS_FAILED"
    assert send(picture(2100, 100))["description"] == "Bad Request: PHOTO_INVALID_DIMENSIONS"
    assert "too big for a photo" in send(bytes(10 * 1024 * 1024 + 1))["description"]
    assert telegram.refusal("sendPhoto", chat_id=ADA) == "Bad Request: there is no photo in the request"
    reason = telegram.refusal("sendPhoto", chat_id=ADA, photo="nonsense")
    assert reason == "Bad Request: wrong file identifier/HTTP URL specified"


def test_uploads_above_50_megabytes_and_downloads_above_20_are_refused(telegram: Telegram) -> None:
    def send(size: int) -> Any:
        url = f"{telegram.address}/bot{TOKEN}/sendDocument"
        return requests.post(url, data={"chat_id": ADA}, files={"document": ("a.bin", bytes(size))}, timeout=PATIENCE)

    refused = send(50 * 1024 * 1024 + 1)
    assert (refused.status_code, refused.json()["description"]) == (413, "Request Entity Too Large")
    file_id = send(21 * 1024 * 1024).json()["result"]["document"]["file_id"]
    assert telegram.refusal("getFile", file_id=file_id) == "Bad Request: file is too big"
    assert telegram.refusal("getFile", file_id="nonsense") == "Bad Request: invalid file_id"


@pytest.mark.parametrize("method", ["editMessageText", "editMessageCaption", "editMessageReplyMarkup", "deleteMessage"])
def test_messages_that_are_not_there_or_not_the_bots_are_refused(telegram: Telegram, method: str) -> None:
    said = telegram.person("Ada", "Desk").say("mine")
    verb = "delete" if method == "deleteMessage" else "edit"
    place = {"chat_id": DESK, "text": "x", "caption": "x"}
    assert telegram.refusal(method, **place, message_id=999) == f"Bad Request: message to {verb} not found"
    assert (
        telegram.refusal(method, **place, message_id=said)
        == f"Bad Request: message can't be {verb}{'d' if verb == 'delete' else 'ed'}"
    )


def test_an_edit_that_changes_nothing_is_refused_and_an_omitted_keyboard_is_taken_away(telegram: Telegram) -> None:
    sent = telegram.call("sendMessage", chat_id=ADA, text="<b>x</b>", parse_mode="HTML", reply_markup=keyboard([go()]))
    where = {"chat_id": ADA, "message_id": sent["message_id"]}
    same = {**where, "text": "<b>x</b>", "parse_mode": "HTML", "reply_markup": keyboard([go()])}
    assert telegram.refusal("editMessageText", **same).startswith("Bad Request: message is not modified: specified new")
    assert (
        telegram.refusal("editMessageText", **where, text="x", reply_markup={"force_reply": True})
        == "Bad Request: inline keyboard expected"
    )
    assert "reply_markup" not in telegram.call("editMessageText", **where, text="x")


def test_an_album_holds_two_to_ten(telegram: Telegram) -> None:
    photo = telegram.person("Ada").photo(picture())
    file_id = next(m for m in telegram.updates("message") if m["message_id"] == photo)["photo"][0]["file_id"]
    item = {"type": "photo", "media": file_id}
    assert not telegram.raw("sendMediaGroup", chat_id=ADA, media=[item])["ok"]
    reason = telegram.refusal("sendMediaGroup", chat_id=ADA, media=[item] * 11)
    assert reason == "Bad Request: too many messages to send as an album"
    sent = telegram.call("sendMediaGroup", chat_id=ADA, media=[item] * 10, reply_markup=keyboard([go()]))
    assert not any("reply_markup" in message for message in sent)


def test_a_closed_topic_takes_messages_of_administrators_only(telegram: Telegram) -> None:
    review = telegram.person("Ada", "Desk", "Review").room()["topics"][1]["id"]
    telegram.stage("topic", chat="Desk", topic="Review", closed=True)
    where = {"chat_id": DESK, "message_thread_id": review, "text": "x"}
    assert telegram.refusal("sendMessage", **where) == "Bad Request: TOPIC_CLOSED"
    telegram.stage("promote", chat="Desk")
    assert telegram.call("sendMessage", **where)["message_thread_id"] == review


def test_a_bot_that_was_put_out_or_blocked_is_forbidden_to_write(telegram: Telegram) -> None:
    for chat, title, kind in ((DESK, "Desk", "supergroup"), (REVIEW_ROOM, "Review room", "group")):
        telegram.stage("kick", chat=title)
        reason = telegram.refusal("sendMessage", chat_id=chat, text="x")
        assert reason == f"Forbidden: bot was kicked from the {kind} chat"
        telegram.stage("invite", chat=title)
        assert telegram.call("sendMessage", chat_id=chat, text="x")
        telegram.call("leaveChat", chat_id=chat)
        reason = telegram.refusal("sendMessage", chat_id=chat, text="x")
        assert reason == f"Forbidden: bot is not a member of the {kind} chat"
    telegram.stage("block", **{"as": "Ada"})
    assert telegram.refusal("sendMessage", chat_id=ADA, text="x") == "Forbidden: bot was blocked by the user"


def test_an_upgraded_group_names_its_new_id(telegram: Telegram) -> None:
    new = telegram.stage("upgrade", chat="Review room")["chat"]
    body = telegram.raw("sendMessage", chat_id=REVIEW_ROOM, text="x")
    assert body["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert body["parameters"] == {"migrate_to_chat_id": new}
    assert telegram.call("sendMessage", chat_id=new, text="x")["chat"]["type"] == "supergroup"
    moved = [m for m in telegram.updates("message") if m["chat"]["id"] in {REVIEW_ROOM, new}]
    assert [m.get("migrate_to_chat_id") for m in moved] == [new, None]


def test_a_press_is_answered_once_and_in_time(telegram: Telegram) -> None:
    too_old = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    sent = telegram.call("sendMessage", chat_id=ADA, text="x", reply_markup=keyboard([go()]))
    press = {"as": "Ada", "chat": "private", "message_id": sent["message_id"], "label": "Go", "wait": 0}
    telegram.stage("clock", stopped=True)
    first, late = (telegram.stage("press", **press)["callback_query_id"] for _ in range(2))
    assert telegram.refusal("answerCallbackQuery", callback_query_id="1") == too_old
    assert (
        telegram.refusal("answerCallbackQuery", callback_query_id=first, text="a" * 201)
        == "Bad Request: MESSAGE_TOO_LONG"
    )
    assert telegram.call("answerCallbackQuery", callback_query_id=first, text="ok") is True
    assert telegram.refusal("answerCallbackQuery", callback_query_id=first) == too_old
    telegram.stage("clock", advance=60)
    assert telegram.refusal("answerCallbackQuery", callback_query_id=late) == too_old


def test_old_messages_of_the_bot_can_no_longer_be_deleted_for_everyone(telegram: Telegram) -> None:
    sent = telegram.call("sendMessage", chat_id=DESK, text="x")["message_id"]
    telegram.stage("clock", advance=49 * 3600)
    reason = telegram.refusal("deleteMessage", chat_id=DESK, message_id=sent)
    assert reason == "Bad Request: message can't be deleted for everyone"
    telegram.stage("promote", chat="Desk")
    assert telegram.call("deleteMessages", chat_id=DESK, message_ids=[sent, 999]) is True


def test_tokens_methods_and_files_that_do_not_exist_are_refused(telegram: Telegram) -> None:
    assert telegram.raw("getMe", token="12345:other") == {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert telegram.raw("getMe", token="nonsense") == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert telegram.raw("getMee") == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert requests.get(f"{telegram.address}/file/bot{TOKEN}/photos/file_99.jpg", timeout=PATIENCE).status_code == 404
    assert telegram.call("GETME")["username"] == "bottega_sandbox_bot"


def test_unknown_and_mistyped_parameters_pass_but_are_noted(telegram: Telegram) -> None:
    telegram.call("sendMessage", chat_id=ADA, text="x", parsemode="HTML", disable_notification="maybe")
    assert telegram.person("Ada").state()["complaints"] == [
        "sendMessage: unknown parameter parsemode",
        "sendMessage: disable_notification is no Boolean: 'maybe'",
    ]


def test_message_ids_count_per_supergroup_and_together_elsewhere(telegram: Telegram) -> None:
    telegram.person("Bruno").start()
    ids = [
        telegram.call("sendMessage", chat_id=chat, text="x")["message_id"]
        for chat in (ADA, BRUNO, REVIEW_ROOM, DESK, ADA, DESK)
    ]
    shared = [ids[i] for i in (0, 1, 2, 4)]
    assert shared == list(range(shared[0], shared[0] + 4))
    assert ids[5] == ids[3] + 1 != shared[3] + 1
