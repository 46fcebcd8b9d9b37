"""Reading an account and its media, comments on and off, deleting, which webhooks an app gets (meta.md 4.2, 3.1)."""

from datetime import timedelta

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Answer, Call, Edge, Listing
from sandbox.meta.instagram.model import InstagramAccount, InstagramComment, Media
from sandbox.meta.instagram.reaching import account_of, both, on_facebook
from sandbox.meta.tables import instagram as tables
from sandbox.meta.world import Json, World

#: A story is listed for so long, and this many media are listed at most.
SHOWN, MOST = timedelta(hours=24), 10_000


def read(call: Call) -> Answer:
    """GET of an account or of media."""
    assert call.node
    return call.node


def _listed(call: Call, *products: str) -> list[Media]:
    since, until = call.get("since"), call.get("until")
    rows = [
        m
        for m in call.world.all(Media, account_of(call).id)
        if m.product in products
        and not m.album
        and (since is None or m.at >= since)
        and (until is None or m.at <= until)
    ]
    return rows[::-1][:MOST]


def media(call: Call) -> Answer:
    """GET /{account}/media: newest first, without stories and live videos."""
    return Listing(_listed(call, "FEED", "REELS"))


def stories(call: Call) -> Answer:
    """GET /{account}/stories: those of the last 24 hours."""
    return Listing([m for m in _listed(call, "STORY") if call.world.now() - m.at < SHOWN])


def live(call: Call) -> Answer:
    """GET /{account}/live_media: what is being broadcast."""
    return Listing([m for m in _listed(call, "LIVE") if not m.ended])


def children(call: Call) -> Answer:
    """GET /{media}/children, in order."""
    return Listing([call.world.get(name, Media) for name in _media(call).children])


def _media(call: Call) -> Media:
    assert isinstance(call.node, Media)
    return call.node


def update(call: Call) -> Answer:
    """POST /{media}: comments on or off; not of a live video."""
    found = _media(call)
    if found.product == "LIVE" or found.album:
        raise invalid("Comments of this media cannot be switched")
    found.comment_enabled = call.get("comment_enabled")
    return True


def delete(call: Call) -> Answer:
    """DELETE /{media}: posts, albums, reels and stories, by Facebook Login alone."""
    found = _media(call)
    if found.product == "LIVE" or found.album:
        raise GraphError(100, "(#100) This type of media cannot be deleted", subcode=2207073)
    remove(call.world, found)
    return True


def remove(world: World, media: Media) -> None:
    """Take media away with its children and comments."""
    for comment in world.all(InstagramComment):
        if comment.media == media.id:
            del world.objects[comment.id]
    for name in (*media.children, media.id):
        del world.objects[name]


# -- which webhooks an app gets of this account ------------------------------------------------------------------------


def subscribe(call: Call) -> Answer:
    """POST /{account}/subscribed_apps: replaces what was subscribed to."""
    fields = set(call.get("subscribed_fields"))
    call.world.webhooks.accounts[call.speaker.app.id, account_of(call).id] = fields
    return True


def subscribed(call: Call) -> Answer:
    """GET /{account}/subscribed_apps: this app with its fields, if it is subscribed."""
    app, account = call.speaker.app.id, account_of(call)
    fields = call.world.webhooks.accounts.get((app, account.id))
    rows: list[Json] = [] if fields is None else [{"app_id": app, "subscribed_fields": sorted(fields)}]
    return Listing(rows)


def unsubscribe(call: Call) -> Answer:
    """DELETE /{account}/subscribed_apps."""
    call.world.webhooks.accounts.pop((call.speaker.app.id, account_of(call).id), None)
    return True


def me(call: Call) -> Answer:
    """GET of an account."""
    assert isinstance(call.node, InstagramAccount)
    return call.node


EDGES: tuple[Edge, ...] = (
    *both("IGUser", "", "GET", {}, me, "read"),
    *both("IGUser", "media", "GET", tables.LISTED, media, "read", listing=True),
    *both("IGUser", "stories", "GET", {}, stories, "read", listing=True),
    *both("IGUser", "live_media", "GET", {}, live, "read", facebook_too=tables.LISTED, listing=True),
    *both("IGUser", "subscribed_apps", "POST", tables.SUBSCRIBE, subscribe, "read"),
    *both("IGUser", "subscribed_apps", "GET", {}, subscribed, "read", listing=True),
    *both("IGUser", "subscribed_apps", "DELETE", {}, unsubscribe, "read"),
    *both("IGMedia", "", "GET", {}, read, "read"),
    *both("IGMedia", "children", "GET", {}, children, "read", listing=True),
    *both("IGMedia", "", "POST", tables.UPDATE_MEDIA, update, "comments"),
    on_facebook("IGMedia", "", "DELETE", {}, delete, "publish"),
)
