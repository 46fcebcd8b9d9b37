"""The pretend Mastodon server: puts its parts together, counts calls, and turns refusals into answers."""

import asyncio
import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sandbox.mastodon import publishing, refusals
from sandbox.mastodon.access import DEFAULT_SCOPES, Access, Application, Token
from sandbox.mastodon.accounts import Accounts
from sandbox.mastodon.bodies import ENTRY
from sandbox.mastodon.instance import Instance
from sandbox.mastodon.media import MediaFiles
from sandbox.mastodon.notifications import Notifications
from sandbox.mastodon.oauth import OAuth
from sandbox.mastodon.pages import Pages
from sandbox.mastodon.scheduled import ScheduledStatuses
from sandbox.mastodon.searching import Searching
from sandbox.mastodon.settings import Persona, Settings
from sandbox.mastodon.shapes import Shapes
from sandbox.mastodon.stage import Stage
from sandbox.mastodon.state import Person, World
from sandbox.mastodon.statuses import Statuses
from sandbox.mastodon.streaming import Streaming
from sandbox.mastodon.view import everything
from sandbox.service import STAGE, Handler, Refusal, Service

#: Our accounts with their tokens, and the people who come by; the last one lives on another server.
OURS = (("acme", "Acme", "sandbox-mastodon-token"), ("acme_it", "Acme Italia", "sandbox-mastodon-token-it"))
VISITORS = (("nora", "Nora", ""), ("oleg", "Oleg", ""), ("pia", "Pia", "elsewhere.example"))
#: How often the server looks for scheduled statuses that are due, in seconds.
SCHEDULER = 0.2


@dataclass
class Windows:
    """Calls counted per token and kind in fixed windows of the sandbox clock."""

    counts: dict[tuple[str, str, int], int] = field(default_factory=dict)

    def count(self, key: tuple[str, str], seconds: int, now: datetime) -> tuple[int, datetime]:
        """Count one call; answers how many there were in this window and when it ends."""
        window = math.floor(now.timestamp() / seconds)
        slot = (*key, window)
        self.counts[slot] = self.counts.get(slot, 0) + 1
        return self.counts[slot], datetime.fromtimestamp((window + 1) * seconds, UTC)


