"""The keyring: each process turns stored credentials into adapters, and notices when a credential became another."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import structlog
from sqlmodel import col, select

from bot.networks import ADS_TOKEN
from bot.vault import Unopenable, Vault
from handlers.setup import OurAccount
from models.credential import Credential
from models.store import Store

log = structlog.get_logger()

#: Seconds between looks; so long a process may go on with a token that was replaced.
LOOK_SECONDS = 3.0


class Build(Protocol):
    """Builds an account with its adapter; touches no network."""

    def __call__(self, name: str, tokens: Mapping[str, str] = ..., version: int = ...) -> OurAccount:
        """With these tokens, or with the settings' own."""


class Keyring:
    """Puts an account with another adapter in the place of the one in `accounts`, at once and as a whole.

    A parcel that was packed keeps the adapter that it has; everything else asks for the account anew.
    """

    def __init__(self, store: Store, vault: Vault, build: Build, accounts: dict[str, OurAccount]) -> None:
        """`accounts`: what everybody looks accounts up in; nothing is read yet."""
        self._store = store
        self._vault = vault
        self._build = build
        self._accounts = accounts
        #: Account -> why its credential cannot be used.
        self.unopened: dict[str, str] = {}

    def look(self) -> list[str]:
        """Take over what is new; returns the accounts whose adapter is another now. One query where nothing is new."""
        seen = {name: account.version for name, account in self._accounts.items()}
        query = select(Credential.account, Credential.version).where(col(Credential.account).in_(seen))
        with self._store.read() as session:
            news = [name for name, version in session.exec(query).all() if version != seen[name]]
            rows = session.exec(select(Credential).where(col(Credential.account).in_(news))).all() if news else []
        return [row.account for row in rows if self._take(row)]

    def _take(self, row: Credential) -> bool:
        name, before = row.account, self._accounts[row.account]
        self.unopened.pop(name, None)
        account = replace(before, version=row.version)
        if before.told and row.beats != before.told:
            log.info("the token of the settings is newer than what was connected, and counts", account=name)
        else:
            try:
                tokens = self._vault.open(row.sealed)
                if before.ads_told and row.beats_ads != before.ads_told:
                    log.info(
                        "the token for ads of the settings is newer than what was connected, and counts", account=name
                    )
                    tokens.pop(ADS_TOKEN, None)
                account = self._build(name, tokens, row.version)
            except Unopenable as error:
                self.unopened[name] = str(error)
                log.warning("an account cannot use what it was connected with", account=name, reason=str(error))
        self._accounts[name] = account
        return account.platform is not before.platform
