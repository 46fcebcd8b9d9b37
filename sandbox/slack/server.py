"""The pretend Slack as one service: its addresses, and nothing else."""

import secrets
from typing import Any

from aiohttp import web

from sandbox.service import Service
from sandbox.slack.answers import Answers
from sandbox.slack.core import Core
from sandbox.slack.methods import chat, conversations, files, people, views
from sandbox.slack.picture import picture
from sandbox.slack.push import Pusher
from sandbox.slack.settings import Settings
from sandbox.slack.socket import Connections
from sandbox.slack.stage import Talk
from sandbox.slack.stage_settings import Knobs
from sandbox.slack.stage_views import Hands
from sandbox.slack.web_api import Call, Method, WebApi

SIGN_IN = "<!DOCTYPE html><html><head><title>Slack | Login</title></head><body>Sign in to Sandbox</body></html>"


class SlackSandbox(Service):
    """A workspace on localhost: Web API under `/api/`, Socket Mode under `/link/`, people under `/_/`.

    `settings` holds the tokens (`bot_token`, `app_token`, `signing_secret`) and everything else that can be overridden.
    """

    name = "slack"

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.core = Core(self.settings, self.now, self.changed)
        self.connections = Connections(self.core)
        self.pusher = Pusher(self.core)
        self.core.outbox.socket, self.core.outbox.push = self.connections, self.pusher
        answers = Answers(self.core)
        self.web_api = WebApi(self.core, [*METHODS, self._open_connection()])
        self.app.add_routes(
            [
                web.route("*", "/api/{method}", self.web_api.handle),
                web.get("/link/", self.connections.connect),
                web.post("/actions/{team}/{key}", answers.handle),
                web.post("/upload/v1/{ticket}", self._upload),
                web.get("/files-pri/{known}/{rest:.*}", self._download),
                web.get("/signin", self._sign_in),
                web.get("/_/files/{id}", self._shown_file),
                *Talk(self.core, answers).routes(),
                *Hands(self.core).routes(),
                *Knobs(self.core, self.connections, self.pusher).routes(),
            ]
        )

    async def start(self, port: int = 0) -> str:
        """Listen, and know the own address for everything that is linked."""
        self.core.address = await super().start(port)
        return self.core.address

    async def stop(self) -> None:
        """End deliveries and connections, then the port."""
        await self.core.outbox.stop()
        await self.connections.close()
        await self.pusher.close()
        await super().stop()

    def state(self, query: dict[str, str]) -> dict[str, Any]:
        """See `picture.py`; `?as=` is a member's id or first name."""
        return picture(self.core, self.connections, query.get("as", ""))

    def reset(self) -> None:
        """An empty workspace and the first settings; the app stays connected."""
        super().reset()
        fresh = Settings(self.settings.bot_token, self.settings.app_token, self.settings.signing_secret)
        vars(self.settings).update(vars(fresh))
        self.core.begin()

    def _open_connection(self) -> Method:
        def run(_call: Call) -> dict[str, Any]:
            return {"url": self.connections.ticket()}

        return Method("apps.connections.open", run, posts_json=True, app_token=True)

    # -- files ---------------------------------------------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.Response:
        """The bytes of a file, raw or as multipart; they must be as many as announced."""
        ticket = request.match_info["ticket"]
        file = next((f for f in self.core.workspace.files.values() if f.ticket and f.ticket == ticket), None)
        if file is None:
            return web.Response(status=404, text="Not found")
        content = await _content(request)
        if len(content) != file.expected:
            return web.Response(status=400, text="Bad request: length mismatch")
        file.content, file.ticket = content, ""
        return web.Response(text=f"OK - {len(content)}")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """url_private: the bytes with a Bearer token, the sign-in page without."""
        file = self.core.workspace.files.get(request.match_info["known"].partition("-")[2])
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        known = secrets.compare_digest(token.encode(), self.settings.bot_token.encode())
        if not known or "files:read" not in self.settings.scopes:
            raise web.HTTPFound(f"{self.address}/signin")
        if file is None or not file.complete:
            return web.Response(status=404, text="Not found")
        return web.Response(body=file.content, content_type=file.mimetype)

    async def _sign_in(self, _request: web.Request) -> web.Response:
        return web.Response(text=SIGN_IN, content_type="text/html")

    async def _shown_file(self, request: web.Request) -> web.Response:
        file = self.core.workspace.files.get(request.match_info["id"])
        if file is None:
            return web.Response(status=404, text="Not found")
        return web.Response(body=file.content, content_type=file.mimetype)


METHODS = [*people.METHODS, *chat.METHODS, *views.METHODS, *conversations.METHODS, *files.METHODS]


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""
