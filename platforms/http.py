"""The only door to requests: bounded calls with one account's token, and what is certain after a failure."""

import re
import ssl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from typing import Any, BinaryIO
from urllib.parse import quote, urlsplit

import requests
import stamina
import structlog
import urllib3
from requests.adapters import HTTPAdapter
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from requests_toolbelt import MultipartEncoder

from platforms import sse
from platforms.answers import Answer, InTrouble, certain, retry_after
from platforms.contract import (
    AccessLost,
    NotJson,
    OutcomeUnknown,
    Permanent,
    RateLimited,
    Unreachable,
    Unsupported,
    read_json,
)
from platforms.server_clock import ServerClock, server_time
from platforms.spec import Watch, unwatched
from platforms.uploads import Upload

#: HTTP status codes that are judged here (RFC 9110, section 15; RFC 6585, section 4).
OK, NO_CONTENT, BAD_REQUEST, REQUEST_TIMEOUT, TOO_MANY, SERVER_ERROR = 200, 204, 400, 408, 429, 500
#: Answers that mean: here is no stream of events.
NO_STREAM = frozenset({400, 404, 405, 406, 410, 426, 501})
#: What a member is shown of a network's own words, in characters.
REASON = 300
#: Failures of a TLS handshake: the request itself had not left yet.
HANDSHAKE = frozenset(
    {
        "CERTIFICATE_VERIFY_FAILED",
        "HTTP_REQUEST",
        "NO_PROTOCOLS_AVAILABLE",
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_PROTOCOL_VERSION",
        "TLSV1_UNRECOGNIZED_NAME",
        "UNSUPPORTED_PROTOCOL",
        "WRONG_VERSION_NUMBER",
    }
)

#: Failures before the request had a connection to leave by.
NO_CONNECTION = (
    requests.ConnectTimeout,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
)
#: What members are told of a failure; the first that fits.
WORDS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], str], ...] = (
    (urllib3.exceptions.NameResolutionError, "The server's name is not known (DNS)."),
    (urllib3.exceptions.ProxyError, "The proxy cannot be reached."),
    (ssl.SSLCertVerificationError, "The server's certificate cannot be trusted."),
    (ssl.SSLError, "No secure connection to the server could be made."),
    (NO_CONNECTION, "The server cannot be reached."),
    ((requests.Timeout, urllib3.exceptions.ReadTimeoutError), "The server did not answer in time."),
)

#: What a session raises when a transfer fails, for those who must not import requests.
TransferFailed = requests.RequestException
#: Said of headers that no request can have: of all that stands in them, only the token is written by a person.
NO_HEADER = "The token holds a character that no token has, such as a typographic quote or a line break: copy it again."
#: What a session for supplied addresses raises where one leads into a private network.
PrivateAddress = InvalidIPAddress

Params = Sequence[tuple[str, str]]
log = structlog.get_logger()
_AGAIN = stamina.RetryingCaller(attempts=3, timeout=4.0, wait_initial=0.1, wait_max=1.0, wait_jitter=0.2)


