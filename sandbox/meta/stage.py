"""The stage under /_/ : settings, tokens and refusals; what the public does comes from each product's acts."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from inspect import isawaitable
from typing import Any

from aiohttp import web

from sandbox.meta.graph import Product
from sandbox.meta.limits import Failure, Limits
from sandbox.meta.tokens import Token
from sandbox.meta.world import Json, World
from sandbox.service import Refusal


class Stage:
    """All handlers take JSON; what is impossible is a 409 with a sentence."""

    def __init__(self, world: World, limits: Limits, products: tuple[Product, ...]) -> None:
        self.world, self.limits, self.products = world, limits, products

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file and of every product."""
        acts: dict[str, Callable[[Json], Any]] = {
            "settings": self._settings,
            "fail": self._fail,
            "usage": self._usage,
            "token": self._token,
            "token/issue": self._issue,
            "webhooks/release": self._release,
        }
        for product in self.products:
            for name, act in product.acts.items():
                acts[f"{product.name}/{name}"] = partial(act, self.world)
        looks = {name: look for product in self.products for name, look in product.looks.items()}
        return [
            *(web.post(f"/_/{path}", self._handler(act)) for path, act in acts.items()),
            *(web.get(f"/_/{name}", self._look(look)) for name, look in looks.items()),
        ]

    def _handler(self, act: Callable[[Json], Any]) -> Any:
        async def handler(request: web.Request) -> web.Response:
            try:
                asked = await request.json() if request.can_read_body else {}
                self._tick()
                found = act(asked)
                answer = await found if isawaitable(found) else found
            except KeyError as error:
                raise Refusal(f"The field {error} is missing.") from error
            self.world.changed()
            return web.json_response({"ok": True} if answer is None else answer)

        return handler

    def _look(self, look: Callable[[World], Json]) -> Any:
        async def handler(_request: web.Request) -> web.Response:
            self._tick()
            return web.json_response(look(self.world))

        return handler

    def _tick(self) -> None:
        """What was due until now happened before whatever comes."""
        for product in self.products:
            product.tick(self.world)

    def _settings(self, asked: Json) -> None:
        """Any field of Settings."""
        for name, value in asked.items():
            self.world.settings.change(name, value)
        if self.world.settings.webhooks == "on":
            self.world.webhooks.release()

    def _fail(self, asked: Json) -> None:
        """A Failure: {match, code, subcode?, times?, after?, …}; {"clear": true} forgets all."""
        if asked.get("clear"):
            self.limits.failures.clear()
        else:
            self.limits.failures.append(Failure(**asked))

    def _usage(self, asked: Json) -> None:
        """{percent, minutes?}: what the usage headers tell; percent null: they follow the calls.

        With 100 and more every call is refused for so many minutes (60 if left out) of the clock.
        """
        self.limits.use(asked["percent"], int(asked.get("minutes", 60)))

    def _token(self, asked: Json) -> Json:
        """{token | owner, end?: subcode (0: good again), expires_in?: seconds or null, grant?, revoke?: [scopes]}.

        By `owner` (the id of a Page, person or account) it is done to every token of that owner.
        """
        found = self._tokens(asked)
        for token in found:
            if "end" in asked:
                token.ended = int(asked["end"])
            if "expires_in" in asked:
                life = asked["expires_in"]
                token.expires = None if life is None else self.world.now() + timedelta(seconds=float(life))
            token.scopes |= set(asked.get("grant", []))
            token.scopes -= set(asked.get("revoke", []))
        return {"tokens": [token.value for token in found]}

    def _tokens(self, asked: Json) -> list[Token]:
        every = self.world.tokens.all.values()
        found = [t for t in every if t.value == asked.get("token") or t.owner == asked.get("owner")]
        if not found:
            raise Refusal("There is no such token.")
        return found

    def _issue(self, asked: Json) -> Json:
        """Another token like `token`, for the node `owner`: as whoever manages both hands out the wrong one."""
        (like,) = self._tokens({"token": asked["token"]})
        made = self.world.tokens.issue(like.kind, str(asked["owner"]), like.app, like.scopes, None, like.user)
        return {"token": made.value}

    def _release(self, _asked: Json) -> None:
        """Deliver the webhooks that are held."""
        self.world.webhooks.release()
