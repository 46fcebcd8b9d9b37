"""Texts become plain text and entities in UTF-16 units, as Telegram makes them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.telegram.entities import TEXT_LIMIT, formatted, segments
from sandbox.telegram.errors import ApiError
from sandbox.telegram.html import parse_html, units


def kinds(source: str) -> list[tuple[str, int, int]]:
    return [(e["type"], e["offset"], e["length"]) for e in parse_html(source)[1]]


def stored(source: str) -> tuple[str, list[dict[str, Any]]]:
    return formatted(source, "HTML", "", TEXT_LIMIT, "message")


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("<b>a</b><strong>b</strong>", "ab", [("bold", 0, 1), ("bold", 1, 1)]),
        ("<i>a</i><em>b</em>", "ab", [("italic", 0, 1), ("italic", 1, 1)]),
        ("<u>a</u><ins>b</ins>", "ab", [("underline", 0, 1), ("underline", 1, 1)]),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", [("strikethrough", i, 1) for i in range(3)]),
        ("<tg-spoiler>a</tg-spoiler><span class='tg-spoiler'>b</span>", "ab", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<blockquote>a</blockquote>", "a", [("blockquote", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ("😀<B>é😀</B>", "😀é😀", [("bold", 2, 3)]),
        ("<b><i>a</i> b</b>", "a b", [("bold", 0, 3), ("italic", 0, 1)]),
        ("<b></b>a", "a", []),
        ("&lt;b&gt; &amp;amp; &quot;&#39;&#x1F600;&nbsp;", "<b> &amp; \"'😀&nbsp;", []),
    ],
)
def test_every_tag_becomes_its_entity(source: str, text: str, expected: list[tuple[str, int, int]]) -> None:
    assert parse_html(source)[0] == text
    assert kinds(source) == expected


def test_links_mentions_and_languages_keep_their_argument() -> None:
    _, found = parse_html('<a href="https://a.example/?x=1&amp;y=2">a</a><a href="tg://user?id=1001">Ada</a>')
    assert found[0]["url"] == "https://a.example/?x=1&y=2"
    assert found[1]["user"] == {"id": 1001}
    assert parse_html("<a href='javascript:alert(1)'>a</a>") == ("a", [])
    _, found = parse_html('<pre><code class="language-python">x</code></pre><code class="language-c">y</code>')
    assert found == [
        {"type": "pre", "offset": 0, "length": 1, "language": "python"},
        {"type": "code", "offset": 1, "length": 1},
    ]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("é<p>a</p>", 'Unsupported start tag "p" at byte offset 2'),
        ("a <3 b", 'Unsupported start tag "3" at byte offset 2'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span class='x'>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_markup_is_refused_with_its_byte_offset(source: str, complaint: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {complaint}"


def test_commands_mentions_tags_and_addresses_are_found_without_markup() -> None:
    text, found = stored("/post@some_bot to @ada_sandbox #spring https://a.example/x. a@b.example")
    named = [(e["type"], text[e["offset"] : e["offset"] + e["length"]]) for e in found]
    assert named == [
        ("bot_command", "/post@some_bot"),
        ("mention", "@ada_sandbox"),
        ("hashtag", "#spring"),
        ("url", "https://a.example/x"),
        ("email", "a@b.example"),
    ]
    assert stored("&lt;/b&gt; a/b http")[1] == [], "what looks like markup is no command"
    assert stored("<code>/post</code>") == ("/post", [{"type": "code", "offset": 0, "length": 5}])


def test_space_around_a_text_is_cut_and_entities_move_with_it() -> None:
    assert stored(" \n<b> a </b> ") == ("a", [{"type": "bold", "offset": 0, "length": 1}])


@given(st.text())
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parse_html(f"<b>{escaped}</b>")[0] == text


@given(st.text(min_size=1), st.text())
def test_segments_put_together_are_the_text(bold: str, rest: str) -> None:
    entities = [{"type": "bold", "offset": 0, "length": units(bold)}]
    pieces = segments(bold + rest, entities)
    assert "".join(piece["text"] for piece in pieces) == bold + rest
    assert pieces[0] == {"text": bold, "styles": ["bold"]}
