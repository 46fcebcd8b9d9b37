"""The doctor: looks at everything that must be right before the bot can work, and names each cure."""

import asyncio
import shutil
import socket
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from bot import audit_check, identity_check, private, secretsfile
from bot.app import App, utc_now
from bot.appsettings import keys_in
from bot.chat import Chat
from bot.networks import app_of, every
from bot.settings import Settings
from handlers.setup import OurAccount
from models.credential import Credential
from models.member import Role
from models.store import Store
from platforms.contract import (
    AccessLost,
    AccountLocked,
    AdsAccessLost,
    Boosts,
    NotPermitted,
    OutcomeUnknown,
    PlatformError,
    ReadsComments,
    Who,
)

#: How far this machine's clock may be from the networks'.
CLOCK_SKEW = timedelta(seconds=60)
#: Bytes free on the disk below which the archive will soon be full.
LITTLE_SPACE = 1_000_000_000
#: What cures a token that may too little.
SCOPES = "make a token that has all scopes (README.md names them)"


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    subject: str
    is_well: bool
    sentence: str


async def examine(settings: Settings, folder: Path) -> list[Finding]:
    """Look at configuration (in `folder`), data folder, database, chats, accounts, clock; never raises for a fault."""
    connected = _stored(settings)
    findings = [*(_config(settings, connected) or [Finding("config", True, "complete")]), *_secrets(folder)]
    data = _data(settings.desk.data)
    findings += [*data, *([_database(settings)] if data[0].is_well else [])]
    if not findings[-1].is_well:
        return findings  # nothing can be built without them
    findings += _log(settings)
    app = App(settings)
    try:
        findings += _ports(settings, web=app.web is not None)
        for name, chat in app.chats.items():
            findings += await _chat(name, chat)
        if connected:
            app.keyring.look()
        findings += [Finding(f"account {name}", False, why) for name, why in app.keyring.unopened.items()]
        accounts = [account for account in app.setup.accounts.values() if account.has_token]
        told: dict[str, Who] = {}
        for found in await asyncio.gather(
            *(asyncio.to_thread(_account, account, _cure(app, account.name), told) for account in accounts)
        ):
            findings += found
        findings += _identities(app, told)
        findings += await _shelf(settings)
        findings.append(clock([account.platform.clock_skew for account in accounts]))
    finally:
        await app.stop()
    return findings


# -- this machine ------------------------------------------------------------------------------------------------------


def _stored(settings: Settings) -> frozenset[str]:
    """The accounts that are connected, as far as that can be read: the database has a finding of its own."""
    try:
        store = Store(settings.database_url)
        try:
            if store.schema() != "current":
                return frozenset()
            with store.read() as session:
                return frozenset(session.exec(select(Credential.account)).all())
        finally:
            store.close()
    except (SQLAlchemyError, OSError):
        return frozenset()


def _config(settings: Settings, connected: Collection[str]) -> list[Finding]:
    faults: list[str] = []
    slack, telegram = settings.slack, settings.telegram
    for section, name, variable in (
        (slack, "slack", "BOTTEGA_SLACK__BOT_TOKEN"),
        (telegram, "telegram", "BOTTEGA_TELEGRAM__TOKEN"),
    ):
        if not section.is_on and (section.review or section.inbox):
            faults.append(f"[{name}] has rooms but no token, so it is off: set {variable}, or take the section out")
    if not faults and not (slack.is_on or telegram.is_on):
        faults.append("no chat is configured: set BOTTEGA_SLACK__BOT_TOKEN or BOTTEGA_TELEGRAM__TOKEN")
    if not (slack.review or telegram.review):
        faults.append("there is no place where posts are reviewed: set review in [slack] or [telegram]")
    if not (slack.inbox or telegram.inbox):
        faults.append("there is no place where comments arrive: set inbox in [slack] or [telegram]")
    if not settings.accounts:
        faults.append("there is no account: add [accounts.NAME] with platform and base_url")
    networks = every()
    for name, account in settings.accounts.items():
        if account.token.get_secret_value() or name in connected:
            continue
        if app_of(settings, networks, account.platform, account.base_url):
            faults.append(f"[accounts.{name}] is not connected: type “bottega accounts connect {name}”")
        else:
            faults.append(f"[accounts.{name}] has no token: set {_token_of(name)}")
    faults += _apps(settings)
    if not any(Role.ADMIN in member.roles for member in settings.members):
        faults.append(
            'nobody is admin: add [[members]] with name, roles = ["admin"] and an id; the bot tells you yours'
        )
    return [Finding("config", False, fault) for fault in faults]


