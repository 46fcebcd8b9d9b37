"""A server made of bare sockets that misbehaves exactly as told, and remembers what reached it."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from support.patience import PATIENCE

#: Gets the connection and the request; what it does is all the server does.
Behaviour = Callable[[socket.socket], None]


@dataclass
class Raw:
    """Where the server listens, and the requests that reached it as text."""

    port: int
    requests: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Its address, to be used as a base_url."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def misbehaving(*behaviours: Behaviour, context: ssl.SSLContext | None = None, listens: bool = True) -> Iterator[Raw]:
    """A server whose n-th connection meets the n-th behaviour, and the last one from then on.

    One that does not listen behaves before it has heard the request.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    raw = Raw(listener.getsockname()[1])
    ended = threading.Event()

    def serve() -> None:
        met = 0
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            behaviour = behaviours[min(met, len(behaviours) - 1)]
            met += 1
            with connection:
                connection.settimeout(PATIENCE)
                try:
                    talking = context.wrap_socket(connection, server_side=True) if context else connection
                    if listens:
                        raw.requests.append(_request(talking))
                    behaviour(talking)
                except OSError as error:
                    raw.requests.append(f"broken: {type(error).__name__}")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield raw
    finally:
        ended.set()
        thread.join(PATIENCE)
        listener.close()


def answer(status: str, body: str = "", *headers: str, length: int | None = None) -> Behaviour:
    """A whole answer, then the end; `length` may lie about the body's."""
    raw = body.encode()
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(raw) if length is None else length}", "Connection: close"]

    def behave(connection: socket.socket) -> None:
        connection.sendall("\r\n".join([*lines, *headers, "", ""]).encode(errors="surrogateescape") + raw)

    return behave


def reset(connection: socket.socket) -> None:
    """The connection is torn down without a word."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(_connection: socket.socket) -> None:
    """The connection is closed politely without a word."""


def silent(seconds: float) -> Behaviour:
    """Nothing is said for a while."""

    def behave(_connection: socket.socket) -> None:
        threading.Event().wait(seconds)

    return behave


def dribble(pieces: int, pause: float, piece: bytes = b" ") -> Behaviour:
    """A body that comes in small pieces, each just before patience with silence ends."""

    def behave(connection: socket.socket) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {pieces * len(piece)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        for _ in range(pieces):
            # Once the other side has had enough, this raises and the behaviour is over.
            connection.sendall(piece)
            threading.Event().wait(pause)

    return behave


def _request(connection: socket.socket) -> str:
    raw = b""
    while b"\r\n\r\n" not in raw:
        got = connection.recv(65536)
        if not got:
            return raw.decode("utf-8", "replace")
        raw += got
    head, _, body = raw.partition(b"\r\n\r\n")
    wanted = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            wanted = int(line.split(b":")[1])
    while len(body) < wanted:
        body += connection.recv(65536)
    return (head + b"\r\n\r\n" + body).decode("utf-8", "replace")
