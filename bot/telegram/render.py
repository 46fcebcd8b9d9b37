"""A card becomes Telegram's HTML and an inline keyboard: everything escaped, shortened visibly, no button dropped."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from urllib.parse import urlsplit

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.cutting import Missing, beginning, labelled, messages, share, units
from bot.telegram.confirming import data_of
from handlers.cards import Button, Card, Row, Span, Style, Tone, text

#: UTF-16 units of a message after its entities are parsed (Bot API, "sendMessage").
TEXT = 4096
#: Units kept free for the name of whom a group's message is for; what is not for anybody is cut as if it were, so that
#: `rest` holds for both.
NAME = 200
#: Before a person's id in the address of a link that names them.
PERSON = "tg://user?id="
#: Units of the text in a message that shows what a card leaves out, below its title.
BELOW = 3600
#: Buttons of a keyboard, and characters of a label that a phone shows.
BUTTONS, LABEL = 100, 60
#: Buttons side by side, and the characters they may have together to be readable on a phone.
ABREAST, WIDTH = 3, 30
#: Where something was left out.
CUT = "…"
TAGS = {Style.BOLD: "b", Style.ITALIC: "i", Style.CODE: "code"}
TONES = {Tone.PRIMARY: "primary", Tone.DANGER: "danger"}
#: Nothing to read, dropped or refused by Telegram: controls but tab and newline, lone surrogates.
UNREADABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Drawn:
    """A card as Telegram takes it."""

    html: str
    keyboard: InlineKeyboardMarkup | None


def draw(card: Card) -> Drawn:
    """The card as HTML of at most 4096 units, with its keyboard of at most 100 buttons."""
    buttons = _labelled(card)
    inside, outside = _split(buttons)
    lines, _ = _fitted([*_lines(card), *outside], TEXT if _is_addressed(card) else TEXT - NAME)
    written = "\n\n".join("\n".join(part) for part in _parts(lines)).strip()
    return Drawn(written or CUT, _keyboard(inside))


def plain(card: Card) -> str:
    """What the card says, without marks: for the short alert of a pressed button."""
    return "\n".join("".join(s.text for s in line.spans) for line in _lines(card)).strip()


def rest(card: Card, most: int = TEXT) -> tuple[Card, ...]:
    """What `draw` leaves out of the card, in messages of their own; empty where all of it is shown."""
    _, outside = _split(_labelled(card))
    _, missing = _fitted([*_lines(card), *outside], most - NAME)
    return messages((one for one in missing if one.label), BELOW)


# -- the text ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    spans: tuple[Span, ...]
    part: int  #: lines of one part stand together, an empty line separates parts
    quote: bool = False
    label: str = ""  #: what it is, for where it is shortened; "" for what nobody misses: rows of lists, small print

    @property
    def words(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def length(self) -> int:
        return units(self.words)


def _lines(card: Card) -> list[_Line]:
    found: list[_Line] = []
    if card.title:
        found.append(_Line(_clean([text(card.title, Style.BOLD)]), 0))
    for number, (one, label) in enumerate(labelled(card.body), 1):
        found.append(_Line(_clean(one.spans), number, one.quote, label))
    after = 2 + len(card.body)
    for number, picture in enumerate(card.pictures, 1):
        if picture.alt:  # the picture stands above in a message of its own; what it shows is read here
            said = _clean([text(f"({number}) {picture.alt}", Style.ITALIC)])
            found.append(_Line(said, after - 1, label=f"({number})"))
    for fact in card.facts:
        said = _clean([text(f"{fact.label}: "), text(fact.value, url=fact.url)])
        found.append(_Line(said, after, label=fact.label))
    for number, row in _numbered(card):
        mark = [text(f"{number}. ", Style.BOLD)] if number else []
        found.append(_Line(_clean([*mark, *row.spans]), after + 1))
    if card.footer:
        found.append(_Line(_clean([text(card.footer, Style.ITALIC)]), after + 2))
    return [line for line in found if any(span.text.strip() for span in line.spans)]


def _is_addressed(card: Card) -> bool:
    return any(span.url.startswith(PERSON) for one in card.body[:1] for span in one.spans[:1])


def _clean(spans: Iterable[Span]) -> tuple[Span, ...]:
    cleaned = (span.model_copy(update={"text": UNREADABLE.sub("", span.text)}) for span in spans)
    return tuple(span for span in cleaned if span.text)


def _fitted(lines: list[_Line], most: int) -> tuple[list[_Line], list[Missing]]:
    """The lines as they fit, and what they leave out.

    The longest are shortened first, so that facts and buttons stay readable beside a long text.
    """
    gaps = 2 * len(lines)
    if sum(line.length for line in lines) + gaps <= most:
        return lines, []
    if gaps + 2 * len(lines) > most:  # hundreds of lines: the last ones go, visibly
        keep = most // 4 - 1
        fitting, missing = _fitted([*lines[:keep], _Line((text(CUT),), lines[keep].part)], most)
        return fitting, [*missing, *(Missing(line.label, line.words) for line in lines[keep:])]
    limit = share([line.length for line in lines], most - gaps)
    missing, fitting = [], []
    for line in lines:
        if line.length <= limit:
            fitting.append(line)
            continue
        short, left = _shortened(line, limit)
        fitting.append(short)
        missing.append(Missing(line.label, left))
    return fitting, missing


def _shortened(line: _Line, most: int) -> tuple[_Line, str]:
    """The line as it fits, and the words that do not."""
    room, kept = most - units(CUT), []
    for span in line.spans:
        cut = beginning(span.text, room)
        room -= units(cut)
        kept.append(span.model_copy(update={"text": cut}))
        if cut != span.text:
            break
    left = line.words[sum(len(span.text) for span in kept) :]
    spans = (*(span for span in kept if span.text), text(CUT))
    return replace(line, spans=spans), left


def _parts(lines: Sequence[_Line]) -> list[list[str]]:
    found: dict[int, list[str]] = {}
    for line in lines:
        written = "".join(_span(span) for span in line.spans)
        found.setdefault(line.part, []).append(f"<blockquote>{written}</blockquote>" if line.quote else written)
    return [found[part] for part in sorted(found)]


def _span(span: Span) -> str:
    written = html.escape(span.text, quote=False)
    if tag := TAGS.get(span.style):
        written = f"<{tag}>{written}</{tag}>"
    if _is_link(span.url):
        written = f'<a href="{html.escape(UNREADABLE.sub("", span.url))}">{written}</a>'
    return written


def _is_link(url: str) -> bool:
    try:
        address = urlsplit(url)
        return bool(address.scheme in {"http", "https"} and address.hostname) or url.startswith(PERSON)
    except ValueError:
        return False


# -- the keyboard ------------------------------------------------------------------------------------------------------


def _numbered(card: Card) -> Iterator[tuple[int, Row]]:
    """The rows, those with buttons numbered: the number is how a button says which row it is about."""
    numbers = count(1)
    for row in card.rows:
        yield (next(numbers) if row.buttons else 0), row


def _labelled(card: Card) -> list[list[Button]]:
    """Groups of buttons: those of each row with its number before the label, then the card's own."""
    groups = [
        [button.model_copy(update={"label": f"{number}. {button.label}"}) for button in row.buttons]
        for number, row in _numbered(card)
    ]
    return [group for group in [*groups, list(card.buttons)] if group]


