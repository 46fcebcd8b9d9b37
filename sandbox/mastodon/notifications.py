"""/api/v1/notifications: what happened to the account, page by page."""

from collections.abc import Callable

from aiohttp import web

from sandbox.mastodon import refusals
from sandbox.mastodon.access import Access
from sandbox.mastodon.bodies import Body, read_query
from sandbox.mastodon.paging import PAGING, link, page
from sandbox.mastodon.shapes import Shapes
from sandbox.mastodon.state import Notice, Person, World

READ = ("read", "read:notifications")
WRITE = ("write", "write:notifications")
#: Notifications of a page when no limit is asked; twice that is the most.
PAGE = 40
FILTERS = ("types", "exclude_types", "account_id", "include_filtered", "supported_types")


class Notifications:
    """The handlers of notifications."""

    def __init__(self, world: World, access: Access, shapes: Shapes, changed: Callable[[], None]) -> None:
        self.world, self.access, self.shapes, self.changed = world, access, shapes, changed

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file; the fixed words stand before the id."""
        base = "/api/v1/notifications"
        return [
            web.get(base, self.many),
            web.get(base + "/unread_count", self.count),
            web.post(base + "/clear", self.clear),
            web.get(base + "/{id}", self.one),
            web.post(base + "/{id}/dismiss", self.dismiss),
        ]

    def _of(self, person: Person, query: Body) -> list[Notice]:
        wanted, unwanted = set(query.texts("types")), set(query.texts("exclude_types"))
        author, filtered = query.text("account_id"), query.flag("include_filtered")
        return [
            notice
            for notice in self.world.notices.values()
            if notice.owner == person.id
            and (not wanted or notice.kind in wanted)
            and notice.kind not in unwanted
            and author in {None, notice.sender}
            and (filtered or not notice.filtered)
        ]

    async def many(self, request: web.Request) -> web.Response:
        """GET /api/v1/notifications, newest first, with Link."""
        person = self.access.person(request, *READ)
        query = read_query(request, *PAGING, *FILTERS)
        found = page(self._of(person, query), lambda n: n.id, query, PAGE)
        headers = link(request, self.shapes.address, [n.id for n in found], PAGE)
        return web.json_response([self.shapes.notice(n) for n in found], headers=headers)

    async def count(self, request: web.Request) -> web.Response:
        """GET /api/v1/notifications/unread_count; nothing is ever marked as read here, so all count (at most 100)."""
        person = self.access.person(request, *READ)
        query = read_query(request, "limit", "types", "exclude_types", "account_id")
        most = max(1, min(query.number("limit", 100), 1000))
        return web.json_response({"count": min(len(self._of(person, query)), most)})

    async def one(self, request: web.Request) -> web.Response:
        """GET /api/v1/notifications/:id."""
        return web.json_response(self.shapes.notice(self._mine(request, READ)))

    async def dismiss(self, request: web.Request) -> web.Response:
        """POST /api/v1/notifications/:id/dismiss."""
        del self.world.notices[self._mine(request, WRITE).id]
        self.changed()
        return web.json_response({})

    async def clear(self, request: web.Request) -> web.Response:
        """POST /api/v1/notifications/clear."""
        person = self.access.person(request, *WRITE)
        self.world.notices = {i: n for i, n in self.world.notices.items() if n.owner != person.id}
        self.changed()
        return web.json_response({})

    def _mine(self, request: web.Request, scopes: tuple[str, ...]) -> Notice:
        person = self.access.person(request, *scopes)
        notice = self.world.notices.get(request.match_info["id"])
        if notice is None or notice.owner != person.id:
            raise refusals.not_found()
        return notice
