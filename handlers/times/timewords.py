"""The words of times in every language members type in, made one: plain English that `handlers/times/when.py` reads."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from babel.dates import get_day_names, get_month_names

DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = "january february march april may june july august september october november december".split()
#: Where a part of the day is typed without an hour, this hour is taken (and said).
PARTS = {"morning": 9, "afternoon": 15, "evening": 20}
NOW = {"now", "right now", "adesso", "ora", "subito"}

#: Of several words, or meaning something else elsewhere; in this order, without accents, apostrophes already blanks.
_PHRASES = {
    r"\bo clock\b": "",
    r"\b(an hour and a half|un ora e mezza)\b": "90 minutes",
    r"\b(half an hour|mezz ora)\b": "30 minutes",
    r"(\d) e mezz[ao]\b": r"\1:30",
    r"(\d) e (un )?quarto\b": r"\1:15",
    r"(\d) e tre quarti\b": r"\1:45",
    r"(\d) e ([0-5]\d)\b": r"\1:\2",
    r"\bhalf past (\d\d?)\b": r"\1:30",
    r"\b(a )?quarter past (\d\d?)\b": r"\2:15",
    r"\b(a )?(noon|midday|mezzogiorno)\b": "12:00",
    r"\b(a )?(midnight|mezzanotte)\b": "00:00",
    r"\b(day after tomorrow|dopodomani)\b": "in 2 days",
    r"\b(an?|un|una|uno) (?=hour|minut|day|week|month|ora|giorno|settimana|mese)": "1 ",
    r"(?<!\d )\bore (?=\d)": "at ",
    r"\b(\d\d?)(st|nd|rd|th|º|°)(?= |$)": r"\1",
    r"\b(this |questa |sta)(morning|mattina)\b": "today morning",
    r"\b(tonight|this evening|stasera|questa sera)\b": "today evening",
    r"\b(in the |in |at |di |del )?(morning|mattina|mattino)\b": "morning",
    r"\b(in the |in |nel |di |del )?(afternoon|pomeriggio)\b": "afternoon",
    r"\b(in the |in |at |di |della )?(evening|night|sera)\b": "evening",
    r"^(in|tra|fra) (\d+) ?h ?(\d+)$": r"in \2 hours \3 minutes",
    r"\b(\d\d?)h(\d\d)\b": r"\1:\2",
    r"\b(\d+)(minutes?|minuti|mins?|hours?|hrs?|h|ore|days?|d)\b": r"\1 \2",
}


def _all(words: str, meaning: str) -> dict[str, str]:
    return dict.fromkeys(words.split(), meaning)


_WORDS = {
    **_all("on the il lo la di del questo questa this of and e", ""),
    **_all("alle all @", "at"),
    **_all("tra fra", "in"),
    **_all("una", "1"),
    **_all("prossimo prossima", "next"),
    **_all("min mins minute minuto minuti", "minutes"),
    **_all("h hr hrs hour ora ore", "hours"),
    **_all("d day giorno giorni", "days"),
    **_all("week settimana settimane", "weeks"),
    **_all("month mese mesi", "months"),
    **_all("oggi", "today"),
    **_all("domani tmrw tomorow", "tomorrow"),
    **_all("ieri", "yesterday"),
    **_all("weds", "wednesday"),
    **dict(zip("one two three four five six seven eight nine ten".split(), map(str, range(1, 11)), strict=True)),
    **dict(zip("due tre quattro cinque sei sette otto nove dieci".split(), map(str, range(2, 11)), strict=True)),
}
_MEANINGS = {*_WORDS.values(), *DAYS, *MONTHS, *PARTS, "am", "pm"}


def plain(text: str, languages: Sequence[str]) -> str:
    """The text in lower-case English with days and months in full, numbers in digits and no filling words.

    A short name that two languages share ("mar") is the first language's. Words that are no words of times stay.
    """
    text = _bare(text).replace("'", " ").replace("’", " ").replace(",", " ")
    text = re.sub(r"(?<=[a-z])\.(?= |$|\d)", " ", re.sub(r"\b([ap])\.m\.", r"\1m", text))
    for pattern, meaning in _PHRASES.items():
        text = re.sub(pattern, meaning, " ".join(text.split()))
    return " ".join(" ".join(_word(word, tuple(languages)) for word in text.split()).split())


def _word(word: str, languages: tuple[str, ...]) -> str:
    if word in _MEANINGS:
        return word
    if word in _WORDS:
        return _WORDS[word]
    named = (english for name, english in _names(languages) if len(word) >= 3 and name.startswith(word))
    return next(named, word)


@cache
def _names(languages: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    named: list[tuple[str, str]] = []
    for language in languages:
        days, months = get_day_names("wide", locale=language), get_month_names("wide", locale=language)
        named += [(_bare(days[number]), english) for number, english in enumerate(DAYS)]
        named += [(_bare(months[number]), english) for number, english in enumerate(MONTHS, start=1)]
    return tuple(named)


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))
