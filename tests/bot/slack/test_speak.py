"""The voice: what it sends is sent once, what happened to it is certain or said to be unknown."""

from datetime import timedelta
from typing import Any

import pytest

from bot.slack.speak import SlackVoice
from handlers.cards import Button, Card, Picture, paragraph, sentence
from handlers.delivery.voice import Lost, Standing
from handlers.intents import Origin, Place
from models.media import Media
from platforms.contract import (
    AccessLost,
    CannotTell,
    Gone,
    MediaNotReady,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    Unreachable,
)
from sandbox.service import Fault
from sandbox.slack.person import all_text
from support.platform_progress import Kept
from support.slack_chat import ADA, CHIARA, GENERAL, INBOX, REVIEW, Heard, SlackBench, now

PLACE = Place(chat="slack", room=REVIEW)
HELLO = sentence("Hello <!channel> *all*")


@pytest.fixture
def voice(bench: SlackBench) -> SlackVoice:
    return bench.chat(Heard()).voice


def send(voice: SlackVoice, card: Card = HELLO, *, room: str = REVIEW, key: str = "k1", **more: Any) -> str:
    given = {"reply_to": "", "progress": Kept(), **more}
    return voice.send(Place(chat="slack", room=room), card, key=key, **given).message_id


def find(voice: SlackVoice, key: str = "k1", **more: Any) -> str | None:
    lost = Lost(since=more.get("since", now()), known_ids=more.get("known_ids", ()))
    found = voice.find(PLACE, HELLO, key=key, reply_to=more.get("reply_to", ""), lost=lost)
    return found.message_id if found else None


def origin(bench: SlackBench, **more: Any) -> Origin:
    return Origin(**{"chat": "slack", "actor": ADA, "room": REVIEW, **more})


def test_a_message_stands_in_the_room_with_its_words_as_written(bench: SlackBench, voice: SlackVoice) -> None:
    ts = send(voice)
    message = bench.person().messages("review")[-1]
    assert message["ts"] == ts
    assert "Hello <!channel> *all*" in all_text(message)
    assert not message["broadcast"]
    assert not message["entities"]


def test_a_message_under_another_stands_in_its_thread(bench: SlackBench, voice: SlackVoice) -> None:
    root = send(voice)
    send(voice, sentence("below"), key="k2", reply_to=root)
    assert "below" in all_text(bench.person().thread("review", root)[0])


def test_a_lost_message_is_found_by_its_key(bench: SlackBench, voice: SlackVoice) -> None:
    bench.sandbox.faults.append(Fault("POST /api/chat.postMessage", "drop_after"))
    with pytest.raises(OutcomeUnknown):
        send(voice)
    assert len(bench.requests("chat.postMessage")) == 1, "a write is never repeated"
    assert find(voice) == bench.person().messages("review")[-1]["ts"]
    assert find(voice, "another") is None


def test_a_lost_reply_is_found_in_its_thread(bench: SlackBench, voice: SlackVoice) -> None:
    root = send(voice)
    reply = send(voice, key="k2", reply_to=root)
    assert find(voice, "k2", reply_to=root) == reply
    assert find(voice, "k2") is None


def test_a_lost_message_is_found_after_our_newest_known_one_where_our_clock_is_ahead(
    bench: SlackBench, voice: SlackVoice
) -> None:
    before = send(voice, key="k1"), send(voice, key="k2")
    lost = send(voice, key="k3")
    ahead = {"since": now() + timedelta(hours=1), "known_ids": before}
    assert find(voice, "k3", **ahead) == lost
    assert find(voice, "k4", **ahead) is None
    assert find(voice, "k1", **ahead) is None, "no further back than the newest"


def test_a_message_that_never_left_is_certainly_absent(bench: SlackBench, voice: SlackVoice) -> None:
    bench.sandbox.faults.append(Fault("POST /api/chat.postMessage", "drop_before"))
    with pytest.raises(OutcomeUnknown):
        send(voice)
    assert find(voice) is None


