"""People on the stage can do what Telegram's app offers them and see what it would show them."""

import base64
from collections.abc import Iterator

import pytest
import requests

from sandbox.telegram.person import Impossible
from support.patience import PATIENCE
from support.telegram_stage import ADA, DESK, Telegram, picture, telegram_running

GO = {"inline_keyboard": [[{"text": "Open", "url": "https://a.example/"}, {"text": "Go", "callback_data": "v1:go:7"}]]}


@pytest.fixture(scope="module")
def running() -> Iterator[Telegram]:
    with telegram_running() as found:
        yield found


@pytest.fixture
def telegram(running: Telegram) -> Telegram:
    running.stage("reset")
    return running


def test_everybody_sees_their_own_chats_only(telegram: Telegram) -> None:
    titles = {name: [c["title"] for c in telegram.person(name).state()["chats"]] for name in ("Ada", "Eve")}
    assert titles == {"Ada": ["Bottega", "Desk", "Review room"], "Eve": ["Bottega"]}
    assert [t["name"] for t in telegram.person("Ada", "Desk").room()["topics"]] == ["General", "Review", "Inbox"]
    with pytest.raises(Impossible, match="Eve is not in Desk"):
        telegram.person("Eve", "Desk").say("hello")


def test_a_picture_can_be_shown_by_its_address(telegram: Telegram) -> None:
    ada = telegram.person("Ada", "Review room")
    sent = ada.message(ada.photo(picture(), "look"))
    assert (sent["kind"], sent["text"], sent["media"]["width"]) == ("photo", "look", 400)
    shown = requests.get(telegram.address + sent["media"]["url"], timeout=PATIENCE)
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert len(shown.content) == sent["media"]["size"]


def test_a_picture_sent_as_a_file_keeps_its_bytes(telegram: Telegram) -> None:
    ada = telegram.person("Ada", "Review room")
    sent = ada.message(ada.document(picture(), "logo.png"))
    assert (sent["kind"], sent["media"]["name"]) == ("document", "logo.png")
    assert requests.get(telegram.address + sent["media"]["url"], timeout=PATIENCE).content == picture()


def test_buttons_are_found_by_label_or_data_and_only_where_they_are(telegram: Telegram) -> None:
    sent = telegram.call("sendMessage", chat_id=DESK, text="card", reply_markup=GO)["message_id"]
    ada = telegram.person("Ada", "Desk")
    assert ada.press("v1:go", wait=0) is None
    assert ada.press("Go", sent, wait=0) is None
    assert ada.act("press", message_id=sent, label="Open") == {"url": "https://a.example/"}
    with pytest.raises(Impossible, match="Ada sees no button 'Stop'"):
        ada.press("Stop", sent)
    with pytest.raises(Impossible, match="no such button under that message"):
        ada.act("press", message_id=sent, data="v1:other")
    with pytest.raises(Impossible, match="no longer there"):
        ada.act("press", message_id=999, label="Go")
    assert len(telegram.updates("callback_query")) == 2


def test_answers_and_alerts_stay_visible_to_the_person_who_pressed(telegram: Telegram) -> None:
    sent = telegram.call("sendMessage", chat_id=DESK, text="card", reply_markup=GO)["message_id"]
    ada = telegram.person("Ada", "Desk")
    ada.press("Go", sent, wait=0)
    query = telegram.updates("callback_query")[0]["id"]
    telegram.call("answerCallbackQuery", callback_query_id=query, text="Not yours", show_alert=True)
    assert ada.state()["answers"][0] | {"at": 0} == {
        "callback_query_id": query,
        "chat_id": DESK,
        "message_id": sent,
        "at": 0,
        "text": "Not yours",
        "show_alert": True,
    }
    assert telegram.person("Bruno").state()["answers"] == []


