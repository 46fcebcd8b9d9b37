"""Tokens of Instagram Login and of Threads, which have windows of their own: exchanged, made lasting, renewed.

Sources: Instagram API with Instagram Login, "Business login"; Threads API, "Get access tokens", "Long-lived tokens".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from platforms.contract import AccessLost, Permanent
from platforms.graph.calls import Graph
from platforms.graph.shapes import list_of, needed_token
from platforms.shapes import Json, count_of
from platforms.spec import App


@dataclass(frozen=True, slots=True)
class Token:
    """A token as an exchange gives it."""

    value: str
    expires_at: datetime | None
    scopes: frozenset[str] | None  #: None where the network does not tell


def window(app: App, scopes: Mapping[str, str], redirect: str, state: str, **more: str) -> str:
    """The address of a consent window (OAuth 2.0, RFC 6749, section 4.1.1; Meta separates scopes by commas)."""
    asked = {
        "client_id": app.id,
        "redirect_uri": redirect,
        "response_type": "code",
        "scope": ",".join(scopes),
        "state": state,
        **more,
    }
    return f"{app.login_url}?{urlencode(asked)}"


def by_code(app: App, exchange_url: str, code: str, redirect: str) -> Token:
    """The token for a code, good for an hour. Raises AccessLost where the code is used or too old, TryLater."""
    code = code.removesuffix("#_")  # which Instagram appends to the address
    given = {
        "client_id": app.id,
        "client_secret": app.secret,
        "grant_type": "authorization_code",
        "redirect_uri": redirect,
        "code": code,
    }
    try:
        body = Graph(exchange_url, version="", secrets=(app.secret, code)).write("", safe=True, **given)
    except Permanent as refusal:
        raise AccessLost(refusal.reason) from None
    # Some of the documentation wraps the answer in a list.
    return _token(next(iter(list_of(body)), body))


def lasting(app: App, grant_type: str, token: str) -> Token:
    """A token for about 60 days in place of one for an hour. Raises what refuses."""
    asked = {"grant_type": grant_type, "client_secret": app.secret, "access_token": token}
    return _token(_graph(app, token).read("/access_token", **asked))


def renewed(app: App, grant_type: str, token: str) -> Token:
    """The same token for another 60 days, where it is a day old and has not ended. Raises AccessLost, TryLater."""
    return _token(_graph(app, token).read("/refresh_access_token", grant_type=grant_type, access_token=token))


def _graph(app: App, token: str) -> Graph:
    return Graph(app.base_url, version="", secrets=(app.secret, token))


def _token(body: Json) -> Token:
    seconds = count_of(body, "expires_in")
    told = body.get("permissions")
    scopes = told.split(",") if isinstance(told, str) else told if isinstance(told, list) else None
    return Token(
        needed_token(body),
        datetime.now(UTC) + timedelta(seconds=seconds) if seconds else None,
        None if scopes is None else frozenset(str(scope).strip() for scope in scopes),
    )
