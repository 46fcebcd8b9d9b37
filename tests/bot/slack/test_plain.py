"""What people typed is read as the text they meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.plain import from_message, from_mrkdwn, from_rich_text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&amp;lt;", "&lt;"),
        ("&copy; stays", "&copy; stays"),
        ("<https://example.com>", "https://example.com"),
        ("<http://example.com|example.com>", "example.com"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com|read this>", "read this (https://example.com)"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com"),
        ("<@U0ADA00001|ada> and <@U0BRUNO001>", "@ada and @U0BRUNO001"),
        ("<#C0REVIEW01|review> <#C0REVIEW01|>", "#review #C0REVIEW01"),
        ("<!channel> <!here|here> <!subteam^S1|@press>", "@channel @here @press"),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
    ],
)
def test_mrkdwn_becomes_plain_text(typed: str, meant: str) -> None:
    assert from_mrkdwn(typed) == meant


@given(st.text())
def test_any_escaped_text_comes_back_as_it_was(text: str) -> None:
    typed = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert from_mrkdwn(typed) == text


def section(*elements: dict[str, object]) -> dict[str, object]:
    return {"type": "rich_text_section", "elements": list(elements)}


def test_rich_text_keeps_words_lists_and_emoji_and_loses_styles() -> None:
    block = {
        "type": "rich_text",
        "elements": [
            section(
                {"type": "text", "text": "Big ", "style": {"bold": True}},
                {"type": "emoji", "name": "tada", "unicode": "1f389"},
                {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fb"},
                {"type": "emoji", "name": "our_own"},
            ),
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [section({"type": "text", "text": "one"}), section({"type": "text", "text": "two"})],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "indent": 1,
                "elements": [section({"type": "link", "url": "https://a.example", "text": "here"})],
            },
        ],
    }
    assert from_rich_text(block) == "Big 🎉👋🏻:our_own:\n1. one\n2. two\n  • here (https://a.example)"


def test_a_message_without_rich_text_is_read_from_its_mrkdwn() -> None:
    assert from_message({"text": "a &amp; b"}) == "a & b"
    assert from_message({"text": "from a bot", "blocks": [{"type": "section"}]}) == "from a bot"


@pytest.mark.parametrize("code", ["d800", "0", "1f389-dfff", "110000", "-1f389", "f" * 5000, "-", " 1f"])
def test_an_emoji_that_is_no_character_is_its_name(code: str) -> None:
    block = {"type": "rich_text", "elements": [section({"type": "emoji", "name": "odd", "unicode": code})]}
    read = from_rich_text(block)
    assert read in {":odd:", "\x1f"}
    assert "\0" not in read.encode().decode()


@pytest.mark.parametrize("number", [10**12, -(10**12), 10**4000, True, None, "1"])
def test_a_list_is_no_deeper_and_goes_no_further_than_slack_lets_it(number: object) -> None:
    items = {"type": "rich_text_list", "style": "ordered", "elements": [section({"type": "text", "text": "x"})]}
    assert len(from_rich_text({"type": "rich_text", "elements": [items | {"indent": number, "offset": number}]})) < 30


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "unicode", "url", "offset", "indent"]), inner)
    ),
    max_leaves=12,
)


@given(json_values)
def test_no_block_can_break_the_reading(junk: object) -> None:
    for kind in ("rich_text_section", "rich_text_list"):
        block = {"type": "rich_text", "elements": [{"type": kind, "elements": junk}, junk]}
        assert isinstance(from_message({"text": "x", "blocks": [block]}), str)
