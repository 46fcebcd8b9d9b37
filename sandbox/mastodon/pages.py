"""The plain pages behind a status's and a person's link, for whoever is not signed in."""

import html

from aiohttp import web

from sandbox.mastodon import refusals
from sandbox.mastodon.ids import order
from sandbox.mastodon.shapes import Shapes
from sandbox.mastodon.state import Status, World


class Pages:
    """The handlers of the public pages."""

    def __init__(self, world: World, shapes: Shapes) -> None:
        self.world, self.shapes = world, shapes

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file."""
        return [web.get(r"/@{handle:[\w.@-]+}", self.profile), web.get(r"/@{handle:[\w.@-]+}/{id}", self.post)]

    async def profile(self, request: web.Request) -> web.Response:
        """A person's public statuses, newest first."""
        person = self.world.person(request.match_info["handle"])
        if person is None:
            raise refusals.not_found()
        mine = [s for s in self.world.statuses.values() if s.author == person.id and self.world.visible(s, None)]
        shown = sorted(mine, key=lambda s: order(s.id), reverse=True)
        return _page(person.name, "".join(self._article(s) for s in shown))

    async def post(self, request: web.Request) -> web.Response:
        """A status with its thread, as far as everybody may see it."""
        status = self.world.statuses.get(request.match_info["id"])
        if status is None or not self.world.visible(status, None):
            raise refusals.not_found()
        thread = [*list(self.world.ancestors(status))[::-1], status, *self.world.replies(status.id)]
        shown = [s for s in thread if self.world.visible(s, None)]
        return _page(self.world.people[status.author].name, "".join(self._article(s) for s in shown))

    def _article(self, status: Status) -> str:
        shape = self.shapes.status(status, None)
        pictures = "".join(
            f'<img src="{html.escape(m["url"] or "")}" alt="{html.escape(m["description"] or "")}" width="320">'
            for m in shape["media_attachments"]
            if m["type"] == "image"
        )
        name = html.escape(f"{shape['account']['display_name']} @{shape['account']['acct']}")
        return f"<article><b>{name}</b> <time>{shape['created_at']}</time>{shape['content']}{pictures}</article>"


def _page(title: str, inside: str) -> web.Response:
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title>'
    return web.Response(
        text=f'<!doctype html><html lang="en">{head}<body>{inside}</body></html>', content_type="text/html"
    )
