"""A relay between an adapter and its sandbox, which then answers from memory: every answer true, but one."""

import http.client
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from support.patience import PATIENCE

#: What is passed on of an answer's headers; the others are about the connection.
KEPT = {"content-type", "date", "link"}


@dataclass(frozen=True)
class Heard:
    """A request, and the answer that it got."""

    method: str
    path: str  #: without the query
    status: int
    headers: tuple[str, ...]
    body: bytes

    def raw(self, body: bytes | None = None, status: str = "", headers: tuple[str, ...] = ()) -> bytes:
        """The answer as it is sent; `headers` stand before its own, and one of the same name in its place."""
        body = self.body if body is None else body
        told = {line.partition(":")[0].lower() for line in headers}
        own = [f"Content-Length: {len(body)}", *self.headers]
        lines = [*headers, *(line for line in own if line.partition(":")[0].lower() not in told)]
        return "\r\n".join([f"HTTP/1.1 {status or self.status}", *lines, "", ""]).encode("latin-1") + body


@dataclass
class Relay:
    """Where it listens; in front of whom, or else what it remembers."""

    port: int
    behind: str
    heard: list[Heard] = field(default_factory=list)  #: since it was last told to remember or to answer
    memory: list[Heard] | None = None
    lie: tuple[int, bytes] = (-1, b"")

    @property
    def address(self) -> str:
        """Its address, for a base_url."""
        return f"http://127.0.0.1:{self.port}"

    def passes_on(self) -> None:
        """From now on requests reach the sandbox."""
        self.heard, self.memory = [], None

    def answers(self, memory: list[Heard], n: int, lie: bytes) -> None:
        """From now on requests are answered from memory, but the n-th with a lie, after which the connection ends."""
        self.heard, self.memory, self.lie = [], memory, (n, lie)

    def reply(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[bytes, bool]:
        """What is answered, and whether the connection stays."""
        if self.memory is None:
            found = self._passed_on(method, target, headers, body)
            self.heard.append(found)
            return found.raw(), True
        path = target.partition("?")[0]
        n = len(self.heard)
        found = self._remembered(self.memory, method, path)
        self.heard.append(found)
        return (self.lie[1], False) if n == self.lie[0] else (found.raw(), True)

    def _remembered(self, memory: list[Heard], method: str, path: str) -> Heard:
        """The next answer to such a request; after the last one that again, to what was never asked that it is gone."""
        same = [one for one in memory if (one.method, one.path) == (method, path)]
        before = sum((one.method, one.path) == (method, path) for one in self.heard)
        gone = {"error": {"message": "gone", "code": 100, "error_subcode": 33}}
        never = Heard(method, path, 404, ("Content-Type: application/json",), json.dumps(gone).encode())
        return same[min(before, len(same) - 1)] if same else never

    def _passed_on(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Heard:
        there = urlsplit(self.behind)
        connection = http.client.HTTPConnection(there.hostname or "", there.port, timeout=PATIENCE)
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        told = answer.read().replace(self.behind.encode(), self.address.encode())
        connection.close()
        kept = tuple(f"{name}: {value}" for name, value in answer.getheaders() if name.lower() in KEPT)
        return Heard(method, target.partition("?")[0], answer.status, kept, told)


@contextmanager
def relaying(behind: str) -> Iterator[Relay]:
    """A relay in front of the sandbox, until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    relay = Relay(listener.getsockname()[1], behind)
    ended = threading.Event()

    def accept() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(PATIENCE)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=_serve, args=(connection, relay.reply), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        ended.set()
        thread.join(PATIENCE)
        listener.close()


Reply = Callable[[str, str, dict[str, str], bytes], tuple[bytes, bool]]


def _serve(connection: socket.socket, reply: Reply) -> None:
    """Answer requests on one connection, until either side has had enough."""
    with connection, connection.makefile("rb") as incoming:
        stays = True
        while stays:
            try:
                asked = incoming.readline().decode().split(" ")
                if len(asked) != 3:
                    return
                headers: dict[str, str] = {}
                while (line := incoming.readline().decode("latin-1").rstrip("\r\n")) != "":
                    name, _, value = line.partition(":")
                    headers[name.strip()] = value.strip()
                sent = incoming.read(int(headers.get("Content-Length", "0")))
                answer, stays = reply(asked[0], asked[1], headers, sent)
                connection.sendall(answer)
            except OSError:
                return
