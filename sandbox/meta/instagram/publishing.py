"""Publishing a container once, and how many a day (meta.md 4.1, 10)."""

from datetime import timedelta

from sandbox.meta.containers import children
from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Answer, Call, Created, Edge, Listing
from sandbox.meta.instagram.containers import how_far
from sandbox.meta.instagram.model import InstagramAccount, InstagramContainer, Media
from sandbox.meta.instagram.reaching import account_of, both
from sandbox.meta.tables import instagram as tables
from sandbox.meta.world import World

DAY = timedelta(days=1)
#: What a container becomes: media_product_type and whether it is a film.
PRODUCTS = {"REELS": "REELS", "STORIES": "STORY"}


def publish(call: Call) -> Answer:
    """POST /{account}/media_publish: {id} of the media, which is another than that of the container."""
    world, account = call.world, account_of(call)
    container = world.objects.get(call.get("creation_id"))
    if not isinstance(container, InstagramContainer):
        raise _gone(call.get("creation_id"))
    if container.holder != account.id:
        text = "(#24) The media was not found, or this account may not publish it"
        raise GraphError(24, text, subcode=2207006, title="Media not found")
    if container.child:
        raise invalid("A carousel item cannot be published on its own")
    _ready(world, container)
    if used(world, account) >= world.settings.instagram_quota:
        text = "(#9) The user has reached the maximum number of posts that can be published within 24 hours"
        raise GraphError(9, text, subcode=2207042, title="Application request limit reached")
    return Created(show(world, account, container))


def _ready(world: World, container: InstagramContainer) -> None:
    """Raises GraphError unless it is FINISHED. What a second publish gets is not documented (meta.md 12)."""
    found = how_far(world, container)
    if found == "PUBLISHED":
        raise _gone(container.id)
    if found == "EXPIRED":
        raise GraphError(-2, "The media has expired: create a new container", subcode=2207020)
    if found == "ERROR":
        raise GraphError(-1, "Failed to create the media", subcode=2207032, title="Create media fail")
    if found != "FINISHED":
        raise GraphError(
            9007, "Media ID is not available", subcode=2207027, title="Media not ready to be published",
            user_message="The media is not ready to be published. Please wait a moment.",
        )  # fmt: skip


def _gone(name: str) -> GraphError:
    text = f"(#24) The requested resource does not exist: media builder {name} is missing or has expired"
    return GraphError(24, text, subcode=2207008, title="Media builder not found")


def used(world: World, account: InstagramAccount) -> int:
    """How many posts apps published in the last 24 hours; an album counts once."""
    since = world.now() - DAY
    return sum(m.app != "" and m.at > since and not m.album for m in world.all(Media, account.id))


def show(world: World, account: InstagramAccount, container: InstagramContainer) -> Media:
    """The media of a container that is ready; its children get ids of their own."""
    media = _media(world, account, container)
    for child in children(world, container):
        if isinstance(child, InstagramContainer):
            shown = _media(world, account, child)
            shown.album = media.id
            media.children.append(shown.id)
            child.published = shown.id
    container.published = media.id
    return media


def _media(world: World, account: InstagramAccount, container: InstagramContainer) -> Media:
    params, file = container.params, container.file
    film = "video_url" in params or "upload_type" in params
    sort = "CAROUSEL_ALBUM" if container.sort == "CAROUSEL" else "VIDEO" if film else "IMAGE"
    return world.add(
        Media(
            id=world.new_id("179"), holder=account.id, author=account.id, at=world.now(), app=container.app,
            product=PRODUCTS.get(container.sort, "FEED"), sort=sort, caption=params.get("caption", ""),
            alt_text=params.get("alt_text", ""), data=file.data if file else None,
            mime=("video/mp4" if film else "image/jpeg") if file else "", cover=container.cover,
            shared_to_feed=params.get("share_to_feed", True), ai_generated=params.get("is_ai_generated", False),
            extra={k: params[k] for k in ("user_tags", "collaborators", "location_id") if k in params},
        )
    )  # fmt: skip


def limit(call: Call) -> Answer:
    """GET /{account}/content_publishing_limit: {quota_usage, config} of the last 24 hours."""
    config = {"quota_total": call.world.settings.instagram_quota, "quota_duration": int(DAY.total_seconds())}
    row = {"quota_usage": used(call.world, account_of(call))}
    return Listing([row | {"config": config} if any(a.name == "config" for a in call.fields) else row])


EDGES: tuple[Edge, ...] = (
    *both("IGUser", "media_publish", "POST", tables.PUBLISH, publish, "publish"),
    *both("IGUser", "content_publishing_limit", "GET", tables.QUOTA, limit, "publish"),
)
