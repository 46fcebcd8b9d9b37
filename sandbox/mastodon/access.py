"""Tokens and their scopes: who is calling, and whether the token covers the act (networks.md 5.1, 5.7)."""

from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from sandbox.mastodon import refusals
from sandbox.mastodon.state import Person, World

#: Every scope an application may ask for.
SCOPES = tuple(
    "profile read read:accounts read:blocks read:bookmarks read:favourites read:filters read:follows read:lists "
    "read:mutes read:notifications read:search read:statuses write write:accounts write:blocks write:bookmarks "
    "write:conversations write:favourites write:filters write:follows write:lists write:media write:mutes "
    "write:notifications write:reports write:statuses follow push".split()
)
#: What the two ready-made tokens may do.
DEFAULT_SCOPES = "profile read write follow"
_FOLLOW = {"read:blocks", "write:blocks", "read:follows", "write:follows", "read:mutes", "write:mutes"}


@dataclass
class Application:
    """A registered client."""

    id: str
    secret: str
    serial: str
    name: str
    redirects: list[str]
    scopes: str
    website: str | None = None


@dataclass
class Token:
    """An access token of an account, or of an application alone when `person` is None."""

    value: str
    person: str | None
    scopes: str
    at: datetime
    application: Application
    revoked: bool = False

    def covers(self, scopes: tuple[str, ...]) -> bool:
        """Whether one of the scopes is granted, directly or by its family (write covers write:media)."""
        granted = set(self.scopes.split())
        if "follow" in granted:
            granted |= _FOLLOW
        return any(scope in granted or scope.partition(":")[0] in granted for scope in scopes)


@dataclass
class Access:
    """All tokens and applications of the server."""

    world: World
    tokens: dict[str, Token] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)

    def find(self, request: web.Request) -> Token | None:
        """The token in the Authorization header (or the parameter access_token), or None if unknown or absent."""
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            value = request.query.get("access_token", "")
        return self.tokens.get(value.strip())

    def token(self, request: web.Request, *scopes: str) -> Token:
        """The token, which must be alive (401) and cover one of the scopes (403); no scopes: any living token."""
        token = self.find(request)
        if token is None:
            raise refusals.bad_token()
        if token.revoked:
            raise refusals.revoked_token()
        if scopes and not token.covers(scopes):
            raise refusals.out_of_scope()
        return token

    def person(self, request: web.Request, *scopes: str) -> Person:
        """Who is calling; refuses like `token`, and (422) a token of an application alone."""
        token = self.token(request, *scopes)
        if token.person is None:
            raise refusals.needs_person()
        return self.world.people[token.person]

    def viewer(self, request: web.Request, *scopes: str) -> str | None:
        """The caller's account id where being signed in is optional; a token that is sent must still be good."""
        return self.token(request, *scopes).person if self.find(request) else None
