"""What every sandbox has: a server, a log of requests, a queue of faults, a movable clock and a live feed."""

import asyncio
import fnmatch
import json
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Literal

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Kind = Literal["drop_before", "drop_after", "status", "slow", "hang", "garbage", "html", "empty"]

#: Paths of the stage (what people on the page and tests do) start so; they are never logged nor disturbed.
STAGE = "/_/"
#: Bytes of a request body that the log keeps.
LOGGED_BODY = 20_000


@dataclass
class Fault:
    """One disturbance, applied to the next `times` requests whose "METHOD /path" matches.

    `drop_before` closes the connection before acting, `drop_after` acts and then closes it; `status` answers with
    `status`, `headers` and `body` without acting; `slow` waits `seconds`, or until the faults are cleared,
    and acts; `hang` neither acts nor answers, until the faults are cleared: then it closes the connection;
    `garbage`, `html` and `empty` act and then answer 200 with something that is no JSON; `garbage` with `body`, if any.
    """

    match: str
    kind: Kind
    times: int = 1
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    seconds: float = 1.0

    def hits(self, request: web.Request) -> bool:
        """Whether this fault is meant for the request (shell-style pattern on "METHOD /path")."""
        return self.times > 0 and fnmatch.fnmatchcase(f"{request.method} {request.path}", self.match)


