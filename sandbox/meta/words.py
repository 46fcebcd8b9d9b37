"""What stands in the words of a post: who is named in it, and how long it is to Threads."""

import re
import unicodedata


def names(text: str, username: str) -> bool:
    """Whether a text mentions @username, and not a longer name that begins so."""
    return re.search(rf"(?<![\w.])@{re.escape(username)}(?!\w|\.\w)", text) is not None


def length(text: str) -> int:
    """How long a text is to Threads: characters, emoji counted as their bytes in UTF-8 (Threads API, overview)."""
    return sum(len(mark.encode()) if _pictorial(mark) else 1 for mark in text)


def _pictorial(mark: str) -> bool:
    """Emoji and what joins and varies them: symbols beyond ASCII, regional letters, ZWJ and variation selectors."""
    if ord(mark) < 0x80:
        return False
    return unicodedata.category(mark) in {"So", "Sk"} or mark in "\u200d\ufe0f\u20e3" or 0x1F000 <= ord(mark) < 0x20000
