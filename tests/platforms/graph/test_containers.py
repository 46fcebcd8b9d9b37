"""Containers are made once, waited for, and never published again."""

import json

import pytest

from platforms.contract import ContentRefused, MediaNotReady
from platforms.graph.calls import Graph
from platforms.graph.containers import INSTAGRAM, THREADS, Containers, Names
from support.platform_progress import Kept
from support.platform_raw import Behaviour, answer, misbehaving


def says(body: dict[str, object]) -> Behaviour:
    return answer("200 OK", json.dumps(body))


def containers(address: str, names: Names = INSTAGRAM) -> Containers:
    return Containers(Graph(address, token="t"), names, "17")


def test_container_is_made_once() -> None:
    progress = Kept()
    with misbehaving(says({"id": "c1"})) as server:
        assert containers(server.address).make("container", progress, caption="x") == "c1"
        assert containers(server.address).make("container", progress, caption="x") == "c1"
        assert len(server.requests) == 1
    assert server.requests[0].startswith("POST /v26.0/17/media ")


def test_finished_may_be_published_and_published_must_not() -> None:
    with misbehaving(
        says({"status_code": "FINISHED"}), says({"status_code": "PUBLISHED"}), says({"id": "m1"})
    ) as server:
        door, progress = containers(server.address), Kept({"c": "c1"})
        assert door.ready("c", progress)
        assert not door.ready("c", progress)
        assert door.publish("c1") == "m1"
    assert "fields=status_code%2Cstatus" in server.requests[0]
    assert server.requests[2].endswith("creation_id=c1")


@pytest.mark.parametrize(
    ("status", "error", "keeps"),
    [
        ({"status": "IN_PROGRESS"}, MediaNotReady, True),
        ({"status": "EXPIRED"}, MediaNotReady, False),
        ({"status": "ERROR", "error_message": "INVALID_DURATION"}, ContentRefused, False),
        ({"status": "ERROR", "error_message": "Error: 2207053"}, MediaNotReady, False),
    ],
)
def test_other_states_wait_or_say_why(status: dict[str, object], error: type[Exception], keeps: bool) -> None:
    progress = Kept({"c": "c1"})
    with misbehaving(says(status)) as server, pytest.raises(error) as caught:
        containers(server.address, THREADS).ready("c", progress)
    assert type(caught.value) is error
    assert progress.load("c") == ("c1" if keeps else "")


def test_vanished_container_is_made_anew() -> None:
    progress = Kept({"c": "c1"})
    gone = answer("400 Bad Request", '{"error":{"message":"no","code":100,"error_subcode":33}}')
    with misbehaving(gone) as server:
        assert not containers(server.address).is_published("c1")
        with pytest.raises(MediaNotReady):
            containers(server.address).ready("c", progress)
    assert progress.load("c") == ""
