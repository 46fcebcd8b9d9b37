"""The pretend Mastodon held against the published OpenAPI: routes, parameters and every answer."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from sandbox.mastodon.person import Visitor
from sandbox.mastodon.server import MastodonSandbox
from support.mastodon_client import Api, opened, png
from support.patience import PATIENCE
from support.programs import SPECS, needs_specs

SPEC = SPECS / "mastodon" / "mastodon-openapi.json"
#: Served beside the API: pages, files, the form behind the page of consent, and the WebSocket (not in the OpenAPI).
BESIDE = {
    ("POST", "/oauth/authorize"),
    ("GET", "/api/v1/streaming"),
    ("GET", "/system/media_attachments/{}"),
    ("GET", "/{}/original/missing.png"),
    ("GET", "/@{}"),
    ("GET", "/@{}/{}"),
}
#: Parameters that the server knows and the OpenAPI (made from the documentation) leaves out.
UNDOCUMENTED = {
    ("PUT", "/api/v1/statuses/{}", "media_attributes"),  # written there as "media_attributes[]"
    ("GET", "/oauth/authorize", "code_challenge"),
    ("GET", "/oauth/authorize", "code_challenge_method"),
    ("POST", "/oauth/token", "code_verifier"),
    ("POST", "/api/v1/statuses/{}/reblog", "visibility"),
}

pytestmark = needs_specs("mastodon", "mastodon-openapi.json")


def bare(path: str) -> str:
    """A path with the names of its parameters taken out."""
    return re.sub(r"\{[^{}]*\}", "{}", path)


class Contract:
    """The OpenAPI, asked by method and bare path."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = json.loads(SPEC.read_text())
        self.operations = {
            (method.upper(), bare(path)): operation
            for path, operations in self.document["paths"].items()
            for method, operation in operations.items()
            if method in {"get", "post", "put", "delete", "patch"}
        }

    def route(self, method: str, path: str) -> tuple[str, str]:
        """Which operation a request belongs to; fixed words win over parameters."""
        fits = [
            route
            for route in [*self.operations, *BESIDE]
            if route[0] == method and re.fullmatch(re.escape(route[1]).replace(r"\{\}", "[^/]+"), path)
        ]
        return min(fits, key=lambda route: route[1].count("{}"))

    def parameters(self, route: tuple[str, str]) -> set[str]:
        """The names of query and body parameters of an operation."""
        operation = self.operations[route]
        names = {p["name"] for p in operation.get("parameters", []) if p["in"] == "query"}
        for content in operation.get("requestBody", {}).get("content", {}).values():
            names |= self._properties(content["schema"])
        return names | {name for method, path, name in UNDOCUMENTED if (method, path) == route}

    def _properties(self, schema: dict[str, Any]) -> set[str]:
        if "$ref" in schema:
            return self._properties(self.document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
        names = set(schema.get("properties", {}))
        for part in [*schema.get("oneOf", []), *schema.get("allOf", [])]:
            names |= self._properties(part)
        return names

    def check(self, answer: requests.Response) -> None:
        """The status is foreseen and the body is as its schema says."""
        method, path = str(answer.request.method), str(answer.request.path_url).partition("?")[0]
        route = self.route(method, path)
        if route in BESIDE:
            return
        responses = self.operations[route]["responses"]
        assert str(answer.status_code) in responses, f"{route} answered {answer.status_code}"
        schema = responses[str(answer.status_code)].get("content", {}).get("application/json", {}).get("schema")
        if schema:
            whole = schema | {"components": self.document["components"]}
            found = sorted(Draft202012Validator(whole).iter_errors(answer.json()), key=lambda e: str(e.path))
            assert not found, f"{route} {answer.status_code}: {found[0].message[:300]} at {list(found[0].path)}"


class CheckedApi(Api):
    """Every answer is held against the contract."""

    def __init__(self, api: Api, contract: Contract) -> None:
        super().__init__(api.address)
        self.contract = contract
        self.walked: set[tuple[str, str]] = set()

    def call(self, method: str, path: str, **rest: Any) -> requests.Response:
        answer = super().call(method, path, **rest)
        self.contract.check(answer)
        self.walked.add(self.contract.route(method, path.split("?", maxsplit=1)[0]))
        return answer


@pytest.fixture(scope="module")
def contract() -> Contract:
    return Contract()


@pytest.fixture
def api(contract: Contract) -> Iterator[CheckedApi]:
    with opened() as api:
        yield CheckedApi(api, contract)


def served() -> set[tuple[str, str]]:
    routes = MastodonSandbox().app.router.routes()
    paths = {(r.method, bare(r.resource.canonical).rstrip("/")) for r in routes if r.resource is not None}
    return {(method, path) for method, path in paths if not path.startswith("/_/") and method != "HEAD"}


def test_every_route_is_published(contract: Contract) -> None:
    assert served() - set(contract.operations) == BESIDE


def walk(api: CheckedApi) -> None:
    """Call every route once, most of them with every parameter."""
    reading(api)
    statuses(api)
    people(api)
    scheduling(api)
    signing_in(api)


def reading(api: CheckedApi) -> None:
    for path in (
        "/api/v1/instance", "/api/v2/instance", "/api/v1/preferences", "/health", "/api/v1/streaming/health",
        "/.well-known/oauth-authorization-server", "/api/v1/accounts/verify_credentials",
        "/api/v1/apps/verify_credentials", "/api/v1/timelines/home", "/api/v1/timelines/public",
    ):  # fmt: skip
        assert api.get(path).status_code == 200
    for path in ("/api/v1/streaming/user", "/api/v1/streaming/user/notification"):
        assert api.get(path, stream=True).status_code == 200


def statuses(api: CheckedApi) -> None:
    media = api.upload(description="red", focus="0,0").json()["id"]
    api.get(f"/api/v1/media/{media}")
    api.put(f"/api/v1/media/{media}", data={"description": "still red"})
    api.delete(f"/api/v1/media/{api.post('/api/v1/media', files={'file': ('a.png', png())}).json()['id']}")
    made = api.publish("Hi @nora #x https://a.example", key="k", media_ids=[media], spoiler_text="w", language="en")
    path = f"/api/v1/statuses/{made['id']}"
    Visitor(api.address, "nora").reply(made["id"], "hello")
    api.put(path, json={"status": "edited", "media_ids": [media]})
    for part in ("", "/source", "/history", "/context"):
        api.get(path + part)
    for act in ("favourite", "bookmark", "mute", "reblog"):
        api.post(f"{path}/{act}")
    api.get("/api/v1/timelines/home")
    for part in ("favourited_by", "reblogged_by"):
        assert len(api.get(f"{path}/{part}").json()) == 1
    for act in ("unfavourite", "unbookmark", "unmute", "unreblog"):
        api.post(f"{path}/{act}")
    api.get("/api/v1/statuses", params={"id[]": made["id"]})
    api.delete(path)
    assert api.get(path).status_code == 404
    assert api.post("/api/v1/statuses", json={}).status_code == 422


def people(api: CheckedApi) -> None:
    nora = Visitor(api.address, "nora")
    comment = nora.mention("acme", "hi")
    who = api.get("/api/v1/accounts/lookup", params={"acct": "nora"}).json()["id"]
    assert api.get("/api/v1/notifications", params={"types[]": "mention"}).json()
    latest = api.get("/api/v1/notifications").json()[0]["id"]
    api.get(f"/api/v1/notifications/{latest}")
    api.get("/api/v1/notifications/unread_count")
    api.post(f"/api/v1/notifications/{latest}/dismiss")
    api.post("/api/v1/notifications/clear")
    for path in (f"/api/v1/accounts/{who}", f"/api/v1/accounts/{who}/statuses"):
        api.get(path)
    api.get("/api/v1/accounts/relationships", params={"id[]": who})
    for kind in (comment["url"], "nora", "#x"):
        api.get("/api/v2/search", params={"q": kind})
    body = {"account_id": who, "status_ids": [comment["id"]], "category": "spam"}
    assert api.post("/api/v1/reports", json=body).status_code == 200
    for act in ("follow", "unfollow", "mute", "unmute", "mute", "block"):
        api.post(f"/api/v1/accounts/{who}/{act}")
    assert len(api.get("/api/v1/blocks").json()) == len(api.get("/api/v1/mutes").json()) == 1
    api.post(f"/api/v1/accounts/{who}/unblock")


def scheduling(api: CheckedApi) -> None:
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    waiting = api.publish("later", scheduled_at=at)
    path = f"/api/v1/scheduled_statuses/{waiting['id']}"
    api.get("/api/v1/scheduled_statuses")
    api.get(path)
    api.put(path, json={"scheduled_at": at})
    api.delete(path)


def signing_in(api: CheckedApi) -> None:
    back = "http://127.0.0.1/back"
    app = api.post("/api/v1/apps", json={"client_name": "Bottega", "redirect_uris": [back], "scopes": "read"}).json()
    asked = {"client_id": app["client_id"], "redirect_uri": back, "response_type": "code", "scope": "read"}
    api.get("/oauth/authorize", params=asked)
    answer = api.post("/oauth/authorize", data=asked | {"account": "acme"}, allow_redirects=False)
    client = {"client_id": app["client_id"], "client_secret": app["client_secret"]}
    grant = {"grant_type": "authorization_code", "redirect_uri": back}
    code = answer.headers["Location"].split("code=")[1]
    token = api.post("/oauth/token", json=client | grant | {"code": code}).json()["access_token"]
    assert api.post("/oauth/token", json=client | grant | {"code": code}).status_code == 400
    api.post("/oauth/revoke", json=client | {"token": token})


def test_every_answer_is_as_published_and_every_route_is_walked(api: CheckedApi) -> None:
    walk(api)
    assert served() - BESIDE - api.walked == set()


def test_no_parameter_is_accepted_that_is_not_published(api: CheckedApi, contract: Contract) -> None:
    walk(api)
    wild = set()
    for entry in requests.get(f"{api.address}/_/requests", timeout=PATIENCE).json():
        route = contract.route(entry["method"], entry["path"])
        if route not in BESIDE and "accepted" in entry:
            wild |= {(*route, name) for name in entry["accepted"] if name not in contract.parameters(route)}
    assert wild == set()


@pytest.mark.parametrize("token", [None, "wrong"])
def test_refusals_are_as_published(api: CheckedApi, token: str | None) -> None:
    api.headers = {"Authorization": f"Bearer {token}"} if token else {}
    refused = [api.get("/api/v1/notifications"), api.post("/api/v1/statuses", json={"status": "x"})]
    assert [answer.status_code for answer in refused] == [401, 401]


def test_every_required_scope_is_published_for_its_operation(api: CheckedApi, contract: Contract) -> None:
    for (method, path), operation in contract.operations.items():
        needed = [scope for entry in operation.get("security", []) for scope in entry.get("OAuth2", [])]
        if (method, path) not in served() or method == "GET" or not needed:
            continue
        api.stage("settings", scopes={"acme": "push"}, rates={"api": {"limit": 9999, "seconds": 300}})
        answer = Api(api.address).call(method, path.replace("{}", "1"))
        assert answer.status_code in {401, 403}, (method, path)
        api.stage("settings", scopes={"acme": " ".join(needed)})
        answer = Api(api.address).call(method, path.replace("{}", "1"))
        assert answer.status_code not in {401, 403}, (method, path, needed)
