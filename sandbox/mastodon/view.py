"""What the page and the tests see of the server, through `GET /_/state`."""

from typing import Any

from sandbox.mastodon.access import Access
from sandbox.mastodon.ids import order
from sandbox.mastodon.shapes import Shapes, moment
from sandbox.mastodon.state import Person, Status, World


def timeline(world: World, shapes: Shapes, viewer: str | None, everything: bool = False) -> list[dict[str, Any]]:
    """Every status newest first, as far as the viewer may see it (or all of them)."""
    found = sorted(world.statuses.values(), key=lambda s: order(s.id), reverse=True)
    return [post(world, shapes, s) for s in found if everything or world.visible(s, viewer)]


def post(world: World, shapes: Shapes, status: Status) -> dict[str, Any]:
    """One status for the page: words, pictures, who liked and reblogged it, and where it stands in its thread."""
    shape = shapes.status(status, None)
    above = list(world.ancestors(status))
    likers = [world.people[i].acct for i in status.favourites]
    boosters = [world.people[s.author].acct for s in world.reblogs(status.id)]
    original = world.statuses.get(status.reblog_of or "")
    return {
        "id": status.id,
        "url": shape["url"],
        "author": _author(world.people[status.author]),
        "text": status.text,
        "html": shape["content"],
        "warning": status.warning,
        "sensitive": status.sensitive,
        "visibility": status.visibility,
        "language": status.language,
        "at": moment(status.at),
        "edited_at": shape["edited_at"],
        "versions": [{"text": v.text, "warning": v.warning, "at": moment(v.at)} for v in status.history],
        "reply_to": status.reply_to,
        "thread": above[-1].id if above else status.id,
        "replies": [s.id for s in world.replies(status.id)],
        "reblog_of": post(world, shapes, original) if original else None,
        "media": [
            {k: m[k] for k in ("id", "type", "url", "description")} | {"mime": world.media[m["id"]].mime}
            for m in shape["media_attachments"]
        ],
        "mentions": [m["acct"] for m in shape["mentions"]],
        "favourites": likers,
        "reblogs": boosters,
        "favourited_by_us": [world.people[i].acct for i in status.favourites if world.people[i].ours],
        "reblogged_by_us": [p for p in boosters if (found := world.person(p)) and found.ours],
        "counts": {"replies": len(world.replies(status.id)), "reblogs": len(boosters), "favourites": len(likers)},
    }


def everything(world: World, shapes: Shapes, access: Access, streams: list[str], viewer: str) -> dict[str, Any]:
    """The whole state; with `viewer` (a handle, or "public") the timeline holds only what that person may see."""
    person = world.known(viewer) if viewer else None
    settings = world.settings

    def name(account: str) -> str:
        return world.people[account].acct

    return {
        "persona": settings.persona,
        "software": settings.version,
        "domain": settings.domain,
        "max_characters": settings.max_characters,
        "media_seconds": settings.media_seconds,
        "streaming": settings.streaming,
        "notifications": settings.notifications,
        "now": moment(world.now()),
        "accounts": [
            _author(p) | {"id": p.id, "url": shapes.profile(p)} for p in world.people.values()
        ],
        "timeline": timeline(world, shapes, person.id if person else None, not viewer),
        "views": {
            p.username: [s.id for s in _seen(world, p.id)] for p in world.people.values() if not p.ours
        },
        "public": [s.id for s in _seen(world, None)],
        "scheduled": [
            {"id": s.id, "by": name(s.owner), "text": s.draft.text, "at": moment(s.at)}
            for s in world.scheduled.values()
        ],
        "loose_media": [m.id for m in world.media.values() if m.status is None],
        "follows": sorted([name(who), name(whom)] for who, whom in world.follows),
        "blocks": sorted([name(who), name(whom)] for who, whom in world.blocks),
        "mutes": sorted([name(who), name(whom)] for who, whom in world.mutes if world.muting(who, whom)),
        "reports": [r | {"by": name(r["by"]), "target": name(r["target"])} for r in world.reports],
        "notices": [
            {"id": n.id, "for": name(n.owner), "type": n.kind, "from": name(n.sender), "status": n.status,
             "filtered": n.filtered}
            for n in sorted(world.notices.values(), key=lambda n: order(n.id), reverse=True)
        ],
        "held_notices": len(world.held),
        "idempotency_keys": len(world.keys),
        "streams": sorted(name(account) for account in streams),
        "tokens": [
            {"account": name(t.person) if t.person else None, "scopes": t.scopes, "revoked": t.revoked,
             "application": t.application.name}
            for t in access.tokens.values()
        ],
    }  # fmt: skip


def _author(person: Person) -> dict[str, Any]:
    return {"username": person.username, "acct": person.acct, "name": person.name, "ours": person.ours}


def _seen(world: World, viewer: str | None) -> list[Status]:
    found = sorted(world.statuses.values(), key=lambda s: order(s.id), reverse=True)
    return [s for s in found if world.visible(s, viewer)]
