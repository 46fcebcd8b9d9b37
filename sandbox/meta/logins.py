"""Instagram Login and Threads: a code becomes a short token, that a long one, that a new one (meta.md 1.2, 1.3)."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import cast

from sandbox.meta import access
from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Answer, Call, Edge, Host, Param, Product
from sandbox.meta.tokens import SHORT, App, Token, TokenKind
from sandbox.meta.world import Json, World

#: How long a long token lives, and how old it must be to be made new.
LONG, YOUNGEST = timedelta(days=60), timedelta(hours=24)

CODE = {
    "client_id": Param(required=True),
    "client_secret": Param(required=True),
    "grant_type": Param(required=True, values=("authorization_code",)),
    "redirect_uri": Param(required=True),
    "code": Param(required=True),
}


def _long(grant: str) -> dict[str, Param]:
    return {"grant_type": Param(required=True, values=(grant,)), "client_secret": Param(required=True)}


def _refresh(grant: str) -> dict[str, Param]:
    return {"grant_type": Param(required=True, values=(grant,))}


def _short(call: Call) -> tuple[Token, App]:
    """The short token of a code. Raises GraphError for another product's app, and for a code that is no good."""
    app = call.world.tokens.client(call.get("client_id"), call.get("client_secret"))
    if app.product != call.host:
        raise GraphError(101, "Error validating application. Invalid application ID.")
    code = call.world.tokens.exchange(call.get("code"), app, call.get("redirect_uri"))
    kind = cast("TokenKind", app.product)
    return call.world.tokens.issue(kind, code.owner, app, code.scopes, SHORT), app


def instagram_code(call: Call) -> Answer:
    """POST api.instagram.com/oauth/access_token: {access_token, user_id (app-scoped), permissions}."""
    token, _app = _short(call)
    account = call.world.objects[token.owner]
    found: Json = {
        "access_token": token.value,
        "user_id": getattr(account, "scoped_id", account.id),
        "permissions": ",".join(sorted(token.scopes)),
    }
    return {"data": [found]} if call.world.settings.wrapped_exchange else found


def threads_code(call: Call) -> Answer:
    """POST or GET /oauth/access_token: {access_token, user_id}."""
    token, _app = _short(call)
    return {"access_token": token.value, "user_id": token.owner}


def exchange(call: Call) -> Answer:
    """GET /access_token: a long token for a short one."""
    old = call.speaker
    if call.get("client_secret") != old.app.secret:
        raise GraphError(1, "Error validating client secret.")
    if old.expires is None or old.expires - old.at > SHORT:
        raise invalid("The access token to be exchanged must be a short-lived one")
    return _issued(call.world, old)


def refresh(call: Call) -> Answer:
    """GET /refresh_access_token: a long token that is at least 24 hours old gets 60 more days."""
    old, now = call.speaker, call.world.now()
    if old.expires is None or old.expires - old.at <= SHORT:
        raise invalid("Only a long-lived access token can be refreshed")
    if now - old.at < YOUNGEST:
        raise invalid("An access token can be refreshed when it is at least 24 hours old")
    permissions = {"permissions": ",".join(sorted(old.scopes))} if call.host == "instagram" else {}
    return _issued(call.world, old) | permissions


def _issued(world: World, old: Token) -> Json:
    new = world.tokens.issue(old.kind, old.owner, old.app, old.scopes, LONG)
    return {"access_token": new.value, "token_type": "bearer", "expires_in": int(LONG.total_seconds())}


def _edge(
    host: Host, path: str, method: str, params: dict[str, Param], handle: Callable[[Call], Answer | Awaitable[Answer]]
) -> Edge:
    needs: tuple[TokenKind, ...] = () if params is CODE else (cast("TokenKind", host),)
    return Edge("", path, method, params, handle, host=host, tokens=needs)


PRODUCT = Product(
    name="logins",
    edges=(
        _edge("instagram", "api/oauth/access_token", "POST", CODE, instagram_code),
        _edge("instagram", "access_token", "GET", _long("ig_exchange_token"), exchange),
        _edge("instagram", "refresh_access_token", "GET", _refresh("ig_refresh_token"), refresh),
        _edge("threads", "oauth/access_token", "POST", CODE, threads_code),
        _edge("threads", "oauth/access_token", "GET", CODE, threads_code),
        _edge("threads", "access_token", "GET", _long("th_exchange_token"), exchange),
        _edge("threads", "refresh_access_token", "GET", _refresh("th_refresh_token"), refresh),
        Edge("", "debug_token", "GET", {"input_token": Param(required=True)}, access.debug, host="threads",
             tokens=("threads", "app")),
    ),
    kinds=(),
)  # fmt: skip
