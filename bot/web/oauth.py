"""Where networks send a person back to after a consent: takes in what they brought, and answers with a plain page."""

import asyncio
import html
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.networks import Logins, NoApp, path_of
from bot.vault import Unsealable
from handlers import outbox
from handlers.desk import Desk
from handlers.setup import Setup
from handlers.team import consents
from handlers.team.consents import Outcome
from models.consent import Consent, ConsentState, consent_of, is_known
from models.errors import Refused
from models.store import Store
from models.trace import traced
from platforms.contract import OutcomeUnknown, PlatformError, clean

log = structlog.get_logger()

PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>{title}</title></head><body><p>{words}</p></body></html>\n"
)
#: The page's own address has the code: nobody keeps it, and it goes nowhere from here.
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
OVER = "This address was used already, or is older than ten minutes. Ask for a new one in chat: connect"
#: Characters of a network's own reason that are shown.
REASON = 200


class Callback:
    """Answers /oauth/{platform} for each network that has a login, where the desk has a public address.

    Nothing of the request is logged: its address has the code and the secret.
    """

    def __init__(
        self, store: Store, setup: Setup, logins: Logins, now: Callable[[], datetime], wake: Callable[[], None]
    ) -> None:
        """`wake` is called when deliveries may have been written."""
        self._store = store
        self._setup = setup
        self._logins = logins
        self._now = now
        self._wake = wake

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """One for each network; none where no network could send anybody."""
        if self._logins.settings.web.public_url is None:
            return []
        return [
            Route(path_of(name), self._answer(name), methods=["GET"])
            for name in self._logins.known
            if name in self._logins.apps
        ]

    def _answer(self, platform: str) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            if request.method != "GET":  # Starlette lets HEAD in too, which must not use the address up
                return Response(status_code=405, headers={"Allow": "GET"})
            given = {name: clean(value) for name, value in request.query_params.items()}
            status, words = await asyncio.to_thread(self.arrived, platform, given)
            self._wake()
            page = PAGE.format(title=html.escape(self._setup.name), words=html.escape(words))
            return HTMLResponse(page, status, HEADERS)

        return answer

    def arrived(self, platform: str, given: Mapping[str, str]) -> tuple[int, str]:
        """Somebody came back: the status of the page and its words. Blocks; what it decides is stored."""
        with traced():
            number = self._spent(platform, given.get("state", ""))
            if number is None:
                return 400, OVER
            if not (code := given.get("code", "")) or "error" in given:
                # RFC 6749, section 4.1.2.1; Meta adds error_reason.
                said = given.get("error_description") or given.get("error_reason") or given.get("error", "")
                return self._told(number, lambda desk, row: consents.refused(desk, row, said[:REASON]), 400)
            try:
                found = self._logins.exchange(platform, code)
            except (PlatformError, OutcomeUnknown, Unsealable, NoApp) as error:
                reason = str(error)
                return self._told(number, lambda desk, row: consents.refused(desk, row, reason[:REASON]), 502)
            except Exception:
                bug = secrets.token_hex(4)
                log.exception("a bug met a consent", bug=bug, platform=platform)
                return self._told(number, lambda desk, row: consents.refused(desk, row, f"bug {bug}"), 500)
            return self._told(number, lambda desk, row: consents.arrived(desk, row, found), 200)

    def _spent(self, platform: str, secret: str) -> int | None:
        """The consent of that secret, which works no second time; None where there is none."""
        with self._store.read() as session:
            if not is_known(session, platform, secret):
                return None  # whoever knocks with anything keeps no writer waiting
        with self._store.write() as session:
            consent = consent_of(session, secret)
            if consent is None:
                return None
            try:
                consent.spend(self._now())
            except Refused:
                return None
            return consent.number

    def _told(self, number: int, decide: Callable[[Desk, Consent], Outcome], status: int) -> tuple[int, str]:
        with self._store.write() as session:
            consent = session.get_one(Consent, number, with_for_update=True)
            try:
                desk = consents.desk_of(session, self._now(), self._setup, consent)
            except Refused as refusal:
                consent.fail(str(refusal))
                return 403, str(refusal)
            outcome = decide(desk, consent)
            outbox.keep(desk, outcome.effects)
            failed = consent.state == ConsentState.FAILED
            return (400 if failed and status == 200 else status), outcome.words
