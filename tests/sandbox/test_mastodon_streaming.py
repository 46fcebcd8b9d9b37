"""The pretend Mastodon: server-sent events, WebSocket, and the persona that has neither."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest
import requests

from sandbox.mastodon.person import Visitor
from support.mastodon_client import ACME, Api, error, opened
from support.patience import PATIENCE


@pytest.fixture
def api() -> Iterator[Api]:
    with opened() as api:
        yield api


def listen(api: Api, path: str, act: Callable[[], object], count: int) -> list[tuple[str, Any]]:
    """The first events on a stream; `act` makes them happen once it is open."""
    found: list[tuple[str, Any]] = []
    event = ""
    with api.get(f"/api/v1/streaming/{path}", stream=True) as answer:
        assert answer.headers["Content-Type"] == "text/event-stream"
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        assert next(lines) == ":)"
        act()
        for raw in lines:
            line = str(raw)
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                found.append((event, line.removeprefix("data: ")))
                if len(found) == count:
                    return found
    return found


def test_the_own_stream_tells_of_posts_edits_comments_and_deletions(api: Api) -> None:
    nora = Visitor(api.address, "nora")

    def act() -> None:
        ours = api.publish("hello")["id"]
        api.put(f"/api/v1/statuses/{ours}", json={"status": "hello!"})
        comment = nora.reply(ours, "hi")
        nora.delete(comment["id"])

    events = listen(api, "user", act, 4)
    assert [e for e, _ in events] == ["update", "status.update", "notification", "delete"]
    assert json.loads(events[2][1])["status"]["id"] == events[3][1]


def test_the_notification_stream_tells_of_nothing_else(api: Api) -> None:
    nora = Visitor(api.address, "nora")

    def act() -> None:
        api.publish("hello")
        nora.mention("acme", "hi")

    assert [e for e, _ in listen(api, "user/notification", act, 1)] == ["notification"]


def test_edits_of_visitors_reach_only_those_who_follow_them(api: Api) -> None:
    oleg, nora = Visitor(api.address, "oleg"), Visitor(api.address, "nora")
    Visitor(api.address, "acme").follow("nora")

    def act() -> None:
        for visitor in (oleg, nora):
            visitor.edit(visitor.mention("acme", "frist")["id"], "@acme first")

    events = listen(api, "user", act, 4)
    assert [e for e, _ in events] == ["notification", "notification", "update", "status.update"]


def test_a_quiet_stream_is_kept_alive(api: Api) -> None:
    api.stage("settings", thump_seconds=0.05)
    with api.get("/api/v1/streaming/user", stream=True) as answer:
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        assert [next(lines), next(lines)] == [":)", ":thump"]


def test_a_stream_can_be_dropped(api: Api) -> None:
    with api.get("/api/v1/streaming/user", stream=True) as answer:
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        next(lines)
        assert api.state()["streams"] == ["acme"]
        assert api.stage("streams/drop").json() == {"dropped": 1}
        with pytest.raises(requests.exceptions.RequestException):
            list(lines)


def test_a_stream_needs_a_good_token_with_the_scope(api: Api) -> None:
    path = "/api/v1/streaming/user/notification"
    assert error(Api(api.address, None).get(path)) == (401, "Missing access token")
    assert error(Api(api.address, "wrong").get(path)) == (401, "Invalid access token")
    api.stage("settings", scopes={"acme": "read:statuses"})
    assert error(api.get(path)) == (401, "Access token does not have the required scopes")


def test_a_websocket_takes_subscriptions(api: Api) -> None:
    async def talk() -> list[dict[str, Any]]:
        url = f"{api.address}/api/v1/streaming?access_token={ACME}&stream=user:notification"
        async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
            await asyncio.to_thread(Visitor(api.address, "nora").mention, "acme", "hi")
            first = await socket.receive_json(timeout=PATIENCE)
            await socket.send_json({"type": "subscribe", "stream": "user"})
            await socket.send_json({"type": "subscribe", "stream": "nothing"})
            unknown = await socket.receive_json(timeout=PATIENCE)
            await asyncio.to_thread(api.publish, "hello")
            return [first, unknown, await socket.receive_json(timeout=PATIENCE)]

    first, unknown, second = asyncio.run(talk())
    assert (first["stream"], first["event"]) == (["user:notification"], "notification")
    assert json.loads(first["payload"])["type"] == "mention"
    assert unknown["error"] == "Unknown stream type"
    assert (second["stream"], second["event"]) == (["user"], "update")


def test_health_is_told(api: Api) -> None:
    assert api.get("/api/v1/streaming/health").text == "OK"
    assert api.get("/health").text == "OK"


def test_the_other_persona_has_long_texts_other_ids_and_no_streaming() -> None:
    with opened("gotosocial") as api:
        status = api.publish("x" * 5000, key="k")
        assert len(status["id"]) == 26
        assert api.publish("x", key="k")["id"] == status["id"]
        assert error(api.get("/api/v1/streaming/user")) == (404, "Not Found")
        instance = api.get("/api/v2/instance").json()
        assert instance["version"].endswith("+gotosocial")
        assert instance["configuration"]["statuses"]["max_characters"] == 5000
        for number in range(3):
            Visitor(api.address, "nora").mention("acme", str(number))
        ids = [n["id"] for n in api.get("/api/v1/notifications").json()]
        assert ids == sorted(ids, reverse=True)
        after = api.get("/api/v1/notifications", params={"min_id": ids[2], "limit": 1}).json()
        assert [n["id"] for n in after] == [ids[1]]


def test_the_persona_can_be_changed_on_the_stage(api: Api) -> None:
    api.publish("hello")
    api.stage("settings", persona="gotosocial")
    state = api.state()
    assert (state["persona"], state["timeline"], state["streaming"]) == ("gotosocial", [], False)
