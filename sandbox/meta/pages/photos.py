"""Photos: uploading by bytes or address, published or waiting for a post, story or cover (meta.md 2.1)."""

import io

from PIL import Image, UnidentifiedImageError

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.fetching import NotFetched, fetch
from sandbox.meta.graph import Answer, Call, Created, Edge, Listing
from sandbox.meta.pages import publishing
from sandbox.meta.pages.model import PagePost, Photo
from sandbox.meta.pages.posts import READ, WRITE, delete, read
from sandbox.meta.params import File
from sandbox.meta.tables import publishing as tables

#: What may be uploaded, by Pillow's names.
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "BMP": "image/bmp", "TIFF": "image/tiff"}


async def upload(call: Call) -> Answer:
    """POST /{page}/photos: {id, post_id} when published, {id} otherwise; exactly one of url and source."""
    world, page = call.world, publishing.page_of(call)
    if ("source" in call.files) == bool(call.get("url")):
        raise invalid("Exactly one of url and source is required")
    message = call.get("message") or call.get("caption") or ""
    publishing.check_message(message)
    published, at = publishing.scheduled(call)
    file = call.files.get("source") or await fetched(call.get("url"))
    photo = store(call, file, message)
    photo.published, photo.temporary = published, call.get("temporary", False)
    if not published and at is None:
        return Created(photo)
    post = PagePost(
        id=publishing.new_id(world, page), holder=page.id, author=page.id, app=call.speaker.app.id, message=message,
        media=[photo.id], at=world.now(), published=published, scheduled=at, status_type="added_photos",
    )  # fmt: skip
    publishing.create(world, post)
    return Created(photo, {"post_id": post.id})


async def fetched(address: str) -> File:
    """The file at an address. Raises GraphError 324/2069019 where it cannot be had."""
    try:
        return await fetch(address)
    except NotFetched as error:
        text = f"(#324) Missing or invalid image file: {error}"
        raise GraphError(324, text, subcode=2069019, title="Invalid file") from error


def store(call: Call, file: File, message: str = "") -> Photo:
    """A photo of the Page, unpublished. Raises GraphError 100/1366046 for what is too large or no photo."""
    world, page = call.world, publishing.page_of(call)
    try:
        with Image.open(io.BytesIO(file.data)) as picture:
            width, height, mime = picture.width, picture.height, FORMATS.get(picture.format or "", "")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        width, height, mime = 0, 0, ""
    if not mime or len(file.data) > world.settings.photo_bytes:
        raise GraphError(
            100, "(#100) Photos should be smaller than 4 MB and saved as JPG or PNG.", subcode=1366046,
            title="Can't Read Files", user_message="Your photos couldn't be uploaded.",
        )  # fmt: skip
    return world.add(
        Photo(
            id=world.new_id("8"), holder=page.id, author=page.id, at=world.now(), message=message, data=file.data,
            mime=mime, width=width, height=height, alt_text=call.get("alt_text_custom", ""), published=False,
        )
    )  # fmt: skip


def photos(call: Call) -> Answer:
    """GET /{page}/photos: published ones, newest first."""
    rows = [p for p in call.world.all(Photo, publishing.page_of(call).id) if p.published]
    return Listing(rows[::-1])


EDGES = (
    Edge("Page", "photos", "POST", tables.PHOTO, upload, scopes=WRITE, tokens=("page",), own=True),
    Edge("Page", "photos", "GET", tables.PHOTOS, photos, scopes=READ, listing=True),
    Edge("Photo", "", "GET", {}, read, scopes=READ),
    Edge("Photo", "", "DELETE", {}, delete, scopes=WRITE, tokens=("page",), own=True),
)
