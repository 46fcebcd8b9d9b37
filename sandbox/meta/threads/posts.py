"""Reading posts, replies and mentions; deleting, reposting, hiding replies (meta.md 5)."""

from datetime import timedelta

from sandbox.meta.errors import GraphError, invalid, missing_object
from sandbox.meta.graph import Answer, Call, Created, Edge, Listing
from sandbox.meta.tables import threads as tables
from sandbox.meta.threads import hooks
from sandbox.meta.threads.model import ThreadsMedia
from sandbox.meta.threads.reaching import edge, knows, media_of, profile_of
from sandbox.meta.words import names
from sandbox.meta.world import World


def read(call: Call) -> Answer:
    """GET /{post}."""
    return media_of(call)


def me(call: Call) -> Answer:
    """GET /{profile}."""
    return profile_of(call)


def _listed(call: Call, rows: list[ThreadsMedia]) -> Listing:
    since, until = call.get("since"), call.get("until")
    return Listing([m for m in rows[::-1] if (since is None or m.at >= since) and (until is None or m.at <= until)])


def _own(call: Call) -> list[ThreadsMedia]:
    owner = profile_of(call).id
    return [m for m in call.world.all(ThreadsMedia) if m.author == owner and not m.album]


def threads(call: Call) -> Answer:
    """GET /{profile}/threads: its posts and reposts, newest first."""
    return _listed(call, [m for m in _own(call) if not m.replied_to])


def own_replies(call: Call) -> Answer:
    """GET /{profile}/replies: the replies it wrote, newest first."""
    return _listed(call, [m for m in _own(call) if m.replied_to])


def mentions(call: Call) -> Answer:
    """GET /{profile}/mentions: posts of others that name it, newest first."""
    profile = profile_of(call)
    every = call.world.all(ThreadsMedia)
    return _listed(call, [m for m in every if m.author != profile.id and names(m.text, profile.username)])


# -- what stands under a post ------------------------------------------------------------------------------------------


def under(world: World, media: ThreadsMedia) -> list[ThreadsMedia]:
    """The replies to a post itself, oldest first."""
    return [m for m in world.all(ThreadsMedia) if m.replied_to == media.id]


def below(world: World, media: ThreadsMedia) -> list[ThreadsMedia]:
    """The replies to a post and to its replies, oldest first."""
    found = {media.id}
    rows = []
    for other in world.all(ThreadsMedia):  # a reply is always newer than what it answers
        if other.replied_to in found:
            found.add(other.id)
            rows.append(other)
    return rows


def _ordered(call: Call, rows: list[ThreadsMedia]) -> Listing:
    """Newest first, unless `reverse` is false."""
    return Listing(rows[::-1] if call.get("reverse", True) else rows)


def replies(call: Call) -> Answer:
    """GET /{post}/replies: the top level."""
    return _ordered(call, under(call.world, media_of(call)))


def conversation(call: Call) -> Answer:
    """GET /{post}/conversation: all levels, flattened; of the profile's own posts."""
    media = media_of(call)
    if media.author != profile_of(call).id or media.replied_to:
        raise invalid("The conversation is available on root posts that are your own")
    return _ordered(call, below(call.world, media))


def hidden(world: World, media: ThreadsMedia) -> bool:
    """Whether a reply, or the one it stands under, is hidden."""
    about = world.objects.get(media.replied_to)
    return media.hidden or (isinstance(about, ThreadsMedia) and hidden(world, about))


def manage(call: Call) -> Answer:
    """POST /{reply}/manage_reply: hides or shows a top-level reply of somebody else; those under it follow."""
    media, profile = media_of(call), profile_of(call)
    root = call.world.objects.get(media.root)
    if not isinstance(root, ThreadsMedia) or root.author != profile.id or media.author == profile.id:
        raise missing_object(media.id, "post")
    if media.replied_to != media.root:
        raise invalid("Only top-level replies can be hidden or unhidden")
    media.hidden = call.get("hide")
    return True


# -- deleting and reposting --------------------------------------------------------------------------------------------


def delete(call: Call) -> Answer:
    """DELETE /{post}: {success, deleted_id}; its own posts alone, so many a day."""
    world, media, profile = call.world, media_of(call), profile_of(call)
    if media.author != profile.id or media.album:
        raise missing_object(media.id, "delete")
    since = world.now() - timedelta(days=1)
    if sum(at > since for at in profile.deleted) >= world.settings.threads_delete_quota:
        raise GraphError(9, "(#9) Application request limit reached", subcode=2207042)
    profile.deleted.append(world.now())
    remove(world, media)
    return {"success": True, "deleted_id": media.id}


def remove(world: World, media: ThreadsMedia) -> None:
    """Take a post away, with its children, what stands under it and its reposts."""
    reposts = [m.id for m in world.all(ThreadsMedia) if m.reposted == media.id]
    for name in (*(m.id for m in below(world, media)), *media.children, *reposts, media.id):
        world.objects.pop(name, None)
    hooks.deleted(world, media)


def repost(call: Call) -> Answer:
    """POST /{post}/repost: {id} of the repost; a second one of the same post is the same."""
    world, media, profile = call.world, media_of(call), profile_of(call)
    if not knows(profile, media) or media.sort == "REPOST_FACADE":
        raise missing_object(media.id, "post")
    return Created(share(world, media, profile.id, call.speaker.app.id))


def share(world: World, media: ThreadsMedia, author: str, app: str = "") -> ThreadsMedia:
    """Somebody's repost of a post."""
    known = next((m for m in world.all(ThreadsMedia) if m.author == author and m.reposted == media.id), None)
    if known is not None:
        return known
    return world.add(
        ThreadsMedia(
            id=world.new_id("186"), holder=author, author=author, at=world.now(), sort="REPOST_FACADE", app=app,
            reposted=media.id,
        )
    )  # fmt: skip


EDGES: tuple[Edge, ...] = (
    edge("ThreadsProfile", "", "GET", {}, me, "read"),
    edge("ThreadsProfile", "threads", "GET", tables.LISTED, threads, "read", listing=True),
    edge("ThreadsProfile", "replies", "GET", tables.LISTED, own_replies, "read_replies", listing=True),
    edge("ThreadsProfile", "mentions", "GET", tables.LISTED, mentions, "mentions", listing=True),
    edge("ThreadsMedia", "", "GET", {}, read, "read"),
    edge("ThreadsMedia", "replies", "GET", tables.REPLIES, replies, "read_replies", listing=True),
    edge("ThreadsMedia", "conversation", "GET", tables.REPLIES, conversation, "read_replies", listing=True),
    edge("ThreadsMedia", "manage_reply", "POST", tables.HIDE, manage, "manage_replies"),
    edge("ThreadsMedia", "", "DELETE", {}, delete, "delete"),
    edge("ThreadsMedia", "repost", "POST", {}, repost, "publish"),
)