@pytest.mark.parametrize(
    ("deed", "wish", "sentence"),
    [
        ("say", {"as": "Zoe", "text": "x"}, "There is nobody called 'Zoe' here."),
        ("say", {"as": "Ada", "chat": "Attic", "text": "x"}, "There is no chat called 'Attic' that Ada can see."),
        (
            "say",
            {"as": "Ada", "chat": "Desk", "topic": "Attic", "text": "x"},
            "There is no topic called 'Attic' in Desk.",
        ),
        ("say", {"as": "Ada", "chat": "Desk", "text": " "}, "Write something first."),
        ("say", {"as": "Ada", "chat": "Desk", "text": "a" * 4097}, "That is too long: 4097 of at most 4096."),
        ("say", {"as": "Ada", "chat": "Desk", "text": "x", "reply_to": 999}, "That message is no longer there."),
        ("kick", {"as": "Chiara", "chat": "Desk"}, "Chiara is no administrator there."),
        ("edit", {"as": "Ada", "chat": "Desk"}, "That wish is incomplete: 'message_id'"),
    ],
)
def test_what_the_app_would_not_offer_is_refused_with_a_sentence(
    telegram: Telegram, deed: str, wish: dict[str, str], sentence: str
) -> None:
    assert telegram.stage(deed, **wish)["error"] == sentence


def test_only_ones_own_messages_can_be_edited_and_members_delete_only_their_own(telegram: Telegram) -> None:
    said = telegram.person("Chiara", "Desk").say("mine")
    with pytest.raises(Impossible, match="one's own messages"):
        telegram.person("Ada", "Desk").edit(said, "yours")
    with pytest.raises(Impossible, match="Only administrators"):
        telegram.person("Dario", "Desk").delete(said)
    telegram.person("Bruno", "Desk").delete(said)
    with pytest.raises(Impossible, match="no longer there"):
        telegram.person("Chiara", "Desk").message(said)


def test_a_closed_topic_is_closed_to_members(telegram: Telegram) -> None:
    telegram.stage("topic", chat="Desk", topic="Inbox", closed=True)
    with pytest.raises(Impossible, match="The topic Inbox is closed"):
        telegram.person("Chiara", "Desk", "Inbox").say("x")
    opened = telegram.stage("topic", chat="Desk", name="Spring")["topic"]
    assert telegram.person("Chiara", "Desk", "Spring").say("x") == opened + 1


def test_waiting_is_bounded_and_says_what_was_there(telegram: Telegram) -> None:
    ada = telegram.person("Ada", "Desk")
    ada.say("hello")
    with pytest.raises(TimeoutError, match="hello"):
        ada.wait_text("never", timeout=0.2)


def test_injected_markup_is_only_text_in_segments(telegram: Telegram) -> None:
    telegram.person("Ada").start()
    telegram.call("sendMessage", chat_id=ADA, text="&lt;script&gt; <code>&amp;lt;</code>", parse_mode="HTML")
    assert telegram.person("Ada").last()["segments"] == [
        {"text": "<script> ", "styles": []},
        {"text": "&lt;", "styles": ["code"]},
    ]


def test_broken_base64_and_pictures_are_refused_on_the_stage(telegram: Telegram) -> None:
    ada = telegram.person("Ada", "Desk")
    with pytest.raises(Impossible, match=r"a\.png is no base64"):
        ada.say("", files=[{"name": "a.png", "mime": "image/png", "base64": "???"}])
    with pytest.raises(Impossible, match="IMAGE_PROCESS_FAILED"):
        ada.say("", files=[{"name": "a.png", "mime": "image/png", "base64": base64.b64encode(b"x").decode()}])


def test_reset_brings_the_first_day_back(telegram: Telegram) -> None:
    telegram.person("Ada").start()
    telegram.stage("settings", privacy=False)
    telegram.stage("reset")
    state = telegram.person("Ada").state()
    assert state["chats"][0]["messages"] == []
    assert state["settings"]["privacy"] is True
    assert telegram.updates() == []


def test_updates_are_numbered_on_after_a_reset_so_that_a_running_bot_hears_them(telegram: Telegram) -> None:
    telegram.person("Ada").start()
    last = telegram.updates()[-1]["update_id"]
    telegram.stage("reset")
    telegram.person("Ada").start()
    assert telegram.updates(offset=last + 1)[0]["update_id"] == last + 1
