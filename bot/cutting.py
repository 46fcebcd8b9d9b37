"""How a card is cut where a chat's message ends, and the messages that show what was cut off.

Lengths are UTF-16 code units, in which both chats count; no cut goes through what people see as one character.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import regex

from handlers.cards import Card, Paragraph, Style, text

CUT = "…"
#: Units of the line above a piece that says what it belongs to.
LABEL = 200
#: How far before the last character that fits a text may end so that no word is cut.
NEAR = 40
#: Blanks that hold together what is around them, as in "10 €".
_BINDING = frozenset("\u00a0\u2007\u202f")
_CHARACTER = regex.compile(r"\X")
#: Where a piece ends best: after a paragraph, a line, a word.
_ENDS = tuple(regex.compile(rf"{end}(?![\p{{M}}\p{{Cf}}])") for end in (r"\n\s*\n", r"\n", r"\s"))


@dataclass(frozen=True)
class Missing:
    """What of a card its chat does not show: the end of one of its texts."""

    label: str  #: what it is the end of
    words: str


def units(words: str) -> int:
    """Length in UTF-16 code units; a lone half of a pair is one."""
    return len(words) + sum(character > "\uffff" for character in words)


def beginning(words: str, most: int) -> str:
    """A beginning of at most so many units that ends behind a word where one ends near, else between two characters.

    These are characters as people see them: only one that is longer than that by itself is cut.
    """
    if units(words) <= most:
        return words
    kept = word = 0
    for character in _CHARACTER.finditer(words):
        blank = character.group().isspace() and character.group() not in _BINDING
        most -= units(character.group())
        if most < 0:
            word = kept if blank else word  # the last word that fits ends here
            break
        kept = character.end()
        word = kept if blank else word
    if word and kept - word <= min(NEAR, kept // 2):
        kept = word
    return words[:kept] or _units(words, most + units(character.group()))


def _units(words: str, most: int) -> str:
    kept = words[: max(0, most)]
    while units(kept) > max(0, most):
        kept = kept[:-1]
    return kept


def pieces(words: str, most: int) -> Iterator[str]:
    """The text in pieces of at most so many units; joined again they give the text.

    A piece ends behind a paragraph, line or word where one ends in its second half.
    """
    while units(words) > most:
        piece = beginning(words, most)
        for end in _ENDS:
            if found := [match.end() for match in end.finditer(piece, len(piece) // 2)]:
                piece = piece[: found[-1]]
                break
        yield piece
        words = words[len(piece) :]
    if words:
        yield words


def labelled(body: Iterable[Paragraph]) -> Iterator[tuple[Paragraph, str]]:
    """Each paragraph with what it is: quoted words are what the sentence above them says."""
    label = CUT
    for one in body:
        if not one.quote:
            label = "".join(span.text for span in one.spans) or label
        yield one, label


def share(lengths: Sequence[int], room: int) -> int:
    """The length to which texts are shortened so that together they fit: the longest give first."""
    limit = room
    for index, length in enumerate(sorted(lengths)):
        limit = room // (len(lengths) - index)
        if length > limit:
            break
        room -= length
    return max(0, limit)


def messages(missing: Iterable[Missing], most: int) -> tuple[Card, ...]:
    """What is missing, in order, in cards whose bodies have at most so many units; their titles are still to be set.

    What it is the end of stands above it once a card; a sentence that is missing whole is that by itself.
    """
    made: list[tuple[Paragraph, ...]] = []
    body: list[Paragraph] = []
    room, above = most, ""
    for one in missing:
        head = beginning(one.label, LABEL - 20)
        for piece in pieces(one.words, most - LABEL):
            cost = units(piece) + LABEL
            if cost > room and body:
                made.append(tuple(body))
                body, room, above = [], most, ""
            if head != above:
                body.append(Paragraph(spans=(text(head, Style.BOLD),)))
                above = head
            if piece.strip() != head.strip():
                body.append(Paragraph(spans=(text(piece),), quote=True))
            room -= cost
    if body:
        made.append(tuple(body))
    return tuple(Card(body=body) for body in made)
