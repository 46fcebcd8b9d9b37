"""Whether the process lives, whether it can work, and its metrics, for those who watch it."""

import asyncio
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.web.proof import file_stored, row_stored
from models.store import Store

#: Seconds that the database gets to answer.
PATIENCE = 2.0
#: Seconds for which an answer holds: whoever asks often costs no more writes.
FRESH = 5.0
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
        folder: Path | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`state` of the process: "ready", "starting" or "stopping"; `chats`: that of each; `leads`: what it leads.

        `folder`: of the archive, where this process keeps files; `patience`: seconds that storing may take.
        """
        self._folder = folder
        self._patience = patience
        self._told: dict[str, str] = {}
        self._told_at = float("-inf")
        self._store = store
        self._state = state
        self._chats = chats
        self._leads = leads
        self._asking: asyncio.Task[None] | None = None

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """The two pages."""
        return [Route("/healthz", self._alive), Route("/readyz", self._ready)]

    async def missing(self) -> dict[str, str]:
        """What is not ready, and how it stands; empty when all is well."""
        parts = {"process": "" if (state := self._state()) == "ready" else state, **await self._stored()}
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

    async def _stored(self) -> dict[str, str]:
        """What cannot be stored now. Tried by one thread at a time, and not more often than FRESH allows."""
        if time.monotonic() - self._told_at < FRESH:
            return self._told
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(asyncio.to_thread(self._try))
        try:
            await asyncio.wait_for(asyncio.shield(self._asking), self._patience)
        except TimeoutError:
            return {"database": "no answer"}
        return self._told

    def _try(self) -> None:
        told = {"database": row_stored(self._store)}
        if self._folder is not None:
            told["files"] = file_stored(self._folder)
        self._told, self._told_at = told, time.monotonic()


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
