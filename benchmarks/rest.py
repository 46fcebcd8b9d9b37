"""Measurement 5: memory of a desk at rest and seconds from its start until it is ready, new and with a long past."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import needs, rows
from benchmarks.common import END_SECONDS, ROOT, Figures, Size, children, database, log_file, spread, wait_until
from benchmarks.logs import Failed, judge
from benchmarks.slack import BOT_TOKEN, SECRET
from models.store import Store

COUNT = 1_000_000
#: Seconds after which a desk that is ready is taken for at rest: a tick, and what it asks at the start.
REST_SECONDS = 8.0
DESKS = {
    "sqlite": "new desk, SQLite",
    "sqlite stored": "desk with a long past, SQLite",
    "postgresql": "new desk, PostgreSQL",
    "postgresql stored": "desk with a long past, PostgreSQL",
}


def measure(size: Size, only: tuple[str, ...] = ()) -> Figures:
    """Every desk, or those of the names, started several times."""
    stored = size.of(COUNT, 100)
    found: Figures = {}
    missing: Figures = {}
    for key, name in DESKS.items():
        if only and key not in only:
            continue
        try:
            needs.need(needs.of(key))
        except needs.Absent as absent:
            missing[key] = {"name": name, "reason": str(absent)}
            continue
        with database(key.split()[0]) as url, children() as start:
            slack = start("slack").hear()
            if key.endswith("stored"):
                store = Store(url)
                rows.open_desk(store)
                rows.remember(store, stored, 0, datetime.now(UTC))
                store.close()
            else:
                _started(url, slack, 0.0)  # makes the tables
            found[key] = {"name": name, **spread([_started(url, slack, REST_SECONDS) for _ in range(size.rounds)])}
        figures = ", ".join(f"{n} {found[key][n]['median']:.1f}" for n in ("ready s", "MiB"))
        print(f"  {name}: {figures}", flush=True)
    return {"stored": stored, "desks": found, "missing": missing}


def _started(url: str, slack: str, rest: float) -> dict[str, float]:
    """`bottega run`, as an administrator starts it, until /readyz says so; its resident memory after a while.

    Raises Failed where it logs an error, or does not end as it should.
    """
    with (
        tempfile.TemporaryDirectory() as name,
        log_file() as log,
        socket.create_server(("127.0.0.1", 0)) as free,
    ):
        port = free.getsockname()[1]
        free.close()
        config = Path(name) / "config.toml"
        config.write_text(_config(url, slack, port), encoding="utf-8")
        command = [str(Path(sys.executable).with_name("bottega")), "run", "--config", str(config)]
        environ = {name: value for name, value in os.environ.items() if not name.startswith("BOTTEGA_")}
        begun = time.perf_counter()
        desk = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=log)
        try:
            wait_until(lambda: _is_ready(port), 1.0, "bottega run", pause=0.02)
            ready = time.perf_counter() - begun
            time.sleep(rest)
            return {"ready s": ready, "MiB": _resident(desk.pid) / 1024}
        finally:
            desk.send_signal(signal.SIGTERM)
            ended = desk.wait(END_SECONDS)
            log.seek(0)
            judge("bottega run", log.read())
            if ended:
                raise Failed(f"bottega run ended with {ended}")


def _config(url: str, slack: str, port: int) -> str:
    return f"""
[desk]
database = "{url}"
[slack]
bot_token = "{BOT_TOKEN}"
signing_secret = "{SECRET}"
mode = "http"
api_url = "{slack}/api/"
review = "C1"
inbox = "C1"
[web]
port = {port}
[log]
level = "error"
"""


def _is_ready(port: int) -> float:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return float(answer.status == 200)
    except OSError:  # nobody listens yet, or it says that it is starting
        return 0.0


def _resident(pid: int) -> float:
    """KiB in memory (Linux, proc(5))."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return float(next(line for line in status.splitlines() if line.startswith("VmRSS:")).split()[1])
