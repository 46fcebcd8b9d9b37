"""What members read, in their language: English sentences are the keys, `locales/<language>` has the translations."""

import gettext
from enum import StrEnum
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

#: Where the catalogues are: `<language>/LC_MESSAGES/bottega.po`.
CATALOGUES = Path(__file__).parent.parent / "locales"
SOURCE = "en"  #: the language of the sentences in the code


def N_(sentence: str) -> str:  # noqa: N802 - the name gettext's tools know
    """The sentence itself: marks one that is translated later, where it is shown."""
    return sentence


#: How a state is said within a sentence: "P12 is in review".
STATES = {
    "draft": N_("a draft"),
    "review": N_("in review"),
    "approved": N_("approved"),
    "held": N_("held"),
    "scheduled": N_("scheduled"),
    "published": N_("published"),
    "unfinished": N_("not published everywhere"),
    "withdrawn": N_("withdrawn"),
    "open": N_("open"),
    "done": N_("done"),
    "gone": N_("deleted"),
    "waiting": N_("waiting"),
    "sending": N_("on its way"),
    "failed": N_("failed"),
    "unsure": N_("without a known end"),
    "cancelled": N_("cancelled"),
    "ordering": N_("being ordered"),
    "running": N_("running"),
    "paused": N_("paused"),
    "stopping": N_("being stopped"),
    "ended": N_("over"),
    "stopped": N_("stopped"),
    "refused": N_("refused by the network"),
    "proposed": N_("proposed"),
    "making": N_("being made"),
    "filling": N_("being filled by the network"),
    "ready": N_("ready"),
    "dropped": N_("dropped"),
}


class Sentence:
    """A sentence with what fills its {placeholders}, to be translated where the reader's language is known."""

    def __init__(self, text: str, /, **params: Any) -> None:
        self.text = text
        self.params = params


class Translator:
    """Translates into one language. What has no translation stays English."""

    def __init__(self, lang: str, catalogue: gettext.NullTranslations) -> None:
        self.lang = lang
        self._catalogue = catalogue

    def __call__(self, sentence: str | Sentence, /, **params: Any) -> str:
        """The sentence in this language, its {placeholders} filled; without params it is not formatted at all.

        Braces inside a param are text; a state or a role is said in this language too. Raises KeyError where a
        placeholder has no param.
        """
        if isinstance(sentence, Sentence):
            return self(sentence.text, **sentence.params)
        found = self._catalogue.gettext(sentence) if sentence else ""
        return found.format(**{name: self._said(value) for name, value in params.items()}) if params else found

    def _said(self, value: Any) -> Any:
        return self(STATES.get(value.value, value.value)) if isinstance(value, StrEnum) else value

    def n(self, singular: str, plural: str, count: int, /, **params: Any) -> str:
        """The form that fits the count; {count} is filled with it."""
        return self._catalogue.ngettext(singular, plural, count).format(count=count, **params)


@cache
def languages() -> tuple[str, ...]:
    """The languages members can choose, English first."""
    return (SOURCE, *sorted(path.parts[-3] for path in CATALOGUES.glob("*/LC_MESSAGES/bottega.po")))


def language_for(*wishes: str) -> str:
    """The first wish ("it", "it-IT", "it_IT" are the same; empty is none) that has a catalogue, else English."""
    known = (wish.replace("_", "-").split("-", maxsplit=1)[0].lower() for wish in wishes)
    return next((wish for wish in known if wish in languages()), SOURCE)


def translator(lang: str) -> Translator:
    """The translator of a language as a chat tells it; English for one that has no catalogue."""
    return _load(language_for(lang))


@cache
def _load(lang: str) -> Translator:
    if lang == SOURCE:
        return Translator(lang, gettext.NullTranslations())
    compiled = BytesIO()
    with (CATALOGUES / lang / "LC_MESSAGES" / "bottega.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=lang))
    compiled.seek(0)
    return Translator(lang, gettext.GNUTranslations(compiled))
