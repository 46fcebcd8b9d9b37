"""The pretend Meta: one port for all its hosts, told apart by the first segment of the path."""

import asyncio
import re
from inspect import isawaitable
from typing import Any, cast

from aiohttp import web

from sandbox.meta import access, ads, instagram, logins, pages, threads
from sandbox.meta.consent import Consent
from sandbox.meta.errors import GraphError, invalid, missing_object
from sandbox.meta.graph import Answer, Call, Edge, Expander, Host, Product, Upload, asked, permit
from sandbox.meta.limits import Limits
from sandbox.meta.params import File, check, decode
from sandbox.meta.stage import Stage
from sandbox.meta.tokens import Token
from sandbox.meta.view import everything
from sandbox.meta.world import World
from sandbox.meta.www import look
from sandbox.service import STAGE, Handler, Refusal, Service

#: What this pretend Meta is made of.
PRODUCTS: tuple[Product, ...] = (
    access.PRODUCT, logins.PRODUCT, pages.PRODUCT, instagram.PRODUCT, threads.PRODUCT, ads.PRODUCT,
)  # fmt: skip
#: Versions a host answers to (meta.md 0; contract checklist 11.1), and the one an unversioned path gets.
VERSIONS: dict[Host, tuple[str, str]] = {
    "facebook": (r"v2[0-9]\.0", "v26.0"),
    "instagram": (r"v2[0-9]\.0", "v26.0"),
    "threads": (r"v1\.0", "v1.0"),
}
#: How often the sandbox looks for what is due without a call, in seconds.
CLOCK = 0.2


