"""Where posts stand: an address holds a short code that cannot be looked up, but the account's own posts can.

Neither Instagram ("IG Media", `shortcode`, `permalink`) nor Threads leads from the code to the id.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

from platforms.contract import PlatformError, Published
from platforms.graph.calls import ROWS, Graph
from platforms.graph.shapes import Malformed, needed_id
from platforms.shapes import Json, address_of, id_of, time_of

#: Addresses that are remembered.
MOST = 1000
#: Own posts that are looked through for an address: this many pages of ROWS.
PAGES = 5


class Addresses:
    """The addresses of one account's posts: those that this process has seen, and others where they are looked for."""

    def __init__(self, graph: Graph, home: str, whose: Callable[[], str], *edges: str) -> None:
        """`home`: the host of the network's own pages; `edges`: paths that list posts of the account `whose`."""
        self._graph = graph
        self._home = home
        self._whose = whose
        self._edges = edges
        self._ids: OrderedDict[str, str] = OrderedDict()

    def seen(self, post: Json) -> None:
        """Remember where a post stands."""
        short, remote_id = shortened(address_of(post, "permalink")), id_of(post)
        if short and remote_id:
            self._ids[short] = remote_id
            self._ids.move_to_end(short)
            while len(self._ids) > MOST:
                self._ids.popitem(last=False)

    def at(self, url: str) -> str:
        """The remote id of the post there; "" where none was seen."""
        return self._ids.get(shortened(url), "")

    def read(self, remote_id: str, otherwise: str) -> Published:
        """What stands, with its address and time; `otherwise`: the address where it cannot be read.

        Never raises: it stands, and that must be recorded.
        """
        try:
            row = self._graph.read("/{}", remote_id, fields="id,permalink,timestamp")
            self.seen(row)
            return published(row)
        except PlatformError:
            return Published(remote_id, otherwise, datetime.now(UTC), (remote_id,))

    def is_one(self, url: str) -> bool:
        """Whether it leads to the network's own pages, below the first step, where profiles are."""
        short = shortened(url)
        host = urlsplit(self._graph.http.base_url).netloc
        return short.partition("/")[0] in {self._home, host} and len(_steps(url)) > 1

    def look_for(self, url: str) -> str:
        """The remote id of the post there; "" where none of the account's newest stands there.

        Raises AccessLost, NotPermitted, TryLater.
        """
        if found := self.at(url):
            return found
        for edge in self._edges:
            for rows in self._graph.edge(edge, self._whose(), pages=PAGES, fields="id,permalink"):
                for row in rows:
                    self.seen(row)
                if found := self.at(url):
                    return found
        return ""


class Addressed:
    """For adapters to inherit: the contract's `remote_id_at` and `LooksForPosts`."""

    newest = PAGES * ROWS

    _addresses: Addresses

    def remote_id_at(self, url: str) -> str:
        """The remote id of a post that this process has seen; its newest are looked at all the time."""
        return self._addresses.at(url)

    def is_address(self, url: str) -> bool:
        """Whether it can be the address of a post there."""
        return self._addresses.is_one(url)

    def look_for(self, url: str) -> str:
        """The remote id of our post there, looked for among the newest; "" where none stands there."""
        return self._addresses.look_for(url)


def published(row: Json) -> Published:
    """A post that stands. Raises Malformed without id or time."""
    at, remote_id = time_of(row.get("timestamp")), needed_id(row)
    if at is None:
        raise Malformed("The answer does not say since when it stands.")
    return Published(remote_id, address_of(row, "permalink"), at, (remote_id,))


def shortened(url: str) -> str:
    """The host and the last step of an address: the same for /p/ and /reel/ and whatever was added in sharing."""
    steps = _steps(url)
    if not steps:
        return ""
    # Threads answers at both of its names.
    host = urlsplit(url.strip()).netloc.casefold().removeprefix("www.").replace("threads.net", "threads.com")
    return f"{host}/{steps[-1]}"


def _steps(url: str) -> list[str]:
    """The steps of an address's path; none where it is no address of the web."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return []
    return [step for step in parts.path.split("/") if step] if parts.scheme in {"http", "https"} else []
