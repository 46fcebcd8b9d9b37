"""Webhooks of the networks: verified on the raw bytes, stored before they are answered, read later."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.appsettings import AppSettings
from bot.bodies import read_body
from bot.chat import Event
from bot.intake import Intake
from bot.seldom import Seldom
from bot.told import source_of
from platforms.contract import NotJson, read_json
from platforms.spec import Hooks, Spec

#: Bytes of the largest call: Meta puts at most 1000 changes into one.
LARGEST = 4 * 1024 * 1024


def callers(networks: Mapping[str, Spec], apps: Mapping[str, AppSettings]) -> dict[str, Hooks]:
    """The networks that call, of those at which the desk has an app with a secret to verify that with."""
    return {
        name: found.hooks
        for name, found in networks.items()
        if found.hooks and (app := apps.get(name)) and app.secret.get_secret_value()
    }


def routes(networks: Mapping[str, Spec], apps: Mapping[str, AppSettings], intake: Intake) -> Sequence[BaseRoute]:
    """/hooks/{platform} for each network that calls."""
    return [
        Route(f"/hooks/{name}", _answer(name, hooks, apps[name], intake), methods=["GET", "POST"])
        for name, hooks in callers(networks, apps).items()
    ]


def _answer(platform: str, hooks: Hooks, app: AppSettings, intake: Intake) -> Callable[[Request], Awaitable[Response]]:
    seldom = Seldom()
    secret, verify_token = app.secret.get_secret_value(), app.verify_token.get_secret_value()

    async def answer(request: Request) -> Response:
        if request.method == "GET":
            challenge = hooks.challenge(request.query_params, verify_token) if verify_token else None
            return PlainTextResponse("Not for us.\n", 403) if challenge is None else PlainTextResponse(challenge)
        raw = await read_body(request, LARGEST)
        if raw is None:
            return PlainTextResponse("Too large.\n", 413)
        if not hooks.is_authentic(raw, request.headers, secret):
            seldom.warning("a call was not signed by the network", platform=platform)
            return PlainTextResponse("Not signed.\n", 401)
        try:
            body = read_json(raw)
        except NotJson:
            return PlainTextResponse("No JSON.\n", 400)
        # What is told again is the same to the byte; two calls that say the same are one.
        event = Event(event_id=sha256(raw).hexdigest(), lane="", body={"told": body})
        await intake.store(source_of(platform), event)
        return PlainTextResponse("Kept.\n")

    return answer
