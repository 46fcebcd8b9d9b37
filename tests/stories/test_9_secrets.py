"""Secrets that pass through a desk lie nowhere in clear: not in the database, its log, a copy, or what is logged."""

import io
import logging
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot import log
from bot.cli import cli
from support.logs import logging_as_it_was
from support.story import Desk
from support.team import Json, newest, read
from support.world import World

__all__ = ["logging_as_it_was"]

CODE = re.compile(r"link ([A-Z2-9]{4}(?:-[A-Z2-9]{4}){3})")


@pytest.fixture
def written(logging_as_it_was: None) -> io.StringIO:
    """Everything that is logged, by whomever."""
    stream = io.StringIO()
    log.setup("debug", "json", [])
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    return stream


def spellings(code: str) -> list[bytes]:
    """How a code may lie somewhere; half of one would do to guess the rest."""
    letters = code.replace("-", "")
    forms = [code, letters, code.replace("-", " "), letters[:8], letters[8:], code[:9], code[-9:]]
    return [spelt.encode() for form in forms for spelt in (form, form.lower())]


def lies_in(folder: Path, secrets: list[bytes]) -> list[str]:
    return [
        f"{path.name}: {secret.decode()}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for secret in secrets
        if secret in path.read_bytes()
    ]


def test_invitation_codes_lie_nowhere_in_clear(desk: Desk, world: World, written: io.StringIO, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    with desk() as team:
        dario, eve = team.dario.slack, team.eve
        dario.say("dm", "team add Eve author")
        code = code_in(team.until(lambda: shown(dario.everything())))
        wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
        eve.telegram.start()
        eve.telegram.wait_for(lambda m: m["from"]["is_bot"])
        eve.telegram.say(f"/link {wrong}")
        team.until(lambda: len([m for m in eve.telegram.messages() if m["from"]["is_bot"]]) > 1)
        eve.slack.say("dm", f"link {code.lower()}")
        team.until(lambda: "Eve" in read(newest(eve.slack, "dm", "/social home") or {}))
        eve.slack.say("dm", "link")
        own = code_in(team.until(lambda: shown(eve.slack.everything())))
        eve.telegram.say(f"/start {own.replace('-', '')}")
        eve.telegram.wait_for(lambda m: "/home" in m["text"])
        secrets = [*spellings(code), *spellings(own)]
        data = world.folder / "data"
        assert (data / "bottega.db-wal").exists()
        assert lies_in(data, secrets) == []
        assert CliRunner().invoke(cli, ["backup", str(copies), "-c", str(world.folder / "config.toml")]).exit_code == 0
    told = CliRunner().invoke(
        cli, ["export", "desk", str(copies / "desk.zip"), "-c", str(world.folder / "config.toml")]
    )
    assert told.exit_code == 0, told.output
    unpacked = tmp_path / "unpacked"
    for number, copy in enumerate(copies.iterdir()):
        shutil.unpack_archive(copy, unpacked / str(number))
    assert lies_in(unpacked, secrets) == []
    assert lies_in(world.folder / "data", secrets) == []
    assert "heard" in written.getvalue()
    assert [secret for secret in secrets if secret.decode() in written.getvalue()] == []


def shown(messages: Iterable[Json]) -> str:
    """The words of the newest message with a code."""
    return next((words for message in reversed(list(messages)) if CODE.search(words := read(message))), "")


def code_in(words: str) -> str:
    """The code that is shown."""
    found = CODE.search(words)
    assert found, words
    return found[1]
