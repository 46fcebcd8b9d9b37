"""Media by address: the sandbox fetches what a client names, as Meta's servers do, but from this machine only."""

from urllib.parse import urlsplit

import aiohttp

from sandbox.meta.params import File

#: What Meta's fetcher calls itself (meta.md 2.1), and how much it takes, in bytes.
AGENT, LARGEST = "facebookexternalhit/1.1", 256 * 1024 * 1024


class NotFetched(Exception):
    """The address could not be fetched; the sentence says why."""


def host(address: str) -> str:
    """The host that a web address names; "" for what is none."""
    try:
        parts = urlsplit(address)
        return (parts.hostname or "") if parts.scheme in {"http", "https"} else ""
    except ValueError:
        return ""


async def fetch(address: str) -> File:
    """What stands at that address, with the content type its server says. Raises NotFetched."""
    if host(address) not in {"127.0.0.1", "localhost"}:
        raise NotFetched("the sandbox fetches from this machine only")
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20), headers={"User-Agent": AGENT}) as session,
            session.get(address, allow_redirects=False) as answer,  # a redirect could lead off this machine
        ):
            if answer.status != 200:
                raise NotFetched(f"it answered {answer.status}")
            if (answer.content_length or 0) > LARGEST:
                raise NotFetched("it is too large")
            data = await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise NotFetched(f"it could not be reached ({type(error).__name__})") from error
    return File(urlsplit(address).path.rpartition("/")[2], answer.content_type, data)
