"""Webhooks of Threads, which have a form of their own (meta.md 3.6)."""

from sandbox.meta.tables.threads import TOPICS
from sandbox.meta.threads.model import ThreadsMedia, ThreadsProfile
from sandbox.meta.world import Json, Person, World, stamp, unix


def username(world: World, author: str) -> str:
    """The name of a profile or person."""
    found = world.objects.get(author)
    return found.username if isinstance(found, ThreadsProfile | Person) else "threads_user"


def _tell(world: World, profile_id: str, name: str, value: Json) -> None:
    for (app, product), subscription in list(world.webhooks.apps.items()):
        if product != "threads" or name not in subscription.fields:
            continue
        body: Json = {
            "app_id": app,
            "topic": TOPICS[name],
            "target_id": profile_id,
            "time": unix(world.now()),
            "subscription_id": f"{app}1",
            "has_uid_field": False,
            "values": {"field": name, "value": value},
        }
        world.webhooks.send(subscription, body)


def _shape(world: World, media: ThreadsMedia) -> Json:
    shape: Json = {
        "id": media.id,
        "username": username(world, media.author),
        "media_type": media.sort,
        "permalink": world.link(media),
        "shortcode": f"T{int(media.id):X}",
        "timestamp": stamp(media.at),
    }
    return shape | ({"text": media.text} if media.text else {})


def published(world: World, media: ThreadsMedia) -> None:
    """A post appeared: its author is told of it, and the one under whose post it stands."""
    if isinstance(world.objects.get(media.author), ThreadsProfile):
        _tell(world, media.author, "publish", _shape(world, media))
    root = world.objects.get(media.root)
    if not isinstance(root, ThreadsMedia) or not isinstance(world.objects.get(root.author), ThreadsProfile):
        return
    value = _shape(world, media) | {
        "replied_to": {"id": media.replied_to},
        "root_post": {"id": root.id, "owner_id": root.author, "username": username(world, root.author)},
    }
    _tell(world, root.author, "replies", value)


def mentioned(world: World, profile: ThreadsProfile, media: ThreadsMedia) -> None:
    """Somebody named the profile."""
    more = {"is_reply": bool(media.replied_to), "is_quote_post": bool(media.quoted), "media_product_type": "THREADS"}
    _tell(world, profile.id, "mentions", _shape(world, media) | more)


def deleted(world: World, media: ThreadsMedia) -> None:
    """A post of a profile is gone."""
    if isinstance(world.objects.get(media.author), ThreadsProfile):
        value: Json = {
            "id": media.id,
            "owner": {"owner_id": media.author},
            "deleted_at": stamp(world.now()),
            "timestamp": stamp(media.at),
            "username": username(world, media.author),
        }
        _tell(world, media.author, "delete", value)
