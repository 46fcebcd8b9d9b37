"""What is known of the Page behind a token: asked once, remembered in this process."""

from platforms.facebook.wire import Me, me
from platforms.graph.calls import Graph


class Known:
    """The Page of one token."""

    def __init__(self, graph: Graph, page_id: str = "") -> None:
        """`page_id`: as the account's options name it."""
        self._graph = graph
        self._page_id = page_id
        self._me: Me | None = None

    @property
    def peek(self) -> str:
        """The Page's id as far as is known; never asks."""
        return self._me.id if self._me else self._page_id

    def page(self) -> str:
        """The Page's id. Raises AccessLost, NotPermitted, TryLater."""
        return self.peek or self.ask().id

    def ask(self) -> Me:
        """The Page, asked now. Raises AccessLost, NotPermitted, TryLater."""
        self._me = me(self._graph.read("/me", fields="id,name,username,link"))
        return self._me
