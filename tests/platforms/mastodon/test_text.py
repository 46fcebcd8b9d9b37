"""Texts as Mastodon counts, shows and keeps them."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.mastodon.text import count, plain, skeleton
from support.programs import SPECS, needs_specs

VECTORS = SPECS / "_vectors" / "text-vectors.json"


@needs_specs("_vectors")
def test_counts_as_the_specification_counts() -> None:
    for vector in json.loads(VECTORS.read_text())["mastodon_length"]:
        assert count(vector["text"], 23) == vector["counts_as"], vector


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("see https://a.io.", 28),
        ("(https://a.io/x_(y))", 25),
        ("https://a.io/a https://b.io/b", 47),
        ("https://例え.jp/道?q=1!", 24),
        ("https://localhost/x", 19),
        ("http://", 7),
        ("mail a@b.example", 16),
        ("@a.b@social.example, hi", 8),
        ("/@a@social.example", 18),
        ("🇮🇹👍🏽e\u0301", 3),
        ("a\r\nb", 3),
    ],
)
def test_counts_what_a_person_sees(text: str, length: int) -> None:
    assert count(text, 23) == length


def test_link_has_the_price_of_the_server() -> None:
    assert count("https://a.io/" + "x" * 100, 30) == 30


@given(st.text(max_size=200))
def test_count_is_never_more_than_the_code_points_without_links(text: str) -> None:
    assert 0 <= count(text, 0) <= len(text)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("plain &amp; simple", "plain & simple"),
        ("<p>one</p><p>two<br>three<br/>four</p>", "one\n\ntwo\nthree\nfour"),
        ("<p>a &lt;b&gt; c</p>", "a <b> c"),
        (
            '<p><span><a href="https://s.example/@nora" class="mention">@<span>nora</span></a></span> hi</p>',
            "@nora hi",
        ),
        (
            '<p><a href="https://s.example/a/long"><i>https://</i><b>s.example/a</b><i>/long</i></a>!</p>',
            "https://s.example/a/long!",
        ),
        ('<a href="https://s.example/long/path">s.example/lo…</a>', "https://s.example/long/path"),
        ('<a href="https://evil.example/">https://bank.example</a>', "https://bank.example (https://evil.example/)"),
        ('<a href="https://www.s.example/">s.example</a>', "s.example"),
        ('<a href="https://s.example/gr%C3%B6%C3%9Fe">https://s.example/größe</a>', "https://s.example/größe"),
        ('<a href="http://www.s.example">www.s.example</a>', "www.s.example"),
        ('<a href="https://s.example/tags/x" class="mention hashtag" rel="tag">#<span>x</span></a>', "#x"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ('<a href="http://[bad">click</a>', "click"),
        ('<a href="https://s.example"></a>', "https://s.example"),
        ('<p>:blobcat: <img src="x" alt=":cat:"></p>', ":blobcat: :cat:"),
        ("<ul><li>a</li><li>b</li></ul>after", "- a\n- b\n\nafter"),
        ("<p>x<script>evil()</script><style>p{}</style></p>", "x"),
        ("<?xml version='1.0'?><p>x</p>", "x"),
        ("<p>\u202eevil\x00\x07</p>", "evil"),
        ("<p>a</p>\n<p>b</p>", "a\n\nb"),
        ("a < b", "a < b"),
    ],
)
def test_markup_becomes_what_a_reader_sees(markup: str, text: str) -> None:
    assert plain(markup) == text


PIECES = st.sampled_from(
    "<p>  </p> <br> <a  href= 'https://x.example'> </a> <img  alt=x> <!-- <![CDATA[ <![foo[ <! </ <script> <li> &#0; "
    "&#x110000; & <?xml ?> <template> https://x.example \x00 😀 <style> ]]> ]> >".split(" ")
)


@given(st.lists(PIECES | st.text(max_size=5), max_size=30).map("".join))
def test_any_markup_becomes_text_without_an_error(markup: str) -> None:
    text = plain(markup)
    assert "\x00" not in text
    assert text == text.strip()


@pytest.mark.parametrize("markup", ["a&#{};b", "<p>a&#{};b", '<a title="&#{};">ab</a>', "<p>a&#x{}b"])
@pytest.mark.parametrize("number", ["9" * 5000, "xD800", "0", "99999999"])
def test_numbers_of_no_characters_break_nothing(markup: str, number: str) -> None:
    plain(markup.format(number)).encode()


def test_markup_that_the_parser_rejects_is_stripped() -> None:
    text = plain("<p>a</p><![foo[x]]>y")
    assert text.startswith("a")
    assert text.endswith("y")


@pytest.mark.parametrize("depth", [3000, 50_000])
def test_deep_markup_does_not_break_nor_keep_anybody_waiting(depth: int) -> None:
    began = time.process_time()  # what it costs, however busy the machine is
    assert plain("<b>" * depth + "x") == "x"
    assert time.process_time() - began < 10


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=100))
def test_text_without_markup_survives_the_way_there_and_back(text: str) -> None:
    sent = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert skeleton(plain(f"<p>{sent}</p>")) == skeleton(text)


def test_skeleton_forgets_what_servers_change_and_nothing_else() -> None:
    assert skeleton("Hi  @nora@s.example\nsee https://www.A.example/x") == skeleton("hi @nora see a.example/x/")
    assert skeleton("**bold** _it_") == skeleton("bold it")
    assert skeleton("8 €") != skeleton("9 €")
    assert skeleton("😀") != skeleton("😎")
