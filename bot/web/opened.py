"""The page on which a member opens a file that a chat does not show; only the press of its button opens it.

Chats and mail programs fetch every address that they see: what they fetch here tells nothing of the file, and notes
nothing.
"""

import asyncio
import html
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.opening import PATH, Opening
from bot.web.media import HEADERS as BYTES
from handlers.words import Translator, translator
from models.media import Media

HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; img-src 'self'; media-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, noarchive",
}
PAGE = (
    '<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<meta name="robots" content="noindex"><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>\n'
)


def routes(opening: Opening | None) -> Sequence[BaseRoute]:
    """The page and the bytes behind it; none where no browser reaches this port. All that is not sealed here is 404."""
    if opening is None:
        return []
    pages = _Pages(opening)
    return [
        Route(f"{PATH}/bytes/{{token}}", pages.bytes, methods=["GET"]),
        Route(f"{PATH}/{{token}}", pages.page, methods=["GET", "POST"]),
    ]


class _Pages:
    def __init__(self, opening: Opening) -> None:
        self._opening = opening

    async def page(self, request: Request) -> Response:
        """Asks whether to open it; pressed, shows it."""
        t = translator(_language(request))
        ticket = self._opening.ticket(request.path_params["token"], "page")
        media = await asyncio.to_thread(self._opening.media, ticket) if ticket else None
        if ticket is None or media is None:
            words = t("This address is over: it works for 15 minutes. Press the button in chat once more.")
            return _answer(t, t("Nothing here"), f"<p>{html.escape(words)}</p>", 404)
        if request.method != "POST":
            asked = html.escape(t("Open it: what you open here counts as seen by you."))
            pressed = html.escape(t("Open"))
            form = f'<form method="post"><p>{asked}</p><button type="submit">{pressed}</button></form>'
            return _answer(t, t("A file of {subject}", subject=ticket.subject), form)
        address = await asyncio.to_thread(self._opening.opened, ticket)
        save = html.escape(t("Save it, where the browser does not show it"))
        next_step = html.escape(t("It counts as seen by you now. Go back to the chat and decide."))
        below = f'<p>{next_step}</p><p><a href="{address}" download>{save}</a></p>'
        return _answer(t, media.name or t("The file"), _shown(media, address) + below)

    async def bytes(self, request: Request) -> Response:
        """The file, whole or in ranges, to who has pressed."""
        ticket = self._opening.ticket(request.path_params["token"], "bytes")
        media = await asyncio.to_thread(self._opening.media, ticket) if ticket else None
        if media is None:
            return PlainTextResponse("Nothing is open here.\n", 404, HEADERS)
        return FileResponse(self._opening.path(media), media_type=media.mime, headers=BYTES)


def _shown(media: Media, address: str) -> str:
    if media.mime.startswith("video/"):
        return f'<video controls autoplay muted playsinline width="100%" src="{address}"></video>'
    return f'<img alt="" width="100%" src="{address}">'


def _answer(t: Translator, title: str, body: str, status: int = 200) -> Response:
    page = PAGE.format(lang=t.lang, title=html.escape(title), body=body)
    return HTMLResponse(page, status, HEADERS)


def _language(request: Request) -> str:
    """The browser's first language."""
    return request.headers.get("accept-language", "").partition(",")[0].partition(";")[0].partition("-")[0].strip()
