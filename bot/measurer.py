"""The measurer: asks the networks how publications fare, hourly on their first day and daily for a month."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import structlog
from sqlmodel import Session

from bot.leading import Duty
from handlers import outbox
from handlers.delivery import identity
from handlers.desk import Desk
from handlers.posts import numbers as counted
from handlers.setup import Setup
from models.measurement import due
from models.publication import Publication
from models.store import TROUBLE, Store
from models.trace import traced
from platforms.contract import Measures, Numbers, Permanent, TryLater

log = structlog.get_logger()

#: Seconds between looks for what is due.
LOOK = 20.0
#: Publications measured in one look; what is left is due at the next.
MOST = 60
#: Accounts asked at the same time: a slow network holds up only its own publications.
THREADS = 4
#: How long a network that is away, or wants a pause and does not say how long, is left alone.
PAUSE = timedelta(minutes=10)


class Measurer:
    """One process at a time measures; what it has not stored when it ends is due for the next."""

    def __init__(self, store: Store, setup: Setup, now: Callable[[], datetime], wake: Callable[[], None]) -> None:
        """`wake` is called when cards may have to be drawn anew."""
        self._store = store
        self._setup = setup
        self._now = now
        self._wake = wake
        self._silent: dict[str, datetime] = {}  #: account -> not asked before
        self.duty = Duty("numbers", self._work)

    async def _work(self) -> None:
        """Look again and again, until cancelled."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(THREADS, thread_name_prefix="numbers") as pool:
            while True:
                try:
                    waiting = await loop.run_in_executor(pool, self.waiting)
                    await asyncio.gather(*(loop.run_in_executor(pool, self.measure, *some) for some in waiting.items()))
                except Exception:
                    log.exception("publications could not be measured; the next look follows")
                await asyncio.sleep(LOOK)

    def waiting(self) -> dict[str, list[int]]:
        """Account -> ids of its publications that are due, for accounts that may be asked."""
        found: dict[str, list[int]] = defaultdict(list)
        now = self._now()
        with self._store.read() as session:
            if not due(session, now, 1):
                return found  # as at most looks: nobody who writes is kept waiting
        with self._store.write() as session:
            desk = self._desk(session)
            for publication in due(session, now, MOST):
                account = self._setup.accounts.get(publication.account)
                silent = self._silent.get(publication.account, now)
                if account is None or not isinstance(account.platform, Measures) or not account.platform.can.measures:
                    counted.later(desk, publication)
                elif silent > now:
                    publication.measure_at = silent
                else:
                    found[publication.account].append(publication.number)
        return found

    def measure(self, account: str, publications: list[int]) -> None:
        """Ask for one after the other; a network in trouble is left alone for a while."""
        with traced(account=account):
            for publication_id in publications:
                try:
                    self._measure(account, publication_id)
                except TryLater as wait:
                    self._silent[account] = self._now() + (wait.after or PAUSE)
                    log.info("numbers wait for a network", account=account, reason=wait.reason)
                    return
                except TROUBLE:
                    raise
                except Exception:
                    log.exception("a publication could not be measured", account=account, publication=publication_id)
                    self._keep(publication_id, None)

    def _measure(self, account: str, publication_id: int) -> None:
        ours = self._setup.accounts[account]
        platform = ours.platform
        assert isinstance(platform, Measures)
        with self._store.read() as session:
            remote_id = session.get_one(Publication, publication_id).remote_id
        try:
            identity.confirm(self._store, self._setup, self._now, ours)
            numbers: Numbers | None = platform.numbers(remote_id)
        except Permanent as refusal:
            # Gone, or the token may not count: what concerns access is told by others.
            log.info("a publication's numbers are not told", publication=publication_id, reason=refusal.reason)
            numbers = None
        self._keep(publication_id, numbers)

    def _keep(self, publication_id: int, numbers: Numbers | None) -> None:
        with self._store.write() as session:
            publication = session.get_one(Publication, publication_id, with_for_update=True)
            desk = self._desk(session)
            if publication.measure_at is None:
                return  # taken down meanwhile
            if numbers is None:
                counted.later(desk, publication)
            else:
                outbox.keep(desk, counted.measured(desk, publication, numbers))
        self._wake()

    def _desk(self, session: Session) -> Desk:
        return Desk(session=session, now=self._now(), setup=self._setup, language=self._setup.language)
