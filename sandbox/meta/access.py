"""Facebook Login: codes and tokens exchanged, what a token may do, an app's webhook subscriptions (meta.md 1, 3)."""

from dataclasses import dataclass
from typing import ClassVar

from sandbox.meta.errors import GraphError, invalid
from sandbox.meta.graph import Answer, Call, Edge, Kind, Listing, Param, Product, attributes
from sandbox.meta.tokens import DATA_ACCESS, FACEBOOK_SCOPES, LONG, SHORT, Token
from sandbox.meta.webhooks import Subscription
from sandbox.meta.world import Json, Node, Person, World, unix


@dataclass(kw_only=True)
class Application(Node):
    """An app as a node of the graph."""

    kind: ClassVar[str] = "Application"
    name: str


def exchange(call: Call) -> Answer:
    """GET /oauth/access_token: a code, a short token to make long-lived, or the app's own token (meta.md 1.1)."""
    tokens = call.world.tokens
    app = tokens.client(call.get("client_id"), call.get("client_secret"))
    grant = call.get("grant_type", "authorization_code")
    if app.product != "facebook":
        raise GraphError(101, "Error validating application. Invalid application ID.")
    if grant == "client_credentials":
        return {"access_token": f"{app.id}|{app.secret}", "token_type": "bearer"}
    if grant == "fb_exchange_token":
        if not call.get("fb_exchange_token"):
            raise invalid("The parameter fb_exchange_token is required")
        old = tokens.find(call.get("fb_exchange_token"))
        if old.kind != "user" or old.app is not app:
            raise GraphError(1, "Error validating the token to be exchanged.")
        return _issued(tokens.issue("user", old.owner, app, old.scopes, LONG), call.world)
    for name in ("code", "redirect_uri"):
        if not call.get(name):
            raise invalid(f"The parameter {name} is required")
    code = tokens.exchange(call.get("code"), app, call.get("redirect_uri"))
    return _issued(tokens.issue("user", code.owner, app, code.scopes, SHORT), call.world)


def _issued(token: Token, world: World) -> Json:
    assert token.expires
    seconds = int((token.expires - world.now()).total_seconds())
    return {"access_token": token.value, "token_type": "bearer", "expires_in": seconds}


def permissions(call: Call) -> Answer:
    """GET /me/permissions: every scope of the token, and the ones declined."""
    scopes, token = FACEBOOK_SCOPES, call.speaker
    rows: list[Json] = [{"permission": s, "status": "granted" if s in token.scopes else "declined"} for s in scopes]
    return Listing(rows)


def debug(call: Call) -> Answer:
    """GET /debug_token: what the app may know of a token of its own."""
    app = call.speaker.app
    token = call.world.tokens.all.get(call.get("input_token"))
    if token is None or token.app is not app:
        text = "The access token could not be decrypted" if token is None else "(#100) The token is of another app"
        return {"data": {"error": {"code": 190, "message": text}, "is_valid": False, "scopes": []}}
    refusal = call.world.tokens.refusal(token)
    data: Json = {
        "app_id": app.id,
        "type": {"page": "PAGE", "system_user": "SYSTEM_USER"}.get(token.kind, "USER"),
        "application": app.name,
        "data_access_expires_at": unix(token.at + DATA_ACCESS),
        "expires_at": unix(token.expires) if token.expires else 0,
        "issued_at": unix(token.at),
        "is_valid": refusal is None,
        "scopes": sorted(token.scopes),
        "granular_scopes": [{"scope": scope} for scope in sorted(token.scopes)],
        "user_id": token.user,
    }
    if token.kind == "page":
        data["profile_id"] = token.owner
    if refusal:
        data["error"] = {"code": 190, "message": refusal.message, "subcode": refusal.subcode}
    return {"data": data}


async def subscribe(call: Call) -> Answer:
    """POST /{app}/subscriptions: the callback is asked whether it agrees before it is kept (meta.md 3.1, 3.2)."""
    assert call.node
    await call.world.webhooks.subscribe(
        Subscription(
            call.node.id, call.get("object"), call.get("callback_url"), call.get("verify_token", ""),
            set(call.get("fields", [])), include_values=call.get("include_values", False),
        )
    )  # fmt: skip
    return True


def subscriptions(call: Call) -> Answer:
    """GET /{app}/subscriptions."""
    assert call.node
    rows: list[Json] = [
        {
            "object": s.object,
            "callback_url": s.callback,
            "active": True,
            "fields": [{"name": name, "version": call.version} for name in sorted(s.fields)],
        }
        for s in call.world.webhooks.apps.values()
        if s.app == call.node.id
    ]
    return Listing(rows)


def unsubscribe(call: Call) -> Answer:
    """DELETE /{app}/subscriptions: one object, or all."""
    assert call.node
    webhooks = call.world.webhooks
    gone = [key for key in webhooks.apps if key[0] == call.node.id and call.get("object") in {None, key[1]}]
    for key in gone:
        del webhooks.apps[key]
    return True


def _me(call: Call) -> Answer:
    assert call.node
    return call.node


def _settle(world: World) -> None:
    for app in world.tokens.apps.values():
        world.add(Application(id=app.id, name=app.name))


OBJECTS = ("ad_account", "application", "instagram", "page", "permissions", "user")
EXCHANGE = {
    "client_id": Param(required=True),
    "client_secret": Param(required=True),
    "code": Param(),
    "redirect_uri": Param(),
    "grant_type": Param(values=("authorization_code", "fb_exchange_token", "client_credentials")),
    "fb_exchange_token": Param(),
}
SUBSCRIBE = {
    "object": Param(required=True, values=OBJECTS),
    "callback_url": Param(required=True),
    "fields": Param("list", required=True),
    "include_values": Param("bool"),
    "verify_token": Param(),
}

PRODUCT = Product(
    name="access",
    edges=(
        Edge("", "oauth/access_token", "GET", EXCHANGE, exchange, tokens=()),
        Edge("", "oauth/access_token", "POST", EXCHANGE, exchange, tokens=()),
        Edge("", "debug_token", "GET", {"input_token": Param(required=True)}, debug, tokens=("app", "user")),
        Edge("User", "permissions", "GET", {}, permissions, tokens=("user", "system_user"), listing=True),
        Edge("User", "", "GET", {}, _me),
        Edge("Application", "", "GET", {}, _me, tokens=("app",)),
        Edge("Application", "subscriptions", "POST", SUBSCRIBE, subscribe, tokens=("app",), own=True),
        Edge("Application", "subscriptions", "GET", {}, subscriptions, tokens=("app",), own=True, listing=True),
        Edge("Application", "subscriptions", "DELETE", {"object": Param()}, unsubscribe, tokens=("app",), own=True),
    ),
    kinds=(
        Kind("User", {"name": lambda _c, node, _a: node.name if isinstance(node, Person) else None}, ("name",)),
        Kind("Application", attributes("name"), ("name",)),
    ),
    settle=_settle,
)
