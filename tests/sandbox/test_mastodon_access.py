"""The pretend Mastodon: tokens, scopes, OAuth, rate limits and disturbances."""

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from support.mastodon_client import ITALY, Api, error, opened
from support.patience import PATIENCE

OOB = "urn:ietf:wg:oauth:2.0:oob"


@pytest.fixture
def api() -> Iterator[Api]:
    with opened() as api:
        yield api


def registered(api: Api, redirect: str = "http://127.0.0.1/back", scopes: str = "read write") -> dict[str, Any]:
    body = {"client_name": "Bottega", "redirect_uris": redirect, "scopes": scopes}
    app: dict[str, Any] = Api(api.address, None).post("/api/v1/apps", json=body).json()
    return app


def asking(app: dict[str, Any], **more: str) -> dict[str, str]:
    base = {"client_id": app["client_id"], "redirect_uri": app["redirect_uris"][0], "response_type": "code"}
    return base | {"scope": "read write:statuses"} | more


def exchanging(app: dict[str, Any], code: str, **more: str) -> dict[str, str]:
    base = {k: app[k] for k in ("client_id", "client_secret")} | {"redirect_uri": app["redirect_uris"][0]}
    return base | {"grant_type": "authorization_code", "code": code} | more


def test_no_token_a_wrong_one_and_a_revoked_one_are_refused(api: Api) -> None:
    path = "/api/v1/accounts/verify_credentials"
    assert error(Api(api.address, None).get(path)) == (401, "The access token is invalid")
    assert error(Api(api.address, "wrong").get(path)) == (401, "The access token is invalid")
    api.stage("settings", revoke_token="acme")
    assert error(api.get(path)) == (401, "The access token was revoked")
    assert Api(api.address, ITALY).get(path).json()["username"] == "acme_it"
    api.stage("settings", restore_token="acme")
    assert api.get(path).json()["username"] == "acme"


def test_a_missing_scope_is_refused(api: Api) -> None:
    api.stage("settings", scopes={"acme": "read write:media"})
    outside = (403, "This action is outside the authorized scopes")
    assert error(api.post("/api/v1/statuses", json={"status": "x"})) == outside
    assert api.upload().status_code == 200
    assert api.get("/api/v1/notifications").status_code == 200


def test_a_person_agrees_on_the_page_and_the_code_is_used_once(api: Api) -> None:
    app = registered(api)
    page = requests.get(f"{api.address}/oauth/authorize", params=asking(app, state="s"), timeout=PATIENCE)
    assert "Bottega" in page.text
    form = asking(app, state="s", account="acme_it")
    answer = requests.post(f"{api.address}/oauth/authorize", data=form, allow_redirects=False, timeout=PATIENCE)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == ["s"]
    body = exchanging(app, back["code"][0])
    token = requests.post(f"{api.address}/oauth/token", json=body, timeout=PATIENCE).json()
    assert token["scope"] == "read write:statuses"
    italy = Api(api.address, token["access_token"])
    assert italy.publish("ciao")["account"]["acct"] == "acme_it"
    assert italy.upload().status_code == 403
    again = requests.post(f"{api.address}/oauth/token", json=body, timeout=PATIENCE)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_a_code_can_be_shown_for_copying_and_needs_its_verifier(api: Api) -> None:
    app = registered(api, OOB)
    verifier = "a" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    tokens = []
    for proof in ("wrong", verifier):
        form = asking(app, account="acme", code_challenge=challenge, code_challenge_method="S256")
        page = requests.post(f"{api.address}/oauth/authorize", data=form, timeout=PATIENCE).text
        code = page.split("<code>")[1].split("</code>")[0]
        body = exchanging(app, code, code_verifier=proof)
        tokens.append(requests.post(f"{api.address}/oauth/token", data=body, timeout=PATIENCE))
    assert [t.status_code for t in tokens] == [400, 200]