class _Session(requests.Session):
    """A session that follows no redirect, nor looks where one leads: that reads all of it, and breaks on a bad one."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


def at(template: str, *ids: str) -> str:
    """A path with remote ids put into its {} places, so quoted that an id can never leave its place."""
    if any(not remote_id.strip(".") for remote_id in ids):
        raise Permanent("An empty or dotted id is not an id.")
    return template.format(*(quote(remote_id, safe="") for remote_id in ids))


class Http:
    """Calls to one account's server.

    `refused` turns an answer of 400 or more (that is no 408, 429 or 5xx) into the exception to raise; with `explains`
    the network's JSON is what counts, and `refused` judges those too. `reset` reads from the headers of a 429 how long
    to wait. `timeout` is (connect, silence) in seconds, `patience` how long a whole
    answer may take, `max_bytes` the largest answer; `watch` is told each answer.
    Redirects are never followed: they would carry the token elsewhere.
    """

    def __init__(  # each is a limit that tests and networks set on their own
        self,
        base_url: str,
        *,
        refused: Callable[[Answer], Exception],
        explains: bool = False,
        headers: Mapping[str, str] | None = None,
        secrets: Sequence[str] = (),
        reset: Callable[[Mapping[str, str]], timedelta | None] = retry_after,
        proxy: str = "",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: tuple[float, float] = (5.0, 30.0),
        patience: float = 60.0,
        max_bytes: int = 8 * 1024 * 1024,
        pool: int = 8,
        watch: Watch = unwatched,
    ) -> None:
        self.base_url = checked(base_url)
        self._refused = refused
        self._explains = explains
        self._reset = reset
        self._secrets = [s for s in secrets if s] + [quote(s, safe="") for s in secrets if s]
        #: Else it would break within the library, where nothing says whether the request has left.
        self._is_sendable = all(value.isascii() and value.isprintable() for value in (headers or {}).values())
        self._now = now
        self._timeout = timeout
        self._patience = patience
        self._max_bytes = max_bytes
        self._watch = watch
        self.clock = ServerClock(now)
        self._is_away = False  #: since a failure, until the next answer: an outage is one line in the log
        self._session = _Session()
        # With trust_env a ~/.netrc would replace our Authorization header.
        self._session.trust_env = False
        self._session.proxies = {"http": proxy, "https": proxy} if proxy else {}
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.update({"User-Agent": "Bottega", "Accept": "application/json", **(headers or {})})
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=2, pool_maxsize=pool, pool_block=True))

    def __repr__(self) -> str:
        return f"Http({self.base_url!r})"

    def read(self, path: str, params: Params = ()) -> Answer:
        """GET; asked at most three times within a few seconds. Raises Unreachable, RateLimited and what refuses."""
        # Wrapped, because stamina logs the arguments of what it repeats, and a path may hold a token.
        return _AGAIN(_passing, lambda: self._send("GET", path, repeatable=True, params=list(params)))

    def write(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        form: Params = (),
        params: Params = (),
        headers: Mapping[str, str] | None = None,
        safe: bool = False,
    ) -> Answer:
        """Send JSON or a form once.

        Raises OutcomeUnknown where it may have happened; where repeating is `safe`, Unreachable.
        """
        given = {"json": body, "data": list(form), "params": list(params), "headers": dict(headers or {})}
        return self._send(method, path, repeatable=safe, **given)

    def upload(self, path: str, file: Upload, fields: Mapping[str, str], params: Params = ()) -> Answer:
        """POST a multipart form without holding the file in memory. Nothing becomes public by it: repeating is safe."""
        form = MultipartEncoder([*fields.items(), (file.field, (file.name, file.file, file.mime))])
        kind = {"Content-Type": form.content_type}
        return self._send("POST", path, repeatable=True, data=form, params=list(params), headers=kind)

    def push(self, url: str, file: BinaryIO, headers: Mapping[str, str]) -> Answer:
        """POST the rest of a file as it is to an absolute address, which the network named; repeating is safe."""
        return self._send("POST", url, repeatable=True, data=file, headers=dict(headers))

    def listen(self, url: str, silence: float = 60.0) -> Iterator[sse.ServerEvent | None]:
        """Server-sent events of an absolute address, connected before this returns; None is a sign of life.

        Ends when the connection does or nothing came for `silence` seconds. Raises Unsupported where there is no
        stream, else as `read` does, but asks once.
        """
        asked = self._prepared("GET", url, headers={"Accept": "text/event-stream", "Cache-Control": "no-store"})
        begun, status = time.monotonic(), 0
        try:
            response = self._session.send(asked, timeout=(self._timeout[0], silence), stream=True)
            status, kind = response.status_code, response.headers.get("Content-Type", "").lower()
            if status == OK and not any(other in kind for other in ("html", "json")):
                return _heard(response)
            with response:
                if status in NO_STREAM:
                    raise Unsupported(f"This server does not stream (HTTP {status}).")
                if status != OK:
                    self._judged(response, repeatable=True)
        except requests.RequestException as error:
            raise self._failure(error, repeatable=True) from None
        finally:
            self._asked(asked, status, time.monotonic() - begun)
        raise Unreachable(f"The server answered {status} instead of a stream.")

    def redact(self, text: str) -> str:
        """The text without this account's secrets, and not longer than a person reads."""
        for secret in self._secrets:
            text = text.replace(secret, "[hidden]")
        text = re.sub(r"(?i)(bearer|basic)\s+[\w.~+/=-]{8,}", r"\1 [hidden]", text)
        return text if len(text) <= REASON else text[: REASON - 1] + "…"

    def _send(self, method: str, path: str, *, repeatable: bool, **given: Any) -> Answer:
        url = path if path.startswith(("http://", "https://")) else self.base_url + path
        asked = self._prepared(method, url, **given)
        begun, status = time.monotonic(), 0
        try:
            with self._session.send(asked, timeout=self._timeout, stream=True) as response:
                status = response.status_code
                return self._judged(response, repeatable=repeatable)
        except requests.RequestException as error:
            raise self._failure(error, repeatable=repeatable) from None
        finally:
            self._asked(asked, status, time.monotonic() - begun)

    def _prepared(self, method: str, url: str, **given: Any) -> requests.PreparedRequest:
        """The request as it will leave; what fails later may have been acted on. Raises AccessLost, Permanent."""
        if not self._is_sendable:
            raise AccessLost(NO_HEADER)
        try:
            return self._session.prepare_request(requests.Request(method, url, **given))
        except requests.RequestException as error:
            raise Permanent(self.redact(f"{type(error).__name__}: {error}")) from None

    def _asked(self, asked: requests.PreparedRequest, status: int, seconds: float) -> None:
        """One line for each request; what was asked for (the query) and what was sent stay out of it."""
        path, ms = self.redact(asked.path_url.partition("?")[0]), round(seconds * 1000)
        log.info("a network was asked", method=asked.method, server=self.base_url, path=path, status=status, ms=ms)
        self._watch(status, seconds)

    def _judged(self, response: requests.Response, *, repeatable: bool) -> Answer:
        if told := server_time(response.headers):
            self.clock.heard(told)
        code = response.status_code
        uncertain = Unreachable if repeatable else OutcomeUnknown
        is_trouble = code >= SERVER_ERROR or code == REQUEST_TIMEOUT
        raw = self._body(response) if self._explains or not (is_trouble or code == TOO_MANY) else b""
        answer = None if raw is None else self._answer(response, raw)
        if self._explains and code >= BAD_REQUEST and answer and answer.is_json:
            failure = self._refused(answer)
            if isinstance(failure, InTrouble):
                self._away(failure.reason)
            raise certain(failure, repeatable=repeatable)
        if code == TOO_MANY:
            raise RateLimited("The network asks us to slow down.", self._reset(response.headers))
        if is_trouble:
            said = self.redact(f"The server is in trouble (HTTP {code}).")
            self._away(said)
            raise certain(InTrouble(said, retry_after(response.headers)), repeatable=repeatable)
        if self._is_away:
            self._is_away = False
            log.info("a server answers again", server=self.base_url)
        if code in {301, 307, 308}:
            where = self.redact(response.headers.get("Location", "elsewhere"))
            raise Unsupported(f"The server sends us to {where}; put the right address into base_url.")
        if code in {302, 303}:
            raise uncertain(f"The server sent us elsewhere (HTTP {code}) instead of answering.")
        if answer is None:
            raise uncertain("The server's answer was too long or took too long.")
        if code >= BAD_REQUEST:
            raise certain(self._refused(answer), repeatable=repeatable)
        if not answer.is_json:
            raise uncertain(f"The server's answer (HTTP {code}) is not JSON.")
        return answer

    def _away(self, details: str) -> None:
        if not self._is_away:
            self._is_away = True
            log.warning("a server does not answer as it should", server=self.base_url, error=details)

    def _body(self, response: requests.Response) -> bytes | None:
        end = time.monotonic() + self._patience
        raw = bytearray()
        for piece in pieces(response):
            raw += piece
            if len(raw) > self._max_bytes or time.monotonic() > end:
                return None
        return bytes(raw)

    def _answer(self, response: requests.Response, raw: bytes) -> Answer:
        text = raw.decode("utf-8", "replace")
        if response.status_code >= BAD_REQUEST:
            for secret in self._secrets:
                text = text.replace(secret, "[hidden]")
        if response.status_code == NO_CONTENT and not raw:
            return Answer(response.status_code, response.headers, None, is_json=True)
        try:
            body, is_json = read_json(text), True
        except NotJson:
            body, is_json = None, False
        said = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text[:4000])).strip()
        return Answer(response.status_code, response.headers, body, is_json, self.redact(said))

    def _failure(self, error: requests.RequestException, *, repeatable: bool) -> Exception:
        details = self.redact(f"{type(error).__name__}: {error}")
        if isinstance(error, requests.exceptions.InvalidURL):
            return Permanent(details)
        self._away(details)
        said = in_words(error)
        return Unreachable(said) if repeatable or never_left(error) else OutcomeUnknown(said)


