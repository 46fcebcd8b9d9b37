"""One port for everything that comes in over HTTP: the chats' webhooks and the health of the process."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

#: Seconds that open requests get when the process stops.
GRACE = 5


class Web:
    """Starlette on uvicorn, inside the process's own loop."""

    def __init__(self, host: str, port: int, routes: Sequence[BaseRoute], is_ready: Callable[[], bool]) -> None:
        """`is_ready` answers /readyz; /healthz only says that the process lives."""

        async def alive(_request: Request) -> JSONResponse:
            return JSONResponse({"status": "alive"})

        async def ready(_request: Request) -> JSONResponse:
            ok = is_ready()
            return JSONResponse({"status": "ready" if ok else "starting"}, status_code=200 if ok else 503)

        app = Starlette(routes=[Route("/healthz", alive), Route("/readyz", ready), *routes])
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port that is bound, where the setting was 0."""
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Bind and serve. Raises OSError where the port is taken."""
        self._task = asyncio.create_task(self._server.serve(), name="web")
        while not self._server.started:
            if self._task.done():
                raise OSError(f"port {self._server.config.port} on {self._server.config.host} cannot be opened")
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Finish what is open, then close."""
        self._server.should_exit = True
        if self._task:
            await asyncio.wait([self._task], timeout=GRACE + 1)


class _Server(uvicorn.Server):
    """A server that leaves the signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
