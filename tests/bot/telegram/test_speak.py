"""What the voice says stands in the pretend Telegram as it should."""

import threading
from pathlib import Path
from typing import Any

import pytest
import requests

from bot.telegram.pictures import UPLOAD
from handlers.cards import Button, Card, Fact, Picture, paragraph, sentence
from handlers.delivery.voice import Standing
from handlers.intents import Origin, Place
from platforms.contract import Gone, NotPermitted, RateLimited
from support.patience import PATIENCE
from support.platform_progress import Kept
from support.telegram_chat import ChatBench, chat_running
from support.telegram_stage import ADA, DESK, REVIEW_ROOM, Telegram, picture

REVIEW = Place(chat="telegram", room=str(DESK), thread="2")
CARD = Card(
    title="P12 · Opening <hours>",
    body=(paragraph("We open at 9 & close at 18", quote=True),),
    facts=(
        Fact(label="When", value="Fri 27 Nov"),
        Fact(label="Where", value="@acme", url="https://a.example/?x=1&y=2"),
    ),
    buttons=(Button(verb="approve", label="Approve", subject="P12", revision=3),),
    footer="revision 3",
)

FLOOD = '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}'


def send(bench: ChatBench, card: Card = CARD, place: Place = REVIEW, reply_to: str = "", **saved: str) -> int:
    return int(bench.voice.send(place, card, key="k", reply_to=reply_to, progress=Kept(saved)).message_id)


def shown(bench: ChatBench, message_id: int, chat: str = "Desk") -> dict[str, Any]:
    return bench.telegram.person("Ada", chat).message(message_id)


def test_a_card_stands_in_its_topic_with_text_and_keyboard(bench: ChatBench) -> None:
    seen = shown(bench, send(bench))
    assert seen["topic"] == 2
    assert "P12 · Opening <hours>" in seen["text"]
    assert [[b["label"] for b in row] for row in seen["keyboard"]] == [["Approve"]]
    assert bench.telegram.person("Ada").state()["complaints"] == []


def test_the_general_topic_is_spoken_to_without_its_number(bench: ChatBench) -> None:
    assert shown(bench, send(bench, place=Place(chat="telegram", room=str(DESK), thread="1")))["topic"] == 1


def test_a_message_answers_the_card_it_belongs_to(bench: ChatBench) -> None:
    card = bench.telegram.call("sendMessage", chat_id=DESK, message_thread_id=2, text="card")["message_id"]
    assert shown(bench, send(bench, sentence("approved"), reply_to=str(card)))["reply_to"] == card


def test_a_message_stands_without_the_one_it_answered_when_that_is_gone(bench: ChatBench) -> None:
    assert shown(bench, send(bench, reply_to="99999"))["reply_to"] == 0


def test_an_edit_changes_the_message_and_nothing_to_change_is_success(bench: ChatBench) -> None:
    message_id = send(bench)
    changed = CARD.model_copy(update={"title": "P12 · approved", "buttons": ()})
    for _ in range(2):
        bench.voice.edit(REVIEW, Standing(str(message_id), (), ()), changed, progress=Kept())
    seen = shown(bench, message_id)
    assert seen["text"].startswith("P12 · approved")
    assert seen["keyboard"] == []


def test_an_edit_of_what_was_deleted_says_so(bench: ChatBench) -> None:
    with pytest.raises(Gone):
        bench.voice.edit(REVIEW, Standing("99999", (), ()), CARD, progress=Kept())


