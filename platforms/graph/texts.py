"""Texts of a person: what must not be in them, and the likeness of two."""

import unicodedata
from collections.abc import Iterator

import regex

from platforms.contract import Problem

_CONTROL = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_BIDI = regex.compile(r"[\u202a-\u202e\u2066-\u2069]")


def hidden(text: str) -> Iterator[Problem]:
    """Problems with characters that nobody sees."""
    if _CONTROL.search(text):
        yield Problem("The text contains invisible control characters: type it anew.")
    if _BIDI.search(text):
        yield Problem(
            "The text turns the writing direction with hidden characters: check how it reads.", {}, warning=True
        )


def skeleton(text: str) -> str:
    """What stays the same of a text on its way to a network and back: for likeness, not for reading."""
    return regex.sub(r"[\s\p{C}]", "", unicodedata.normalize("NFC", text)).casefold()
