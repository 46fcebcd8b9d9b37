"""How calls to Graph leave, and what is certain after them."""

import json
from io import BytesIO

import pytest

from platforms.contract import OutcomeUnknown, Permanent, RateLimited, Unreachable
from platforms.graph.calls import Graph
from platforms.graph.refusals import Duplicate
from platforms.graph.signing import proof
from support.patience import CALLS
from support.platform_raw import Behaviour, answer, misbehaving

TOKEN, SECRET = "a-page-token", "an-app-secret"  # made up for these tests
OK = answer("200 OK", '{"id":"1"}')


def graph(address: str) -> Graph:
    return Graph(address, token=TOKEN, app_secret=SECRET, timeout=CALLS)


def error(status: str, code: int, subcode: int = 0) -> Behaviour:
    return answer(status, json.dumps({"error": {"message": "no", "code": code, "error_subcode": subcode}}))


def test_version_stands_in_the_path_the_token_in_a_header_and_the_proof_beside() -> None:
    with misbehaving(OK) as server:
        graph(server.address).read("/{}", "1001_1", fields="id")
        graph(server.address).write(
            "/{}/feed", "1001", message="a&b", published=False, attached_media=[{"media_fbid": "7"}]
        )
        graph(server.address).delete("/{}", "1001_1")
    signature = proof(TOKEN, SECRET)
    read, written, deleted = server.requests
    assert read.startswith(f"GET /v26.0/1001_1?fields=id&appsecret_proof={signature} HTTP/1.1")
    assert written.startswith(f"POST /v26.0/1001/feed?appsecret_proof={signature} HTTP/1.1")
    body = "message=a%26b&published=false&attached_media=%5B%7B%22media_fbid%22%3A%227%22%7D%5D"
    assert written.endswith(body)
    assert deleted.startswith(f"DELETE /v26.0/1001_1?appsecret_proof={signature} HTTP/1.1")
    for request in server.requests:
        head, _, rest = request.partition("\r\n\r\n")
        assert f"Authorization: Bearer {TOKEN}" in head
        assert TOKEN not in head.split("\r\n")[0] + rest


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request", "500 Internal Server Error"])
@pytest.mark.parametrize("code", [1, 2, -1])
def test_trouble_leaves_a_write_open_whatever_the_status(status: str, code: int) -> None:
    with misbehaving(error(status, code)) as server:
        with pytest.raises(OutcomeUnknown):
            graph(server.address).write("/{}/feed", "1", message="x")
        with pytest.raises(Unreachable):
            graph(server.address).write("/{}/likes", "1", safe=True)
        assert len(server.requests) == 2


@pytest.mark.parametrize("status", ["400 Bad Request", "429 Too Many", "500 Internal Server Error"])
def test_throttled_is_certain_whatever_the_status(status: str) -> None:
    with misbehaving(error(status, 80001)) as server, pytest.raises(RateLimited):
        graph(server.address).write("/{}/feed", "1", message="x")


def test_duplicate_is_to_be_looked_up() -> None:
    with misbehaving(error("400 Bad Request", 506)) as server, pytest.raises(Duplicate) as caught:
        graph(server.address).write("/{}/feed", "1", message="x")
    assert isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize("body", ["[]", '"ok"', "Service Unavailable", '{"success":false}', '{"error":{"code":[]}}'])
def test_strange_success_leaves_a_write_open(body: str) -> None:
    with misbehaving(answer("200 OK", body)) as server, pytest.raises(OutcomeUnknown):
        graph(server.address).write("/{}/feed", "1", message="x")


def test_a_success_of_another_kind_is_none_that_breaks() -> None:
    with misbehaving(answer("200 OK", '{"success":[],"id":"1"}')) as server:
        assert graph(server.address).write("/{}/feed", "1", message="x")["id"] == "1"


def test_edge_is_paged_by_cursors_and_never_follows_an_address() -> None:
    def page(rows: list[str], paging: dict[str, object]) -> Behaviour:
        return answer("200 OK", json.dumps({"data": [{"id": row} for row in rows], "paging": paging}))

    more: dict[str, object] = {"cursors": {"after": "AB=="}, "next": "http://elsewhere.example/steal"}
    with misbehaving(page(["1", "2"], more), page(["3"], {"cursors": {"after": "C"}})) as server:
        pages = list(graph(server.address).edge("/{}/feed", "1", pages=9, fields="id"))
    assert [[row["id"] for row in rows] for rows in pages] == [["1", "2"], ["3"]]
    assert "limit=100&fields=id&after=AB%3D%3D" in server.requests[1]
    short, full = page(["1"], {"cursors": {"after": "A"}}), page(["1", "2"], {"cursors": {"after": "A"}})
    with misbehaving(full, short, short) as server:
        door = Graph(server.address, token=TOKEN, links=False)
        assert [len(rows) for rows in door.edge("/{}/media", "1", pages=9, limit=2)] == [2, 1]
        assert len(server.requests) == 2


def test_edge_ends_at_its_bound() -> None:
    endless = answer("200 OK", '{"data":[{"id":"1"}],"paging":{"cursors":{"after":"A"},"next":"x"}}')
    with misbehaving(endless) as server:
        assert len(list(graph(server.address).edge("/{}/feed", "1", pages=3))) == 3
        assert len(server.requests) == 3


def test_bytes_go_to_the_named_address_from_the_offset() -> None:
    with misbehaving(answer("200 OK", '{"success":true}')) as server:
        graph(server.address).push(f"{server.address}/rupload/7", BytesIO(b"0123456789"), 4, 10)
    (sent,) = server.requests
    assert sent.startswith("POST /rupload/7 HTTP/1.1")
    for header in (f"Authorization: OAuth {TOKEN}", "offset: 4", "file_size: 10", "Content-Length: 6"):
        assert header in sent
    assert sent.endswith("\r\n\r\n456789")


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/x",
        "http://rupload.facebook.com/x",
        "https://rupload.facebook.com.evil.example/x",
        "https://evil.example\\@rupload.facebook.com/x",
        "https://[",
        "",
    ],
)
def test_token_never_follows_to_a_strange_address(address: str) -> None:
    with misbehaving(OK) as server, pytest.raises(Permanent):
        graph(server.address).push(address, BytesIO(b"1"), 0, 1)
    assert server.requests == []


def test_secrets_do_not_show() -> None:
    said = f"bad token {TOKEN} and proof {proof(TOKEN, SECRET)}"
    body = json.dumps({"error": {"message": said, "code": 190}})
    with misbehaving(answer("401 Unauthorized", body)) as server:
        client = graph(server.address)
        with pytest.raises(Permanent) as caught:
            client.read("/me")
    assert TOKEN not in str(caught.value) + repr(client)
    assert proof(TOKEN, SECRET) not in str(caught.value)
