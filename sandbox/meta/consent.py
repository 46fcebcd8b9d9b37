"""The windows where a person agrees to what an app may do, of Facebook, Instagram and Threads (meta.md 1)."""

import html
from urllib.parse import urlencode

from aiohttp import web

from sandbox.meta.errors import GraphError
from sandbox.meta.tokens import FACEBOOK_SCOPES, INSTAGRAM_SCOPES, THREADS_SCOPES, App
from sandbox.meta.world import INSTAGRAM_ACCOUNT, OWNER, THREADS_USER, World

#: Who agrees in each window, and what there is to agree to.
WINDOWS = {
    "facebook": (OWNER, FACEBOOK_SCOPES),
    "instagram": (INSTAGRAM_ACCOUNT, INSTAGRAM_SCOPES),
    "threads": (THREADS_USER, THREADS_SCOPES),
}


class Consent:
    """`GET /dialog/{facebook|instagram|threads}/…` shows the window (or decides, see Settings.consent)."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> list[web.RouteDef]:
        """The routes of this file; whatever follows the product's name is the path of the real window."""
        window = "/dialog/{product:facebook|instagram|threads}"
        return [
            web.get(window, self.show),
            web.get(window + "/{path:.*}", self.show),
            web.post(window, self.decide),
            web.post(window + "/{path:.*}", self.decide),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """The window. Refuses an unknown app, a missing redirect address and scopes that do not exist."""
        app, scopes = self._asking(request)
        decided = self.world.settings.consent
        if decided != "ask":
            raise self._back(request, app, scopes, agreed=decided == "agree")
        rows = "".join(f"<li>{html.escape(scope)}</li>" for scope in scopes)
        text = (
            f"<!doctype html><title>Log in</title><h1>{html.escape(app.name)} asks for access</h1><ul>{rows}</ul>"
            '<form method="post"><button name="decision" value="agree">Continue</button> '
            '<button name="decision" value="deny">Cancel</button></form>'
        )
        return web.Response(text=text, content_type="text/html")

    async def decide(self, request: web.Request) -> web.Response:
        """What the buttons of the window send: back to the app, with a code or with the refusal."""
        app, scopes = self._asking(request)
        raise self._back(request, app, scopes, agreed=(await request.post()).get("decision") == "agree")

    def _asking(self, request: web.Request) -> tuple[App, list[str]]:
        product, query = request.match_info["product"], request.query
        app = self.world.tokens.apps.get(query.get("client_id", ""))
        if app is None or app.product != product:
            raise GraphError(101, "Invalid App ID: The provided app ID does not look like a valid app ID.")
        address = query.get("redirect_uri", "")
        if not address.startswith(("http://", "https://")) or (app.redirects and address not in app.redirects):
            raise GraphError(191, "URL Blocked: This redirect failed because the redirect URI is not white-listed.")
        if query.get("response_type", "code") != "code":
            raise GraphError(100, "(#100) Param response_type must be one of {code}")
        scopes = [scope for scope in query.get("scope", "").replace(" ", ",").split(",") if scope]
        _, known = WINDOWS[product]
        if strange := [scope for scope in scopes if scope not in known]:
            raise GraphError(100, f"Invalid Scopes: {', '.join(strange)}")
        return app, scopes

    def _back(self, request: web.Request, app: App, scopes: list[str], *, agreed: bool) -> web.HTTPFound:
        address, state = request.query["redirect_uri"], request.query.get("state")
        owner, _ = WINDOWS[app.product]
        if agreed:
            granted = set(scopes) - set(self.world.settings.withheld_scopes)
            if app.product == "facebook":
                granted.add("public_profile")
            answer = {"code": self.world.tokens.code(app, owner, address, granted)}
        else:
            answer = {"error": "access_denied", "error_reason": "user_denied", "error_description": "Permissions error"}
        answer |= {"state": state} if state is not None else {}
        tail = "#_=_" if app.product == "facebook" else "#_"
        return web.HTTPFound(address + ("&" if "?" in address else "?") + urlencode(answer) + tail)
