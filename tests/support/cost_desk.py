"""A running desk whose acts are counted: statements, changed rows, commits, requests and messages.

Everything is what runs in production, but for the clockwork: presses come over Slack's socket through the intake, the
worker and the router; deliveries leave through the deliverer, one after the other, so that counts are exact.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from bot import config
from bot.app import App
from bot.engine.crew import IN_A_ROW
from bot.reader import Reader
from bot.telegram.connect import TelegramChat
from handlers.couriers import Office
from handlers.delivery.delivering import Deliverer, Due
from handlers.delivery.speaking import CardCourier, DirectCourier, HomeCourier, MessageCourier, WhisperCourier
from platforms.registry import specs
from support.costs import Cost, Counter
from support.first_looks import await_first_looks
from support.loops import loop_in_thread
from support.patience import PATIENCE
from support.story import Clock, honest_world
from support.team import Team
from support.world import World, eventually


class CostDesk:
    """The desk, its team, and the counter."""

    def __init__(self, world: World, app: App, clock: Clock, loop: asyncio.AbstractEventLoop) -> None:
        self.world, self.app, self.clock, self.team = world, app, clock, Team(world, app)
        self._loop = loop
        voices = {name: chat.voice for name, chat in app.chats.items()}
        couriers = {
            **app.registry.couriers,
            "card": CardCourier(voices, app.registry),
            "message": MessageCourier(voices),
            "direct": DirectCourier(voices),
            "whisper": WhisperCourier(voices),
            "home": HomeCourier(voices, app.registry),
        }
        self.deliverer = Deliverer(Office(app.store, app.setup, couriers, app.now))
        self.reader = Reader(app.store, app.setup, app.now, lambda: None)
        self.counter = Counter()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Something done on the desk's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def still(self) -> None:
        """From now on nothing happens by itself: no sweep, no tick, no look at a network."""
        eventually(lambda: all(state == "connected" for state in self._chats()), what="the chats")
        await_first_looks(self.app.store, self.app.setup.accounts)  # one that is cut short would swallow a comment

        async def stop() -> None:
            self.app.clock.stop()
            await self.app.leading.stop()
            await self.app.engine.stop()

        self.run(stop())
        self.deliver()

    def _chats(self) -> list[str]:
        return [chat.state() for chat in self.app.chats.values()]

    def looked_at(self, query: str) -> Any:
        """A value that the test looks up by itself, which is not counted."""
        with sqlite3.connect(self.app.store.url.removeprefix("sqlite:///")) as file:
            (found,) = file.execute(query).fetchone()
        file.close()
        return found

    # -- acts ----------------------------------------------------------------------------------------------------------

    def heard(self, act: Callable[[], Any], events: int = 1) -> Any:
        """Somebody does something in Slack; returns once the worker has handled it and what follows has left."""
        before = self.looked_at("SELECT count(*) FROM inbound WHERE state = 'done'")
        done = act()
        eventually(
            lambda: self.looked_at("SELECT count(*) FROM inbound WHERE state = 'done'") >= before + events,
            what="the event's end",
        )
        assert self.looked_at("SELECT count(*) FROM inbound WHERE state <> 'done'") == 0, "nothing was set aside"
        self.deliver()
        return done

    def deliver(self) -> None:
        """What is due leaves, as the crew works it: a lane at a time, each with what is due behind it."""
        while due := self._due():
            for found in due:
                more = iter(range(1, IN_A_ROW))
                self.deliverer.attempt(found.id, "costs", lambda more=more: next(more, None) is not None)  # type: ignore[misc]

    def _due(self) -> list[Due]:
        """The sweep, which the engine makes once a second whatever happens."""
        with self.counter.unseen():
            return self.deliverer.due()

    def looks(self, account: str = "acme") -> None:
        """The collector looks for comments of the account, and what follows leaves."""
        self.reader.look(self.app.setup.account(account))
        self.deliver()

    @contextmanager
    def counted(self, name: str) -> Iterator[Cost]:
        """What the block costs."""
        stages = {"Slack": self.world.slack, "Telegram": self.world.telegram, "Mastodon": self.world.mastodon}
        before = {name: len(stage.requests()) for name, stage in stages.items()}
        cost = Cost(name)
        with self.counter.into(cost):
            yield cost
        for where, stage in stages.items():
            cost.asked(where, stage.requests()[before[where] :])

    def undone(self) -> int:
        """Deliveries that did not end well, or not yet."""
        return int(self.looked_at("SELECT count(*) FROM delivery WHERE state <> 'done'"))


@contextmanager
def cost_desk(folder: Path) -> Iterator[CostDesk]:
    """The desk on SQLite in a world of its own."""
    clock = Clock()
    with honest_world(folder) as world, loop_in_thread() as loop:
        known = {spec.name: spec for spec in specs()}
        platforms = {name: spec.base_url for name, spec in known.items()}
        ran = partial(asyncio.run_coroutine_threadsafe, loop=loop)
        app = App(config.load(world.config(), platforms, {}), clock, networks=known)
        ran(app.start()).result(PATIENCE)
        try:
            telegram = app.chats["telegram"]
            assert isinstance(telegram, TelegramChat)
            telegram.voice.pace.apart, telegram.voice.pace.per_minute = 0.0, 10_000
            desk = CostDesk(world, app, clock, loop)
            desk.still()
            yield desk
        finally:
            ran(app.stop()).result(PATIENCE)
