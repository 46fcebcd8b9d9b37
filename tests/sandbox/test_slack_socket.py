"""A real Bolt app in Socket Mode against the pretend Slack: delivery, acknowledgement, repetition, reconnection."""

import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import requests
from slack_bolt.app.async_app import AsyncApp

from support.patience import PATIENCE
from support.slack_bot import Running, slack_loop, socket_bot

Json = dict[str, Any]


@pytest.fixture
def slack() -> Iterator[Running]:
    with slack_loop() as running:
        yield running


class Heard:
    """What an app was told, and with which retry header."""

    def __init__(self, fail: int = 0) -> None:
        self.events: list[Json] = []
        self.retries: list[tuple[str | None, str | None]] = []
        self._fail = fail

    def register(self, app: AsyncApp) -> None:
        @app.use
        async def note(body: Json, req: Any, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002
            retry = req.headers.get("x-slack-retry-num", [None])[0], req.headers.get("x-slack-retry-reason", [None])[0]
            self.events.append(body)
            self.retries.append(retry)
            if len(self.events) <= self._fail:
                raise RuntimeError("lost before it was kept")
            await next()

        @app.event("message")
        async def message() -> None:
            return None

    def wait(self, count: int, timeout: float = PATIENCE) -> None:
        end = time.monotonic() + timeout
        while len(self.events) < count:
            assert time.monotonic() < end, f"{len(self.events)} of {count} came: {self.events}"
            time.sleep(0.02)


def stage(slack: Running, path: str, **body: Any) -> Any:
    return requests.post(f"{slack.address}/_/{path}", json=body, timeout=PATIENCE).json()


def test_a_message_reaches_the_app_in_slacks_wrapping(slack: Running) -> None:
    heard = Heard()
    with socket_bot(slack, heard.register):
        ts = slack.person("Ada").say("review", "hello")
        heard.wait(1)
    body = heard.events[0]
    assert body["type"] == "event_callback"
    assert body["authorizations"][0]["user_id"] == "U0BOTTEGA1"
    event = body["event"]
    assert (event["type"], event["channel_type"], event["ts"]) == ("message", "channel", ts)
    assert event["blocks"][0]["type"] == "rich_text"
    assert heard.retries == [("0", "")]


def test_an_event_that_was_not_acknowledged_comes_again_with_its_number(slack: Running) -> None:
    heard, ada = Heard(fail=2), slack.person("Ada")
    stage(slack, "settings", ack_timeout=1, retry_after=[0.05, 0.05, 0.05])
    with socket_bot(slack, heard.register):
        ada.say("review", "hello")
        heard.wait(2)
        stage(slack, "settings", ack_timeout=PATIENCE)  # the third is acknowledged, however slow the machine is
        heard.wait(3)
        ada.wait_for(lambda: not slack.slack.core.outbox._running, what="the acknowledgement")
    assert not slack.slack.core.outbox.given_up
    assert heard.retries == [("0", ""), ("1", "timeout"), ("2", "timeout")]
    assert len({e["event_id"] for e in heard.events}) == 1


def test_an_acknowledged_event_can_be_sent_again_all_the_same(slack: Running) -> None:
    heard = Heard()
    with socket_bot(slack, heard.register):
        slack.person("Ada").say("review", "hello")
        heard.wait(1)
        assert stage(slack, "socket", redeliver=1)["done"] == 1
        heard.wait(2)
    assert heard.events[0]["event_id"] == heard.events[1]["event_id"]
    assert heard.retries[1] == ("1", "timeout")


def test_events_wait_for_an_app_that_is_away(slack: Running) -> None:
    heard = Heard()
    ada = slack.person("Ada")
    ada.say("review", "one")
    ada.say("review", "two")
    assert ada.screen()["connection"]["waiting"] == 2
    with socket_bot(slack, heard.register):
        heard.wait(2)
    assert [e["event"]["text"] for e in heard.events] == ["one", "two"]


@pytest.mark.parametrize("knob", [{"disconnect": "refresh_requested"}, {"drop": True}])
def test_an_app_whose_connection_ends_comes_back_and_hears_on(slack: Running, knob: Json) -> None:
    heard = Heard()
    with socket_bot(slack, heard.register):
        ada = slack.person("Ada")
        assert stage(slack, "socket", **knob)["done"] == 1
        time.sleep(1.2)
        ada.wait_for(lambda: ada.screen()["connection"]["connections"] == 1, PATIENCE)
        ada.say("review", "still there?")
        heard.wait(1)


def test_each_event_goes_to_one_of_the_connections(slack: Running) -> None:
    first, second = Heard(), Heard()
    with socket_bot(slack, first.register), socket_bot(slack, second.register):
        for number in range(6):
            slack.person("Ada").say("review", str(number))
        first.wait(3)
        second.wait(3)
    texts = [e["event"]["text"] for e in first.events + second.events]
    assert sorted(texts) == [str(n) for n in range(6)]


def test_the_eleventh_connection_is_sent_away(slack: Running) -> None:
    header = {"Authorization": f"Bearer {slack.slack.settings.app_token}"}

    async def connect_all() -> list[Json]:
        session = await slack_session()
        said, kept = [], []
        for _ in range(11):
            async with session.post(f"{slack.address}/api/apps.connections.open", headers=header) as answer:
                url = (await answer.json())["url"]
            kept.append(await session.ws_connect(url))
            said.append(await kept[-1].receive_json())
        await session.close()
        return said

    said = slack.call(connect_all())
    assert [s["type"] for s in said] == ["hello"] * 10 + ["disconnect"]
    assert (said[9]["num_connections"], said[10]["reason"]) == (10, "too_many_websockets")


async def slack_session() -> Any:
    import aiohttp

    return aiohttp.ClientSession()


def test_a_ticket_opens_one_connection_only(slack: Running) -> None:
    header = {"Authorization": f"Bearer {slack.slack.settings.app_token}"}
    url = requests.post(f"{slack.address}/api/apps.connections.open", headers=header, timeout=PATIENCE).json()["url"]

    async def twice() -> list[int]:
        session, statuses = await slack_session(), []
        first = await session.ws_connect(url)
        async with session.get(url.replace("ws", "http", 1)) as again:
            statuses.append(again.status)
        await first.close()
        await session.close()
        return statuses

    assert slack.call(twice()) == [404]


def test_the_bot_hears_nothing_from_where_it_is_not(slack: Running) -> None:
    heard = Heard()
    with socket_bot(slack, heard.register):
        ada = slack.person("Ada")
        ada.say("general", "@Bottega are you here?")
        ada.act("join", channel="general", bot=True)
        ada.say("general", "@Bottega and now?")
        heard.wait(3)
        time.sleep(0.2)
    assert [e["event"]["type"] for e in heard.events] == ["member_joined_channel", "message", "app_mention"]


def test_edits_deletions_and_files_of_people_are_told(slack: Running) -> None:
    heard = Heard()
    with socket_bot(slack, heard.register):
        ada = slack.person("Ada")
        picture = {"name": "a.png", "mime": "image/png", "base64": "eA=="}
        ts = ada.say("review", "first", files=[picture])
        ada.edit("review", ts, "second")
        ada.delete("review", ts)
        heard.wait(3)
    shared, changed, deleted = (e["event"] for e in sorted(heard.events, key=lambda e: str(e["event"]["event_ts"])))
    assert (shared["subtype"], shared["files"][0]["mimetype"]) == ("file_share", "image/png")
    assert (changed["subtype"], changed["message"]["text"], changed["previous_message"]["text"]) == (
        "message_changed",
        "second",
        "first",
    )
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)


