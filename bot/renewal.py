"""Renewal: tokens that end are made fresh by themselves, long before anybody has to be told."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, or_, select

from bot.networks import Logins, NoApp
from bot.vault import Unopenable, Vault
from handlers.delivery import access
from handlers.desk import Desk
from handlers.effects import Effect
from models.account import Access, Account
from models.credential import Credential
from models.store import Store
from platforms.contract import AccessLost, OutcomeUnknown, PlatformError, TryLater

log = structlog.get_logger()

#: Seconds between looks for what ends.
RENEW_SECONDS = 900.0
#: How near its end a token is renewed: a month leaves weeks for more tries before the first alert.
NEAR = timedelta(days=30)
#: How old a token must be to be renewed, and how long nothing is asked after a refusal that is no loss of access
#: (Instagram and Threads: at least 24 hours old; developers.facebook.com, "Refresh a Long-Lived Access Token").
AGE = timedelta(days=1)
#: Credentials renewed in one look.
MOST = 50

#: Decides in a transaction of its own, and lets what follows leave.
Keep = Callable[[Callable[[Desk], Iterable[Effect]]], None]


class Renewal:
    """For the one process that leads."""

    def __init__(self, store: Store, vault: Vault, logins: Logins, now: Callable[[], datetime], keep: Keep) -> None:
        """Nothing is read yet."""
        self._store = store
        self._vault = vault
        self._logins = logins
        self._now = now
        self._keep = keep
        self._later: dict[str, datetime] = {}  #: account -> not before

    def look(self) -> None:
        """Renew what is due; seal anew what an old key has sealed. Blocks while it speaks to networks.

        What has no end may only be untold: a lasting token that a person brought tells its end when it is renewed.
        """
        if not self._vault.has_key:
            return
        now = self._now()
        with self._store.read() as session:
            due = (
                select(Credential, Account.platform)
                .join(Account, col(Account.name) == Credential.account)
                .where(Account.access != Access.LOST)
                .where(or_(col(Credential.expires_at) <= now + NEAR, col(Credential.expires_at).is_(None)))
                .where(Credential.renewed_at <= now - AGE)
                .order_by(col(Credential.renewed_at))
                .limit(MOST)
            )
            found = [(row, platform) for row, platform in session.exec(due).all() if platform in self._logins.known]
            everything = session.exec(select(Credential)).all()
        for row, platform in found:
            if self._later.get(row.account, now) <= now:
                self._renew(row, platform)
        for row in everything:
            self._reseal(row.account, row.sealed)

    def _renew(self, row: Credential, platform: str) -> None:
        name = row.account
        try:
            fresh = self._logins.renew(platform, row.sealed)
        except AccessLost as error:
            refusal = error  # the name of an exception ends with its block
            self._keep(lambda desk: access.lost(desk, name, refusal, row.version))
        except TryLater as later:
            self._put_off(name, later.after or timedelta(), str(later))
        except (PlatformError, OutcomeUnknown, Unopenable, NoApp) as error:
            self._put_off(name, AGE, str(error))
        else:
            if fresh is None:
                self._later[name] = self._now() + AGE  # of a kind that needs no renewal
            else:
                self._keep(lambda desk: _renewed(desk, row, *fresh))

    def _put_off(self, name: str, span: timedelta, reason: str) -> None:
        self._later[name] = self._now() + span
        log.warning("a token could not be renewed; it is tried again", account=name, reason=reason)

    def _reseal(self, name: str, sealed: str) -> None:
        """With the first key, so that the others can be taken out of the settings."""
        if not self._vault.is_old(sealed):
            return
        try:
            fresh = self._vault.seal(self._vault.open(sealed))
        except Unopenable:
            return  # the keyring has told
        with self._store.write() as session:
            row = session.get(Credential, name, with_for_update=True)
            if row is not None and row.sealed == sealed:
                row.sealed = fresh
        log.info("a token was sealed anew with the first key", account=name)


def _renewed(desk: Desk, seen: Credential, sealed: str, expires_at: datetime | None) -> Iterable[Effect]:
    """Store it, unless a person has connected the account anew meanwhile."""
    row = desk.session.get(Credential, seen.account, with_for_update=True)
    if row is not None and row.version == seen.version:
        row.renewed(sealed, expires_at, desk.now)
        desk.session.get_one(Account, seen.account).expires_at = expires_at
        log.info("a token was renewed", account=seen.account, until=expires_at)
    return ()
