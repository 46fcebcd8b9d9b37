"""Which views (modals and the Home tab) Slack accepts. Source: docs.slack.dev/reference/views, "Modal" and "Home"."""

import json
from collections.abc import Callable
from typing import Any

from sandbox.slack import blocks
from sandbox.slack.errors import ApiError, invalid_arguments
from sandbox.slack.shape import Check, Problems, anything, boolean, fields, string, text

#: Bytes of a view (views.open, error `view_too_large`: "greater than 250kb").
MOST_BYTES = 250_000

_SHARED: dict[str, Check] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_TITLE = text(24, plain_only=True)
_MODAL = fields(
    {"type": anything, "title": _TITLE, "blocks": anything},
    _SHARED
    | {
        "submit": _TITLE,
        "close": _TITLE,
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
)
_HOME = fields({"type": anything, "blocks": anything}, _SHARED)


def check_view(view: Any, kind: str, has_file: Callable[[str], bool]) -> None:
    """Refuse a view that Slack would refuse: `view_too_large`, or `invalid_arguments` with its reasons."""
    if not isinstance(view, dict):
        raise invalid_arguments("must provide an object [json-pointer:/view]")
    if len(json.dumps(view).encode()) > MOST_BYTES:
        raise ApiError("view_too_large")
    if view.get("type") != kind:
        raise invalid_arguments("must be a valid enum value [json-pointer:/view/type]")
    problems = Problems("modal" if kind == "modal" else "home", has_file)
    (_MODAL if kind == "modal" else _HOME)(view, "/view", problems)
    shown = view.get("blocks")
    inside = blocks.problems_of(shown, problems.surface, has_file, "/view/blocks")
    found = problems.found + inside.found
    if not found and kind == "modal" and "submit" not in view:
        found += [
            f"must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/{number}/input]"
            for number, block in enumerate(shown or [])
            if block["type"] == "input"
        ]
    if found:
        raise invalid_arguments(*found)
