"""HTTP mode: signed requests to the app's request URL.

Source: docs.slack.dev/authentication/verifying-requests-from-slack and docs.slack.dev/apis/events-api ("Responding",
"Retries").
"""

import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.slack.core import Core
from sandbox.slack.outbox import Answer, Delivery

Json = dict[str, Any]


class Pusher:
    """Posts deliveries to `settings.request_url`."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self._session: aiohttp.ClientSession | None = None

    def ready(self) -> bool:
        """HTTP is always tried."""
        return True

    async def send(self, delivery: Delivery) -> Answer:
        """Post it signed; every answer outside 2xx, or none in time, is no acknowledgement."""
        kind, body = _body(delivery)
        headers = {"Content-Type": kind} | self.signature(body)
        if delivery.attempt:
            headers |= {"X-Slack-Retry-Num": str(delivery.attempt), "X-Slack-Retry-Reason": delivery.reason}
        try:
            status, given, answered = await self._post(body, headers)
        except TimeoutError:
            return Answer(False, reason="http_timeout")
        except aiohttp.ClientError:
            return Answer(False, reason="connection_failed")
        stop = given.get("X-Slack-No-Retry") == "1"
        if not 200 <= status < 300:
            return Answer(False, reason="http_error", stop=stop)
        return Answer(True, _said(given.get("Content-Type", ""), answered))

    async def verify(self) -> bool:
        """The url_verification handshake: whether the app gave the challenge back."""
        challenge = secrets.token_urlsafe(24)
        asked = {"token": self.core.settings.verification_token, "challenge": challenge, "type": "url_verification"}
        body = json.dumps(asked).encode()
        try:
            status, _, answered = await self._post(body, {"Content-Type": "application/json"} | self.signature(body))
        except (TimeoutError, aiohttp.ClientError):
            return False
        return status == 200 and challenge in answered

    def signature(self, body: bytes) -> dict[str, str]:
        """The headers that prove a request is from Slack: v0 HMAC-SHA256 over `v0:timestamp:body`."""
        at = str(int(self.core.now().timestamp()))
        secret = self.core.settings.signing_secret.encode()
        digest = hmac.new(secret, f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={digest}"}

    async def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, str], str]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                headers={"User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
            )
        patience = aiohttp.ClientTimeout(total=self.core.settings.ack_timeout)
        url = self.core.settings.request_url
        async with self._session.post(url, data=body, headers=headers, timeout=patience) as response:
            return response.status, {k.title(): v for k, v in response.headers.items()}, await response.text()

    async def close(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()


def _body(delivery: Delivery) -> tuple[str, bytes]:
    form = "application/x-www-form-urlencoded"
    if delivery.kind == "events_api":
        return "application/json", json.dumps(delivery.payload).encode()
    if delivery.kind == "interactive":
        return form, urlencode({"payload": json.dumps(delivery.payload)}).encode()
    return form, urlencode(delivery.payload).encode()


def _said(kind: str, body: str) -> Any:
    """What an acknowledgement carried, as Socket Mode would have had it."""
    if not body.strip():
        return None
    if kind.startswith("application/json"):
        try:
            return json.loads(body)
        except ValueError:
            return {"text": body}
    return {"text": body}
