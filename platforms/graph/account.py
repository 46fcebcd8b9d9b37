"""What the adapters of Meta's networks have in common: calls with the account's token, and what follows from them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, Required, TypedDict

from platforms.contract import Page, Published, RemoteComment, Shelf
from platforms.graph.calls import VERSION, Graph
from platforms.server_clock import Clocked
from platforms.spec import Keys, Watch, unwatched
from platforms.standing import standing


class Given(TypedDict, total=False):
    """What an adapter is built from: the five of `Connect`, and the doors to time for tests."""

    base_url: Required[str]
    keys: Required[Keys]
    options: Required[Mapping[str, Any]]
    watch: Watch
    shelf: Shelf | None
    now: Callable[[], datetime]
    timeout: tuple[float, float]


class Inbox(Protocol):
    """Reads the comments of one account."""

    def page(self, cursor: str) -> Page:
        """As the contract's `ReadsComments.comments`."""

    def one(self, remote_id: str) -> RemoteComment:
        """As the contract's `ReadsComments.comment`."""


class GraphAccount(Clocked):
    """For adapters to inherit. Everything on these networks is public."""

    #: Of the API, and whether its pages name the next, as `Graph` wants to know.
    version = VERSION
    links = False

    _inbox: Inbox

    def __init__(
        self,
        *,
        base_url: str,
        keys: Keys,
        options: Mapping[str, Any],
        watch: Watch = unwatched,
        shelf: Shelf | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: tuple[float, float] = (5.0, 30.0),
    ) -> None:
        """`options`: `proxy`, an http(s) proxy for this account, and what else the network's own adapter takes."""
        self._keys = keys
        self._options = options
        self._shelf = shelf
        self._now = now
        self._proxy = str(options.get("proxy", ""))
        self._speaking = partial(
            Graph,
            base_url,
            app_secret=keys.app_secret,
            version=self.version,
            links=self.links,
            proxy=self._proxy,
            now=now,
            timeout=timeout,
            watch=watch,
        )
        self._graph = self._speaking(token=keys.token, secrets=(keys.ads_token,))
        self._clock = self._graph.http.clock

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._graph.http.base_url!r})"

    def standing(self, saved: Mapping[str, str]) -> Published | None:
        """The parts that a progress has saved."""
        return standing(saved)

    def comments(self, cursor: str) -> Page:
        """What the public wrote after the cursor."""
        return self._inbox.page(cursor)

    def comment(self, remote_id: str) -> RemoteComment:
        """The comment as it stands now. Raises Gone."""
        return self._inbox.one(remote_id)

    def widest_visibility(self, parent: str) -> str:
        """Every answer is public."""
        return "public"
