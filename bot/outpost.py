"""An outpost: a process that hears nothing and only works deliveries to accounts, for desks that have many of them."""

import asyncio
import signal
from collections.abc import Callable
from datetime import datetime

import structlog

from bot.app import setup_of, utc_now
from bot.appsettings import keys_in
from bot.audit_keys import AuditKeys
from bot.clock import Clock
from bot.engine.procrastinate import Distributed
from bot.faults import Fault
from bot.keyring import LOOK_SECONDS, Keyring
from bot.metrics import Metrics
from bot.networks import Builder, Logins
from bot.settings import Settings
from bot.shelf import shelf_of
from bot.threads import settle_in
from bot.vault import Vault
from bot.web import doors
from bot.web.health import Health
from handlers.couriers import Office
from handlers.registry import load
from models import audit
from models.store import Store

log = structlog.get_logger()


class NotReady(Fault):
    """There is nothing to work for yet."""


class Outpost:
    """As many as wanted run on one database, on any machine that reaches it and the media folder."""

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime] = utc_now,
        step: Callable[[str], None] = lambda _name: None,
    ) -> None:
        """Build it; nothing is reached yet."""
        self._audit_keys = AuditKeys(settings)
        self.store = Store(settings.database_url, ring=self._audit_keys.ring)
        metrics = Metrics(settings, self.store, now, role="worker")
        build, vault = (
            Builder(settings, metrics.watch_account, shelf_of(settings, now)),
            Vault(keys_in(settings.desk.secret_key)),
        )
        self.setup = setup_of(settings, (), dict, build.all(), Logins(settings, vault).offers())
        self.keyring, self.clock = Keyring(self.store, vault, build, self.setup.accounts), Clock()
        office = Office(self.store, self.setup, load().couriers, now, step, metrics.seen)
        self._state = "starting"
        _, self.watched = doors(settings, (), Health(self.store, lambda: self._state), metrics)
        self.engine = Distributed(office, settings.database_url, promotes=False, crews=frozenset({"account"}))

    async def run(self) -> None:
        """Work until SIGTERM or SIGINT. Raises NotReady where no desk has made the database."""
        if self.store.schema() != "current":
            raise NotReady("The database is not up to date. Start the desk first: “bottega run --role desk”.")
        with self.store.read() as session:
            self._audit_keys.load(session)
            if (needed := audit.end_of(session)[2]) and not self._audit_keys.ring.newest:
                raise NotReady(
                    f"The key of the audit log, {needed}, is not here. Give this worker the desk's secret_key "
                    "(BOTTEGA_DESK__SECRET_KEY), or its data folder, where audit.key lies."
                )
        ended = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, ended.set)
        await asyncio.to_thread(self.keyring.look)
        self.clock.every(LOOK_SECONDS, self._take_over, "keyring")
        try:
            self.clock.start()
            await self.engine.start()
            if self.watched:
                await self.watched.start()
            settle_in()
            self._state = "ready"
            log.info("the outpost works")
            await ended.wait()
        finally:
            self._state = "stopping"
            self.clock.stop()
            await self.engine.stop()
            if self.watched:
                await self.watched.stop()
            self.store.close()

    async def _take_over(self) -> None:
        """Go on with what was connected since the last look; the desk asks the network who it is."""
        for name in await asyncio.to_thread(self.keyring.look):
            log.info("an account goes on with another token", account=name)