def _apps(settings: Settings) -> Iterator[str]:
    """What the apps of a team lack to connect accounts."""
    for name, app in settings.apps.items():
        if not app.secret.get_secret_value():
            yield f"[apps.{name}] has no secret: set BOTTEGA_APPS__{name.upper()}__SECRET"
    if settings.apps and not keys_in(settings.desk.secret_key):
        yield "there is no key to seal tokens with: set BOTTEGA_DESK__SECRET_KEY; “bottega init --key” prints one"


def _secrets(folder: Path) -> Iterator[Finding]:
    path = folder / secretsfile.NAME
    if secretsfile.is_open_to_others(path):
        yield Finding("secrets", False, f"others on this machine can read {path}: chmod 600 {path}")


def _data(folder: Path) -> list[Finding]:
    probe = folder / f".doctor-{time.time_ns()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        return [Finding("data folder", False, f"{folder} cannot be written ({error.strerror}); see [desk] data")]
    if private.is_open(folder):
        return [Finding("data folder", False, f"others on this machine can look into {folder}: chmod 700 {folder}")]
    free = shutil.disk_usage(folder).free
    if free < LITTLE_SPACE:
        return [Finding("data folder", False, f"the disk of {folder} has only {free // 1_000_000} MB left; make room")]
    return [Finding("data folder", True, f"{folder} can be written")]


def _database(settings: Settings) -> Finding:
    try:
        store = Store(settings.database_url)
        try:
            schema = store.schema()
        finally:
            store.close()
    except (SQLAlchemyError, OSError) as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        return Finding("database", False, f"it cannot be used ({said}); see [desk] database and data")
    match schema:
        case "newer":
            return Finding("database", False, "it was written by a newer Bottega; install that, or restore a copy")
        case "none":
            return Finding("database", True, "“bottega run” will create it")
        case "older":
            return Finding("database", True, "“bottega run” will bring it up to date")
        case _:
            return Finding("database", True, "up to date")


def _log(settings: Settings) -> Iterator[Finding]:
    """The audit log, from its first entry to its last."""
    for is_well, sentence in audit_check.examined(settings):
        yield Finding("audit log", is_well, sentence)


def _ports(settings: Settings, *, web: bool) -> Iterator[Finding]:
    """The ports that a bot with these settings opens."""
    wanted = {"web": settings.web} if web else {}
    for section, own in (wanted | ({"metrics": settings.metrics} if settings.metrics.enabled else {})).items():
        where = f"{own.host} port {own.port}"
        try:
            socket.create_connection((own.host, own.port), 1).close()
        except OSError:
            yield Finding(section, True, f"{where} is free")
        else:
            yield Finding(section, True, f"something answers on {where}; that is well if the bot runs already")


# -- the others --------------------------------------------------------------------------------------------------------


async def _chat(name: str, chat: Chat) -> list[Finding]:
    faults = dict.fromkeys(await chat.check())  # a group that holds several places is faulty once
    return [Finding(name, False, fault) for fault in faults] or [Finding(name, True, "connected as it should be")]


def _cure(app: App, name: str) -> str:
    """What helps where a network refuses an account's token."""
    if app.setup.login(name) is not None:
        return f"connect it anew: bottega accounts connect {name}"
    return f"make a new token there and set {_token_of(name)}"


def _identities(app: App, told: Mapping[str, Who]) -> list[Finding]:
    """Whose tokens they are, by what is kept, and by what the networks told."""
    accounts = app.setup.accounts
    rows, connected = identity_check.kept(app.settings.database_url, list(accounts))
    in_order = {name: told[name] for name in accounts if name in told}
    found = dict(identity_check.offline(accounts, rows, connected))
    found |= dict(identity_check.online(accounts, rows, in_order))
    return [Finding(f"account {name}", False, fault) for name, fault in found.items()]


