"""The gate: before any route, what holds for all of them: how large a body may be, and what a failure costs."""

from collections.abc import Callable, MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.seldom import Seldom

#: Bytes of the largest body of any path; those of the chats and networks ask for less.
LARGEST = 4 * 1024 * 1024
#: The first status that is no success: only success proves anything.
NO_SUCCESS = 300
#: Paths that answer everybody: an answer there proves nothing.
OPEN = frozenset({"/healthz", "/readyz"})


class Gate:
    """Wraps the routes of a port."""

    def __init__(self, app: ASGIApp, most_open: int, proves: Callable[[Scope], None]) -> None:
        """`most_open`: requests at once on paths that answer everybody; `proves` is told of each that proved itself."""
        self._app = app
        self._most_open = most_open
        self._proves = proves
        self._open = 0
        self._seldom = Seldom()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        if _length(scope) > LARGEST:
            await PlainTextResponse("Too large.\n", 413)(scope, receive, send)
        elif scope["path"] not in OPEN:
            await self._guarded(scope, receive, send)
        elif self._open >= self._most_open:
            await PlainTextResponse("Too many ask at once.\n", 503)(scope, receive, send)
        else:
            self._open += 1
            try:
                await self._guarded(scope, receive, send)
            finally:
                self._open -= 1

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; what fails there costs one line a minute with one traceback, and 503: who called calls again."""
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                if message["status"] < NO_SUCCESS and scope["path"] not in OPEN:
                    self._proves(scope)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except ClientDisconnect:
            return
        except Exception as error:
            self._seldom.warning("a request failed", path=scope["path"], exc_info=error)
            if not begun:
                await PlainTextResponse("Not now.\n", 503)(scope, receive, send)


def _length(scope: MutableMapping[str, Any]) -> int:
    """What the head says of the body's length; 0 where it says nothing."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if len(value) < 19 else LARGEST + 1  # h11 lets only digits through
    return 0
