"""Keeps the catalogues: collects the sentences of the code, tells what is untranslated, takes translations in."""

from pathlib import Path
from string import Formatter

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from handlers.words import CATALOGUES

ROOT = CATALOGUES.parent
FOLDERS = ("bot", "handlers", "models", "platforms")
#: Functions and classes whose first argument is a sentence; of `n` the first two are its singular and plural.
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "t": None,
    "room_t": None,
    "n": (1, 2),
    "N_": None,
    "Sentence": None,
    "Problem": None,
    "Refused": None,
    "NotAllowed": None,
    "WrongMoment": None,
    "OutOfDate": None,
    "NotFound": None,
    "Unfit": None,
    "FileUnfit": None,
    # Why a network or chat did not take something, where the words are ours.
    "RateLimited": None,
    "Unreachable": None,
    "TryLater": None,
    "AccessLost": None,
    "NotPermitted": None,
    "ContentRefused": None,
    "Unsupported": None,
    "MediaNotReady": None,
    "OutcomeUnknown": None,
}

HEADER = """\
# The sentences of Bottega. `make messages` collects them, `make missing` lists what has no translation.
msgid ""
msgstr ""
"Language: {lang}\\n"
"Plural-Forms: {plural}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""

#: A sentence (or its singular) -> its translation, or its plural -> the translations of all forms.
Filled = dict[str, str | dict[str, list[str]]]
MessageId = str | tuple[str, ...]


def path_of(lang: str) -> Path:
    """Where the catalogue of the language is."""
    return CATALOGUES / lang / "LC_MESSAGES" / "bottega.po"


def sentences() -> set[MessageId]:
    """Every sentence of the code; a pair where it has a plural."""
    found: set[MessageId] = set()
    for folder in FOLDERS:
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            found.add(message if isinstance(message, str) else tuple(message))
    return found


def load(lang: str) -> Catalog:
    """The catalogue of the language. Raises FileNotFoundError where it has none."""
    with path_of(lang).open("rb") as source:
        return read_po(source, locale=lang)


def save(lang: str, catalogue: Catalog) -> None:
    """Write the catalogue, sorted and without dates and places, so that a difference shows sentences alone."""
    path_of(lang).parent.mkdir(parents=True, exist_ok=True)
    with path_of(lang).open("wb") as target:
        target.write(HEADER.format(lang=lang, plural=catalogue.plural_forms).encode())
        write_po(target, catalogue, sort_output=True, no_location=True, omit_header=True, ignore_obsolete=True, width=0)


def update(lang: str) -> tuple[int, int]:
    """Give the catalogue exactly the sentences of the code, keeping translations; returns how many came and went."""
    old = load(lang) if path_of(lang).exists() else Catalog(locale=lang)
    new = Catalog(locale=lang)
    before = {message.id for message in old if message.id}
    for message_id in sentences():
        known = old.get(message_id if isinstance(message_id, str) else message_id[0])
        kept = known.string if known and known.id == message_id and not known.fuzzy else None
        new.add(message_id, kept)
    save(lang, new)
    after = {message.id for message in new if message.id}
    return len(after - before), len(before - after)


def missing(lang: str) -> Filled:
    """The sentences of the code without a translation, in the form `fill` takes back."""
    catalogue = load(lang)
    gaps: Filled = {}
    for message_id in sorted(sentences(), key=str):
        key = message_id if isinstance(message_id, str) else message_id[0]
        known = catalogue.get(key)
        if known and known.id == message_id and known.string and all(known.string):
            continue
        gaps[key] = "" if isinstance(message_id, str) else {message_id[1]: [""] * catalogue.num_plurals}
    return gaps


def fill(lang: str, filled: Filled) -> list[str]:
    """Take the translations in, leaving out empty ones.

    Returns what was refused: sentences that the code has not, and translations with other placeholders.
    """
    known = sentences()
    catalogue, refused = load(lang), list[str]()
    for singular, translated in filled.items():
        plural, forms = ("", [translated]) if isinstance(translated, str) else next(iter(translated.items()))
        message_id: MessageId = (singular, plural) if plural else singular
        if not all(forms):
            continue
        if message_id not in known:
            refused.append(f"not in the code: {singular}")
        elif not same_placeholders(plural or singular, forms):
            refused.append(f"other placeholders: {singular} -> {forms}")
        else:
            catalogue.delete(singular)
            catalogue.add(message_id, tuple(forms) if plural else forms[0])
    save(lang, catalogue)
    return refused


def same_placeholders(sentence: str, forms: list[str]) -> bool:
    """Whether translations fill what the sentence fills; a form other than the last may leave some out ("one post")."""
    wanted = placeholders(sentence)
    return placeholders(forms[-1]) == wanted and all(placeholders(form) <= wanted for form in forms)


def placeholders(text: str) -> set[str]:
    """The names in {braces}. Raises ValueError for a brace without its partner."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
