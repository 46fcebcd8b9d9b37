"""How a person lets our app act for a Threads account; the app is one of Threads', with an id and secret of its own."""

from collections.abc import Mapping
from datetime import datetime

import structlog

from platforms.contract import Permanent
from platforms.graph import direct
from platforms.graph.calls import THREADS_VERSION, Graph
from platforms.graph.direct import Token
from platforms.shapes import part_of, time_of
from platforms.spec import App, Grant
from platforms.threads import wire
from platforms.threads.scopes import WANTED

EXCHANGE = "https://graph.threads.net/oauth/access_token"

log = structlog.get_logger()


class ThreadsLogin:
    """Implements `Login`."""

    scopes: Mapping[str, str] = WANTED
    login_url = "https://threads.net/oauth/authorize"
    exchange_url = EXCHANGE

    def consent(self, app: App, redirect: str, state: str) -> str:
        """The address of the window."""
        return direct.window(app, WANTED, redirect, state)

    def exchange(self, app: App, code: str, redirect: str) -> tuple[Grant, ...]:
        """The account that a code gives. Raises AccessLost where it is used or too old, TryLater."""
        return self.take(app, direct.by_code(app, app.exchange_url or EXCHANGE, code, redirect).value)

    def take(self, app: App, token: str) -> tuple[Grant, ...]:
        """The account of a token, which is made to last 60 days where it does not yet. Raises AccessLost, TryLater."""
        try:
            lasting = direct.lasting(app, "th_exchange_token", token)
        except Permanent as refusal:
            # One from the app's own page is a lasting one already; whether it works is asked next.
            log.info("threads.token_not_exchanged", why=refusal.reason)
            lasting = Token(token, None, None)
        graph = Graph(app.base_url, token=lasting.value, app_secret=app.secret, version=THREADS_VERSION)
        me = wire.me(graph.read("/me", fields="id,username,name"))
        told = part_of(graph.read("/debug_token", input_token=lasting.value), "data")
        scopes = told.get("scopes")
        missing = tuple(scope for scope in WANTED if scope not in scopes) if isinstance(scopes, list) else ()
        ends = lasting.expires_at or time_of(told.get("expires_at"))
        return (Grant(me.id, me.username, me.name, lasting.value, missing=missing, expires_at=ends),)

    def renew(self, app: App, token: str) -> tuple[str, datetime | None] | None:
        """The same token for another 60 days, where it is a day old. Raises AccessLost, TryLater."""
        fresh = direct.renewed(app, "th_refresh_token", token)
        return fresh.value, fresh.expires_at