@pytest.mark.parametrize("kind", ["garbage", "html", "empty"])
def test_an_answer_that_is_none_leaves_the_outcome_unknown(bench: SlackBench, voice: SlackVoice, kind: Any) -> None:
    bench.sandbox.faults.append(Fault("POST /api/chat.postMessage", kind))
    with pytest.raises(OutcomeUnknown):
        send(voice)
    assert find(voice)


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (500, "", OutcomeUnknown),
        (503, '{"ok":false,"error":"service_unavailable"}', Unreachable),
        (200, '{"ok":false,"error":"fatal_error"}', OutcomeUnknown),
        (200, '{"ok":false,"error":"token_revoked"}', AccessLost),
        (200, '{"ok":false,"error":"is_archived"}', NotPermitted),
        (200, '{"ok":false,"error":"something_new"}', NotPermitted),
        (404, "not here", Unreachable),
    ],
)
def test_slacks_errors_say_what_is_certain(
    bench: SlackBench, voice: SlackVoice, status: int, body: str, expected: type[Exception]
) -> None:
    headers = {"Content-Type": "application/json"}
    bench.sandbox.faults.append(
        Fault("POST /api/chat.postMessage", "status", status=status, body=body, headers=headers)
    )
    with pytest.raises(expected) as raised:
        send(voice)
    assert type(raised.value) is expected


def test_too_many_messages_wait_as_long_as_slack_asks(bench: SlackBench, voice: SlackVoice) -> None:
    bench.sandbox.faults.append(Fault("POST /api/chat.postMessage", "status", status=429, headers={"Retry-After": "7"}))
    with pytest.raises(RateLimited) as raised:
        send(voice)
    assert raised.value.after == timedelta(seconds=7)


def test_a_workspace_that_is_away_certainly_got_nothing(bench: SlackBench) -> None:
    chat = bench.chat(Heard(), wait=False, api_url="http://127.0.0.1:9/api/")
    with pytest.raises(Unreachable):
        send(chat.voice)


def test_a_missing_scope_is_named(bench: SlackBench, voice: SlackVoice) -> None:
    bench.sandbox.settings.scopes.discard("chat:write")
    with pytest.raises(NotPermitted, match="chat:write"):
        send(voice)


def test_a_public_room_is_joined_before_the_first_word(bench: SlackBench, voice: SlackVoice) -> None:
    send(voice, room=GENERAL)
    assert "Hello" in all_text(bench.person().messages("general")[-1])


def test_a_room_that_cannot_be_seen_asks_for_an_invitation(voice: SlackVoice) -> None:
    with pytest.raises(NotPermitted, match="invite me"):
        send(voice, room="C0UNKNOWN1")


# -- edits -----------------------------------------------------------------------------------------------------------


def test_a_card_is_edited_in_place(bench: SlackBench, voice: SlackVoice) -> None:
    ts = send(voice)
    for _ in range(2):  # nothing to change is success too
        voice.edit(PLACE, Standing(ts, (), ()), sentence("Changed", Button(verb="x", label="Press")), progress=Kept())
    shown = bench.person().messages("review")
    assert len(shown) == 1
    assert "Changed" in all_text(shown[0])
    assert find(voice) == ts, "its key stays with it"


def test_a_card_that_somebody_deleted_is_gone(bench: SlackBench, voice: SlackVoice) -> None:
    with pytest.raises(Gone):
        voice.edit(PLACE, Standing("1.000001", (), ()), HELLO, progress=Kept())


# -- pictures --------------------------------------------------------------------------------------------------------