class MastodonSandbox(Service):
    """A server with two accounts of ours (acme, acme_it) and three visitors (nora, oleg, pia@elsewhere.example).

    `persona="gotosocial"`: ULID ids, no streaming, 5000 characters, another version string.
    """

    name = "mastodon"

    def __init__(self, persona: Persona = "mastodon") -> None:
        super().__init__()
        self.persona: Persona = persona
        self.world = World(Settings.of(persona), self.now)
        self.access = Access(self.world)
        self.shapes = Shapes(self.world)
        self.windows = Windows()
        self.streaming = Streaming(self.world, self.access, self.shapes)
        self.oauth = OAuth(self.world, self.access, self.changed)
        stage = Stage(self.world, self.access, self.shapes, self.streaming, self.changed)
        stage.restart = self._restart
        parts = (self.world, self.access, self.shapes, self.changed)
        self.app.middlewares.append(self._answer)
        for part in (
            Statuses(*parts), MediaFiles(*parts), Notifications(*parts), Accounts(*parts), ScheduledStatuses(*parts),
            Searching(*parts[:3]), Instance(*parts[:3]), Pages(self.world, self.shapes),
            self.streaming, self.oauth, stage,
        ):  # fmt: skip
            self.app.add_routes(_with_slash(part.routes()))
        self._scheduler: asyncio.Task[None] | None = None
        self._settle()

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> str:
        """Listen, and begin to publish scheduled statuses when their time comes."""
        self.shapes.address = await super().start(port)
        self._scheduler = asyncio.create_task(self._schedule())
        return self.shapes.address

    async def stop(self) -> None:
        """Close streams and connections."""
        if self._scheduler:
            self._scheduler.cancel()
        self.streaming.drop()
        await super().stop()

    def reset(self) -> None:
        """Back to the persona it was made with, with empty timelines and fresh tokens."""
        super().reset()
        self._restart(Settings.of(self.persona))

    def state(self, query: dict[str, str]) -> dict[str, Any]:
        """See view.py; `?as=nora` (or `?as=public`) leaves only what that person may see."""
        publishing.publish_due(self.world)
        self.world.sweep()
        streams = [s.account for s in self.streaming.open]
        return everything(self.world, self.shapes, self.access, streams, query.get("as", ""))

    async def _schedule(self) -> None:
        while True:
            await asyncio.sleep(SCHEDULER)
            if publishing.publish_due(self.world):
                self.changed()

    def _restart(self, settings: Settings) -> None:
        self.streaming.drop()
        self.world.settings = settings
        self._settle()

    def _settle(self) -> None:
        """People move in, the two ready-made tokens are made, everything else is empty."""
        self.world.clear()
        self.access.tokens.clear()
        self.access.applications.clear()
        self.oauth.codes.clear()
        self.windows.counts.clear()
        application = Application("sandbox-client", "sandbox-secret", "1", "Sandbox", [], DEFAULT_SCOPES)
        self.access.applications[application.id] = application
        for username, name, token in OURS:
            person = Person(self.world.new_id(), username, name, self.now(), ours=True)
            self.world.people[person.id] = person
            self.access.tokens[token] = Token(token, person.id, DEFAULT_SCOPES, self.now(), application)
        for username, name, domain in VISITORS:
            visitor = Person(self.world.new_id(), username, name, self.now(), domain)
            self.world.people[visitor.id] = visitor

    # -- every request -------------------------------------------------------------------------------------------------

    async def _log(self, request: web.Request) -> None:
        await super()._log(request)
        request[ENTRY] = self.requests[-1]

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(STAGE):
            return await self._staged(request, handler)
        publishing.publish_due(self.world)
        limits: dict[str, str] = {}
        try:
            limits = self._count(request)
            response = await handler(request)
        except refusals.Refused as refused:
            response = refused.response()
        except refusals.TooLargeForProxy as refused:
            response = refused.response()
        except web.HTTPNotFound:
            response = refusals.Refused(404, "Not Found").response()
        except web.HTTPMethodNotAllowed:
            response = refusals.Refused(404, "Not Found").response()
        if not response.prepared:
            response.headers.update(limits)
        return response

    async def _staged(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """On the stage everything refused is a 409 with a sentence."""
        try:
            return await handler(request)
        except Refusal as refusal:
            return refusal.response()
        except refusals.Refused as refused:
            return Refusal(refused.error).response()

    def _count(self, request: web.Request) -> dict[str, str]:
        """The X-RateLimit headers of the tightest limit that the call falls under; refuses (429) above it."""
        token = self.access.find(request)
        if token is None or not request.path.startswith("/api/"):
            return {}
        tightest: tuple[int, dict[str, str]] | None = None
        for kind in _kinds(request):
            rate = self.world.settings.rates[kind]
            used, ends = self.windows.count((token.value, kind), rate.seconds, self.now())
            left = rate.limit - used
            headers = {
                "X-RateLimit-Limit": str(rate.limit),
                "X-RateLimit-Remaining": str(max(0, left)),
                "X-RateLimit-Reset": ends.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            }
            if left < 0:
                raise refusals.Refused(429, "Too many requests", headers=headers)
            if tightest is None or left < tightest[0]:
                tightest = (left, headers)
        return tightest[1] if tightest else {}


def _with_slash(routes: list[web.RouteDef]) -> list[web.RouteDef]:
    """The routes and their twins that end with a slash: Rails takes both, and some clients send it."""
    return [*routes, *(web.route(r.method, r.path + "/", r.handler) for r in routes)]


def _kinds(request: web.Request) -> list[str]:
    kinds = ["api"]
    if request.method == "POST" and request.path in {"/api/v1/media", "/api/v2/media"}:
        kinds.append("media")
    unreblog = request.method == "POST" and request.path.endswith("/unreblog")
    if unreblog or (request.method == "DELETE" and request.path.startswith("/api/v1/statuses/")):
        kinds.append("delete")
    return kinds
