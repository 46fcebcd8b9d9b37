"""Fetches what members and the public link to, without letting a link reach inside our own network."""

import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from platforms.contract import ContentRefused, NotPermitted, Unreachable
from platforms.http import SERVER_ERROR, PrivateAddress, TransferFailed, pieces, supplied_session

#: Bytes; a link to more is refused.
LARGEST = 10 * 1024 * 1024
#: Seconds a whole transfer may take.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Supplied:
    """What stood at the address. `mime` is what the server claims, in lower case and without parameters."""

    content: bytes
    mime: str
    url: str  #: after redirects


def fetch(url: str, *, largest: int = LARGEST, patience: float = PATIENCE, allow_loopback: bool = False) -> Supplied:
    """The content of a link that a stranger supplied.

    Raises NotPermitted where the address (or a redirect) is private, not http(s) or carries a password, ContentRefused
    where it is larger than `largest` bytes or the server refuses it, Unreachable where it cannot be fetched now.
    """
    try:
        parts = urlsplit(url)
        secret = parts.username or parts.password
    except ValueError:
        raise NotPermitted("This is not a web address.") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotPermitted("Only http:// and https:// links can be fetched.")
    if secret:
        raise NotPermitted("A link with a name or password in it is not fetched.")
    try:
        with supplied_session(allow_loopback=allow_loopback) as session, session.get(url, stream=True) as response:
            if response.status_code >= SERVER_ERROR:
                raise Unreachable(f"The link's server is in trouble (HTTP {response.status_code}).")
            if not response.ok:
                raise ContentRefused(f"The link cannot be opened (HTTP {response.status_code}).")
            end = time.monotonic() + patience
            content = bytearray()
            for piece in pieces(response):
                content += piece
                if len(content) > largest:
                    raise ContentRefused(f"The linked file is larger than {largest // 1_000_000} MB.")
                if time.monotonic() > end:
                    raise Unreachable("The link's server is too slow.")
            mime = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Supplied(bytes(content), mime, response.url)
    except (TransferFailed, ValueError) as error:  # a redirect to what is no address raises it bare
        raise _reason(error) from None


def _reason(error: Exception) -> Exception:
    kind = type(error).__name__
    if isinstance(error, PrivateAddress):
        return NotPermitted("The link leads into a private network.")
    if isinstance(error, ValueError):
        return NotPermitted(f"The link leads to what is no web address ({kind}).")
    return Unreachable(f"The link cannot be fetched now ({kind}).")
