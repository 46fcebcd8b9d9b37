"""A port for what comes in over HTTP: the chats' webhooks, and whoever watches the process."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator, Sequence

import uvicorn
from starlette.routing import BaseRoute, Router
from starlette.types import Scope

from bot.descriptors import places
from bot.web.door import Door
from bot.web.gate import Gate
from bot.web.guest import Guest, Times

#: Seconds that open requests get when the process stops.
GRACE = 5
#: Bytes of the longest head.
LONGEST_HEAD = 32 * 1024

PATIENT = Times()


class Web:
    """Starlette's routes on uvicorn, inside the process's own loop, behind the door."""

    def __init__(
        self,
        host: str,
        port: int,
        routes: Sequence[BaseRoute],
        section: str = "web",
        dropped: Callable[[str], None] = lambda _why: None,
        most: int = 0,
        times: Times = PATIENT,
    ) -> None:
        """`section` of the settings that chooses host and port, for the words of a fault.

        `dropped` is told why, of each connection that had to go; `most` connections at once, 0: as descriptors allow.
        """
        self._section = section
        most = most or places()
        self.door = Door(most, dropped, times)
        app = Gate(Router(routes=list(routes), redirect_slashes=False), max(1, most // 2), self._proves)
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=int(times.rest) + 1,
            timeout_graceful_shutdown=GRACE,
            h11_max_incomplete_event_size=LONGEST_HEAD,
        )
        self._address = (host, port)
        self._server = _Server(config, self.door)
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

    def _proves(self, scope: Scope) -> None:
        """The request was answered as only who knows a secret is answered."""
        guest = scope.get("state", {}).get("guest")
        if isinstance(guest, Guest):
            self.door.proves(guest)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


class _Server(uvicorn.Server):
    """A server that leaves the signals to the process, and taking connections to the door."""

    def __init__(self, config: uvicorn.Config, door: Door) -> None:
        super().__init__(config)
        self._door = door

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()

        def make() -> Guest:
            return Guest(self._door, config=self.config, server_state=self.server_state, app_state={}, _loop=loop)

        assert sockets
        (bound,) = sockets
        self.servers = []
        self._door.open(bound, make)
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._door.close()
        await super().shutdown(sockets)