def test_a_command_is_acknowledged_with_text_for_its_member_alone(slack: Running) -> None:
    commands: list[Json] = []

    def register(app: AsyncApp) -> None:
        @app.command("/draft")
        async def draft(ack: Any, command: Json) -> None:
            commands.append(command)
            await ack("Noted.")

    with socket_bot(slack, register):
        ada = slack.person("Ada")
        assert ada.command("inbox", "/draft", "a & b for @Bruno")["ack"] == {"text": "Noted."}
        assert [(m["text"], m["ephemeral"]) for m in ada.messages("inbox")] == [("Noted.", True)]
        assert slack.person("Bruno").messages("inbox") == []
    assert commands[0]["text"] == "a &amp; b for <@U0BRUNO001|bruno>"
    assert (commands[0]["channel_name"], commands[0]["user_id"]) == ("privategroup", "U0ADA00001")


def test_a_command_nobody_answers_fails_visibly(slack: Running) -> None:
    stage(slack, "settings", ack_timeout=0.2)
    ada = slack.person("Ada")
    assert ada.command("inbox", "/draft")["error"] == "dispatch_failed"
    with socket_bot(slack, Heard().register):
        assert ada.command("inbox", "/draft")["error"] == "operation_timeout"
    assert ada.toasts() == [
        '/draft failed with the error "dispatch_failed"',
        '/draft failed with the error "operation_timeout"',
    ]


def test_deliveries_of_many_people_at_once_all_arrive(slack: Running) -> None:
    heard = Heard()
    with socket_bot(slack, heard.register):
        names = ["Ada", "Bruno", "Chiara", "Dario"]
        people = [threading.Thread(target=slack.person(n).say, args=("review", n)) for n in names]
        for person in people:
            person.start()
        for person in people:
            person.join(PATIENCE)
        heard.wait(4)
    assert sorted(e["event"]["text"] for e in heard.events) == names
