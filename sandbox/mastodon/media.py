"""/api/v2/media and /api/v1/media/:id: uploads, their processing, descriptions, and the files themselves."""

from collections.abc import Callable
from datetime import timedelta

from aiohttp import web

from sandbox.mastodon import refusals
from sandbox.mastodon.access import Access
from sandbox.mastodon.bodies import Body, Upload, read_body
from sandbox.mastodon.shapes import Shapes
from sandbox.mastodon.sniffing import Look, look
from sandbox.mastodon.state import Media, Person, World

WRITE = ("write", "write:media")
#: How long a video, sound or moving picture takes on a calm server, in seconds.
CALM_SECONDS = 1.0


class MediaFiles:
    """The handlers of uploads."""

    def __init__(self, world: World, access: Access, shapes: Shapes, changed: Callable[[], None]) -> None:
        self.world, self.access, self.shapes, self.changed = world, access, shapes, changed

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file."""
        return [
            web.post("/api/v2/media", self.upload),
            web.post("/api/v1/media", self.upload_at_once),
            web.get("/api/v1/media/{id}", self.read),
            web.put("/api/v1/media/{id}", self.describe),
            web.delete("/api/v1/media/{id}", self.delete),
            web.get("/system/media_attachments/{id}", self.file),
            web.get("/{kind:avatars|headers}/original/missing.png", self.no_picture),
        ]

    async def upload(self, request: web.Request) -> web.Response:
        """POST /api/v2/media: 200 when ready, 202 with url null while it is processed."""
        person = self.access.person(request, *WRITE)
        media = await self._take(request, person)
        ready = media.ready_at <= self.world.now()
        return web.json_response(self.shapes.media(media), status=200 if ready else 202)

    async def upload_at_once(self, request: web.Request) -> web.Response:
        """POST /api/v1/media (deprecated): processes before it answers."""
        person = self.access.person(request, *WRITE)
        media = await self._take(request, person)
        media.ready_at = self.world.now()
        return web.json_response(self.shapes.media(media))

    async def _take(self, request: web.Request, person: Person) -> Media:
        body = await read_body(request, "file", "thumbnail", "description", "focus")
        self.world.sweep()
        upload = body.files.get("file")
        if upload is None:
            raise refusals.invalid("File can't be blank")
        media = store(self.world, person, upload)
        self._describe(media, body)
        self.world.media[media.id] = media
        self.changed()
        return media

    async def read(self, request: web.Request) -> web.Response:
        """GET /api/v1/media/:id: 200 ready, 206 still processed, 422 failed, 404 not one's own or attached already."""
        media = self._mine(request)
        if media.ready_at > self.world.now():
            return web.json_response(self.shapes.media(media), status=206)
        if media.failed:
            raise refusals.Refused(422, refusals.BROKEN_MEDIA)
        return web.json_response(self.shapes.media(media))

    async def describe(self, request: web.Request) -> web.Response:
        """PUT /api/v1/media/:id: description and focus of a file not yet attached."""
        media = self._mine(request)
        self._describe(media, await read_body(request, "thumbnail", "description", "focus"))
        self.changed()
        return web.json_response(self.shapes.media(media))

    async def delete(self, request: web.Request) -> web.Response:
        """DELETE /api/v1/media/:id: removes a file; refuses (422) an attached one."""
        person = self.access.person(request, *WRITE)
        media = self.world.media.get(request.match_info["id"])
        if media is None or media.owner != person.id:
            raise refusals.not_found()
        if media.status is not None:
            raise refusals.Refused(422, "Media attachment is currently used by a status")
        del self.world.media[media.id]
        self.changed()
        return web.json_response({})

    async def file(self, request: web.Request) -> web.Response:
        """The file's bytes, for everybody who has the link."""
        media = self.world.media.get(request.match_info["id"])
        if media is None or media.failed or media.ready_at > self.world.now():
            raise refusals.not_found()
        return web.Response(body=media.data, content_type=media.mime, headers={"Access-Control-Allow-Origin": "*"})

    async def no_picture(self, _request: web.Request) -> web.Response:
        """A grey square for whoever has no picture."""
        square = '<rect width="48" height="48" fill="#9aa"/>'
        drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48">{square}</svg>'
        return web.Response(text=drawing, content_type="image/svg+xml")

    def _mine(self, request: web.Request) -> Media:
        person = self.access.person(request, *WRITE)
        media = self.world.media.get(request.match_info["id"])
        if media is None or media.owner != person.id or media.status is not None:
            raise refusals.not_found()
        return media

    def _describe(self, media: Media, body: Body) -> None:
        description = body.text("description")
        limit = self.world.settings.description_limit
        if description is not None and len(description) > limit:
            raise refusals.invalid(f"Description is too long (maximum is {limit} characters)")
        if description is not None:
            media.description = description.strip()
        across, _, up = (body.text("focus") or "").partition(",")
        if up:
            media.focus = (_bounded(across), _bounded(up))


def store(world: World, person: Person, upload: Upload) -> Media:
    """A new attachment of that file, not yet kept; refuses (422) what Mastodon does not take: type, bytes, pixels."""
    settings = world.settings
    if not upload.data:
        raise refusals.invalid("File can't be blank")
    try:
        seen = look(upload.data)
    except ValueError as error:
        raise refusals.Refused(422, refusals.UNVERIFIED_MEDIA) from error
    if seen is None:
        raise refusals.invalid("File content type is invalid", "File is invalid")
    limit = settings.image_size if seen.kind == "image" else settings.video_size
    if len(upload.data) > limit:
        size = f"must be less than {limit // 1024 // 1024} MB"
        raise refusals.invalid(f"File file size {size}", f"File {size}")
    if seen.width * seen.height > settings.image_matrix:
        text = f"{seen.width}x{seen.height} images are not supported, must be below {settings.image_matrix} sqpx"
        raise refusals.Refused(422, text)
    now = world.now()
    ready = now + timedelta(seconds=_seconds(world, seen))
    return Media(
        world.new_id(), person.id, seen.kind, seen.mime, upload.data, now, ready, seen.width, seen.height,
        failed=settings.media_fails,
    )  # fmt: skip


def _seconds(world: World, seen: Look) -> float:
    if world.settings.media_seconds is not None:
        return world.settings.media_seconds
    return 0.0 if seen.kind == "image" else CALM_SECONDS


def _bounded(written: str) -> float:
    try:
        return max(-1.0, min(1.0, float(written)))
    except ValueError:
        return 0.0
