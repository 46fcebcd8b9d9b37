"""A desk that has worked, in a folder of its own, and the commands that keep it."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from typer.testing import CliRunner

from bot.cli import cli
from models.store import Store
from support.inbox_bench import InboxBench
from support.posts import approved, published

CONFIG = """
[telegram]
token = "12345:secret-of-the-bot"
api_url = "http://127.0.0.1:9"
review = "-1001"
[accounts.acme]
platform = "mastodon"
base_url = "http://127.0.0.1:9"
token = "toot-secret"
"""


def folder_of(path: Path, database: str = "") -> Path:
    """A folder with a configuration."""
    path.mkdir(parents=True, exist_ok=True)
    line = f'database = "{database}"\n' if database else ""
    (path / "config.toml").write_text(f"[desk]\n{line}{CONFIG}")
    return path


@pytest.fixture
def home(desk: InboxBench, tmp_path: Path) -> Path:
    """The folder of a desk that has worked: a post with a picture, a planned one, a comment with its answer."""
    published(desk, "Héllo 🧁", files=(desk.picture(),), alt="a red square")
    code = approved(desk, "Later")
    desk.say("Bruno", f"schedule {code} in 5 hours")
    desk.commented()
    desk.replied()
    folder = folder_of(tmp_path / "home")
    (folder / "data").mkdir()
    live, here = tmp_path / "desk.db", folder / "data" / "bottega.db"
    with closing(sqlite3.connect(live)) as one, closing(sqlite3.connect(here)) as other:
        one.backup(other)
    shutil.copytree(tmp_path / "media", folder / "data" / "media")
    return folder


def typed(folder: Path, *words: str | Path) -> str:
    """What a command that succeeds answers."""
    result = CliRunner().invoke(cli, [*map(str, words), "-c", str(folder / "config.toml")])
    assert result.exit_code == 0, result.output
    return result.output


def refusal(folder: Path, *words: str | Path) -> str:
    """The sentence with which a command ends."""
    result = CliRunner().invoke(cli, [*map(str, words), "-c", str(folder / "config.toml")])
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    return result.stderr


def kept(home: Path) -> Path:
    """A copy of the desk."""
    file = home / "copy.zip"
    typed(home, "backup", file)
    return file


def database(folder: Path) -> Store:
    """The database of the folder."""
    return Store(f"sqlite:///{folder / 'data' / 'bottega.db'}")


def forged(source: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """A copy whose parts somebody changed."""
    with ZipFile(source) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target


def everything(folder: Path) -> dict[str, bytes]:
    """Every file below the folder but locks."""
    found = (p for p in folder.rglob("*") if p.is_file() and not p.name.endswith((".lock", "-shm", "-wal")))
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
