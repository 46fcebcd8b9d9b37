"""Who may call what on Threads (meta.md 1.4), and which posts a profile may know of."""

from collections.abc import Mapping
from typing import Literal

from sandbox.meta.errors import missing_object
from sandbox.meta.graph import Call, Edge, Handle
from sandbox.meta.params import Param
from sandbox.meta.threads.model import ThreadsMedia, ThreadsProfile
from sandbox.meta.words import names

Work = Literal["read", "publish", "read_replies", "manage_replies", "delete", "insights", "mentions"]
SCOPES: dict[Work, tuple[str, ...]] = {
    "read": ("threads_basic",),
    "publish": ("threads_basic", "threads_content_publish"),
    "read_replies": ("threads_basic", "threads_read_replies"),
    "manage_replies": ("threads_basic", "threads_manage_replies"),
    "delete": ("threads_basic", "threads_delete"),
    "insights": ("threads_basic", "threads_manage_insights"),
    "mentions": ("threads_basic", "threads_manage_mentions"),
}


def profile_of(call: Call) -> ThreadsProfile:
    """The profile that speaks."""
    return call.world.get(call.speaker.owner, ThreadsProfile)


def media_of(call: Call) -> ThreadsMedia:
    """The post the call is about. Raises GraphError 100/33 for one that the profile may not know of."""
    found = call.node
    if not isinstance(found, ThreadsMedia) or not knows(profile_of(call), found):
        raise missing_object(found.id if found else "", call.method)
    return found


def knows(profile: ThreadsProfile, media: ThreadsMedia) -> bool:
    """Its own posts, what stands under them, and what mentions it."""
    return profile.id in {media.author, media.holder} or names(media.text, profile.username)


def edge(
    node: str, name: str, method: str, params: Mapping[str, Param], handle: Handle, work: Work, *, listing: bool = False
) -> Edge:
    """An edge of graph.threads.net; a profile's edges are for its own token alone."""
    return Edge(
        node, name, method, params, handle, host="threads", scopes=SCOPES[work], tokens=("threads",),
        own=node == "ThreadsProfile", listing=listing,
    )  # fmt: skip
