"""Too much too fast is answered with 429 and the seconds to wait, per chat, per group and overall."""

import asyncio
from collections.abc import Iterator

import pytest
import requests
from telegram import Bot
from telegram.error import RetryAfter

from support.patience import PATIENCE
from support.telegram_stage import ADA, DESK, TOKEN, Telegram, telegram_running

STRICT = {"per_chat_second": 1, "per_chat_burst": 3, "per_group_minute": 20, "overall_second": 30}


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with telegram_running() as found:
        found.stage("settings", **STRICT)
        found.stage("clock", stopped=True)  # limits fill up again as time goes by, however slow the machine is
        found.person("Ada").start()
        yield found


def send(telegram: Telegram, chat: int) -> int:
    """Seconds to wait, 0 when it was sent."""
    body = telegram.raw("sendMessage", chat_id=chat, text="x")
    wait = int(body.get("parameters", {}).get("retry_after", 0))
    if not body["ok"]:
        assert body["description"] == f"Too Many Requests: retry after {wait}"
        assert body["error_code"] == 429
    return wait


def test_a_chat_takes_a_burst_and_then_one_a_second(telegram: Telegram) -> None:
    assert [send(telegram, ADA) for _ in range(4)] == [0, 0, 0, 1]
    telegram.stage("clock", advance=1)
    assert [send(telegram, ADA) for _ in range(2)] == [0, 1]
    assert send(telegram, DESK) == 0


def test_a_group_takes_twenty_a_minute(telegram: Telegram) -> None:
    telegram.stage("settings", per_chat_burst=100)
    assert [send(telegram, DESK) for _ in range(20)] == [0] * 20
    assert send(telegram, DESK) == 60
    telegram.stage("clock", advance=60)
    assert send(telegram, DESK) == 0


def test_thirty_a_second_are_all_there_is(telegram: Telegram) -> None:
    telegram.stage("settings", per_chat_burst=1000, overall_second=5)
    assert [send(telegram, ADA) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_limits_can_be_switched_off(telegram: Telegram) -> None:
    assert telegram.stage("settings", rate_limits=False)["rate_limits"] is False
    assert [send(telegram, DESK) for _ in range(25)] == [0] * 25
    assert "no setting called 'typo'" in telegram.stage("settings", typo=1)["error"]


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_the_library_is_told_how_long_to_wait(telegram: Telegram) -> None:
    async def work(bot: Bot) -> None:
        with pytest.raises(RetryAfter) as waiting:
            await asyncio.gather(*[bot.send_message(ADA, str(number)) for number in range(4)])
        assert waiting.value._retry_after.total_seconds() == 1

    telegram.with_bot(work)
    response = requests.post(
        f"{telegram.address}/bot{TOKEN}/sendMessage", json={"chat_id": ADA, "text": "x"}, timeout=PATIENCE
    )
    assert response.headers["Retry-After"] == "1"
