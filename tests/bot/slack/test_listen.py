"""Payloads become events to keep, and events become intents."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.forms import CALLBACK
from bot.slack.keeping import event_of
from bot.slack.listen import UNKNOWN, Listener
from handlers.intents import Command, Filled, Happened, Intent, Pressed, Said

BOT, TEAM, ADA = "U0BOT", "T0", "U0ADA"
listener = Listener(lambda: {"post", "help"}, "/social")
Json = dict[str, Any]


def read(body: Json) -> Intent | None:
    event = event_of(body, BOT, TEAM, 1000.0)
    return listener.intent(event.body) if event else None


def wrapped(event: Json, event_id: str = "Ev1") -> Json:
    return {"type": "event_callback", "event_id": event_id, "team_id": TEAM, "event": event}


def message(text: str, **more: Any) -> Json:
    return wrapped({"type": "message", "user": ADA, "text": text, "channel": "C1", "ts": "2.0", **more})


def pressed(value: str, **more: Any) -> Json:
    return {
        "type": "block_actions",
        "user": {"id": ADA, "team_id": TEAM},
        "trigger_id": "t1",
        "response_url": "https://hooks.example/1",
        "channel": {"id": "C1", "name": "review"},
        "container": {"message_ts": "5.0", "channel_id": "C1", "thread_ts": "4.0"},
        "actions": [{"type": "button", "action_id": f"{value}~0", "value": value, "action_ts": "6.0"}],
        **more,
    }


def test_a_slash_command_is_split_into_verb_and_text() -> None:
    body = {"command": "/social", "text": "Post  Hello &amp; <@U9|bo>\nnext", "user_id": ADA, "channel_id": "C1"}
    intent = read(body | {"trigger_id": "t", "response_url": "https://hooks.example/1"})
    assert isinstance(intent, Command)
    assert (intent.verb, intent.text) == ("post", "Hello & @bo\nnext")
    assert (intent.origin.actor, intent.origin.room) == (ADA, "C1")
    assert intent.origin.reach == {"trigger_id": "t", "response_url": "https://hooks.example/1", "at": "1000.0"}


def test_a_press_on_what_begins_a_thread_is_answered_in_the_room() -> None:
    for where in ({"thread_ts": "5.0"}, {}):
        container = {"message_ts": "5.0", "channel_id": "C1", **where}
        intent = read(pressed("approve:P1@1", container=container, message={"ts": "5.0", "thread_ts": "5.0"}))
        assert intent is not None
        assert (intent.origin.room, intent.origin.thread) == ("C1", "")


def test_an_empty_command_shows_the_home() -> None:
    intent = read({"command": "/social", "text": "  ", "user_id": ADA})
    assert isinstance(intent, Command)
    assert intent.verb == "home"


def test_a_mention_at_the_beginning_is_a_command_in_its_thread() -> None:
    event = {"type": "app_mention", "user": ADA, "text": f"<@{BOT}> post Hi", "channel": "C1", "ts": "2.0"}
    intent = read(wrapped(event | {"thread_ts": "1.0", "files": [{"id": "F1", "name": "a.png"}]}))
    assert isinstance(intent, Command)
    assert (intent.verb, intent.text, intent.origin.thread) == ("post", "Hi", "1.0")
    assert [(f.name, f.ref) for f in intent.files] == [("a.png", "F1")]


def test_a_mention_in_passing_is_no_command() -> None:
    event = {"type": "app_mention", "user": ADA, "text": f"thanks <@{BOT}>", "channel": "C1", "ts": "2.0"}
    assert read(wrapped(event)) is None


def test_the_message_event_of_a_mention_is_not_kept_twice() -> None:
    assert event_of(message(f"<@{BOT}> post Hi", thread_ts="1.0", parent_user_id=BOT), BOT, TEAM, 0) is None


def test_a_message_in_a_thread_of_ours_is_a_note() -> None:
    intent = read(message("so be it", thread_ts="1.0", parent_user_id=BOT))
    assert isinstance(intent, Said)
    assert (intent.text, intent.answers, intent.origin.thread, intent.origin.private) == (
        "so be it",
        "1.0",
        "1.0",
        False,
    )


@pytest.mark.parametrize(
    "body",
    [
        message("chatter"),
        message("in a thread of others", thread_ts="1.0", parent_user_id=ADA),
        message("of a bot", thread_ts="1.0", parent_user_id=BOT, bot_id="B1"),
        message("ours", thread_ts="1.0", parent_user_id=BOT, user=BOT),
        message("edited", thread_ts="1.0", subtype="message_changed"),
        message("gone", subtype="message_deleted", channel_type="im"),
        wrapped({"type": "app_home_opened", "user": ADA, "tab": "messages"}),
        wrapped({"type": "reaction_added", "user": ADA}),
        {"type": "view_closed", "view": {"callback_id": "form"}},
        {"type": "message_action", "callback_id": "of_another_app"},
        {"type": "view_submission", "view": {"callback_id": "of_another_app"}},
        {"type": "block_actions", "actions": [{"type": "button", "action_id": "open:v1:see~0"}]},
        {"type": "block_actions", "actions": [{"type": "static_select", "value": "x"}]},
        {},
    ],
)
def test_what_nobody_needs_is_not_kept(body: Json) -> None:
    assert event_of(body, BOT, TEAM, 0) is None


def test_a_private_message_is_a_command_only_when_it_begins_with_one() -> None:
    command, note = read(message("post Hi", channel_type="im")), read(message("hello", channel_type="im"))
    assert isinstance(command, Command)
    assert (command.verb, command.text, command.origin.private) == ("post", "Hi", True)
    assert isinstance(note, Said)
    assert (note.text, note.origin.private) == ("hello", True)
    slash = read(message("/social post Hi", channel_type="im"))
    assert isinstance(slash, Command)
    assert (slash.verb, slash.text) == ("post", "Hi")


def test_a_press_carries_code_place_and_reach() -> None:
    intent = read(pressed("v1:approve:P12:3:x"))
    assert isinstance(intent, Pressed)
    assert (intent.verb, intent.subject, intent.revision, intent.value) == ("approve", "P12", 3, "x")
    assert (intent.origin.room, intent.origin.thread, intent.origin.message_id) == ("C1", "4.0", "5.0")
    assert intent.origin.reach["response_url"] == "https://hooks.example/1"


def test_a_press_in_the_private_conversation_is_answered_there() -> None:
    channel = {"id": "D1", "name": "directmessage"}
    ours = read(pressed("v1:a", channel=channel, container={"message_ts": "5.0", "channel_id": "D1"}))
    whispered = read(pressed("v1:a", channel=channel, container={"message_ts": "5.0", "is_ephemeral": True}))
    assert isinstance(ours, Pressed)
    assert isinstance(whispered, Pressed)
    assert ours.origin.private
    assert (ours.origin.aside, whispered.origin.aside) == (False, True)
    assert not whispered.origin.private, "that may be a conversation between two other people"


def test_a_press_on_what_is_not_ours_is_answered_as_unknown() -> None:
    intent = read(pressed("something else"))
    assert isinstance(intent, Pressed)
    assert intent.verb == UNKNOWN


def test_people_of_another_workspace_are_strangers() -> None:
    intent = read(pressed("v1:approve:P12", user={"id": ADA, "team_id": "T9"}))
    said = read(message("hi", thread_ts="1.0", parent_user_id=BOT, user_team="T9"))
    assert isinstance(intent, Pressed)
    assert isinstance(said, Said)
    assert intent.origin.actor == said.origin.actor == f"T9:{ADA}"


def test_the_shortcut_drafts_from_the_message_it_was_used_on() -> None:
    quoted = {"text": "Big &amp; <https://a.example>", "ts": "3.0", "files": [{"id": "F1", "name": "a.png"}]}
    body = {"type": "message_action", "callback_id": "draft_from_message", "message": quoted, "message_ts": "3.0"}
    intent = read(body | {"user": {"id": ADA}, "channel": {"id": "C1"}, "trigger_id": "t", "action_ts": "9.0"})
    assert isinstance(intent, Command)
    assert intent.verb == "post"
    assert intent.quoted
    assert (intent.quoted.text, intent.quoted.message_id) == ("Big & https://a.example", "3.0")
    assert [f.ref for f in intent.quoted.files] == ["F1"]


def test_opening_the_home_happens_to_nobodys_room() -> None:
    intent = read(wrapped({"type": "app_home_opened", "user": ADA, "tab": "home", "channel": "D1"}))
    assert isinstance(intent, Happened)
    assert (intent.name, intent.origin.room) == ("home_opened", "")


def test_a_second_try_at_a_form_is_not_taken_for_a_redelivery() -> None:
    view = {"id": "V1", "hash": "same", "callback_id": "form"}
    first, second = (
        event_of({"type": "view_submission", "view": view, "trigger_id": t}, BOT, TEAM, 0) for t in ("t1", "t2")
    )
    again = event_of({"type": "view_submission", "view": view, "trigger_id": "t1"}, BOT, TEAM, 5)
    assert first
    assert second
    assert again
    assert first.event_id == again.event_id != second.event_id


def test_two_presses_of_one_button_are_two_events_and_one_redelivered_is_one() -> None:
    first = event_of(pressed("v1:a"), BOT, TEAM, 0)
    again = event_of(pressed("v1:a"), BOT, TEAM, 9)
    second = event_of(pressed("v1:a", trigger_id="t2"), BOT, TEAM, 0)
    assert first
    assert again
    assert second
    assert first.event_id == again.event_id != second.event_id
    assert first.lane == second.lane == "C1:4.0"


def test_what_opens_a_form_is_no_part_of_the_name_of_an_event() -> None:
    view = {"id": "V1", "callback_id": CALLBACK}
    for body in (pressed("v1:a", trigger_id="t1"), {"type": "view_submission", "view": view, "trigger_id": "t1"}):
        event = event_of(body, BOT, TEAM, 0)
        assert event
        assert "t1" not in event.event_id.split(":")


def test_secrets_of_the_payload_are_not_kept() -> None:
    event = event_of(message("hi", channel_type="im") | {"token": "secret"}, BOT, TEAM, 0)
    assert event
    assert "token" not in event.body["body"]


names = st.sampled_from(
    "type event event_id user channel text subtype thread_ts channel_type tab files actions value action_id view state "
    "values callback_id private_metadata blocks command user_id message container team_id id trigger_id".split()
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(
        "event_callback message app_mention im block_actions view_submission button form draft_from_message "
        "message_action app_home_opened home /social v1:a:P1 {} <@U0BOT>".split()
    )
)
junk = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=6), max_leaves=25
)


@given(st.dictionaries(names, junk, max_size=10))
def test_nothing_that_comes_can_break_the_reading(body: Json) -> None:
    intent = read(body)
    assert intent is None or isinstance(intent, Command | Said | Pressed | Filled | Happened)


@given(st.sampled_from("command mention direct said home press shortcut form ?".split()), st.dictionaries(names, junk))
def test_nothing_that_was_kept_can_break_the_reading(kind: str, body: Json) -> None:
    intent = listener.intent({"kind": kind, "body": body, "bot": BOT, "team": TEAM, "at": 0})
    assert intent is None or "\0" not in intent.model_dump_json()
