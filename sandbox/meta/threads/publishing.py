"""Threads: containers, publishing them once, and how many a day (meta.md 5)."""

from datetime import timedelta

from sandbox.meta.containers import begin, children, fetched, looked_at, state
from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.fetching import NotFetched, fetch
from sandbox.meta.graph import Answer, Ask, Call, Created, Edge, Listing
from sandbox.meta.tables import threads as tables
from sandbox.meta.threads import checking, hooks
from sandbox.meta.threads.model import ThreadsContainer, ThreadsMedia, ThreadsProfile
from sandbox.meta.threads.reaching import edge, knows, profile_of
from sandbox.meta.world import Json, World

DAY = timedelta(days=1)
#: What a container's media_type is when the post is read.
SORTS = {"TEXT": "TEXT_POST", "IMAGE": "IMAGE", "VIDEO": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}


async def create(call: Call) -> Answer:
    """POST /{profile}/threads: {id} of the container, or of the post where auto_publish_text is set."""
    world, profile = call.world, profile_of(call)
    checking.check(call)
    _known(call, profile)
    kept = {*tables.CREATE, *tables.WITHOUT_EFFECT}
    container = ThreadsContainer(
        id=world.new_id("185"), holder=profile.id, sort=call.get("media_type"), at=world.now(), ready=world.now(),
        app=call.speaker.app.id, child=call.get("is_carousel_item", False),
        params={name: value for name, value in call.params.items() if name in kept},
    )  # fmt: skip
    if container.sort == "CAROUSEL":
        container.children = _children(call, profile)
    elif container.sort == "IMAGE":
        container.file = await fetched(call.get("image_url"))
        checking.check_picture(container.file)
    elif container.sort == "VIDEO":
        await _film(container, call.get("video_url"))
    begin(world, container, film=container.sort == "VIDEO")
    world.add(container)
    if call.get("auto_publish_text"):
        _room(world, profile, container)
        return Created(show(world, profile, container))
    return Created(container)


def _known(call: Call, profile: ThreadsProfile) -> None:
    """Raises GraphError where the post to be answered or quoted is not there."""
    for name in ("reply_to_id", "quote_post_id"):
        if name in call.params:
            found = call.world.objects.get(call.get(name))
            if not isinstance(found, ThreadsMedia) or not knows(profile, found):
                raise _missing(call.get(name))


def _children(call: Call, profile: ThreadsProfile) -> list[str]:
    ids = [str(name) for name in call.get("children")]
    if not checking.FEWEST <= len(ids) <= checking.MOST:
        raise invalid(f"Param children must have {checking.FEWEST} to {checking.MOST} elements")
    for name in ids:
        child = call.world.objects.get(name)
        if not isinstance(child, ThreadsContainer) or child.holder != profile.id or not child.child:
            raise invalid(f"Param children: {name} is not the id of a carousel item")
    return ids


async def _film(container: ThreadsContainer, address: str) -> None:
    try:
        container.file = await fetch(address)
    except NotFetched:
        container.outcome, container.error = "ERROR", "FAILED_DOWNLOADING_VIDEO"
        return
    if trouble := checking.trouble_with_film(container.file):
        container.outcome, container.error = "ERROR", trouble


def read(call: Call) -> Answer:
    """GET /{container}: looking at its status gets it on where the settings say so."""
    assert isinstance(call.node, ThreadsContainer)
    if any(ask.name == "status" for ask in call.fields):
        looked_at(call.world, call.node)
    return call.node


def status(call: Call, container: ThreadsContainer, _ask: Ask) -> str:
    """IN_PROGRESS, FINISHED, PUBLISHED, ERROR or EXPIRED."""
    return state(call.world, container)


def error_message(call: Call, container: ThreadsContainer, _ask: Ask) -> str | None:
    """Why it failed, once it has."""
    if state(call.world, container) != "ERROR":
        return None
    failed = next((c for c in (container, *children(call.world, container)) if c.error), container)
    return failed.error or "UNKNOWN"