def _split(groups: list[list[Button]]) -> tuple[list[list[Button]], list[_Line]]:
    """What fits on a keyboard; a link that Telegram refuses there, or what is beyond 100, is written as a line."""
    inside: list[list[Button]] = []
    outside: list[Button] = []
    room = BUTTONS
    for group in groups:
        kept = []
        for button in group:
            if room and (not button.url or _fits_button(button.url)):
                kept.append(button)
                room -= 1
            else:
                outside.append(button)
        if kept:
            inside.append(kept)
    last = 1_000_000
    return inside, [_Line(_clean([text(button.label, url=button.url)]), last) for button in outside]


def _fits_button(url: str) -> bool:
    """Bot API servers refuse button links to hosts without a dot ("Wrong HTTP URL")."""
    return _is_link(url) and "." in (urlsplit(url).hostname or "")


def _keyboard(groups: list[list[Button]]) -> InlineKeyboardMarkup | None:
    rows = [row for group in groups for row in _abreast(group)]
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in rows]) if rows else None


def _abreast(group: list[Button]) -> list[list[Button]]:
    rows: list[list[Button]] = []
    for button in group:
        row = rows[-1] if rows else []
        together = sum(len(b.label) for b in row) + len(button.label)
        if row and len(row) < ABREAST and together <= WIDTH:
            row.append(button)
        else:
            rows.append([button])
    return rows


def _button(button: Button) -> InlineKeyboardButton:
    label = UNREADABLE.sub("", button.label).strip() or CUT
    label = label if len(label) <= LABEL else label[: LABEL - 1] + CUT
    if button.url:
        return InlineKeyboardButton(label, url=button.url)
    return InlineKeyboardButton(label, callback_data=data_of(button), style=TONES.get(button.tone))
