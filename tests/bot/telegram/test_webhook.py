"""Telegram calls: only with the secret, and an update is stored before it is acknowledged."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any

import pytest
import requests
import uvicorn
from starlette.applications import Starlette

from handlers.intents import Command
from support.patience import PATIENCE
from support.telegram_chat import ChatBench, chat_running
from support.telegram_stage import Telegram

SECRET = "only-telegram-knows"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


@contextmanager
def listening(bench_port: socket, bench: ChatBench) -> Iterator[None]:
    """The chat's routes behind a real server."""
    server = uvicorn.Server(uvicorn.Config(Starlette(routes=list(bench.chat.routes)), log_level="error", ws="none"))
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bench_port]})
    thread.start()
    try:
        bench.wait(lambda: server.started)
        yield
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def hooked(telegram: Telegram, tmp_path: Path) -> Iterator[tuple[ChatBench, str]]:
    """The chat in webhook mode, and the address where it listens."""
    with socket() as port:
        port.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{port.getsockname()[1]}/telegram/updates"
        with (
            chat_running(telegram, tmp_path, mode="webhook", webhook_url=url, webhook_secret=SECRET) as bench,
            listening(port, bench),
        ):
            bench.wait(lambda: bench.chat.state() == "connected")
            yield bench, url


def test_updates_are_called_in_and_a_repeated_one_is_stored_once(hooked: tuple[ChatBench, str]) -> None:
    bench, _ = hooked
    bench.telegram.person("Ada", "Desk").say("/post Hello")
    assert isinstance(bench.intent(), Command)
    assert bench.telegram.stage("redeliver")["accepted"]
    assert len(bench.rows()) == 1


def test_who_does_not_know_the_secret_is_refused(hooked: tuple[ChatBench, str]) -> None:
    bench, url = hooked
    body: Any = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}}}
    for headers in ({}, {HEADER: "wrong"}, {HEADER: SECRET + "x"}, {HEADER: "schl\xfcssel".encode("latin-1")}):
        assert requests.post(url, json=body, headers=headers, timeout=PATIENCE).status_code == 403
    assert bench.rows() == []


def test_what_is_no_update_is_not_stored(hooked: tuple[ChatBench, str]) -> None:
    bench, url = hooked
    headers = {HEADER: SECRET}
    assert requests.post(url, data=b"{", headers=headers, timeout=PATIENCE).status_code == 400
    assert requests.post(url, json=[1], headers=headers, timeout=PATIENCE).status_code == 200
    assert requests.post(url, data=b" " * 1_100_000, headers=headers, timeout=PATIENCE).status_code == 413
    assert bench.rows() == []


def test_an_update_whose_length_is_not_told_first_is_taken_too(hooked: tuple[ChatBench, str]) -> None:
    bench, url = hooked
    pieces = iter(
        [b'{"update_id": 1, "message": {"message_id": 1, "date": 1, ', b'"chat": {"id": 1, "type": "private"}}}']
    )
    assert requests.post(url, data=pieces, headers={HEADER: SECRET}, timeout=PATIENCE).status_code == 200
    assert len(bench.rows()) == 1


def test_an_update_that_cannot_be_stored_is_not_acknowledged(hooked: tuple[ChatBench, str]) -> None:
    bench, _ = hooked
    with bench.store.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE inbound RENAME TO elsewhere")
    bench.telegram.person("Ada", "Desk").say("/post Hello")
    bench.wait(lambda: bench.telegram.call("getWebhookInfo").get("last_error_message"))
    with bench.store.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE elsewhere RENAME TO inbound")
    assert isinstance(bench.intent(), Command)


@pytest.mark.parametrize(
    "raw", [b"[" * 100_000, b'{"update_id": ' + b"9" * 5000 + b"}", b'{"update_id": NaN}', b"\xff"]
)
def test_what_is_no_json_that_telegram_would_send_is_400(hooked: tuple[ChatBench, str], raw: bytes) -> None:
    bench, url = hooked
    assert requests.post(url, data=raw, headers={HEADER: SECRET}, timeout=PATIENCE).status_code == 400
    assert bench.rows() == []


def test_what_telegram_would_repeat_for_ever_is_taken_and_means_nothing(hooked: tuple[ChatBench, str]) -> None:
    bench, url = hooked
    deep = '{"update_id": 1, "message": ' + '{"reply_to_message":' * 60 + "{}" + "}" * 61
    for raw in (b"[]", b"1", b"null", b"{}", b'{"update_id": "x"}', b'{"update_id": 1, "message": []}', deep.encode()):
        assert requests.post(url, data=raw, headers={HEADER: SECRET}, timeout=PATIENCE).status_code == 200, raw
    nul: Any = {
        "update_id": 2,
        "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "a\0b\ud800"},
    }
    assert requests.post(url, json=nul, headers={HEADER: SECRET}, timeout=PATIENCE).status_code == 200
    assert [row.body["message"]["text"] for row in bench.rows()] == ["a\ufffdb\ufffd"]
