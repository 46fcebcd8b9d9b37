"""Whether the process lives, whether it can work, and its metrics, for those who watch it."""

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from models.store import TROUBLE, Store

#: Seconds that the database gets to answer.
PATIENCE = 2.0
#: States of a chat that want nothing: it is heard, here or in another process.
WELL = frozenset({"connected", "elsewhere"})


class Health:
    """Answers /healthz and /readyz. Nothing that it tells is secret: names of parts, and a word or two for each."""

    def __init__(
        self,
        store: Store,
        state: Callable[[], str],
        chats: Callable[[], Mapping[str, str]] = dict,
        leads: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        """`state` of the process: "ready", "starting" or "stopping"; `chats`: that of each; `leads`: what it leads."""
        self._store = store
        self._state = state
        self._chats = chats
        self._leads = leads
        self._asking: asyncio.Task[str] | None = None

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The two pages."""
        return [Route("/healthz", self._alive), Route("/readyz", self._ready)]

    async def missing(self) -> dict[str, str]:
        """What is not ready, and how it stands; empty when all is well."""
        parts = {"process": "" if (state := self._state()) == "ready" else state, "database": await self._database()}
        # What follows a colon is a reason, in words of others.
        parts |= {name: told.partition(":")[0] for name, told in self._chats().items() if told not in WELL}
        return {name: told for name, told in parts.items() if told}

    async def _alive(self, _request: Request) -> Response:
        """That it answers says that the event loop turns."""
        return JSONResponse({"status": "alive"})

    async def _ready(self, _request: Request) -> Response:
        missing, leads = await self.missing(), list(self._leads())
        if missing:
            return JSONResponse({"status": "not ready", "missing": missing, "leads": leads}, status_code=503)
        return JSONResponse({"status": "ready", "leads": leads})

    async def _database(self) -> str:
        """Asked by one thread at a time: a database that hangs must not take one for each question."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(asyncio.to_thread(self._look))
        try:
            return await asyncio.wait_for(asyncio.shield(self._asking), PATIENCE)
        except TimeoutError:
            return "no answer"

    def _look(self) -> str:
        try:
            with self._store.read() as session:
                session.connection().execute(text("SELECT 1"))
        except TROUBLE:
            return "away"
        return ""


def metrics(registry: CollectorRegistry, token: str) -> BaseRoute:
    """The page that Prometheus reads, for whoever shows the token; "" for everybody who reaches the port."""
    writing: asyncio.Task[bytes] | None = None

    async def tell(request: Request) -> Response:
        nonlocal writing
        shown = request.headers.get("Authorization", "")
        if token and not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
            return PlainTextResponse("Show the token of [metrics].\n", 401, {"WWW-Authenticate": "Bearer"})
        if writing is None or writing.done():
            # In a thread, because the database is asked; in one alone, however often Prometheus comes while it hangs.
            writing = asyncio.create_task(asyncio.to_thread(generate_latest, registry))
        page = await asyncio.shield(writing)
        return Response(page, media_type=CONTENT_TYPE_LATEST)

    return Route("/metrics", tell)
