"""`bottega accounts`: our accounts on the networks, how each is connected, and `connect`, which connects one."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Column, Table
from sqlmodel import col, select

from bot.appsettings import keys_in
from bot.connecting import NotConnected, by_paste, by_return, by_token
from bot.console import DEFAULT, ConfigFile, fail, out, row, say, settings_at, store_of
from bot.networks import Builder, Logins
from bot.settings import Settings
from bot.vault import NO_KEY, Vault, digest
from handlers.desk import Desk
from handlers.setup import Setup
from handlers.team import consents
from models.account import Account
from models.consent import Consent
from models.credential import Credential, Found
from models.errors import Refused
from models.store import Store

accounts = typer.Typer(
    invoke_without_command=True,
    help="List our accounts on the networks, whether their tokens work as last seen, and how each is connected.",
)


@accounts.callback()
def listed(ctx: typer.Context, path: ConfigFile = DEFAULT) -> None:
    """List our accounts on the networks, whether their tokens work as last seen, and how each is connected."""
    if ctx.invoked_subcommand is not None:
        return
    settings = settings_at(path)
    table = Table("Account", "Platform", "Handle", Column("Access", no_wrap=True), "Connected", "Address")
    with store_of(settings) as store, store.read() as session:
        rows = {found.name: found for found in session.exec(select(Account).order_by(col(Account.name))).all()}
        known = {found.account: found for found in session.exec(select(Credential)).all()}
    for name, account in settings.accounts.items():
        if name not in rows:
            row(table, name, account.platform, None, "not asked yet", _connected(settings, name, known.get(name)), None)
    for name, found in rows.items():
        access = found.access if name in settings.accounts else "not in config.toml"
        how = _connected(settings, name, known.get(name))
        row(table, name, found.platform, found.handle, access, how, found.url)
    out.print(table)


def _connected(settings: Settings, name: str, credential: Credential | None) -> str | None:
    """By what, and until when."""
    own = settings.accounts.get(name)
    told = own.token.get_secret_value() if own else ""
    if credential is None or (told and digest(told) != credential.beats):
        return "token of the settings" if told else None
    lacks = f", lacks {len(credential.missing)} scopes" if credential.missing else ""
    until = f", until {credential.expires_at:%Y-%m-%d}" if credential.expires_at else ""
    return f"consent of {credential.connected_at:%Y-%m-%d}{until}{lacks}"


@accounts.command()
def connect(
    wanted: Annotated[str, typer.Argument(metavar="ACCOUNT|PLATFORM", help="An account of config.toml, or a network.")],
    path: ConfigFile = DEFAULT,
    token: Annotated[
        bool, typer.Option("--token", help="Bring a token; it is asked for, or read from standard input.")
    ] = False,
    paste: Annotated[
        bool, typer.Option("--paste", help="Paste the address at which the browser ended, as without a public address.")
    ] = False,
    identity: Annotated[
        str, typer.Option(help="Id or handle of the identity that the account is, where there are several.")
    ] = "",
) -> None:
    """Connect an account to its network by a person's consent there, for the first time or again."""
    settings = settings_at(path)
    platform, names = _meant(settings, wanted)
    logins = Logins(settings, Vault(keys_in(settings.desk.secret_key)))
    _refuse_unready(logins, platform, wanted)
    with store_of(settings) as store:
        number: int | None = None
        if token:
            found = by_token(logins, platform)
        elif paste or settings.web.public_url is None:
            found = by_paste(logins, platform)
        else:
            number = by_return(logins, platform, store)
            with store.read() as session:
                found = session.get_one(Consent, number).choices
        if not found:
            raise NotConnected("The network gave no account that you manage; agree to at least one there.")
        say("It gave: " + "; ".join(f"{one.label}, id {one.remote_id}" for one in found))
        if not names:
            _sections(platform, found)
        setup = _setup(settings, logins)
        chosen = list(_chosen(setup, store, names, found, identity))
        for name, one in chosen:
            _store(setup, store, name, one, number)
    if not chosen:
        raise NotConnected("None was chosen, so nothing was changed.")
    say("A bot that runs takes that over within seconds; “bottega doctor” looks whether it works.")


