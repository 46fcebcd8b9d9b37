"""Real processes that race for the same deliveries; each writes down when it sends and when it has sent."""

import multiprocessing
import os
import time
from pathlib import Path
from typing import Any

from models.delivery import Delivery
from models.store import Store
from support.paper_office import PaperOffice

#: Seconds that a process of a race gets in all, also on a busy machine.
LONG = 180


def race(url: str, log: str) -> None:
    """Attempt whatever is due until nothing waits; lines "begin LANE KEY" and "end LANE KEY"."""
    store = Store(url)
    office = PaperOffice(store)

    def write(what: str, row: Delivery) -> None:
        # One write of a short line: appended whole, whoever else writes.
        file = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(file, f"{what} {row.lane} {row.key}\n".encode())
        os.close(file)

    def send() -> dict[str, Any]:
        row = office.row(numbers[office.courier.sent[-1]])
        write("begin", row)
        os.sched_yield()
        write("end", row)
        return {"by": os.getpid()}

    numbers: dict[str, int] = {}
    while due := office.due():
        for number in due:
            numbers[office.row(number).key] = number
            office.courier.sends = [send]
            office.attempt(number)
    store.close()


def pausing(url: str, number: int, ready: str) -> None:
    """Claim a delivery, say so, and then wait to be stopped in the middle of sending it; record what came of it."""
    store = Store(url)
    office = PaperOffice(store)

    def send() -> dict[str, Any]:
        Path(ready).touch()
        while not Path(f"{ready}.on").exists():
            time.sleep(0.02)
        return {"by": "the paused"}

    office.courier.sends = [send]
    office.attempt(number)
    store.close()


def started(target: Any, *args: Any) -> Any:
    """A process that has begun."""
    process = multiprocessing.get_context("spawn").Process(target=target, args=args)
    process.start()
    return process


def ended(*processes: Any) -> None:
    """Each comes to a good end."""
    for process in processes:
        process.join(LONG)
        assert process.exitcode == 0, process


def appears(path: Path) -> None:
    """Wait until the file is there."""
    end = time.monotonic() + LONG
    while not path.exists():
        assert time.monotonic() < end, path
        time.sleep(0.02)