def test_other_pictures_take_the_place_of_the_old_ones(bench: ChatBench, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.png").write_bytes(picture())
    before = CARD.model_copy(update={"pictures": (Picture(media_id=1),)})
    go_by = bench.stop_pace()
    first = bench.voice.send(REVIEW, before, key="k", reply_to="", progress=Kept())
    after = CARD.model_copy(update={"pictures": (Picture(media_id=2),)})
    with pytest.raises(RateLimited) as limited:  # too soon after the first
        bench.voice.edit(REVIEW, Standing(first.message_id, first.extra_ids, (1,)), after, progress=Kept())
    assert limited.value.after
    go_by(limited.value.after.total_seconds())
    second = bench.voice.edit(REVIEW, Standing(first.message_id, first.extra_ids, (1,)), after, progress=Kept())
    assert second.message_id == first.message_id
    assert shown(bench, int(second.extra_ids[0]))["reply_to"] == int(first.message_id)
    standing = {str(m["id"]) for m in bench.telegram.person("Ada", "Desk").messages()}
    assert not standing & set(first.extra_ids)


def test_pictures_come_before_the_card_which_answers_them(bench: ChatBench, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.png").write_bytes(picture())
    card = CARD.model_copy(update={"pictures": (Picture(media_id=1), Picture(media_id=2))})
    progress = Kept()
    sent = bench.voice.send(REVIEW, card, key="k", reply_to="", progress=progress)
    first, second = (int(i) for i in sent.extra_ids)
    assert shown(bench, first)["album"] == shown(bench, second)["album"] != ""
    assert shown(bench, int(sent.message_id))["reply_to"] == first
    assert "pictures" in progress.saved


def test_a_file_that_telegram_does_not_take_is_named_and_the_card_stands_with_the_others(
    bench: ChatBench, tmp_path: Path
) -> None:
    for number in (1, 3):
        (tmp_path / f"{number}.png").write_bytes(picture())
    (tmp_path / "2.png").write_bytes(b"no picture at all")
    with (tmp_path / "4.mp4").open("wb") as film:
        film.truncate(UPLOAD + 1)
    card = CARD.model_copy(update={"pictures": tuple(Picture(media_id=number) for number in (1, 2, 3, 4, 5))})
    progress = Kept()
    sent = bench.voice.send(REVIEW, card, key="k", reply_to="", progress=progress)
    assert sent.hidden == (2, 4, 5), "refused, too large for a bot, not in the archive"
    assert len(sent.extra_ids) == 2
    assert "P12 · Opening <hours>" in shown(bench, int(sent.message_id))["text"]


def test_what_the_version_before_sent_is_not_sent_again(bench: ChatBench, tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(picture())
    card = CARD.model_copy(update={"pictures": (Picture(media_id=1),)})
    sent = bench.voice.send(REVIEW, card, key="k", reply_to="", progress=Kept({"pictures": '["7"]'}))
    assert (sent.extra_ids, sent.hidden) == (("7",), ())


def test_pictures_that_were_sent_before_are_not_sent_again(bench: ChatBench, tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(picture())
    card = CARD.model_copy(update={"pictures": (Picture(media_id=1),)})
    progress, go_by = Kept(), bench.stop_pace()
    bench.telegram.stage("faults", match="POST /bot*/sendMessage", kind="status", status=429, body=FLOOD)
    with pytest.raises(RateLimited):
        bench.voice.send(REVIEW, card, key="k", reply_to="", progress=progress)
    go_by(1)
    bench.voice.send(REVIEW, card, key="k", reply_to="", progress=progress)
    photos = [m for m in bench.telegram.person("Ada", "Desk").messages() if m["kind"] == "photo"]
    assert len(photos) == 1


def test_more_pictures_than_an_album_holds_come_in_several_and_files_apart(bench: ChatBench, tmp_path: Path) -> None:
    for number in range(1, 12):
        (tmp_path / f"{number}.png").write_bytes(picture())
    (tmp_path / "12.gif").write_bytes(b"GIF89a")
    (tmp_path / "13.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    card = CARD.model_copy(update={"pictures": tuple(Picture(media_id=n) for n in range(1, 14))})
    sent = bench.voice.send(REVIEW, card, key="k", reply_to="", progress=Kept())
    kinds = [shown(bench, int(i))["kind"] for i in sent.extra_ids]
    assert kinds == ["photo"] * 11 + ["document", "video"]


def test_a_message_under_way_ends_before_the_bot_stops(telegram: Telegram, tmp_path: Path) -> None:
    telegram.stage("faults", match="POST /bot*/sendMessage", kind="slow", seconds=1)
    with chat_running(telegram, tmp_path) as bench:
        sending = threading.Thread(target=send, args=(bench,))
        sending.start()
        bench.wait(
            lambda: requests.get(f"{telegram.address}/_/requests?match=POST /bot*/sendMessage", timeout=PATIENCE).json()
        )
    sending.join(10)
    assert telegram.person("Ada", "Desk", "Review").last()["text"].startswith("P12")


def whisper_from(bench: ChatBench, **fields: Any) -> Origin:
    origin = {"chat": "telegram", "actor": str(ADA), "name": "Ada", "language": "en", "room": str(DESK), "thread": "2"}
    return Origin.model_validate(origin | fields)


def test_a_whisper_answers_the_persons_message_in_its_topic(bench: ChatBench) -> None:
    said = bench.telegram.person("Ada", "Desk", "Review").say("/post")
    bench.voice.whisper(whisper_from(bench, message_id=str(said)), sentence("What shall it say?"))
    seen = bench.telegram.person("Ada", "Desk", "Review").last()
    assert (seen["text"], seen["reply_to"], seen["topic"]) == ("What shall it say?", said, 2)


def test_a_question_in_a_group_opens_the_persons_reply(bench: ChatBench) -> None:
    said = bench.telegram.person("Ada", "Desk").say("/post")
    question = Card(title="New post", body=(paragraph("Text?"),), footer="Question 1 of 3 · /cancel to stop")
    bench.voice.whisper(whisper_from(bench, thread="", message_id=str(said)), question)
    seen = bench.telegram.person("Ada", "Desk").last()
    assert seen["force_reply"]
    assert seen["text"].endswith("Answer by replying to this message.")


def test_a_direct_message_arrives_in_private(bench: ChatBench) -> None:
    bench.telegram.person("Ada").start()
    sent = bench.voice.direct(str(ADA), "", sentence("P12 is live."), key="k")
    assert shown(bench, int(sent.message_id), "private")["text"] == "P12 is live."


def test_whom_the_bot_may_not_write_to_is_said_with_the_cure(bench: ChatBench) -> None:
    with pytest.raises(NotPermitted, match="press Start"):
        bench.voice.direct("1002", "", sentence("Hello"), key="k")


def test_a_group_that_removed_the_bot_is_said_with_the_cure(bench: ChatBench) -> None:
    bench.telegram.stage("kick", **{"as": "Ada", "chat": "Desk"})
    with pytest.raises(NotPermitted, match="Add it again"):
        send(bench)


def test_a_topic_that_is_gone_is_said_with_the_cure(bench: ChatBench) -> None:
    with pytest.raises(NotPermitted, match="topic"):
        send(bench, place=REVIEW.model_copy(update={"thread": "777"}))


def test_messages_to_one_chat_keep_a_second_apart_and_other_chats_do_not_wait(bench: ChatBench) -> None:
    go_by = bench.stop_pace()
    send(bench)
    go_by(0.25)
    with pytest.raises(RateLimited) as limited:
        send(bench)
    assert limited.value.after
    assert limited.value.after.total_seconds() == pytest.approx(0.75)
    send(bench, place=Place(chat="telegram", room=str(REVIEW_ROOM)))
