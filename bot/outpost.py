"""An outpost: a process that hears nothing and only works deliveries to accounts, for desks that have many of them."""

import asyncio
import gc
import signal
from datetime import UTC, datetime

import structlog

from bot.app import setup_of
from bot.engine.procrastinate import Distributed
from bot.faults import Fault
from bot.settings import Settings
from handlers.couriers import Office
from handlers.registry import load
from models.store import Store

log = structlog.get_logger()


class NotReady(Fault):
    """There is nothing to work for yet."""


class Outpost:
    """As many as wanted run on one database, on any machine that reaches it and the media folder."""

    def __init__(self, settings: Settings) -> None:
        """Build it; nothing is reached yet."""
        self.store = Store(settings.database_url)
        office = Office(self.store, setup_of(settings, ()), load().couriers, lambda: datetime.now(UTC))
        self.engine = Distributed(office, settings.database_url, promotes=False, crews=frozenset({"account"}))

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT. Raises NotReady where no desk has made the database."""
        if self.store.schema() != "current":
            raise NotReady("The database is not up to date. Start the desk first: “bottega run --role desk”.")
        ended = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, ended.set)
        try:
            await self.engine.start()
            gc.freeze()  # as the desk does
            log.info("the outpost works")
            await ended.wait()
        finally:
            await self.engine.stop()
            self.store.close()
