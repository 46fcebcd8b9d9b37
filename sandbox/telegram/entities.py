"""Formatted text as Telegram keeps it: parsed, trimmed, measured, with the entities it finds by itself."""

import itertools
import json
import re
from typing import Any

from sandbox.telegram.errors import ApiError, bad
from sandbox.telegram.html import parse_html, units

#: Limits after parsing, in UTF-16 code units (core.telegram.org/bots/api: sendMessage.text, sendPhoto.caption).
TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
#: Bytes of a text before parsing that the server still reads.
RAW_LIMIT = 32_768
#: Entities that Telegram keeps of one message; further ones are dropped.
ENTITY_LIMIT = 100
FOUND = {
    "bot_command": re.compile(r"(?<![\w/@<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/@<>])"),
    "mention": re.compile(r"(?<![\w/@])@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w)"),
    "hashtag": re.compile(r"(?<![\w#@])#(?=\w*[^\W\d_])\w{1,256}"),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "url": re.compile(
        r"(?<![\w@/.])(?:https?://[^\s<>\"']+|(?:[\w-]+\.)+(?:com|org|net|it|eu|io|dev|example)\b[^\s<>\"']*)"
    ),
}
#: Inside these nothing is found by itself.
SEALED = {"code", "pre", "text_link", "text_mention", "url", "email", "mention", "bot_command"}
KINDS = {
    *("bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code", "pre"),
    *("text_link", "text_mention", "custom_emoji", "mention", "hashtag", "cashtag", "bot_command", "url", "email"),
    *("phone_number", "date_time"),
}
#: Fields that an entity of some kind must have besides, and of which sort.
NEEDED: dict[str, dict[str, type]] = {"text_link": {"url": str}, "text_mention": {"user": dict}}
Formatted = tuple[str, list[dict[str, Any]]]


def find_entities(text: str, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The given entities and those that Telegram finds itself: commands, mentions, tags, addresses."""
    every = list(given)
    for kind, pattern in FOUND.items():
        for match in pattern.finditer(text):
            value = match[0].rstrip(".,;:!?)") if kind == "url" else match[0]
            start = units(text[: match.start()])
            end = start + units(value)
            taken = (e for e in every if e["type"] in SEALED)
            if all(end <= e["offset"] or start >= e["offset"] + e["length"] for e in taken):
                every.append({"type": kind, "offset": start, "length": end - start})
    every.sort(key=lambda e: (e["offset"], -e["length"]))
    return every[:ENTITY_LIMIT]


def trim(text: str, entities: list[dict[str, Any]]) -> Formatted:
    """The text without space at its ends, entities moved and cut accordingly."""
    cut = units(text) - units(text.lstrip())
    stripped = text.strip()
    size = units(stripped)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - cut, 0)
        end = min(entity["offset"] + entity["length"] - cut, size)
        if end > start:
            kept.append(entity | {"offset": start, "length": end - start})
    return stripped, kept


def _check_entity(entity: Any) -> None:
    if not isinstance(entity, dict):
        raise bad("can't parse MessageEntity: expected an Object")
    kind = str(entity.get("type"))
    needed: dict[str, type] = {"type": str, "offset": int, "length": int} | NEEDED.get(kind, {})
    for name, sort in needed.items():
        if name not in entity:
            raise bad(f"can't parse MessageEntity: Can't find field \"{name}\"")
        if type(entity[name]) is not sort:
            word = {str: "String", int: "Number", dict: "Object"}[sort]
            raise bad(f'can\'t parse MessageEntity: Field "{name}" must be of type {word}')
    if kind not in KINDS:
        raise bad("can't parse MessageEntity: Unsupported type specified")
    if kind == "text_mention" and type(entity["user"].get("id")) is not int:
        raise bad("can't parse MessageEntity: Can't find field \"id\"")


def given_entities(source: str) -> list[dict[str, Any]]:
    """The `entities` parameter, checked: a JSON array of objects with type, offset and length."""
    if not source:
        return []
    try:
        found = json.loads(source)
    except ValueError:
        raise bad("can't parse entities: Can't parse entities JSON object") from None
    if not isinstance(found, list):
        raise bad("can't parse entities: Expected an Array of MessageEntity")
    for entity in found:
        _check_entity(entity)
    return found


def formatted(text: str, parse_mode: str, entities: str, limit: int, what: str) -> Formatted:
    """Text as it will be stored; refuses what is too long: `what` is "message" or "message caption".

    An empty result is returned as it is: whether that is allowed is the caller's matter.
    """
    if len(text.encode()) > RAW_LIMIT:
        raise bad("text is too long")
    mode = parse_mode.lower()
    if mode in {"", "none"}:
        plain, known = text, given_entities(entities)
    elif mode == "html":
        plain, known = parse_html(text)
    elif mode in {"markdown", "markdownv2"}:
        raise ApiError(501, "Not Implemented: this sandbox parses HTML only")
    else:
        raise bad("unsupported parse_mode")
    plain, known = trim(plain, known)
    if units(plain) > limit:
        raise bad(f"{what} is too long")
    return plain, find_entities(plain, known)


def cut_utf16(text: str, start: int, end: int) -> str:
    """The part between two offsets in UTF-16 code units."""
    return text.encode("utf-16-le")[start * 2 : end * 2].decode("utf-16-le", "replace")


def segments(text: str, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The text in pieces of one style each: `{text, styles: [type…], url?}`, which a page can draw without parsing."""
    edges = sorted({0, units(text)} | {e["offset"] for e in entities} | {e["offset"] + e["length"] for e in entities})
    pieces = []
    for start, end in itertools.pairwise(edges):
        inside = [e for e in entities if e["offset"] <= start and end <= e["offset"] + e["length"]]
        piece: dict[str, Any] = {"text": cut_utf16(text, start, end), "styles": [e["type"] for e in inside]}
        links = [e["url"] for e in inside if e["type"] == "text_link"]
        if not links and any(e["type"] == "url" for e in inside):
            links = [piece["text"]]
        pieces.append(piece | ({"url": links[0]} if links else {}))
    return pieces
