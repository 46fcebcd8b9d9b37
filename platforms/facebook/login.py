"""How a person lets our app act for their Pages (Facebook Login, "Manually build a login flow", "Access tokens")."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from platforms.facebook.scopes import WANTED
from platforms.facebook.wire import me
from platforms.graph import tokens
from platforms.graph.calls import VERSION
from platforms.shapes import text_of
from platforms.spec import App, Grant


class FacebookLogin:
    """Facebook Login for Pages."""

    scopes: Mapping[str, str] = WANTED
    login_url = f"https://www.facebook.com/{VERSION}/dialog/oauth"
    exchange_url = ""

    def consent(self, app: App, redirect: str, state: str) -> str:
        """Where the person agrees; what they declined before is asked again."""
        asked = {
            "client_id": app.id,
            "redirect_uri": redirect,
            "state": state,
            "response_type": "code",
            "scope": ",".join(self.scopes),
            "auth_type": "rerequest",
        }
        return f"{app.login_url or self.login_url}?{urlencode(asked)}"

    def exchange(self, app: App, code: str, redirect: str) -> tuple[Grant, ...]:
        """Every Page of the person. Raises AccessLost where the code is used or too old."""
        return self.take(app, tokens.by_code(app, code, redirect))

    def take(self, app: App, token: str) -> tuple[Grant, ...]:
        """The same for a user token that a person brought. Raises AccessLost where it has expired."""
        lasting, _ = tokens.lasting(app, token)
        granted = tokens.granted(app, lasting)
        missing = tuple(scope for scope in self.scopes if scope not in granted)
        # A Page's token has no end, but what a person lets an app see ends 90 days after they last agreed.
        ends = tokens.inspected(app.base_url, app.id, app.secret, lasting).data_until
        grants = []
        for row in tokens.pages(app, lasting):
            if page_token := text_of(row, "access_token"):
                page = me(row)
                grants.append(Grant(page.id, page.handle, page.name, page_token, lasting, missing, ends))
        return tuple(grants)

    def renew(self, app: App, token: str) -> tuple[str, datetime | None] | None:
        """A Page's token is not renewed: the person agrees again."""
        return None
