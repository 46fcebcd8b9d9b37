"""The command line: bottega run | demo | init | doctor | accounts | members | migrate, and the copies of a desk."""

import asyncio
import errno
import os
import secrets
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import structlog
import typer
from rich.table import Table
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select
from typer.core import TyperGroup

from bot import config, descriptors, log, private
from bot.audit_words import in_words
from bot.cli_accounts import accounts
from bot.console import DEFAULT, ConfigFile, err, fail, out, row, say, settings_at, store_of
from bot.export import What, lines
from bot.faults import Fault
from bot.vault import new_key
from models import audit
from models.member import Identity, Member
from models.store import Newer, Store

if TYPE_CHECKING:
    from bot.keeping.bundle import Manifest
    from bot.keeping.reading import Back

logger = structlog.get_logger()


class _Sentences(TyperGroup):
    """A fault that a person can mend is a sentence on standard error and exit status 1, never a stack trace."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (Fault, Newer, audit.Keyless) as fault:
            fail(str(fault))
        except SQLAlchemyError as fault:
            said = str(getattr(fault, "orig", None) or fault).splitlines()[0]
            fail(f"The database cannot be used ({said}). See [desk] database and data.")
        except OSError as fault:
            if fault.errno == errno.EPIPE:
                raise  # whoever read our output has read enough
            if fault.errno == errno.ENOSPC:
                _drop_what_is_unwritten()
                fail(f"{fault.filename or 'The disk'} is full: make room and try again.")
            fail(f"{fault.filename}: {fault.strerror}" if fault.filename else fault.strerror or str(fault))


def _drop_what_is_unwritten() -> None:
    """Else Python tries once more when it ends, and says in its own words, with exit status 120, that it cannot."""
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)


cli = typer.Typer(
    cls=_Sentences,
    help="Run your team's social media from Slack and Telegram.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they would show variables, and secrets among them
)
cli.add_typer(accounts, name="accounts")


def main(program: Callable[[], Any] = cli) -> None:
    """The entry point. A bug is in the log with an id, its secrets taken out."""
    log.setup("info", "console", [])
    try:
        program()
    except Exception:
        bug = secrets.token_hex(4)
        logger.exception("a bug met a command", bug=bug)
        err.print(f"Something is wrong in Bottega itself; the lines above with the id {bug} say where.", style="red")
        sys.exit(1)


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"bottega {version('bottega')}", highlight=False)
        raise typer.Exit


@cli.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version, then end.")
    ] = False,
) -> None:
    """Run your team's social media from Slack and Telegram."""
    private.only_for_us()


class Role(StrEnum):
    """What a process does, where the engine is procrastinate."""

    ALL = "all"
    DESK = "desk"
    WORKER = "worker"


@cli.command()
def run(
    path: ConfigFile = DEFAULT,
    role: Annotated[
        Role, typer.Option(help="What this process does: everything, all but the accounts' deliveries, or only those.")
    ] = Role.ALL,
) -> None:
    """Run the bot until it is told to stop (Ctrl-C or SIGTERM)."""
    settings = settings_at(path)
    if role != Role.ALL and settings.desk.engine == "embedded":
        fail('The embedded engine runs in one process. Set engine = "procrastinate" in [desk] to use roles.')
    if role == Role.WORKER:
        from bot.outpost import Outpost  # as below

        log.setup(settings.log.level, settings.log.format, settings.secrets())
        descriptors.raise_limit()
        private.tighten(settings, path.parent)
        asyncio.run(Outpost(settings).run())
        return
    from bot.app import BOTH, App  # the SDKs of the chats take seconds to load, and the other commands do without

    if not (settings.slack.is_on or settings.telegram.is_on):
        fail("No chat is configured: give [slack] its tokens, or [telegram] its token. “bottega init” asks for them.")
    log.setup(settings.log.level, settings.log.format, settings.secrets())
    descriptors.raise_limit()
    private.tighten(settings, path.parent)
    asyncio.run(App(settings, crews=BOTH if role == Role.ALL else frozenset({"chat"})).run())


@cli.command(name="demo")
def demo_command(
    play: Annotated[bool, typer.Option("--play", help="Play the story by itself, print each step, then end.")] = False,
    port: Annotated[int, typer.Option(help="Port of the page; 0 takes a free one.")] = 8700,
) -> None:
    """Run the whole desk on pretend services on this machine, with nothing to register."""
    from bot import demo  # as in `run`

    raise typer.Exit(demo.run(play=play, port=port, console=out))


@cli.command(name="init")
def init_command(
    path: ConfigFile = DEFAULT,
    key: Annotated[bool, typer.Option("--key", help="Only print a new key for BOTTEGA_DESK__SECRET_KEY.")] = False,
) -> None:
    """Ask what is needed; write config.toml, secrets.env to fill in and, for Slack, the app manifest to paste."""
    if key:
        say(new_key())
        return
    from bot.init import ask_and_write  # as in `run`

    ask_and_write(path, out)


@cli.command(name="doctor")
def doctor_command(
    path: ConfigFile = DEFAULT,
    audit_head: Annotated[
        str | None,
        typer.Option(metavar="NUMBER:HASH", help="Only say what became of a head of the audit log that was kept."),
    ] = None,
    audit_accept: Annotated[
        bool, typer.Option("--audit-accept", help="Take the audit log as it is now, under a new key; the log says so.")
    ] = False,
) -> None:
    """Check config, database, clock, every chat and account; name each fault with its cure."""
    if audit_head is not None and audit_accept:
        fail("Give --audit-head or --audit-accept: a head is compared with the log before that is taken as it is.")
    if audit_head is not None or audit_accept:
        from bot import audit_check

        with store_of(settings_at(path)) as store:
            if audit_head is not None:  # an empty one is no head; it must not pass for a look at everything else
                is_well, said = audit_check.compared(store, audit_head)
            else:
                is_well, said = audit_check.accepted(settings_at(path), store, datetime.now(UTC))
        say(f"audit log: {said}") if is_well else fail(f"audit log: {said}")
        return
    from bot import doctor  # as in `run`

    try:
        settings = settings_at(path)
    except config.ConfigError as error:
        findings = [doctor.Finding("config", False, fault) for fault in str(error).splitlines()]
    else:
        findings = asyncio.run(doctor.examine(settings, path.parent))
    for finding in findings:
        mark, style = ("✓", "green") if finding.is_well else ("✗", "red")
        line = f"{mark} {finding.subject}: {finding.sentence}"
        out.print(line, style=style, markup=False, highlight=False, soft_wrap=True)
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)


