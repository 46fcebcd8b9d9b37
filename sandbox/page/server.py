"""The page's server: static files, the addresses of the sandboxes, and a policy that lets nothing else in."""

from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox.service import Handler, Service

STATIC = Path(__file__).parent / "static"
#: What the page is told about the bot's commands, so that it can suggest them; the bot itself decides what they do.
SLACK_COMMAND = "/social"
SHORTCUTS = ({"callback_id": "draft_from_message", "label": "Draft a post from this"},)


class PageSandbox(Service):
    """Serves the page for sandboxes at these addresses: {"slack": …, "telegram": …, "mastodon": …, "meta": …}."""

    name = "page"

    def __init__(self, addresses: dict[str, str]) -> None:
        super().__init__()
        self.addresses = addresses
        self.app.middlewares.append(self._guarded)
        self.app.add_routes(
            [
                web.get("/", self._index),
                web.get("/config.json", self._config),
                web.static("/static", STATIC),
            ]
        )

    def state(self, query: dict[str, str]) -> dict[str, Any]:
        """The page remembers nothing; only where the sandboxes are."""
        return {"addresses": self.addresses}

    @property
    def policy(self) -> str:
        """Content-Security-Policy: own scripts and styles; pictures and calls from the sandboxes too; nothing else."""
        known = " ".join(self.addresses.values())
        return (
            "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; "
            f"frame-ancestors 'none'; connect-src 'self' {known}; img-src 'self' data: blob: {known}; "
            f"media-src 'self' blob: {known}"
        )

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if not response.prepared:
            response.headers["Content-Security-Policy"] = self.policy
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Referrer-Policy"] = "no-referrer"
            # A newer version of the page must not meet scripts of an older one.
            response.headers["Cache-Control"] = "no-cache"
        return response

    async def _index(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(STATIC / "index.html")

    async def _config(self, _request: web.Request) -> web.Response:
        """`GET /config.json`: where the sandboxes are and what the page may suggest."""
        hints = {"command": SLACK_COMMAND, "shortcuts": list(SHORTCUTS)}
        return web.json_response({"addresses": self.addresses, "slack": hints})