def test_a_picture_is_uploaded_once_for_all_cards(bench: SlackBench, voice: SlackVoice) -> None:
    bench.add_picture(1)
    card = Card(title="P1", pictures=(Picture(media_id=1, alt="a cat"),))
    ts = send(voice, card)
    voice.edit(PLACE, Standing(ts, (), ()), card.model_copy(update={"title": "P1 again"}), progress=Kept())
    assert len(bench.requests("files.completeUploadExternal")) == 1
    image = next(b for b in bench.person().messages("review")[-1]["blocks"] if b["type"] == "image")
    assert image["alt_text"] == "a cat"
    file = bench.sandbox.core.workspace.files[image["slack_file"]["id"]]
    assert file.mimetype == "image/jpeg"
    assert not file.shared_in


def test_an_attempt_after_a_crash_does_not_upload_again(bench: SlackBench) -> None:
    bench.add_picture(1, "#ff000080", mode="RGBA", kind="WEBP")
    card, progress = Card(title="P1", pictures=(Picture(media_id=1),)), Kept()
    bench.sandbox.faults.append(Fault("POST /api/chat.postMessage", "drop_before"))
    with pytest.raises(OutcomeUnknown):
        send(bench.chat(Heard()).voice, card, progress=progress)
    send(bench.chat(Heard()).voice, card, progress=progress)  # another process
    assert len(bench.requests("files.completeUploadExternal")) == 1
    [file] = bench.sandbox.core.workspace.files.values()
    assert file.mimetype == "image/png", "transparency stays"


def test_a_picture_that_slack_lost_is_uploaded_again(bench: SlackBench, voice: SlackVoice) -> None:
    bench.add_picture(1)
    card, progress = Card(title="P1", pictures=(Picture(media_id=1),)), Kept()
    send(voice, card)
    bench.sandbox.core.workspace.files.clear()
    for _ in range(3):
        with pytest.raises(MediaNotReady):
            send(voice, card, progress=progress)
    send(voice, card, progress=progress)
    assert len(bench.sandbox.core.workspace.files) == 1


def test_a_card_whose_picture_slack_never_takes_goes_without_it(bench: SlackBench, voice: SlackVoice) -> None:
    bench.add_picture(1)
    card, progress = Card(title="P1", pictures=(Picture(media_id=1, alt="a cat"),)), Kept()
    for _ in range(6):
        send_without_files(bench, voice, card, progress)
    send(voice, card, progress=progress)
    assert "a cat" in all_text(bench.person().messages("review")[-1])
    [shown] = bench.person().messages("review")
    voice.edit(PLACE, Standing(shown["ts"], (), ()), card, progress=Kept())
    [shown] = bench.person().messages("review")
    assert not [b for b in shown["blocks"] if b["type"] == "image"], "the next redraw does not wait for it all over"


def refuse_blocks(bench: SlackBench, method: str, reason: str) -> None:
    refusal = f'{{"ok":false,"error":"invalid_blocks","errors":["{reason} [json-pointer:/blocks/1]"]}}'
    headers = {"Content-Type": "application/json"}
    bench.sandbox.faults.append(Fault(f"POST /api/{method}", "status", status=200, body=refusal, headers=headers))


def send_without_files(bench: SlackBench, voice: SlackVoice, card: Card, progress: Kept) -> None:
    refuse_blocks(bench, "chat.postMessage", "invalid slack file")
    with pytest.raises(MediaNotReady):
        send(voice, card, progress=progress)


def test_a_card_goes_at_once_without_pictures_that_the_server_does_not_draw(
    bench: SlackBench, voice: SlackVoice
) -> None:
    bench.add_picture(1)
    refuse_blocks(bench, "chat.postMessage", "missing required field: image_url")
    send(voice, Card(title="P1", pictures=(Picture(media_id=1, alt="a cat"),)))
    assert "a cat" in all_text(bench.person().messages("review")[-1])


def test_a_whisper_does_not_wait_for_its_pictures(bench: SlackBench, voice: SlackVoice) -> None:
    bench.add_picture(1)
    refuse_blocks(bench, "chat.postEphemeral", "invalid slack file")
    voice.whisper(origin(bench), Card(title="P1", pictures=(Picture(media_id=1, alt="a cat"),)))
    assert "a cat" in all_text(bench.person().messages("review")[-1])


