"""A bare client of the pretend Meta, the sandbox itself running in a thread, and a callback that webhooks reach."""

import hashlib
import hmac
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests
from aiohttp import web
from PIL import Image

from sandbox.meta.server import MetaSandbox
from sandbox.service import Service
from support.patience import PATIENCE
from support.platform_running import running

APP, SECRET, VERIFY = "4000000001", "sandbox-meta-secret", "sandbox-meta-verify"
USER, PAGE_TOKEN, ADS, APP_TOKEN = "sandbox-user-token", "sandbox-page-token", "sandbox-ads-token", f"{APP}|{SECRET}"
PAGE = "1001"
#: Seconds that a webhook may take.


class Graph:
    """Calls with one token (a Page's unless said otherwise) and its proof; `stage` acts under /_/."""

    def __init__(
        self, address: str, token: str = PAGE_TOKEN, secret: str = SECRET, host: str = "facebook/v26.0"
    ) -> None:
        self.address, self.token, self.secret, self.host = address, token, secret, host

    def of(self, token: str, secret: str = SECRET, host: str = "facebook/v26.0") -> "Graph":
        """The same sandbox, called with another token."""
        return Graph(self.address, token, secret, host)

    def call(self, method: str, path: str, *, files: Any = None, **params: Any) -> requests.Response:
        """One call; parameters go where a method carries them, nested ones as JSON."""
        sent = {k: json.dumps(v) if isinstance(v, dict | list | bool) else v for k, v in params.items()}
        if self.secret and "|" not in self.token:
            sent["appsecret_proof"] = hmac.new(self.secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = path if path.startswith("http") else f"{self.address}/{self.host}/{path}"
        in_body = method == "POST"
        return requests.request(
            method, url, params=None if in_body else sent, data=sent if in_body else None, headers=headers, files=files,
            timeout=PATIENCE, allow_redirects=False,
        )  # fmt: skip

    def get(self, path: str, **params: Any) -> Any:
        """GET; the JSON of the answer, whatever it is."""
        return self.call("GET", path, **params).json()

    def post(self, path: str, **params: Any) -> Any:
        """POST; the JSON of the answer."""
        return self.call("POST", path, **params).json()

    def delete(self, path: str, **params: Any) -> Any:
        """DELETE; the JSON of the answer."""
        return self.call("DELETE", path, **params).json()

    def stage(self, path: str, **fields: Any) -> Any:
        """POST /_/path with those fields; it must succeed."""
        answer = requests.post(f"{self.address}/_/{path}", json=fields, timeout=PATIENCE)
        assert answer.ok, answer.text
        return answer.json()

    def state(self) -> Any:
        """GET /_/state."""
        return requests.get(f"{self.address}/_/state", timeout=PATIENCE).json()

    def advance(self, seconds: float) -> None:
        """Move the clock of the sandbox."""
        self.stage("clock", advance=seconds)

    def now(self) -> float:
        """The sandbox's time in unix seconds."""

        return datetime.fromisoformat(self.stage("clock", advance=0)["now"]).timestamp()


@contextmanager
def opened() -> Iterator[Graph]:
    """A running sandbox, called with the token of the Page Acme."""
    with running(MetaSandbox()) as address:
        yield Graph(address)


def refusal(answer: Any) -> tuple[int, int]:
    """Code and subcode of a refused call."""
    error = answer["error"]
    assert error["message"]
    assert error["fbtrace_id"]
    return error["code"], error.get("error_subcode", 0)


def picture(width: int = 40, height: int = 30, form: str = "JPEG") -> bytes:
    """A red picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, form)
    return out.getvalue()


def film(size: int = 64) -> bytes:
    """Bytes that begin as an MP4 file does."""
    return (b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * size)[:size]


class Shelf(Service):
    """A web server of ours that Meta fetches files from."""

    name = "shelf"

    def __init__(self, files: dict[str, tuple[str, bytes]]) -> None:
        super().__init__()
        self.files = files
        self.app.add_routes([web.get("/{name}", self._file)])

    def state(self, query: dict[str, str]) -> dict[str, Any]:
        """Nothing to show."""
        return {}

    async def _file(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["name"])
        return web.Response(body=found[1], content_type=found[0]) if found else web.Response(status=404)


class Callback(Service):
    """Where webhooks arrive. `answers` are the statuses of the next deliveries; then it is 200."""

    name = "callback"

    def __init__(self, verify_token: str = VERIFY) -> None:
        super().__init__()
        self.verify_token = verify_token
        self.answers: list[int] = []
        self.got: list[tuple[bytes, str]] = []
        self._came = threading.Condition()
        self.app.add_routes([web.get("/hook", self._verify), web.post("/hook", self._hook)])

    def state(self, query: dict[str, str]) -> dict[str, Any]:
        """Nothing to show."""
        return {}

    async def _verify(self, request: web.Request) -> web.Response:
        if request.query.get("hub.verify_token") != self.verify_token:
            return web.Response(status=403)
        return web.Response(text=request.query["hub.challenge"])

    async def _hook(self, request: web.Request) -> web.Response:
        body = await request.read()
        with self._came:
            self.got.append((body, request.headers.get("X-Hub-Signature-256", "")))
            self._came.notify_all()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    def wait(self, number: int) -> list[tuple[bytes, str]]:
        """The deliveries, once there are so many."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.got) >= number, PATIENCE), f"{len(self.got)} of {number} came"
            return list(self.got)

    def values(self, number: int, field: str = "feed") -> list[dict[str, Any]]:
        """The values of the changes of one field, once there are so many."""
        with self._came:
            assert self._came.wait_for(lambda: len(self._values(field)) >= number, PATIENCE), self._values(field)
            return self._values(field)

    def _values(self, field: str) -> list[dict[str, Any]]:
        bodies = [json.loads(body) for body, _ in self.got]
        changes = [c for body in bodies for entry in body["entry"] for c in entry.get("changes", [])]
        return [change["value"] for change in changes if change["field"] == field]


@contextmanager
def listening(graph: Graph, *fields: str) -> Iterator[Callback]:
    """A callback that the app and the Page Acme are subscribed to for those fields (feed unless said otherwise)."""
    callback, wanted = Callback(), list(fields or ("feed",))
    with running(callback) as address:
        subscribe(graph, address, wanted)
        assert graph.post(f"{PAGE}/subscribed_apps", subscribed_fields=wanted) == {"success": True}
        yield callback


def subscribe(graph: Graph, address: str, fields: list[str], verify_token: str = VERIFY) -> Any:
    """The app subscribes to the Page's fields at a callback."""
    app = graph.of(APP_TOKEN)
    return app.post(
        f"{APP}/subscriptions", object="page", callback_url=f"{address}/hook", fields=fields, verify_token=verify_token
    )
