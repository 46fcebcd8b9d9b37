"""A bare client of the pretend Mastodon server, and the server itself running in a thread."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from PIL import Image

from sandbox.mastodon.server import MastodonSandbox
from sandbox.mastodon.settings import Persona
from support.patience import PATIENCE
from support.platform_running import running

ACME, ITALY = "sandbox-mastodon-token", "sandbox-mastodon-token-it"


class Api:
    """Calls with one token; `stage` acts under /_/."""

    def __init__(self, address: str, token: str | None = ACME) -> None:
        self.address = address
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def call(self, method: str, path: str, **rest: Any) -> requests.Response:
        """One request; `headers` are added to the token's."""
        headers = self.headers | rest.pop("headers", {})
        return requests.request(method, self.address + path, headers=headers, timeout=PATIENCE, **rest)

    def get(self, path: str, **rest: Any) -> requests.Response:
        """GET."""
        return self.call("GET", path, **rest)

    def post(self, path: str, **rest: Any) -> requests.Response:
        """POST."""
        return self.call("POST", path, **rest)

    def put(self, path: str, **rest: Any) -> requests.Response:
        """PUT."""
        return self.call("PUT", path, **rest)

    def delete(self, path: str, **rest: Any) -> requests.Response:
        """DELETE."""
        return self.call("DELETE", path, **rest)

    def publish(self, text: str, key: str = "", **fields: Any) -> dict[str, Any]:
        """A new status, which must succeed."""
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.post("/api/v1/statuses", json={"status": text, **fields}, headers=headers)
        assert answer.status_code == 200, answer.text
        status: dict[str, Any] = answer.json()
        return status

    def upload(self, data: bytes | None = None, **fields: str) -> requests.Response:
        """A new attachment."""
        file = {"file": ("a.png", png() if data is None else data, "image/png")}
        return self.post("/api/v2/media", files=file, data=fields)

    def stage(self, path: str, **fields: Any) -> requests.Response:
        """POST /_/path with those fields."""
        return requests.post(f"{self.address}/_/{path}", json=fields, timeout=PATIENCE)

    def state(self, viewer: str = "") -> dict[str, Any]:
        """GET /_/state."""
        params = {"as": viewer} if viewer else {}
        state: dict[str, Any] = requests.get(f"{self.address}/_/state", params=params, timeout=PATIENCE).json()
        return state

    def account(self, handle: str) -> str:
        """The id of whoever has that handle."""
        found: str = self.get("/api/v1/accounts/lookup", params={"acct": handle}).json()["id"]
        return found


@contextmanager
def opened(persona: Persona = "mastodon") -> Iterator[Api]:
    """A running server, seen by the account acme."""
    with running(MastodonSandbox(persona)) as address:
        yield Api(address)


def png(width: int = 40, height: int = 30) -> bytes:
    """A red picture."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, "PNG")
    return out.getvalue()


def error(answer: requests.Response) -> tuple[int, str]:
    """Status and error text of a refusal."""
    return answer.status_code, answer.json()["error"]
