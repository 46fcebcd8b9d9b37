"""A Page's own data: reading and changing its profile, cover and picture, its settings, its webhooks (meta.md 2.5)."""

import re

from aiohttp import web

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.fetching import host
from sandbox.meta.graph import Answer, Call, Edge, Listing
from sandbox.meta.pages import publishing
from sandbox.meta.pages.model import Page, Photo
from sandbox.meta.pages.photos import fetched, store
from sandbox.meta.pages.posts import READ, read
from sandbox.meta.tables import profile as tables
from sandbox.meta.world import Json

MANAGE = ("pages_manage_metadata",)
#: Longest words (general knowledge: the forms of Facebook say so).
LONGEST = {"about": 255, "bio": 101}
HOURS = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)_[12]_(open|close)")


def update(call: Call) -> Answer:
    """POST /{page}: what is sent is changed, or nothing is."""
    page, changes = publishing.page_of(call), call.params
    _check(changes)
    cover = _cover(call, page)
    for name in tables.WORDS:
        if name in changes:
            _set(page, name, changes[name])
    for name in tables.OTHER:
        if name in changes:
            _set(page, name, changes[name])
    page.is_published = changes.get("is_published", page.is_published)
    if cover:
        cover.used = "cover"
        page.cover = cover.id
    if "cover" in changes or "offset_y" in changes or "offset_x" in changes:
        page.cover_offset = (changes.get("offset_x", page.cover_offset[0]), changes.get("offset_y", 50))
    _tell(call, page)
    return True


def _set(page: Page, name: str, value: object) -> None:
    if name in page.__dataclass_fields__:
        setattr(page, name, value)
    else:
        page.details[name] = value


def _check(changes: Json) -> None:
    for name, longest in LONGEST.items():
        if len(changes.get(name, "")) > longest:
            raise invalid(f"Param {name} must be no longer than {longest} characters")
    website = changes.get("website", "")
    if website and any(" " in one or not host(_whole(one)) for one in website.split(",")):
        raise invalid("Param website must be a valid URL")
    phone = changes.get("phone", "")
    if phone and not re.fullmatch(r"[+()\d\s./-]{3,}", phone):
        raise invalid("Param phone must be a valid phone number")
    for key, time in changes.get("hours", {}).items():
        if not HOURS.fullmatch(key) or not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", str(time)):
            raise invalid(f"Param hours has an invalid entry: {key}")


def _whole(website: str) -> str:
    return website if "://" in website else f"https://{website}"


def _cover(call: Call, page: Page) -> Photo | None:
    if "cover" not in call.params:
        return None
    photo = call.world.objects.get(call.get("cover"))
    if not isinstance(photo, Photo) or photo.holder != page.id:
        raise invalid("Param cover must be the id of a photo of this Page")
    return photo


def _tell(call: Call, page: Page) -> None:
    """Webhooks of the changed fields that can be subscribed to by name."""
    for name in ("website", "phone", "hours", "description", "bio"):
        if name in call.params:
            call.world.webhooks.change("page", page.id, name, {"value": call.get(name)})


def picture(call: Call) -> Answer:
    """GET /{page}/picture: the data with redirect=false or as a field, otherwise a redirect to the file."""
    data = portrait(call, publishing.page_of(call))
    if call.get("redirect", True) and not call.nested:
        raise web.HTTPFound(data["url"])
    return {"data": data}


def portrait(call: Call, page: Page) -> Json:
    """Where the profile picture is and how large."""
    photo = call.world.objects.get(page.portrait)
    if isinstance(photo, Photo):
        url, size = call.world.file(photo), (photo.width, photo.height)
    else:
        url, size = f"{call.world.address}/cdn/{page.id}", (50, 50)
    return {"height": size[1], "width": size[0], "is_silhouette": not page.portrait, "url": url}


async def set_picture(call: Call) -> Answer:
    """POST /{page}/picture: an address, the id of a photo of the Page, or a file."""
    page, named = publishing.page_of(call), call.get("picture") or call.get("photo")
    if ("source" in call.files) == bool(named):
        raise invalid("Exactly one of picture and source is required")
    known = call.world.objects.get(named or "")
    if isinstance(known, Photo) and known.holder == page.id:
        photo = known
    elif named and "://" not in named:
        raise invalid("Param picture must be a URL or the id of a photo of this Page")
    else:
        photo = store(call, call.files.get("source") or await fetched(named))
    photo.used, page.portrait = "picture", photo.id
    call.world.webhooks.change("page", page.id, "picture", {"item": "photo", "verb": "update", "photo_id": photo.id})
    return True


def settings(call: Call) -> Answer:
    """GET /{page}/settings."""
    kept = tables.SETTINGS | publishing.page_of(call).settings
    rows: list[Json] = [{"setting": name, "value": value} for name, value in kept.items()]
    return Listing(rows)


def set_setting(call: Call) -> Answer:
    """POST /{page}/settings: one option a call."""
    option: Json = call.get("option")
    if len(option) != 1 or not {*option} <= {*tables.SETTINGS}:
        raise invalid("Param option must hold exactly one known setting")
    publishing.page_of(call).settings |= option
    return True


# -- which webhooks an app gets of this Page ---------------------------------------------------------------------------


def subscribe(call: Call) -> Answer:
    """POST /{page}/subscribed_apps."""
    page = publishing.page_of(call)
    call.world.webhooks.accounts[call.speaker.app.id, page.id] = set(call.get("subscribed_fields"))
    return True


def subscribed(call: Call) -> Answer:
    """GET /{page}/subscribed_apps."""
    world, page = call.world, publishing.page_of(call)
    rows: list[Json] = [
        {"id": app, "name": world.tokens.apps[app].name, "category": "Business", "link": "https://bottega.example/",
         "subscribed_fields": sorted(fields)}
        for (app, account), fields in world.webhooks.accounts.items()
        if account == page.id
    ]  # fmt: skip
    return Listing(rows)


def unsubscribe(call: Call) -> Answer:
    """DELETE /{page}/subscribed_apps."""
    page = publishing.page_of(call)
    if call.world.webhooks.accounts.pop((call.speaker.app.id, page.id), None) is None:
        raise GraphError(100, "(#100) App is not installed: no webhooks are sent to it for this Page")
    return True


EDGES = (
    Edge("Page", "", "GET", {}, read),
    Edge("Page", "", "POST", tables.UPDATE_PAGE, update, scopes=MANAGE, tokens=("page",), own=True),
    Edge("Page", "picture", "GET", tables.READ_PICTURE, picture),
    Edge("Page", "picture", "POST", tables.PICTURE, set_picture, scopes=MANAGE, tokens=("page",), own=True),
    Edge("Page", "settings", "GET", {}, settings, scopes=MANAGE, tokens=("page",), own=True, listing=True),
    Edge("Page", "settings", "POST", tables.SETTING, set_setting, scopes=MANAGE, tokens=("page",), own=True),
    Edge("Page", "subscribed_apps", "GET", {}, subscribed, scopes=READ, tokens=("page",), own=True, listing=True),
    Edge("Page", "subscribed_apps", "POST", tables.SUBSCRIBE, subscribe, scopes=MANAGE, tokens=("page",), own=True),
    Edge("Page", "subscribed_apps", "DELETE", {}, unsubscribe, scopes=MANAGE, tokens=("page",), own=True),
)
