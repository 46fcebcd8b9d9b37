"""What becomes of a message when the connection breaks: what is certain is said so, what is lost is looked for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from telegram import error as told

from bot.settings import Telegram as Settings
from bot.telegram.connect import TelegramChat
from bot.telegram.refusals import in_house_words
from handlers.cards import Button, Card, sentence
from handlers.delivery.voice import Lost
from handlers.intents import Place
from platforms import contract
from platforms.contract import AccessLost, CannotTell, OutcomeUnknown, RateLimited, Unreachable
from support.platform_progress import Kept
from support.platform_raw import answer, hang_up, misbehaving
from support.telegram_chat import ChatBench, archive, chat_running
from support.telegram_stage import DESK, TOKEN, Telegram

PLACE = Place(chat="telegram", room=str(DESK))
CARD = Card(title="P12", buttons=(Button(verb="approve", label="Approve", subject="P12", revision=3),))


def lose(bench: ChatBench, kind: str = "drop_after") -> datetime:
    """Send the card with the answer lost; when that began."""
    began = datetime.now(UTC)
    bench.telegram.stage("faults", match="POST /bot*/sendMessage", kind=kind)
    with pytest.raises(OutcomeUnknown):
        bench.voice.send(PLACE, CARD, key="k", reply_to="", progress=Kept())
    return began


def ours(bench: ChatBench, text: str) -> int:
    return int(bench.telegram.call("sendMessage", chat_id=DESK, text=text)["message_id"])


@pytest.mark.parametrize("kind", ["drop_after", "garbage", "html"])
def test_a_message_whose_answer_was_lost_is_found(bench: ChatBench, kind: str) -> None:
    before = ours(bench, "another card")
    began = lose(bench, kind)
    bench.telegram.person("Ada", "Desk").say("meanwhile")
    found = bench.voice.find(PLACE, CARD, key="k", reply_to="", lost=Lost(began, (str(before),)))
    assert found
    seen = bench.telegram.person("Ada", "Desk").message(int(found.message_id))
    assert (seen["text"], seen["edited"]) == ("P12", 0)


def test_a_message_is_found_also_before_those_that_were_sent_since(bench: ChatBench) -> None:
    before = ours(bench, "another card")
    began = lose(bench, "drop_after")
    later = ours(bench, "a whisper")
    lost = Lost(began, (str(later), str(before)), before=(str(before),))
    found = bench.voice.find(PLACE, CARD, key="k", reply_to="", lost=lost)
    assert found
    assert before < int(found.message_id) < later
    assert bench.telegram.person("Ada", "Desk").message(later)["text"] == "a whisper"


@pytest.mark.parametrize("kind", ["drop_before"])
def test_a_message_that_never_arrived_is_certainly_absent(bench: ChatBench, kind: str) -> None:
    before = ours(bench, "another card")
    began = lose(bench, kind)
    bench.telegram.person("Ada", "Desk").say("meanwhile")
    known = (str(ours(bench, "a later card")), str(before))
    assert bench.voice.find(PLACE, CARD, key="k", reply_to="", lost=Lost(began, known)) is None
    texts = [m["text"] for m in bench.telegram.person("Ada", "Desk").messages()]
    assert texts[-2:] == ["meanwhile", "a later card"]


def test_a_look_never_touches_other_messages_of_ours(bench: ChatBench) -> None:
    before = ours(bench, "another card")
    began = lose(bench, "drop_before")
    later = ours(bench, "a later card")
    bench.voice.find(PLACE, CARD, key="k", reply_to="", lost=Lost(began, (str(before), str(later))))
    assert bench.telegram.person("Ada", "Desk").message(later)["text"] == "a later card"


def test_a_chat_of_which_nothing_is_known_cannot_tell(bench: ChatBench) -> None:
    began = lose(bench)
    with pytest.raises(CannotTell):
        bench.voice.find(PLACE, CARD, key="k", reply_to="", lost=Lost(began, ()))


def test_what_people_wrote_before_is_enough_to_begin_a_look(bench: ChatBench) -> None:
    bench.telegram.person("Ada", "Desk").say("/post Hello")
    bench.intent()
    began = lose(bench)
    found = bench.voice.find(PLACE, CARD, key="k", reply_to="", lost=Lost(began + timedelta(seconds=12), ()))
    assert found


def away(folder: Path, address: str) -> TelegramChat:
    settings = Settings.model_validate({"token": TOKEN, "api_url": address})
    return TelegramChat(settings, archive(folder))


@pytest.mark.parametrize(
    ("address", "meant"),
    [("http://127.0.0.1:1", Unreachable), (None, OutcomeUnknown)],
)
def test_only_what_never_left_is_certain(
    telegram: Telegram, tmp_path: Path, address: str | None, meant: type[Exception]
) -> None:
    with misbehaving(hang_up) as server:
        chat = away(tmp_path, address or server.address)
        with chat_running(telegram, tmp_path, lambda _settings: chat) as bench, pytest.raises(meant):
            bench.voice.send(PLACE, CARD, key="k", reply_to="", progress=Kept())


def test_a_server_that_fails_while_sending_leaves_it_open(telegram: Telegram, tmp_path: Path) -> None:
    with misbehaving(answer("502 Bad Gateway", "<html>")) as server:
        chat = away(tmp_path, server.address)
        with chat_running(telegram, tmp_path, lambda _settings: chat) as bench, pytest.raises(OutcomeUnknown):
            bench.voice.send(PLACE, CARD, key="k", reply_to="", progress=Kept())


def test_nothing_leaves_before_the_chat_is_started_or_after_it_stopped(telegram: Telegram, tmp_path: Path) -> None:
    with chat_running(telegram, tmp_path) as bench:
        pass
    for chat in (away(tmp_path, telegram.address), bench.chat):
        with pytest.raises(Unreachable):
            chat.voice.send(PLACE, sentence("x"), key="k", reply_to="", progress=Kept())


def caused(error: told.TelegramError, cause: Exception) -> told.TelegramError:
    error.__cause__ = cause
    return error


BAD: dict[str, type[Exception]] = {
    "Message to edit not found": contract.Gone,
    "Message can't be edited": contract.Gone,
    "Chat not found": contract.NotPermitted,
    "Message thread not found": contract.NotPermitted,
    "TOPIC_CLOSED": contract.NotPermitted,
    "Not enough rights to send text messages to the chat": contract.NotPermitted,
    "Can't parse entities: Unsupported start tag": contract.ContentRefused,
    "Message is too long": contract.ContentRefused,
    "BUTTON_DATA_INVALID": contract.ContentRefused,
}
CASES: list[tuple[Callable[[], told.TelegramError], type[Exception]]] = [
    *((lambda text=text: told.BadRequest(text), kind) for text, kind in BAD.items()),
    (lambda: told.InvalidToken("Unauthorized"), AccessLost),
    (lambda: told.Forbidden("Forbidden: bot was blocked by the user"), contract.NotPermitted),
    (lambda: told.ChatMigrated(-1005), contract.NotPermitted),
    (lambda: told.Conflict("Conflict"), contract.TryLater),
    (told.TimedOut, OutcomeUnknown),
    (lambda: caused(told.TimedOut(), httpx.ReadTimeout("")), OutcomeUnknown),
    (lambda: caused(told.TimedOut(), httpx.ConnectTimeout("")), Unreachable),
    (lambda: caused(told.TimedOut(), httpx.PoolTimeout("")), Unreachable),
    (lambda: caused(told.NetworkError(""), httpx.ConnectError("")), Unreachable),
    (lambda: caused(told.NetworkError(""), httpx.RemoteProtocolError("")), OutcomeUnknown),
    (lambda: told.NetworkError("Request Entity Too Large"), contract.ContentRefused),
    (lambda: told.NetworkError("Too Many Requests (429)"), RateLimited),
    (lambda: told.TelegramError("Invalid server response"), OutcomeUnknown),
]


@pytest.mark.parametrize(("make", "meant"), CASES)
def test_every_error_says_what_is_certain(make: Callable[[], told.TelegramError], meant: type[Exception]) -> None:
    assert type(in_house_words(make())) is meant
