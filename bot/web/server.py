"""A port for what comes in over HTTP: the chats' webhooks, and whoever watches the process."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute

#: Seconds that open requests get when the process stops.
GRACE = 5


class Web:
    """Starlette on uvicorn, inside the process's own loop."""

    def __init__(self, host: str, port: int, routes: Sequence[BaseRoute], section: str = "web") -> None:
        """`section` of the settings that chooses host and port, for the words of a fault."""
        self._section = section
        app = Starlette(routes=list(routes))
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE,
        )
        self._address = (host, port)
        self._server = _Server(config)
        self._socket: socket.socket | None = None
        self.port = port  #: the one that is bound, where the setting was 0
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Bind and serve. Raises OSError where the port is taken or the address is not this machine's."""
        host, port = self._address
        try:
            # Bound here, not by uvicorn, which would end the whole process where it cannot.
            self._socket = socket.create_server((host, port), family=_family(host), reuse_port=False)
        except OSError as error:
            why = str(error.strerror).partition(" (")[0]
            raise OSError(error.errno, f"{why}; see [{self._section}] host and port", f"{host} port {port}") from error
        self.port = int(self._socket.getsockname()[1])
        self._task = asyncio.create_task(self._server.serve(sockets=[self._socket]), name="web")
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Finish what is open, then close."""
        self._server.should_exit = True
        if self._task:
            await asyncio.wait([self._task], timeout=GRACE + 1)
        if self._socket:
            self._socket.close()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


class _Server(uvicorn.Server):
    """A server that leaves the signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
