"""Socket Mode: up to ten WebSocket connections, each delivery to one of them.

Source: docs.slack.dev/apis/events-api/using-socket-mode ("Using multiple connections", "Acknowledge events",
"Disconnecting").
"""

import asyncio
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from aiohttp import WSMsgType, web

from sandbox.slack.core import Core
from sandbox.slack.outbox import Answer, Delivery
from sandbox.slack.workspace import APP

Json = dict[str, Any]
MOST_CONNECTIONS = 10
TICKET_LIFE = timedelta(seconds=30)


class Connections:
    """The open connections of the app and the acknowledgements that are awaited on them."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.open: dict[web.WebSocketResponse, web.Request] = {}
        self._tickets: dict[str, datetime] = {}
        self._awaited: dict[str, tuple[web.WebSocketResponse, asyncio.Future[Answer]]] = {}
        self._turn = 0

    def ticket(self) -> str:
        """The address for one connection, good for half a minute and one use."""
        made = secrets.token_hex(16)
        self._tickets[made] = self.core.now() + TICKET_LIFE
        return f"{self.core.address.replace('http', 'ws', 1)}/link/?ticket={made}&app_id={APP}"

    def ready(self) -> bool:
        """Whether a connection is open."""
        return any(not ws.closed for ws in self.open)

    async def send(self, delivery: Delivery) -> Answer:
        """Send an envelope over one connection and wait for its acknowledgement."""
        envelope: Json = {
            "envelope_id": delivery.id,
            "payload": delivery.payload,
            "type": delivery.kind,
            "accepts_response_payload": delivery.kind != "events_api",
        }
        if delivery.kind == "events_api":
            envelope |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.reason}
        awaited: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        try:
            over = self._next()
            self._awaited[delivery.id] = over, awaited
            await over.send_str(json.dumps(envelope))
            return await asyncio.wait_for(awaited, self.core.settings.ack_timeout)
        except TimeoutError:
            return Answer(False, reason="timeout")
        except (ConnectionError, RuntimeError):
            return Answer(False, reason="connection_failed")
        finally:
            self._awaited.pop(delivery.id, None)

    def _next(self) -> web.WebSocketResponse:
        alive = [ws for ws in self.open if not ws.closed]
        if not alive:
            raise ConnectionError("no connection is open")
        self._turn += 1
        return alive[self._turn % len(alive)]

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """`GET /link/`: hello, then envelopes out and acknowledgements in."""
        until = self._tickets.pop(request.query.get("ticket", ""), None)
        if until is None or self.core.now() > until:
            return web.Response(status=404, text="ticket not found")
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        if len(self.open) >= MOST_CONNECTIONS:
            await ws.send_json({"type": "disconnect", "reason": "too_many_websockets", "debug_info": _debug()})
            await ws.close()
            return ws
        self.open[ws] = request
        hello = {"type": "hello", "num_connections": len(self.open), "connection_info": {"app_id": APP}}
        try:
            await ws.send_json(hello | {"debug_info": _debug() | {"approximate_connection_time": 18060}})
            self.core.changed()
            self.core.outbox.flush()
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    self._acknowledge(message.data)
        except ConnectionError:
            await ws.close()
        finally:
            self.open.pop(ws, None)
            for over, awaited in list(self._awaited.values()):
                if over is ws and not awaited.done():
                    awaited.set_result(Answer(False, reason="connection_failed"))  # nobody is left who could answer
            self.core.changed()
        return ws

    def _acknowledge(self, raw: str) -> None:
        try:
            said = json.loads(raw)
        except ValueError:
            return
        found = self._awaited.get(str(said.get("envelope_id"))) if isinstance(said, dict) else None
        if found is not None and not found[1].done():
            found[1].set_result(Answer(True, said.get("payload")))

    async def disconnect(self, reason: str) -> int:
        """Tell every connection that it must be renewed; all but `warning` end a second later. Returns how many."""
        told = list(self.open)
        for ws in told:
            await ws.send_json({"type": "disconnect", "reason": reason, "debug_info": _debug()})
        if reason != "warning":
            for ws in told:
                asyncio.get_running_loop().call_later(1, _abort, self.open[ws])
        return len(told)

    def drop(self) -> int:
        """Cut every connection without a word; returns how many."""
        for request in self.open.values():
            _abort(request)
        return len(self.open)

    async def close(self) -> None:
        """End every connection politely."""
        for ws in list(self.open):
            await ws.close()


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _debug() -> Json:
    return {"host": "applink-sandbox", "build_number": 1}
