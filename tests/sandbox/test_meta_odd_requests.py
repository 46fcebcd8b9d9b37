"""The pretend Meta answers whatever comes with JSON: a success or a refusal in its envelope, never a breakdown."""

import json
from collections.abc import Iterator

import pytest
import requests

from sandbox.meta.graph import Edge
from sandbox.meta.pages import EDGES
from support.meta_client import PAGE, PAGE_TOKEN, Graph, film, opened, picture
from support.meta_odd import sound, tried
from support.patience import PATIENCE


@pytest.fixture(scope="module")
def graph() -> Iterator[Graph]:
    with opened() as graph:
        yield graph


@pytest.fixture
def nodes(graph: Graph) -> dict[str, str]:
    """One node of every kind, by its name."""
    graph.stage("reset")
    graph.stage("settings", proof_required=False)
    photo = graph.post(f"{PAGE}/photos", files={"source": ("a.jpg", picture(), "image/jpeg")}, published=False)["id"]
    video = graph.post(f"{PAGE}/videos", files={"source": ("a.mp4", film(), "video/mp4")})["id"]
    loose = graph.post(f"{PAGE}/photos", files={"source": ("a.jpg", picture(), "image/jpeg")}, published=False)["id"]
    story = graph.post(f"{PAGE}/photo_stories", photo_id=loose)["post_id"]
    post = graph.post(f"{PAGE}/feed", message="x")["id"]
    comment = graph.post(f"{post}/comments", message="x")["id"]
    found = {"Page": PAGE, "PagePost": post, "Comment": comment, "Photo": photo, "Video": video, "Story": str(story)}
    return found | {"User": "2001"}


def named(edge: Edge) -> str:
    return f"{edge.method} {edge.node}/{edge.edge}"


@pytest.mark.parametrize("edge", EDGES, ids=named)
def test_odd_values_are_answered_in_order(graph: Graph, nodes: dict[str, str], edge: Edge) -> None:
    path = f"facebook/v26.0/{nodes[edge.node]}/{edge.edge}".rstrip("/")
    tried(graph.address, path, PAGE_TOKEN, edge)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b'{"message": {"a": 1}}', "application/json"),
        (b'{"message": null, "attached_media": 7}', "application/json"),
        (b"--x\r\n\r\nno name\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (b"no parts at all", "multipart/form-data; boundary=x"),
        (b"\xff\xfe=\xff", "application/x-www-form-urlencoded"),
        (b"anything", "text/plain"),
    ],
)
def test_odd_bodies_are_refused(graph: Graph, nodes: dict[str, str], body: bytes, kind: str) -> None:
    headers = {"Authorization": f"Bearer {PAGE_TOKEN}", "Content-Type": kind}
    answer = requests.post(f"{graph.address}/facebook/v26.0/{PAGE}/feed", data=body, headers=headers, timeout=PATIENCE)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == 100


@pytest.mark.parametrize("path", ["", "/", "/v26.0", "/v26.0/", "/v26.0//feed", "/me/accounts/x/y", "/v1", "/ü"])
def test_odd_paths_are_refused(graph: Graph, nodes: dict[str, str], path: str) -> None:
    headers = {"Authorization": f"Bearer {PAGE_TOKEN}"}
    answer = requests.get(f"{graph.address}/facebook{path}", headers=headers, timeout=PATIENCE)
    assert answer.status_code in {400, 404}
    if answer.status_code == 400:
        sound(answer)


def test_an_odd_stage_request_is_refused_with_a_sentence(graph: Graph, nodes: dict[str, str]) -> None:
    for path, asked in (
        ("pages/comment", {}), ("pages/comment", {"as": "nobody", "id": PAGE, "text": "x"}), ("settings", {"x": 1}),
        ("settings", {"consent": "perhaps"}), ("settings", {"batch": 1}),
        ("token", {"token": "none"}), ("pages/react", {"as": "nora", "id": nodes["PagePost"], "type": "MEH"}),
    ):  # fmt: skip
        answer = requests.post(f"{graph.address}/_/{path}", data=json.dumps(asked), timeout=PATIENCE)
        assert answer.status_code == 409
        assert answer.json()["error"]
