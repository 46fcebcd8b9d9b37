"""`bottega accounts`: our accounts on the networks, how each is connected, and `connect`, which connects one."""

from typing import Annotated

import typer
from rich.table import Column, Table
from sqlmodel import col, select

from bot.appsettings import keys_in
from bot.connecting import connected, ready
from bot.console import DEFAULT, ConfigFile, Typed, out, row, settings_at, store_of
from bot.networks import Logins
from bot.settings import Settings
from bot.vault import Vault, digest
from models.account import Account
from models.credential import Credential

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
        if name in settings.accounts and (stranger := found.stranger):
            access = f"not used: token of {stranger.label}"
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
    logins = Logins(settings, Vault(keys_in(settings.desk.secret_key)))
    ready(logins, wanted)
    with store_of(settings) as store:
        connected(logins, store, wanted, token=token, paste=paste, identity=identity, typed=Typed())
