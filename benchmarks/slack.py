"""Slack as a load: a process that signs requests or speaks Socket Mode's envelopes, and times the acknowledgements.

Sources: docs.slack.dev/authentication/verifying-requests-from-slack, docs.slack.dev/apis/events-api/using-socket-mode.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, TCPConnector, WSMsgType, web

from benchmarks.common import say
from handlers.cards import Button

SECRET, BOT_TOKEN, APP_TOKEN, TEAM, BOT = "benchmark-secret", "xoxb-benchmark", "xapp-benchmark", "T1", "UBOT"
#: Members of the team who type and press: U0, U1 …
PEOPLE = 40
#: What the process is asked, besides for a load.
ANSWERED = "answered?"
#: What the pressed button carries: Approve, on the first revision of a post that is no more.
PRESSED = Button(verb="approve", label="Approve", subject="P1", revision=1).code
#: Requests before the times count.
WARM = 20
Json = dict[str, Any]


def payload(kind: str, address: str, n: int, people: int) -> Json:
    """The n-th slash command, press of a button, or message in a thread, as Slack sends it."""
    person, room, ts = f"U{n % people}", "C1", f"{1_700_000_000 + n}.000100"
    trigger = f"{n}.{TEAM}.benchmark"
    match kind:
        case "command":
            return {
                "token": "old", "team_id": TEAM, "team_domain": "bakery", "channel_id": room, "channel_name": "social",
                "user_id": person, "user_name": "ada", "command": "/social", "text": "help post", "api_app_id": "A1",
                "response_url": f"{address}/answers/{n}", "trigger_id": trigger,
            }  # fmt: skip
        case "button":
            return {
                "type": "block_actions", "token": "old", "api_app_id": "A1", "trigger_id": trigger,
                "user": {"id": person, "username": "ada", "name": "ada", "team_id": TEAM},
                "team": {"id": TEAM, "domain": "bakery"}, "channel": {"id": room, "name": "social"},
                "container": {"type": "message", "message_ts": ts, "channel_id": room, "is_ephemeral": False},
                "response_url": f"{address}/answers/{n}", "message": {"type": "message", "ts": ts, "text": "P1"},
                "actions": [{"type": "button", "action_id": f"{PRESSED}~1", "block_id": "b", "value": PRESSED,
                             "text": {"type": "plain_text", "text": "Approve"}, "action_ts": ts}],
            }  # fmt: skip
        case _:
            event = {"type": "message", "channel": room, "user": person, "text": "When do we open?", "ts": ts,
                     "thread_ts": "1700000000.000001", "parent_user_id": BOT, "channel_type": "channel"}  # fmt: skip
            return {
                "type": "event_callback", "token": "old", "team_id": TEAM, "api_app_id": "A1", "event": event,
                "event_id": f"Ev{n:09d}", "event_time": 1_700_000_000 + n,
            }  # fmt: skip


def request(kind: str, told: Json) -> tuple[bytes, dict[str, str]]:
    """The body and the signed headers of an HTTP request."""
    if kind == "event":
        body, form = json.dumps(told).encode(), "application/json"
    else:
        fields = told if kind == "command" else {"payload": json.dumps(told)}
        body, form = urlencode(fields).encode(), "application/x-www-form-urlencoded"
    stamp = str(int(time.time()))
    signed = hmac.new(SECRET.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return body, {"Content-Type": form, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={signed}"}


class Slack:
    """The Web API that answers everything at once, the socket, and the load."""

    def __init__(self) -> None:
        self.address = ""
        self._socket: web.WebSocketResponse | None = None
        self._connected = asyncio.Event()
        self._awaited: dict[str, asyncio.Future[None]] = {}
        self._sent = 0
        self._answers = Counter[str]()  #: of each command or press, by its number
        self.app = web.Application()
        self.app.router.add_route("*", "/api/{method}", self._method)
        self.app.router.add_get("/link", self._link)
        self.app.router.add_route("*", "/{rest:.*}", self._answer)

    async def _method(self, asked: web.Request) -> web.Response:
        ts = f"{time.time():.6f}"
        found: Json = {"ok": True, "ts": ts, "message_ts": ts, "channel": {"id": "D1"}}
        match asked.match_info["method"]:
            case "auth.test":
                found |= {"team_id": TEAM, "team": "Bakery", "user_id": BOT, "bot_id": "B1", "url": self.address}
            case "apps.connections.open":
                found |= {"url": f"{self.address.replace('http', 'ws', 1)}/link"}
            case "users.info":
                found |= {"user": {"id": "U1", "name": "ada", "tz": "UTC", "locale": "en-US", "profile": {}}}
            case "chat.postMessage" | "chat.update":
                found |= {"channel": "C1"}
        return web.json_response(found)

    async def _answer(self, asked: web.Request) -> web.Response:
        self._answers[asked.path] += 1
        return web.Response(text="ok")

    def answered(self) -> Json:
        """How many were answered, and how many more than once."""
        return {"answered": len(self._answers), "twice": sum(often > 1 for often in self._answers.values())}

    async def _link(self, asked: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(asked)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A1"}})
        self._socket = socket
        self._connected.set()
        async for message in socket:
            if message.type is WSMsgType.TEXT and message.data.startswith("{"):
                waiting = self._awaited.pop(json.loads(message.data)["envelope_id"], None)
                if waiting:
                    waiting.set_result(None)
        self._connected.clear()
        return socket

    async def load(
        self, *, mode: str, url: str, kind: str, in_flight: int, many: int, people: int, first: int = 0
    ) -> Json:
        """Milliseconds of each acknowledgement, with so many under way at any time.

        `first`: the number to count from, to send the same once more; otherwise no two are the same.
        """
        took: list[float] = []
        self._sent = first or self._sent
        left = iter(range(self._sent, self._sent + many + WARM))
        self._sent += many + WARM

        async def one(send: Callable[[Json], Awaitable[None]]) -> None:
            for n in left:
                told = payload(kind, self.address, n, people)
                begun = time.perf_counter()
                await send(told)
                took.append((time.perf_counter() - begun) * 1000)

        if mode == "socket":
            await asyncio.wait_for(self._connected.wait(), 60)
            envelope = {"command": "slash_commands", "button": "interactive", "event": "events_api"}[kind]
            await asyncio.gather(*(one(lambda told: self._over_socket(envelope, told)) for _ in range(in_flight)))
        else:
            async with ClientSession(connector=TCPConnector(limit=in_flight)) as session:

                async def post(told: Json) -> None:
                    body, headers = request(kind, told)
                    async with session.post(url, data=body, headers=headers) as answer:
                        answer.raise_for_status()
                        await answer.read()

                await asyncio.gather(*(one(post) for _ in range(in_flight)))
        return {"ms": took[WARM:], "sent": len(took)}

    async def _over_socket(self, envelope: str, told: Json) -> None:
        assert self._socket is not None
        key = secrets.token_hex(8)
        self._awaited[key] = waiting = asyncio.get_running_loop().create_future()
        await self._socket.send_str(
            json.dumps({"envelope_id": key, "type": envelope, "payload": told, "accepts_response_payload": True})
        )
        await waiting


async def _main() -> None:
    slack = Slack()
    runner = web.AppRunner(slack.app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    print(slack.address, flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip() == ANSWERED:
            print(json.dumps(slack.answered()), flush=True)
            continue
        begun = time.perf_counter()
        told = await slack.load(**json.loads(line))
        print(json.dumps({**told, "seconds": time.perf_counter() - begun}), flush=True)
    await runner.cleanup()
    say({})


if __name__ == "__main__":
    asyncio.run(_main())
