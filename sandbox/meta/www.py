"""What people see of a post in their browser: a plain page with its words, so that links lead somewhere."""

import html

from aiohttp import web

from sandbox.meta.world import World

#: Under which of these names a node keeps its words.
WORDS = ("message", "caption", "text", "description", "name")


async def look(world: World, node_id: str) -> web.Response:
    """The page of a node. Raises 404 where there is none."""
    node = world.objects.get(node_id)
    if node is None:
        raise web.HTTPNotFound
    words = next((str(found) for name in WORDS if (found := getattr(node, name, ""))), "")
    text = f'<!doctype html><meta charset="utf-8"><title>{node.kind}</title><p>{html.escape(words)}</p>'
    return web.Response(text=text, content_type="text/html")
