"""One lane is never worked by two processes at once, whatever the engine, and keeps its order; all of it once."""

import os
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import func, select

from models.delivery import Delivery, DeliveryState
from models.store import Store
from support import lane_worker
from support.patience import COMMAND

PROCESSES, LANES, EACH = 3, ("account:acme", "account:other", "slack:C1"), 25
ROOT = Path(__file__).parents[2]


def fill(store: Store) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    with store.write() as session:
        for number in range(EACH):
            at = now + timedelta(milliseconds=number)
            for lane in LANES:
                session.add(Delivery(kind="paper", lane=lane, due_at=at, created_at=at))
                session.flush()


def done(store: Store) -> int:
    with store.read() as session:
        return session.exec(select(func.count()).where(Delivery.state == DeliveryState.DONE)).one()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("engine", ["embedded", "procrastinate"])
def test_a_lane_is_worked_by_one_process_at_a_time_and_in_order(
    migrated_postgres: str, tmp_path: Path, engine: str
) -> None:
    store, log = Store(migrated_postgres), tmp_path / "log"
    command = [sys.executable, lane_worker.__file__, migrated_postgres, engine, str(log)]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    processes = [subprocess.Popen(command, env=environ, stdout=subprocess.PIPE) for _ in range(PROCESSES)]
    for process in processes:
        assert process.stdout
        with process.stdout as said:
            assert said.readline() == b"ready\n"
    fill(store)
    try:
        end = time.monotonic() + 200
        while done(store) < len(LANES) * EACH:
            assert time.monotonic() < end, log.read_text()[-2000:]
            assert all(process.poll() is None for process in processes)
            time.sleep(0.1)
    finally:
        for process in processes:
            process.terminate()
        assert [process.wait(COMMAND) for process in processes] == [0] * PROCESSES
        store.close()
    lines = [line.split() for line in log.read_text().splitlines()]
    audit(lines)
    assert len({process for *_, process in lines}) > 1, "several had a part in it"


def audit(lines: list[list[str]]) -> None:
    """Every begin is followed in its lane by its own end, and numbers grow."""
    for lane in LANES:
        told = [(what, int(number), process) for what, where, number, process in lines if where == lane]
        begun, ended = told[::2], told[1::2]
        assert [what for what, _, _ in told] == ["begin", "end"] * EACH, "one after the other"
        assert [each[1:] for each in begun] == [each[1:] for each in ended]
        numbers = [number for _, number, _ in begun]
        assert numbers == sorted(numbers), "in order"
        assert Counter(numbers).most_common(1)[0][1] == 1, "each once"
