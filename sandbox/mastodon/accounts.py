"""/api/v1/accounts and what stands by it: profiles, their statuses, relationships, blocks and mutes, reports."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.mastodon import engaging, refusals
from sandbox.mastodon.access import Access
from sandbox.mastodon.bodies import Body, read_body, read_query
from sandbox.mastodon.paging import PAGING, link, page
from sandbox.mastodon.shapes import Shapes, moment
from sandbox.mastodon.state import Person, Status, World

#: Statuses of a page when no limit is asked; twice that is the most.
PAGE = 20
CATEGORIES = ("spam", "legal", "violation", "other")
#: Longest comment of a report, in characters.
LONGEST_REPORT = 1000


class Accounts:
    """The handlers of accounts."""

    def __init__(self, world: World, access: Access, shapes: Shapes, changed: Callable[[], None]) -> None:
        self.world, self.access, self.shapes, self.changed = world, access, shapes, changed

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file; the fixed words stand before the id."""
        base = "/api/v1/accounts"
        acts: dict[str, tuple[Callable[[Person, Person, Body], None], str]] = {
            "follow": (self._follow, "write:follows"),
            "unfollow": (self._unfollow, "write:follows"),
            "block": (self._block, "write:blocks"),
            "unblock": (self._unblock, "write:blocks"),
            "mute": (self._mute, "write:mutes"),
            "unmute": (self._unmute, "write:mutes"),
        }
        return [
            web.get(base + "/verify_credentials", self.verify),
            web.get(base + "/lookup", self.lookup),
            web.get(base + "/relationships", self.relationships),
            web.get(base + "/{id}", self.read),
            web.get(base + "/{id}/statuses", self.statuses),
            *(web.post(f"{base}/{{id}}/{name}", self._act(act, scope)) for name, (act, scope) in acts.items()),
            web.post("/api/v1/reports", self.report),
            web.get("/api/v1/blocks", self.blocks),
            web.get("/api/v1/mutes", self.mutes),
        ]

    def _target(self, account_id: str) -> Person:
        person = self.world.people.get(account_id)
        if person is None:
            raise refusals.not_found()
        return person

    async def verify(self, request: web.Request) -> web.Response:
        """GET /api/v1/accounts/verify_credentials: CredentialAccount."""
        person = self.access.person(request, "profile", "read", "read:accounts")
        source = {
            "privacy": "public", "sensitive": False, "language": None, "note": "", "fields": [],
            "follow_requests_count": 0, "hide_collections": None, "discoverable": True, "indexable": False,
            "attribution_domains": [], "quote_policy": "public",
        }  # fmt: skip
        role = {"id": "-99", "name": "", "permissions": "65536", "color": "", "highlighted": False}
        return web.json_response(self.shapes.account(person) | {"source": source, "role": role})

    async def lookup(self, request: web.Request) -> web.Response:
        """GET /api/v1/accounts/lookup?acct=…, open to everybody."""
        person = self.world.person(read_query(request, "acct").text("acct") or "")
        if person is None:
            raise refusals.not_found()
        return web.json_response(self.shapes.account(person))

    async def read(self, request: web.Request) -> web.Response:
        """GET /api/v1/accounts/:id."""
        self.access.viewer(request, "read", "read:accounts")
        return web.json_response(self.shapes.account(self._target(request.match_info["id"])))

    async def relationships(self, request: web.Request) -> web.Response:
        """GET /api/v1/accounts/relationships?id[]=…; unknown ids are left out."""
        person = self.access.person(request, "read", "read:follows")
        ids = [i for i in read_query(request, "id", "with_suspended").texts("id") if i in self.world.people]
        return web.json_response([self.shapes.relationship(person.id, i) for i in ids])

    async def statuses(self, request: web.Request) -> web.Response:
        """GET /api/v1/accounts/:id/statuses, newest first, with Link."""
        viewer = self.access.viewer(request, "read", "read:statuses")
        target = self._target(request.match_info["id"])
        filters = ("exclude_reblogs", "exclude_replies", "only_media", "pinned", "tagged")
        query = read_query(request, *PAGING, *filters)
        mine = [s for s in self.world.statuses.values() if s.author == target.id and self._listed(s, viewer, query)]
        found = page(mine, lambda s: s.id, query, PAGE)
        headers = link(request, self.shapes.address, [s.id for s in found], PAGE)
        return web.json_response([self.shapes.status(s, viewer) for s in found], headers=headers)

    def _listed(self, status: Status, viewer: str | None, query: Body) -> bool:
        above = self.world.statuses.get(status.reply_to or "")
        tag = (query.text("tagged") or "").lower()
        return (
            self.world.visible(status, viewer)
            and not (query.flag("exclude_reblogs") and status.reblog_of)
            and not (query.flag("exclude_replies") and above and above.author != status.author)
            and not (query.flag("only_media") and not status.media)
            and not query.flag("pinned")
            and (not tag or f"#{tag}" in status.text.lower())
        )

    # -- what one account does to another ------------------------------------------------------------------------------

    def _act(self, act: Callable[[Person, Person, Body], None], scope: str) -> Any:
        known = {"mute": ("notifications", "duration"), "follow": ("reblogs", "notify", "languages")}

        async def handler(request: web.Request) -> web.Response:
            person = self.access.person(request, "write", scope)
            target = self._target(request.match_info["id"])
            act(person, target, await read_body(request, *known.get(request.path.rsplit("/", 1)[1], ())))
            self.changed()
            return web.json_response(self.shapes.relationship(person.id, target.id))

        return handler

    def _follow(self, person: Person, target: Person, _body: Body) -> None:
        engaging.follow(self.world, person, target)

    def _unfollow(self, person: Person, target: Person, _body: Body) -> None:
        engaging.unfollow(self.world, person, target)

    def _block(self, person: Person, target: Person, _body: Body) -> None:
        engaging.block(self.world, person, target)

    def _unblock(self, person: Person, target: Person, _body: Body) -> None:
        engaging.unblock(self.world, person, target)

    def _mute(self, person: Person, target: Person, body: Body) -> None:
        engaging.mute(self.world, person, target, body.flag("notifications", True), body.number("duration", 0))

    def _unmute(self, person: Person, target: Person, _body: Body) -> None:
        engaging.unmute(self.world, person, target)

    async def blocks(self, request: web.Request) -> web.Response:
        """GET /api/v1/blocks."""
        person = self.access.person(request, "read", "read:blocks")
        read_query(request, *PAGING)
        blocked = [self.world.people[whom] for who, whom in sorted(self.world.blocks) if who == person.id]
        return web.json_response([self.shapes.account(p) for p in blocked])

    async def mutes(self, request: web.Request) -> web.Response:
        """GET /api/v1/mutes."""
        person = self.access.person(request, "read", "read:mutes")
        read_query(request, "limit", "max_id", "since_id")
        muted = [whom for who, whom in sorted(self.world.mutes) if who == person.id and self.world.muting(who, whom)]
        shapes = []
        for whom in muted:
            until = self.world.mutes[person.id, whom].until
            expiry = {"mute_expires_at": moment(until) if until else None}
            shapes.append(self.shapes.account(self.world.people[whom]) | expiry)
        return web.json_response(shapes)

    async def report(self, request: web.Request) -> web.Response:
        """POST /api/v1/reports: files a report; refuses unknown accounts, statuses and categories."""
        person = self.access.person(request, "write", "write:reports")
        known = ("account_id", "status_ids", "comment", "forward", "category", "rule_ids", "collection_ids")
        body = await read_body(request, *known)
        target = self._target(body.text("account_id") or "")
        category = body.text("category") or ("violation" if body.texts("rule_ids") else "other")
        if category not in CATEGORIES:
            raise refusals.invalid("Category is not included in the list")
        comment = body.text("comment") or ""
        if len(comment) > LONGEST_REPORT:
            raise refusals.invalid(f"Comment is too long (maximum is {LONGEST_REPORT} characters)")
        ids = body.texts("status_ids")
        seen = [self.world.statuses.get(i) for i in ids]
        if any(s is None or s.author != target.id or not self.world.visible(s, person.id) for s in seen):
            raise refusals.not_found()
        filed = {
            "id": self.world.serial(), "action_taken": False, "action_taken_at": None, "category": category,
            "comment": comment, "forwarded": body.flag("forward") and bool(target.domain),
            "created_at": moment(self.world.now()), "status_ids": ids or None,
            "rule_ids": body.texts("rule_ids") or None, "collection_ids": None,
        }  # fmt: skip
        self.world.reports.append({"by": person.id, "target": target.id, **filed})
        self.changed()
        return web.json_response(filed | {"target_account": self.shapes.account(target)})
