"""Puts the parts together: the only file that sees all of them."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

import structlog

from bot import lock, slack, telegram
from bot.appsettings import keys_in
from bot.archive import Archive
from bot.audit_keys import AuditKeys
from bot.audit_watch import WATCH_SECONDS, AuditWatch
from bot.chat import Chat
from bot.clock import Clock
from bot.collector import Collector
from bot.engine.contract import Engine
from bot.engine.embedded import Embedded
from bot.intake import Intake
from bot.keyring import LOOK_SECONDS, Keyring
from bot.leading import Duty, Leading
from bot.measurer import Measurer
from bot.meeting import Meeting
from bot.metrics import Metrics
from bot.networks import Builder, Logins, every
from bot.opening import opening_of
from bot.renewal import RENEW_SECONDS, Renewal
from bot.settings import Settings
from bot.shelf import shelf_of
from bot.telegram.menu import readers_in
from bot.threads import settle_in
from bot.told import Told
from bot.vault import Vault
from bot.web import doors, hooks, media, opened
from bot.web.health import Health
from bot.web.oauth import Callback
from bot.worker import Worker
from handlers import outbox
from handlers.couriers import Courier, Office
from handlers.delivery.speaking import CardCourier, DirectCourier, HomeCourier, MessageCourier, WhisperCourier
from handlers.delivery.voice import Voice
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.posts.hours import realign
from handlers.registry import load
from handlers.router import Router
from handlers.setup import LoginOffer, OurAccount, Setup
from handlers.team.help import menu
from handlers.team.members import enroll
from models.account import Account
from models.media import Media
from models.retention import forget
from models.store import Store, lock_audit
from models.trace import traced
from platforms.spec import Spec

log = structlog.get_logger()

#: The duty of the desk's own acts, which one process at a time does.
TIME = "time"
#: Seconds between the desk's own acts: deadlines, expired claims.
TICK_SECONDS = 5.0
#: Seconds between looks at whose tokens we have.
MEET_SECONDS = 3600.0
#: Seconds between deletions of what is over and old.
FORGET_SECONDS = 3600.0
#: Deliveries to chats and to accounts.
BOTH = frozenset({"chat", "account"})
#: Seconds that handlers, then deliveries, get to finish; and after which the process ends whatever hangs.
WORKER_SECONDS, ENGINE_SECONDS, END_SECONDS = 5.0, 12.0, 25.0


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


class App:
    """One desk, running."""

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], datetime] = utc_now,
        step: Callable[[str], None] = lambda _name: None,
        crews: frozenset[str] = BOTH,
        networks: Mapping[str, Spec] | None = None,
    ) -> None:
        """Build everything; nothing is reached or written yet. Raises KeyError for an unknown platform.

        `crews`: what the process works itself, where the engine knows others that work too. `networks`: those of the
        registry unless others are given.
        """
        self.settings = settings
        self.now = now
        keys = AuditKeys(settings)
        self.store = Store(settings.database_url, ring=keys.ring)
        self.audit = AuditWatch(self.store, keys, settings.desk.data, now, self._keep)
        self.chats: dict[str, Chat] = {}
        self.ready = self._stopping = False
        role = "all" if crews == BOTH else "desk"
        # Its own connection: a desk whose others are all busy still renews.
        self.leading = Leading(Store(settings.database_url, pool_size=1))
        self.metrics = Metrics(
            settings, self.store, now, role=role, health=self._health, duties=lambda: self.leading.duties
        )
        watch = self.metrics.watch
        self._lock: IO[str] | None = None
        self._meeting: asyncio.Task[None] | None = None
        self._ticking = asyncio.Lock()
        if settings.slack.is_on:
            self.chats["slack"] = slack.connect(settings.slack, self._picture, settings.desk.language, watch("slack"))
        if settings.telegram.is_on:
            self.chats["telegram"] = telegram.connect(
                settings.telegram, self._picture, menu, partial(readers_in, self.store), watch("telegram")
            )
        known, vault = networks or every(), Vault(keys_in(settings.desk.secret_key))
        self.shelf = shelf_of(settings, now)
        build = Builder(settings, self.metrics.watch_account, self.shelf, known)
        ways = Logins(settings, vault, known)
        self.setup = setup_of(settings, tuple(self.chats), self._health, build.all(), ways.offers())
        opening = opening_of(settings, self.store, now)
        self.setup = replace(
            self.setup,
            rest={name: chat.voice.rest for name, chat in self.chats.items()},
            open_file=opening.address if opening else None,
        )
        self.keyring = Keyring(self.store, vault, build, self.setup.accounts)
        self.meeting = Meeting(self.keyring, self._keep, hooks.callers(known, ways.apps))
        self.renewal = Renewal(self.store, vault, ways, now, self._keep)
        self.registry = load()
        self.router = Router(self.setup, self.registry)
        office = Office(self.store, self.setup, self._couriers(), now, step, self.metrics.seen)
        self.engine = _engine(settings, office, crews)
        self.intake = Intake(self.store, now, step, self.leading.name, self.metrics.acknowledged)
        archive = Archive(settings.media_folder, self.store, now)
        self.worker = Worker(self.store, self.intake, self.router, archive, now, self.engine.wake, step)
        self.collector = Collector(self.store, self.setup, now, self.engine.wake, settings.desk.poll_seconds, step)
        self.measurer = Measurer(self.store, self.setup, now, self.engine.wake)
        self.told = Told(self.store, self.setup, known, now, self.engine.wake)
        self.clock = Clock()
        self.health = Health(self.store, self._state, self._chat_states, lambda: self.leading.led, settings.desk.data)
        routes = [route for chat in self.chats.values() for route in chat.routes]
        routes += Callback(self.store, self.setup, ways, now, self.engine.wake).routes
        routes += [*hooks.routes(known, ways.apps, self.intake), *media.routes(self.shelf), *opened.routes(opening)]
        self.web, self.watched = doors(settings, routes, self.health, self.metrics)

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring the database up to date, then begin. Raises AlreadyRunning, Newer, OSError where the port is taken."""
        self._lock = lock.take(self.settings.database_url)
        await asyncio.to_thread(self._prepare)
        await asyncio.to_thread(self._look_at_tokens)
        await self.engine.start()
        for chat in self.chats.values():
            await chat.start(self.intake)
        chats = [duty for chat in self.chats.values() for duty in chat.duties]
        networks = [*self.collector.duties, self.measurer.duty, self.told.duty]
        await self.leading.start([Duty(TIME, self._keep_time), *chats, *networks])
        await self.worker.start(self.chats)
        for door in filter(None, (self.web, self.watched)):
            await door.start()
        # Every process for itself: an adapter remembers what its network said.
        self.clock.every(MEET_SECONDS, self._meet, "meet")
        self.clock.every(LOOK_SECONDS, self._take_over, "keyring")
        self.clock.start()
        self._meeting = asyncio.create_task(self._meet(), name="meet")
        self.ready = True
        log.info("the desk is open", chats=list(self.chats), accounts=list(self.setup.accounts))

    async def stop(self) -> None:
        """Stop listening, finish what is under way, lose nothing; also after a start that failed half-way."""
        was_open, self.ready, self._stopping = self.ready, False, True
        self.clock.stop()
        # First of all, so that other processes go on with it at once.
        await self.leading.stop()
        await self.worker.stop(WORKER_SECONDS)
        await self.leading.leave()
        await self.engine.stop(ENGINE_SECONDS)
        # The chats last: what is under way still speaks through them, and what they hear meanwhile is only stored.
        for chat in self.chats.values():
            await chat.stop()
        for door in filter(None, (self.web, self.watched)):
            await door.stop()
        self.intake.close()
        if self._meeting:
            self._meeting.cancel()
        self.store.close()
        if self._lock:
            self._lock.close()
        if was_open:
            log.info("the desk is closed")

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT."""
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, ended.set)
        try:
            await self.start()
            settle_in()
            await ended.wait()
            end_soon()
        finally:
            await self.stop()

    # -- parts ---------------------------------------------------------------------------------------------------------

    def _couriers(self) -> Mapping[str, Courier]:
        voices: dict[str, Voice] = {name: chat.voice for name, chat in self.chats.items()}
        return {
            **self.registry.couriers,
            "card": CardCourier(voices, self.registry),
            "message": MessageCourier(voices),
            "direct": DirectCourier(voices),
            "whisper": WhisperCourier(voices),
            "home": HomeCourier(voices, self.registry),
        }

    def _prepare(self) -> None:
        self.store.migrate()
        self.audit.start()
        with self.store.write() as session:
            lock_audit(session)  # another process may start at the same moment
            desk = Desk(session=session, now=self.now(), setup=self.setup, language=self.setup.language)
            for name, account in self.settings.accounts.items():
                if session.get(Account, name) is None:
                    session.add(Account(name=name, platform=account.platform))
            session.flush()
            for member in self.settings.members:
                telegram_id = str(member.telegram) if member.telegram is not None else ""
                identities = {chat: i for chat, i in (("slack", member.slack), ("telegram", telegram_id)) if i}
                enroll(desk, member.name, member.roles, identities)
            realign(desk)

    def _look_at_tokens(self) -> None:
        """Before anything leaves or is read: with the newest token, and without one not at all."""
        self.keyring.look()
        for account in self.setup.accounts.values():
            if not account.has_token:
                self.meeting.meet(account)

    def _picture(self, media_id: int) -> tuple[Path, Media]:
        """Where a file of the archive lies, for the chats to show."""
        with self.store.read() as session:
            media = session.get(Media, media_id)
            if media is None:
                raise FileNotFoundError(media_id)
            return media.path_in(self.settings.media_folder), media

    def _health(self) -> Mapping[str, str]:
        """The live state of the chats and collectors, for `status`."""
        return {**self._chat_states(), **self.collector.states()}

    def _chat_states(self) -> Mapping[str, str]:
        return {name: chat.state() for name, chat in self.chats.items()}

    def _state(self) -> str:
        return "stopping" if self._stopping else "ready" if self.ready else "starting"

    # -- ticks ---------------------------------------------------------------------------------------------------------

    async def _keep_time(self) -> None:
        """Do what time demands, until cancelled; a tick that has begun ends."""
        clock = Clock()
        clock.every(TICK_SECONDS, self._tick, "tick")
        clock.every(FORGET_SECONDS, self._forget, "forget")
        clock.every(RENEW_SECONDS, self._renew, "renew")
        clock.every(WATCH_SECONDS, self._watch_log, "audit log")
        clock.start()
        try:
            await asyncio.Event().wait()
        finally:
            clock.stop()
            async with self._ticking:
                pass

    async def _tick(self) -> None:
        async with self._ticking:
            try:
                await asyncio.to_thread(self._tick_now)
            except Exception:
                log.exception("a tick failed; the next follows")
        self.engine.wake()

    def _tick_now(self) -> None:
        with traced(), self.store.write() as session:
            if self.leading.confirms(session, TIME):
                self.router.tick(session, self.now())

    async def _forget(self) -> None:
        """Delete what is over and old, some of it in each transaction."""
        rows = 1
        while self.ready and rows:
            rows = await asyncio.to_thread(self._forget_some)

    def _forget_some(self) -> int:
        with self.store.write() as session:
            return forget(session, self.now())

    async def _renew(self) -> None:
        await asyncio.to_thread(self.renewal.look)

    async def _watch_log(self) -> None:
        await asyncio.to_thread(self.audit.look)

    async def _take_over(self) -> None:
        """Go on with what was connected since the last look, in whichever process."""
        for name in await asyncio.to_thread(self.keyring.look):
            log.info("an account goes on with another token", account=name)
            await asyncio.to_thread(self._meet_one, self.setup.accounts[name])
            self.collector.renewed(name)

    async def _meet(self) -> None:
        """Ask every network whose token we have; a network that does not answer is asked again in an hour."""
        await asyncio.gather(*(asyncio.to_thread(self._meet_one, account) for account in self.setup.accounts.values()))

    def _meet_one(self, account: OurAccount) -> None:
        self.meeting.meet(account)
        self.engine.wake()

    def _keep(self, decide: Callable[[Desk], Iterable[Effect]]) -> None:
        with self.store.write() as session:
            desk = Desk(session=session, now=self.now(), setup=self.setup, language=self.setup.language)
            outbox.keep(desk, decide(desk))


def _engine(settings: Settings, office: Office, crews: frozenset[str]) -> Engine:
    if settings.desk.engine == "embedded":
        return Embedded(office, alone=office.store.is_sqlite)
    from bot.engine.procrastinate import Distributed  # an extra: not installed where nobody asks for it

    return Distributed(office, settings.database_url, promotes=True, crews=crews)


def end_soon(seconds: float = END_SECONDS) -> None:
    """End the process after so many seconds, also where a thread hangs in a network; the next start settles that."""

    def end() -> None:
        log.warning("something hangs; it is settled after the next start")
        os._exit(0)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()


def setup_of(
    settings: Settings,
    chats: tuple[str, ...],
    health: Callable[[], Mapping[str, str]] = dict,
    accounts: dict[str, OurAccount] | None = None,
    logins: Mapping[str, LoginOffer] | None = None,
) -> Setup:
    """What handlers may know of the settings, with an adapter per account, watched where `accounts` are given."""
    return Setup(
        name=settings.desk.name,
        zone=settings.desk.zone,
        language=settings.desk.language,
        media_folder=settings.media_folder,
        accounts=Builder(settings).all() if accounts is None else accounts,
        logins=logins or {},
        review=settings.places("review"),
        inbox=settings.places("inbox"),
        command=settings.slack.command,
        claim=settings.claim,
        alerts=settings.alert_thresholds,
        boosting=settings.boosts.offered,
        hosts=settings.hosts,
        chats=chats,
        health=health,
    )
