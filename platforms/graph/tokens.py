"""Tokens of Facebook Login: exchanged, made lasting, inspected (Facebook Login, "Access tokens")."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from platforms.contract import AccessLost, ContentRefused, NotPermitted, PlatformError, Unreachable
from platforms.graph.advertising import pays
from platforms.graph.calls import Graph
from platforms.graph.shapes import list_of, needed_token
from platforms.shapes import Json, count_of, part_of, text_of, time_of
from platforms.spec import App, Keys

log = structlog.get_logger()

#: Pages of /me/accounts that are read at most.
ACCOUNTS = 10
PAGE_FIELDS = "id,name,username,link,access_token,tasks,instagram_business_account{id,username,name}"


@dataclass(frozen=True, slots=True)
class Inspected:
    """What the network says of a token."""

    is_valid: bool
    scopes: frozenset[str] | None  #: None: not told
    expires_at: datetime | None  #: None: the token has no end
    data_until: datetime | None  #: when the app stops seeing what the person let it see; None where untold

    @property
    def ends(self) -> datetime | None:
        """The earlier of the two."""
        return min((end for end in (self.expires_at, self.data_until) if end), default=None)


@dataclass(frozen=True, slots=True)
class Person:
    """Who agreed, with a lasting token of theirs."""

    token: str = field(repr=False)
    ads_token: str = field(repr=False)  #: the same, where it serves for ads
    missing: tuple[str, ...]  #: scopes that they did not grant
    ends: datetime | None  #: when they have to agree again


def by_code(app: App, code: str, redirect: str) -> str:
    """A short user token (an hour or two) for a code. Raises AccessLost where it is used or too old, TryLater."""
    try:
        return needed_token(_exchanged(app, code, redirect_uri=redirect, code=code))
    except ContentRefused as refusal:
        raise AccessLost(refusal.reason) from None


def lasting(app: App, token: str) -> tuple[str, datetime | None]:
    """A user token for about 60 days, and its end. Raises AccessLost where the one given has ended, TryLater."""
    body = _exchanged(app, token, grant_type="fb_exchange_token", fb_exchange_token=token)
    seconds = count_of(body, "expires_in")
    ends = datetime.now(UTC) + timedelta(seconds=seconds) if seconds else None
    return needed_token(body), ends


def person(app: App, token: str, wanted: Iterable[str]) -> Person:
    """The person of a user token, which is made a lasting one. Raises AccessLost where it has ended, TryLater."""
    value, _ = lasting(app, token)
    scopes = granted(app, value)
    missing = tuple(scope for scope in wanted if scope not in scopes)
    # A Page's token has no end, but what a person lets an app see ends 90 days after they last agreed.
    ends = inspected(app.base_url, app.id, app.secret, value).data_until
    return Person(value, value if pays(scopes) else "", missing, ends)


def _exchanged(app: App, secret: str, **given: str) -> Json:
    graph = Graph(app.base_url, secrets=(app.secret, secret))
    try:
        return graph.read("/oauth/access_token", client_id=app.id, client_secret=app.secret, **given)
    except Unreachable as refusal:
        # A wrong secret and a wrong token come with code 1, which elsewhere means trouble.
        if "client secret" in refusal.reason.lower():
            raise NotPermitted(refusal.reason) from None
        if "validating" in refusal.reason.lower():
            raise AccessLost(refusal.reason) from None
        raise


def pages(app: App, token: str) -> list[Json]:
    """The Pages of the person, each with its own token, which has no end when the person's is a lasting one."""
    graph = Graph(app.base_url, token=token, app_secret=app.secret)
    return [row for rows in graph.edge("/me/accounts", pages=ACCOUNTS, fields=PAGE_FIELDS) for row in rows]


def granted(app: App, token: str) -> frozenset[str]:
    """The scopes that the person granted."""
    rows = list_of(Graph(app.base_url, token=token, app_secret=app.secret).read("/me/permissions"))
    return frozenset(text_of(row, "permission") for row in rows if text_of(row, "status") == "granted")


def inspected(base_url: str, app_id: str, app_secret: str, token: str, *, proxy: str = "") -> Inspected:
    """What the app is told of a token (`/debug_token`)."""
    graph = Graph(base_url, token=f"{app_id}|{app_secret}", secrets=(token, app_secret), proxy=proxy)
    data = part_of(graph.read("/debug_token", input_token=token), "data")
    scopes = data.get("scopes")
    return Inspected(
        data.get("is_valid") is True,
        frozenset(map(str, scopes)) if isinstance(scopes, list) else None,
        time_of(data.get("expires_at")),
        time_of(data.get("data_access_expires_at")),
    )


def told(base_url: str, keys: Keys, *, proxy: str = "") -> Inspected | None:
    """The same of an account's token; None where we have no keys of its app, or Meta does not tell. Never raises.

    The account has just answered with the token, so that whatever is said here (of a wrong secret, another app's token,
    trouble) says nothing against it.
    """
    if not (keys.app_id and keys.app_secret):
        return None
    try:
        found = inspected(base_url, keys.app_id, keys.app_secret, keys.token, proxy=proxy)
    except PlatformError as refusal:
        log.info("Meta does not tell of a token", reason=refusal.reason)
        return None
    return found if found.is_valid else None
