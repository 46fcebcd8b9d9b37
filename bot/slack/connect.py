"""A Slack workspace, connected: Socket Mode or HTTP in, one global middleware that keeps before it acknowledges."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from itertools import count
from typing import Any, TypeVar

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.bodies import read_body
from bot.chat import Download, Intake, Later, Reading, Watch, unwatched
from bot.leading import Duty
from bot.settings import Slack
from bot.slack import check, fetch, forms
from bot.slack.api import Api, socket_address
from bot.slack.asking import Asker
from bot.slack.keeping import OPEN_FORM, event_of, refuse_unreadable
from bot.slack.listen import CHAT, Listener
from bot.slack.people import People
from bot.slack.pictures import FindPicture, Pictures
from bot.slack.plain import unescaped
from bot.slack.socket import socket
from bot.slack.speak import SlackVoice
from bot.slack.videos import Videos
from handlers.forms import Form
from handlers.intents import Intent, Origin, Pressed
from handlers.registry import registry
from handlers.router import Handled
from handlers.words import translator
from platforms.contract import OutcomeUnknown, Permanent, PlatformError

log = structlog.get_logger()

Json = dict[str, Any]
Result = TypeVar("Result")

#: Where Slack sends events, commands and presses in HTTP mode; all three settings of the app point here.
PATH = "/slack/events"
#: Bytes of a request; a form with its longest texts has a tenth of it.
LARGEST_REQUEST = 4 * 1024 * 1024
#: Seconds for the handler of a form; Slack waits three (docs.slack.dev/interactivity/handling-user-interaction).
HANDLING = 2.0
#: Seconds between tries to reach Slack at the start.
AGAIN = (1.0, 2.0, 5.0, 10.0, 30.0)


class SlackChat:
    """Slack as bot.chat.Chat. Made anywhere; `start` and everything after it on one loop."""

    name = CHAT
    duties: Sequence[Duty] = ()  #: Slack gives each event to one of the sockets that are open, ten at most

    def __init__(
        self,
        settings: Slack,
        picture: FindPicture,
        *,
        language: str = "en",
        commands: Callable[[], Collection[str]] = lambda: registry.commands,
        clock: Callable[[], float] = time.time,
        watch: Watch = unwatched,
    ) -> None:
        """`picture` finds a file of the archive; `language`: of what everybody in a room reads.

        `commands`: the words that a private message may begin with to be a command.
        """
        self._settings = settings
        self._language = language
        self._clock = clock
        self._api = Api(settings.bot_token.get_secret_value(), str(settings.api_url), watch)
        self._people = People(self._api)
        self._listener = Listener(commands, settings.command)
        self.voice = SlackVoice(self._api, Pictures(self._api, picture), Videos(self._api, picture), language, clock)
        self._asker = Asker(self._api, self.voice, self._language_of)
        self._tasks: set[asyncio.Task[None]] = set()
        self._intake: Intake | None = None
        self._bot: AuthorizeResult | None = None
        self._app: AsyncApp | None = None
        self._socket: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._trouble = ""
        self._stopped = False
        self.handling = HANDLING
        is_http = settings.mode == "http"
        self.routes: Sequence[BaseRoute] = [Route(PATH, self._request, methods=["POST"])] if is_http else []

    # -- life ----------------------------------------------------------------------------------------------------------

    async def start(self, intake: Intake) -> None:
        """Begin to listen and speak; returns at once and keeps trying where Slack cannot be reached."""
        self._intake = intake
        await self._api.open()
        self.voice.begin(asyncio.get_running_loop())
        self._app = self._bolt()
        self._connecting = asyncio.create_task(self._connect(), name="slack")

    async def stop(self) -> None:
        """Stop listening and speaking; what was acknowledged is stored."""
        self._stopped = True
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait([self._connecting])
        if self._socket is not None:
            await self._socket.client.close()  # type: ignore[no-untyped-call]
        self.voice.begin(None)
        await self._api.close()

    def state(self) -> str:
        """connected, connecting, stopped, or what is in the way."""
        if self._stopped:
            return "stopped"
        if self._trouble:
            return f"down: {self._trouble}"
        if self._bot is None:
            return "connecting"
        if self._settings.mode == "http":
            return "connected"
        session = self._socket.client.current_session if self._socket is not None else None
        return "connected" if session is not None and not session.closed else "connecting"

    async def _connect(self) -> None:
        """Learn who we are, then open the socket: nothing arrives before it is known whose it is."""
        self._bot = _identity(await self._insist(lambda: self._api.read("auth.test")), self._api.token)
        if self._settings.mode == "socket":
            assert self._app is not None
            token = self._settings.app_token.get_secret_value()
            address = await self._insist(lambda: socket_address(token, self._api.url))
            self._socket = await socket(self._app, token, address, self._api.proxy)
            await self._socket.client.connect()  # type: ignore[no-untyped-call]
        log.info("Slack is connected", mode=self._settings.mode)

    async def _insist(self, call: Callable[[], Awaitable[Result]]) -> Result:
        """Until it works: Slack may be away for a while, and a token may be mended on Slack's side."""
        for tries in count():
            try:
                done = await call()
            except (PlatformError, OutcomeUnknown) as error:
                self._trouble = str(error) if isinstance(error, Permanent) else ""
                log.warning("Slack cannot be reached yet", reason=str(error))
                await asyncio.sleep(AGAIN[min(tries, len(AGAIN) - 1)])
            else:
                self._trouble = ""
                return done
        raise AssertionError("unreachable")

    def _bolt(self) -> AsyncApp:

        async def authorize() -> AuthorizeResult:
            # Bolt's own way asks Slack on the first event, and acknowledges that event unhandled where this fails.
            if self._bot is None:
                raise RuntimeError("an event came before it was known who we are")
            return self._bot

        async def take(body: Json, ack: AsyncAck) -> BoltResponse:
            return await self._take(body, ack)

        client = AsyncWebClient(base_url=self._api.url, retry_handlers=[])
        client.proxy = self._api.proxy
        app = AsyncApp(
            name="bottega",
            client=client,
            signing_secret=self._settings.signing_secret.get_secret_value(),
            authorize=authorize,
        )
        app.use(take)
        return app

    # -- in ------------------------------------------------------------------------------------------------------------

    async def _take(self, body: Json, ack: AsyncAck) -> BoltResponse:
        """Every authenticated payload: kept, then acknowledged. What raises here is not, so it comes again."""
        assert self._intake is not None
        assert self._bot is not None
        event = event_of(body, str(self._bot.bot_user_id), str(self._bot.team_id), self._clock())
        if event is None:
            return await ack()
        if event.body["kind"] == "form":
            handled = await self._intake.handle_now(CHAT, event, self.handling)
            return await ack(**self._shown(body, handled))
        if event.body["kind"] == "press" and self._reopens(event.body):
            return await ack()
        await self._intake.store(CHAT, event)
        return await ack()

    def _reopens(self, kept: Json) -> bool:
        """Whether the press asks for a form again: it decides nothing, and its trigger allows no queue."""
        pressed = self._listener.intent(kept)
        if not isinstance(pressed, Pressed) or pressed.verb != OPEN_FORM:
            return False
        task = asyncio.create_task(self._asker.again(pressed))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    def _language_of(self, origin: Origin) -> str:
        return origin.language or self._people.known(origin.actor).language or self._language

    def _shown(self, body: Json, handled: Handled | None) -> Json:
        """What a submitted form becomes: it closes, shows the refusal at its field, or says that it takes longer."""
        view = body.get("view") or {}
        person = self._people.known(str((body.get("user") or {}).get("id") or ""))
        t = translator(person.language or self._language)
        title = unescaped(str((view.get("title") or {}).get("text") or ""))  # Slack gives it back escaped
        if handled is None:
            sentence = t("I am working on it. The result follows in the chat; you can close this window.")
            return {"response_action": "update", "view": forms.notice(title, sentence, t)}
        if not handled.refusal:
            return {}
        block = forms.block_for(view, handled.field)
        if not block:
            return {"response_action": "update", "view": forms.notice(title, handled.refusal, t)}
        return {"response_action": "errors", "errors": {block: handled.refusal}}

    async def _request(self, request: Request) -> Response:
        if self._app is None or self._bot is None:
            return Response("not ready yet", status_code=503)  # Slack sends it again
        body = await read_body(request, LARGEST_REQUEST)
        if body is None:
            return Response("too large", status_code=413)
        try:
            # Bolt would read what a stranger sent before it looks at the signature.
            if not self._is_signed(request, body):
                return Response("not signed", status_code=401)
            refuse_unreadable(body, request.headers.get("Content-Type", ""))
            asked = to_async_bolt_request(request, body)
        except ValueError:
            return Response("not readable", status_code=400)
        return to_starlette_response(await self._app.async_dispatch(asked))

    def _is_signed(self, request: Request, body: bytes) -> bool:
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not re.fullmatch(r"[0-9]{1,12}", stamp) or not signature.isascii():
            return False
        secret = self._settings.signing_secret.get_secret_value()
        return SignatureVerifier(secret).is_valid(body, stamp, signature)

    def read(self, bodies: Sequence[Json]) -> Reading | Later:
        """What the first of the events means."""
        return Reading(self._listener.intent(bodies[0]))

    async def enrich(self, intent: Intent) -> Intent:
        """Add what the profile tells, and the names of people who are mentioned."""
        try:
            return await self._people.enrich(intent)
        except Exception:
            log.exception("a profile could not be added")
            return intent

    async def download(self, ref: str) -> Download:
        """Fetch a file by its id. Raises FileUnfit for good, anything else for another try later."""
        return await fetch.fetch(self._api, ref)

    # -- out -----------------------------------------------------------------------------------------------------------

    async def ask(self, origin: Origin, form: Form) -> None:
        """Open the form, or offer it with a button where the press was too long ago. Raises where Slack refuses."""
        await self._asker.ask(origin, form)

    async def check(self) -> list[str]:
        """What is wrong, a sentence with its cure each."""
        return await check.problems(self._settings)


def connect(settings: Slack, picture: FindPicture, language: str = "en", watch: Watch = unwatched) -> SlackChat:
    """The workspace of the settings; nothing is reached before `start`. `watch` is told each answer."""
    return SlackChat(settings, picture, language=language, watch=watch)


def _identity(told: Json, token: str) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=told.get("enterprise_id"),
        team_id=str(told.get("team_id") or ""),
        team=told.get("team"),
        url=told.get("url"),
        bot_user_id=str(told.get("user_id") or ""),
        bot_id=told.get("bot_id"),
        bot_token=token,
    )
