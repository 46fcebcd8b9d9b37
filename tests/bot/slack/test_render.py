"""Any card becomes blocks that Slack takes, in which no word is markup and no button is missing."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import render
from handlers.cards import Button, Card, Fact, Paragraph, Picture, Row, Span, Style, Tone, paragraph, sentence, text
from handlers.words import translator
from sandbox.slack.blocks import MOST_CHARACTERS, problems_of

Json = dict[str, Any]
t = translator("en")


def check(blocks: list[Json], surface: Any = "message") -> int:
    """The characters of blocks that Slack would take."""
    problems = problems_of(blocks, surface, lambda _file: True, "/blocks")
    assert not problems.found
    assert len(json.dumps(blocks).encode()) < 250_000
    return problems.characters


def buttons_of(blocks: list[Json]) -> list[Json]:
    return [element for block in blocks if block["type"] == "actions" for element in block["elements"]]


def inside(blocks: Any) -> list[Json]:
    """Every object in the blocks."""
    if isinstance(blocks, list):
        return [found for one in blocks for found in inside(one)]
    if isinstance(blocks, dict):
        return [blocks, *(found for one in blocks.values() for found in inside(one))]
    return []


words = st.text(max_size=40) | st.sampled_from(
    [
        "<!channel>",
        "<@U0ADA00001>",
        "*bold* _it_ ~no~ `code`",
        ":tada:",
        "> quote",
        "&amp; <b>",
        "<https://a.example|x>",
        "\x00\r\n",
    ]
)
long_words = words | st.integers(1, 6000).map(lambda n: "word " * n)
urls = st.sampled_from(["", "https://a.example/x", "javascript:alert(1)", "http://" + "a" * 4000])
spans = st.builds(Span, text=long_words, style=st.sampled_from(Style), url=urls)
made_buttons = st.builds(
    Button,
    verb=st.sampled_from(["approve", "edit"]),
    label=words,
    subject=st.sampled_from(["", "P12"]),
    tone=st.sampled_from(Tone),
    confirm=words,
    url=urls,
)
cards = st.builds(
    Card,
    title=long_words,
    body=st.lists(
        st.builds(Paragraph, spans=st.lists(spans, max_size=3).map(tuple), quote=st.booleans()), max_size=5
    ).map(tuple),
    facts=st.lists(st.builds(Fact, label=words, value=long_words, url=urls), max_size=8).map(tuple),
    pictures=st.lists(
        st.builds(Picture, media_id=st.integers(1, 4), alt=long_words, video=st.booleans()), max_size=12
    ).map(tuple),
    rows=st.lists(
        st.builds(
            Row, spans=st.lists(spans, max_size=3).map(tuple), buttons=st.lists(made_buttons, max_size=3).map(tuple)
        ),
        max_size=40,
    ).map(tuple),
    buttons=st.lists(made_buttons, max_size=30).map(tuple),
    footer=long_words,
)


@settings(max_examples=80)
@given(cards)
def test_any_card_is_taken_by_slack_with_every_button_and_without_markup(card: Card) -> None:
    blocks = render.blocks(card, {1: "F1", 2: "F2"}, t)
    assert 1 <= len(blocks) <= 50
    assert check(blocks) <= MOST_CHARACTERS
    assert not [
        one for one in inside(blocks) if one.get("type") in {"mrkdwn", "markdown", "user", "broadcast", "emoji"}
    ]
    wanted = [b for row in card.rows for b in row.buttons] + list(card.buttons)
    assert len(buttons_of(blocks)) == len(wanted)
    ids = [one["action_id"] for one in buttons_of(blocks)]
    assert len(set(ids)) == len(ids)
    home = render.home(card, t)
    assert check(home["blocks"], "home") <= MOST_CHARACTERS


@settings(max_examples=40)
@given(cards)
def test_the_words_of_a_notification_ring_nobody(card: Card) -> None:
    assert "<" not in render.fallback(card)
    assert 1 <= len(render.fallback(card)) < 2000


def test_words_stay_as_they_were_written() -> None:
    said = "<!channel> *not bold* `x` :tada: &amp; <https://a.example|here>"
    quote = render.blocks(Card(body=(paragraph(said, quote=True),)))[0]["elements"][0]
    assert quote == {"type": "rich_text_quote", "elements": [{"type": "text", "text": said}]}


def test_styles_and_links_are_elements_of_rich_text() -> None:
    body = Paragraph(
        spans=(
            text("b", Style.BOLD),
            text("i", Style.ITALIC),
            text("c", Style.CODE),
            text("l", url="https://a.example"),
        )
    )
    elements = render.blocks(Card(body=(body,)))[0]["elements"][0]["elements"]
    assert [one.get("style") for one in elements] == [{"bold": True}, {"italic": True}, {"code": True}, None]
    assert elements[3] == {"type": "link", "url": "https://a.example", "text": "l"}


def test_a_long_text_is_cut_visibly_and_what_follows_it_stays() -> None:
    card = Card(
        title="P1", body=(paragraph("x" * 30_000, quote=True),), facts=(Fact(label="When", value="now"),), footer="f"
    )
    blocks = render.blocks(card, t=t)
    shown = json.dumps(blocks, ensure_ascii=False)
    assert "… (shortened)" in shown
    assert "When: " in shown
    assert blocks[-1]["type"] == "context"
    assert check(blocks) <= render.MOST_CHARACTERS + 200


def test_a_short_text_is_not_cut() -> None:
    assert "shortened" not in json.dumps(render.blocks(Card(body=(paragraph("x" * 2900),)), t=t))


def test_a_button_carries_its_code_its_tone_and_its_question() -> None:
    button = Button(verb="delete", label="Delete", subject="P1", revision=2, tone=Tone.DANGER, confirm="Really?")
    made = buttons_of(render.blocks(sentence("x", button)))[0]
    assert (made["value"], made["style"]) == ("v1:delete:P1:2", "danger")
    assert made["action_id"].startswith("v1:delete:P1:2")
    assert made["confirm"]["text"]["text"] == "Really?"


def test_a_page_button_opens_its_page_and_carries_no_code() -> None:
    made = buttons_of(render.blocks(sentence("x", Button(verb="see", label="See", url="https://a.example"))))[0]
    assert made["url"] == "https://a.example"
    assert "value" not in made
    assert made["action_id"].startswith(render.OPENS)


def test_many_rows_are_numbered_with_their_buttons_below() -> None:
    rows = tuple(
        Row(spans=(text(f"post {n}"),), buttons=(Button(verb="open", label="Open", subject=f"P{n}"),))
        for n in range(1, 41)
    )
    blocks = render.blocks(Card(rows=rows), t=t)
    assert check(blocks)
    assert [b["text"]["text"] for b in buttons_of(blocks)][:2] == ["1 · Open", "2 · Open"]
    assert len(buttons_of(blocks)) == 40


def test_a_picture_that_slack_has_is_shown_and_another_is_named() -> None:
    card = Card(
        pictures=(Picture(media_id=1, alt="a cat"), Picture(media_id=2, alt="a dog"), Picture(media_id=3, video=True))
    )
    image, named = render.blocks(card, {1: "F1", 3: "F3"}, t)
    assert image == {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a cat"}
    assert "a dog" in json.dumps(named)
    assert "Video" in json.dumps(named)
