"""What is known of the server and of the account: asked rarely, remembered in this process."""

from collections.abc import Callable
from datetime import datetime, timedelta

from platforms.contract import PlatformError
from platforms.http import Http
from platforms.mastodon import wire
from platforms.mastodon.refusals import NOT_THERE
from platforms.mastodon.wire import Instance, Me
from platforms.shapes import Json

#: How long a server's description is believed, and how soon it is asked again after it could not be.
FRESH, AGAIN = timedelta(days=1), timedelta(minutes=1)


class Known:
    """The instance and the identity behind one token."""

    def __init__(self, http: Http, now: Callable[[], datetime]) -> None:
        self._http = http
        self.now = now
        self._instance = Instance()
        self._stale_at: datetime | None = None
        self._me: Me | None = None

    def peek(self) -> Instance:
        """The server's description as last heard, the documented defaults before; never asks."""
        return self._instance

    def instance(self) -> Instance:
        """The server's description, at most a day old; where it cannot be asked, what `peek` says. Never raises."""
        if self._stale_at is not None and self.now() < self._stale_at:
            return self._instance
        try:
            self._instance = wire.instance(self._described())
            self._stale_at = self.now() + FRESH
        except PlatformError:
            # Limits are a courtesy: the server itself refuses what is too much, and says why.
            self._stale_at = self.now() + AGAIN
        return self._instance

    def ask_limits(self) -> Instance:
        """The server's description asked anew, or as last heard where it cannot be asked. Never raises."""
        self._stale_at = None
        return self.instance()

    def me(self) -> Me:
        """Whose token it is, asked once. Raises AccessLost, NotPermitted, TryLater."""
        return self._me or self.ask_me()

    def ask_me(self) -> Me:
        """Whose token it is, asked now. Raises AccessLost, NotPermitted, TryLater."""
        body = self._http.read("/api/v1/accounts/verify_credentials").body
        self._me = wire.me(wire.object_of(body))
        return self._me

    def _described(self) -> Json:
        try:
            return wire.object_of(self._http.read("/api/v2/instance").body)
        except NOT_THERE:
            # Before Mastodon 4.0 and in some dialects there is only the first version.
            return wire.object_of(self._http.read("/api/v1/instance").body)
