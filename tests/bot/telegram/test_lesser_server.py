"""Another server of the Bot API that does only what it must: the bot does without the rest, and never runs hot."""

import json
import threading
import time
from collections.abc import Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from handlers.cards import Button, Card, sentence
from handlers.intents import Command, Place, Pressed
from support.platform_progress import Kept
from support.telegram_chat import ChatBench, chat_running
from support.telegram_stage import TOKEN, Telegram

ADA = {"id": 7, "is_bot": False, "first_name": "Ada", "username": None}
GROUP = {"id": -5, "type": "group", "title": "Desk"}
ASKING = Card(title="P1", buttons=(Button(verb="drop", label="Drop it", subject="P1", revision=1, confirm="Drop P1?"),))


class LesserServer(ThreadingHTTPServer):
    """Answers at once, delivers every update again and again, and writes null for what is left out."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.updates: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, str]]] = []

    def answer(self, method: str, fields: dict[str, str]) -> Any:
        """The result, None for a method that is not known."""
        match method:
            case "getMe":
                return {"id": int(TOKEN.partition(":")[0]), "is_bot": True, "first_name": "Desk"}
            case "getUpdates":
                return self.updates
            case "getChat":
                return GROUP if fields["chat_id"] == "-5" else {"id": 7, "type": "private"}
            case "getChatMember":
                return {"status": "member"}
            case "sendMessage":
                return {"message_id": len(self.calls), "reply_markup": json.loads(fields.get("reply_markup", "null"))}
            case "answerCallbackQuery":
                return True
        return None

    def count(self, method: str) -> int:
        """How often the method was called."""
        return sum(name == method for name, _ in self.calls)


class _Answering(BaseHTTPRequestHandler):
    server: LesserServer
    headers: Message

    def do_POST(self) -> None:
        written = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        method = self.path.rpartition("/")[2]
        fields = {name: values[0] for name, values in parse_qs(written).items()}
        self.server.calls.append((method, fields))
        result = self.server.answer(method, fields)
        body = {"ok": True, "result": result} if result is not None else {"ok": False, "description": "Not Found"}
        self.send_response(200 if result is not None else 404)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def server() -> Iterator[LesserServer]:
    """The server, listening."""
    with LesserServer() as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def bench(server: LesserServer, tmp_path: Path) -> Iterator[ChatBench]:
    """The chat, polling that server."""
    with chat_running(Telegram(server.address), tmp_path, review="-5", inbox="7") as running:
        running.wait(lambda: running.chat.state() == "connected")
        yield running


def message(**fields: Any) -> dict[str, Any]:
    """A message of Ada's as this server writes it."""
    return {"message_id": 1, "date": 1_790_000_000, "chat": GROUP, "from": ADA, "caption": None, "photo": None} | fields


def press(data: str) -> dict[str, Any]:
    return {"id": "q1", "from": ADA, "data": data, "message": message(**{"from": None})}


def test_a_server_that_does_not_wait_is_not_asked_hundreds_of_times(server: LesserServer, bench: ChatBench) -> None:
    server.updates = [{"update_id": 1, "message": message(text="talk")}]
    bench.wait(bench.rows)
    began, before = time.monotonic(), server.count("getUpdates")
    time.sleep(2)
    asked = server.count("getUpdates") - before
    assert asked <= 1.5 * (time.monotonic() - began), "about once a second, however long the sleep took"


def test_fields_that_are_null_are_fields_left_out(server: LesserServer, bench: ChatBench) -> None:
    server.updates = [{"update_id": 1, "message": message(text="/post Hello", sender_chat=None)}]
    intent = bench.intent()
    assert isinstance(intent, Command)
    assert (intent.verb, intent.text) == ("post", "Hello")


def test_a_press_that_is_delivered_again_asks_only_once(server: LesserServer, bench: ChatBench) -> None:
    bench.voice.send(Place(chat="telegram", room="-5"), ASKING, key="k", reply_to="", progress=Kept())
    server.updates = [{"update_id": 1, "callback_query": press("?" + ASKING.buttons[0].code)}]
    bench.wait(lambda: server.count("answerCallbackQuery"))
    time.sleep(2)
    questions = [fields for method, fields in server.calls if method == "sendMessage"][1:]
    assert [q["text"] for q in questions] == ["Drop P1?"]
    assert json.loads(questions[0]["reply_markup"])["inline_keyboard"][0][0]["text"] == "✓ Drop it"


def test_a_plain_press_that_is_delivered_again_is_answered_once(server: LesserServer, bench: ChatBench) -> None:
    server.updates = [{"update_id": 1, "callback_query": press("v1:approve:P1:1")}]
    assert isinstance(bench.intent(), Pressed)
    time.sleep(2.5)
    assert server.count("answerCallbackQuery") == 1


def test_a_sent_message_counts_as_sent_whatever_else_the_answer_says(bench: ChatBench, server: LesserServer) -> None:
    place = Place(chat="telegram", room="-5")
    sent = bench.voice.send(place, sentence("Hello"), key="k", reply_to="", progress=Kept())
    assert int(sent.message_id) > 0


def test_a_group_that_is_in_no_setting_is_told_its_number_once(server: LesserServer, bench: ChatBench) -> None:
    was, now = {"status": "left", "user": ADA}, {"status": "member", "user": ADA}
    for room in (-5, -6):
        chat = GROUP | {"id": room}
        change = {"chat": chat, "from": ADA, "date": 1, "old_chat_member": was, "new_chat_member": now}
        server.updates.append({"update_id": -room, "my_chat_member": change})
    server.updates.append({"update_id": 9, "message": message(migrate_to_chat_id=-1007)})
    server.updates.append({"update_id": 10, "message": message(migrate_to_chat_id=-1007)})
    bench.wait(lambda: server.count("sendMessage") == 2)
    told = {fields["chat_id"]: fields["text"] for method, fields in server.calls if method == "sendMessage"}
    assert set(told) == {"-6", "-1007"}  # two chats hear at the same time, in no order
    assert "-1007" in told["-1007"]


def test_who_writes_as_the_group_is_told_why_nothing_comes_of_it(server: LesserServer, bench: ChatBench) -> None:
    server.updates = [{"update_id": 1, "message": message(text="/post Hello", sender_chat=GROUP)}]
    bench.wait(lambda: server.count("sendMessage"))
    said = next(fields["text"] for method, fields in server.calls if method == "sendMessage")
    assert "Remain anonymous" in said


def test_the_doctor_asks_for_nothing_that_the_server_need_not_have(bench: ChatBench) -> None:
    assert bench.run(bench.chat.check()) == []
