"""Both ways in give the account's own token, made as lasting as the network allows."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from platforms.contract import AccessLost, TryLater
from platforms.graph.advertising import SCOPES
from platforms.instagram.login import InstagramLogin
from platforms.instagram.scopes import INSTAGRAM, PAGE
from platforms.spec import App
from support.platform_promises import unheard
from support.platform_raw import Behaviour, answer, misbehaving

LOGIN = InstagramLogin()
REDIRECT = "https://bottega.example/oauth/instagram"
ME = {"user_id": "17841", "id": "99", "username": "acme", "name": "Acme"}


def says(body: Any) -> Behaviour:
    return answer("200 OK", json.dumps(body))


def refuses(code: int) -> Behaviour:
    return answer("400 Bad Request", json.dumps({"error": {"message": "no", "code": code}}))


def own(address: str) -> App:
    """The app of Instagram Login."""
    return App("40", "secret", f"{address}/instagram", LOGIN.login_url, f"{address}/api.instagram/oauth/access_token")


def of_page(address: str) -> App:
    """The app of Facebook Login."""
    return App("41", "secret", f"{address}/facebook", LOGIN.login_url)


#: Facebook's window asks once more for what was declined.
AGAIN = {"auth_type": "rerequest"}


@pytest.mark.parametrize(
    ("app", "host", "scopes", "more"),
    [
        (own("https://graph.example"), "www.instagram.com", INSTAGRAM, {}),
        (of_page("https://graph.example"), "www.facebook.com", PAGE, AGAIN),
        (replace(own("https://graph.example"), advertises=True), "www.instagram.com", INSTAGRAM, {}),
        (replace(of_page("https://graph.example"), advertises=True), "www.facebook.com", {**PAGE, **SCOPES}, AGAIN),
    ],
)
def test_window_asks_for_the_scopes_of_its_way(
    app: App, host: str, scopes: dict[str, str], more: dict[str, str]
) -> None:
    parts = urlsplit(LOGIN.consent(app, REDIRECT, "state-1"))
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert parts.netloc == host
    assert asked.pop("scope").split(",") == list(scopes)
    told = {"client_id": app.id, "redirect_uri": REDIRECT, "response_type": "code", "state": "state-1"}
    assert asked == told | more


@pytest.mark.parametrize("wrapped", [False, True])
def test_code_becomes_a_token_of_sixty_days(wrapped: bool) -> None:
    short = {"access_token": "short", "user_id": 17841, "permissions": ",".join(list(INSTAGRAM)[:3])}
    with misbehaving(
        says({"data": [short]} if wrapped else short),
        says({"access_token": "long", "token_type": "bearer", "expires_in": 5184000}),
        says(ME),
    ) as server:
        (grant,) = LOGIN.exchange(own(server.address), "code-1#_", REDIRECT)
    assert (grant.remote_id, grant.handle, grant.token) == ("17841", "acme", "long")
    assert grant.missing == tuple(list(INSTAGRAM)[3:])
    assert grant.expires_at is not None
    assert abs(grant.expires_at - datetime.now(UTC) - timedelta(days=60)) < timedelta(minutes=1)
    assert server.requests[0].startswith("POST /api.instagram/oauth/access_token ")
    assert "code=code-1&" in server.requests[0] + "&"
    assert server.requests[1].startswith("GET /instagram/access_token?grant_type=ig_exchange_token&")
    assert "long" not in repr(grant)


def test_lasting_token_of_the_apps_page_is_taken_as_it_is() -> None:
    with misbehaving(refuses(190), says(ME)) as server:
        (grant,) = LOGIN.take(own(server.address), "long-already")
    assert (grant.token, grant.missing, grant.expires_at) == ("long-already", (), None)


def test_used_code_and_dead_token_are_access_lost() -> None:
    with misbehaving(refuses(100)) as server, pytest.raises(AccessLost):
        LOGIN.exchange(own(server.address), "used", REDIRECT)
    with misbehaving(refuses(100)) as server, pytest.raises(AccessLost):
        LOGIN.exchange(of_page(server.address), "used", REDIRECT)
    with misbehaving(refuses(190)) as server, pytest.raises(AccessLost):
        LOGIN.take(own(server.address), "dead")


def test_nobody_there_is_no_lost_access() -> None:
    with pytest.raises(TryLater):
        LOGIN.exchange(own(unheard()), "code", REDIRECT)
    with pytest.raises(TryLater):
        LOGIN.renew(own(unheard()), "token")


def test_token_is_renewed_for_another_sixty_days() -> None:
    with misbehaving(says({"access_token": "fresh", "expires_in": 5184000, "permissions": "x"})) as server:
        renewed = LOGIN.renew(own(server.address), "old")
        assert LOGIN.renew(of_page(server.address), "page") is None
    assert renewed is not None
    assert renewed[0] == "fresh"
    assert server.requests[0].startswith("GET /instagram/refresh_access_token?grant_type=ig_refresh_token&")


def test_every_account_behind_the_pages_is_offered() -> None:
    linked = {"id": "17841", "username": "acme"}
    rows = [
        {"id": "1001", "name": "Acme", "access_token": "page-1", "instagram_business_account": linked},
        {"id": "1002", "name": "Other", "access_token": "page-2"},
    ]
    granted = [{"permission": scope, "status": "granted"} for scope in [*list(PAGE)[:-1], *SCOPES]]
    with misbehaving(
        says({"access_token": "person", "token_type": "bearer", "expires_in": 5183944}),
        says({"data": granted}),
        says({"data": {"is_valid": True, "scopes": [], "expires_at": 0, "data_access_expires_at": 1800000000}}),
        says({"data": rows}),
    ) as server:
        (grant,) = LOGIN.take(of_page(server.address), "short")
    assert (grant.remote_id, grant.handle, grant.token, grant.ads_token) == ("17841", "acme", "page-1", "person")
    assert grant.missing == (list(PAGE)[-1],)
    assert grant.expires_at == datetime.fromtimestamp(1800000000, UTC)
