"""The pretend Mastodon: how long a text counts and the HTML it becomes."""

import json

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from sandbox.mastodon.text import length, pieces, to_html
from support.programs import SPECS, needs_specs

VECTORS = SPECS / "_vectors" / "text-vectors.json"


def html(text: str) -> str:
    return to_html(text, lambda handle: f"http://s/@{handle}" if handle == "nora" else None, "http://s/tags/")


@needs_specs("_vectors")
def test_published_vectors_are_counted_as_published() -> None:
    for vector in json.loads(VECTORS.read_text())["mastodon_length"]:
        assert length(vector["text"]) == vector["counts_as"], vector["text"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("e\u0301", 1),
        ("🇮🇹🇮🇹", 2),
        ("(https://example.com/a_(b))", 25),
        ("https://example.com.", 24),
        ("http://no-tld/path", 18),
        ("ask @a.b@c.example, please", 16),
        ("me@example.com", 14),
    ],
)
def test_texts_are_counted_as_graphemes_with_short_links_and_handles(text: str, count: int) -> None:
    assert length(text) == count


def test_a_content_warning_counts() -> None:
    assert length("abc", "de") == 5


def test_markup_is_escaped_and_lines_become_paragraphs() -> None:
    assert html("a <b>\nc\n\n\nd & 'e'") == "<p>a &lt;b&gt;<br />c</p><p>d &amp; &#39;e&#39;</p>"


def test_a_long_link_is_shown_shortened_but_complete() -> None:
    anchor = BeautifulSoup(html("https://www.example.com/a/very/long/path/that/goes/on"), "html.parser").a
    assert anchor is not None
    assert anchor["href"] == anchor.get_text() == "https://www.example.com/a/very/long/path/that/goes/on"
    assert [" ".join(s["class"]) for s in anchor.find_all("span")] == ["invisible", "ellipsis", "invisible"]


def test_only_known_people_become_links() -> None:
    shown = html("@nora @nobody")
    assert '<span class="h-card" translate="no"><a href="http://s/@nora" class="u-url mention">@<span>nora' in shown
    assert shown.endswith(" @nobody</p>")


def test_a_hashtag_links_to_its_page() -> None:
    assert '<a href="http://s/tags/caffè" class="mention hashtag" rel="tag">#<span>Caffè</span></a>' in html(
        "un #Caffè"
    )
    assert [p.kind for p in pieces("#123 a#b https://a.example/#c")] == ["link"]


@given(st.text())
def test_what_a_browser_shows_is_the_text(text: str) -> None:
    shown = BeautifulSoup(html(text), "html.parser").get_text()
    assert "".join(shown.split()) == "".join(text.replace("\x00", "").split()) or "\x00" in text or "\ufffd" in shown
