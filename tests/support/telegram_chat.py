"""The real Telegram chat on a pretend Telegram: listens into a real intake, speaks from the thread of the test."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlmodel import col, select

from bot.chat import Later
from bot.intake import Intake
from bot.settings import Telegram as Settings
from bot.telegram.connect import TelegramChat
from handlers.intents import Intent
from models.inbound import Inbound
from models.media import Media
from models.store import Store
from support.duties import begun, over
from support.loops import loop_in_thread
from support.patience import PATIENCE
from support.telegram_stage import TOKEN, Telegram

Answer = TypeVar("Answer")
_empty: list[bytes] = []


class ChatBench:
    """The chat, its intake, and the Telegram it is connected to."""

    def __init__(self, telegram: Telegram, chat: TelegramChat, store: Store, loop: asyncio.AbstractEventLoop) -> None:
        self.telegram = telegram
        self.chat = chat
        self.voice = chat.voice
        self.store = store
        self._loop = loop
        self._read = 0

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        """Something done on the chat's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def rows(self) -> list[Inbound]:
        """Everything that was stored."""
        with self.store.read() as session:
            return list(session.exec(select(Inbound).order_by(col(Inbound.id))).all())

    def stop_pace(self) -> Callable[[float], None]:
        """Stop the clock of the bot's own pace; what comes back lets so many seconds go by."""
        clock = [time.monotonic()]
        self.voice.pace._seconds = lambda: clock[0]

        def go_by(seconds: float) -> None:
            clock[0] += seconds

        return go_by

    def wait(self, until: Callable[[], Any]) -> Any:
        """What `until` gives once that is something."""
        end = time.monotonic() + PATIENCE
        while not (found := until()):
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.02)
        return found

    def intent(self) -> Intent:
        """What the next stored update that means something means; pieces of an album as one."""
        return self.wait(self._next)  # type: ignore[no-any-return]

    def _next(self) -> Intent | None:
        rows = self.rows()[self._read :]
        rows = [row for row in rows if row.lane == rows[0].lane]
        if not rows:
            return None
        reading = self.chat.read([row.body for row in rows])
        if isinstance(reading, Later):
            time.sleep(reading.seconds / 4)
            return None
        self._read += reading.taken
        return reading.intent


@contextmanager
def chat_running(
    telegram: Telegram, folder: Path, make: Callable[[Settings], TelegramChat] | None = None, **settings: Any
) -> Iterator[ChatBench]:
    """The chat, connected, with its own database in `folder` and the files of `folder` as archive, named by number."""
    store = _store(folder / "desk.db")
    chosen = Settings.model_validate({"token": TOKEN, "api_url": telegram.address, **settings})
    chat = make(chosen) if make else TelegramChat(chosen, archive(folder), hold=1)
    intake = Intake(store, lambda: datetime.now(UTC))
    work: list[asyncio.Task[None]] = []

    async def start() -> None:
        await chat.start(intake)
        work.extend(begun(chat.duties))

    with closing(store), closing(intake), loop_in_thread() as loop:

        def run(work: Coroutine[Any, Any, Answer]) -> Answer:
            return asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE)

        try:
            run(start())
            yield ChatBench(telegram, chat, store, loop)
        finally:
            run(over(work))
            run(chat.stop())


def _store(path: Path) -> Store:
    """The store at the path: what an earlier run left, or a migrated empty one, copied because migrating takes long."""
    store = Store(f"sqlite:///{path}")
    if not path.exists() and _empty:
        path.write_bytes(_empty[0])
    elif not path.exists():
        store.migrate()
        store.close()
        _empty.append(path.read_bytes())
    return store


def archive(folder: Path) -> Callable[[int], tuple[Path, Media]]:
    """An archive whose file number N is `folder`/N.png or N.mp4; FileNotFoundError for others."""

    def find(number: int) -> tuple[Path, Media]:
        path = next(folder.glob(f"{number}.*"), None)
        if path is None:
            raise FileNotFoundError(number)
        mime = {".png": "image/png", ".mp4": "video/mp4"}.get(path.suffix, "image/gif")
        now = datetime.now(UTC)
        media = Media(id=number, sha256="", mime=mime, size=path.stat().st_size, width=40, height=30, created_at=now)
        return path, media

    return find
