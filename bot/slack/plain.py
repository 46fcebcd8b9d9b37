"""What people typed into Slack, as the plain text they meant: mrkdwn and rich text without their marks."""

import re
from typing import Any

from platforms.contract import clean

_ENTITY = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
#: A member who is only known by id; `people.py` puts the name there.
NAMELESS = re.compile(r"@([UW][A-Z0-9]{6,20})\b")
#: Levels of a list in Slack's editor, and the number from which one may go on (rich-text-block, "indent", "offset").
DEEPEST_INDENT, LAST_OFFSET = 8, 100_000


def unescaped(text: str) -> str:
    """The three characters that Slack escapes, back again; no other entity is one to Slack."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def from_mrkdwn(text: str) -> str:
    """Links, mentions and entities resolved (docs.slack.dev/messaging/formatting-message-text, "Parsing")."""
    made, at = [], 0
    for found in _ENTITY.finditer(text):
        made.append(unescaped(text[at : found.start()]))
        made.append(_entity(found.group(1), unescaped(found.group(2)), unescaped(found.group(3) or "")))
        at = found.end()
    return "".join([*made, unescaped(text[at:])])


def _entity(sign: str, target: str, label: str) -> str:
    match sign:
        case "@":
            return f"@{label.removeprefix('@') or target}"
        case "#":
            return f"#{label.removeprefix('#') or target}"
        case "!":
            word = target.partition("^")[0]
            return label if label and word in {"date", "subteam"} else f"@{word}"
        case _:
            return link(target, label)


def link(url: str, label: str) -> str:
    """A link as the networks know it: its address, with its words before it where they say something else."""
    bare = url.removeprefix("mailto:").removeprefix("tel:")
    if not label or label in {url, bare}:
        return bare
    if label.rstrip("/") in {bare.rstrip("/"), bare.partition("://")[2].rstrip("/")}:
        return label
    return f"{label} ({bare})"


def from_message(message: dict[str, Any]) -> str:
    """The text of a message as a person typed it: its rich text where there is one, else its mrkdwn."""
    blocks = message.get("blocks")
    if (
        isinstance(blocks, list)
        and len(blocks) == 1
        and isinstance(blocks[0], dict)
        and blocks[0].get("type") == "rich_text"
    ):
        return from_rich_text(blocks[0])
    return from_mrkdwn(str(message.get("text") or ""))


def from_rich_text(block: dict[str, Any]) -> str:
    """A rich_text block as text (docs.slack.dev/reference/block-kit/blocks/rich-text-block)."""
    return "\n".join(_part(part) for part in _dicts(block.get("elements"))).strip("\n")


def _part(part: dict[str, Any]) -> str:
    if part.get("type") != "rich_text_list":
        return "".join(_inline(one) for one in _dicts(part.get("elements")))
    start = 1 + _number(part.get("offset"), LAST_OFFSET)
    indent = "  " * _number(part.get("indent"), DEEPEST_INDENT)
    lines = []
    for number, item in enumerate(_dicts(part.get("elements")), start):
        mark = f"{number}." if part.get("style") == "ordered" else "•"
        lines.append(f"{indent}{mark} {_part(item)}")
    return "\n".join(lines)


def _inline(one: dict[str, Any]) -> str:
    match one.get("type"):
        case "link":
            return link(str(one.get("url") or ""), str(one.get("text") or ""))
        case "user":
            return f"@{one.get('user_id') or ''}"
        case "usergroup":
            return f"@{one.get('usergroup_id') or ''}"
        case "channel":
            return f"#{one.get('channel_id') or ''}"
        case "broadcast":
            return f"@{one.get('range') or ''}"
        case "emoji":
            return _emoji(one)
        case "date":
            return str(one.get("fallback") or "")
        case _:
            return str(one.get("text") or one.get("value") or "")


def _emoji(one: dict[str, Any]) -> str:
    """The character itself ("1f389", "1f44d-1f3fb"); the name of one that only this workspace has."""
    codes = str(one.get("unicode") or "").split("-")
    try:
        written = "".join(chr(int(code, 16)) for code in codes)
    except (ValueError, OverflowError):
        written = ""
    return written if written and clean(written) == written else f":{one.get('name') or ''}:"


def _number(found: Any, most: int) -> int:
    """A number from 0 to the bound; what is none is 0."""
    return min(max(found, 0), most) if isinstance(found, int) else 0


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
