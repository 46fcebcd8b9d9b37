"""Paging with cursors. Source: docs.slack.dev/apis/web-api/pagination."""

import base64
import binascii
from typing import Any

from sandbox.slack.arguments import Json
from sandbox.slack.errors import ApiError
from sandbox.slack.web_api import Call


def page(call: Call, found: list[Any], default: int) -> tuple[list[Any], Json]:
    """The page that `cursor` and `limit` ask for, and `response_metadata` with the next cursor (empty at the end)."""
    limit = call.args.number("limit", default)
    if not 1 <= limit <= 1000:
        raise ApiError("invalid_limit")
    start = _position(call.args.text("cursor"))
    following = start + limit
    cursor = base64.b64encode(f"next:{following}".encode()).decode() if following < len(found) else ""
    return found[start:following], {"response_metadata": {"next_cursor": cursor}}


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word != "next":
            raise ApiError("invalid_cursor")
        return int(number)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise ApiError("invalid_cursor") from None
