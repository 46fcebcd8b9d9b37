"""A desk that has outgrown one process: PostgreSQL, a process that listens, and outposts that work for it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlmodel import select

from bot.engine.procrastinate import Distributed
from models.inbound import Inbound
from support.patience import COMMAND
from support.story import Desk
from support.world import World

ROOT = Path(__file__).parents[2]
OUTPOSTS = 2
POSTS = 6


@contextmanager
def outpost(config: Path, environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-c", "from bot.cli import main; main()", "run", "--role", "worker", "-c", str(config)]
    with (config.parent / "outpost.log").open("ab") as log:
        process = subprocess.Popen(
            command, env={**os.environ, **environ, "PYTHONPATH": str(ROOT)}, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        assert process.wait(40) == 0, (config.parent / "outpost.log").read_text()[-3000:]


@pytest.fixture
def environ(postgres: str) -> dict[str, str]:
    return {"BOTTEGA_DESK__DATABASE": postgres, "BOTTEGA_DESK__ENGINE": "procrastinate", "BOTTEGA_LOG__FORMAT": "json"}


@pytest.mark.timeout(240)
def test_posts_leave_once_from_whichever_process_and_the_team_is_told(
    world: World, desk: Desk, environ: dict[str, str]
) -> None:
    with desk(environ=environ, crews=frozenset({"chat"})) as team, ExitStack() as stack:
        assert isinstance(team.app.engine, Distributed)
        works = [stack.enter_context(outpost(world.folder / "config.toml", environ)) for _ in range(OUTPOSTS)]
        codes = [team.approved(f"Post number {n}") for n in range(POSTS)]
        for code in codes:
            team.bruno.slack.press("Publish now", message=team.card(code))
        works[0].send_signal(signal.SIGSTOP)  # one of them is stuck for a while, with whatever it has claimed
        time.sleep(3)
        works[0].send_signal(signal.SIGCONT)
        for code in codes:
            team.until_card(code, "· Published", timeout=120)
        for account in ("acme", "acme_it"):
            texts = sorted(status["text"] for status in team.on_network("Post number", account))
            assert texts == [f"Post number {n}" for n in range(POSTS)], "each once"
        with team.app.store.read() as session:
            pressed = set(session.exec(select(Inbound.trace).where(Inbound.source == "slack")).all())
    lines = [json.loads(line) for line in (world.folder / "outpost.log").read_text().splitlines() if line[0] == "{"]
    asked = [line for line in lines if line["event"] == "a network was asked" and line["method"] == "POST"]
    assert len(asked) >= 2 * POSTS
    assert {line["trace"] for line in asked} <= pressed, "each request tells the press that caused it"


def refused(world: World, environ: dict[str, str]) -> str:
    """What an outpost that cannot begin says."""
    command = [sys.executable, "-c", "from bot.cli import main; main()", "run", "--role", "worker"]
    command += ["-c", str(world.config())]
    given = {**os.environ, **environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(command, env=given, capture_output=True, text=True, timeout=COMMAND, check=False)
    assert run.returncode == 1
    return run.stderr


def test_an_outpost_without_a_desk_says_what_to_start(world: World, environ: dict[str, str]) -> None:
    assert "Start the desk first" in refused(world, environ)


def test_roles_need_the_engine_that_knows_them(world: World) -> None:
    assert "runs in one process" in refused(world, {})
