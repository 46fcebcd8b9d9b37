"""Cards as Telegram would read them: the sandbox's own reading of HTML, strict as the Bot API server's."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cutting import units
from bot.telegram.render import BUTTONS, CUT, NAME, TEXT, draw, plain
from handlers.cards import Button, Card, Fact, Paragraph, Picture, Row, Span, Style, Tone, paragraph, sentence
from sandbox.telegram.html import parse_html
from sandbox.telegram.markup import parse_markup

TEXTS = st.text(max_size=40) | st.sampled_from(
    ["<b>", "&amp;", "</blockquote>", "x" * 5000, "😀" * 3000, "\ud800", "\x00\n"]
)
URLS = st.sampled_from(
    ["", 'https://a.example/?a=1&b="2"', "javascript:alert(1)", "http://localhost:1/x", "http://[", "tg://user?id=1"]
)
SPANS = st.builds(Span, text=TEXTS, style=st.sampled_from(Style), url=URLS)
BUTTON = st.builds(
    Button,
    verb=st.sampled_from(["approve", "queue"]),
    label=TEXTS,
    subject=st.sampled_from(["", "P12"]),
    confirm=st.sampled_from(["", "Sure?"]),
    tone=st.sampled_from(Tone),
    url=URLS,
)


def several(strategy: st.SearchStrategy[Any], most: int) -> st.SearchStrategy[Any]:
    return st.lists(strategy, max_size=most).map(tuple)


CARDS = st.builds(
    Card,
    title=TEXTS,
    body=several(st.builds(Paragraph, spans=several(SPANS, 4), quote=st.booleans()), 4),
    facts=several(st.builds(Fact, label=TEXTS, value=TEXTS, url=URLS), 4),
    rows=several(st.builds(Row, spans=several(SPANS, 2), buttons=several(BUTTON, 3)), 6),
    buttons=several(BUTTON, 12),
    footer=TEXTS,
)


def keyboard(card: Card) -> list[list[dict[str, Any]]]:
    markup = draw(card).keyboard
    return markup.to_dict()["inline_keyboard"] if markup else []


def labels(card: Card) -> list[list[str]]:
    return [[button["text"] for button in row] for row in keyboard(card)]


@settings(max_examples=150)
@given(card=CARDS)
def test_every_card_fits_and_is_html_that_telegram_takes(card: Card) -> None:
    drawn = draw(card)
    text, _ = parse_html(drawn.html)
    assert 0 < units(text) <= TEXT
    drawn.html.encode()
    if drawn.keyboard:
        parse_markup(drawn.keyboard.to_json())


@settings(max_examples=100)
@given(card=CARDS)
def test_no_button_is_dropped(card: Card) -> None:
    every = [b for row in card.rows for b in row.buttons] + list(card.buttons)
    shown = sum(len(row) for row in keyboard(card))
    refused = sum(bool(b.url) and not b.url.startswith("https://a.") for b in every)
    assert shown == len(every) - refused or shown == BUTTONS


def test_nothing_a_person_wrote_becomes_markup() -> None:
    text, entities = parse_html(draw(sentence("<b>bold</b> & <a href='x'>")).html)
    assert text == "<b>bold</b> & <a href='x'>"
    assert entities == []


def test_all_parts_are_drawn_in_their_order() -> None:
    card = Card(
        title="Queue",
        body=(paragraph("Hello\nworld", quote=True),),
        facts=(Fact(label="When", value="Friday"), Fact(label="Where", value="@acme", url="https://a.example/1")),
        rows=(
            Row(spans=(Span(text="Two posts"),)),
            Row(spans=(Span(text="P1 one"),), buttons=(Button(verb="open", label="Open", subject="P1"),)),
            Row(spans=(Span(text="P2 two", style=Style.CODE),), buttons=(Button(verb="open", label="Open"),)),
        ),
        footer="page 1",
    )
    text, entities = parse_html(draw(card).html)
    assert text == "Queue\n\nHello\nworld\n\nWhen: Friday\nWhere: @acme\n\nTwo posts\n1. P1 one\n2. P2 two\n\npage 1"
    assert [e["type"] for e in entities] == ["bold", "blockquote", "text_link", "bold", "bold", "code", "italic"]


def test_what_a_picture_shows_is_read_below_the_text() -> None:
    pictures = (Picture(media_id=1, alt="A door"), Picture(media_id=2), Picture(media_id=3, alt="A sign"))
    text, _ = parse_html(draw(Card(body=(paragraph("Hello"),), pictures=pictures, footer="end")).html)
    assert text == "Hello\n\n(1) A door\n(3) A sign\n\nend"


def test_a_long_text_is_shortened_visibly_and_the_rest_of_the_card_stays() -> None:
    card = Card(
        title="P1",
        body=(paragraph("😀" * 4000, quote=True),),
        facts=(Fact(label="When", value="Friday"),),
        footer="end",
    )
    text, _ = parse_html(draw(card).html)
    assert units(text) <= TEXT
    assert CUT in text
    assert text.startswith("P1\n\n😀")
    assert text.endswith("When: Friday\n\nend")
    assert units(text) > TEXT - NAME - 40


def test_hundreds_of_rows_end_visibly() -> None:
    text, _ = parse_html(draw(Card(rows=tuple(Row(spans=(Span(text="x" * 30),)) for _ in range(3000)))).html)
    assert units(text) <= TEXT
    assert text.endswith(CUT)


def test_a_card_of_buttons_alone_has_a_text() -> None:
    assert draw(Card(buttons=(Button(verb="queue", label="Queue"),))).html == CUT


def test_buttons_stand_side_by_side_as_far_as_a_phone_shows_them() -> None:
    buttons = [
        Button(verb="queue", label=label) for label in ("Yes", "No", "Later", "A rather long label here", "B", "C")
    ]
    assert labels(Card(buttons=tuple(buttons))) == [["Yes", "No", "Later"], ["A rather long label here", "B", "C"]]


def test_the_buttons_of_a_row_carry_its_number() -> None:
    rows = tuple(
        Row(spans=(Span(text="x"),), buttons=(Button(verb="open", label="Open", subject=f"P{n}"),)) for n in (1, 2)
    )
    assert labels(Card(rows=rows, buttons=(Button(verb="queue", label="More"),))) == [
        ["1. Open"],
        ["2. Open"],
        ["More"],
    ]


def test_a_link_that_no_button_may_have_is_written_below() -> None:
    card = Card(title="P1", buttons=(Button(verb="see", label="See it", url="http://localhost:80/1"),))
    text, entities = parse_html(draw(card).html)
    assert text == "P1\n\nSee it"
    assert entities[-1]["type"] == "bold" or entities[-1]["url"] == "http://localhost:80/1"
    assert keyboard(card) == []


def test_a_weighty_button_asks_first() -> None:
    card = Card(buttons=(Button(verb="drop", label="Drop", subject="P1", confirm="Sure?", tone=Tone.DANGER),))
    assert keyboard(card) == [[{"text": "Drop", "callback_data": "?v1:drop:P1", "style": "danger"}]]


def test_an_alert_has_the_words_without_marks() -> None:
    assert plain(sentence("It is <done>.")) == "It is <done>."
