"""Headers that break what reads them: after a write nobody knows what happened, and nothing else breaks."""

from datetime import timedelta

import pytest

from platforms.answers import retry_after
from platforms.contract import AccessLost, OutcomeUnknown, RateLimited, Unreachable
from platforms.graph.calls import Graph
from platforms.http import Http
from platforms.server_clock import date_of
from support.patience import CALLS
from support.platform_raw import answer, misbehaving

BROKEN = {
    "two lengths": answer("200 OK", "{}", "Content-Length: 2, 3"),
    "an address that is none": answer("302 Found", "", "Location: http://["),
    "an address in no encoding": answer("302 Found", "", "Location: \udcff"),
    "a line without end": answer("200 OK", "{}", "X: " + "x" * 70_000),
}


def http(address: str, token: str = "a-token") -> Http:
    return Http(
        address, refused=lambda _: AssertionError(), headers={"Authorization": f"Bearer {token}"}, timeout=CALLS
    )


@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the library drops the connection
def test_a_broken_header_leaves_open_what_a_write_did(kind: str) -> None:
    with misbehaving(BROKEN[kind]) as server:
        with pytest.raises(OutcomeUnknown):
            http(server.address).write("POST", "/post", {})
        with pytest.raises(Unreachable):
            http(server.address).write("POST", "/like", safe=True)


@pytest.mark.parametrize("token", ["“copied-from-a-mail”", "a-token\n"])
def test_a_token_that_no_header_can_hold_is_the_admins_to_copy_again(token: str) -> None:
    with misbehaving(answer("200 OK", "{}")) as server:
        for door in (http(server.address, token), Graph(server.address, token=token, app_secret="s").http):
            with pytest.raises(AccessLost, match="copy it again"):
                door.write("POST", "/post", {})
            with pytest.raises(AccessLost, match="copy it again"):
                door.listen(f"{server.address}/stream")
        assert server.requests == []


@pytest.mark.parametrize(
    "date",
    [
        "", "soon", "Fri, 31 Dec 9999 23:59:59 -2359", "Mon, 01 Jan 0100 00:00:00 +2359",
        "Mon, 01 Jan 99999999999 99:99:99 +99999999999999999999", "Mon, 99999999999999999999 Jan 2026 00:00:00 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT", "Thu, 02 Jan 2200 00:00:00 GMT",
    ],
)  # fmt: skip
def test_a_date_that_one_cannot_reckon_with_is_none(date: str) -> None:
    assert date_of(date) is None
    assert retry_after({"Retry-After": date}) is None
    with misbehaving(answer("429 Slow", "", f"Date: {date}", f"Retry-After: {date}")) as server:
        door = http(server.address)
        with pytest.raises(RateLimited):
            door.write("POST", "/post", {})
        assert door.clock.time is None


def test_a_wait_of_many_digits_is_a_day() -> None:
    assert retry_after({"Retry-After": "9" * 400}) == timedelta(days=1)
