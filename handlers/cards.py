"""Cards: what a chat shows, without markup. Renderers draw every part, escape, shorten visibly, never drop a button."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from models.errors import Unfit

#: The longest a button's code may be, in bytes (Telegram's callback_data, Bot API "InlineKeyboardButton").
CODE_BYTES = 64
VERSION = "v1"
#: Digits of the longest number in a code.
MOST_DIGITS = 9


class Part(BaseModel):
    """Base of all parts of a card: immutable, storable as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Style(StrEnum):
    """How a span of text looks."""

    PLAIN = "plain"
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"


class Span(Part):
    """A run of text; with `url` it is a link. The text is never markup."""

    text: str
    style: Style = Style.PLAIN
    url: str = ""


class Paragraph(Part):
    """A paragraph of spans; `quote` sets it apart as somebody's words (a post's text, a comment)."""

    spans: tuple[Span, ...]
    quote: bool = False


class Fact(Part):
    """A short labelled value: "When: Fri 27 Nov 2026, 18:30"."""

    label: str
    value: str
    url: str = ""


class Picture(Part):
    """A thumbnail of a file of the archive."""

    media_id: int
    alt: str = ""
    video: bool = False


class Tone(StrEnum):
    """What a button's press weighs."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


class Button(Part):
    """Something to press: verb + subject + revision, at most 64 bytes as a code. With `url` it opens a page instead."""

    verb: str
    label: str
    subject: str = ""
    revision: int = 0
    value: str = ""
    tone: Tone = Tone.PLAIN
    confirm: str = ""  #: a question asked before the press counts, where the chat can
    url: str = ""
    whole: bool = False  #: a verdict: it counts only where everything that the card is about was seen

    @property
    def code(self) -> str:
        """What the chat carries back: v1:approve:P12:3 or v1:queue:::2."""
        code = f"{VERSION}:{self.verb}:{self.subject}:{self.revision or ''}:{self.value}".rstrip(":")
        assert len(code.encode()) <= CODE_BYTES, code
        return code


class Row(Part):
    """A line of a list with buttons of its own (a queue, an inbox)."""

    spans: tuple[Span, ...]
    buttons: tuple[Button, ...] = ()


class Card(Part):
    """What a chat shows for a subject."""

    title: str = ""
    body: tuple[Paragraph, ...] = ()
    facts: tuple[Fact, ...] = ()
    pictures: tuple[Picture, ...] = ()
    rows: tuple[Row, ...] = ()
    buttons: tuple[Button, ...] = ()
    footer: str = ""


def text(words: str, style: Style = Style.PLAIN, url: str = "") -> Span:
    """A span."""
    return Span(text=words, style=style, url=url)


def paragraph(words: str, *, style: Style = Style.PLAIN, quote: bool = False) -> Paragraph:
    """A paragraph of one span."""
    return Paragraph(spans=(Span(text=words, style=style),), quote=quote)


def sentence(words: str, *buttons: Button) -> Card:
    """A card that is only a sentence, perhaps with buttons."""
    return Card(body=(paragraph(words),), buttons=buttons)


class Code(Part):
    """A button's code taken apart."""

    verb: str
    subject: str = ""
    revision: int = 0
    value: str = ""


def parse_code(code: str) -> Code:
    """Take a code apart. Raises Unfit for what no button of ours could have sent."""
    head, *rest = code.split(":", 4)
    rest += [""] * (4 - len(rest))
    verb, subject, revision, value = rest
    known = head == VERSION and verb.replace("_", "").isalpha() and verb.isascii() and is_number(revision or "0")
    plain = (subject or "X").isalnum() and subject.isascii() and len(code.encode()) <= CODE_BYTES
    if not (known and plain):
        raise Unfit("That button is not one of mine, or too old. Open the card again and press there.")
    return Code(verb=verb, subject=subject, revision=int(revision or 0), value=value)


def number_of(subject: str, letter: str) -> int:
    """12 of "P12". Raises Unfit where the code is of another kind."""
    if not subject:
        raise Unfit("Say which one: type its code behind it, like {letter}12.", letter=letter)
    digits = subject[1:]
    if subject[:1].upper() != letter or not is_number(digits):
        raise Unfit("“{subject}” is not a code like {letter}12.", subject=subject[:40], letter=letter)
    return int(digits)


def is_number(words: str) -> bool:
    """Whether it is a number as our codes have them: ASCII digits, and few enough for any column."""
    return words.isascii() and words.isdecimal() and len(words) <= MOST_DIGITS


def page_of(value: str) -> int:
    """The page of a list that a button turns to; the first where the value is none."""
    return int(value) if is_number(value) else 0
