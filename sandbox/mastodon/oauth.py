"""OAuth 2: registering an application, the page where a person agrees, tokens and their end (networks.md 5.1)."""

import base64
import hashlib
import html
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from aiohttp import BasicAuth, web

from sandbox.mastodon import refusals
from sandbox.mastodon.access import SCOPES, Access, Application, Token
from sandbox.mastodon.bodies import Body, read_body, read_query
from sandbox.mastodon.state import World

#: The redirect address of clients that cannot be redirected to: the code is shown for copying.
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
#: How long a code may be exchanged.
CODE_LIFE = timedelta(minutes=10)
ASKED = (
    "client_id", "redirect_uri", "response_type", "scope", "state", "force_login", "lang", "code_challenge",
    "code_challenge_method",
)  # fmt: skip


@dataclass
class Code:
    """An authorization code that waits for its exchange."""

    application: Application
    person: str
    redirect: str
    scopes: str
    challenge: str
    at: datetime


class OAuth:
    """The handlers of OAuth."""

    def __init__(self, world: World, access: Access, changed: Callable[[], None]) -> None:
        self.world, self.access, self.changed = world, access, changed
        self.codes: dict[str, Code] = {}

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file."""
        return [
            web.post("/api/v1/apps", self.register),
            web.get("/api/v1/apps/verify_credentials", self.application),
            web.get("/oauth/authorize", self.page),
            web.post("/oauth/authorize", self.agree),
            web.post("/oauth/token", self.token),
            web.post("/oauth/revoke", self.revoke),
        ]

    async def register(self, request: web.Request) -> web.Response:
        """POST /api/v1/apps: CredentialApplication; refuses (422) unknown scopes and a missing name or address."""
        body = await read_body(request, "client_name", "redirect_uris", "scopes", "website")
        name, scopes = body.text("client_name"), body.text("scopes") or "read"
        redirects = [line for text in body.texts("redirect_uris") for line in text.split()]
        problems = [] if name else ["Application name can't be blank"]
        problems += [] if redirects else ["Redirect URI can't be blank"]
        problems += [] if set(scopes.split()) <= set(SCOPES) else ["Scopes doesn't match configured on the server."]
        if problems:
            raise refusals.invalid(*problems)
        serial = self.world.serial()
        made = Application(
            secrets.token_urlsafe(32),
            secrets.token_urlsafe(32),
            serial,
            str(name),
            redirects,
            scopes,
            body.text("website"),
        )
        self.access.applications[made.id] = made
        shape = {"client_id": made.id, "client_secret": made.secret, "client_secret_expires_at": 0}
        return web.json_response(_describe(made) | shape)

    async def application(self, request: web.Request) -> web.Response:
        """GET /api/v1/apps/verify_credentials: the Application of the token; its scopes are the application's."""
        return web.json_response(_describe(self.access.token(request).application))

    # -- the page where a person agrees --------------------------------------------------------------------------------

    async def page(self, request: web.Request) -> web.Response:
        """GET /oauth/authorize: a plain form that asks which account agrees."""
        asked = read_query(request, *ASKED)
        application = self._asking(asked)
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{html.escape(asked.text(name) or "")}">' for name in ASKED
        )
        buttons = "".join(
            f'<button name="account" value="{html.escape(p.username)}">Authorize as {html.escape(p.name)}</button> '
            for p in self.world.people.values()
            if p.ours
        )
        text = (
            f"<h1>Authorization required</h1><p>{html.escape(application.name)} would like permission to access your "
            f"account: {html.escape(asked.text('scope') or 'read')}</p>"
            f'<form method="post" action="/oauth/authorize">{hidden}{buttons}'
            '<button name="account" value="">Deny</button></form>'
        )
        return _html(text)

    async def agree(self, request: web.Request) -> web.Response:
        """POST /oauth/authorize: what the form sends; shows the code or redirects with it."""
        asked = await read_body(request, *ASKED, "account")
        application = self._asking(asked)
        redirect, state = asked.text("redirect_uri") or "", asked.text("state")
        person = self.world.person(asked.text("account") or "-")
        answer = {"state": state} if state else {}
        if person is None or not person.ours:
            description = "The resource owner or authorization server denied the request."
            answer |= {"error": "access_denied", "error_description": description}
        else:
            code = secrets.token_urlsafe(32)
            challenge, scopes = asked.text("code_challenge") or "", asked.text("scope") or "read"
            self.codes[code] = Code(application, person.id, redirect, scopes, challenge, self.world.now())
            answer = {"code": code} | answer
        if redirect == OUT_OF_BAND:
            shown = answer.get("code") or answer["error_description"]
            return _html(f"<h1>Authorization code</h1><p><code>{html.escape(shown)}</code></p>")
        raise web.HTTPFound(redirect + ("&" if "?" in redirect else "?") + urlencode(answer))

    def _asking(self, asked: Body) -> Application:
        application = self.access.applications.get(asked.text("client_id") or "")
        if application is None:
            raise _unknown_client()
        if asked.text("redirect_uri") not in application.redirects:
            raise refusals.Refused(400, "invalid_request", "The redirect uri included is not valid.")
        if asked.text("response_type") != "code":
            text = "The authorization server does not support this response type."
            raise refusals.Refused(400, "unsupported_response_type", text)
        if asked.text("code_challenge") and asked.text("code_challenge_method") != "S256":
            raise refusals.Refused(400, "invalid_code_challenge_method", "The code challenge method must be S256.")
        wanted = Token("", None, application.scopes, self.world.now(), application)
        if not all(wanted.covers((scope,)) and scope in SCOPES for scope in (asked.text("scope") or "read").split()):
            raise refusals.Refused(400, "invalid_scope", "The requested scope is invalid, unknown, or malformed.")
        return application

    # -- tokens --------------------------------------------------------------------------------------------------------

    async def token(self, request: web.Request) -> web.Response:
        """POST /oauth/token: exchanges a code (once), or gives an application a token of its own."""
        known = ("grant_type", "code", "client_id", "client_secret", "redirect_uri", "code_verifier", "scope")
        body = await read_body(request, *known)
        application = self._client(request, body)
        kind = body.text("grant_type")
        if kind == "client_credentials":
            return self._issue(application, None, body.text("scope") or "read")
        if kind != "authorization_code":
            text = "The authorization grant type is not supported by the authorization server."
            raise refusals.Refused(400, "unsupported_grant_type", text)
        code = self.codes.pop(body.text("code") or "", None)
        if code is None or not self._fits(code, application, body):
            raise refusals.Refused(
                400,
                "invalid_grant",
                "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI "
                "used in the authorization request, or was issued to another client.",
            )
        return self._issue(application, code.person, code.scopes)

    def _fits(self, code: Code, application: Application, body: Body) -> bool:
        digest = hashlib.sha256((body.text("code_verifier") or "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        return (
            code.application is application
            and code.redirect == body.text("redirect_uri")
            and self.world.now() - code.at <= CODE_LIFE
            and (not code.challenge or code.challenge == proof)
        )

    def _issue(self, application: Application, person: str | None, scopes: str) -> web.Response:
        made = Token(secrets.token_urlsafe(32), person, scopes, self.world.now(), application)
        self.access.tokens[made.value] = made
        self.changed()
        shape = {"access_token": made.value, "token_type": "Bearer", "scope": scopes}
        return web.json_response(shape | {"created_at": int(made.at.timestamp())})

    async def revoke(self, request: web.Request) -> web.Response:
        """POST /oauth/revoke: ends a token; refuses (403) the token of another client."""
        body = await read_body(request, "client_id", "client_secret", "token")
        token = self.access.tokens.get(body.text("token") or "")
        try:
            application = self._client(request, body)
        except refusals.Refused:
            application = None
        if application is None or (token and token.application is not application):
            raise refusals.Refused(403, "unauthorized_client", "You are not authorized to revoke this token")
        if token:
            token.revoked = True
            self.changed()
        return web.json_response({})

    def _client(self, request: web.Request, body: Body) -> Application:
        name, secret = body.text("client_id") or "", body.text("client_secret") or ""
        header = request.headers.get("Authorization", "")
        if header.startswith("Basic "):
            try:
                given = BasicAuth.decode(header)
            except ValueError as error:
                raise _unknown_client() from error
            name, secret = given.login, given.password
        application = self.access.applications.get(name)
        if application is None or not secrets.compare_digest(application.secret, secret):
            raise _unknown_client()
        return application


def _unknown_client() -> refusals.Refused:
    text = (
        "Client authentication failed due to unknown client, no client authentication included, or unsupported "
        "authentication method."
    )
    return refusals.Refused(401, "invalid_client", text)


def _describe(application: Application) -> dict[str, object]:
    return {
        "id": application.serial,
        "name": application.name,
        "website": application.website,
        "scopes": application.scopes.split(),
        "redirect_uri": "\n".join(application.redirects),
        "redirect_uris": application.redirects,
        "vapid_key": "",
    }


def _html(inside: str) -> web.Response:
    head = '<meta charset="utf-8"><title>Social sandbox</title>'
    page = f'<!doctype html><html lang="en">{head}<body>{inside}</body></html>'
    return web.Response(text=page, content_type="text/html")
