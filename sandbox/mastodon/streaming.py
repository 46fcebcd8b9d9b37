"""The streaming API: server-sent events and WebSocket, with keep-alives (networks.md 5.6)."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.mastodon import refusals
from sandbox.mastodon.access import Access, Token
from sandbox.mastodon.shapes import Shapes
from sandbox.mastodon.state import Status, World

#: Streams offered, with the scopes of which one is needed.
STREAMS = {"user": ("read", "read:statuses"), "user:notification": ("read", "read:notifications")}
#: A line that stands for the end of a stream in its queue.
_END: tuple[str, str] = ("", "")


@dataclass(eq=False)
class Stream:
    """One open connection of an account; `names` are the streams it listens to."""

    account: str
    names: set[str]
    notifications: bool = True
    queue: asyncio.Queue[tuple[str, str]] = field(default_factory=asyncio.Queue)

    def wants(self, event: str) -> str | None:
        """The stream under which this connection gets the event, or None."""
        if event == "notification" and not self.notifications:
            return None
        if "user" in self.names:
            return "user"
        return "user:notification" if event == "notification" and self.names else None


class Streaming:
    """All open streams, and the handlers that open them."""

    def __init__(self, world: World, access: Access, shapes: Shapes) -> None:
        self.world, self.access, self.shapes = world, access, shapes
        self.open: set[Stream] = set()
        world.tell = self.tell

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file."""
        base = "/api/v1/streaming"
        return [
            web.get(base, self.websocket),
            web.get(base + "/health", self.health),
            web.get(base + "/user", self._events("user")),
            web.get(base + "/user/notification", self._events("user:notification")),
        ]

    def tell(self, account: str, event: str, thing: Any) -> None:
        """Send an event to all streams of an account."""
        for stream in self.open:
            if stream.account == account and stream.wants(event):
                stream.queue.put_nowait((event, self._payload(account, thing)))

    def drop(self) -> int:
        """Close every open stream; answers how many there were."""
        dropped = len(self.open)
        for stream in self.open:
            stream.queue.put_nowait(_END)
        return dropped

    def _payload(self, account: str, thing: Any) -> str:
        if isinstance(thing, str):
            return thing
        shape = self.shapes.status(thing, account) if isinstance(thing, Status) else self.shapes.notice(thing)
        return json.dumps(shape)

    async def health(self, _request: web.Request) -> web.Response:
        """GET /api/v1/streaming/health."""
        self._offered()
        return web.Response(text="OK")

    def _offered(self) -> None:
        if not self.world.settings.streaming:
            raise refusals.Refused(404, "Not Found")

    def _token(self, request: web.Request, name: str) -> Token:
        """Who listens; the streaming server's own words and always 401."""
        protocol = request.headers.get("Sec-WebSocket-Protocol", "")
        token = self.access.find(request) or self.access.tokens.get(protocol)
        if token is None:
            given = protocol or request.query.get("access_token") or request.headers.get("Authorization")
            raise refusals.Refused(401, "Invalid access token" if given else "Missing access token")
        if token.revoked or token.person is None:
            raise refusals.Refused(401, "Invalid access token")
        if name and not token.covers(STREAMS[name]):
            raise refusals.Refused(401, "Access token does not have the required scopes")
        return token

    def _listener(self, token: Token, names: set[str]) -> Stream:
        return Stream(str(token.person), names, token.covers(STREAMS["user:notification"]))

    # -- server-sent events --------------------------------------------------------------------------------------------

    def _events(self, name: str) -> Any:
        async def handler(request: web.Request) -> web.StreamResponse:
            self._offered()
            stream = self._listener(self._token(request, name), {name})
            headers = {
                "Content-Type": "text/event-stream",
                "Cache-Control": "private, no-store",
                "X-Accel-Buffering": "no",
            }
            response = web.StreamResponse(headers=headers)
            await response.prepare(request)
            self.open.add(stream)
            try:
                await response.write(b":)\n")
                await self._pump(stream, response)
            except ConnectionResetError:
                return response
            finally:
                self.open.discard(stream)
            if request.transport:
                request.transport.abort()
            return response

        return handler

    async def _pump(self, stream: Stream, response: web.StreamResponse) -> None:
        while True:
            try:
                event, payload = await asyncio.wait_for(stream.queue.get(), self.world.settings.thump_seconds)
            except TimeoutError:
                await response.write(b":thump\n")
                continue
            if (event, payload) == _END:
                return
            await response.write(f"event: {event}\ndata: {payload}\n\n".encode())

    # -- WebSocket -----------------------------------------------------------------------------------------------------

    async def websocket(self, request: web.Request) -> web.StreamResponse:
        """GET /api/v1/streaming?stream=…: events as JSON, subscriptions changeable on the way."""
        self._offered()
        name = request.query.get("stream", "")
        if name and name not in STREAMS:
            raise refusals.Refused(400, "Unknown stream type")
        token = self._token(request, name)
        stream = self._listener(token, {name} if name else set())
        protocol = request.headers.get("Sec-WebSocket-Protocol")
        heart = self.world.settings.thump_seconds
        socket = web.WebSocketResponse(protocols=[protocol] if protocol else [], heartbeat=heart)
        await socket.prepare(request)
        self.open.add(stream)
        sender = asyncio.create_task(self._send(stream, socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._subscribe(message.data, token, stream, socket)
        finally:
            self.open.discard(stream)
            sender.cancel()
        return socket

    async def _send(self, stream: Stream, socket: web.WebSocketResponse) -> None:
        while True:
            event, payload = await stream.queue.get()
            if (event, payload) == _END:
                await socket.close()
                return
            message = {"stream": [stream.wants(event)], "event": event, "payload": payload}
            await socket.send_str(json.dumps(message))

    async def _subscribe(self, data: str, token: Token, stream: Stream, socket: web.WebSocketResponse) -> None:
        try:
            asked = json.loads(data)
            name, act = str(asked["stream"]), asked["type"]
        except (ValueError, KeyError, TypeError):
            await socket.send_str(json.dumps({"error": "Invalid JSON", "status": 400}))
            return
        if name not in STREAMS:
            await socket.send_str(json.dumps({"error": "Unknown stream type", "status": 400}))
        elif not token.covers(STREAMS[name]):
            await socket.send_str(
                json.dumps({"error": "Access token does not have the required scopes", "status": 401})
            )
        elif act == "subscribe":
            stream.names.add(name)
        elif act == "unsubscribe":
            stream.names.discard(name)
