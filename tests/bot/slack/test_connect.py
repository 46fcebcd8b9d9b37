"""What people do in Slack is kept before it is acknowledged; what could not be kept comes again."""

import base64
from typing import Any

import pytest
from pydantic import SecretStr

from bot.chat import FileUnfit, Reading
from handlers.cards import sentence
from handlers.forms import Field, Form, Kind
from handlers.intents import Command, Intent
from handlers.router import Handled
from platforms.contract import Unreachable
from sandbox.service import Fault
from support.patience import PATIENCE
from support.slack_chat import CHIARA, REVIEW, Heard, SlackBench

FILE = {"name": "cat.png", "mime": "image/png", "base64": base64.b64encode(b"\x89PNG bytes").decode()}
FIELDS = (Field(name="text", kind=Kind.TEXT, label="Text"), Field(name="when", kind=Kind.WHEN, label="When"))
FORM = Form(verb="draft", title="New post", submit="Save", subject="P1", fields=FIELDS)


def intents(chat: Any, heard: Heard) -> list[Intent]:
    found = [chat.read([event.body]) for event in heard.events]
    return [reading.intent for reading in found if isinstance(reading, Reading) and reading.intent]


def test_commands_mentions_messages_and_homes_are_kept(bench: SlackBench) -> None:
    heard = Heard()
    chat = bench.chat(heard)
    ada = bench.person()
    assert ada.command("review", "/social", "post Hi") == {"acked": True, "ack": None}
    ada.mention("review", "queue")
    ada.say("dm", "just talking")
    ada.open_home()
    bench.until(lambda: len(heard.events) == 4, "four events")
    assert sorted(heard.kinds) == ["command", "direct", "home", "mention"]
    assert isinstance(intents(chat, heard)[0], Command)


def test_chatter_is_acknowledged_and_not_kept(bench: SlackBench) -> None:
    heard = Heard()
    bench.chat(heard)
    ada = bench.person()
    ts = ada.say("review", "good morning")
    ada.edit("review", ts, "good evening")
    ada.react("review", ts, "tada")
    ada.delete("review", ts)
    ada.say("dm", "the last one")
    bench.until(lambda: heard.events, "the last one")
    outbox = bench.sandbox.core.outbox
    bench.until(lambda: not outbox._running, "an acknowledgement of each")
    assert heard.kinds == ["direct"]
    assert {delivery.attempt for delivery in outbox.sent} == {0}
    assert not outbox.given_up


def test_an_event_that_could_not_be_kept_comes_again(bench: SlackBench) -> None:
    heard = Heard(fails=1)
    bench.sandbox.settings.ack_timeout = 0.5
    bench.chat(heard)
    bench.person().say("dm", "keep me")
    bench.until(lambda: heard.events, "the redelivery")
    assert heard.refused == 1


def test_an_event_that_comes_twice_is_kept_once(bench: SlackBench) -> None:
    heard = Heard()
    bench.chat(heard)
    bench.person().say("dm", "once")
    bench.until(lambda: heard.events, "the event")
    bench.person().act("socket", redeliver=1)
    bench.until(lambda: heard.asked == 2, "the second time")
    assert len(heard.events) == 1


def test_a_command_that_could_not_be_kept_is_not_acknowledged(bench: SlackBench) -> None:
    bench.sandbox.settings.ack_timeout = 0.5
    bench.chat(Heard(fails=1))
    assert bench.person().command("review", "/social", "post")["acked"] is False


def test_messages_keep_their_order(bench: SlackBench) -> None:
    heard = Heard()
    bench.chat(heard)
    for number in range(10):
        bench.person().say("dm", f"number {number}")
    bench.until(lambda: len(heard.events) == 10, "all ten")
    assert [e.body["body"]["event"]["text"] for e in heard.events] == [f"number {n}" for n in range(10)]