def test_a_message_whose_upload_broke_has_certainly_not_left(bench: SlackBench, voice: SlackVoice) -> None:
    bench.add_picture(1)
    bench.sandbox.faults.append(Fault("POST /api/files.completeUploadExternal", "drop_after"))
    with pytest.raises(Unreachable):
        send(voice, Card(title="P1", pictures=(Picture(media_id=1, alt="a cat"),)))
    assert not bench.requests("chat.postMessage")


def test_a_video_is_shared_once_in_the_thread_of_its_card(bench: SlackBench, voice: SlackVoice) -> None:
    film = bench.folder / "film.mp4"
    film.write_bytes(b"\x00\x00\x00\x18ftypmp42 and so on")
    bench.media[7] = (film, Media(id=7, sha256="7" * 64, mime="video/mp4", size=24, name="film.mp4", created_at=now()))
    card = Card(title="P1", pictures=(Picture(media_id=7, alt="a film", video=True),))
    ts = send(voice, card)
    voice.edit(PLACE, Standing(ts, (), ()), card.model_copy(update={"title": "P1 again"}), progress=Kept())
    bench.until(lambda: bench.person().thread("review", ts), "the film")
    [reply] = bench.person().thread("review", ts)
    assert [f["name"] for f in reply["files"]] == ["film.mp4"]
    assert "a film" in all_text(bench.person().messages("review")[-1])


def test_a_card_stands_even_when_its_video_cannot_be_shared(bench: SlackBench, voice: SlackVoice) -> None:
    card = Card(title="P1", pictures=(Picture(media_id=7, video=True),))
    sent = voice.send(PLACE, card, key="k7", reply_to="", progress=Kept())
    assert sent.hidden == (7,), "nobody saw it there"
    assert "Video" in all_text(bench.person().messages("review")[-1])


def test_a_file_that_is_not_in_the_archive_is_only_named(bench: SlackBench, voice: SlackVoice) -> None:
    send(voice, Card(title="P1", pictures=(Picture(media_id=9, alt="a cat"),)))
    assert "a cat" in all_text(bench.person().messages("review")[-1])


# -- to one person ---------------------------------------------------------------------------------------------------


def test_a_whisper_is_seen_by_one_person_only(bench: SlackBench, voice: SlackVoice) -> None:
    voice.whisper(origin(bench), sentence("psst"))
    assert "psst" in all_text(bench.person().messages("review")[-1])
    assert not [m for m in bench.person("Bruno").messages("review") if "psst" in all_text(m)]


def test_a_whisper_after_a_thread_press_stands_in_the_thread(bench: SlackBench, voice: SlackVoice) -> None:
    root = send(voice)
    voice.whisper(origin(bench, thread=root), sentence("psst"))
    assert "psst" in all_text(bench.person().thread("review", root)[-1])


def test_a_whisper_reaches_a_room_that_the_bot_is_not_in(bench: SlackBench) -> None:
    intake = Heard()
    chat = bench.chat(intake)
    bench.person().command("general", "/social", "help")
    reading: Any = chat.read([intake.events[0].body])
    chat.voice.whisper(reading.intent.origin, sentence("psst"))
    assert "psst" in all_text(bench.person().messages("general")[-1])
    for _ in range(5):  # after its fifth use the address is dead: the private conversation takes over
        chat.voice.whisper(reading.intent.origin, sentence("again"))
    assert "again" in all_text(bench.person().messages("dm")[-1])


def test_a_whisper_to_a_private_message_is_a_message_there(bench: SlackBench, voice: SlackVoice) -> None:
    bench.person().say("dm", "hello")
    room = bench.person().channel("dm")["id"]
    voice.whisper(origin(bench, room=room, private=True), sentence("psst"))
    assert not bench.person().messages("dm")[-1]["ephemeral"]


