"""What people do on Threads in their app: the public, and the profile's own people."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.meta.tables.threads import TOPICS
from sandbox.meta.threads import hooks, insights, posts, publishing
from sandbox.meta.threads.model import ThreadsMedia, ThreadsProfile
from sandbox.meta.webhooks import Subscription
from sandbox.meta.words import names
from sandbox.meta.world import THREADS_USER, Json, World
from sandbox.service import Refusal

#: The app of Threads.
APP = "4000000003"


def settle(world: World) -> None:
    """One profile."""
    world.add(
        ThreadsProfile(
            id=THREADS_USER, username="acme", name="Acme", biography="Good things, made slowly.", followers=320,
            demographics={"country": {"IT": 200, "DE": 80}, "gender": {"F": 170, "M": 150}},
        )
    )  # fmt: skip


def _more(world: World, asked: Json) -> Json:
    """Another profile, with a `name` of its own."""
    name = str(asked.get("name", "other"))
    made = world.add(
        ThreadsProfile(id=str(int(THREADS_USER) + len(world.all(ThreadsProfile))), username=name, name=name)
    )
    return {"id": made.id}


def _profile(world: World) -> ThreadsProfile:
    return world.get(THREADS_USER, ThreadsProfile)


def _author(world: World, asked: Json) -> str:
    """`as`: a person's name, or "account" for the profile's own people in the Threads app."""
    if asked["as"] == "account":
        return THREADS_USER
    return world.person(asked["as"]).id


def _media(world: World, asked: Json) -> ThreadsMedia:
    found = world.objects.get(str(asked["id"]))
    if not isinstance(found, ThreadsMedia):
        raise Refusal("There is no such post.")
    return found


def _new(world: World, asked: Json, about: ThreadsMedia | None = None, quoted: str = "") -> ThreadsMedia:
    author = _author(world, asked)
    made = ThreadsMedia(
        id=world.new_id("186"), holder=author, author=author, at=world.now(), text=str(asked["text"]), quoted=quoted
    )
    if about is not None:
        publishing.under(made, about)
    world.add(made)
    hooks.published(world, made)
    if author != THREADS_USER and names(made.text, _profile(world).username):
        hooks.mentioned(world, _profile(world), made)
    return made


def post(world: World, asked: Json) -> Json:
    """{as, text}: a post of one's own; one that names @acme is a mention."""
    return {"id": _new(world, asked).id}


def reply(world: World, asked: Json) -> Json:
    """{as, id, text}: a reply to a post or reply."""
    return {"id": _new(world, asked, _media(world, asked)).id}


def quote(world: World, asked: Json) -> Json:
    """{as, id, text}: a post that quotes another."""
    return {"id": _new(world, asked, quoted=_media(world, asked).id).id}


def repost(world: World, asked: Json) -> Json:
    """{as, id}: a repost."""
    return {"id": posts.share(world, _media(world, asked), _author(world, asked)).id}


def like(world: World, asked: Json) -> None:
    """{as, id, undo?: bool}."""
    found, author = _media(world, asked), _author(world, asked)
    if asked.get("undo"):
        found.likes.discard(author)
    else:
        found.likes.add(author)


def delete(world: World, asked: Json) -> None:
    """{as, id}: one's own."""
    found = _media(world, asked)
    if found.author != _author(world, asked):
        raise Refusal("That is somebody else's.")
    posts.remove(world, found)


def see(world: World, asked: Json) -> None:
    """{id, views?, likes?, shares?, clicks?}: adds to the numbers of a post (clicks: of the profile's link)."""
    found = _media(world, asked)
    amounts = {name: int(asked[name]) for name in ("views", "likes", "shares", "clicks") if name in asked}
    for name, amount in amounts.items():
        found.numbers[name] = found.numbers.get(name, 0) + amount
    insights.count(world, _profile(world), **amounts)


def follow(world: World, asked: Json) -> None:
    """{people?: number, may be negative}."""
    _profile(world).followers += int(asked.get("people", 1))


async def subscribe(world: World, asked: Json) -> None:
    """{callback_url, verify_token, fields}: the App Dashboard of the Threads app (meta.md 3.6)."""
    fields = {str(name) for name in asked["fields"]}
    if unknown := fields - {*TOPICS}:
        raise Refusal(f"There is no field called {min(unknown)}.")
    wanted = Subscription(APP, "threads", str(asked["callback_url"]), str(asked["verify_token"]), fields, whole=True)
    await world.webhooks.subscribe(wanted)


ACTS: Mapping[str, Callable[[World, Json], Any]] = {
    "post": post, "reply": reply, "quote": quote, "repost": repost, "like": like, "delete": delete, "see": see,
    "follow": follow, "subscribe": subscribe, "more": _more,
}  # fmt: skip
