"""Slack fetches every image of a message or view itself; what it cannot fetch refuses the whole call."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sandbox.slack.arguments import Arguments
from sandbox.slack.errors import ApiError, invalid_arguments

#: Only what listens on this machine can be tried; a sandbox reaches nothing else, so other addresses pass.
LOCAL = ("127.0.0.1", "localhost")
PATIENCE = aiohttp.ClientTimeout(total=3)


async def check(given: Arguments) -> None:
    """Refuse `invalid_blocks` (messages) or `invalid_arguments` (views) with "downloading image failed"."""
    for name in ("blocks", "view"):
        value = given.nested(name, "invalid_arguments" if name == "view" else "invalid_blocks_format")
        addresses = [(p, a) for p, a in _images(value, f"/{name}") if urlsplit(a).hostname in LOCAL]
        if not addresses:
            continue
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            failed = [pointer for pointer, address in addresses if not await _is_image(session, address)]
        found = [f"downloading image failed [json-pointer:{pointer}]" for pointer in failed]
        if found and name == "view":
            raise invalid_arguments(*found)
        if found:
            messages = [f"[ERROR] {sentence}" for sentence in found]
            raise ApiError("invalid_blocks", errors=found, response_metadata={"messages": messages})


def _images(nested: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(nested, list):
        for number, item in enumerate(nested):
            yield from _images(item, f"{pointer}/{number}")
    elif isinstance(nested, dict):
        for key, item in nested.items():
            if key == "image_url" and isinstance(item, str):
                yield f"{pointer}/{key}", item
            else:
                yield from _images(item, f"{pointer}/{key}")


async def _is_image(session: aiohttp.ClientSession, address: str) -> bool:
    try:
        async with session.get(address) as response:
            return response.status == 200 and response.content_type.startswith("image/")
    except (TimeoutError, aiohttp.ClientError, ValueError):
        return False
