"""The Telegram chat, connected: listens, reads what was stored, fetches files, keeps the menus."""

import asyncio
import logging
import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.routing import BaseRoute, Route
from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError

from bot.chat import Download, Intake, Later, Reading, Watch, unwatched
from bot.leading import Duty
from bot.settings import Telegram
from bot.telegram import check, listen, raw
from bot.telegram.albums import QUIET, Albums
from bot.telegram.asides import Asides
from bot.telegram.confirming import Questions
from bot.telegram.fetch import fetch
from bot.telegram.listen import CHAT, Me
from bot.telegram.menu import Listing, Menus, Reader, Readers
from bot.telegram.pace import Pace
from bot.telegram.presses import Presses
from bot.telegram.receive import FIRST_PAUSE, LAST_PAUSE, Poller, Webhook
from bot.telegram.refusals import brief
from bot.telegram.request import Request
from bot.telegram.seen import Seen
from bot.telegram.speak import TelegramVoice
from bot.telegram.wire import parse
from handlers.forms import Form
from handlers.intents import Intent, Origin, Place
from handlers.registry import registry
from models.media import Media

log = structlog.get_logger()

#: Connections at once, seconds to open one and to wait for a free one.
CONNECTIONS, CONNECT, POOL = 32, 10.0, 10.0
#: Seconds that messages under way get to end when the bot stops.
FINISH = 10.0
#: Seconds between looks whether somebody's menu must change, and until one that was refused is tried again.
MENUS_LOOK, MENUS_EVERY = 3.0, 60.0


