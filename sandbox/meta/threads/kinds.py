"""The fields of the nodes of Threads (meta.md 5)."""

from collections.abc import Callable
from typing import Any

from sandbox.meta.graph import Ask, Call, Kind, Listing, Reader, attributes
from sandbox.meta.threads import hooks, posts, publishing
from sandbox.meta.threads.model import ThreadsMedia, ThreadsProfile
from sandbox.meta.world import stamp


def _plain(read: Callable[[Any], Any]) -> Reader:
    """A field that only the node itself decides."""
    return lambda _call, node, _ask: read(node)


def _portrait(call: Call, profile: ThreadsProfile, _ask: Ask) -> str:
    return f"{call.world.address}/cdn/{profile.id}"


PROFILE: dict[str, Reader] = {
    **attributes("username name"),
    "threads_biography": _plain(lambda profile: profile.biography),
    "threads_profile_picture_url": _portrait,
    "is_verified": _plain(lambda _profile: False),
}


def _file(call: Call, media: ThreadsMedia, _ask: Ask) -> str | None:
    return call.world.file(media) if media.data is not None else None


def _link(call: Call, media: ThreadsMedia, _ask: Ask) -> str:
    return call.world.link(media)


def _username(call: Call, media: ThreadsMedia, _ask: Ask) -> str:
    return hooks.username(call.world, media.author)


def _children(call: Call, media: ThreadsMedia, _ask: Ask) -> Listing | None:
    return Listing([call.world.get(name, ThreadsMedia) for name in media.children]) if media.children else None


def _other(name: str) -> Reader:
    """Another post that this one names: {id}, or what is asked of it."""
    return lambda call, media, _ask: call.world.objects.get(getattr(media, name))


def _has_replies(call: Call, media: ThreadsMedia, _ask: Ask) -> bool:
    return bool(posts.under(call.world, media))


def _hide_status(call: Call, media: ThreadsMedia, _ask: Ask) -> str | None:
    if not media.replied_to:
        return None
    return "HIDDEN" if posts.hidden(call.world, media) else "NOT_HUSHED"


def _ours(call: Call, media: ThreadsMedia, _ask: Ask) -> bool:
    return media.author == call.speaker.owner


MEDIA: dict[str, Reader] = {
    **attributes("text alt_text"),
    "media_product_type": _plain(lambda _media: "THREADS"),
    "media_type": _plain(lambda media: media.sort),
    "media_url": _file,
    "permalink": _link,
    "owner": _plain(lambda media: {"id": media.author}),
    "username": _username,
    "timestamp": _plain(lambda media: stamp(media.at)),
    "shortcode": _plain(lambda media: f"T{int(media.id):X}"),
    "children": _children,
    "is_quote_post": _plain(lambda media: bool(media.quoted)),
    "quoted_post": _other("quoted"),
    "reposted_post": _other("reposted"),
    "link_attachment_url": _plain(lambda media: media.link or None),
    "topic_tag": _plain(lambda media: media.topic or None),
    "has_replies": _has_replies,
    "is_reply": _plain(lambda media: bool(media.replied_to)),
    "is_reply_owned_by_me": _ours,
    "root_post": _other("root"),
    "replied_to": _other("replied_to"),
    "hide_status": _hide_status,
    "reply_audience": _plain(lambda media: media.audience.upper()),
}
CONTAINER: dict[str, Reader] = {"status": publishing.status, "error_message": publishing.error_message}

KINDS: tuple[Kind, ...] = (
    Kind("ThreadsProfile", PROFILE, host="threads"),
    Kind("ThreadsMedia", MEDIA, host="threads"),
    Kind("ThreadsContainer", CONTAINER, ("status",), host="threads"),
)
