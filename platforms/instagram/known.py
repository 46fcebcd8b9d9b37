"""What is known of the account: whose token it is, how much is left of the day, and where its posts stand."""

from collections.abc import Callable
from datetime import datetime

from platforms.contract import NotPermitted
from platforms.graph.addresses import Addresses
from platforms.graph.calls import Graph
from platforms.graph.quotas import Quotas
from platforms.instagram import wire
from platforms.instagram.scopes import Way
from platforms.instagram.wire import Me
from platforms.shapes import part_of

#: A Page's token stands for the Page, an Instagram token for the account ("Get started" of either API).
FIELDS = {"page": "id,name,instagram_business_account{id,username,name}", "instagram": "user_id,username,name"}
#: Of "Content Publishing Limit" (reference): posts within 24 hours.
QUOTAS = {"posts": ("quota_usage", "config")}


class Known:
    """The account behind one token."""

    def __init__(self, graph: Graph, way: Way, now: Callable[[], datetime]) -> None:
        self._graph = graph
        self._way = way
        self._me: Me | None = None
        self.quotas = Quotas(graph, "Instagram", "/{}/content_publishing_limit", QUOTAS, now)
        self.addresses = Addresses(graph, "instagram.com", lambda: self.me.id, "/{}/media", "/{}/stories")

    @property
    def me(self) -> Me:
        """Whose token it is, asked once. Raises AccessLost, NotPermitted, TryLater."""
        return self._me or self.ask_me()

    def ask_me(self) -> Me:
        """Whose token it is, asked now. Raises AccessLost, NotPermitted, TryLater."""
        body = self._graph.read("/me", fields=FIELDS[self._way])
        if self._way == "page" and not part_of(body, "instagram_business_account"):
            raise NotPermitted("The Page is linked to no Instagram account, or the token lacks instagram_basic.")
        self._me = wire.me(body)
        return self._me
