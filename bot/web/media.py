"""What is lent: a network fetches a file of the archive from the bot's own port."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import structlog
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bot.shelf import PATH, Shelf
from handlers.couriers import Held
from handlers.delivery.copies import copied
from platforms.contract import Attachment, TryLater
from platforms.contract import Shelf as Lends

log = structlog.get_logger()

#: Files that are handed out at the same time, each from a copy of its own; a network that comes then comes again.
AT_ONCE = 16

#: A browser that is led here shows nothing of ours as a page, and tells nobody where it was.
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


NOTHING = PlainTextResponse("Nothing is lent here.\n", 404)


def routes(shelf: Lends | None) -> Sequence[BaseRoute]:
    """The one route; none where nothing is lent here. Answers GET, HEAD and ranges; all that is not lent is 404."""
    if not isinstance(shelf, Shelf):
        return []

    out = 0

    async def fetch(request: Request) -> Response:
        nonlocal out
        found = await asyncio.to_thread(shelf.lent, request.path_params["name"])
        if found is None:
            return NOTHING
        if out >= AT_ONCE:
            return PlainTextResponse("Too much is being lent.\n", 503, {"Retry-After": "5"})
        out += 1
        return _Lent(found, done)

    def done() -> None:
        nonlocal out
        out -= 1

    return [Route(f"{PATH}/{{name}}", fetch, methods=["GET"])]


class _Lent(Response):
    """A file's approved bytes: they are hashed while they are copied, and it is the copy that is handed out."""

    def __init__(self, file: Attachment, done: Callable[[], None]) -> None:
        super().__init__()
        self._file, self._done = file, done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand it out; 404 where the archive has other bytes under that hash, or none any more."""
        answer: Response = NOTHING
        with ExitStack() as kept:
            kept.callback(self._done)
            try:
                (copy,) = await asyncio.to_thread(kept.enter_context, copied([self._file]))
                headers = {**HEADERS, "ETag": f'"{copy.sha256}"'}
                answer = FileResponse(copy.path, media_type=copy.mime, headers=headers)
            except Held as held:
                log.warning("a lent file is not the one that was approved", sha256=self._file.sha256, why=held.reason)
            except TryLater as later:
                log.warning("a lent file could not be copied", why=later.reason)
                answer = PlainTextResponse("Not now.\n", 503, {"Retry-After": "60"})
            await answer(scope, receive, send)
