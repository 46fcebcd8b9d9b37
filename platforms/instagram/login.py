"""How a person lets our app act for an Instagram account: by Facebook Login with its Page, or by Instagram Login."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from platforms.contract import Permanent
from platforms.graph import direct, tokens
from platforms.graph.advertising import SCOPES
from platforms.graph.calls import Graph
from platforms.graph.direct import Token
from platforms.graph.shapes import needed_token
from platforms.instagram import wire
from platforms.instagram.known import FIELDS
from platforms.instagram.scopes import INSTAGRAM, PAGE, Way, wanted, way_of
from platforms.shapes import part_of
from platforms.spec import App, Grant

#: The windows and addresses of the two ways.
LOGIN: Mapping[Way, str] = {
    "page": "https://www.facebook.com/v26.0/dialog/oauth",
    "instagram": "https://www.instagram.com/oauth/authorize",
}
EXCHANGE = "https://api.instagram.com/oauth/access_token"

log = structlog.get_logger()


class InstagramLogin:
    """Implements `Login`. The app's `base_url` says which way: graph.facebook.com or graph.instagram.com."""

    scopes: Mapping[str, str] = {**PAGE, **SCOPES, **INSTAGRAM}
    login_url = LOGIN["page"]
    exchange_url = EXCHANGE

    def consent(self, app: App, redirect: str, state: str) -> str:
        """The address of the window."""
        way = way_of(app.base_url)
        if app.login_url == self.login_url:
            app = replace(app, login_url=LOGIN[way])
        # Facebook's window asks again for what they declined before; Instagram's has no such word.
        again = {"auth_type": "rerequest"} if way == "page" else {}
        return direct.window(app, _asked(app, way), redirect, state, **again)

    def exchange(self, app: App, code: str, redirect: str) -> tuple[Grant, ...]:
        """What a code gives. Raises AccessLost where it is used or too old, TryLater."""
        if way_of(app.base_url) == "instagram":
            token = direct.by_code(app, app.exchange_url or EXCHANGE, code, redirect)
            return self._own(app, token)
        return self.take(app, tokens.by_code(app, code, redirect))

    def take(self, app: App, token: str) -> tuple[Grant, ...]:
        """The account of an Instagram token, or every account behind the Pages of a person's Facebook token."""
        if way_of(app.base_url) == "instagram":
            return self._own(app, Token(token, None, None))
        return tuple(self._linked(app, token))

    def renew(self, app: App, token: str) -> tuple[str, datetime | None] | None:
        """A fresher Instagram token; None for a Page's, which has no end."""
        if way_of(app.base_url) == "page":
            return None
        fresh = direct.renewed(app, "ig_refresh_token", token)
        return fresh.value, fresh.expires_at

    def _linked(self, app: App, token: str) -> Iterator[Grant]:
        person = tokens.person(app, token, _asked(app, "page"))
        for page in tokens.pages(app, person.token):
            if part_of(page, "instagram_business_account"):
                me, key = wire.me(page), needed_token(page)
                yield Grant(me.id, me.username, me.name, key, person.ads_token, person.missing, person.ends)

    def _own(self, app: App, given: Token) -> tuple[Grant, ...]:
        try:
            token = direct.lasting(app, "ig_exchange_token", given.value)
        except Permanent as refusal:
            # One from the app's own page is a lasting one already; whether it works is asked next.
            log.info("instagram.token_not_exchanged", why=refusal.reason)
            token = given
        me = wire.me(
            Graph(app.base_url, token=token.value, app_secret=app.secret).read("/me", fields=FIELDS["instagram"])
        )
        granted = token.scopes if token.scopes is not None else given.scopes
        missing = () if granted is None else tuple(scope for scope in INSTAGRAM if scope not in granted)
        return (Grant(me.id, me.username, me.name, token.value, missing=missing, expires_at=token.expires_at),)


def _asked(app: App, way: Way) -> Mapping[str, str]:
    """The scopes of a way; boosts are possible through a Page only."""
    return {**PAGE, **SCOPES} if app.advertises and way == "page" else wanted(way)
