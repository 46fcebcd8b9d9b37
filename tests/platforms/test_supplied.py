"""Links that strangers supply: they never lead inside, and never cost more than a little."""

import pytest

from platforms.contract import ContentRefused, NotPermitted, Unreachable
from platforms.supplied import fetch
from support.platform_raw import answer, dribble, misbehaving, reset


@pytest.mark.parametrize("where", ["http://[", "//[x", "\udcff"])
def test_a_link_that_leads_to_no_address_is_refused(where: str) -> None:
    away = answer("302 Found", "", f"Location: {where}")
    with misbehaving(away) as server, pytest.raises(NotPermitted, match="no web address"):
        fetch(server.address, allow_loopback=True)


def test_content_and_kind_come_back() -> None:
    with misbehaving(answer("200 OK", "GIF89a", "Content-Type: Image/GIF; charset=x")) as server:
        found = fetch(f"{server.address}/a.gif", allow_loopback=True)
        assert (found.content, found.mime) == (b"GIF89a", "image/gif")
        assert "Authorization" not in server.requests[0]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://0.0.0.0:{port}/",
        "http://169.254.169.254/latest/meta-data",
        "http://10.0.0.1/",
        "http://100.64.0.1/",
        "http://[64:ff9b::7f00:1]/",
    ],
)
def test_private_address_is_refused_in_every_disguise(url: str) -> None:
    with misbehaving(answer("200 OK", "inside")) as server:
        with pytest.raises(NotPermitted):
            fetch(url.format(port=server.port))
        assert server.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://x.example",
        "javascript:1",
        "http://",
        "",
        "https://a:b@x.example/",
        "http://[bad",
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(NotPermitted):
        fetch(url)


@pytest.mark.parametrize("where", ["http://10.0.0.1/", "file:///etc/passwd", "http://169.254.169.254/"])
def test_redirect_does_not_lead_inside(where: str) -> None:
    with misbehaving(answer("302 Found", "", f"Location: {where}")) as server, pytest.raises(NotPermitted):
        fetch(server.address, allow_loopback=True)


def test_redirect_in_the_open_is_followed_and_said() -> None:
    with misbehaving(answer("302 Found", "", "Location: /b"), answer("200 OK", "there")) as server:
        assert fetch(f"{server.address}/a", allow_loopback=True).url == f"{server.address}/b"


def test_redirects_without_end_are_given_up() -> None:
    with misbehaving(answer("302 Found", "", "Location: /again")) as server:
        with pytest.raises(Unreachable):
            fetch(server.address, allow_loopback=True)
        assert len(server.requests) <= 7


@pytest.mark.parametrize("head", [[], ["Content-Encoding: identity"]])
def test_too_much_is_refused_before_all_of_it_is_read(head: list[str]) -> None:
    with misbehaving(answer("200 OK", "x" * 5000, *head)) as server, pytest.raises(ContentRefused, match="larger"):
        fetch(server.address, largest=1000, allow_loopback=True)


def test_too_slow_is_given_up() -> None:
    with misbehaving(dribble(100, 0.05)) as server, pytest.raises(Unreachable, match="slow"):
        fetch(server.address, patience=0.2, allow_loopback=True)


def test_trouble_may_pass_and_refusal_does_not() -> None:
    with misbehaving(answer("503 Trouble", "")) as server, pytest.raises(Unreachable):
        fetch(server.address, allow_loopback=True)
    with misbehaving(answer("404 Not Found", "")) as server, pytest.raises(ContentRefused, match="404"):
        fetch(server.address, allow_loopback=True)
    with misbehaving(reset) as server, pytest.raises(Unreachable):
        fetch(server.address, allow_loopback=True)
    with pytest.raises(Unreachable):
        fetch("http://nowhere.invalid/")
