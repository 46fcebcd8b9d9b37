"""/api/v1/scheduled_statuses: what waits to be published, moved or taken away."""

from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from sandbox.mastodon import publishing, refusals
from sandbox.mastodon.access import Access
from sandbox.mastodon.bodies import read_body, read_query
from sandbox.mastodon.paging import PAGING, link, page
from sandbox.mastodon.shapes import Shapes
from sandbox.mastodon.state import Scheduled, World

READ = ("read", "read:statuses")
WRITE = ("write", "write:statuses")
#: Entries of a page when no limit is asked; twice that is the most.
PAGE = 20


class ScheduledStatuses:
    """The handlers of scheduled statuses."""

    def __init__(self, world: World, access: Access, shapes: Shapes, changed: Callable[[], None]) -> None:
        self.world, self.access, self.shapes, self.changed = world, access, shapes, changed

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file."""
        base = "/api/v1/scheduled_statuses"
        return [
            web.get(base, self.many),
            web.get(base + "/{id}", self.one),
            web.put(base + "/{id}", self.move),
            web.delete(base + "/{id}", self.cancel),
        ]

    async def many(self, request: web.Request) -> web.Response:
        """GET /api/v1/scheduled_statuses, with Link."""
        person = self.access.person(request, *READ)
        query = read_query(request, *PAGING)
        mine = [s for s in self.world.scheduled.values() if s.owner == person.id]
        found = page(mine, lambda s: s.id, query, PAGE)
        headers = link(request, self.shapes.address, [s.id for s in found], PAGE)
        return web.json_response([self.shapes.scheduled(s) for s in found], headers=headers)

    async def one(self, request: web.Request) -> web.Response:
        """GET /api/v1/scheduled_statuses/:id."""
        return web.json_response(self.shapes.scheduled(self._mine(request, READ)))

    async def move(self, request: web.Request) -> web.Response:
        """PUT /api/v1/scheduled_statuses/:id: another time, at least five minutes ahead; only that can change."""
        waiting = self._mine(request, WRITE)
        written = (await read_body(request, "scheduled_at")).text("scheduled_at") or ""
        try:
            at = datetime.fromisoformat(written)
        except ValueError as error:
            raise refusals.invalid("Scheduled at can't be blank") from error
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        publishing.check_time(self.world, at)
        waiting.at = at
        self.changed()
        return web.json_response(self.shapes.scheduled(waiting))

    async def cancel(self, request: web.Request) -> web.Response:
        """DELETE /api/v1/scheduled_statuses/:id."""
        publishing.unschedule(self.world, self._mine(request, WRITE))
        self.changed()
        return web.json_response({})

    def _mine(self, request: web.Request, scopes: tuple[str, ...]) -> Scheduled:
        person = self.access.person(request, *scopes)
        waiting = self.world.scheduled.get(request.match_info["id"])
        if waiting is None or waiting.owner != person.id:
            raise refusals.not_found()
        return waiting
