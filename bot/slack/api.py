"""Slack's Web API: a write is sent once and its end is certain or said to be unknown; a read may be repeated."""

import asyncio
import time
from typing import Any, BinaryIO
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat import Watch, unwatched
from bot.slack.refusals import meaning
from platforms.contract import AccessLost, NotJson, OutcomeUnknown, Unreachable, read_json, storable

#: Every method that is called, with the scope it needs (docs.slack.dev/reference/methods, "Required scopes").
METHODS: dict[str, str] = {
    "apps.connections.open": "",  # with the app-level token: connections:write
    "auth.test": "",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": "channels:history groups:history im:history",
    "conversations.info": "channels:read groups:read im:read",
    "conversations.join": "channels:join",
    "conversations.open": "im:write",
    "conversations.replies": "channels:history groups:history im:history",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "users.info": "users:read",
    "views.open": "",
    "views.publish": "",
}
#: Seconds: to connect, between two bytes, and for a whole call.
TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5, sock_read=20)
#: Seconds for a file's bytes.
TRANSFER = aiohttp.ClientTimeout(total=300, sock_connect=5, sock_read=60)

Json = dict[str, Any]
log = structlog.get_logger()


class WrongVerb(Unreachable):
    """The server does not take that method by this verb (HTTP 405)."""


class Api:
    """One workspace, as the bot. To be opened on the loop that uses it."""

    def __init__(self, token: str, url: str, watch: Watch = unwatched) -> None:
        """`watch` is told each answer."""
        self._watch = watch
        self.url = url.rstrip("/") + "/"
        self.token = token
        self.proxy = proxy_for(self.url)
        self.session: aiohttp.ClientSession | None = None
        self._asks_by_post = False
        self._writing = self._client()
        self._reading = self._client()

    def _client(self) -> AsyncWebClient:
        # The default handlers would send a message again after a lost connection (facts: chat-and-engine.md §1.5).
        client = AsyncWebClient(token=self.token, base_url=self.url, retry_handlers=[])
        client.proxy = self.proxy  # the SDK takes the environment's proxy without asking no_proxy
        return client

    async def open(self) -> None:
        """Be ready to call."""
        # With a session of our own, the SDK applies no time-out of its own.
        self.session = aiohttp.ClientSession(timeout=TIMEOUT)
        self._writing.session = self._reading.session = self.session
        self._reading.retry_handlers = [AsyncConnectionErrorRetryHandler(max_retry_count=1)]

    async def close(self) -> None:
        """Close the connections."""
        if self.session is not None:
            await self.session.close()

    async def write(self, method: str, **arguments: Any) -> Json:
        """Call once. Raises OutcomeUnknown where Slack may have acted, else what platforms.contract names."""
        return await self._call(self._writing, method, http_verb="POST", json=_given(arguments))

    async def read(self, method: str, **arguments: Any) -> Json:
        """Ask. Raises TryLater where no answer came, else what platforms.contract names.

        Slack takes a question by GET and as a form by POST; a server that speaks as Slack does may take the form only.
        """
        asked = _given(arguments)
        try:
            if not self._asks_by_post:
                try:
                    return await self._call(self._reading, method, http_verb="GET", params=asked)
                except WrongVerb:
                    self._asks_by_post = True
            return await self._call(self._reading, method, http_verb="POST", data=asked)
        except OutcomeUnknown as unknown:
            raise Unreachable(str(unknown)) from unknown

    async def _call(self, client: AsyncWebClient, method: str, **request: Any) -> Json:
        assert method in METHODS, method
        begun, status = time.monotonic(), 0
        try:
            answer = await client.api_call(method, **request)
            status = answer.status_code
        except SlackApiError as refused:
            response: Any = refused.response
            status = int(getattr(response, "status_code", 0) or getattr(response, "status", 200))
            if status == 405:
                raise WrongVerb("Slack cannot be reached there (HTTP 405).") from None
            raise meaning(status, getattr(response, "headers", {}), getattr(response, "data", None)) from None
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError, AttributeError) as error:
            raise certainty(error) from error
        finally:
            self._asked(method, status, begun)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return {**_harmless(answer.data), "_headers": headers}

    async def answer(self, response_url: str, body: Json) -> None:
        """Post to a response_url. Raises as `write` does; an expired or used one is refused."""
        assert self.session is not None
        begun, status = time.monotonic(), 0
        try:
            async with self.session.post(response_url, json=body, proxy=self.proxy, allow_redirects=False) as response:
                raw = await response.text()
                status, headers = response.status, response.headers
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise certainty(error) from error
        finally:
            self._asked("response_url", status, begun)
        if status == 200:
            return
        raise meaning(status, headers, _parsed(raw))

    async def upload(self, url: str, content: bytes | BinaryIO, mime: str) -> None:
        """Send a file's bytes to an upload_url. Raises TryLater: nothing is shown before the upload is completed."""
        assert self.session is not None
        headers = {"Content-Type": mime}
        begun, status = time.monotonic(), 0
        try:
            request = self.session.post(
                url, data=content, headers=headers, timeout=TRANSFER, proxy=self.proxy, allow_redirects=False
            )
            async with request as response:
                status = response.status
                if status != 200:
                    raise Unreachable(f"Slack did not take the file (HTTP {status}).")
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise Unreachable(f"Slack did not take the file ({type(error).__name__}).") from error
        finally:
            self._asked("upload", status, begun)

    def _asked(self, method: str, status: int, begun: float) -> None:
        """One line for each call: neither what was sent nor where an address with a key leads."""
        seconds = time.monotonic() - begun
        log.info("a chat was asked", chat="slack", method=method, status=status, ms=round(seconds * 1000))
        self._watch(status, seconds)


async def socket_address(app_token: str, url: str) -> str:
    """The address of a fresh Socket Mode connection. Raises AccessLost or NotPermitted for a token that is no good."""
    api = Api(app_token, url)
    await api.open()
    try:
        return str((await api.write("apps.connections.open")).get("url") or "")
    except AccessLost:
        raise AccessLost("Slack does not accept the app-level token: make one with connections:write.") from None
    finally:
        await api.close()


def certainty(error: Exception) -> Exception:
    """Unreachable where the request cannot have arrived, else OutcomeUnknown."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError | aiohttp.InvalidURL):
        return Unreachable(f"Slack could not be reached ({type(error).__name__}).")
    return OutcomeUnknown(f"The connection to Slack broke ({type(error).__name__}).")


def proxy_for(url: str) -> str | None:
    """The proxy that the environment names for the address, None where it is to be called directly."""
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)


def _given(arguments: Json) -> Json:
    return {name: value for name, value in arguments.items() if value is not None}


def _harmless(answer: Any) -> Json:
    """The answer as it can be stored; nothing where it is none of Slack's. Names of people and files are in it."""
    try:
        return storable(answer) if isinstance(answer, dict) else {}
    except NotJson:
        return {}


def _parsed(raw: str) -> Any:
    try:
        found = read_json(raw)
    except NotJson:
        return {"error": raw.strip()[:100] or "refused"}
    return found if isinstance(found, dict) else {"error": "refused"}


async def within(seconds: float, call: Any) -> Any:
    """The call's result; Unreachable where it takes longer."""
    try:
        return await asyncio.wait_for(call, seconds)
    except TimeoutError as error:
        raise Unreachable("Slack did not answer in time.") from error