class TelegramChat:
    """A bot as one of the desk's chats (`bot.chat.Chat`)."""

    name = CHAT

    def __init__(
        self,
        settings: Telegram,
        picture: Callable[[int], tuple[Path, Media]],
        listing: Listing | None = None,
        readers: Readers | None = None,
        *,
        commands: Callable[[], Collection[str]] = tuple,
        hold: int = raw.HOLD,
        watch: Watch = unwatched,
    ) -> None:
        """`picture` finds a file of the archive, `listing` what stands in a menu, `readers` who has one of their own.

        `commands`: those that are obeyed in groups, none for all; `hold`: seconds of one long poll.
        """
        self._commands = commands
        _settle()
        token, api = settings.token.get_secret_value(), str(settings.api_url).rstrip("/")
        self._settings = settings
        self._hold = hold
        self._request = Request(watch, CONNECTIONS, connect_timeout=CONNECT, pool_timeout=POOL)
        self._polling = Request(watch, 2, connect_timeout=CONNECT, pool_timeout=POOL)
        self._bot = Bot(
            token, f"{api}/bot", f"{api}/file/bot", request=self._request, get_updates_request=self._polling
        )
        self._id = int(token.partition(":")[0])
        self._me: Me | None = None
        self._albums = Albums()
        self._presses = Presses(self._bot.answer_callback_query)
        questions, seen = Questions(), Seen()
        pace, rooms = Pace(), [int(place.room) for place in _places(settings)]
        self._asides = Asides(self._bot, lambda: self._me, rooms, self._presses, questions, seen, pace)
        self.voice = TelegramVoice(self._bot, picture, self._presses, questions, seen, pace)
        groups = [room for room in rooms if room < 0]
        self._menus = Menus(self._bot, listing, readers or (lambda: ()), groups) if listing else None
        self._task: asyncio.Task[None] | None = None
        self._menu_task: asyncio.Task[None] | None = None
        self._introduced = asyncio.Event()
        self._intake: Intake | None = None
        self._poller: Poller | None = None
        self._state = "connecting"
        self._webhook = Webhook(self._id, settings.webhook_secret.get_secret_value(), self._asides.after)
        self.routes: Sequence[BaseRoute] = ()
        #: Telegram answers one poller at a time and breaks off the other with a 409.
        self.duties: Sequence[Duty] = (Duty("telegram", self._poll),) if settings.mode == "polling" else ()
        if settings.mode == "webhook":
            path = urlsplit(str(settings.webhook_url)).path
            self.routes = (Route(path or "/", self._webhook.hear, methods=["POST"]),)

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self, intake: Intake) -> None:
        """Begin to listen, save for the duties; returns at once and keeps trying where Telegram cannot be reached."""
        self.voice.bind(asyncio.get_running_loop())
        self._intake = self._webhook.intake = intake
        self._task = asyncio.create_task(self._run(), name="telegram")
        if self._menus:
            self._menu_task = asyncio.create_task(self._keep_menus(self._menus), name="telegram menus")

    async def stop(self) -> None:
        """Stop listening; what was acknowledged is stored."""
        self._webhook.intake = None
        tasks = [task for task in (self._task, self._menu_task) if task]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=5)
        self._presses.close()
        self.voice.bind(None)
        await self.voice.finish(FINISH)
        await self._disconnect()
        self._state = "stopped"

    def state(self) -> str:
        """One of "connecting", "connected", "elsewhere", "down: …", "stopped"."""
        if self._state != "connected" or not self.duties:
            return self._state
        return self._poller.state if self._poller else "elsewhere"

    async def _run(self) -> None:
        """Learn who the bot is and choose how updates arrive."""
        pause = FIRST_PAUSE
        while True:
            try:
                await self._introduce()
                break
            except TelegramError as error:
                self._state = "down: token refused" if isinstance(error, InvalidToken) else "connecting"
                log.warning("Telegram cannot be reached yet", reason=brief(error))
            except Exception:
                log.exception("what answers at api_url does not speak as Telegram does")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LAST_PAUSE)
        self._state = "connected"
        self._introduced.set()

    async def _poll(self) -> None:
        """Ask for updates until cancelled."""
        await self._introduced.wait()
        assert self._intake is not None
        self._poller = Poller(self._bot, self._polling, self._intake, self._asides.after, self._hold)
        try:
            await self._poller.run()
        finally:
            self._poller = None

    async def _introduce(self) -> None:
        await self._bot.initialize()
        self._me = Me(self._id, self._bot.bot.username or "", tuple(self._commands()))
        if self._settings.mode == "polling":
            await self._forget_webhook()
        else:
            secret = self._settings.webhook_secret.get_secret_value()
            url = str(self._settings.webhook_url)
            await self._bot.set_webhook(url, secret_token=secret, allowed_updates=list(raw.KINDS))

    async def _forget_webhook(self) -> None:
        """Polling is refused while a webhook is set. The token is good by now, so a refusal means that none can be."""
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
        except (BadRequest, InvalidToken) as error:
            log.info("there is no webhook to remove", reason=error.message)

    async def refresh_menus(self) -> None:
        """Bring the command menus up to date with the members' roles; a menu that did not change is not sent."""
        if self._menus and self._me:
            await self._menus.refresh(await asyncio.to_thread(self._menus.readers))

    async def _disconnect(self) -> None:
        await self._bot.shutdown()
        await asyncio.gather(self._request.shutdown(), self._polling.shutdown())

    async def _keep_menus(self, menus: Menus) -> None:
        drawn: Sequence[Reader] | None = None
        again = 0.0
        while True:
            try:
                readers = await asyncio.to_thread(menus.readers)
                if self._me and (readers != drawn or monotonic() >= again):
                    await menus.refresh(readers)
                    drawn, again = readers, monotonic() + MENUS_EVERY
            except Exception:
                log.exception("the command menus could not be drawn up")
            await asyncio.sleep(MENUS_LOOK)

    # -- events --------------------------------------------------------------------------------------------------------

    def read(self, bodies: Sequence[dict[str, Any]]) -> Reading | Later:
        """What the first of a lane's waiting updates means; the pieces of an album are one intent."""
        if self._me is None:
            return Later(1.0)
        pieces = self._albums.pieces([parse(body) for body in bodies])
        if pieces is None:
            return Later(QUIET)
        return Reading(listen.intent(pieces, self._me) if pieces else None, max(1, len(pieces)))

    async def enrich(self, intent: Intent) -> Intent:
        """Unchanged: every update brings the person's name and language."""
        return intent

    async def download(self, ref: str) -> Download:
        """Fetch a file. Raises FileUnfit for good, anything else for another try later."""
        return await fetch(self._bot, ref)

    async def ask(self, origin: Origin, form: Form) -> None:
        """Never called: Telegram has no modals, the questions of a form are asked one by one as messages."""
        raise TypeError("Telegram opens no forms")

    async def check(self) -> list[str]:
        """What is wrong, a sentence with its cure each; empty when all is well."""
        polling = self._settings.mode == "polling"
        url = "" if polling else str(self._settings.webhook_url)
        try:
            return await check.faults(self._bot, _places(self._settings), polling=polling, webhook_url=url)
        finally:
            if self._task is None:  # looked at without being started
                await self._disconnect()


def connect(
    settings: Telegram,
    picture: Callable[[int], tuple[Path, Media]],
    listing: Listing | None = None,
    readers: Readers | None = None,
    watch: Watch = unwatched,
) -> TelegramChat:
    """The chat that the settings describe; nothing is reached yet. `watch` is told each answer."""
    return TelegramChat(settings, picture, listing, readers, commands=lambda: registry.commands, watch=watch)


def _places(settings: Telegram) -> list[Place]:
    """The places that are configured, each once."""
    written = dict.fromkeys(place for place in (settings.review, settings.inbox) if place)
    parts = [place.partition("/") for place in written]
    return [Place(chat=CHAT, room=room, thread=thread) for room, _, thread in parts]


def _settle() -> None:
    """What the libraries let be set for a process only."""
    os.environ.setdefault("PTB_TIMEDELTA", "1")  # spans of time as such; without it each flood wait warns
    # The HTTP library logs addresses, and Telegram's contain the token.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # A page of a proxy instead of JSON is told with a traceback there; its error reaches us anyhow.
    logging.getLogger("telegram.request.BaseRequest").setLevel(logging.CRITICAL)
