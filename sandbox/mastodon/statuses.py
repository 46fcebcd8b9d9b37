"""/api/v1/statuses: publish, read, edit, delete, and what people do with a status."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.mastodon import engaging, publishing, refusals
from sandbox.mastodon.access import Access
from sandbox.mastodon.bodies import Body, read_body, read_query
from sandbox.mastodon.shapes import Shapes
from sandbox.mastodon.state import Draft, Person, Status, World

#: Parameters of publishing and of editing (specification; `content_type` and the like belong to other servers).
CREATE = (
    "status", "media_ids", "poll", "in_reply_to_id", "sensitive", "spoiler_text", "visibility", "language",
    "scheduled_at", "quoted_status_id", "quote_approval_policy",
)  # fmt: skip
EDIT = (
    "status", "spoiler_text", "sensitive", "language", "media_ids", "media_attributes", "poll", "quote_approval_policy",
)  # fmt: skip
WRITE = ("write", "write:statuses")


class Statuses:
    """The handlers of /api/v1/statuses."""

    def __init__(self, world: World, access: Access, shapes: Shapes, changed: Callable[[], None]) -> None:
        self.world, self.access, self.shapes, self.changed = world, access, shapes, changed

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file."""
        base = "/api/v1/statuses"
        acts: dict[str, tuple[Callable[[Person, Status, Body], Status], str]] = {
            "favourite": (self._favourite, "write:favourites"),
            "unfavourite": (self._unfavourite, "write:favourites"),
            "reblog": (self._reblog, "write:statuses"),
            "unreblog": (self._unreblog, "write:statuses"),
            "bookmark": (self._bookmark, "write:bookmarks"),
            "unbookmark": (self._unbookmark, "write:bookmarks"),
            "mute": (self._mute, "write:mutes"),
            "unmute": (self._unmute, "write:mutes"),
        }
        return [
            web.post(base, self.create),
            web.get(base, self.several),
            web.get(base + "/{id}", self.read),
            web.put(base + "/{id}", self.edit),
            web.delete(base + "/{id}", self.delete),
            web.get(base + "/{id}/source", self.source),
            web.get(base + "/{id}/history", self.history),
            web.get(base + "/{id}/context", self.context),
            web.get(base + "/{id}/favourited_by", self.favourited_by),
            web.get(base + "/{id}/reblogged_by", self.reblogged_by),
            *(web.post(f"{base}/{{id}}/{name}", self._act(act, scope)) for name, (act, scope) in acts.items()),
        ]

    def seen(self, request: web.Request, viewer: str | None) -> Status:
        """The status of the path, 404 if there is none or the viewer may not know of it."""
        status = self.world.statuses.get(request.match_info["id"])
        if status is None or not self.world.visible(status, viewer):
            raise refusals.not_found()
        return status

    def mine(self, request: web.Request, person: Person) -> Status:
        """The status of the path, 404 if it is not the caller's own."""
        status = self.seen(request, person.id)
        if status.author != person.id:
            raise refusals.not_found()
        return status

    async def create(self, request: web.Request) -> web.Response:
        """POST /api/v1/statuses: a Status, or a ScheduledStatus; a repeated Idempotency-Key gives the first answer."""
        person = self.access.person(request, *WRITE)
        token = self.access.token(request)
        body = await read_body(request, *CREATE)
        self.world.sweep()
        known = self.world.settings.idempotency
        key = (person.id, request.headers.get("Idempotency-Key", "") if known else "")
        if key[1] and key in self.world.keys:
            return self._again(self.world.keys[key][0], person)
        draft = self._draft(body, person)
        draft.application = token.application.name
        at = _time(body.text("scheduled_at"))
        if body.fields.get("poll"):
            raise refusals.Refused(422, "Validation failed: Polls are not offered by this server")
        if at and at > self.world.now():
            params = _params(body, draft, token.application.serial)
            waiting = publishing.schedule(self.world, person, draft, at, params)
            self._remember(key, waiting.id)
            return web.json_response(self.shapes.scheduled(waiting))
        status = publishing.create(self.world, person, draft)
        self._remember(key, status.id)
        return web.json_response(self.shapes.status(status, person.id))

    def _remember(self, key: tuple[str, str], made: str) -> None:
        if key[1]:
            self.world.keys[key] = (made, self.world.now())
        self.changed()

    def _again(self, made: str, person: Person) -> web.Response:
        if made in self.world.scheduled:
            return web.json_response(self.shapes.scheduled(self.world.scheduled[made]))
        status = self.world.statuses.get(made)
        if status is None:
            raise refusals.not_found()
        return web.json_response(self.shapes.status(status, person.id))

    def _draft(self, body: Body, person: Person) -> Draft:
        return Draft(
            text=body.text("status") or "",
            warning=body.text("spoiler_text") or "",
            sensitive=body.flag("sensitive"),
            visibility=body.text("visibility") or "public",
            language=body.text("language"),
            reply_to=body.text("in_reply_to_id") or None,
            media=body.texts("media_ids"),
            media_notes={
                str(item.get("id")): str(item["description"])
                for item in body.many("media_attributes")
                if isinstance(item, dict) and "description" in item
            },
        )

    async def read(self, request: web.Request) -> web.Response:
        """GET /api/v1/statuses/:id."""
        viewer = self.access.viewer(request, "read", "read:statuses")
        return web.json_response(self.shapes.status(self.seen(request, viewer), viewer))

    async def several(self, request: web.Request) -> web.Response:
        """GET /api/v1/statuses?id[]=… (Mastodon >= 4.3): those of them that are there and visible."""
        viewer = self.access.viewer(request, "read", "read:statuses")
        found = (self.world.statuses.get(i) for i in read_query(request, "id").texts("id"))
        shown = [self.shapes.status(s, viewer) for s in found if s and self.world.visible(s, viewer)]
        return web.json_response(shown)

    async def edit(self, request: web.Request) -> web.Response:
        """PUT /api/v1/statuses/:id; media_ids left out removes the attachments."""
        person = self.access.person(request, *WRITE)
        status = self.mine(request, person)
        body = await read_body(request, *EDIT)
        publishing.edit(self.world, status, self._draft(body, person))
        self.changed()
        return web.json_response(self.shapes.status(status, person.id))

    async def delete(self, request: web.Request) -> web.Response:
        """DELETE /api/v1/statuses/:id: the Status with its plain text."""
        person = self.access.person(request, *WRITE)
        status = self.mine(request, person)
        shape = self.shapes.status(status, person.id, source=True)
        publishing.delete(self.world, status, read_query(request, "delete_media").flag("delete_media"))
        self.changed()
        return web.json_response(shape)

    async def source(self, request: web.Request) -> web.Response:
        """GET /api/v1/statuses/:id/source."""
        person = self.access.person(request, "read", "read:statuses")
        status = self.mine(request, person)
        return web.json_response({"id": status.id, "text": status.text, "spoiler_text": status.warning})

    async def history(self, request: web.Request) -> web.Response:
        """GET /api/v1/statuses/:id/history, oldest first."""
        status = self.seen(request, self.access.viewer(request, "read", "read:statuses"))
        return web.json_response([self.shapes.edit(status, version) for version in status.history])

    async def context(self, request: web.Request) -> web.Response:
        """GET /api/v1/statuses/:id/context, without what the viewer may not see or has blocked or muted."""
        viewer = self.access.viewer(request, "read", "read:statuses")
        status = self.seen(request, viewer)
        below: list[Status] = []
        self._descend(status, below)
        ancestors = self._shown(list(self.world.ancestors(status))[::-1], viewer)
        return web.json_response({"ancestors": ancestors, "descendants": self._shown(below, viewer)})

    def _descend(self, status: Status, below: list[Status]) -> None:
        for reply in self.world.replies(status.id):
            below.append(reply)
            self._descend(reply, below)

    def _shown(self, found: list[Status], viewer: str | None) -> list[dict[str, Any]]:
        kept = [s for s in found if self.world.visible(s, viewer) and not self.world.filtered(s, viewer)]
        return [self.shapes.status(s, viewer) for s in kept]

    async def favourited_by(self, request: web.Request) -> web.Response:
        """GET /api/v1/statuses/:id/favourited_by."""
        status = self.seen(request, self.access.viewer(request, "read", "read:accounts"))
        return web.json_response([self.shapes.account(self.world.people[i]) for i in status.favourites])

    async def reblogged_by(self, request: web.Request) -> web.Response:
        """GET /api/v1/statuses/:id/reblogged_by."""
        status = self.seen(request, self.access.viewer(request, "read", "read:accounts"))
        authors = [self.world.people[s.author] for s in self.world.reblogs(status.id)]
        return web.json_response([self.shapes.account(person) for person in authors])

    # -- what people do with a status ----------------------------------------------------------------------------------

    def _act(self, act: Callable[[Person, Status, Body], Status], scope: str) -> Any:
        async def handler(request: web.Request) -> web.Response:
            person = self.access.person(request, "write", scope)
            body = await read_body(request, *(("visibility",) if act == self._reblog else ()))
            status = act(person, self.seen(request, person.id), body)
            self.changed()
            return web.json_response(self.shapes.status(status, person.id))

        return handler

    def _favourite(self, person: Person, status: Status, _body: Body) -> Status:
        engaging.favourite(self.world, person, self._original(status))
        return status

    def _unfavourite(self, person: Person, status: Status, _body: Body) -> Status:
        engaging.unfavourite(self.world, person, self._original(status))
        return status

    def _reblog(self, person: Person, status: Status, body: Body) -> Status:
        return engaging.reblog(self.world, person, self._original(status), body.text("visibility") or "")

    def _unreblog(self, person: Person, status: Status, _body: Body) -> Status:
        original = self._original(status)
        engaging.unreblog(self.world, person, original)
        return original

    def _bookmark(self, person: Person, status: Status, _body: Body) -> Status:
        status.bookmarks.add(person.id)
        return status

    def _unbookmark(self, person: Person, status: Status, _body: Body) -> Status:
        status.bookmarks.discard(person.id)
        return status

    def _mute(self, person: Person, status: Status, _body: Body) -> Status:
        status.muted_by.add(person.id)
        return status

    def _unmute(self, person: Person, status: Status, _body: Body) -> Status:
        status.muted_by.discard(person.id)
        return status

    def _original(self, status: Status) -> Status:
        return self.world.statuses[status.reblog_of] if status.reblog_of else status


def _time(written: str | None) -> datetime | None:
    """A time as ISO 8601 (without a zone: UTC); what is none counts as absent, as in Ruby's lenient parsing."""
    if not written:
        return None
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _params(body: Body, draft: Draft, application: str) -> dict[str, object]:
    return {
        "text": draft.text,
        "media_ids": draft.media or None,
        "sensitive": draft.sensitive,
        "spoiler_text": draft.warning or None,
        "visibility": draft.visibility,
        "language": draft.language,
        "scheduled_at": None,
        "poll": None,
        "idempotency": None,
        "with_rate_limit": False,
        "in_reply_to_id": int(draft.reply_to) if draft.reply_to and draft.reply_to.isdigit() else None,
        "application_id": int(application) if application.isdigit() else 0,
        "quoted_status_id": None,
        "quote_approval_policy": body.text("quote_approval_policy") or "public",
    }
