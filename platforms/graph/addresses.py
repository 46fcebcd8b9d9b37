"""Where posts stand: addresses hold short codes that cannot be looked up, so those that were seen are remembered."""

from collections import OrderedDict
from urllib.parse import urlsplit

#: Addresses that are remembered.
MOST = 1000


class Addresses:
    """The addresses of one account's posts, as far as this process has seen them."""

    def __init__(self) -> None:
        self._ids: OrderedDict[str, str] = OrderedDict()

    def seen(self, url: str, remote_id: str) -> None:
        """A post stands there."""
        if (short := shortened(url)) and remote_id:
            self._ids[short] = remote_id
            self._ids.move_to_end(short)
            while len(self._ids) > MOST:
                self._ids.popitem(last=False)

    def at(self, url: str) -> str:
        """The remote id of the post there; "" where none was seen."""
        return self._ids.get(shortened(url), "")


def shortened(url: str) -> str:
    """The host and the last step of an address: the same for /p/ and /reel/ and whatever was added in sharing."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    steps = [step for step in parts.path.split("/") if step]
    if parts.scheme not in {"http", "https"} or not steps:
        return ""
    # Threads answers at both of its names.
    host = parts.netloc.casefold().removeprefix("www.").replace("threads.net", "threads.com")
    return f"{host}/{steps[-1]}"
