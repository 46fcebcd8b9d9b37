"""Measurement 6: what a desk at rest costs in a minute, without accounts and with two on Meta's networks."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import needs
from benchmarks.common import END_SECONDS, ROOT, Failed, Figures, Size, children, database, log_file, spread
from benchmarks.logs import judge

#: Seconds that are counted; Telegram and the networks are each asked at least once in so long.
SECONDS = 60
DESKS = {
    "sqlite": "no account, SQLite",
    "sqlite meta": "a Page and an Instagram account, SQLite",
    "postgresql": "no account, PostgreSQL",
    "postgresql meta": "a Page and an Instagram account, PostgreSQL",
}


def measure(size: Size, only: tuple[str, ...] = ()) -> Figures:
    """Every desk, or those of the names, counted several times, each time with a fresh database."""
    seconds = size.of(SECONDS)
    found: Figures = {}
    missing: Figures = {}
    with _sandboxes() as world:
        for key, name in DESKS.items():
            if not only or key in only:
                kind, _, networks = key.partition(" ")
                try:
                    needs.need(needs.of(kind))
                except needs.Absent as absent:
                    missing[key] = {"name": name, "reason": str(absent)}
                    continue
                found[key] = {
                    "name": name,
                    **spread([_counted(kind, seconds, networks, world) for _ in range(size.rounds)]),
                }
                print(f"  {name}: CPU {found[key]['cpu s']['median']:.2f} s in {seconds} s", flush=True)
    return {"seconds": seconds, "desks": found, "missing": missing}


def _counted(kind: str, seconds: int, networks: str, world: str) -> dict[str, float]:
    with database(kind) as url, children() as start:
        desk = start("load_desk", url, seconds, networks, world)
        desk.hear()
        return desk.end()


@contextmanager
def _sandboxes() -> Iterator[str]:
    """The pretend services in a process of their own; where they are, as they say it."""
    command, pipe = [sys.executable, "-m", "sandbox", "--port", "0"], subprocess.PIPE
    with log_file() as log, subprocess.Popen(command, stdout=pipe, stderr=log, cwd=ROOT) as sandbox:
        try:
            assert sandbox.stdout
            world = sandbox.stdout.readline().decode()
            if not world:
                raise Failed("the sandboxes did not start")
            yield json.dumps(json.loads(world))
        finally:
            sandbox.terminate()
            sandbox.wait(END_SECONDS)
            log.seek(0)
            judge("the sandboxes", log.read())