def checked(base_url: str) -> str:
    """The address without a slash at its end. Raises ValueError where it is no plain http(s) address."""
    parts = urlsplit(base_url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError(f"base_url must look like https://social.example, not {base_url!r}")
    return base_url.strip().rstrip("/")


def never_left(error: requests.RequestException) -> bool:
    """Whether it is certain that no byte of the request reached the server: no connection, or no TLS handshake."""
    return any(
        isinstance(cause, NO_CONNECTION) or (isinstance(cause, ssl.SSLError) and cause.reason in HANDSHAKE)
        for cause in _causes(error)
    )


def in_words(error: requests.RequestException) -> str:
    """What happened, as members read it."""
    causes = list(_causes(error))
    return next((said for kinds, said in WORDS if any(isinstance(c, kinds) for c in causes)), "The connection broke.")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The failure and all that led to it.

    `__context__` is not followed: it may hold an unrelated failure that was being handled when this one happened.
    """
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            waiting += [*cause.args, cause.__cause__, getattr(cause, "reason", None)]


def supplied_session(*, allow_loopback: bool = False) -> requests.Session:
    """A session for addresses that strangers supplied: each hop is resolved once, and refused where it is private.

    It has no credentials, no cookies and no proxy. `allow_loopback` is for sandboxes on this machine only.
    """
    config = Config(
        ip_filter_enable=True,
        ip_filter_allow_loopback_ips=allow_loopback,
        never_redirect=False,
        default_timeout=(5.0, 15.0),
        user_agent_override="Bottega",
    )
    session: requests.Session = HTTPSession(config)
    session.trust_env = False
    session.max_redirects = 5
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def pieces(response: requests.Response) -> Iterator[bytes]:
    """The body as it arrives, decompressed; unlike `iter_content` it never waits to fill a piece.

    Raises TransferFailed where the body breaks off, falls silent or cannot be decompressed.
    """
    try:
        while piece := response.raw.read1(64 * 1024, decode_content=True):
            yield piece
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise requests.ConnectionError(error) from None


def _passing(error: Exception) -> bool:
    return isinstance(error, Unreachable) and error.after is None


def _heard(response: requests.Response) -> Iterator[sse.ServerEvent | None]:
    with response:
        yield None
        yield from sse.events(_chunks(response))


def _chunks(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from pieces(response)
    except TransferFailed:
        # The connection ended or fell silent: for a stream both are its end, and the caller connects again.
        return
