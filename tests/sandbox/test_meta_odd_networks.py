"""The pretend Meta's Instagram and Threads answer whatever comes with a success or a refusal in the envelope."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sandbox.meta import instagram, threads
from sandbox.meta.graph import Edge
from support.meta_instagram import ACCOUNT, LOGIN_TOKEN, THREADS_TOKEN, THREADS_USER, Networks, networks
from support.meta_odd import tried
from support.patience import PATIENCE

#: The address of each host and the token to call it with.
HOSTS = {
    "facebook": ("facebook/v26.0", "sandbox-user-token"),
    "instagram": ("instagram/v26.0", LOGIN_TOKEN),
    "threads": ("threads/v1.0", THREADS_TOKEN),
}


@pytest.fixture(scope="module")
def meta() -> Iterator[Networks]:
    with networks() as meta:
        yield meta


@pytest.fixture
def nodes(meta: Networks) -> dict[str, str]:
    """One node of every kind, by its name."""
    meta.page.stage("reset")
    meta.page.stage("settings", proof_required=False)
    media = meta.publish(meta.login)
    post = meta.thread(text="x")
    return {
        "IGUser": ACCOUNT,
        "IGMedia": media,
        "IGComment": meta.login.post(f"{media}/comments", message="x")["id"],
        "IGContainer": meta.container(meta.login),
        "ThreadsProfile": THREADS_USER,
        "ThreadsMedia": meta.threads.stage("threads/reply", **{"as": "nora", "id": post, "text": "y"})["id"],
        "ThreadsContainer": meta.threads.post("me/threads", media_type="TEXT", text="z")["id"],
    }


def named(edge: Edge) -> str:
    return f"{edge.host}:{edge.method} {edge.node}/{edge.edge}"


@pytest.mark.parametrize("edge", [*instagram.EDGES, *threads.EDGES], ids=named)
def test_odd_values_are_answered_in_order(meta: Networks, nodes: dict[str, str], edge: Edge) -> None:
    host, token = HOSTS[edge.host]
    tried(meta.page.address, f"{host}/{nodes[edge.node]}/{edge.edge}".rstrip("/"), token, edge)


def test_odd_values_beside_good_ones_are_answered_in_order(meta: Networks, nodes: dict[str, str]) -> None:
    square = meta.file("square.jpg")
    odd: tuple[dict[str, Any], ...] = (
        {"image_url": square, "user_tags": [1, None, {"username": []}]},
        {"image_url": square, "product_tags": [None], "collaborators": [{}]},
        {"media_type": "REELS", "video_url": meta.file("film.mp4"), "cover_url": meta.file("words.jpg")},
        {"media_type": "CAROUSEL", "children": [{"id": 1}, None]},
    )
    for params in odd:
        answer = meta.login.call("POST", f"{ACCOUNT}/media", **params)
        assert answer.status_code in {200, 400}, answer.text
    said = {"as": "nora", "id": nodes["IGMedia"], "text": "x"}
    theirs = meta.login.stage("instagram/comment", **said)["id"]
    for recipient, message in (({"comment_id": []}, {"text": "x"}), ({"comment_id": theirs}, {"text": []})):
        answer = meta.login.call("POST", "me/messages", recipient=recipient, message=message)
        assert answer.status_code == 400, answer.text
    for fields in ("mentioned_media", "mentioned_comment.comment_id(x){id}", "media{comments{replies{from}}}"):
        assert meta.page.call("GET", ACCOUNT, fields=fields).status_code in {200, 400}


def test_an_odd_stage_request_is_refused_with_a_sentence(meta: Networks, nodes: dict[str, str]) -> None:
    ours, theirs = nodes["IGMedia"], nodes["ThreadsMedia"]
    for path, asked in (
        ("instagram/comment", {"as": "nora", "id": "1", "text": "x"}), ("instagram/see", {"id": nodes["IGComment"]}),
        ("instagram/comment", {"as": "nobody", "id": ours, "text": "x"}), ("instagram/comment", {"as": "nora"}),
        ("instagram/delete", {"as": "nora", "id": ours}), ("instagram/post", {"product": "PAINTING"}),
        ("threads/reply", {"as": "nora", "id": ours, "text": "x"}), ("threads/post", {"as": "nobody", "text": "x"}),
        ("threads/delete", {"as": "oleg", "id": theirs}), ("threads/subscribe", {"fields": ["weather"]}),
        ("settings", {"container_outcome": "PERHAPS"}),
    ):  # fmt: skip
        answer = requests.post(f"{meta.page.address}/_/{path}", data=json.dumps(asked), timeout=PATIENCE)
        assert answer.status_code == 409, (path, asked)
        assert answer.json()["error"]