def _account(account: OurAccount, cure: str, told: dict[str, Who]) -> list[Finding]:
    """`told`: account -> whose token it has, which is added."""
    subject = f"account {account.name}"
    try:
        who = account.platform.whoami()
    except AccountLocked as locked:
        return [
            Finding(subject, False, f"the network has locked it ({locked.reason}); sign in there and put that right")
        ]
    except NotPermitted as refusal:
        return [Finding(subject, False, f"the token may not tell whose it is ({refusal.reason}); {SCOPES}")]
    except AccessLost as lost:
        return [Finding(subject, False, f"the network refuses the token ({lost.reason}); {cure}")]
    except (PlatformError, OutcomeUnknown) as error:
        return [Finding(subject, False, f"the network could not be asked ({error}); check base_url and the connection")]
    told[account.name] = who
    findings = [Finding(subject, True, f"is {who.handle}")]
    if who.missing_scopes:
        scopes = ", ".join(who.missing_scopes)
        findings.append(Finding(subject, False, f"the token lacks these scopes: {scopes}; {SCOPES}"))
    elif isinstance(account.platform, ReadsComments):
        findings += _reading(subject, account.platform)
    if account.platform.can.boosts and isinstance(account.platform, Boosts):
        findings.append(_paying(account, account.platform, cure))
    return findings


async def _shelf(settings: Settings) -> list[Finding]:
    """The bucket from which networks fetch files, where there is one."""
    if not settings.shelf.url:
        return []
    from bot.bucket import Bucket  # an extra; the app could not have been built without it

    if fault := await Bucket(settings.shelf, utc_now).fault():
        return [Finding("shelf", False, f"{fault}; see [shelf] endpoint, region, key and secret")]
    return [Finding("shelf", True, f"networks can fetch files from {settings.shelf.url}")]


def _reading(subject: str, platform: ReadsComments) -> Iterator[Finding]:
    """Some networks tell what the application may do but not what the token may; reading shows it, and does no harm."""
    try:
        platform.comments("")
    except NotPermitted as refusal:
        yield Finding(subject, False, f"comments cannot be read ({refusal.reason}); {SCOPES}")
    except (PlatformError, OutcomeUnknown) as error:
        yield Finding(subject, False, f"comments cannot be read ({error}); try again, or look at the server itself")


def clock(skews: Sequence[timedelta | None]) -> Finding:
    """How this machine's clock stands to the networks', which are so far ahead of it (None: not told)."""
    known = [skew for skew in skews if skew is not None]
    if not known:
        return Finding("clock", True, "no network told its time, so this machine's is believed")
    worst = max(known, key=abs)
    if abs(worst) > CLOCK_SKEW:
        seconds = abs(worst.total_seconds())
        way = "behind" if worst > timedelta() else "ahead of"
        return Finding("clock", False, f"this machine is {seconds:.0f} seconds {way} the network; set its clock by NTP")
    return Finding("clock", True, "agrees with the network's")


def _paying(account: OurAccount, platform: Boosts, cure: str) -> Finding:
    """Its token for ads is another than its own, and is lost by itself."""
    subject = f"account {account.name}"
    if account.is_paid_by_settings:
        cure = f"set another {_token_of(account.name, 'ADS_TOKEN')}"
    try:
        found = platform.ad_account()
    except AdsAccessLost as lost:
        return Finding(subject, False, f"the network refuses the token for ads ({lost.reason}); {cure}")
    except (PlatformError, OutcomeUnknown) as error:
        return Finding(subject, False, f"its ad account could not be asked ({error}); see its option ad_account")
    if not found.active:
        return Finding(subject, False, f"its ad account {found.name} cannot order anything ({found.reason})")
    return Finding(subject, True, f"pays for its boosts from {found.name}")


def _token_of(account: str, name: str = "TOKEN") -> str:
    return f"BOTTEGA_ACCOUNTS__{account.upper()}__{name}"
