"""What is certain after a failure: the table that every promise about posting once stands on."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from platforms.answers import LONGEST_WAIT, Answer
from platforms.contract import ContentRefused, OutcomeUnknown, Permanent, RateLimited, Unreachable, Unsupported
from platforms.http import Http, at, checked
from platforms.uploads import Upload
from support.patience import CALLS, PATIENCE
from support.platform_certificate import self_signed
from support.platform_raw import Behaviour, answer, dribble, hang_up, misbehaving, reset, silent
from support.world import eventually

TOKEN = "s3cret/token+with=signs"  # made up for this test


def refused(found: Answer) -> Exception:
    return ContentRefused(f"{found.status} {found.text}")


def http(base_url: str, **given: object) -> Http:
    settings: dict[str, object] = {
        "refused": refused,
        "headers": {"Authorization": f"Bearer {TOKEN}"},
        "secrets": (TOKEN,),
        "timeout": CALLS,
        "max_bytes": 10_000,
        **given,
    }
    return Http(base_url, **settings)  # type: ignore[arg-type]  # a test's settings


#: For servers that are too slow: an answer that comes is waited for, however slow the machine is.
SHORT = {kind: {"timeout": (20.0, 0.4), "patience": 0.5} for kind in ("never answers", "a body that never ends")}
UNCERTAIN: dict[str, Behaviour] = {
    "torn down after the request": reset,
    "closed after the request": hang_up,
    "never answers": silent(0.9),
    "half a body": answer("200 OK", '{"id": "1"', length=100),
    "half a head": lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-"),
    "no HTTP at all": lambda connection: connection.sendall(b"SSH-2.0-OpenSSH\r\n\r\n"),
    "a body that never ends": dribble(60, 0.1),
    "a body that is too long": answer("200 OK", "[" + "1," * 8000 + "1]"),
    "trouble": answer("500 Internal Server Error", '{"error":"oops"}'),
    "a gateway's trouble": answer("502 Bad Gateway", "<html>Bad Gateway</html>"),
    "a cache's trouble": answer("520 Unknown", ""),
    "a slow request": answer("408 Request Timeout", ""),
    "a page instead of an answer": answer("200 OK", "<html>Welcome</html>", "Content-Type: text/html"),
    "an empty answer": answer("200 OK", ""),
    "broken JSON": answer("200 OK", '{"id": tru'),
    "JSON too deep": answer("200 OK", "[" * 9000),
    "a login page elsewhere": answer("302 Found", "", "Location: /login"),
    "broken compression": answer("200 OK", "not gzip", "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("kind", UNCERTAIN)
def test_write_without_a_sure_answer_is_unknown_and_never_repeated(kind: str) -> None:
    with misbehaving(UNCERTAIN[kind]) as server:
        with pytest.raises(OutcomeUnknown):
            http(server.address, **SHORT.get(kind, {})).write("POST", "/post", {"text": "once"})
        assert eventually(lambda: len([r for r in server.requests if r.startswith("POST")])) == 1


@pytest.mark.parametrize(
    ("behaviour", "said"), [(reset, "The connection broke."), (silent(0.9), "The server did not answer in time.")]
)
def test_failure_is_told_in_words_and_without_addresses(behaviour: Behaviour, said: str) -> None:
    with misbehaving(behaviour) as server, pytest.raises(OutcomeUnknown) as caught:
        http(server.address, **SHORT["never answers"]).write("POST", "/post", {})
    assert str(caught.value) == said


@pytest.mark.parametrize("kind", UNCERTAIN)
def test_safe_write_without_a_sure_answer_may_be_tried_later(kind: str) -> None:
    with misbehaving(UNCERTAIN[kind]) as server:
        with pytest.raises(Unreachable):
            http(server.address, **SHORT.get(kind, {})).write("POST", "/like", safe=True)
        assert eventually(lambda: len([r for r in server.requests if r.startswith("POST")])) == 1


@pytest.mark.parametrize("kind", ["torn down after the request", "trouble", "broken JSON", "half a body"])
def test_read_is_asked_three_times_at_most(kind: str) -> None:
    with misbehaving(UNCERTAIN[kind]) as server:
        with pytest.raises(Unreachable):
            http(server.address).read("/me")
        assert len(server.requests) == 3


def test_read_that_fails_once_succeeds() -> None:
    with misbehaving(reset, answer("200 OK", '{"id":"1"}')) as server:
        assert http(server.address).read("/me", [("a", "b&c")]).body == {"id": "1"}
        assert server.requests[1].startswith("GET /me?a=b%26c HTTP/1.1")


def test_read_that_is_told_when_to_return_does_not_ask_again() -> None:
    with misbehaving(answer("503 Service Unavailable", "", "Retry-After: 120")) as server:
        with pytest.raises(Unreachable) as caught:
            http(server.address).read("/me")
        assert caught.value.after == timedelta(seconds=120)
        assert len(server.requests) == 1


def test_nobody_listening_is_certain() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match=r"^The server cannot be reached\.$"):
        http(f"http://127.0.0.1:{port}").write("POST", "/post", {})


def test_unknown_host_is_certain() -> None:
    with pytest.raises(Unreachable, match="name is not known"):
        http("http://nowhere.invalid").write("POST", "/post", {})


def test_connection_that_is_never_made_is_certain() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [_started(port) for _ in range(4)]
        with pytest.raises(Unreachable, match="cannot be reached"):
            http(f"http://127.0.0.1:{port}", timeout=(0.3, 0.3)).write("POST", "/post", {})
        for one in waiting:
            one.close()


def _started(port: int) -> socket.socket:
    one = socket.socket()
    one.setblocking(False)
    one.connect_ex(("127.0.0.1", port))
    return one


def test_certificate_that_cannot_be_trusted_is_certain(tmp_path: Path) -> None:
    with misbehaving(answer("200 OK", "{}"), context=self_signed(tmp_path)) as server:
        with pytest.raises(Unreachable, match="certificate cannot be trusted"):
            http(f"https://127.0.0.1:{server.port}").write("POST", "/post", {"text": "x"})
        assert not [r for r in server.requests if "POST" in r]


def test_tls_to_a_server_that_speaks_none_is_certain() -> None:
    with (
        misbehaving(answer("400 Bad Request", ""), listens=False) as server,
        pytest.raises(Unreachable, match="secure"),
    ):
        http(f"https://127.0.0.1:{server.port}").write("POST", "/post", {})


def test_proxy_that_is_not_there_is_certain() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable, match="proxy"):
        http("http://social.example", proxy=f"http://127.0.0.1:{port}").write("POST", "/post", {})


def test_failure_handled_before_makes_nothing_certain() -> None:
    with misbehaving(reset) as server:
        try:
            http("http://nowhere.invalid").write("POST", "/post", {})
        except Unreachable:
            with pytest.raises(OutcomeUnknown):
                http(server.address).write("POST", "/post", {})


@pytest.mark.parametrize("status", ["301 Moved Permanently", "307 Temporary Redirect", "308 Permanent Redirect"])
def test_redirect_is_refused_and_not_followed(status: str) -> None:
    with misbehaving(answer("200 OK", "{}")) as other:
        moved = answer(status, "", f"Location: {other.address}/post")
        with misbehaving(moved) as server:
            with pytest.raises(Unsupported, match="base_url"):
                http(server.address).write("POST", "/post", {})
            with pytest.raises(Unsupported, match="base_url"):
                http(server.address).read("/me")
        assert other.requests == []


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [(["Retry-After: 7"], 7), (["Retry-After: 0"], 1), (["Retry-After: 99999999"], LONGEST_WAIT.total_seconds())],
)
def test_rate_limit_says_how_long(headers: list[str], seconds: float) -> None:
    with misbehaving(answer("429 Too Many Requests", "{}", *headers)) as server:
        with pytest.raises(RateLimited) as written:
            http(server.address).write("POST", "/p", {})
        with pytest.raises(RateLimited) as read:
            http(server.address).read("/p")
        assert written.value.after == read.value.after == timedelta(seconds=seconds)
        assert len(server.requests) == 2


def test_refusal_is_the_platforms_to_name_and_shows_text_not_markup() -> None:
    page = "<html><body><h1>413 Too  Large</h1></body></html>"
    with (
        misbehaving(answer("413 Payload Too Large", page)) as server,
        pytest.raises(ContentRefused, match="413 413 Too Large"),
    ):
        http(server.address).write("POST", "/post", {})


def test_servers_clock_is_known_after_its_first_answer() -> None:
    head = answer("200 OK", "{}", "Date: Mon, 23 Nov 2026 10:00:10 GMT")
    with misbehaving(head, answer("200 OK", "{}")) as server:
        door = http(server.address, now=lambda: datetime(2026, 11, 23, 10, tzinfo=UTC))
        assert door.clock.skew is None
        for _ in range(2):
            door.read("/")
            assert door.clock.skew is not None
            assert timedelta(seconds=10) <= door.clock.skew < timedelta(minutes=2), "and a moment has passed since"


def test_no_content_is_an_answer() -> None:
    with misbehaving(answer("204 No Content")) as server:
        assert http(server.address).write("DELETE", "/post/1").body is None


@pytest.mark.parametrize("echo", ["400 Bad Request", "500 Trouble"])
def test_token_never_shows(echo: str) -> None:
    with misbehaving(answer(echo, f'{{"error":"bad token {TOKEN}"}}')) as server:
        door = http(server.address)
        with pytest.raises((ContentRefused, OutcomeUnknown)) as caught:
            door.write("POST", f"/bot{TOKEN}/send", {})
    with misbehaving(reset) as torn, pytest.raises(OutcomeUnknown) as unknown:
        http(torn.address).write("POST", f"/bot{TOKEN}/send", {})
    with pytest.raises(Unreachable) as never:
        http("http://nowhere.invalid").write("POST", f"/bot{TOKEN}/send", {})
    assert TOKEN in server.requests[0]
    for shown in (repr(door), str(caught.value), repr(unknown.value), str(never.value)):
        assert TOKEN not in shown
    assert door.redact("Authorization: Bearer abcdefghijkl") == "Authorization: Bearer [hidden]"
    assert len(door.redact("x" * 1000)) == 300


def test_netrc_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login eve password evil\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with misbehaving(answer("200 OK", "{}")) as server:
        http(server.address).write("POST", "/post", {})
        assert f"Authorization: Bearer {TOKEN}" in server.requests[0]


def test_cookies_are_not_kept() -> None:
    with misbehaving(answer("200 OK", "{}", "Set-Cookie: a=b; Path=/")) as server:
        door = http(server.address)
        door.read("/")
        door.read("/")
        assert "Cookie" not in server.requests[1]


def test_base_url_may_have_a_path_and_a_slash() -> None:
    with misbehaving(answer("200 OK", "{}")) as server:
        http(f"{server.address}/prefix/").read("/api")
        assert server.requests[0].startswith("GET /prefix/api ")


@pytest.mark.parametrize(
    "bad", ["", "social.example", "ftp://x.example", "http://", "https://a:b@x.example", "https://x.example?a=1"]
)
def test_address_that_is_none_is_refused_at_once(bad: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        checked(bad)


def test_token_that_is_no_header_is_refused_for_good() -> None:
    with misbehaving(answer("200 OK", "{}")) as server, pytest.raises(Permanent):
        http(server.address).write("POST", "/", {}, headers={"X": "a\r\nb"})


def test_ids_cannot_leave_their_place() -> None:
    assert at("/statuses/{}/x", "../../admin?a=b#c") == "/statuses/..%2F..%2Fadmin%3Fa%3Db%23c/x"
    for bad in ("", ".", ".."):
        with pytest.raises(Permanent):
            at("/statuses/{}", bad)


def test_upload_streams_the_file_with_its_kind() -> None:
    with misbehaving(answer("200 OK", '{"id":"5"}')) as server:
        found = http(server.address).upload(
            "/media", Upload(BytesIO(b"PNGDATA"), "a.png", "image/png"), {"description": "è"}
        )
        assert found.body == {"id": "5"}
    sent = server.requests[0]
    assert 'name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\nPNGDATA' in sent
    assert 'name="description"\r\n\r\nè' in sent


def _stream(*pieces: bytes, pause: float = 0.02) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            connection.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            time.sleep(pause)

    return behave


@pytest.fixture
def events() -> Iterator[list[str | None]]:
    pieces = (b":thump\n", b"event: update\nda", b"ta: {}\n\n", b"data: x\r\n\r\n", b"data: cut")
    with misbehaving(_stream(*pieces)) as server:
        heard = http(server.address).listen(f"{server.address}/stream")
        yield [f"{event.name} {event.data}" if event else None for event in heard]


def test_stream_tells_events_and_signs_of_life_and_ends_with_its_connection(events: list[str | None]) -> None:
    assert events == [None, None, "update {}", "message x"]


def test_stream_that_falls_silent_ends() -> None:
    def behave(connection: socket.socket) -> None:
        _stream(b":thump\n")(connection)
        connection.recv(1)  # until the other side has had enough

    with misbehaving(behave) as server:
        assert list(http(server.address).listen(f"{server.address}/stream", silence=1)) == [None, None]


def test_stream_gives_an_event_before_the_connection_ends() -> None:
    heard_it = threading.Event()

    def behave(connection: socket.socket) -> None:
        _stream(b"data: first\n\n")(connection)
        heard_it.wait(PATIENCE)

    with misbehaving(behave) as server:
        heard = http(server.address).listen(f"{server.address}/stream")
        next(heard)
        first = next(heard)
        assert first is not None
        assert first.data == "first"
        assert not heard_it.is_set()
        heard_it.set()
        heard.close()  # type: ignore[attr-defined]  # it is a generator


@pytest.mark.parametrize(
    ("behaviour", "kind"),
    [
        (answer("404 Not Found", "nothing"), Unsupported),
        (answer("501 Not Implemented", ""), Unsupported),
        (answer("401 Unauthorized", "{}"), ContentRefused),
        (answer("503 Trouble", ""), Unreachable),
        (answer("206 Partial Content", "{}"), Unreachable),
        (answer("200 OK", "<html>: hello</html>", "Content-Type: text/html; charset=utf-8"), Unreachable),
        (answer("200 OK", "{}", "Content-Type: application/json"), Unreachable),
        (answer("401 Unauthorized", "{", length=100), Unreachable),
        (reset, Unreachable),
    ],
)
def test_stream_that_is_none_says_so_before_it_begins(behaviour: Behaviour, kind: type[Exception]) -> None:
    with misbehaving(behaviour) as server, pytest.raises(kind):
        http(server.address).listen(f"{server.address}/stream")


def test_certificates_for_tests_are_servers(tmp_path: Path) -> None:
    assert isinstance(self_signed(tmp_path), ssl.SSLContext)


def test_an_outage_is_one_line_in_the_log_and_its_end_another() -> None:
    well = answer("200 OK", "[]")
    away = [hang_up] * 3 + [answer("503 Service Unavailable", "")] * 3
    with misbehaving(well, *away, well) as server, capture_logs() as logged:
        door = http(server.address)
        door.read("/a")
        for _ in range(2):
            with pytest.raises(Unreachable):
                door.read("/a")
        for _ in range(2):
            door.read("/a")
    said = [(entry["log_level"], entry["event"]) for entry in logged if "server" in entry["event"]]
    assert said == [("warning", "a server does not answer as it should"), ("info", "a server answers again")]


def test_each_request_is_a_line_in_the_log_without_what_was_asked_and_is_counted() -> None:
    counted: list[tuple[int, float]] = []
    behaviours = (answer("200 OK", "[]"), answer("429 Too Many Requests", "{}"), reset)
    with misbehaving(*behaviours) as server, capture_logs() as logged:
        door = http(server.address, watch=lambda *answered: counted.append(answered))
        door.read(f"/a/{TOKEN}", [("q", "private words")])
        with pytest.raises(RateLimited):
            door.write("POST", "/b", {"text": "private words"})
        with pytest.raises(OutcomeUnknown):
            door.write("POST", "/c", {})
    asked = [entry for entry in logged if entry["event"] == "a network was asked"]
    assert [(line["method"], line["path"], line["status"]) for line in asked] == [
        ("GET", "/a/[hidden]", 200),
        ("POST", "/b", 429),
        ("POST", "/c", 0),
    ]
    assert [status for status, _ in counted] == [200, 429, 0]
    assert "private" not in str(logged)
    assert all(0 <= line["ms"] < PATIENCE * 1000 for line in asked)
