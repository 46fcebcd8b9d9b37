"""The command line: bottega run | demo | init | doctor | accounts | members | migrate | export."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import col, select

from bot import config, demo, doctor, export, init, log
from bot.app import AlreadyRunning, App, setup_of
from bot.settings import Settings
from models.account import Account
from models.member import Identity, Member
from models.store import Store

cli = typer.Typer(
    help="Run your team's social media from Slack and Telegram.", no_args_is_help=True, add_completion=False
)
out = Console()
err = Console(stderr=True)

ConfigFile = Annotated[
    Path, typer.Option("--config", "-c", envvar="BOTTEGA_CONFIG", help="The configuration file.", show_default=True)
]
DEFAULT = Path("config.toml")


def main() -> None:
    """The entry point; a fault that a person can mend is a sentence, not a stack trace."""
    cli()


def _fail(sentence: str) -> NoReturn:
    err.print(sentence, style="red", markup=False, highlight=False)
    raise typer.Exit(1)


def _settings(path: Path) -> Settings:
    try:
        settings = config.load(path)
    except config.ConfigError as error:
        _fail(str(error))
    log.setup(settings.log.level, settings.log.format, settings.secrets())
    return settings


def _store(settings: Settings) -> Store:
    store = Store(settings.database_url)
    if not store.is_current():
        _fail("The database is not up to date. Run “bottega migrate”, or start the bot once with “bottega run”.")
    return store


@cli.command()
def run(path: ConfigFile = DEFAULT) -> None:
    """Run the bot until it is told to stop (Ctrl-C or SIGTERM)."""
    settings = _settings(path)
    if not (settings.slack.is_on or settings.telegram.is_on):
        _fail("No chat is configured: give [slack] its tokens, or [telegram] its token. “bottega init” asks for them.")
    try:
        asyncio.run(App(settings).run())
    except (AlreadyRunning, KeyError, OSError) as error:
        _fail(str(error.args[0] if isinstance(error, KeyError) else error))


@cli.command(name="demo")
def demo_command(
    play: Annotated[bool, typer.Option("--play", help="Play the story by itself, print each step, then end.")] = False,
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.")] = 8700,
) -> None:
    """Run the whole desk on pretend services on this machine, with nothing to register."""
    raise typer.Exit(demo.run(play=play, port=port, console=out))


@cli.command(name="init")
def init_command(path: ConfigFile = DEFAULT) -> None:
    """Ask what is needed and write config.toml and, for Slack, the app manifest to paste."""
    try:
        init.ask_and_write(path, out)
    except init.WillNotOverwrite as error:
        _fail(str(error))


@cli.command(name="doctor")
def doctor_command(path: ConfigFile = DEFAULT) -> None:
    """Check config, database, clock, every chat and account; name each fault with its cure."""
    settings = _settings(path)
    findings = asyncio.run(doctor.examine(settings))
    for finding in findings:
        mark, style = ("✓", "green") if finding.is_well else ("✗", "red")
        out.print(f"{mark} {finding.subject}: {finding.sentence}", style=style, markup=False, highlight=False)
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)


@cli.command()
def migrate(path: ConfigFile = DEFAULT) -> None:
    """Bring the database up to date; “bottega run” does it by itself."""
    store = Store(_settings(path).database_url)
    store.migrate()
    out.print("The database is up to date.")


@cli.command()
def members(path: ConfigFile = DEFAULT) -> None:
    """List the team: names, roles, chats."""
    table = Table("Member", "Roles", "Slack", "Telegram", "Active")
    with _store(_settings(path)).read() as session:
        for member in session.exec(select(Member).order_by(Member.name)).all():
            found = session.exec(select(Identity).where(Identity.member_id == member.id)).all()
            ids = {identity.chat: identity.handle or identity.external_id for identity in found}
            table.add_row(
                member.name,
                ", ".join(member.roles),
                ids.get("slack", "–"),
                ids.get("telegram", "–"),
                "yes" if member.active else "no",
            )
    out.print(table)


@cli.command()
def accounts(path: ConfigFile = DEFAULT) -> None:
    """List our accounts on the networks and whether their tokens work, as last seen."""
    settings = _settings(path)
    configured = setup_of(settings, ()).accounts
    table = Table("Account", "Platform", "Handle", "Access", "Address")
    with _store(settings).read() as session:
        for row in session.exec(select(Account).order_by(col(Account.name))).all():
            access = row.access if row.name in configured else "not in config.toml any more"
            table.add_row(row.name, row.platform, row.handle or "–", access, row.url or "–")
    out.print(table)


@cli.command(name="export")
def export_command(
    what: Annotated[export.What, typer.Argument(help="What to write.")],
    path: ConfigFile = DEFAULT,
) -> None:
    """Write posts, comments or the audit log to standard output as JSON lines."""
    with _store(_settings(path)).read() as session:
        for line in export.lines(session, what):
            sys.stdout.write(line + "\n")
