"""What a desk writes is for its owner alone, however the process was started."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from bot import config, private
from platforms.registry import specs
from sandbox.slack.person import content
from support.files import picture
from support.patience import COMMAND
from support.team import Json, newest
from support.world import World, eventually, world_in

BOTTEGA = str(Path(sys.executable).with_name("bottega"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    folder = tmp_path / "desk"
    folder.mkdir()
    with world_in(folder) as made:
        yield made


def open_to_all(command: list[str], log: Path, **environ: str) -> subprocess.Popen[bytes]:
    """The command, started by a shell that keeps nothing from anybody."""
    shell = ["sh", "-c", 'umask 000; exec "$@"', "sh", *command]
    with log.open("wb") as stream:
        return subprocess.Popen(shell, stdout=stream, stderr=stream, env={**os.environ, **environ})


def too_open(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in [folder, *folder.rglob("*")] if private.is_open(path)]


def test_nothing_that_a_desk_writes_is_open_to_others(world: World, tmp_path: Path) -> None:
    path, temporary, copies = world.config(), tmp_path / "tmp", tmp_path / "copies"
    temporary.mkdir()
    copies.mkdir(mode=0o700)
    desk = open_to_all([BOTTEGA, "run", "-c", str(path)], tmp_path / "bot.log", TMPDIR=str(temporary))
    try:
        ada = world.on_slack("Ada")
        eventually(lambda: acked(ada.command("review", "/social", "post Fresh bread")), what="the desk")
        ada.wait_modal()
        ada.fill({"Add pictures or a video": [content("loaf.jpg", "image/jpeg", picture("teal"))], "Text": "Fresh"})
        eventually(lambda: newest(ada, "review", "Fresh", "· Draft"), what="the draft")
        data = world.folder / "data"
        assert list(data.rglob("media/*/*")), "the picture is in the archive"
        assert {"bottega.db", "bottega.db-wal", "bottega.db-shm", "bottega.db.lock"} <= {p.name for p in data.iterdir()}
        assert too_open(data) == []
        assert not any(private.is_open(file) for file in temporary.rglob("*"))
        assert open_to_all([BOTTEGA, "backup", str(copies), "-c", str(path)], tmp_path / "copy.log").wait(COMMAND) == 0
    finally:
        desk.terminate()
        assert desk.wait(COMMAND) == 0
    export = [BOTTEGA, "export", "desk", str(copies / "desk.zip"), "-c", str(path)]
    assert open_to_all(export, tmp_path / "copy.log").wait(COMMAND) == 0
    assert len(list(copies.iterdir())) == 2
    assert too_open(copies) == []
    assert too_open(data) == []


def acked(answer: Json) -> bool:
    return bool(answer["acked"])


def test_what_init_writes_is_for_the_owner_alone(tmp_path: Path) -> None:
    answers = "\n" * 40
    shell = ["sh", "-c", 'umask 000; exec "$@"', "sh", BOTTEGA, "init", "-c", str(tmp_path / "new" / "config.toml")]
    done = subprocess.run(shell, input=answers, text=True, capture_output=True, timeout=COMMAND, check=False)
    written = list((tmp_path / "new").rglob("*"))
    assert written, done.stdout + done.stderr
    assert too_open(tmp_path / "new") == []


def test_what_an_earlier_start_left_open_is_closed_and_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        f'[desk]\nname = "Desk"\ndata = "{tmp_path / "data"}"\n[telegram]\ntoken = "1:a"\n'
    )
    media = tmp_path / "data" / "media" / "ab"
    media.mkdir(parents=True)
    for file in (media / "abcd", tmp_path / "data" / "bottega.db", tmp_path / "data" / "bottega.db-wal"):
        file.touch(mode=0o644)
        file.chmod(0o644)
    (tmp_path / "secrets.env").touch()
    (tmp_path / "secrets.env").chmod(0o640)
    settings = config.load(tmp_path / "config.toml", {spec.name: spec.base_url for spec in specs()})
    with structlog.testing.capture_logs() as lines:
        assert private.tighten(settings, tmp_path) == 7
        assert private.tighten(settings, tmp_path) == 0
    assert [(line["event"].partition(";")[0], line["count"]) for line in lines] == [
        ("files of the desk were open to others on this machine", 7)
    ]
    assert too_open(tmp_path / "data") == []
    assert not private.is_open(tmp_path / "secrets.env")
    assert (media.stat().st_mode & 0o777, (media / "abcd").stat().st_mode & 0o777) == (0o700, 0o600)
