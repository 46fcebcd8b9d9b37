"""`/api/<method>`: who may call which method with what, and how a refusal is answered."""

from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox.slack import arguments, images
from sandbox.slack.arguments import Arguments, Json
from sandbox.slack.core import Core
from sandbox.slack.errors import ApiError
from sandbox.slack.workspace import BOT_MEMBER, Channel

Run = Callable[["Call"], Json]


@dataclass(frozen=True)
class Method:
    """One Web API method.

    `scopes`: the token needs one of them (none listed: no scope). `takes`: the arguments that are read. `posts_json`:
    whether a JSON body is read. `tier`: its rate limit; 0 means the method counts for itself.
    """

    name: str
    run: Run
    scopes: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    posts_json: bool = False
    tier: int = 0
    app_token: bool = False


@dataclass
class Call:
    """One call: the sandbox's state and the arguments."""

    core: Core
    method: Method
    args: Arguments

    def need(self, *scopes: str) -> None:
        """Refuse with `missing_scope` unless the token has one of the scopes."""
        provided = self.core.settings.scopes
        if scopes and not provided.intersection(scopes):
            raise ApiError("missing_scope", needed=scopes[0], provided=",".join(sorted(provided)))

    def channel(self, name: str = "channel") -> Channel:
        """The channel of an argument; one that the bot may not see is `channel_not_found`."""
        found = self.core.workspace.channels.get(self.args.text(name))
        if found is None or (found.private and BOT_MEMBER not in found.members):
            raise ApiError("channel_not_found")
        return found

    def readable(self, kind: str = "history") -> Channel:
        """A channel whose messages or members the token may read."""
        channel = self.channel()
        area = "im" if channel.im else "groups" if channel.private else "channels"
        self.need(f"{area}:{kind}")
        return channel


class WebApi:
    """All methods by name."""

    def __init__(self, core: Core, methods: list[Method]) -> None:
        self.core = core
        self.methods = {method.name: method for method in methods}

    async def handle(self, request: web.Request) -> web.Response:
        """Answer one call."""
        try:
            done = {"ok": True} | await self._call(request)
        except ApiError as refusal:
            return web.json_response(refusal.body(), status=refusal.status, headers=refusal.headers)
        scopes = ",".join(sorted(self.core.settings.scopes))
        return web.json_response(done, headers={"X-OAuth-Scopes": scopes})

    async def _call(self, request: web.Request) -> Json:
        method = self.methods.get(request.match_info["method"])
        if method is None:
            raise ApiError("unknown_method", req_method=request.match_info["method"])
        token, given = await arguments.read(request, method.posts_json)
        if method.name != "api.test":
            self._authenticate(token, method)
        call = Call(self.core, method, Arguments({n: v for n, v in given.values.items() if n in method.takes}))
        if not method.app_token:
            call.need(*method.scopes)
        if method.tier:
            self.core.limits.spend_call(method.name, method.tier, self.core.now())
        await images.check(call.args)
        done = method.run(call)
        self.core.changed()
        return done

    def _authenticate(self, token: str, method: Method) -> None:
        settings = self.core.settings
        if not token:
            raise ApiError("not_authed")
        if token not in (settings.bot_token, settings.app_token):
            raise ApiError("invalid_auth")
        if settings.revoked:
            raise ApiError("token_revoked")
        if token != (settings.app_token if method.app_token else settings.bot_token):
            raise ApiError("not_allowed_token_type")
