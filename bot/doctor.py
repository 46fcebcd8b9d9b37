"""The doctor: looks at everything that must be right before the bot can work, and names each cure."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.app import App
from bot.settings import Settings
from handlers.setup import OurAccount
from models.member import Role
from models.store import Store
from platforms.contract import AccessLost, OutcomeUnknown, PlatformError

#: Seconds that this machine's clock may differ from the networks'.
CLOCK_SKEW = 60


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    subject: str
    is_well: bool
    sentence: str


async def examine(settings: Settings) -> list[Finding]:
    """Look at configuration, database, clock, chats, accounts."""
    findings = [*_config(settings), _database(settings), _folder(settings.desk.data)]
    if not all(finding.is_well for finding in findings[-2:]):
        return findings
    try:
        app = App(settings)
    except KeyError as error:
        return [*findings, Finding("accounts", False, str(error.args[0]))]
    for name, chat in app.chats.items():
        faults = await chat.check()
        findings += [Finding(name, False, fault) for fault in faults] or [
            Finding(name, True, "connected as it should be")
        ]
    found = await asyncio.gather(*(asyncio.to_thread(_account, account) for account in app.setup.accounts.values()))
    findings += [finding for findings_of_one in found for finding in findings_of_one]
    app.store.close()
    return findings


def _config(settings: Settings) -> list[Finding]:
    findings = []
    if not (settings.slack.is_on or settings.telegram.is_on):
        findings.append(
            Finding("config", False, "no chat is configured: give [slack] its tokens, or [telegram] its token")
        )
    if not settings.accounts:
        findings.append(
            Finding("config", False, "there is no account: add [accounts.NAME] with platform, base_url and token")
        )
    findings += [
        Finding("config", False, f"[accounts.{name}] has no token: set BOTTEGA_ACCOUNTS__{name.upper()}__TOKEN")
        for name, account in settings.accounts.items()
        if not account.token.get_secret_value()
    ]
    if not any(Role.ADMIN in member.roles for member in settings.members):
        findings.append(
            Finding("config", False, 'nobody is admin: add [[members]] with name, roles = ["admin"] and an id')
        )
    for kind in ("review", "inbox"):
        if not settings.places(kind):
            findings.append(Finding("config", False, f"no {kind} place: set {kind} in [slack] or [telegram]"))
    return findings or [Finding("config", True, "complete")]


def _database(settings: Settings) -> Finding:
    try:
        store = Store(settings.database_url)
        current = store.is_current()
        store.close()
    except (SQLAlchemyError, OSError) as error:
        return Finding("database", False, f"cannot be opened ({str(error).splitlines()[0]}); see desk.database")
    if not current:
        return Finding("database", True, "will be brought up to date by “bottega run” (or now by “bottega migrate”)")
    return Finding("database", True, "up to date")


def _folder(data: Path) -> Finding:
    probe = data / f".doctor-{time.time_ns()}"
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        return Finding("data folder", False, f"{data} cannot be written ({error.strerror}); see desk.data")
    return Finding("data folder", True, f"{data} can be written")


def _account(account: OurAccount) -> list[Finding]:
    subject = f"account {account.name}"
    try:
        who = account.platform.whoami()
    except AccessLost as lost:
        cure = f"make a new token on the network and set BOTTEGA_ACCOUNTS__{account.name.upper()}__TOKEN"
        return [Finding(subject, False, f"the network refuses the token ({lost.reason}); {cure}")]
    except (PlatformError, OutcomeUnknown) as error:
        return [Finding(subject, False, f"the network could not be asked ({error}); check base_url and the connection")]
    findings = [Finding(subject, True, f"is {who.handle}")]
    if who.missing_scopes:
        scopes = ", ".join(who.missing_scopes)
        findings.append(Finding(subject, False, f"the token lacks these scopes: {scopes}; make a token that has them"))
    skew = account.platform.clock_skew
    if skew is not None and abs(skew.total_seconds()) > CLOCK_SKEW:
        sentence = f"this machine's clock is {skew.total_seconds():.0f} seconds away from the network's; set it by NTP"
        findings.append(Finding("clock", False, sentence))
    elif skew is not None:
        findings.append(Finding("clock", True, "agrees with the network's"))
    return findings