def test_slack_being_away_at_the_start_is_waited_out(bench: SlackBench) -> None:
    bench.sandbox.faults.append(Fault("* /api/auth.test", "status", status=503))
    heard = Heard()
    chat = bench.chat(heard, wait=False)
    assert chat.state() == "connecting"
    bench.person().say("dm", "said before it was there")
    bench.until(lambda: heard.events, "what waited")
    assert chat.state() == "connected"


def test_a_wrong_token_is_said_in_the_status(bench: SlackBench) -> None:
    chat = bench.chat(Heard(), wait=False, bot_token=SecretStr("xoxb-wrong"))
    bench.until(lambda: chat.state().startswith("down"), "the verdict")
    assert "bot token" in chat.state()


def test_a_wrong_app_token_is_said_in_the_status(bench: SlackBench) -> None:
    chat = bench.chat(Heard(), wait=False, app_token=SecretStr("xapp-wrong"))
    bench.until(lambda: chat.state().startswith("down"), "the verdict")


def test_it_comes_back_after_slack_hangs_up(bench: SlackBench) -> None:
    heard = Heard()
    bench.chat(heard)
    bench.person().act("socket", disconnect=True)
    bench.person().say("dm", "after the break")
    bench.until(lambda: heard.events, "the event")


# -- forms -----------------------------------------------------------------------------------------------------------


def opened(bench: SlackBench, heard: Heard) -> Any:
    """A form in front of Ada, opened by her command."""
    chat = bench.chat(heard)
    bench.person().command("review", "/social", "post")
    reading: Any = chat.read([heard.events[-1].body])
    bench.run(chat.ask(reading.intent.origin, FORM))
    return chat


def test_a_submitted_form_closes_and_comes_with_the_place_it_was_asked_in(bench: SlackBench) -> None:
    heard = Heard()
    chat = opened(bench, heard)
    assert bench.person().fill({"Text": "Hello"}) == {"closed": True}
    filled = intents(chat, heard)[-1]
    assert filled.model_dump(include={"verb", "subject", "values"}) == {
        "verb": "draft",
        "subject": "P1",
        "values": {"text": "Hello", "when": ""},
    }
    assert filled.origin.room == REVIEW
    chat.voice.whisper(filled.origin, sentence("done"))
    assert bench.person().messages("review")[-1]["ephemeral"]


def test_a_refused_form_stays_open_at_its_field_and_may_be_sent_again(bench: SlackBench) -> None:
    heard = Heard()
    opened(bench, heard)
    heard.answer = Handled(refusal="That time is over.", field="when")
    assert bench.person().fill({"Text": "Hello", "When": "yesterday"}) == {"errors": {"when": "That time is over."}}
    heard.answer = Handled()
    assert bench.person().submit() == {"closed": True}
    assert heard.kinds == ["command", "form", "form"]


def test_a_refusal_of_the_whole_stands_at_the_first_field(bench: SlackBench) -> None:
    heard = Heard()
    opened(bench, heard)
    heard.answer = Handled(refusal="You may not.")
    assert bench.person().submit() == {"errors": {"text": "You may not."}}


def test_a_form_that_takes_long_says_so(bench: SlackBench) -> None:
    heard = Heard()
    opened(bench, heard)
    heard.answer = None
    assert "updated" in bench.person().submit()
    assert "working on it" in str(bench.person().modal())


def test_a_form_asked_for_without_a_trigger_is_offered_with_a_button(bench: SlackBench) -> None:
    heard = Heard()
    chat = bench.chat(heard)
    ada = bench.person()
    ada.mention("review", "post")
    bench.until(lambda: heard.events, "the mention")
    reading: Any = chat.read([heard.events[-1].body])
    bench.run(chat.ask(reading.intent.origin, FORM))
    ada.wait_button("Open the form")
    ada.press("Open the form")
    ada.wait_modal("New post")
    ada.fill({"Text": "Hello"})
    assert heard.kinds == ["mention", "form"]
    assert intents(chat, heard)[-1].origin.room == REVIEW
    ada.press("Open the form", message=ada.wait_button("Open the form"))
    ada.wait_message("review", "not there any more")


