"""What is logged, and that no secret ever is."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from typing import Any

import pytest
import stamina
import structlog

from bot import log
from platforms.contract import Unreachable

SECRET = "correct-horse"
Entries = Callable[[], list[dict[str, Any]]]
pytestmark = pytest.mark.usefixtures("logging_as_it_was")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Standard error, with logging set up on it."""
    with redirect_stderr(io.StringIO()) as stream:
        log.setup("info", "json", [SECRET, "abc"])
        yield stream


@pytest.fixture
def entries(written: io.StringIO) -> Entries:
    """The entries so far."""
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


def test_an_entry_has_its_time_level_and_fields(entries: Entries) -> None:
    structlog.get_logger("test").info("it happened", post="P12", count=3)
    [entry] = entries()
    assert (entry["event"], entry["level"], entry["post"], entry["count"]) == ("it happened", "info", "P12", 3)
    assert entry["timestamp"].endswith("Z")


def test_what_is_below_the_level_is_not_written(entries: Entries) -> None:
    structlog.get_logger("test").debug("detail")
    logging.getLogger("somebody").debug("detail")
    assert entries() == []


def test_libraries_that_log_addresses_are_quiet(entries: Entries) -> None:
    logging.getLogger("httpx").info("POST https://api.telegram.org/…")
    own_level = logging.getLogger("slack_bolt.AsyncApp")
    own_level.setLevel(logging.DEBUG)
    own_level.info("connected")
    assert entries() == []
    own_level.warning("disconnected")
    assert [entry["event"] for entry in entries()] == ["disconnected"]


@pytest.mark.parametrize(
    "value",
    [
        SECRET,
        f"token={SECRET}&x=1",
        {"deep": [{"er": SECRET}]},
        (SECRET, 1),
        {SECRET},
        ValueError(f"refused {SECRET}"),
        SECRET.encode(),
        "xoxb-1234-abcd",
        "xapp-1-A1-2-abc",
        "https://x/bot123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe",
        "Authorization: Bearer abcdefghijk",
    ],
)
def test_no_secret_is_written_wherever_it_hides(written: io.StringIO, value: object) -> None:
    structlog.get_logger("test").warning("a field", value=value)
    logging.getLogger("somebody").warning("an argument %s", value)
    said = written.getvalue()
    assert said.count("[secret]") == 2
    for secret in (SECRET, "1234-abcd", "1-A1-2", "AAAAAAA", "abcdefghijk"):
        assert secret not in said


def test_a_stack_trace_is_written_without_secrets(written: io.StringIO) -> None:
    try:
        raise ValueError(f"the network said {SECRET}")
    except ValueError:
        structlog.get_logger("test").exception("a bug")
        logging.getLogger("somebody").exception("a bug of theirs")
    said = written.getvalue()
    assert said.count("Traceback") == 2
    assert SECRET not in said


def test_a_secret_too_short_to_be_one_blacks_nothing_out(entries: Entries) -> None:
    structlog.get_logger("test").info("the abc of it")
    assert entries()[0]["event"] == "the abc of it"


def test_what_surrounds_the_work_is_in_its_entries(entries: Entries) -> None:
    with structlog.contextvars.bound_contextvars(source="slack"):
        structlog.get_logger("test").info("handled")
    assert entries()[0]["source"] == "slack"


def test_the_console_form_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    log.setup("debug", "console", [])
    structlog.get_logger("test").debug("it happened", post="P12")
    said = capsys.readouterr().err
    assert "it happened" in said
    assert "post=P12" in said
    assert sys.stderr.isatty() or "\x1b" not in said


def test_what_is_tried_again_is_logged_but_not_each_look_at_a_network_that_is_away(entries: Entries) -> None:
    for error in (ConnectionError("the database"), Unreachable("the network")):
        failures: list[Exception] = [error]
        stamina.RetryingCaller(attempts=2, wait_initial=0.01).on(type(error))(_failing, failures)
    [entry] = entries()
    assert (entry["event"], entry["level"]) == ("tried again", "warning")
    assert "the database" in entry["cause"]


def _failing(failures: list[Exception]) -> None:
    if failures:
        raise failures.pop()
