"""The stage: HTTP under /_/ by which the page, the stories and the tests act as people."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, fields
from inspect import isawaitable
from typing import Any

from aiohttp import web

from sandbox.service import Refusal
from sandbox.telegram import people, rooms
from sandbox.telegram.limits import Settings
from sandbox.telegram.people import Wish
from sandbox.telegram.world import World

Act = Callable[[World, Wish], Any]
WorldOf = Callable[[], World]


def settings(world: World, wish: Wish) -> dict[str, Any]:
    """Change any field of limits.Settings; `{}` changes nothing. To all settings."""
    known = {f.name for f in fields(Settings)}
    if unknown := wish.keys() - known:
        raise Refusal(f"There is no setting called {min(unknown)!r}.")
    for name, value in wish.items():
        setattr(world.settings, name, value)
    return asdict(world.settings)


async def redeliver(world: World, wish: Wish) -> dict[str, Any]:
    """`{update_id?}`: send an update (the latest) to the webhook once more, as after a lost answer."""
    if not world.webhook.url:
        raise Refusal("Updates are polled: what was confirmed is never sent again.")
    wanted = wish.get("update_id")
    found = [u for u in world.updates.history if wanted in (None, u["update_id"])]
    if not found:
        raise Refusal("There was no such update.")
    return {"update_id": found[-1]["update_id"], "accepted": await world.webhook.send(found[-1])}


ACTS: dict[str, Act] = {
    "say": people.say,
    "start": people.start,
    "press": people.press,
    "edit": people.edit,
    "delete": people.delete,
    "react": people.react,
    "kick": rooms.kick,
    "invite": rooms.invite,
    "promote": rooms.promote,
    "demote": rooms.demote,
    "block": rooms.block,
    "topic": rooms.topic,
    "upgrade": rooms.upgrade,
    "settings": settings,
    "redeliver": redeliver,
}


def _route(act: Act, world_of: WorldOf) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        world = world_of()
        try:
            result = act(world, await request.json() if request.can_read_body else {})
            result = await result if isawaitable(result) else result
        except Refusal as refusal:
            return refusal.response()
        except (KeyError, TypeError, ValueError) as error:
            return Refusal(f"That wish is incomplete: {error}").response()
        world.changed()
        return web.json_response(result)

    return answer


def stage_routes(world_of: WorldOf) -> list[web.RouteDef]:
    """POST /_/say, /_/start, /_/press … and GET /_/file/<file id>; `world_of` gives the present world."""

    async def file(request: web.Request) -> web.Response:
        stored = world_of().files.by_id.get(request.match_info["file_id"])
        if stored is None:
            return web.Response(status=404)
        return web.Response(body=stored.upload.data, content_type=stored.upload.mime)

    acts = [web.post(f"/_/{name}", _route(act, world_of)) for name, act in ACTS.items()]
    return [*acts, web.get("/_/file/{file_id}", file)]
