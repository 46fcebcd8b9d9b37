"""Several desks on one PostgreSQL: each hears and speaks, one at a time polls; whoever goes, the others go on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import func, select

from models import lease
from models.delivery import Delivery, DeliveryState
from models.lease import Lease
from models.post import Post
from models.store import Store
from support.team import Team, flat, read, title_of
from support.world import INBOX, TOKENS, World, eventually

ROOT = Path(__file__).parents[2]
#: Seconds for anything, processes that start included, on a machine that has much else to do.
PATIENCE = 120.0
DUTIES = {"time", "telegram", *(f"comments:{account}" for account in TOKENS)}
T = TypeVar("T")


class Patient(Team):
    """The team, before desks that are processes of their own."""

    def until(self, look: Any, what: str = "it", timeout: float = PATIENCE) -> Any:
        return super().until(look, what, max(timeout, PATIENCE))


class Fleet:
    """Processes on one database, each with a log of its own."""

    def __init__(self, world: World, address: str, engine: str, stack: ExitStack) -> None:
        self.folder = world.folder
        self.config = world.config()
        self.store = Store(address)
        self.engine = engine
        self._environ = {"BOTTEGA_DESK__DATABASE": address, "BOTTEGA_DESK__ENGINE": engine, "PYTHONPATH": str(ROOT)}
        self._stack = stack
        self.desks: list[subprocess.Popen[bytes]] = []
        stack.callback(self.store.close)

    def run(self, role: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", "from bot.cli import main; main()", "run", "--role", role]
        log = self._stack.enter_context((self.folder / f"{len(list(self.folder.glob('*.log')))}.log").open("wb"))
        process = subprocess.Popen(
            [*command, "-c", str(self.config)], env={**os.environ, **self._environ}, stdout=log, stderr=log
        )
        self._stack.callback(self._end, process)
        return process

    def open(self) -> subprocess.Popen[bytes]:
        """One desk more."""
        self.desks.append(self.run("all" if self.engine == "embedded" else "desk"))
        return self.desks[-1]

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.terminate()
            assert process.wait(PATIENCE) == 0, self.logs()[-3000:]

    def logs(self) -> str:
        return "\n".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def leaders(self) -> dict[str, int]:
        """Duty -> the number of the process that has it."""
        with self.store.read() as session:
            query = select(Lease).where(Lease.until > lease.clock(session), Lease.holder != "")
            rows = session.exec(query).all()
        return {row.name: int(row.holder.split(":")[1]) for row in rows if row.name in DUTIES}

    def until_spread(self, desks: int) -> dict[str, int]:
        """Who leads what, once every duty is done and every desk has some."""

        def spread() -> dict[str, int] | None:
            try:
                leaders = self.leaders()
            except SQLAlchemyError:
                return None  # no tables yet
            return leaders if set(leaders) == DUTIES and len(set(leaders.values())) == desks else None

        found: dict[str, int] = eventually(spread, PATIENCE, f"{desks} desks that share")
        return found

    def of(self, number: int) -> subprocess.Popen[bytes]:
        return next(process for process in self.desks if process.pid == number)

    def is_quiet(self) -> bool:
        """Whether nothing is on its way."""
        busy = [DeliveryState.WAITING, DeliveryState.SENDING, DeliveryState.UNSURE]
        with self.store.read() as session:
            return not session.exec(select(func.count()).where(Delivery.state.in_(busy))).one()  # type: ignore[attr-defined]

    def posts(self, text: str) -> int:
        """How many posts have the text."""
        with self.store.read() as session:
            return sum(text in str(content) for content in session.exec(select(Post.content_json)).all())


@pytest.fixture(params=["embedded", "procrastinate"])
def fleet(world: World, postgres: str, request: pytest.FixtureRequest) -> Iterator[Fleet]:
    with ExitStack() as stack:
        fleet = Fleet(world, postgres, request.param, stack)
        fleet.open()
        fleet.until_spread(1)
        fleet.open()
        if request.param == "procrastinate":
            fleet.run("worker")
        fleet.until_spread(2)
        yield fleet
        assert "reads this bot's updates" not in fleet.logs(), "two polled at once"


@pytest.mark.timeout(600)
def test_whoever_goes_the_others_go_on_and_nothing_is_lost_or_done_twice(world: World, fleet: Fleet) -> None:
    team = Patient(world, None)  # type: ignore[arg-type]  # nobody looks into a process
    team.ada.telegram.start()
    team.ada.telegram.command("post", "Heard before.")
    team.until(lambda: fleet.posts("Heard before.") and fleet.is_quiet(), "the first draft")

    poller = fleet.of(fleet.leaders()["telegram"])
    poller.kill()
    for number in range(3):
        team.ada.telegram.command("post", f"Said between {number}.")
    team.until(lambda: fleet.leaders().get("telegram") not in {None, poller.pid}, "another that polls")
    for number in range(3):
        team.until(lambda number=number: fleet.posts(f"Said between {number}."), "what was said meanwhile")
    assert [fleet.posts(t) for t in ("before", "between 0", "between 1", "between 2")] == [1, 1, 1, 1]

    fleet.open()
    leaders = fleet.until_spread(2)
    _, status = team.published("Loaves at noon.")  # each press comes over another socket
    team.commented(status, "Lovely crust!")
    leaving = fleet.of(leaders["comments:acme"])
    leaving.send_signal(signal.SIGTERM)
    team.commented(status, "And the crumb!")
    assert leaving.wait(PATIENCE) == 0
    team.until(lambda: fleet.leaders().get("comments:acme") not in {None, leaving.pid}, "another that reads")

    assert [len(team.on_network("Loaves at noon.", account)) for account in TOKENS] == [1, 1]
    for text in ("Lovely crust!", "And the crumb!"):
        in_slack = [m for m in flat(team.chiara.slack, INBOX) if title_of(m).startswith("C") and text in read(m)]
        in_telegram = [m for m in team.chiara.inbox.messages() if m["text"].startswith("C") and text in m["text"]]
        assert (len(in_slack), len(in_telegram)) == (1, 1), "each comment is shown once"
