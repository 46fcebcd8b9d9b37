"""The Slack chat at work: the pretend Slack, the real Bolt, intake and worker, and a small registry of handlers."""

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image
from pydantic import SecretStr

from bot.archive import Archive
from bot.chat import Event
from bot.chat import Intake as AnyIntake
from bot.intake import Intake
from bot.section import Url
from bot.settings import Slack
from bot.slack.connect import SlackChat
from bot.worker import Worker
from handlers.intents import Intent, Place
from handlers.registry import Registry
from handlers.router import Handled, Router
from handlers.setup import Setup
from models.media import Media
from models.store import Store
from sandbox.slack.person import SlackPerson
from sandbox.slack.server import SlackSandbox
from support.loops import loop_in_thread
from support.patience import PATIENCE
from support.platform_running import running

Result = TypeVar("Result")

REVIEW, INBOX, GENERAL = "C0REVIEW01", "C0INBOX001", "C0GENERAL1"
ADA, CHIARA = "U0ADA00001", "U0CHIARA01"
COMMANDS = ("post", "queue", "help", "link")


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def settings(sandbox: SlackSandbox, **changes: Any) -> Slack:
    """Settings for the sandbox."""
    given = {
        "bot_token": SecretStr(sandbox.settings.bot_token),
        "app_token": SecretStr(sandbox.settings.app_token),
        "signing_secret": SecretStr(sandbox.settings.signing_secret),
        "api_url": Url(f"{sandbox.address}/api/"),
        "review": REVIEW,
        "inbox": INBOX,
    }
    return Slack(**{**given, **changes})


class Heard:
    """An intake that only remembers; `fails` times it cannot keep anything."""

    def __init__(self, fails: int = 0) -> None:
        self.events: list[Event] = []
        self.fails = fails
        self.refused = 0
        self.asked = 0
        self.answer: Handled | None = Handled()

    async def store(self, source: str, event: Event) -> bool:
        """Keep it, unless it was kept before."""
        self.asked += 1
        if self.fails:
            self.fails -= 1
            self.refused += 1
            raise OSError("the disk is full")
        is_new = all(event.event_id != known.event_id for known in self.events)
        if is_new:
            self.events.append(event)
        return is_new

    async def store_all(self, source: str, events: Any, cursor: str) -> list[Event]:
        """Slack does not ask for this."""
        raise AssertionError(source)

    async def cursor(self, source: str) -> str:
        """Slack does not ask for this."""
        raise AssertionError(source)

    async def handle_now(self, source: str, event: Event, seconds: float) -> Handled | None:
        """Keep it and answer what the test wants."""
        await self.store(source, event)
        return self.answer

    @property
    def kinds(self) -> list[str]:
        """The kinds of what was kept."""
        return [event.body["kind"] for event in self.events]


class SlackBench:
    """One workspace and the bot in it."""

    def __init__(self, sandbox: SlackSandbox, loop: asyncio.AbstractEventLoop, folder: Path) -> None:
        self.sandbox, self.loop, self.folder = sandbox, loop, folder
        self.media: dict[int, tuple[Path, Media]] = {}
        self.chats: list[SlackChat] = []
        self.closing: list[Callable[[], Any]] = []

    def run(self, work: Coroutine[Any, Any, Result], timeout: float = PATIENCE) -> Result:
        """Run something on the bot's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

    def person(self, name: str = "Ada") -> SlackPerson:
        """Somebody of the workspace."""
        return SlackPerson(self.sandbox.address, name)

    def picture(self, media_id: int) -> tuple[Path, Media]:
        """A file of the archive, as the process gives it."""
        if media_id not in self.media:
            raise FileNotFoundError(media_id)
        return self.media[media_id]

    def add_picture(self, media_id: int, colour: str = "red", *, mode: str = "RGB", kind: str = "PNG") -> None:
        """A picture in the archive."""
        path = self.folder / f"picture-{media_id}"
        Image.new(mode, (64, 48), colour).save(path, kind)
        media = Media(id=media_id, sha256=f"{media_id:064x}", mime=f"image/{kind.lower()}", size=1, created_at=now())
        self.media[media_id] = (path, media)

    def chat(self, intake: AnyIntake, *, wait: bool = True, **changes: Any) -> SlackChat:
        """The chat, listening; `changes` of its settings."""
        chat = SlackChat(settings(self.sandbox, **changes), self.picture, commands=lambda: COMMANDS)
        chat.handling = PATIENCE / 2
        self.run(chat.start(intake))
        self.chats.append(chat)
        if wait:
            self.until(lambda: chat.state() == "connected", "the connection")
        return chat

    def until(self, look: Callable[[], Any], what: str, seconds: float = PATIENCE) -> None:
        """Wait until it is so."""
        self.person().wait_for(lambda: look() or None, seconds, what)

    def requests(self, method: str) -> list[dict[str, Any]]:
        """The calls of one Web API method so far."""
        return [r for r in self.sandbox.requests if r["path"] == f"/api/{method}"]

    def working(self, registry: Registry, store: Store) -> tuple[SlackChat, list[Intent]]:
        """The chat with the real intake and worker; every intent that is handled is noted."""
        seen: list[Intent] = []
        setup = Setup(
            name="Bottega",
            zone="UTC",
            language="en",
            media_folder=self.folder,
            review=(Place(chat="slack", room=REVIEW),),
            chats=("slack",),
        )
        intake = self.run(_made(lambda: Intake(store, now)))
        worker = Worker(
            store, intake, NotingRouter(setup, registry, seen), Archive(self.folder, store, now), now, lambda: None
        )
        chat = self.chat(intake)
        self.run(worker.start({"slack": chat}))
        self.closing += [lambda: self.run(worker.stop()), intake.close]
        return chat, seen

    def close(self) -> None:
        """Stop everything."""
        for chat in self.chats:
            self.run(chat.stop())
        for end in self.closing:
            end()


async def _made(make: Callable[[], Result]) -> Result:
    return make()


class NotingRouter(Router):
    """The router, noting what it was given."""

    def __init__(self, setup: Setup, registry: Registry, seen: list[Intent]) -> None:
        super().__init__(setup, registry)
        self._seen = seen

    def handle(self, session: Any, intent: Intent, now: datetime, *, show_refusals: bool = True) -> Handled:
        """Note, then handle."""
        self._seen.append(intent)
        return super().handle(session, intent, now, show_refusals=show_refusals)


@contextmanager
def slack_bench(folder: Path) -> Iterator[SlackBench]:
    """A fresh workspace and a loop for the bot."""
    sandbox = SlackSandbox()
    sandbox.settings.ack_timeout = sandbox.settings.trigger_seconds = PATIENCE
    with running(sandbox), loop_in_thread() as loop:
        bench = SlackBench(sandbox, loop, folder)
        try:
            yield bench
        finally:
            bench.close()


def migrated_store(empty: Path, folder: Path) -> Store:
    """A store in the folder, a copy of an empty migrated one."""
    shutil.copy(empty, folder / "slack.db")
    return Store(f"sqlite:///{folder / 'slack.db'}")
