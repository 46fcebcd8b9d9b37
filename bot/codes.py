"""Invitation codes that people type: only a hash of one is stored, also of what has just been heard."""

import re
from typing import Any

from models.member import hash_code

#: A command that takes a code, as any chat brings it: link CODE, /start CODE, @desk link CODE, /social link CODE.
_TYPED = re.compile(
    r"(\s*(?:<?@[^\s>]+>?[\s,:]*)?(?:/\S+\s+)?/?(?:link|start)(?:@\w+)?[\s:]+)([a-z0-9]+(?:[\s-]+[a-z0-9]+)*)\s*",
    re.IGNORECASE,
)
#: Letters of a code, or of one that was mistyped: today's have 16, older ones 8.
_LENGTHS = frozenset({7, 8, 9, *range(14, 19)})


def without_codes(value: Any) -> Any:
    """What was heard, with the hash of each typed code in its place, which the handler takes as well."""
    match value:
        case str():
            return _hashed(value)
        case dict():
            return {key: without_codes(item) for key, item in value.items()}
        case list() | tuple():
            return [without_codes(item) for item in value]
    return value


def _hashed(text: str) -> str:
    found = _TYPED.fullmatch(text) if len(text) < 200 else None
    if found is None:
        return text
    letters = "".join(letter for letter in found[2] if letter.isalnum())
    is_code = len(letters) in _LENGTHS and ("-" in found[2] or any(letter.isdigit() for letter in letters))
    return f"{found[1]}#{hash_code(letters)}" if is_code else text