def test_a_form_whose_press_is_too_old_is_offered_again(bench: SlackBench) -> None:
    heard = Heard()
    chat = bench.chat(heard)
    bench.person().command("review", "/social", "post")
    bench.person().act("clock", advance=PATIENCE + 1)
    reading: Any = chat.read([heard.events[-1].body])
    bench.run(chat.ask(reading.intent.origin, FORM))
    bench.person().wait_button("Open the form")


# -- people and files ------------------------------------------------------------------------------------------------


def test_the_profile_is_added_and_asked_once(bench: SlackBench) -> None:
    heard = Heard()
    chat = bench.chat(heard)
    bench.person("Chiara").say("dm", "hello @Ada")
    bench.until(lambda: heard.events, "the message")
    for _ in range(2):
        intent: Any = bench.run(chat.enrich(intents(chat, heard)[0]))
    assert (intent.origin.name, intent.origin.language, intent.origin.zone) == ("Chiara", "it", "Europe/Rome")
    assert intent.text == "hello @Ada"
    assert len(bench.requests("users.info")) == 2, "Chiara and Ada"


def test_a_name_that_no_database_takes_loses_what_keeps_it_out(bench: SlackBench) -> None:
    heard = Heard()
    chat = bench.chat(heard)
    bench.person("Chiara").say("dm", "hello")
    bench.until(lambda: heard.events, "the message")
    bench.sandbox.core.workspace.members[CHIARA].name = "Chi\0ara\ud800"
    assert bench.run(chat.enrich(intents(chat, heard)[0])).origin.name == "Chi\ufffdara\ufffd"


def test_a_profile_that_cannot_be_read_changes_nothing(bench: SlackBench) -> None:
    heard = Heard()
    chat = bench.chat(heard)
    bench.sandbox.settings.scopes.discard("users:read")
    bench.person().say("dm", "hello")
    bench.until(lambda: heard.events, "the message")
    intent = intents(chat, heard)[0]
    assert bench.run(chat.enrich(intent)) == intent


def shared(bench: SlackBench) -> tuple[Any, str]:
    """The chat, and the id of a file that Ada shared."""
    heard = Heard()
    chat = bench.chat(heard)
    bench.person().say("dm", "look", files=[FILE])
    bench.until(lambda: heard.events, "the file")
    said: Any = intents(chat, heard)[0]
    return chat, said.files[0].ref


def test_a_shared_file_is_fetched(bench: SlackBench) -> None:
    chat, ref = shared(bench)
    download = bench.run(chat.download(ref))
    assert (download.name, download.path.read_bytes()) == ("cat.png", b"\x89PNG bytes")
    download.path.unlink()


def test_a_file_that_is_gone_is_unfit_for_good(bench: SlackBench) -> None:
    chat, ref = shared(bench)
    bench.sandbox.core.workspace.files.clear()
    with pytest.raises(FileUnfit, match="not in Slack any more"):
        bench.run(chat.download(ref))


def test_a_missing_scope_for_files_is_named(bench: SlackBench) -> None:
    chat, ref = shared(bench)
    bench.sandbox.settings.scopes.discard("files:read")
    with pytest.raises(FileUnfit, match="files:read"):
        bench.run(chat.download(ref))


def test_a_sign_in_page_in_place_of_a_file_is_no_file(bench: SlackBench) -> None:
    chat, ref = shared(bench)
    page = {"Content-Type": "text/html; charset=utf-8"}
    bench.sandbox.faults.append(Fault("GET /files-pri/*", "status", status=200, body="<html>Sign in", headers=page))
    with pytest.raises(FileUnfit, match="files:read"):
        bench.run(chat.download(ref))


def test_a_file_that_breaks_off_is_tried_later(bench: SlackBench) -> None:
    chat, ref = shared(bench)
    bench.sandbox.faults.append(Fault("GET /files-pri/*", "status", status=500))
    with pytest.raises(Unreachable):
        bench.run(chat.download(ref))
