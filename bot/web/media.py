"""What is lent: a network fetches a file of the archive from the bot's own port."""

import asyncio
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.shelf import PATH, Shelf
from platforms.contract import Shelf as Lends

#: A browser that is led here shows nothing of ours as a page, and tells nobody where it was.
HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Disposition": "inline",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def routes(shelf: Lends | None) -> Sequence[BaseRoute]:
    """The one route; none where nothing is lent here. Answers GET, HEAD and ranges; all that is not lent is 404."""
    if not isinstance(shelf, Shelf):
        return []

    async def fetch(request: Request) -> Response:
        found = await asyncio.to_thread(shelf.lent, request.path_params["name"])
        if found is None:
            return PlainTextResponse("Nothing is lent here.\n", 404)
        path, mime = found
        return FileResponse(path, media_type=mime, headers=HEADERS)

    return [Route(f"{PATH}/{{name}}", fetch, methods=["GET"])]
