"""A card as Block Kit: every part drawn, nothing parsed as markup, shortened visibly, no button ever dropped.

Limits: docs.slack.dev/reference/block-kit/blocks and /block-elements (per block); the total over all blocks is not
documented, Slack answers msg_blocks_too_long above about 13,200 characters.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.cutting import labelled, messages, share, units
from bot.slack.literal import Room, clean, escaped, is_link, plain, rich_text, section, shortened
from handlers.cards import Button, Card, Fact, Paragraph, Picture, Row, Span, Style, Tone, text
from handlers.words import Translator, translator

Json = dict[str, Any]

MOST_BLOCKS = 50  #: of a message
MOST_HOME_BLOCKS = 100
MOST_CHARACTERS = 10_000  #: of a message, well below where Slack refuses
MOST_IN_ROW = 25  #: elements of an actions block
TITLE, LABEL, CONFIRM, FOOTER, FALLBACK, ALT = 150, 75, 300, 600, 300, 1000
#: What facts, descriptions of pictures, and rows may take together; the rest is for the body.
FACTS, ALTS, ROWS = 2000, 1500, 4500
#: Characters of the texts in a message that shows what a card leaves out, below its title.
BELOW = 8000
#: Prefix of the action ids of buttons that only open a page: their presses are acknowledged and forgotten.
OPENS = "open:"


class _Drawing:
    """The blocks of one card in the making."""

    def __init__(self, t: Translator, files: Mapping[int, str]) -> None:
        self.t = t
        self._files = files
        self._pressed = 0
        self.room = Room(MOST_CHARACTERS)
        self.label = LABEL
        self.confirm = CONFIRM

    # -- what there is in a card ---------------------------------------------------------------------------------------

    def title(self, card: Card) -> list[Json]:
        """The header."""
        if not card.title.strip():
            return []
        self.room.left -= TITLE
        return [{"type": "header", "text": plain(card.title, TITLE, one_line=True)}]

    def body(self, paragraphs: Sequence[Paragraph]) -> list[Json]:
        """Paragraphs, quotes set apart; what does not fit is cut with a word."""
        kept = self.t("… (shortened)")
        self.room.left -= len(kept)
        missed = len(self.room.missing)
        parts: list[Json | None] = []
        for index, (one, label) in enumerate(labelled(paragraphs)):
            spans = self.room.fit(one.spans, MOST_CHARACTERS, label)
            following = paragraphs[index + 1] if index + 1 < len(paragraphs) else None
            if spans and not one.quote and following is not None and not following.quote:
                spans.append(text("\n"))
            parts.append(section(spans, "rich_text_quote" if one.quote else "rich_text_section"))
        if missed < len(self.room.missing):
            parts.append(section([text(kept, Style.ITALIC)]))
        return rich_text(parts)

    def facts(self, facts: Sequence[Fact]) -> list[Json]:
        """One line each, the label bold."""
        said = [[Span(text=f"{fact.label}: ", style=Style.BOLD), Span(text=fact.value, url=fact.url)] for fact in facts]
        most = max(40, share([sum(units(span.text) for span in spans) for spans in said], FACTS))
        fitting = (self.room.fit(spans, most, fact.label) for spans, fact in zip(said, facts, strict=True))
        return rich_text([section(spans) for spans in fitting])

    def pictures(self, pictures: Sequence[Picture]) -> list[Json]:
        """Images that Slack has; the others are named. What they show for people who cannot see them is read below."""
        blocks: list[Json] = []
        lines: list[Json | None] = []
        most = max(40, share([units(picture.alt) for picture in pictures], ALTS))
        for number, picture in enumerate(pictures, 1):
            file = self._files.get(picture.media_id)
            mark, alt = f"({number}) ", clean(picture.alt).strip()
            if file and not picture.video:
                shown = shortened(alt, ALT) or self.t("A picture")
                blocks.append({"type": "image", "slack_file": {"id": file}, "alt_text": shown})
            else:
                word = self.t("Video") if picture.video else self.t("Picture")
                mark += f"▶ {word}" if picture.video else f"▣ {word}"
                mark += ": " if alt else ""
            if alt or not file or picture.video:
                spans = self.room.fit([text(mark), text(alt, Style.ITALIC)], most + len(mark), f"({number})")
                lines.append(section(spans))
        return [*blocks, *rich_text(lines)]

    def rows(self, rows: Sequence[Row], *, compact: bool) -> list[Json]:
        """Each row with its buttons below it; compact: numbered lines first, then all their buttons."""
        most = max(20, ROWS // max(1, len(rows)))
        if not compact:
            made: list[Json] = []
            for row in rows:
                made += rich_text([section(self.room.fit(row.spans, most))])
                made += self.buttons(row.buttons)
            return made
        lines, buttons = [], []
        for number, row in enumerate(rows, 1):
            mark = text(f"{number}. ") if row.buttons else text("")
            lines.append(section(self.room.fit([mark, *row.spans], most)))
            buttons += [b.model_copy(update={"label": f"{number} · {b.label}"}) for b in row.buttons]
        return [*rich_text(lines), *self.buttons(buttons)]

    def buttons(self, buttons: Sequence[Button]) -> list[Json]:
        """Actions blocks, 25 buttons each."""
        made = [self._button(button) for button in buttons]
        return [
            {"type": "actions", "elements": made[start : start + MOST_IN_ROW]}
            for start in range(0, len(made), MOST_IN_ROW)
        ]

    def _button(self, button: Button) -> Json:
        opens = is_link(button.url)
        made: Json = {
            "type": "button",
            "text": plain(button.label, self.label, one_line=True),
            # The same button may stand in a card twice; an action_id may not.
            "action_id": f"{OPENS if opens else ''}{button.code}~{self._pressed}",
        }
        self._pressed += 1
        made |= {"url": button.url} if opens else {"value": button.code}
        if button.tone != Tone.PLAIN:
            made["style"] = str(button.tone)
        if button.confirm:
            made["confirm"] = self._confirm(button)
        return made

    def _confirm(self, button: Button) -> Json:
        asked: Json = {
            "title": plain(button.label, self.label, one_line=True),
            "text": plain(button.confirm, self.confirm),
            "confirm": plain(button.label, 30, one_line=True),
            "deny": plain(self.t("Cancel"), 30),
        }
        return asked | ({"style": "danger"} if button.tone == Tone.DANGER else {})

    def footer(self, footer: str) -> list[Json]:
        """Small print."""
        if not footer.strip():
            return []
        self.room.left -= min(units(footer), FOOTER)
        return [{"type": "context", "elements": [plain(footer, FOOTER)]}]


def blocks(
    card: Card, files: Mapping[int, str] | None = None, t: Translator | None = None, most: int = MOST_BLOCKS
) -> list[Json]:
    """The card's blocks, at least one. `files`: Slack's file ids by media id; `most`: blocks that fit there."""
    drawn, _ = _fitting(card, files or {}, t or translator("en"), most)
    return drawn or [{"type": "section", "text": plain("", 1)}]


def rest(card: Card, t: Translator | None = None) -> tuple[Card, ...]:
    """What `blocks` leaves out of the card, in messages of their own; empty where all of it is shown."""
    _, room = _fitting(card, {}, t or translator("en"), MOST_BLOCKS)
    return messages(room.missing, BELOW)


def _fitting(card: Card, files: Mapping[int, str], t: Translator, most: int) -> tuple[list[Json], Room]:
    drawn, room = _draw(card, files, t, compact=False)
    if len(drawn) > most:
        drawn, room = _draw(card, files, t, compact=True)
    if len(drawn) > most:  # more pictures than anybody looks at: they are named instead
        drawn, room = _draw(card, {}, t, compact=True)
    return drawn, room


def _draw(card: Card, files: Mapping[int, str], t: Translator, *, compact: bool) -> tuple[list[Json], Room]:
    drawing = _Drawing(t, files)
    pressable = [*card.buttons, *(b for row in card.rows for b in row.buttons)]
    asking = [b for b in pressable if b.confirm]
    drawing.label = _share(LABEL, 2500, len(pressable) + len(asking))
    drawing.confirm = _share(CONFIRM, 1500, len(asking))
    drawing.room.left -= sum(min(len(b.label), drawing.label) for b in pressable)
    drawing.room.left -= sum(min(len(b.confirm), drawing.confirm) + 40 for b in asking)
    drawing.room.left = max(drawing.room.left, ROWS + FACTS)
    # What is short and must be read comes first; the body takes the room that is left.
    title, footer, facts = drawing.title(card), drawing.footer(card.footer), drawing.facts(card.facts)
    pictures = drawing.pictures(card.pictures)
    rows = drawing.rows(card.rows, compact=compact)
    body = drawing.body(card.body)
    drawn = [*title, *body, *facts, *pictures, *rows, *drawing.buttons(card.buttons), *footer]
    return drawn, drawing.room


def _share(most: int, together: int, count: int) -> int:
    return most if not count else max(3, min(most, together // count))


def fallback(card: Card) -> str:
    """What notifications and screen readers show: the first words of the card, escaped."""
    words = [card.title, *("".join(span.text for span in one.spans) for one in card.body)]
    words += ["".join(span.text for span in row.spans) for row in card.rows[:3]]
    return escaped(shortened(" – ".join(w.strip() for w in words if w.strip()), FALLBACK)) or "–"


def home(card: Card, t: Translator, files: Mapping[int, str] | None = None) -> Json:
    """The card as a Home tab."""
    return {"type": "home", "blocks": blocks(card, files, t, MOST_HOME_BLOCKS)}
