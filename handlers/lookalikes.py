"""Links whose host is not what it seems: one that mixes scripts, or that looks like a host of ours and is another.

Unicode UTS 39: restriction level "highly restrictive" for each label, and skeletons of confusable characters. The table
of confusables is that of the package confusable-homoglyphs.
"""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import regex
from babel import Locale

from handlers.words import Translator

#: Hosts of one text that are looked at.
MOST = 50
#: The scripts in which names are written (UAX 31, table 5), and what babel calls them by.
SCRIPTS = {
    "Latin": "Latn",
    "Cyrillic": "Cyrl",
    "Greek": "Grek",
    "Han": "Hani",
    "Hiragana": "Hira",
    "Katakana": "Kana",
    "Bopomofo": "Bopo",
    "Hangul": "Hang",
    "Arabic": "Arab",
    "Armenian": "Armn",
    "Bengali": "Beng",
    "Devanagari": "Deva",
    "Ethiopic": "Ethi",
    "Georgian": "Geor",
    "Gujarati": "Gujr",
    "Gurmukhi": "Guru",
    "Hebrew": "Hebr",
    "Kannada": "Knda",
    "Khmer": "Khmr",
    "Lao": "Laoo",
    "Malayalam": "Mlym",
    "Myanmar": "Mymr",
    "Oriya": "Orya",
    "Sinhala": "Sinh",
    "Tamil": "Taml",
    "Telugu": "Telu",
    "Thaana": "Thaa",
    "Thai": "Thai",
    "Tibetan": "Tibt",
    "Cherokee": "Cher",
    "Coptic": "Copt",
}
#: What may stand together in one label (UTS 39, section 5.2).
TOGETHER = (
    frozenset({"Latin", "Han", "Hiragana", "Katakana"}),
    frozenset({"Latin", "Han", "Bopomofo"}),
    frozenset({"Latin", "Han", "Hangul"}),
)
_WRITTEN = {script: regex.compile(rf"\p{{scx={script}}}") for script in SCRIPTS}
_OF_NONE = regex.compile(r"[\p{scx=Common}\p{scx=Inherited}]")
_DOT = r"[.\u3002\uFF0E\uFF61]"
_LABEL = r"[\p{L}\p{M}\p{N}\p{Cf}_-]+"
#: A host in a text, with or without what makes it a link: networks make links of both.
_HOST = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}@_-])(?:https?://(?:[^\s/@]*@)?)?({_LABEL}(?:{_DOT}{_LABEL})+)(?![@\p{{L}}\p{{N}}])"
)


@dataclass(frozen=True)
class Odd:
    """A host that is not what it seems."""

    host: str  #: as people see it, decoded
    written: str  #: as it stands in the text, where that is otherwise
    scripts: tuple[str, ...] = ()  #: that one of its labels mixes
    ours: str = ""  #: the host of ours that it looks like

    def in_words(self, t: Translator) -> str:
        """A sentence that says what is odd."""
        shown = f"{self.host} ({self.written})" if self.written else self.host
        if self.ours:
            given = {"host": shown, "ours": self.ours}
            return t("The link to {host} looks like {ours}, which is ours, but leads elsewhere.", **given)
        names = Locale.parse(t.lang).scripts
        scripts = ", ".join(names.get(SCRIPTS[script], script) for script in self.scripts)
        return t("The link to {host} mixes letters of different scripts ({scripts}).", host=shown, scripts=scripts)


def hosts_in(words: str) -> list[str]:
    """The hosts that a text names, as they are written there, each once."""
    return list(dict.fromkeys(match.group(1) for match in _HOST.finditer(words)))[:MOST]


def odd_hosts(words: str, ours: Iterable[str]) -> list[Odd]:
    """The hosts of a text that mix scripts or look like one of ours."""
    known = {host.removeprefix("www.") for host in map(decoded, ours)}
    found = []
    for written in hosts_in(words):
        host = decoded(written)
        how = "" if host == written.lower() else written
        if twin := _twin(host, known):
            found.append(Odd(host, how, ours=twin))
        elif scripts := next(filter(None, map(mixed, host.split("."))), ()):
            found.append(Odd(host, how, scripts=scripts))
    return found


def decoded(host: str) -> str:
    """The host as people read it: small letters, dots as dots, what is written in punycode decoded."""
    labels = regex.split(_DOT, unicodedata.normalize("NFKC", host).lower())
    return ".".join(_label(label) for label in labels)


def _label(label: str) -> str:
    if not label.startswith("xn--") or not label.isascii():
        return label
    try:
        return label[4:].encode().decode("punycode")
    except UnicodeError:
        return label


def mixed(label: str) -> tuple[str, ...]:
    """The scripts of a label that do not belong together; empty where it is highly restrictive, as most are."""
    letters = [scripts for letter in label if not label.isascii() and (scripts := _scripts(letter))]
    if not letters or frozenset.intersection(*letters) or any(all(one & few for one in letters) for few in TOGETHER):
        return ()
    return tuple(dict.fromkeys(script for one in letters for script in SCRIPTS if script in one))


@cache
def _scripts(letter: str) -> frozenset[str]:
    """The scripts in which a letter is used; none for what all use."""
    if _OF_NONE.match(letter):
        return frozenset()
    return frozenset(script for script, written in _WRITTEN.items() if written.match(letter))


def _twin(host: str, known: set[str]) -> str:
    """The host of ours that this one, or what it belongs to, looks like without being it."""
    labels = host.split(".")
    ends = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    if known & set(ends):
        return ""
    looks = {skeleton(end) for end in ends}
    return next((one for one in sorted(known) if skeleton(one) in looks), "")


@cache
def skeleton(words: str) -> str:
    """What a text looks like (UTS 39, section 4): equal for texts that can be taken for each other."""
    once = "".join(_prototypes().get(letter, letter) for letter in unicodedata.normalize("NFD", words))
    again = "".join(_prototypes().get(letter, letter) for letter in once.casefold())
    return unicodedata.normalize("NFD", again)


@cache
def _prototypes() -> dict[str, str]:
    """What each character looks like: of those that can be taken for each other, one that stands for all."""
    table = json.loads((files("confusable_homoglyphs") / "confusables.json").read_bytes())
    chosen: dict[str, str] = {}
    for letter, twins in table.items():
        # The table has every pair both ways; who has several twins is what they all look like.
        twin = twins[0]["c"]
        if len(letter) == len(twins) == 1 and (len(table[twin]) > 1 or (len(twin), letter) > (1, twin)):
            chosen[letter] = twin
    return chosen