def _meant(settings: Settings, wanted: str) -> tuple[str, list[str]]:
    """The platform, and the accounts of config.toml that may be meant."""
    if wanted in settings.accounts:
        return settings.accounts[wanted].platform, [wanted]
    return wanted, [name for name, account in settings.accounts.items() if account.platform == wanted]


def _refuse_unready(logins: Logins, platform: str, wanted: str) -> None:
    if platform not in logins.known:
        there = ", ".join(logins.known) or "–"
        fail(
            f"“{wanted}” is no account of config.toml, and no network at which a consent connects accounts (there are: "
            f"{there}). Elsewhere a token is made on the network's own pages: set BOTTEGA_ACCOUNTS__NAME__TOKEN."
        )
    if not logins.vault.has_key:
        fail(NO_KEY)
    if platform not in logins.settings.apps:
        for step, words in enumerate(logins.steps(platform), 1):
            say(f"{step}. {words}")
        fail(
            f"There is no app for {platform} yet. Register one as above, then write [apps.{platform}] with its id into "
            f"config.toml, and BOTTEGA_APPS__{platform.upper()}__SECRET into secrets.env."
        )


def _sections(platform: str, found: Sequence[Found]) -> None:
    """What is to be written into config.toml before anything can be stored."""
    for one in found:
        name = "".join(letter if letter.isascii() and letter.isalnum() else "_" for letter in one.name.lower())
        name = "_".join(filter(None, name.split("_")))[:40].strip("_") or platform
        name = name if name[0].isalpha() else f"{platform}_{name}"[:40].strip("_")
        title = json.dumps(one.name, ensure_ascii=False)
        say(f"\n[accounts.{name}]\nplatform = {json.dumps(platform)}\ntitle = {title}")
    raise NotConnected(
        "Nothing was stored: config.toml has no account of this network. Write the sections you want into it, then "
        "type this once more."
    )


def _chosen(
    setup: Setup, store: Store, names: Sequence[str], found: Sequence[Found], identity: str
) -> Iterator[tuple[str, Found]]:
    """Account by account which of the identities it is; asked only where it cannot be known."""
    if identity and len(names) > 1:
        raise NotConnected(f"Name the account that is {identity}: {', '.join(names)}.")
    free = [one for one in found if not identity or _is(one, identity)]
    if not free:
        raise NotConnected(f"None of them is {identity}.")
    for name in names:
        with store.read() as session:
            desk = Desk(session=session, now=datetime.now(UTC), setup=setup)
            try:
                index = consents.the_one(desk, name, free)
            except Refused as refusal:
                if len(names) == 1:
                    raise NotConnected(str(refusal)) from refusal
                continue  # it is somebody else's
        if index is None:
            index = _picked(name, free)
        if index is not None:
            yield name, free.pop(index)
        if not free:
            return


def _is(one: Found, identity: str) -> bool:
    return identity.removeprefix("@").casefold() in {one.remote_id.casefold(), one.handle.casefold()}


def _picked(name: str, found: Sequence[Found]) -> int | None:
    for number, one in enumerate(found, 1):
        say(f"{number}. {one.label}, id {one.remote_id}")
    out.print(f"Which is {name}? Its number, or Enter for none: ", end="", markup=False, highlight=False)
    line = sys.stdin.readline()
    if not line:
        raise NotConnected("Several are possible; say which by --identity ID.")
    if not line.strip():
        return None
    if not (line.strip().isdecimal() and 0 < int(line) <= len(found)):
        raise NotConnected(f"That is no number from 1 to {len(found)}; nothing was changed for {name}.")
    return int(line) - 1


def _store(setup: Setup, store: Store, name: str, one: Found, number: int | None) -> None:
    with store.write() as session:
        desk = Desk(session=session, now=datetime.now(UTC), setup=setup)
        try:
            consents.connect(desk, name, one)
        except Refused as refusal:
            raise NotConnected(str(refusal)) from refusal
        if number is not None:
            session.get_one(Consent, number).settle()
        card = consents.connected_card(desk, desk.t, name, one)
    for line in card.body:
        say(line.spans[0].text)


def _setup(settings: Settings, logins: Logins) -> Setup:
    return Setup(
        name=settings.desk.name,
        zone=settings.desk.zone,
        language="en",
        media_folder=settings.media_folder,
        accounts=Builder(settings).all(),
        logins=logins.offers(),
    )
