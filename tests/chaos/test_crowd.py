"""Ten thousand connections that say nothing, or hardly anything: the desk hears its team all the same."""

import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import pytest
import requests

from sandbox.slack.person import all_text
from support.chaos_desk import PATHS
from support.chaos_story import Story
from support.patience import PATIENCE
from support.team import code_of
from support.world import World, eventually, world_in

CROWD = 10_000
#: Descriptors of the desk: what most systems give a process that does not ask for more.
DESCRIPTORS = 1024
#: Descriptors that the crowd's process needs for itself.
SPARE = 200
#: Seconds that Slack waits for an acknowledgement; of so many rounds most keep to it: a busy machine may be late once.
SLACK, ROUNDS = 3.0, 5
#: Lines and bytes by which the log may grow for the crowd, each minute.
LINES, BYTES = 40, 20_000
MINE = ("dropped", "connection", "Traceback", "out of system resource", "Invalid HTTP")


class Running:
    """The desk, as whoever runs it starts it."""

    def __init__(self, config: Path, environ: dict[str, str]) -> None:
        self.log = config.parent / "bot.log"
        self._command = [str(Path(sys.executable).with_name("bottega")), "run", "-c", str(config)]
        self._environ = {**os.environ, **environ, "PYTHONPATH": PATHS}

    @contextmanager
    def started(self) -> Iterator[None]:
        with self.log.open("wb") as log:
            desk = subprocess.Popen(self._command, env=self._environ, stdout=log, stderr=log)
        resource.prlimit(desk.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        try:
            yield
        finally:
            desk.terminate()
            assert desk.wait(60) == 0

    def lines_of_the_crowd(self) -> list[str]:
        return [line for line in self.log.read_text().splitlines() if any(word in line for word in MINE)]


@contextmanager
def crowd(port: int, count: int) -> Iterator[Callable[[], dict[str, int]]]:
    """The crowd before the door; what it counts."""
    command = [sys.executable, str(Path(__file__).parent / "crowd.py"), str(port), str(count)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    seen: list[dict[str, int]] = []

    def listen() -> None:
        assert process.stdout
        seen.extend(json.loads(line) for line in process.stdout)

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        eventually(lambda: seen, 120, "the crowd")
        yield lambda: seen[-1]
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(60)
        thread.join(PATIENCE)
        assert process.stdout
        process.stdout.close()


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    begun = time.monotonic()
    return act(), time.monotonic() - begun


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as made:
        yield made


@pytest.mark.timeout(300)
def test_ten_thousand_idle_and_slow_connections_keep_nobody_of_the_team_out(world: World) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    config = world.config()
    environ = {
        "BOTTEGA_SLACK__MODE": "http",
        "BOTTEGA_TELEGRAM__MODE": "webhook",
        "BOTTEGA_TELEGRAM__WEBHOOK_URL": f"{address}/telegram",
        "BOTTEGA_TELEGRAM__WEBHOOK_SECRET": "only-telegram-knows",
        "BOTTEGA_WEB__PORT": str(port),
        "BOTTEGA_METRICS__TOKEN": "only-prometheus-knows",
        "BOTTEGA_LOG__FORMAT": "json",
    }
    running = Running(config, environ)
    count = min(CROWD, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - SPARE)
    with running.started():
        eventually(lambda: is_ready(address), what="the desk")
        world.slack.act("settings", request_url=f"{address}/slack/events", ack_timeout=PATIENCE)
        story = Story(world, None)  # type: ignore[arg-type]  # nobody dies here
        with crowd(port, count) as counts:
            begun = time.monotonic()
            waits: list[float] = []
            for _ in range(ROUNDS):
                answer, seconds = timed(lambda: story.ada.command("review", "/social", "help"))
                assert answer["acked"], answer
                _, ready = timed(lambda: eventually(lambda: is_ready(address), what="being ready"))
                waits.append(max(seconds, ready))
                time.sleep(1)
            assert median(waits) < SLACK, waits
            text = story.approved()
            assert story.published(text), "it went out"
            story.drafted("telegram")
            before = counts()
            assert before["opened"] >= count * 0.9, before
            dropped = dropped_by(address)
            assert dropped["room"] > count / 2, dropped
            lines, minutes = running.lines_of_the_crowd(), (time.monotonic() - begun) / 60 + 1
            assert 1 <= len(lines) <= LINES * minutes
            assert sum(map(len, lines)) <= BYTES * minutes
            assert not any("Traceback" in line for line in lines)
        eventually(lambda: is_ready(address), what="the desk after the crowd")
        assert story.ada.command("review", "/social", "help")["acked"]
        assert code_of(story.bruno.messages("review")[-1])
        assert text in all_text(story.bruno.messages("review")[-1])


def is_ready(address: str) -> bool:
    try:
        return requests.get(f"{address}/readyz", timeout=PATIENCE).status_code == 200
    except requests.RequestException:
        return False


def dropped_by(address: str) -> dict[str, float]:
    """What the metrics say of the door."""
    headers = {"Authorization": "Bearer only-prometheus-knows"}
    page = requests.get(f"{address}/metrics", headers=headers, timeout=PATIENCE).text
    found = {}
    for line in page.splitlines():
        if line.startswith('bottega_connections_dropped_total{port="web"'):
            found[line.partition('why="')[2].partition('"')[0]] = float(line.rpartition(" ")[2])
    return found
