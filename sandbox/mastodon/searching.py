"""Finding things: search by address or words, and the home and public timelines."""

from collections.abc import Iterable

from aiohttp import web

from sandbox.mastodon import refusals
from sandbox.mastodon.access import Access
from sandbox.mastodon.bodies import Body, read_query
from sandbox.mastodon.notices import in_home
from sandbox.mastodon.paging import PAGING, link, page
from sandbox.mastodon.shapes import Shape, Shapes
from sandbox.mastodon.state import Status, World

#: Statuses of a page when no limit is asked; twice that is the most.
PAGE = 20


class Searching:
    """The handlers of search and timelines."""

    def __init__(self, world: World, access: Access, shapes: Shapes) -> None:
        self.world, self.access, self.shapes = world, access, shapes

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file."""
        return [
            web.get("/api/v2/search", self.search),
            web.get("/api/v1/timelines/home", self.home),
            web.get("/api/v1/timelines/public", self.public),
        ]

    async def search(self, request: web.Request) -> web.Response:
        """GET /api/v2/search: an account by handle or page, a status by its url or uri (or words in one's own)."""
        person = self.access.person(request, "read", "read:search")
        known = ("q", "type", "resolve", "following", "account_id", "exclude_unreviewed", "limit", "offset")
        query = read_query(request, *known, "max_id", "min_id")
        wanted = (query.text("q") or "").strip()
        if not wanted:
            raise refusals.Refused(400, "param is missing or the value is empty or invalid: q")
        limit = max(1, min(query.number("limit", 20), 40))
        kind = query.text("type")
        people = [
            p for p in self.world.people.values() if wanted == self.shapes.profile(p) or self._named(p.id, wanted)
        ]
        statuses = [s for s in self.world.statuses.values() if self._found(s, wanted, person.id)]
        accounts = [self.shapes.account(p) for p in people]
        shown = [self.shapes.status(s, person.id) for s in statuses]
        tags = [self._tag(wanted)] if wanted.startswith("#") else []
        return web.json_response(
            {
                "accounts": accounts[:limit] if kind in {None, "accounts"} else [],
                "statuses": shown[:limit] if kind in {None, "statuses"} else [],
                "hashtags": tags if kind in {None, "hashtags"} else [],
            }
        )

    def _named(self, account_id: str, wanted: str) -> bool:
        person = self.world.person(wanted)
        return person is not None and person.id == account_id

    def _found(self, status: Status, wanted: str, viewer: str) -> bool:
        if status.reblog_of or not self.world.visible(status, viewer):
            return False
        if wanted.startswith("http"):
            shape = self.shapes.status(status, viewer)
            return wanted in {shape["url"], shape["uri"]}
        return status.author == viewer and wanted.lower() in status.text.lower()

    def _tag(self, wanted: str) -> Shape:
        name = wanted.lstrip("#").lower()
        return {"id": name, "name": name, "url": f"{self.shapes.address}/tags/{name}", "history": []}

    async def home(self, request: web.Request) -> web.Response:
        """GET /api/v1/timelines/home, with Link."""
        person = self.access.person(request, "read", "read:statuses")
        query = read_query(request, *PAGING)
        mine = (s for s in self.world.statuses.values() if in_home(self.world, s, person.id))
        return self._timeline(request, mine, query, person.id)

    async def public(self, request: web.Request) -> web.Response:
        """GET /api/v1/timelines/public: public statuses that answer nobody else, no reblogs."""
        viewer = self.access.viewer(request, "read", "read:statuses")
        query = read_query(request, *PAGING, "local", "remote", "only_media")
        found = (s for s in self.world.statuses.values() if self._public(s, viewer, query))
        return self._timeline(request, found, query, viewer)

    def _public(self, status: Status, viewer: str | None, query: Body) -> bool:
        author = self.world.people[status.author]
        return (
            status.visibility == "public"
            and not status.reblog_of
            and not status.reply_to
            and self.world.visible(status, viewer)
            and not self.world.filtered(status, viewer)
            and not (query.flag("local") and author.domain)
            and not (query.flag("remote") and not author.domain)
            and not (query.flag("only_media") and not status.media)
        )

    def _timeline(
        self, request: web.Request, things: Iterable[Status], query: Body, viewer: str | None
    ) -> web.Response:
        found = page(things, lambda s: s.id, query, PAGE)
        headers = link(request, self.shapes.address, [s.id for s in found], PAGE)
        return web.json_response([self.shapes.status(s, viewer) for s in found], headers=headers)
