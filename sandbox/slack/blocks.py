"""Which blocks Slack accepts, and what it fills in (ids, text flags) before it shows them.

Source: docs.slack.dev/reference/block-kit/blocks, one page per block.
"""

import copy
import itertools
from collections.abc import Callable
from typing import Any

from sandbox.slack import elements
from sandbox.slack.errors import ApiError
from sandbox.slack.shape import Check, Problems, Surface, anything, boolean, by_type, fields, items, string, text

Json = dict[str, Any]

#: Blocks in a message and in a view (docs.slack.dev/reference/block-kit/blocks).
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
#: Characters over all blocks of a message; undocumented, reported by the vendor's own library (slackapi/bolt-js#2509).
MOST_CHARACTERS = 13_200

BLOCK_ID = string(255, 1)


def _block(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    return fields({"type": anything} | required, (optional or {}) | {"block_id": BLOCK_ID})


def _picture(inner: Check) -> Check:
    """An image by address or by a file of Slack's that exists."""

    def check(value: Any, pointer: str, problems: Problems) -> None:
        inner(value, pointer, problems)
        if ("image_url" in value) == ("slack_file" in value):
            problems.add("must provide either image_url or slack_file", pointer)
        elif "slack_file" in value:
            file = value["slack_file"]
            known = file.get("id") or file.get("url") if isinstance(file, dict) else None
            if not known or not problems.has_file(str(known)):
                problems.add("invalid slack file", f"{pointer}/slack_file")
        elif not str(value["image_url"]).startswith(("http://", "https://")):
            problems.add("invalid image url", f"{pointer}/image_url")

    return check


def _section(value: Any, pointer: str, problems: Problems) -> None:
    _block(
        {},
        {
            "text": text(3000),
            "fields": items(text(2000), 10),
            "accessory": by_type(elements.IN_SECTION | {"image": _picture(elements.IMAGE)}),
            "expand": boolean,
        },
    )(value, pointer, problems)
    if "text" not in value and "fields" not in value:
        problems.add("must define either `text` or `fields`", f"{pointer}/type")


def _input(value: Any, pointer: str, problems: Problems) -> None:
    _block(
        {"label": text(2000, plain_only=True), "element": by_type(elements.IN_INPUT)},
        {"hint": text(2000, plain_only=True), "optional": boolean, "dispatch_action": boolean},
    )(value, pointer, problems)
    element = value.get("element")
    if isinstance(element, dict) and element.get("type") == "file_input" and problems.surface != "modal":
        problems.add("unsupported type: file_input", f"{pointer}/element/type")


def _in_context(value: Any, pointer: str, problems: Problems) -> None:
    if isinstance(value, dict) and value.get("type") == "image":
        _picture(elements.IMAGE)(value, pointer, problems)
    else:
        text(3000)(value, pointer, problems)


def _markdown(value: Any, pointer: str, problems: Problems) -> None:
    _block({"text": string(12_000, 1)})(value, pointer, problems)
    if problems.surface != "message":
        problems.add("unsupported type: markdown", f"{pointer}/type")
    problems.characters += len(str(value.get("text", "")))


def _rich_text(value: Any, pointer: str, problems: Problems) -> None:
    parts = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
    part = by_type(
        {
            p: fields(
                {"type": anything, "elements": anything},
                dict.fromkeys(("style", "indent", "offset", "border", "language"), anything),
            )
            for p in parts
        }
    )
    _block({"elements": items(part, 1000, 0)})(value, pointer, problems)
    problems.characters += sum(len(str(e.get("text", ""))) for e in _walk(value.get("elements", [])))


def _walk(nested: Any) -> list[Json]:
    """All objects that carry a text inside rich text."""
    if isinstance(nested, list):
        return [found for item in nested for found in _walk(item)]
    if isinstance(nested, dict):
        return [nested] if "text" in nested else _walk(nested.get("elements", []))
    return []


BLOCKS: dict[str, Check] = {
    "section": _section,
    "header": _block({"text": text(150, plain_only=True)}),
    "context": _block({"elements": items(_in_context, 10)}),
    "divider": _block({}),
    "image": _picture(
        _block(
            {"alt_text": string(2000, 1)},
            {"image_url": string(3000, 1), "slack_file": anything, "title": text(2000, plain_only=True)},
        )
    ),
    "actions": _block({"elements": items(by_type(elements.IN_ACTIONS), 25)}),
    "input": _input,
    "rich_text": _rich_text,
    "markdown": _markdown,
}


def inner_elements(block: Json) -> list[Json]:
    """The interactive elements of one block, wherever it keeps them."""
    if block.get("type") == "actions":
        return list(block.get("elements", []))
    one = block.get("accessory") if block.get("type") == "section" else block.get("element")
    return [one] if isinstance(one, dict) and one.get("type") != "image" else []


def problems_of(blocks: Any, surface: Surface, has_file: Callable[[str], bool], pointer: str) -> Problems:
    """Everything that Slack would say about these blocks; nothing found means they are accepted."""
    problems = Problems(surface, has_file)
    items(by_type(BLOCKS), MOST_BLOCKS[surface], 0)(blocks, pointer, problems)
    if problems.found:
        return problems
    seen: set[str] = set()
    for number, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id is not None and block_id in seen:
            problems.add(f"block_id already exists: {block_id}", f"{pointer}/{number}/block_id")
        seen.add(block_id)
        actions = [e["action_id"] for e in inner_elements(block) if "action_id" in e]
        if len(set(actions)) < len(actions):
            problems.add("action_id already exists", f"{pointer}/{number}/elements")
    return problems


def check_message(blocks: Any, has_file: Callable[[str], bool]) -> None:
    """Refuse blocks that may not stand in a message: `invalid_blocks` with its reasons, or `msg_blocks_too_long`."""
    if not isinstance(blocks, list):
        raise ApiError("invalid_blocks_format")
    problems = problems_of(blocks, "message", has_file, "/blocks")
    if problems.found:
        messages = [f"[ERROR] {found}" for found in problems.found]
        raise ApiError("invalid_blocks", errors=problems.found, response_metadata={"messages": messages})
    if problems.characters > MOST_CHARACTERS:
        raise ApiError("msg_blocks_too_long")


_numbers = itertools.count(1)


def _generated() -> str:
    return f"b{next(_numbers):04x}"


def completed(blocks: list[Json]) -> list[Json]:
    """A copy with the ids and flags that Slack adds: block_id, action_id, `verbatim`, `emoji`."""
    made = copy.deepcopy(blocks)
    for block in made:
        block.setdefault("block_id", _generated())
        for element in inner_elements(block):
            element.setdefault("action_id", _generated())
        _flag(block)
    return made


def _flag(nested: Any) -> None:
    if isinstance(nested, list):
        for item in nested:
            _flag(item)
    elif isinstance(nested, dict):
        if nested.get("type") == "mrkdwn":
            nested.setdefault("verbatim", False)
        elif nested.get("type") == "plain_text":
            nested.setdefault("emoji", True)
        for item in nested.values():
            _flag(item)
