"""The pretend Telegram server: Bot API methods and file downloads, on top of what every sandbox has."""

import json
import re
from typing import Any

from aiohttp import web

from sandbox.service import Service
from sandbox.telegram import chatting, commands, editing, polling, sending
from sandbox.telegram.cast import populate
from sandbox.telegram.errors import ApiError
from sandbox.telegram.methods import METHODS
from sandbox.telegram.params import Params, read_params
from sandbox.telegram.stage import stage_routes
from sandbox.telegram.view import state
from sandbox.telegram.world import World

#: The modules that register methods; naming them here is what makes the register complete.
FAMILIES = (chatting, commands, editing, polling, sending)
TOKEN = "12345:sandbox-token"


class TelegramSandbox(Service):
    """`base_url=f"{address}/bot"`, `base_file_url=f"{address}/file/bot"` and the token make it a bot's Telegram."""

    name = "telegram"

    def __init__(self, token: str = TOKEN) -> None:
        super().__init__()
        self.token = token
        self.world = self._new_world()
        self.app.add_routes(
            [
                web.get("/bot{token}/{method}", self._call),
                web.post("/bot{token}/{method}", self._call),
                web.get("/file/bot{token}/{path:.+}", self._download),
                *stage_routes(lambda: self.world),
            ]
        )

    def state(self, query: dict[str, str]) -> dict[str, Any]:
        """What the page shows (see view.py); an unknown `as` shows every chat."""
        known = {str(p.id): p for p in self.world.people.values()}
        known |= {p.first_name: p for p in self.world.people.values()}
        return state(self.world, known.get(query.get("as", "")))

    def reset(self) -> None:
        """The first day again: the cast of cast.py, no webhook, nothing said."""
        super().reset()
        self.world.webhook.close()
        self.world.updates.interrupt("")
        next_id = self.world.updates.next_id
        self.world = self._new_world()
        # A bot that goes on polling would take repeated numbers for updates it has confirmed.
        self.world.updates.next_id = next_id

    async def stop(self) -> None:
        """End waiting polls and deliveries, then close."""
        self.world.webhook.close()
        self.world.updates.interrupt("")
        await super().stop()

    def _new_world(self) -> World:
        world = World(self.token, self.now, self.changed)
        world.webhook.call = self._obey
        populate(world)
        return world

    async def _call(self, request: web.Request) -> web.Response:
        try:
            self._check_token(request)
            method = request.match_info["method"]
            return web.json_response({"ok": True, "result": await self._answer(method, await read_params(request))})
        except ApiError as error:
            wait = (error.parameters or {}).get("retry_after")
            headers = {"Retry-After": str(wait)} if wait else {}
            return web.json_response(error.body(), status=error.code, headers=headers)

    def _check_token(self, request: web.Request) -> None:
        token = request.match_info["token"]
        if not re.fullmatch(r"\d+:[\w-]+", token):
            raise ApiError(404, "Not Found")
        if token != self.token:
            raise ApiError(401, "Unauthorized")

    async def _answer(self, name: str, params: Params) -> Any:
        method = METHODS.get(name.lower())
        if method is None:
            raise ApiError(404, "Not Found")
        complaints = [f"{method.name}: {complaint}" for complaint in params.complaints(method.params)]
        self.world.complaints.extend(complaints)
        return await method.answer(self.world, params)

    async def _obey(self, wish: dict[str, Any]) -> None:
        """A method named in the answer of the webhook; its result is told to nobody, as Telegram does."""
        values = {k: v if isinstance(v, str) else json.dumps(v) for k, v in wish.items()}
        try:
            await self._answer(values.pop("method"), Params(values))
        except ApiError as error:
            self.world.complaints.append(f"in a webhook's answer: {error.description}")

    async def _download(self, request: web.Request) -> web.Response:
        try:
            self._check_token(request)
        except ApiError as error:
            return web.json_response(error.body(), status=error.code)
        stored = self.world.files.by_path.get(request.match_info["path"])
        if stored is None:
            return web.json_response(ApiError(404, "Not Found").body(), status=404)
        return web.Response(body=stored.upload.data, content_type="application/octet-stream")
