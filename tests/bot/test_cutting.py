"""Cuts go between characters as people see them, and nothing is lost by them."""

import html

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.cutting import Missing, beginning, messages, pieces, share, units
from bot.slack import render as slack
from bot.slack.literal import Room
from bot.telegram import render as telegram
from handlers.cards import Button, Card, Fact, Paragraph, Picture, Tone, paragraph, text

FAMILY = "👩\u200d👩\u200d👧\u200d👦"
FLAG = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
SEEN_AS_ONE = ("e\u0301", FAMILY, FLAG, "🇮🇹", "👍🏽", "각", "क्षि")


def characters(words: str) -> list[str]:
    return regex.findall(r"\X", words)


@pytest.mark.parametrize("one", SEEN_AS_ONE)
def test_no_cut_goes_through_what_people_see_as_one_character(one: str) -> None:
    words = one * 40
    for most in range(units(one), 4 * units(one)):
        kept = beginning(words, most)
        assert kept == one * (most // units(one))
        assert units(kept) <= most
    assert {character for piece in pieces(words, 5 * units(one) + 1) for character in characters(piece)} == {one}


@pytest.mark.parametrize(
    ("words", "most", "kept"),
    [
        ("warm bread with olives", 13, "warm bread "),
        ("warm bread with olives", 15, "warm bread with"),
        ("warm bread with olives", 11, "warm bread "),
        ("warm bread\nwith olives", 14, "warm bread\n"),
        ("a " + "x" * 60, 60, "a " + "x" * 58),
        ("warm " + FAMILY * 3, 5 + 2 * units(FAMILY) + 1, "warm " + FAMILY * 2),
        ("今日は焼きたてのパンがあります", 6, "今日は焼きた"),
        ("it costs only 10\u00a0€ here", 17, "it costs only "),
        ("some warm bread \u0301with olives", 18, "some warm "),
    ],
)
def test_no_word_is_cut_where_one_ends_near(words: str, most: int, kept: str) -> None:
    assert beginning(words, most) == kept


def test_a_character_longer_than_a_message_is_cut_all_the_same() -> None:
    words = "e" + "\u0301" * 500
    assert "".join(pieces(words, 100)) == words
    assert all(units(piece) <= 100 for piece in pieces(words, 100))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.integers(20, 60))
def test_pieces_give_the_text_and_fit(words: str, most: int) -> None:
    found = list(pieces(words, most))
    assert "".join(found) == words
    assert all(0 < units(piece) <= most for piece in found)


def test_a_piece_ends_behind_a_paragraph_a_line_or_a_word_where_one_ends_near() -> None:
    assert list(pieces("one two three four", 12)) == ["one two ", "three four"]
    assert next(pieces("first line\nsecond\n\nthird line", 22)) == "first line\nsecond\n\n"


def test_the_longest_give_first() -> None:
    assert share([10, 10, 500], 100) == 80
    assert share([50, 50, 50], 90) == 30
    assert share([], 90) == 90


def test_a_label_is_on_every_piece_and_every_message_fits() -> None:
    made = messages([Missing("Text on acme " * 50, "word " * 3000), Missing("Link", "https://x.example")], 3000)
    for card in made:
        assert sum(units(span.text) for one in card.body for span in one.spans) <= 3000
    quoted = ["".join(s.text for s in one.spans) for card in made for one in card.body if one.quote]
    assert "".join(quoted) == "word " * 3000 + "https://x.example"


def test_a_sentence_above_quoted_words_is_said_once() -> None:
    said, quoted = Missing("It answers C1:", "It answers C1:"), Missing("It answers C1:", "Is there bread?")
    (card,) = messages([Missing("Text", "the end"), said, quoted], 3000)
    assert ["".join(s.text for s in one.spans) for one in card.body] == [
        "Text",
        "the end",
        "It answers C1:",
        "Is there bread?",
    ]
    long = "So " * 100
    (card,) = messages([Missing(long, long)], 3000)
    assert card.body[-1].spans[0].text == long, "what is too long to stand above is below it whole"


def card_of(text: str, **more: object) -> Card:
    verdict = Button(verb="approve", label="Approve", subject="P1", revision=1, tone=Tone.PRIMARY, whole=True)
    body = (paragraph("acme · 5 / 500"), paragraph(text, quote=True))
    return Card(title="P1 · In review", body=body, buttons=(verdict,), footer="P1 · revision 1", **more)


def read(card: Card) -> str:
    return "".join(span.text for one in card.body if one.quote for span in one.spans)


def shown_in_slack(card: Card) -> str:
    found: list[str] = []

    def walk(part: object) -> None:
        if isinstance(part, dict):
            if isinstance(part.get("text"), str):
                found.append(part["text"])
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(slack.blocks(card))
    return "".join(found)


@pytest.mark.parametrize("size", [100, 3_000, 3_880, 4_000, 4_472, 8_972, 9_400, 9_700, 18_968, 40_000])
def test_what_a_chat_shows_and_its_rest_are_all_of_the_text(size: int) -> None:
    words = "".join(f"{number:06} " for number in range(size // 7 + 1))[:size].strip()
    card = card_of(words)
    for seen, rest in (
        (html.unescape(telegram.draw(card).html), telegram.rest(card)),
        (shown_in_slack(card), slack.rest(card)),
    ):
        left = "".join(map(read, rest))
        assert words.endswith(left)
        assert words[: len(words) - len(left)].strip() in seen, "what is not in the rest is on the card"
        assert bool(left) == (words not in seen)


def test_no_text_begins_in_slack_where_hardly_any_of_it_fits() -> None:
    room = Room(200)
    assert room.fit([text("x" * 195)], 200)
    assert room.fit([text("It answers C1:")], 200, "It answers C1:") == []
    assert [one.words for one in room.missing] == ["It answers C1:"]


@pytest.mark.parametrize("rest", [telegram.rest, slack.rest])
def test_everything_that_leaves_is_shown_or_in_the_rest(rest: object) -> None:
    long = "x" * 9_000
    parts = {
        "value": card_of("short", facts=(Fact(label="Link", value=long),)),
        "alt": card_of("short", pictures=(Picture(media_id=1, alt=long),)),
        "film": card_of("short", pictures=(Picture(media_id=1, alt=long, video=True),)),
        "plain": Card(body=(Paragraph(spans=(*paragraph("x" * 12_000).spans, *paragraph("END").spans)),)),
    }
    assert callable(rest)
    for name, card in parts.items():
        left = "".join(map(read, rest(card)))
        assert left, name
        assert set(left) <= {"x", "E", "N", "D"}, name


def test_a_value_that_fits_beside_the_others_is_shown_whole_in_slack() -> None:
    facts = (Fact(label="Link", value="https://x.example/" + "y" * 900), *(Fact(label="a", value="b"),) * 12)
    assert slack.rest(card_of("short", facts=facts)) == ()
    assert "y" * 900 in shown_in_slack(card_of("short", facts=facts))


def test_what_a_picture_shows_for_people_who_cannot_see_it_is_read_in_slack() -> None:
    card = card_of("short", pictures=(Picture(media_id=1, alt="A loaf of bread"),))
    assert "A loaf of bread" in str([b for b in slack.blocks(card, {1: "F1"}) if b["type"] == "rich_text"])
