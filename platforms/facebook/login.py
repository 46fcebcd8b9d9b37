"""How a person lets our app act for their Pages (Facebook Login, "Manually build a login flow", "Access tokens")."""

from collections.abc import Mapping
from datetime import datetime

from platforms.facebook.scopes import WANTED
from platforms.facebook.wire import me
from platforms.graph import direct, tokens
from platforms.graph.advertising import SCOPES
from platforms.graph.calls import VERSION
from platforms.graph.shapes import needed_token
from platforms.graph.tokens import Person
from platforms.shapes import Json, text_of
from platforms.spec import App, Grant


class FacebookLogin:
    """Facebook Login for Pages."""

    scopes: Mapping[str, str] = {**WANTED, **SCOPES}
    login_url = f"https://www.facebook.com/{VERSION}/dialog/oauth"
    exchange_url = ""

    def consent(self, app: App, redirect: str, state: str) -> str:
        """Where the person agrees; what they declined before is asked again."""
        return direct.window(app, _asked(app), redirect, state, auth_type="rerequest")

    def exchange(self, app: App, code: str, redirect: str) -> tuple[Grant, ...]:
        """Every Page of the person. Raises AccessLost where the code is used or too old."""
        return self.take(app, tokens.by_code(app, code, redirect))

    def take(self, app: App, token: str) -> tuple[Grant, ...]:
        """The same for a user token that a person brought. Raises AccessLost where it has expired."""
        person = tokens.person(app, token, _asked(app))
        return tuple(
            self._granted(row, person) for row in tokens.pages(app, person.token) if text_of(row, "access_token")
        )

    def _granted(self, row: Json, person: Person) -> Grant:
        page, token = me(row), needed_token(row)
        return Grant(page.id, page.handle, page.name, token, person.ads_token, person.missing, person.ends)

    def renew(self, app: App, token: str) -> tuple[str, datetime | None] | None:
        """A Page's token is not renewed: the person agrees again."""
        return None


def _asked(app: App) -> Mapping[str, str]:
    return {**WANTED, **SCOPES} if app.advertises else WANTED
