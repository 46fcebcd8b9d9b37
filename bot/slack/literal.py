"""Text that stays text: rich text elements, plain text objects, and what fits where. Nothing here is ever parsed."""

import re
from collections.abc import Iterable
from typing import Any

from handlers.cards import Span, Style

Json = dict[str, Any]

#: Characters that no font shows and JSON readers stumble over; line ends and tabs stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
ELLIPSIS = "…"
#: Characters of an address (docs.slack.dev/reference/block-kit/block-elements/button-element, "url").
LONGEST_URL = 3000


def clean(text: str) -> str:
    """The text without what cannot be sent."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def length(text: str) -> int:
    """Characters as a browser counts them, UTF-16 units: an emoji is two. Slack's pages do not say how they count."""
    return len(text) + sum(character > "\uffff" for character in text)


def shortened(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where something is missing."""
    text = clean(text)
    if length(text) <= most:
        return text
    text = text[: max(0, most - 1)]
    while text and length(text) > most - 1:
        text = text[: -max(1, (length(text) - most) // 2)]
    return text.rstrip() + ELLIPSIS


def plain(text: str, most: int, *, one_line: bool = False) -> Json:
    """A plain_text object; `emoji` off, so that :codes: stay as they are. An empty one is not allowed: a dash."""
    words = " ".join(clean(text).split()) if one_line else text
    return {"type": "plain_text", "text": shortened(words, most).strip() or "–", "emoji": False}


def escaped(text: str) -> str:
    """For mrkdwn, which is only used where Slack offers nothing literal (the text of a notification)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def is_link(url: str) -> bool:
    """Whether Slack may be given the address as a link."""
    return url.startswith(("https://", "http://")) and len(url) <= LONGEST_URL and not _CONTROL.search(url)


def element(span: Span) -> Json | None:
    """A span as a rich text element, None for an empty one."""
    words = clean(span.text)
    style = {} if span.style == Style.PLAIN else {"style": {str(span.style): True}}
    if is_link(span.url):
        return {"type": "link", "url": span.url, **({"text": words} if words else {}), **style}
    return {"type": "text", "text": words, **style} if words else None


def section(spans: Iterable[Span], kind: str = "rich_text_section") -> Json | None:
    """Spans in one part of a rich_text block, None where there is nothing to show."""
    elements = [made for span in spans if (made := element(span)) is not None]
    return {"type": kind, "elements": elements} if elements else None


def rich_text(parts: Iterable[Json | None]) -> list[Json]:
    """The parts as a block; none where nothing is left."""
    shown = [part for part in parts if part is not None]
    return [{"type": "rich_text", "elements": shown}] if shown else []


class Room:
    """How many characters are left for spans; what does not fit is cut, and the cut is remembered."""

    def __init__(self, left: int) -> None:
        self.left = left
        self.cut = False

    def fit(self, spans: Iterable[Span], most: int) -> list[Span]:
        """The spans as far as `most` and the room left allow."""
        most = min(most, self.left)
        fitting = []
        for span in spans:
            words = clean(span.text)
            if length(words) > most:
                self.cut = True
                words = shortened(words, most) if most > 1 else ""
            if words or (span.url and most):
                fitting.append(span.model_copy(update={"text": words}))
            most -= length(words)
            self.left -= length(words)
        return fitting
