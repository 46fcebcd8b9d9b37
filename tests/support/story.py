"""How a story runs: honest sandboxes, a desk that opens and closes in them, and a clock that the story moves."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.slack.connect import SlackChat
from bot.telegram.connect import TelegramChat
from support.first_looks import await_first_looks
from support.patience import PATIENCE
from support.team import Team
from support.world import World, eventually, world_in

#: Seconds after which the sandbox's silence proves absence: it acts at once or never, unlike a real network.
EVIDENCE = timedelta(seconds=0.2)
#: What chats and collectors say when they are at work.
READY = {"connected", "streaming", "polling"}
#: Opens the desk in a world, again and again if wanted: `with desk(acme=2) as team:`.
Desk = Callable[..., AbstractContextManager[Team]]


class Clock:
    """The time as the bot sees it; a story moves it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        """The time."""
        return datetime.now(UTC) + self.ahead

    def move(self, **by: float) -> None:
        """Let time pass: `move(hours=3)`."""
        self.ahead += timedelta(**by)


@contextmanager
def honest_world(folder: Path) -> Iterator[World]:
    """Sandboxes that wait for slow machines; at the end Telegram's may have nothing questionable to tell of the bot."""
    with world_in(folder) as world:
        world.slack.act("settings", ack_timeout=PATIENCE, trigger_seconds=PATIENCE)
        world.telegram.act("settings", callback_seconds=PATIENCE)
        yield world
        assert world.telegram.state()["complaints"] == []


@contextmanager
def open_desk(world: World, **how: Any) -> Iterator[Team]:
    """The bot at work, connected to everything; whatever the public does from now on is new to it."""
    with world.bot(**how) as app:
        for account in app.setup.accounts.values():
            account.platform.evidence_earliest = EVIDENCE
        slack, telegram = app.chats["slack"], app.chats["telegram"]
        assert isinstance(slack, SlackChat)
        assert isinstance(telegram, TelegramChat)
        slack.handling = PATIENCE / 2
        # People of a story do in seconds what others do in hours; the pace that Telegram demands has tests of its own.
        telegram.voice.pace.apart, telegram.voice.pace.per_minute = 0.0, 10_000
        eventually(lambda: set(app.setup.health().values()) <= READY, what="the start")
        await_first_looks(app.store, app.collector.states())
        yield Team(world, app)
