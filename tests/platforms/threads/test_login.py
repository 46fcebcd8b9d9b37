"""A Threads account gives its own token, made to last."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from platforms.contract import AccessLost
from platforms.spec import App
from platforms.threads.login import ThreadsLogin
from platforms.threads.scopes import WANTED
from support.platform_raw import Behaviour, answer, misbehaving

LOGIN = ThreadsLogin()
REDIRECT = "https://bottega.example/oauth/threads"
ME = {"id": "26", "username": "acme", "name": "Acme"}


def says(body: Any) -> Behaviour:
    return answer("200 OK", json.dumps(body))


def app(address: str = "https://graph.threads.net") -> App:
    return App("42", "secret", address, LOGIN.login_url, f"{address}/oauth/access_token")


def test_window_asks_for_every_scope() -> None:
    parts = urlsplit(LOGIN.consent(app(), REDIRECT, "state-1"))
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://threads.net/oauth/authorize"
    assert parse_qs(parts.query)["scope"] == [",".join(WANTED)]


def test_code_becomes_a_lasting_token() -> None:
    granted = {"scopes": list(WANTED)[:-1], "expires_at": 1800000000, "is_valid": True}
    with misbehaving(
        says({"access_token": "short", "user_id": 26}),
        says({"access_token": "long", "expires_in": 5184000}),
        says(ME),
        says({"data": granted}),
    ) as server:
        (grant,) = LOGIN.exchange(app(server.address), "code-1#_", REDIRECT)
    assert (grant.remote_id, grant.handle, grant.token) == ("26", "acme", "long")
    assert grant.missing == ("threads_delete",)
    assert grant.expires_at is not None
    paths = [request.split(" ")[1].partition("?")[0] for request in server.requests]
    assert paths == ["/oauth/access_token", "/access_token", "/v1.0/me", "/v1.0/debug_token"]


def test_renewal_and_its_refusal() -> None:
    with misbehaving(says({"access_token": "fresh", "expires_in": 5184000})) as server:
        renewed = LOGIN.renew(app(server.address), "old")
    assert renewed is not None
    assert renewed[0] == "fresh"
    refusal = answer("400 Bad Request", '{"error":{"message":"expired","code":190,"error_subcode":463}}')
    with misbehaving(refusal) as server, pytest.raises(AccessLost):
        LOGIN.renew(app(server.address), "dead")
