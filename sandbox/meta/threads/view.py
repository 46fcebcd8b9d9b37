"""What the page and the tests see of Threads."""

from sandbox.meta.containers import state
from sandbox.meta.threads import hooks, posts
from sandbox.meta.threads.insights import numbers
from sandbox.meta.threads.model import ThreadsContainer, ThreadsMedia, ThreadsProfile
from sandbox.meta.threads.publishing import used
from sandbox.meta.world import Json, World, stamp


def view(world: World) -> Json:
    """Every profile with its posts (newest first) and what stands under them, and its containers."""
    return {"profiles": [_profile(world, profile) for profile in world.all(ThreadsProfile)]}


def _profile(world: World, profile: ThreadsProfile) -> Json:
    every = [m for m in world.all(ThreadsMedia)[::-1] if not m.album]
    return {
        "id": profile.id,
        "username": profile.username,
        "name": profile.name,
        "followers": profile.followers,
        "quota_used": used(world, profile, replies=False),
        "posts": [_media(world, m) for m in every if m.author == profile.id and not m.replied_to],
        "others": [_media(world, m) for m in every if m.author != profile.id and not m.replied_to],
        "containers": [
            {"id": c.id, "sort": c.sort, "status": state(world, c), "media": c.published}
            for c in world.all(ThreadsContainer, profile.id)
        ],
    }


def _media(world: World, media: ThreadsMedia) -> Json:
    return {
        "id": media.id,
        "from": hooks.username(world, media.author),
        "type": media.sort,
        "text": media.text,
        "link": media.link,
        "at": stamp(media.at),
        "url": world.link(media),
        "hidden": posts.hidden(world, media),
        "quoted": media.quoted,
        "reposted": media.reposted,
        "files": [
            {"id": m.id, "url": world.file(m), "kind": m.sort.lower(), "alt": m.alt_text}
            for m in (media, *(world.get(name, ThreadsMedia) for name in media.children))
            if m.data is not None
        ],
        "likes": [hooks.username(world, person) for person in sorted(media.likes)],
        "numbers": numbers(world, media),
        "replies": [_media(world, reply) for reply in posts.under(world, media)],
    }