def test_a_person_may_deny(api: Api) -> None:
    form = asking(registered(api), account="")
    answer = requests.post(f"{api.address}/oauth/authorize", data=form, allow_redirects=False, timeout=PATIENCE)
    assert "error=access_denied" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"client_id": "nobody"}, "invalid_client"),
        ({"redirect_uri": "http://elsewhere.example"}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "follow"}, "invalid_scope"),
    ],
)
def test_asking_wrongly_is_refused(api: Api, change: dict[str, str], refusal: str) -> None:
    params = asking(registered(api), **change)
    assert requests.get(f"{api.address}/oauth/authorize", params=params, timeout=PATIENCE).json()["error"] == refusal


def test_a_token_ends_only_by_its_own_client(api: Api) -> None:
    app = registered(api)
    body = {k: app[k] for k in ("client_id", "client_secret")}
    grant = body | {"grant_type": "client_credentials", "scope": "read"}
    token = requests.post(f"{api.address}/oauth/token", data=grant, timeout=PATIENCE).json()["access_token"]
    alone = Api(api.address, token)
    assert alone.get("/api/v1/apps/verify_credentials").json()["name"] == "Bottega"
    assert error(alone.get("/api/v1/notifications")) == (422, "This method requires an authenticated user")
    stolen = body | {"token": "sandbox-mastodon-token"}
    assert requests.post(f"{api.address}/oauth/revoke", data=stolen, timeout=PATIENCE).status_code == 403
    assert (
        requests.post(f"{api.address}/oauth/revoke", data=body | {"token": token}, timeout=PATIENCE).status_code == 200
    )
    assert error(alone.get("/api/v1/apps/verify_credentials")) == (401, "The access token was revoked")


def test_an_application_needs_name_address_and_known_scopes(api: Api) -> None:
    answer = api.post("/api/v1/apps", json={"scopes": "everything"})
    assert answer.status_code == 422
    assert "Application name can't be blank" in answer.json()["error"]


def test_too_many_calls_are_refused_until_the_window_ends(api: Api) -> None:
    api.stage("clock", stopped=True)
    api.stage("settings", rates={"api": {"limit": 2, "seconds": 300}})
    left = [api.get("/api/v1/preferences").headers["X-RateLimit-Remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    refused = api.get("/api/v1/preferences")
    assert error(refused) == (429, "Too many requests")
    assert datetime.fromisoformat(refused.headers["X-RateLimit-Reset"]).tzinfo
    api.stage("clock", advance=300)
    assert api.get("/api/v1/preferences").status_code == 200


def test_uploads_have_a_tighter_limit(api: Api) -> None:
    api.stage("clock", stopped=True)
    api.stage("settings", rates={"media": {"limit": 1, "seconds": 1800}})
    assert api.upload().headers["X-RateLimit-Limit"] == "1"
    assert error(api.upload()) == (429, "Too many requests")
    assert api.get("/api/v1/preferences").headers["X-RateLimit-Limit"] == "300"


def test_unknown_paths_and_methods_are_not_found(api: Api) -> None:
    assert error(api.get("/api/v1/nothing")) == (404, "Not Found")
    assert error(api.put("/api/v1/statuses", json={})) == (404, "Not Found")


def test_a_slash_at_the_end_changes_nothing(api: Api) -> None:
    assert api.get("/api/v2/instance/").json() == api.get("/api/v2/instance").json()


def test_broken_json_is_refused(api: Api) -> None:
    answer = api.post("/api/v1/statuses", data="{", headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize("kind", ["garbage", "html", "empty"])
def test_a_spoilt_answer_comes_after_acting(api: Api, kind: str) -> None:
    api.stage("faults", match="POST /api/v1/statuses", kind=kind)
    answer = api.post("/api/v1/statuses", json={"status": "hello"})
    with pytest.raises(requests.JSONDecodeError):
        answer.json()
    assert len(api.state()["timeline"]) == 1
