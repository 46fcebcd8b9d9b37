"""Characters that nobody sees in a text and that software reads: found, told apart from those that a script needs."""

from collections.abc import Iterator
from dataclasses import dataclass

import regex

from handlers.words import N_, Translator

TAGS, ZERO_WIDTH, SOFT, BIDI, SELECTORS, OTHER = (
    N_("Unicode tags"),
    N_("zero-width characters"),
    N_("soft hyphens"),
    N_("controls of the writing direction"),
    N_("variation selectors"),
    N_("fillers and controls"),
)
#: Visible characters before the first of a kind that say where it is.
NEAR = 20
#: Characters of what tags spell that are shown.
SPELT = 80

_CANDIDATE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB\u2800\p{Cc}--[\t\n\r]]", regex.V1)
_KINDS = {
    TAGS: regex.compile(r"[\U000E0000-\U000E007F]"),
    ZERO_WIDTH: regex.compile(r"[\u200B-\u200D\u2060\uFEFF]"),
    SOFT: regex.compile(r"\u00AD"),
    BIDI: regex.compile(r"[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]"),
    SELECTORS: regex.compile(r"[\uFE00-\uFE0F\U000E0100-\U000E01EF\u180B-\u180D\u180F]"),
}
#: A flag of a part of a country: the black flag, its code in tags, the end of it (UTS 51, "Emoji Tag Sequence").
_FLAG = regex.compile(
    r"\U0001F3F4[\U000E0061-\U000E007A]{2}[\U000E0030-\U000E0039\U000E0061-\U000E007A]{1,3}\U000E007F"
)
#: Scripts whose letters are written with joiners and non-joiners between them (Unicode core specification, chapters 9,
#: 12 to 14 and 16), and those that break lines between words at zero-width spaces.
_JOINING = (
    "Arabic Syriac Mandaic Manichaean Mongolian Phags_Pa Nko Adlam Hanifi_Rohingya Devanagari Bengali Gurmukhi "
    "Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala Khmer Myanmar Tibetan Balinese Javanese Meetei_Mayek Newa "
    "Thaana"
)
_BREAKING = "Thai Lao Khmer Myanmar Tibetan Javanese Balinese Tai_Tham"


def _letters(scripts: str) -> str:
    return "".join(rf"\p{{scx={script}}}" for script in scripts.split())


_JOINED = regex.compile(rf"(?<=[{_letters(_JOINING)}])[\u200C\u200D](?=[{_letters(_JOINING)}])")
#: A visible ZWJ form at the end of a word, such as Persian "ه‍": one of them, then no letter.
_HELD = regex.compile(r"(?<=\p{scx=Arabic})\u200D(?![\p{L}\p{Cf}])|(?<![\p{L}\p{Cf}])\u200D(?=\p{scx=Arabic})")
_BROKEN = regex.compile(rf"(?<=[{_letters(_BREAKING)}])\u200B(?=[{_letters(_BREAKING)}])")
#: Within an emoji of several (UTS 51, "emoji zwj element").
_EMOJI = regex.compile(
    r"(?<=\p{Extended_Pictographic}\uFE0F?[\U0001F3FB-\U0001F3FF]?)\u200D(?=\p{Extended_Pictographic})"
)
_PRESENTED = regex.compile(
    r"(?<=[\p{Emoji}\p{Extended_Pictographic}])[\uFE0E\uFE0F](?![\uFE00-\uFE0F\U000E0100-\U000E01EF])"
)
#: Ideographs, and other signs with standardized variants.
_VARIED = regex.compile(
    r"(?<=\p{Han})[\uFE00-\uFE02\U000E0100-\U000E01EF]|(?<=[\p{Sm}\p{So}\p{scx=Myanmar}\p{scx=Phags_Pa}\u3000-\u303F"
    r"\uFF00-\uFF60])\uFE00|(?<=\p{scx=Mongolian})[\u180B-\u180F]"
)
_RIGHT_TO_LEFT = regex.compile(r"[\p{Bidi_Class=R}\p{Bidi_Class=AL}]")
#: Makes letters stand in an order of its own, whatever they are.
_OVERRIDE = frozenset("\u202d\u202e")
_BRAILLE = regex.compile(r"[\u2801-\u28FF]")


@dataclass(frozen=True)
class Unseen:
    """All characters of one kind in a text that nobody sees."""

    kind: str  #: one of the above
    count: int
    near: str  #: the visible words before the first of them; "" at the beginning
    spelt: str  #: what tags spell

    def in_words(self, t: Translator) -> str:
        """A sentence that says what and where."""
        given = {"kind": t(self.kind), "near": self.near}
        if self.near:
            said = t.n(
                "{count} invisible character ({kind}) after “{near}”.",
                "{count} invisible characters ({kind}), the first after “{near}”.",
                self.count,
                **given,
            )
        else:
            said = t.n(
                "{count} invisible character ({kind}) at the beginning.",
                "{count} invisible characters ({kind}), the first at the beginning.",
                self.count,
                **given,
            )
        return said + (" " + t("To software it says “{spelt}”.", spelt=self.spelt) if self.spelt else "")


def unseen_in(words: str) -> list[Unseen]:
    """What nobody sees in the text, a finding for each kind; nothing for what its script or an emoji needs."""
    if words.isascii() and words.isprintable():
        return []
    fine = set(_fine(words))
    found: dict[str, list[int]] = {}
    for match in _CANDIDATE.finditer(words):
        if match.start() not in fine:
            kind = next((kind for kind, such in _KINDS.items() if such.match(match.group())), OTHER)
            found.setdefault(kind, []).append(match.start())
    return [
        Unseen(kind, len(places), _near(words, places[0]), _spelt(words, places) if kind == TAGS else "")
        for kind, places in found.items()
    ]


def _fine(words: str) -> Iterator[int]:
    """Where an invisible character is needed."""
    for flag in _FLAG.finditer(words):
        yield from range(*flag.span())
    for needed in (_JOINED, _HELD, _BROKEN, _EMOJI, _PRESENTED, _VARIED):
        yield from (match.start() for match in needed.finditer(words))
    if _RIGHT_TO_LEFT.search(words):
        yield from (match.start() for match in _KINDS[BIDI].finditer(words) if match.group() not in _OVERRIDE)
    if _BRAILLE.search(words):
        yield from (place for place, letter in enumerate(words) if letter == "\u2800")


def _near(words: str, place: int) -> str:
    seen = " ".join(_CANDIDATE.sub("", words[max(0, place - 4 * NEAR) : place]).split())
    return seen[-NEAR:]


def _spelt(words: str, places: list[int]) -> str:
    letters = (ord(words[place]) - 0xE0000 for place in places)
    return "".join(chr(letter) for letter in letters if 0x20 <= letter < 0x7F).strip()[:SPELT]
