"""Every kind of update through the pure reading; the sandbox's own updates come in test_receive."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.telegram.listen import Me, intent, is_unnamed
from bot.telegram.wire import lane_of, parse
from handlers.intents import Command, Happened, Intent, Pressed, Said

ME = Me(id=12345, username="DeskBot")
ADA = {"id": 1001, "is_bot": False, "first_name": "Ada", "last_name": "L", "language_code": "it"}
BOT = {"id": 12345, "is_bot": True, "first_name": "Desk", "username": "DeskBot"}
GROUP = {"id": -1001, "type": "supergroup", "title": "Desk"}
PRIVATE = {"id": 1001, "type": "private"}


def message(chat: dict[str, Any] = GROUP, sender: dict[str, Any] = ADA, **fields: Any) -> dict[str, Any]:
    return {"message_id": 7, "date": 1_790_000_000, "chat": chat, "from": sender, **fields}


def read(*messages: dict[str, Any]) -> Intent | None:
    updates = [parse({"update_id": number, "message": body}) for number, body in enumerate(messages)]
    return intent([update for update in updates if update], ME)


def command(text: str, **fields: Any) -> tuple[str, str] | None:
    found = read(message(text=text, **fields))
    return (found.verb, found.text) if isinstance(found, Command) else None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/post Hello", ("post", "Hello")),
        ("/POST@deskbot Hello\nworld", ("post", "Hello\nworld")),
        ("  /post\nHello", ("post", "Hello")),
        ("/post", ("post", "")),
        ("@DeskBot post Hello", ("post", "Hello")),
        ("@deskbot post\nHello there", ("post", "Hello there")),
        ("@DeskBot /post Hello", ("post", "Hello")),
        ("@DeskBot", ("home", "")),
        ("/start", ("home", "")),
        ("/start AB-12", ("link", "AB-12")),
        ("/post@otherbot Hello", None),
        ("@DeskBotter post Hello", None),
        ("/pöst Hello", None),
        ("/p１ Hello", None),
        ("/ post", None),
        ("just talking about /post", None),
        ("", None),
    ],
)
def test_a_command_is_read_however_it_is_written(text: str, meant: tuple[str, str] | None) -> None:
    assert command(text) == meant


def test_a_command_says_who_and_where() -> None:
    found = read(message(text="/post Hello", message_thread_id=5, is_topic_message=True))
    assert found
    assert found.origin.model_dump() == {
        "chat": "telegram",
        "actor": "1001",
        "name": "Ada L",
        "language": "it",
        "zone": "",
        "room": "-1001",
        "thread": "5",
        "message_id": "7",
        "private": False,
        "aside": False,
        "reach": {},
    }


def test_a_chain_of_replies_is_no_topic() -> None:
    found = read(message(text="/post Hello", message_thread_id=5))
    assert found
    assert found.origin.thread == ""


def test_a_command_below_a_photo_brings_the_photo_in_its_largest_size() -> None:
    sizes = [{"file_id": "s", "width": 90, "height": 60}, {"file_id": "l", "width": 900, "height": 600}]
    found = read(message(caption="/post Look", photo=sizes))
    assert isinstance(found, Command)
    assert (found.text, [f.ref for f in found.files]) == ("Look", ["l"])


def test_an_album_is_one_command_with_all_its_files() -> None:
    pieces = [message(photo=[{"file_id": str(n)}], media_group_id="g") for n in range(3)]
    pieces[1]["caption"] = "/post Three"
    found = read(*pieces)
    assert isinstance(found, Command)
    assert (found.text, [f.ref for f in found.files]) == ("Three", ["0", "1", "2"])


def test_a_lone_piece_of_an_album_says_that_others_are_missing() -> None:
    found = read(message(caption="/post One", photo=[{"file_id": "1"}], media_group_id="g"))
    assert isinstance(found, Command)
    assert [bool(f.problem) for f in found.files] == [False, True]


def test_a_command_in_reply_to_a_message_quotes_it_with_its_files() -> None:
    answered = message(message_id=3, caption="From Bruno", document={"file_id": "d", "file_name": "a.pdf"})
    found = read(message(text="/post", reply_to_message=answered))
    assert isinstance(found, Command)
    assert found.quoted
    assert (found.quoted.text, found.quoted.message_id) == ("From Bruno", "3")
    assert [(f.ref, f.name) for f in found.quoted.files] == [("d", "a.pdf")]


def test_a_picked_part_of_the_replied_message_is_what_is_quoted() -> None:
    answered = message(message_id=3, text="One. Two.")
    found = read(message(text="/post", reply_to_message=answered, quote={"text": "Two.", "is_manual": True}))
    assert isinstance(found, Command)
    assert found.quoted
    assert found.quoted.text == "Two."


def test_standing_in_a_topic_is_not_a_reply_to_its_first_message() -> None:
    opening = message(message_id=5, sender=BOT, forum_topic_created={"name": "Review"})
    place: dict[str, Any] = {"message_thread_id": 5, "is_topic_message": True, "reply_to_message": opening}
    assert read(message(text="just talking", **place)) is None
    found = read(message(text="/post x", **place))
    assert isinstance(found, Command)
    assert found.quoted is None


def test_a_reply_to_our_message_is_said_about_it() -> None:
    found = read(message(text="Nice", reply_to_message=message(message_id=3, sender=BOT, text="card")))
    assert isinstance(found, Said)
    assert (found.text, found.answers) == ("Nice", "3")


def test_plain_talk_in_a_group_means_nothing() -> None:
    assert read(message(text="Lunch?")) is None
    assert read(message(text="Yes", reply_to_message=message(message_id=3, text="Lunch?"))) is None


def test_what_is_said_in_private_is_said_to_us() -> None:
    found = read(message(PRIVATE, text="tomorrow at nine"))
    assert isinstance(found, Said)
    assert (found.origin.private, found.answers) == (True, "")


def test_a_forwarded_command_was_not_typed_by_the_person() -> None:
    assert read(message(text="/publish P1", forward_origin={"type": "user"})) is None
    said = read(message(PRIVATE, text="/publish P1", forward_origin={"type": "user"}))
    assert isinstance(said, Said)
    assert said.forwarded


def test_nobody_commands_from_behind_a_group_or_as_a_bot() -> None:
    assert read(message(text="/post x", sender_chat=GROUP)) is None
    assert read(message(text="/post x", sender={**ADA, "is_bot": True})) is None
    assert (
        intent(
            [update for update in [parse({"update_id": 1, "edited_message": message(text="/post x")})] if update], ME
        )
        is None
    )


@pytest.mark.parametrize(
    ("fields", "unnamed"),
    [
        ({"text": "/post x"}, True),
        ({"text": "@DeskBot post x"}, True),
        ({"text": "a note", "reply_to_message": message(sender=BOT)}, True),
        ({"text": "talk"}, False),
        ({"text": "/post@otherbot x"}, False),
        ({"text": "/post x", "is_automatic_forward": True}, False),
    ],
)
def test_who_hides_behind_a_group_is_noticed_when_it_matters(fields: dict[str, Any], unnamed: bool) -> None:
    for sender_chat in (GROUP, None):
        update = parse({"update_id": 1, "message": message(sender_chat=sender_chat, **fields)})
        assert update
        assert update.message
        assert is_unnamed(update.message, ME) == (unnamed and sender_chat is not None)


def test_in_a_group_commands_like_none_of_ours_are_left_to_other_bots() -> None:
    me = Me(id=12345, username="DeskBot", commands=("post", "help"))
    for chat, text, verb in (
        (GROUP, "/ban @spammer", None),
        (GROUP, "/ban@deskbot", "ban"),
        (GROUP, "/pots Hello", "pots"),
        (GROUP, "/start", "home"),
        (PRIVATE, "/ban", "ban"),
    ):
        update = parse({"update_id": 1, "message": message(chat, text=text)})
        assert update
        found = intent([update], me)
        assert (found.verb if isinstance(found, Command) else None) == verb


def test_a_bot_that_knows_no_name_of_its_own_obeys_commands_that_name_none() -> None:
    for text, verb in (("/post x", "post"), ("/post@otherbot x", None), ("@ post x", None)):
        update = parse({"update_id": 1, "message": message(text=text)})
        assert update
        found = intent([update], Me(id=12345, username=""))
        assert (found.verb if isinstance(found, Command) else None) == verb


def press(data: str, **fields: Any) -> Intent | None:
    body = {"id": "q1", "from": ADA, "data": data, "message": message(sender=BOT, **fields)}
    update = parse({"update_id": 1, "callback_query": body})
    assert update
    return intent([update], ME)


def test_a_press_carries_its_code_and_how_to_answer_it() -> None:
    found = press("v1:approve:P12:3")
    assert isinstance(found, Pressed)
    assert (found.verb, found.subject, found.revision, found.origin.message_id) == ("approve", "P12", 3, "7")
    assert found.origin.reach == {"callback_query_id": "q1"}


def test_the_yes_below_a_question_is_a_press_on_the_card_itself() -> None:
    found = press("!v1:drop:P12:3", reply_to_message=message(message_id=4, sender=BOT))
    assert isinstance(found, Pressed)
    assert (found.verb, found.origin.message_id) == ("drop", "4")


@pytest.mark.parametrize("data", ["?v1:drop:P12:3", "-v1:drop:P12:3"])
def test_asking_first_and_declining_decide_nothing(data: str) -> None:
    assert press(data) is None


@pytest.mark.parametrize(
    "data", ["", "v9:approve:P12", "'; DROP TABLE", "v1:approve:P 1", "!", "!?v1:drop:P12:3", "é" * 32]
)
def test_handmade_data_is_an_unknown_button(data: str) -> None:
    found = press(data)
    assert isinstance(found, Pressed)
    assert found.verb == "unknown"


def test_a_press_on_a_message_that_is_gone_still_counts() -> None:
    body = {"id": "q", "from": ADA, "data": "v1:queue", "message": {"message_id": 7, "date": 0, "chat": GROUP}}
    update = parse({"update_id": 1, "callback_query": body})
    assert update
    assert isinstance(intent([update], ME), Pressed)


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("left", "member", "bot_added"),
        ("member", "kicked", "bot_removed"),
        ("administrator", "left", "bot_removed"),
        ("member", "administrator", None),
    ],
)
def test_coming_and_going_of_the_bot_happens(old: str, new: str, name: str | None) -> None:
    body = {
        "chat": GROUP,
        "from": ADA,
        "date": 1,
        "old_chat_member": {"status": old},
        "new_chat_member": {"status": new},
    }
    update = parse({"update_id": 1, "my_chat_member": body})
    assert update
    found = intent([update], ME)
    assert (found.name if isinstance(found, Happened) else None) == name


NAMES = st.sampled_from(["id", "chat", "from", "text", "message_id", "data", "type", "photo", "reply_to_message"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)


@settings(max_examples=200)
@given(body=st.dictionaries(st.sampled_from(["update_id", "message", "callback_query", "my_chat_member"]), JSON))
def test_whatever_arrives_is_read_without_an_error(body: dict[str, Any]) -> None:
    update = parse(body)
    lane_of(update)
    if update:
        intent([update], ME)


@settings(max_examples=200)
@given(text=st.text(max_size=60), data=st.text(max_size=70))
def test_whatever_is_typed_or_pressed_is_read_without_an_error(text: str, data: str) -> None:
    read(message(text=text))
    read(message(PRIVATE, text="/" + text))
    press(data)