class MetaSandbox(Service):
    """`/facebook`, `/instagram`, `/threads`, `/rupload`, `/dialog` and `/api.instagram` are the hosts."""

    name = "meta"

    def __init__(self, products: tuple[Product, ...] = PRODUCTS) -> None:
        super().__init__()
        self.products = products
        self.world = World(self.now, self.changed)
        self.limits = Limits(self.world)
        self.edges: dict[tuple[Host, str, str, str], Edge] = {
            (e.host, e.node, e.edge, e.method): e for product in products for e in product.edges
        }
        self.expander = Expander({(k.host, k.name): k for product in products for k in product.kinds}, self.edges)
        self.uploads = {word: handle for product in products for word, handle in product.uploads.items()}
        self.app.middlewares.append(self._answer)
        self.app.add_routes(
            [
                *Stage(self.world, self.limits, products).routes(),
                *Consent(self.world).routes(),
                web.get("/cdn/{id}", self._file),
                web.get("/www/{id}", self._look),
                web.post("/rupload/{word}/{version}/{id}", self._upload),
                web.route("*", "/{host:facebook|instagram|threads|api.instagram}/{path:.*}", self._call),
            ]
        )
        self._due: asyncio.Task[None] | None = None
        self._settle()

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self, port: int = 0) -> str:
        """Listen, and let happen what is due."""
        self.world.address = await super().start(port)
        self._due = asyncio.create_task(self._watch())
        return self.world.address

    async def stop(self) -> None:
        """Close everything; webhooks on their way are dropped."""
        if self._due:
            self._due.cancel()
        self.world.webhooks.stop()
        await super().stop()

    def reset(self) -> None:
        """Back to the beginning: the ready-made accounts and tokens, nothing published."""
        super().reset()
        self._settle()

    def state(self, query: dict[str, str]) -> dict[str, Any]:
        """See view.py."""
        self._tick()
        return everything(self.world, self.limits, self.products)

    def _settle(self) -> None:
        self.world.clear()
        self.limits.clear()
        for product in self.products:
            product.settle(self.world)

    def _tick(self) -> bool:
        changes = [product.tick(self.world) for product in self.products]
        return any(changes)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(CLOCK)
            if self._tick():
                self.changed()

    # -- every request -------------------------------------------------------------------------------------------------

    @web.middleware
    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except Refusal as refusal:
            return refusal.response()
        except GraphError as error:
            return Refusal(error.message).response() if request.path.startswith(STAGE) else error.response()

    async def _call(self, request: web.Request) -> web.Response:
        """Any call of a graph: decode it, carry it out, and tell how much of the limits is used."""
        self._tick()
        given, files = await decode(request)
        header = request.headers.get("Authorization", "")
        if header.startswith("Bearer "):
            given["access_token"] = header.removeprefix("Bearer ")
        known = self.world.tokens.all.get(str(given.get("access_token", "")))
        failure = self.limits.failure(f"{request.method} {request.path}")
        try:
            if failure and not failure.after:
                raise failure.error()
            answer = await self._carry(self._named(request), given, files)
            if failure:
                raise failure.error()
        except GraphError as error:
            return error.response(self.limits.headers(known, failure.minutes if failure else 0))
        return web.json_response(answer, headers=self.limits.headers(known))

    async def _carry(self, call: Call, given: dict[str, Any], files: dict[str, File]) -> Any:
        """Find the edge, check token and parameters, and answer."""
        edge, call.token = self._edge(call, given)
        call.params, call.files = check(edge.table, given, files), files
        call.fields = asked(call.params)
        found = edge.handle(call)
        answer: Answer = await found if isawaitable(found) else found
        if call.method != "GET":
            self.changed()
        return self.expander.answer(call, answer)

    def _named(self, request: web.Request) -> Call:
        """What the path names, without a look at the token. Raises GraphError 2635 for a version there is not."""
        host, path = request.match_info["host"], request.match_info["path"].strip("/")
        if host == "api.instagram":
            return Call(self.world, "instagram", "", request.method, f"api/{path}")
        host = cast("Host", host)
        known, newest = VERSIONS[host]
        version, _, rest = path.partition("/")
        if not re.fullmatch(known, version):
            if re.fullmatch(r"v\d+(\.\d+)?", version):
                text = f"(#2635) You are calling a deprecated version of the API: {version} is not available"
                raise GraphError(2635, text)
            version, rest = newest, path
        return Call(self.world, host, version, request.method, rest)

    def _edge(self, call: Call, given: dict[str, Any]) -> tuple[Edge, Token | None]:
        """The edge the call is for and its token, if it needs one."""
        plain = self.edges.get((call.host, "", call.path, call.method))
        if plain:
            return plain, self._token(call, given) if plain.tokens else None
        token = self._token(call, given)
        name, _, call.edge = call.path.partition("/")
        call.node = self.world.objects.get(token.owner if name == "me" else name)
        if call.node is None:
            raise missing_object(name, call.method)
        edge = self.edges.get((call.host, call.node.kind, call.edge, call.method))
        if edge is None:
            raise self._no_edge(call)
        permit(edge, token, call.node, call.method)
        return edge, token

    def _no_edge(self, call: Call) -> GraphError:
        assert call.node
        if call.edge and call.method == "GET":
            return invalid(f"Tried accessing nonexisting field ({call.edge}) on node type ({call.node.kind})")
        if call.edge:
            return GraphError(2500, f"Unknown path components: /{call.edge}")
        return missing_object(call.node.id, call.method)

    def _token(self, call: Call, given: dict[str, Any]) -> Token:
        token = self.world.tokens.find(str(given.get("access_token", "")))
        if token.app.product != call.host:
            raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)
        required = call.host == "facebook" and self.world.settings.proof_required
        self.world.tokens.check_proof(token, given.get("appsecret_proof"), required)
        self.limits.check(token)
        return token

    # -- files ---------------------------------------------------------------------------------------------------------

    async def _upload(self, request: web.Request) -> web.Response:
        """Bytes of a video for a node that waits for them; the token comes as `Authorization: OAuth …` (meta.md 0)."""
        handle = self.uploads.get(request.match_info["word"])
        header = request.headers.get("Authorization", "")
        token = self.world.tokens.find(header.removeprefix("OAuth ") if header.startswith("OAuth ") else "")
        if handle is None:
            raise missing_object(request.match_info["id"], "post")
        failure = self.limits.failure(f"{request.method} {request.path}")
        if failure and not failure.after:
            raise failure.error()
        found = handle(Upload(self.world, request.match_info["id"], token, request.headers, await request.read()))
        answer = await found if isawaitable(found) else found
        self.changed()
        if failure:
            raise failure.error()
        return web.json_response(answer)

    async def _look(self, request: web.Request) -> web.Response:
        """See www.py."""
        return await look(self.world, request.match_info["id"])

    async def _file(self, request: web.Request) -> web.Response:
        """The bytes of a picture or video, as the content network of the real one serves them."""
        node = self.world.objects.get(request.match_info["id"])
        data = getattr(node, "data", None)
        if not isinstance(data, bytes):
            raise web.HTTPNotFound
        return web.Response(body=data, content_type=getattr(node, "mime", "application/octet-stream"))
