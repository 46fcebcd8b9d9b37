"""The stage, part three: how this Slack behaves. `POST /_/settings`, `/_/socket`."""

from typing import Any

from aiohttp import web

from sandbox.service import Refusal
from sandbox.slack.core import Core
from sandbox.slack.push import Pusher
from sandbox.slack.socket import Connections
from sandbox.slack.stage import Act, route

Json = dict[str, Any]


class Knobs:
    """What tests turn."""

    def __init__(self, core: Core, connections: Connections, pusher: Pusher) -> None:
        self.core = core
        self.connections = connections
        self.pusher = pusher

    def routes(self) -> list[web.RouteDef]:
        """All of it."""
        acts: dict[str, Act] = {"settings": self.settings, "socket": self.socket}
        return [route(f"/_/{name}", act, self.core.changed) for name, act in acts.items()]

    async def settings(self, body: Json) -> Json:
        """Any of these; the answer repeats what holds now.

        `scopes`, `events`: lists. `commands`, `shortcuts`: lists or null for all. `ack_timeout`, `trigger_seconds`,
        `retry_after`: seconds. `revoked: true` takes the app's tokens away. `limits: {on, post_burst,
        posts_per_second}`. `members: {name: {tz, locale}}`. `request_url`: deliver by HTTP from now on (the address
        must answer the url_verification challenge), empty for Socket Mode.
        """
        settings, limits = self.core.settings, self.core.limits
        for name in ("scopes", "events"):
            if name in body:
                setattr(settings, name, set(body[name]))
        for name in ("commands", "shortcuts", "ack_timeout", "trigger_seconds", "retry_after", "revoked"):
            if name in body:
                setattr(settings, name, body[name])
        for name in ("on", "post_burst", "posts_per_second"):
            if name in body.get("limits", {}):
                setattr(limits, name, body["limits"][name])
        for name, wanted in body.get("members", {}).items():
            member = self.core.workspace.member(name)
            if member is None:
                raise Refusal(f"Nobody here is called {name!r}.")
            member.tz, member.locale = wanted.get("tz", member.tz), wanted.get("locale", member.locale)
        if "request_url" in body:
            await self._point(str(body["request_url"] or ""))
        return {
            "scopes": sorted(settings.scopes),
            "events": sorted(settings.events),
            "commands": settings.commands,
            "shortcuts": settings.shortcuts,
            "ack_timeout": settings.ack_timeout,
            "trigger_seconds": settings.trigger_seconds,
            "retry_after": settings.retry_after,
            "request_url": settings.request_url,
            "revoked": settings.revoked,
            "limits": {"on": limits.on, "post_burst": limits.post_burst, "posts_per_second": limits.posts_per_second},
        }

    async def _point(self, url: str) -> None:
        before = self.core.settings.request_url
        self.core.settings.request_url = url
        if url and not await self.pusher.verify():
            self.core.settings.request_url = before
            raise Refusal("Your URL didn't respond with the value of the challenge parameter.")
        self.core.outbox.flush()

    async def socket(self, body: Json) -> Json:
        """One of these -> `{connections, done}`.

        `{disconnect: "warning" | "refresh_requested" | "link_disabled"}` tells the app to reconnect, `{drop: true}`
        cuts the connections, `{redeliver: n}` sends the last n deliveries again although they may be acknowledged.
        """
        done = 0
        if body.get("disconnect"):
            done = await self.connections.disconnect(str(body["disconnect"]))
        if body.get("drop"):
            done = self.connections.drop()
        if body.get("redeliver"):
            done = self.core.outbox.again(int(body["redeliver"]))
        return {"connections": len(self.connections.open), "done": done}
