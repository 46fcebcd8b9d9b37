"""Text that stays text: rich text elements, plain text objects, and what fits where. Nothing here is ever parsed."""

import re
from collections.abc import Iterable
from typing import Any

from bot.cutting import CUT, Missing, beginning, units
from handlers.cards import Span, Style

Json = dict[str, Any]

#: Characters that no font shows and JSON readers stumble over; line ends and tabs stay.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
#: Characters of an address (docs.slack.dev/reference/block-kit/block-elements/button-element, "url").
LONGEST_URL = 3000
#: A text of which no more than so many characters fit is rather missed whole.
SLIVER = 10


def clean(text: str) -> str:
    """The text without what cannot be sent."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def shortened(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where something is missing.

    Counted as a browser does, in UTF-16 units: Slack's pages do not say how they count.
    """
    text = clean(text)
    return text if units(text) <= most else beginning(text, most - 1).rstrip() + CUT


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
        self.missing: list[Missing] = []

    def fit(self, spans: Iterable[Span], most: int, label: str = "") -> list[Span]:
        """The spans as far as `most` and the room left allow; with a label what does not fit is missed."""
        most = min(most, self.left)
        fitting, left = [], ""
        for span in spans:
            words = shown = clean(span.text)
            if left or units(words) > most:
                shown = beginning(words, most - 1) if most > SLIVER and not left else ""
                left += words[len(shown) :]
                shown = shown.rstrip() + CUT if shown else ""
            if shown or (span.url and not words and most > 0):
                fitting.append(span.model_copy(update={"text": shown}))
            most -= units(shown)
            self.left -= units(shown)
        if left and label:
            self.missing.append(Missing(label, left))
        return fitting
