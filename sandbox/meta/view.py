"""What the page and the tests see of the pretend Meta, through `GET /_/state`."""

from dataclasses import asdict
from typing import Any

from sandbox.meta.graph import Product
from sandbox.meta.limits import Limits
from sandbox.meta.world import Person, World, stamp


def everything(world: World, limits: Limits, products: tuple[Product, ...]) -> dict[str, Any]:
    """The whole state: each product under its name, and what is common to all."""
    return {
        "now": stamp(world.now()),
        "settings": asdict(world.settings),
        "calls": limits.calls,
        "people": [{"id": p.id, "name": p.name, "username": p.username, "ours": p.ours} for p in world.all(Person)],
        "tokens": [
            {
                "token": t.value,
                "kind": t.kind,
                "owner": t.owner,
                "app": t.app.id,
                "scopes": sorted(t.scopes),
                "expires": stamp(t.expires) if t.expires else None,
                "ended": t.ended,
            }
            for t in world.tokens.all.values()
        ],
        "subscriptions": [
            {"app": s.app, "object": s.object, "callback": s.callback, "fields": sorted(s.fields)}
            for s in world.webhooks.apps.values()
        ],
        "subscribed": [
            {"app": app, "account": account, "fields": sorted(fields)}
            for (app, account), fields in world.webhooks.accounts.items()
        ],
        "webhooks_held": len(world.webhooks.held),
        "deliveries": [
            {"app": d.subscription.app, "body": d.body.decode(), "answers": d.log, "done": d.done}
            for d in world.webhooks.deliveries
        ],
        **{product.name: product.view(world) for product in products},
    }
