"""Updates of the pretend Telegram arrive, are stored before they are confirmed, and mean what people did."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest
import requests
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.chat import Event, FileUnfit, Intake
from bot.telegram.connect import TelegramChat
from bot.telegram.receive import Poller
from handlers.intents import Command, Happened, Said
from models.inbound import Cursor
from support.patience import PATIENCE
from support.telegram_chat import ChatBench, archive, chat_running
from support.telegram_stage import ADA, DESK, TOKEN, Telegram, picture


def cursor(bench: ChatBench) -> str:
    with bench.store.read() as session:
        row = session.get(Cursor, "telegram")
        return row.value if row else ""


def test_a_command_in_a_topic_arrives(bench: ChatBench) -> None:
    bench.telegram.person("Ada", "Desk", "Review").say("/post Hello")
    found = bench.intent()
    assert isinstance(found, Command)
    assert (found.verb, found.text, found.origin.room, found.origin.thread) == ("post", "Hello", str(DESK), "2")
    assert (found.origin.actor, found.origin.name, found.origin.language) == (str(ADA), "Ada", "en")


def test_an_album_arrives_as_one_command_with_files_that_can_be_fetched(bench: ChatBench) -> None:
    bench.telegram.stage("settings", privacy=False)
    bench.telegram.person("Ada", "Desk").album([picture(color=c) for c in ("red", "green", "blue")], "/post Three")
    found = bench.intent()
    assert isinstance(found, Command)
    assert len(found.files) == 3
    for file in found.files:
        download = bench.run(bench.chat.download(file.ref))
        assert download.path.read_bytes().startswith(b"\xff\xd8\xff")  # Telegram makes a JPEG of every photo
        download.path.unlink()


def test_an_album_that_came_before_a_restart_is_read_whole_after_it(telegram: Telegram, tmp_path: Path) -> None:
    telegram.person("Ada").start()
    with chat_running(telegram, tmp_path) as before:
        before.intent()
        telegram.person("Ada").album([picture(), picture()], "/post Two")
        before.wait(lambda: len(before.rows()) == 3)
    with chat_running(telegram, tmp_path) as after:
        after.intent()
        found = after.intent()
    assert isinstance(found, Command)
    assert len(found.files) == 2


def test_an_album_of_which_privacy_mode_hides_pieces_is_not_taken_for_whole(bench: ChatBench) -> None:
    bench.telegram.person("Ada", "Desk").album([picture(), picture()], "/post Two")
    found = bench.intent()
    assert isinstance(found, Command)
    assert "only one photo" in found.files[-1].problem


def test_start_with_a_code_links(bench: ChatBench) -> None:
    bench.telegram.person("Ada").start("AB12")
    found = bench.intent()
    assert isinstance(found, Command)
    assert (found.verb, found.text, found.origin.private) == ("link", "AB12", True)


def test_a_reply_to_our_message_arrives_as_said_about_it(bench: ChatBench) -> None:
    message_id = bench.telegram.call("sendMessage", chat_id=DESK, text="card")["message_id"]
    bench.telegram.person("Ada", "Desk").reply(message_id, "Nice")
    found = bench.intent()
    assert isinstance(found, Said)
    assert (found.text, found.answers) == ("Nice", str(message_id))


def test_being_removed_from_a_group_happens(bench: ChatBench) -> None:
    bench.telegram.stage("kick", **{"as": "Ada", "chat": "Desk"})
    found = bench.intent()
    assert isinstance(found, Happened)
    assert (found.name, found.origin.room) == ("bot_removed", str(DESK))


def test_the_offset_is_kept_with_the_updates_and_nothing_is_stored_twice(telegram: Telegram, tmp_path: Path) -> None:
    ada = telegram.person("Ada", "Desk")
    with chat_running(telegram, tmp_path) as bench:
        ada.say("/post one")
        bench.wait(bench.rows)
        first = cursor(bench)
    ada.say("/post two")
    with chat_running(telegram, tmp_path) as bench:
        bench.wait(lambda: len(bench.rows()) == 2)
        assert first.startswith("12345:")
        assert int(cursor(bench).partition(":")[2]) == int(first.partition(":")[2]) + 1


def test_nothing_is_confirmed_to_telegram_that_could_not_be_stored(telegram: Telegram, tmp_path: Path) -> None:
    with chat_running(telegram, tmp_path) as bench:
        bench.wait(lambda: bench.chat.state() == "connected")
        with bench.store.write() as session:
            session.connection().exec_driver_sql("ALTER TABLE inbound RENAME TO elsewhere")
        telegram.person("Ada", "Desk").say("/post Hello")
        bench.wait(lambda: bench.chat.state().startswith("down: updates cannot be stored"))
        with bench.store.write() as session:
            session.connection().exec_driver_sql("ALTER TABLE elsewhere RENAME TO inbound")
        assert bench.intent().origin.actor == str(ADA)


class Paper:
    """Telegram's answers to a poll, and whoever keeps what they bring."""

    id, base_url = 1, ""

    def __init__(self, *updates: dict[str, Any]) -> None:
        self.updates = list(updates)
        self.kept: list[Event] = []
        self.offset = ""

    async def post(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        return self.updates

    async def cursor(self, _source: str) -> str:
        return ""

    async def store_all(self, _source: str, events: Sequence[Event], cursor: str) -> Sequence[Event]:
        self.kept, self.offset = [*events], cursor
        raise asyncio.CancelledError  # once is enough

    async def poll(self) -> None:
        poller = Poller(cast(Bot, self), cast(HTTPXRequest, self), cast(Intake, self), lambda _: None, hold=0)
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(poller.run(), PATIENCE)


def test_what_no_database_takes_is_taken_out_and_what_nobody_reads_keeps_nothing_up() -> None:
    chat = {"id": 1, "type": "private"}
    sender = {"id": 7, "first_name": "A\ud800da"}
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    paper = Paper(
        {"update_id": 1, "message": {"message_id": 1, "chat": chat, "from": sender, "text": "a\0b\ud800c"}},
        {"update_id": 2, "message": {"message_id": 2, "chat": chat, "from": sender, "entities": deep}},
    )
    asyncio.run(paper.poll())
    assert [event.body["message"]["text"] for event in paper.kept] == ["a\ufffdb\ufffdc"]
    assert (paper.kept[0].lane, paper.offset) == ("1:7", "1:3")


def test_another_program_that_polls_is_named_and_outlived(telegram: Telegram, tmp_path: Path) -> None:
    with chat_running(telegram, tmp_path) as bench:
        bench.wait(lambda: bench.chat.state() == "connected")
        telegram.call("setWebhook", url="https://elsewhere.example/hook")
        bench.wait(lambda: "somebody else" in bench.chat.state())
        telegram.call("deleteWebhook")
        bench.wait(lambda: bench.chat.state() == "connected")


def test_a_token_that_is_refused_is_said(telegram: Telegram, tmp_path: Path) -> None:
    with chat_running(telegram, tmp_path, token="12345:wrong") as bench:
        bench.wait(lambda: bench.chat.state() == "down: token refused")


def test_it_starts_while_telegram_is_away_and_connects_when_it_is_back(telegram: Telegram, tmp_path: Path) -> None:
    telegram.stage("faults", match="POST /bot*", kind="status", times=3, status=502)
    with chat_running(telegram, tmp_path) as bench:
        assert bench.chat.state() == "connecting"
        bench.wait(lambda: bench.chat.state() == "connected")


def test_a_server_without_webhooks_can_be_polled(telegram: Telegram, tmp_path: Path) -> None:
    body = '{"ok":false,"error_code":404,"description":"Not Found"}'
    telegram.stage("faults", match="POST /bot*/deleteWebhook", kind="status", status=404, body=body)
    with chat_running(telegram, tmp_path) as bench:
        bench.wait(lambda: bench.chat.state() == "connected")


def test_another_bot_begins_at_its_own_beginning(telegram: Telegram, tmp_path: Path) -> None:
    with chat_running(telegram, tmp_path) as bench:
        with bench.store.write() as session:
            session.merge(Cursor(name="telegram", value="999:900000000"))
        telegram.person("Ada", "Desk").say("/post Hello")
        assert isinstance(bench.intent(), Command)


def test_logs_never_carry_the_token(
    telegram: Telegram, tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("INFO")
    telegram.stage("faults", match="POST /bot*", kind="drop_before", times=2)
    with chat_running(telegram, tmp_path) as bench:
        telegram.person("Ada", "Desk").say("/post Hello")
        bench.intent()
    secret = TOKEN.partition(":")[2]
    assert secret not in caplog.text + "".join(capsys.readouterr())


def test_a_file_that_is_too_large_for_bots_is_refused_for_good(telegram: Telegram, tmp_path: Path) -> None:
    with chat_running(telegram, tmp_path) as bench:
        telegram.person("Ada", "Desk").document(b"\0" * (20 * 1024 * 1024 + 1), "large.bin", "/post Large")
        found = bench.intent()
        assert isinstance(found, Command)
        with pytest.raises(FileUnfit, match="20 MB"):
            bench.run(bench.chat.download(found.files[0].ref))
        with pytest.raises(FileUnfit, match="Send it again"):
            bench.run(bench.chat.download("no such file"))


def test_the_long_poll_ends_when_the_bot_stops(telegram: Telegram, tmp_path: Path) -> None:
    def patient(settings: object) -> TelegramChat:
        return TelegramChat(settings, archive(tmp_path), hold=25)  # type: ignore[arg-type]

    with chat_running(telegram, tmp_path, patient) as bench:
        bench.wait(lambda: bench.telegram.raw("getMe"))
    assert bench.chat.state() == "stopped"
    requests.get(f"{telegram.address}/_/state", timeout=PATIENCE).raise_for_status()