def publish(call: Call) -> Answer:
    """POST /{profile}/threads_publish: {id} of the post.

    A container that is not ready, was published or is not there is "not found" (observed: fbsamples/threads_api #70).
    """
    world, profile = call.world, profile_of(call)
    container = world.objects.get(call.get("creation_id"))
    if not isinstance(container, ThreadsContainer) or container.holder != profile.id:
        raise _missing(call.get("creation_id"))
    if container.child:
        raise invalid("A carousel item cannot be published on its own")
    if state(world, container) != "FINISHED":
        raise _missing(container.id)
    _room(world, profile, container)
    return Created(show(world, profile, container))


def _missing(name: str) -> GraphError:
    return GraphError(
        24, "The requested resource does not exist", subcode=4279009, title="Media Not Found",
        user_message=f"The media with id {name} cannot be found.",
    )  # fmt: skip


def _room(world: World, profile: ThreadsProfile, container: ThreadsContainer) -> None:
    """Raises GraphError 9/2207042 where the day's posts or replies are used up (the code is Instagram's)."""
    replies = "reply_to_id" in container.params
    most = world.settings.threads_reply_quota if replies else world.settings.threads_quota
    if used(world, profile, replies=replies) >= most:
        raise GraphError(9, "(#9) Application request limit reached", subcode=2207042)


def used(world: World, profile: ThreadsProfile, *, replies: bool) -> int:
    """How many posts (or replies) apps published in the last 24 hours; a carousel counts once."""
    since = world.now() - DAY
    mine = (m for m in world.all(ThreadsMedia) if m.author == profile.id and m.app and m.at > since and not m.album)
    return sum(bool(m.replied_to) == replies for m in mine)


def show(world: World, profile: ThreadsProfile, container: ThreadsContainer) -> ThreadsMedia:
    """The post of a container that is ready; its children get ids of their own."""
    media = _media(world, profile, container)
    for child in children(world, container):
        if isinstance(child, ThreadsContainer):
            shown = _media(world, profile, child)
            shown.album = media.id
            media.children.append(shown.id)
            child.published = shown.id
    container.published = media.id
    hooks.published(world, media)
    return media


def _media(world: World, profile: ThreadsProfile, container: ThreadsContainer) -> ThreadsMedia:
    params, file = container.params, container.file
    film = container.sort == "VIDEO"
    media = ThreadsMedia(
        id=world.new_id("186"), holder=profile.id, author=profile.id, at=world.now(), app=container.app,
        sort=SORTS[container.sort], text=params.get("text", ""), data=file.data if file else None,
        mime=("video/mp4" if film else file.mime) if file else "", alt_text=params.get("alt_text", ""),
        quoted=params.get("quote_post_id", ""), link=params.get("link_attachment", ""),
        topic=params.get("topic_tag", ""), audience=params.get("reply_control", "everyone"),
    )  # fmt: skip
    about = world.objects.get(params.get("reply_to_id", ""))
    if isinstance(about, ThreadsMedia):
        under(media, about)
    return world.add(media)


def under(media: ThreadsMedia, about: ThreadsMedia) -> None:
    """Make a post a reply."""
    media.replied_to, media.root, media.holder = about.id, about.root or about.id, about.holder


def limit(call: Call) -> Answer:
    """GET /{profile}/threads_publishing_limit: usage and totals of posts, replies and deletions in 24 hours."""
    world, profile, settings = call.world, profile_of(call), call.world.settings
    row: Json = {
        "quota_usage": used(world, profile, replies=False),
        "config": _config(settings.threads_quota),
        "reply_quota_usage": used(world, profile, replies=True),
        "reply_config": _config(settings.threads_reply_quota),
        "delete_quota_usage": sum(at > world.now() - DAY for at in profile.deleted),
        "delete_config": _config(settings.threads_delete_quota),
    }
    return Listing([row if call.fields else {"quota_usage": row["quota_usage"]}])


def _config(total: int) -> Json:
    return {"quota_total": total, "quota_duration": int(DAY.total_seconds())}


EDGES: tuple[Edge, ...] = (
    edge("ThreadsProfile", "threads", "POST", {**tables.CREATE, **tables.WITHOUT_EFFECT}, create, "publish"),
    edge("ThreadsProfile", "threads_publish", "POST", tables.PUBLISH, publish, "publish"),
    edge("ThreadsProfile", "threads_publishing_limit", "GET", {}, limit, "publish"),
    edge("ThreadsContainer", "", "GET", {}, read, "publish"),
)
