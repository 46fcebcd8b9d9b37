"""What is known of the account: whose token it is, how much is left of the day, and where its posts stand."""

from collections.abc import Callable
from datetime import datetime

from platforms.graph.addresses import Addresses
from platforms.graph.calls import Graph
from platforms.graph.quotas import Quotas
from platforms.threads import wire
from platforms.threads.wire import Me

#: Kind -> fields of "Publishing limits": posts (250 within 24 hours), replies (1000) and deletions (100).
QUOTAS = {
    "posts": ("quota_usage", "config"),
    "replies": ("reply_quota_usage", "reply_config"),
    "deletions": ("delete_quota_usage", "delete_config"),
}


class Known:
    """The account behind one token."""

    def __init__(self, graph: Graph, now: Callable[[], datetime]) -> None:
        self._graph = graph
        self._me: Me | None = None
        self.quotas = Quotas(graph, "Threads", "/{}/threads_publishing_limit", QUOTAS, now)
        self.addresses = Addresses(graph, "threads.com", lambda: self.me.id, "/{}/threads")

    @property
    def me(self) -> Me:
        """Whose token it is, asked once. Raises AccessLost, NotPermitted, TryLater."""
        return self._me or self.ask_me()

    def ask_me(self) -> Me:
        """Whose token it is, asked now. Raises AccessLost, NotPermitted, TryLater."""
        self._me = wire.me(self._graph.read("/me", fields="id,username,name"))
        return self._me
