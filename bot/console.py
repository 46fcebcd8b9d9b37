"""What the commands share: the terminal, the configuration and the database of a bot that has run."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import Annotated, NoReturn, TextIO

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot import config, log
from bot.audit_keys import AuditKeys
from bot.settings import Settings
from models.store import Store
from platforms.registry import addresses

out = Console()
err = Console(stderr=True)

NO_DATABASE = "There is no database yet. “bottega run” makes one, and so does “bottega migrate”."
DEFAULT = Path("config.toml")
ConfigFile = Annotated[
    Path, typer.Option("--config", "-c", envvar="BOTTEGA_CONFIG", help="The configuration file.", show_default=True)
]


def fail(sentence: str) -> NoReturn:
    """A fault that a person can mend: a sentence on standard error, and exit status 1."""
    err.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(1)


def say(sentence: str) -> None:
    """A sentence on standard output."""
    out.print(sentence, markup=False, highlight=False, soft_wrap=True)


class Typed:
    """What is typed: at a terminal, or line by line from whatever stands for it."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """`stream`: standard input unless another is given."""
        self._stream = sys.stdin if stream is None else stream

    def line(self, question: str) -> str | None:
        """An answer without its end; None where there is no more."""
        out.print(question, end="", markup=False, highlight=False)
        line = self._stream.readline()
        return line.strip() if line else None

    def hidden(self, question: str) -> str | None:
        """One that nobody shall read over a shoulder."""
        return getpass(question).strip() if self._stream.isatty() else self.line(question)


def row(table: Table, *cells: str | None) -> None:
    """A row of a table; what is empty is a dash."""
    table.add_row(*(escape(cell or "–") for cell in cells))


def settings_at(path: Path) -> Settings:
    """The configuration, with its secrets taken out of the log. Raises ConfigError."""
    settings = config.load(path, addresses())
    log.setup("warning", settings.log.format, settings.secrets())
    return settings


@contextmanager
def store_of(settings: Settings, *, older: bool = False) -> Iterator[Store]:
    """The database of a bot that has run; `older`: also of an older version."""
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    if settings.database_url.startswith("sqlite:///") and not file.exists():
        fail(NO_DATABASE)
    keys = AuditKeys(settings)
    store = Store(settings.database_url, ring=keys.ring)
    try:
        match store.schema():
            case "newer":
                fail("The database was written by a newer Bottega. Install that one.")
            case "none":
                fail(NO_DATABASE)
            case "older" if not older:
                fail("The database is of an older Bottega. Run “bottega migrate”, or start the bot once.")
        if store.schema() == "current":
            with store.read() as session:
                keys.load(session)
        yield store
    finally:
        store.close()
