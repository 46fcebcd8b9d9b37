"""What Slack's client makes of what a person types: escapes, mentions, channel names and links."""

import re
from typing import Any

from sandbox.slack.workspace import Workspace

Json = dict[str, Any]

_TOKEN = re.compile(r"<@[UW][A-Z0-9]+>|https?://[^\s<>]+|@[A-Za-z]+|#[a-z0-9_-]+")
#: The words that ring everybody's bell.
SPECIAL = ("channel", "here", "everyone")


def escaped(text: str) -> str:
    """The three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(workspace: Workspace, text: str, *, named: bool = False) -> str:
    """The text as it travels: `@Ada` becomes `<@U…>`, `#review` `<#C…|review>`, links `<https://…>`, the rest escaped.

    `named` adds the name to mentions (`<@U…|ada>`), as slash commands have it.
    """
    made, at = [], 0
    for found in _TOKEN.finditer(text):
        made += [escaped(text[at : found.start()]), _token(workspace, found.group(), named)]
        at = found.end()
    return "".join([*made, escaped(text[at:])])


def _token(workspace: Workspace, token: str, named: bool) -> str:
    if token.startswith("<"):
        return token
    if token.startswith("http"):
        return f"<{escaped(token)}>"
    word = token[1:]
    if token.startswith("@"):
        member = workspace.member(word)
        if member is not None:
            return f"<@{member.id}|{member.name.lower()}>" if named else f"<@{member.id}>"
        return f"<!{word}>" if word in SPECIAL else token
    channel = workspace.channel(word)
    return f"<#{channel.id}|{channel.name}>" if channel is not None else token


def rich_text(text: str) -> list[Json]:
    """The one block that the client makes of a typed message."""
    parts: list[Json] = []
    at = 0
    for found in re.finditer(r"<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>", text):
        parts += [*_plain(text[at : found.start()]), _part(found.group(1), found.group(2))]
        at = found.end()
    parts += _plain(text[at:])
    return [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": parts}]}]


def _plain(text: str) -> list[Json]:
    shown = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return [{"type": "text", "text": shown}] if shown else []


def _part(sign: str, target: str) -> Json:
    kinds = {"@": ("user", "user_id"), "#": ("channel", "channel_id"), "!": ("broadcast", "range"), "": ("link", "url")}
    kind, key = kinds[sign]
    return {"type": kind, key: target}