@cli.command()
def migrate(path: ConfigFile = DEFAULT) -> None:
    """Bring the database up to date; “bottega run” does it by itself."""
    store = Store(settings_at(path).database_url)
    try:
        store.migrate()
    finally:
        store.close()
    out.print("The database is up to date.")


@cli.command()
def members(path: ConfigFile = DEFAULT) -> None:
    """List the team: names, roles, chats."""
    table = Table("Member", "Roles", "Slack", "Telegram", "Active")
    with store_of(settings_at(path)) as store, store.read() as session:
        for member in session.exec(select(Member).order_by(Member.name)).all():
            found = session.exec(select(Identity).where(Identity.member_id == member.id)).all()
            ids = {identity.chat: identity.handle or identity.external_id for identity in found}
            active = "yes" if member.active else "no"
            row(table, member.name, ", ".join(member.roles), ids.get("slack"), ids.get("telegram"), active)
    out.print(table)


@cli.command(name="export")
def export_command(
    what: Annotated[What, typer.Argument(help="What to write.")],
    file: Annotated[Path | None, typer.Argument(help="Of “desk”: the file that “bottega import” takes.")] = None,
    path: ConfigFile = DEFAULT,
) -> None:
    """Write posts, comments or the audit log to standard output as JSON lines, or the whole desk into a file."""
    settings = settings_at(path)
    if what is What.DESK:
        if file is None:
            fail("Name the file to write: bottega export desk FILE.")
        from bot.keeping import writing  # as in `run`

        with store_of(settings) as store:
            _kept(file, writing.export(settings, store, file, datetime.now(UTC)))
        say("Do not start this desk again once the imported one runs: two would publish everything twice.")
        return
    if file is not None:
        fail(f"{what.capitalize()} are written to standard output: bottega export {what} > FILE.")
    with store_of(settings) as store, store.read() as session:
        for line in lines(session, what):
            sys.stdout.write(line + "\n")
        sys.stdout.flush()  # what is short would fail when Python ends, which no sentence tells of
        if what is What.AUDIT:
            chain = audit.chain(session)
            if chain.entries:
                err.print(f"audit log: {in_words(chain)}", highlight=False, soft_wrap=True)
            if chain.broken_at is not None:
                raise typer.Exit(1)


@cli.command()
def backup(
    where: Annotated[Path, typer.Argument(help="A folder, or the file to write.", show_default=True)] = Path(),
    path: ConfigFile = DEFAULT,
) -> None:
    """Copy the whole desk, photos and videos included, into one file, also while the bot runs."""
    from bot.keeping import bundle, writing  # as in `run`

    settings, now = settings_at(path), datetime.now(UTC)
    file = where / bundle.name_at(now) if where.is_dir() else where
    if file.suffix != ".zip":
        fail(f"{file} is no folder. Make it, or name a file that ends in .zip.")
    with store_of(settings, older=True) as store:
        _kept(file, writing.backup(settings, store, file, now))


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What “bottega backup” wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="The desk that is there makes room, and is kept beside it.")
    ] = False,
    path: ConfigFile = DEFAULT,
) -> None:
    """Make a desk of a copy again; it comes up stopped, and a member resumes it."""
    from bot.keeping import bundle, reading  # as in `run`

    with bundle.opened(file) as found:
        _back(reading.restore(settings_at(path), found, datetime.now(UTC), replace=replace))


@cli.command(name="import")
def import_command(
    file: Annotated[Path, typer.Argument(help="What “bottega export desk” wrote.")],
    path: ConfigFile = DEFAULT,
) -> None:
    """Take an exported desk into an empty database, SQLite or PostgreSQL; it comes up stopped."""
    from bot.keeping import bundle, reading  # as in `run`

    with bundle.opened(file) as found:
        _back(reading.load(settings_at(path), found, datetime.now(UTC)))


def _kept(file: Path, manifest: "Manifest") -> None:
    media = sum(name.startswith("media/") for name in manifest.entries)
    say(f"{file}: {_counted(manifest.counts, media)}, {file.stat().st_size / 1e6:.1f} MB.")
    if manifest.missing:
        lost = (
            f"{len(manifest.missing)} photos or videos are missing in the data folder or damaged, and so in the copy: "
        )
        err.print(lost + ", ".join(manifest.missing[:5]), style="red", highlight=False, soft_wrap=True)


def _back(back: "Back") -> None:
    counted = _counted(back.manifest.counts, back.media)
    say(f"Back from the copy of {back.manifest.made_at:%Y-%m-%d %H:%M:%S} UTC: {counted}.")
    say(f"audit log: {in_words(back.chain)}")
    if back.aside:
        say(f"The desk that was there is {back.aside} now.")
    say("It comes up stopped: “bottega run”, look at the accounts and the queue, then type “resume” in chat.")


def _counted(counts: Mapping[str, int], media: int) -> str:
    return (
        f"{counts['post']} posts, {counts['comment']} comments, {counts['member']} members, {media} photos and videos"
    )