class Service(ABC):
    """One pretend service on one port of localhost.

    A subclass adds its routes to `self.app.router`, keeps its state on itself, answers `state()` for the page and calls
    `changed()` whenever a person watching should see something new.
    """

    name = "service"

    def __init__(self) -> None:
        self.app = web.Application(middlewares=[self._around], client_max_size=256 * 1024 * 1024)
        self.address = ""
        self.requests: deque[dict[str, Any]] = deque(maxlen=5000)
        self.faults: list[Fault] = []
        self.offset = timedelta()
        self.stopped: datetime | None = None
        self.version = 0
        self._calm = asyncio.Event()
        self._watchers: set[asyncio.Event] = set()
        self._runner: web.AppRunner | None = None
        self.app.add_routes(
            [
                web.get("/_/state", self._state),
                web.get("/_/feed", self._feed),
                web.get("/_/requests", self._requests),
                web.post("/_/faults", self._add_fault),
                web.delete("/_/faults", self._clear_faults),
                web.post("/_/clock", self._move_clock),
                web.post("/_/reset", self._reset),
                web.options("/_/{rest:.*}", self._preflight),
            ]
        )

        self.app.on_response_prepare.append(self._date)

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """A server's `Date` and the times in its answers come from one clock."""
        response.headers["Date"] = format_datetime(self.now(), usegmt=True)

    # -- for subclasses ------------------------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The sandbox's own time, UTC.

        `POST /_/clock {"advance": seconds}` moves it; with `"stopped": true` it shows the same time, but for what it is
        moved, until it is told `false`. Then it goes on from there.
        """
        return (self.stopped or datetime.now(UTC)) + self.offset

    def stop_clock(self, *, stopped: bool = True) -> None:
        """Show the same time from now on, or go on from the time that is shown."""
        shown, real = self.now(), datetime.now(UTC)
        self.stopped, self.offset = real if stopped else None, shown - real

    def changed(self) -> None:
        """Tell everybody who watches the feed that the state is new."""
        self.version += 1
        for watcher in self._watchers:
            watcher.set()

    @abstractmethod
    def state(self, query: dict[str, str]) -> dict[str, Any]:
        """What the page shows, as JSON; `query` is the query string of `GET /_/state`."""

    def reset(self) -> None:
        """Back to the beginning; subclasses clear their own state too."""
        self._clear()
        self.requests.clear()
        self.offset = timedelta()
        self.stopped = None

    def _clear(self) -> None:
        self.faults.clear()
        self._calm.set()  # whoever hangs is let go; whoever comes from now on is not affected
        self._calm = asyncio.Event()

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> str:
        """Listen on 127.0.0.1 and return the address (http://127.0.0.1:port). Port 0 takes a free one."""
        self._runner = web.AppRunner(self.app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        host, bound = self._runner.addresses[0][:2]
        self.address = f"http://{host}:{bound}"
        return self.address

    async def stop(self) -> None:
        """Close the port and every connection."""
        for watcher in self._watchers:
            watcher.set()
        if self._runner:
            await self._runner.cleanup()

    # -- every request -------------------------------------------------------------------------------------------------

    @web.middleware
    async def _around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(STAGE):
            response = await handler(request)
            if not response.prepared:
                response.headers["Access-Control-Allow-Origin"] = "*"
            return response
        await self._log(request)
        fault = next((f for f in self.faults if f.hits(request)), None)
        if fault is None:
            return await handler(request)
        fault.times -= 1
        return await self._disturb(fault, request, handler)

    async def _log(self, request: web.Request) -> None:
        streamed = request.content_type == "multipart/form-data"
        try:
            body = b"" if streamed else await request.read()
        except ConnectionResetError:
            body = b"(the caller left before all of it had come)"
        self.requests.append(
            {
                "at": self.now().isoformat(),
                "method": request.method,
                "path": request.path,
                "query": dict(request.query),
                "headers": dict(request.headers),
                "body": body[:LOGGED_BODY].decode("utf-8", "replace"),
            }
        )

    async def _disturb(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        if fault.kind == "status":
            return web.Response(status=fault.status, headers=fault.headers, text=fault.body)
        if fault.kind == "slow":
            calm = asyncio.ensure_future(self._calm.wait())
            await asyncio.wait([calm], timeout=fault.seconds)
            calm.cancel()
            return await handler(request)
        if fault.kind == "hang":
            await self._calm.wait()
        if fault.kind in {"drop_after", "garbage", "html", "empty"}:
            await handler(request)
        if fault.kind in {"drop_before", "drop_after", "hang"}:
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        text = {
            "garbage": fault.body or '{"ok": tru',
            "html": "<html><body><h1>502 Bad Gateway</h1></body></html>",
            "empty": "",
        }
        kind = "text/html" if fault.kind == "html" else "application/json"
        return web.Response(status=200, text=text[fault.kind], content_type=kind)

    # -- the stage: what tests and the page ask for --------------------------------------------------------------------

    async def _state(self, request: web.Request) -> web.Response:
        return web.json_response({"version": self.version, **self.state(dict(request.query))})

    async def _feed(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the version number, now and at each change."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        watcher = asyncio.Event()
        self._watchers.add(watcher)
        try:
            while not (self._runner is None or request.transport is None or request.transport.is_closing()):
                watcher.clear()
                await response.write(f"data: {self.version}\n\n".encode())
                await watcher.wait()
        except ConnectionResetError:
            return response  # the watcher left
        finally:
            self._watchers.discard(watcher)
        return response

    async def _requests(self, request: web.Request) -> web.Response:
        """The log, oldest first; `?match=POST /api/*` filters it."""
        pattern = request.query.get("match", "*")
        found = [r for r in self.requests if fnmatch.fnmatchcase(f"{r['method']} {r['path']}", pattern)]
        return web.json_response(found)

    async def _add_fault(self, request: web.Request) -> web.Response:
        self.faults.append(Fault(**await request.json()))
        return web.json_response([asdict(f) for f in self.faults])

    async def _clear_faults(self, _request: web.Request) -> web.Response:
        self._clear()
        return web.json_response([])

    async def _move_clock(self, request: web.Request) -> web.Response:
        wish = await request.json()
        if "stopped" in wish:
            self.stop_clock(stopped=bool(wish["stopped"]))
        self.offset += timedelta(seconds=float(wish.get("advance", 0)))
        return web.json_response({"now": self.now().isoformat()})

    async def _reset(self, _request: web.Request) -> web.Response:
        self.reset()
        self.changed()
        return web.json_response({"ok": True})

    async def _preflight(self, _request: web.Request) -> web.Response:
        allow = {"Access-Control-Allow-Headers": "*", "Access-Control-Allow-Methods": "GET, POST, DELETE"}
        return web.Response(headers=allow)


class Refusal(Exception):
    """Raised on the stage when a person asks for something impossible; answered as 409 with the sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def response(self) -> web.Response:
        """The answer the page shows."""
        return web.Response(status=409, text=json.dumps({"error": self.sentence}), content_type="application/json")
