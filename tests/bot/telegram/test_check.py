"""What the doctor finds, each with its cure; and the menus."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.settings import Telegram as Settings
from bot.telegram.connect import TelegramChat
from bot.telegram.menu import Reader
from handlers.words import Translator
from support.telegram_chat import ChatBench, archive, chat_running
from support.telegram_stage import ADA, DESK, EVE, TOKEN, Telegram

REVIEW = f"{DESK}/2"


def faults(telegram: Telegram, folder: Path, **settings: Any) -> list[str]:
    with chat_running(telegram, folder, **settings) as bench:
        return bench.run(bench.chat.check())


def test_a_chat_that_was_never_started_can_be_looked_at(telegram: Telegram, tmp_path: Path) -> None:
    settings = Settings.model_validate({"token": TOKEN, "api_url": telegram.address, "review": REVIEW})
    for _ in range(2):
        assert "privacy mode" in asyncio.run(TelegramChat(settings, archive(tmp_path)).check())[0]


def test_all_is_well_where_the_bot_may_read_and_write(telegram: Telegram, tmp_path: Path) -> None:
    telegram.stage("settings", privacy=False)
    assert faults(telegram, tmp_path, review=REVIEW, inbox=REVIEW) == []


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"token": "12345:wrong"}, "refuses the token"),
        ({"api_url": "http://127.0.0.1:1"}, "cannot be reached"),
        ({"review": "-1009999"}, "cannot be reached"),
        ({"review": "-4000001/2"}, "has no topics"),
        ({"review": REVIEW}, "privacy mode"),
    ],
)
def test_each_fault_is_named(telegram: Telegram, tmp_path: Path, settings: dict[str, str], part: str) -> None:
    assert part in "\n".join(faults(telegram, tmp_path, **settings))


def test_a_topic_that_cannot_be_written_to_is_named(telegram: Telegram, tmp_path: Path) -> None:
    body = '{"ok":false,"error_code":400,"description":"Bad Request: message thread not found"}'
    telegram.stage("faults", match="POST /bot*/sendChatAction", kind="status", status=400, body=body)
    assert "number behind the slash" in "\n".join(faults(telegram, tmp_path, review=f"{DESK}/777"))


def test_a_group_that_the_bot_was_removed_from_is_named(telegram: Telegram, tmp_path: Path) -> None:
    telegram.stage("kick", **{"as": "Ada", "chat": "Desk"})
    assert "Add" in "\n".join(faults(telegram, tmp_path, review=REVIEW))


def test_a_proxys_error_page_is_not_part_of_the_sentence(telegram: Telegram, tmp_path: Path) -> None:
    page = "<html><h1>Bad Gateway</h1></html>"
    with chat_running(telegram, tmp_path) as bench:
        bench.wait(lambda: bench.chat.state() == "connected")
        telegram.stage("faults", match="POST /bot*/getMe", kind="status", status=502, body=page)
        (said,) = bench.run(bench.chat.check())
    assert "Bad Gateway" in said
    assert "<html>" not in said


def test_a_webhook_of_somebody_else_is_named(bench: ChatBench) -> None:
    bench.telegram.call("setWebhook", url="https://elsewhere.example/hook")
    assert "webhook is set" in "\n".join(bench.run(bench.chat.check()))


def listing(roles: Sequence[str], t: Translator) -> list[tuple[str, str]]:
    common = [("help", f"What I know ({t.lang})"), ("empty", "")]
    return [*common, ("approve", f"Approve ({t.lang})")] if "approver" in roles else common


def commands(telegram: Telegram, name: str, chat: str = "private") -> dict[str, str]:
    return {c["command"]: c["description"] for c in telegram.person(name, chat).room()["commands"]}


def test_everybody_sees_the_commands_their_roles_allow_in_their_language(telegram: Telegram, tmp_path: Path) -> None:
    for name in ("Ada", "Chiara", "Eve"):
        telegram.person(name).start()
    readers = [Reader(str(ADA), ("author", "approver")), Reader(str(EVE), ("author",), "it")]

    def make(settings: Settings) -> TelegramChat:
        return TelegramChat(settings, archive(tmp_path), listing, lambda: readers, hold=1)

    with chat_running(telegram, tmp_path, make) as bench:
        bench.wait(lambda: "approve" in commands(telegram, "Ada"))
        bench.wait(lambda: commands(telegram, "Eve") == {"help": "What I know (it)"})
        assert commands(telegram, "Ada")["approve"] == "Approve (en)"
        assert commands(telegram, "Chiara") == {"help": "What I know (it)"}
        assert commands(telegram, "Bruno", "Desk") == {"help": "What I know (en)"}
        readers[1] = Reader(str(EVE), ("author",), "en")
        bench.run(bench.chat.refresh_menus())
        assert commands(telegram, "Eve") == {"help": "What I know (en)"}  # whose app is Italian
        readers[0] = Reader(str(ADA), ("author",))
        bench.run(bench.chat.refresh_menus())
        assert "approve" not in commands(telegram, "Ada")


def test_in_the_groups_of_the_team_every_command_is_offered(telegram: Telegram, tmp_path: Path) -> None:
    def make(settings: Settings) -> TelegramChat:
        return TelegramChat(settings, archive(tmp_path), listing, hold=1)

    with chat_running(telegram, tmp_path, make, review=REVIEW) as bench:
        bench.wait(lambda: commands(telegram, "Ada", "Desk").get("approve") == "Approve (en)")


def test_a_menu_that_cannot_be_set_is_told_once_and_tried_again(
    telegram: Telegram, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = '{"ok":false,"error_code":404,"description":"Not Found"}'

    def make(settings: Settings) -> TelegramChat:
        return TelegramChat(settings, archive(tmp_path), listing, hold=1)

    telegram.stage("faults", match="POST /bot*/setMyCommands", kind="status", status=404, body=body, times=6)
    with chat_running(telegram, tmp_path, make, review=REVIEW) as bench:
        bench.wait(lambda: bench.chat.state() == "connected")
        for _ in range(3):
            bench.run(bench.chat.refresh_menus())
        assert commands(telegram, "Ada", "Desk").get("approve")
    assert "".join(capsys.readouterr()).count("menu was not set") == 3
