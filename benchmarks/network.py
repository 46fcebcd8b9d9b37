"""A network that answers every post after a while: the least of Mastodon's protocol, in a process of its own.

Written on the bare sockets of asyncio, so that it is not what a measurement measures; `ceiling` tells what it can do.
"""

import asyncio
import json
import re
import sys
import time
import urllib.request
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

from benchmarks.common import say

#: Seconds after which a post is answered.
DELAY = 0.05
#: The header that names a delivery.
KEY = re.compile(rb"^idempotency-key: *([^\r\n]+)", re.IGNORECASE | re.MULTILINE)
#: Whose token it is: each is somebody else's.
BEARER = re.compile(rb"^authorization: *bearer +([^\r\n]+)", re.IGNORECASE | re.MULTILINE)
#: Connections and seconds with which its ceiling is tried.
CONNECTIONS, CEILING_SECONDS = 400, 3.0


class _Network:
    """What it was asked, and when it answered."""

    def __init__(self) -> None:
        self.answered: list[float] = []  #: unix times at which posts were answered
        self.posts: list[tuple[str, str]] = []  #: (Idempotency-Key, "" without; what was posted), as they were answered
        self.others = 0  #: requests of any other kind
        self.number = 0


class _Connection(asyncio.Protocol):
    """One connection, kept alive; requests come one after the other."""

    def __init__(self, network: _Network) -> None:
        self._network = network
        self._heard = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while (end := self._heard.find(b"\r\n\r\n")) >= 0:
            head = self._heard[:end]
            length, lower = 0, head.lower()
            if (at := lower.find(b"content-length:")) >= 0:
                length = int(lower[at + 15 :].split(b"\r\n", 1)[0])
            if len(self._heard) < end + 4 + length:
                return
            body = self._heard[end + 4 : end + 4 + length]
            self._heard = self._heard[end + 4 + length :]
            method, path, _ = head.split(b" ", 2)
            self._asked(method, path, head, body)

    def _asked(self, method: bytes, path: bytes, head: bytes, body: bytes) -> None:
        network = self._network
        match method, path:
            case b"POST", b"/api/v1/statuses":
                key = KEY.search(head)
                posted = (key[1].decode() if key else "", body.decode())
                asyncio.get_running_loop().call_later(DELAY, self._post, posted)
            case b"GET", b"/api/v1/accounts/verify_credentials":
                network.others += 1
                bearer = BEARER.search(head)
                who = bearer[1].decode() if bearer else "nobody"
                self._answer({"id": who, "acct": who, "url": f"http://network.invalid/{who}"})
            case b"GET", b"/count":
                self._answer({"posts": len(network.answered), "others": network.others})
            case b"GET", b"/times":
                self._answer({"times": network.answered})
            case b"GET", b"/posts":
                self._answer({"posts": network.posts})
            case b"POST", b"/reset":
                network.answered, network.posts, network.others = [], [], 0
                self._answer({})
            case _:
                network.others += 1
                self._answer({"error": "Record not found"}, b"404 Not Found")

    def _post(self, posted: tuple[str, str]) -> None:
        network = self._network
        network.number += 1
        network.posts.append(posted)
        network.answered.append(time.time())
        at = f"http://network.invalid/{network.number}"
        self._answer(
            {
                "id": str(network.number),
                "url": at,
                "uri": at,
                "created_at": "2026-01-01T00:00:00.000Z",
                "visibility": "public",
            }
        )

    def _answer(self, body: dict[str, Any], status: bytes = b"200 OK") -> None:
        text = json.dumps(body).encode()
        date = formatdate(usegmt=True).encode()
        told = b"HTTP/1.1 %b\r\nDate: %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        head = told % (status, date, len(text))
        if self._transport and not self._transport.is_closing():
            self._transport.write(head + text)


async def _main() -> None:
    network = _Network()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(network), "127.0.0.1", 0, backlog=CONNECTIONS
    )
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    say({"posts": len(network.answered)})


def ask(address: str, path: str, method: str = "GET", body: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the network tells of itself: "/count", "/times", "/posts"; POST "/reset" begins anew."""
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(urllib.request.Request(address + path, data, method=method), timeout=30) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


async def ceiling(address: str, seconds: float = CEILING_SECONDS) -> float:
    """Posts that it answers in a second where many connections ask at once."""
    host, port = str(urlsplit(address).hostname), urlsplit(address).port
    request = b'POST /api/v1/statuses HTTP/1.1\r\nHost: x\r\nContent-Length: 15\r\n\r\n{"status": "x"}'
    end, answers = time.perf_counter() + seconds, 0

    async def one() -> None:
        nonlocal answers
        reader, writer = await asyncio.open_connection(host, port)
        while time.perf_counter() < end:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.rsplit(b": ", 1)[1]))
            answers += 1
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return answers / (time.perf_counter() - begun)


if __name__ == "__main__":
    asyncio.run(_main())