def test_a_whisper_takes_the_place_of_the_pressed_message_in_private(bench: SlackBench, voice: SlackVoice) -> None:
    room = bench.person().say("dm", "hello") and bench.person().channel("dm")["id"]
    before = origin(bench, room=room, private=True)
    voice.whisper(before, sentence("Send it?"))
    asked = bench.person().messages("dm")[-1]
    pressed = before.model_copy(update={"message_id": asked["ts"]})
    voice.whisper(pressed, sentence("It is on its way."), instead=True)
    assert "It is on its way." in all_text(bench.person().messages("dm")[-1])
    assert bench.person().messages("dm")[-1]["ts"] == asked["ts"]
    voice.whisper(pressed.model_copy(update={"message_id": "1.000001"}), sentence("anew"), instead=True)
    assert "anew" in all_text(bench.person().messages("dm")[-1]), "where it is gone, a message of its own"


def test_a_whisper_takes_the_place_of_a_pressed_whisper(bench: SlackBench) -> None:
    intake = Heard()
    chat = bench.chat(intake)
    bench.person().command("general", "/social", "help")
    reading: Any = chat.read([intake.events[0].body])
    button = Button(verb="send_reply", label="Send", subject="R1")
    chat.voice.whisper(reading.intent.origin, sentence("Send it?", button))
    bench.person().press("Send", message=bench.person().messages("general")[-1])
    pressed: Any = chat.read([intake.events[-1].body])
    chat.voice.whisper(pressed.intent.origin, sentence("It is on its way."), instead=True)
    shown = [all_text(m) for m in bench.person().messages("general")]
    assert "It is on its way." in shown[-1]
    assert not [said for said in shown if "Send it?" in said]


def test_a_whisper_after_a_press_at_home_comes_in_private(bench: SlackBench, voice: SlackVoice) -> None:
    voice.whisper(origin(bench, room=""), sentence("psst"))
    assert "psst" in all_text(bench.person().messages("dm")[-1])


def test_a_person_is_written_to_in_private(bench: SlackBench, voice: SlackVoice) -> None:
    sent = voice.direct(CHIARA, "", sentence("for you"), key="k9")
    assert bench.person("Chiara").messages("dm")[-1]["ts"] == sent.message_id


def test_a_card_that_lives_with_a_person_is_sent_found_and_edited_in_private(
    bench: SlackBench, voice: SlackVoice
) -> None:
    place = Place(chat="slack", room=CHIARA)
    sent = voice.send(place, HELLO, key="k10", reply_to="", progress=Kept())
    assert voice.find(place, HELLO, key="k10", reply_to="", lost=Lost(since=now(), known_ids=())) == sent
    voice.edit(place, Standing(sent.message_id, (), ()), sentence("Changed"), progress=Kept())
    shown = bench.person("Chiara").messages("dm")[-1]
    assert (shown["ts"], "Changed" in all_text(shown)) == (sent.message_id, True)


def test_the_home_is_drawn(bench: SlackBench, voice: SlackVoice) -> None:
    voice.home(origin(bench, room=""), Card(title="Your desk", body=(paragraph("nothing to do"),)))
    home = bench.person().home()
    assert home
    assert home["blocks"][0]["text"]["text"] == "Your desk"


def test_a_room_that_cannot_be_read_can_not_tell(bench: SlackBench, voice: SlackVoice) -> None:
    bench.sandbox.settings.scopes.discard("channels:history")
    with pytest.raises(CannotTell):
        find(voice)


def test_a_read_is_repeated_after_a_broken_connection(bench: SlackBench, voice: SlackVoice) -> None:
    ts = send(voice)
    bench.sandbox.faults.append(Fault("GET /api/conversations.history", "drop_before"))
    assert find(voice) == ts


def test_nothing_is_said_after_the_end(bench: SlackBench, voice: SlackVoice) -> None:
    voice.begin(None)
    with pytest.raises(Unreachable):
        send(voice, room=INBOX)
