"""A process that works deliveries by writing down when each begins and ends, until SIGTERM; says that it is ready.

python tests/support/lane_worker.py ADDRESS ENGINE LOG
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.engine.embedded import Embedded
from bot.engine.procrastinate import Distributed
from bot.log import setup
from handlers.couriers import Office
from handlers.desk import Desk
from handlers.effects import Effect
from handlers.setup import Setup
from models.delivery import Delivery
from models.store import Store
from platforms.contract import Progress


class LogCourier:
    """Carries by appending lines to a file that all processes share; a line of this length is appended whole."""

    def __init__(self, log: Path) -> None:
        self.log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def pack(self, desk: Desk, delivery: Delivery) -> "LogParcel":
        return LogParcel(self, delivery.number, delivery.lane)

    def concluded(self, desk: Desk, delivery: Delivery) -> Iterable[Effect]:
        return ()


class LogParcel:
    """One delivery."""

    earliest = timedelta()
    latest = timedelta(days=1)
    asks = True

    def __init__(self, courier: LogCourier, number: int, lane: str) -> None:
        self.courier, self.number, self.lane = courier, number, lane

    def _write(self, what: str) -> None:
        os.write(self.courier.log, f"{what} {self.lane} {self.number} {os.getpid()}\n".encode())

    def send(self, key: str, progress: Progress) -> dict[str, Any]:
        self._write("begin")
        time.sleep(random.uniform(0.0, 0.01))
        self._write("end")
        return {}

    def find(self, key: str, since: datetime, progress: Progress) -> dict[str, Any] | None:
        self._write("look")
        return None


async def work(address: str, engine: str, log: Path) -> None:
    """Until SIGTERM."""
    store = Store(address)
    desk = Setup(name="Desk", zone="UTC", language="en", media_folder=log.parent)
    office = Office(store, desk, {"paper": LogCourier(log)}, lambda: datetime.now(UTC))
    crews = frozenset({"account", "chat"})
    made = (
        Embedded(office, alone=False)
        if engine == "embedded"
        else Distributed(office, address, promotes=True, crews=crews)
    )
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await made.start()
    os.write(sys.stdout.fileno(), b"ready\n")
    while not over.is_set():
        made.wake()  # all look all the time, so that they race for each lane
        await asyncio.sleep(0.01)
    await made.stop()
    store.close()


if __name__ == "__main__":
    setup("warning", "json", [])  # not to standard output, where nobody reads after the first word
    asyncio.run(work(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
