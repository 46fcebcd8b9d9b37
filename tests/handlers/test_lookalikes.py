"""A host that mixes scripts, or looks like one of ours and is another, is said; hosts of the world are not."""

import pytest

from handlers.lookalikes import decoded, hosts_in, odd_hosts, skeleton
from handlers.words import translator

OURS = ("bakery.example", "www.paypal.com", "microsoft.com")
FINE = (
    "http://пример.рф",
    "https://例え.jp/ほげ and 日本語ひらがなカタカナabc.jp",
    "한국漢字abc.kr",
    "ㄅㄆㄇ漢字abc.tw",
    "bäckerei.de, xn--mnchen-3ya.de",
    "https://شبکه.example/می‌خواهم",
    "https://shop.bakery.example/a and https://bakery.example",
    "Привет.World, this.That",
    "https://ελλάδα.gr",
    "ada@bakery.example",
    "3.5 or v1.2.3",
)


@pytest.mark.parametrize("words", FINE)
def test_hosts_of_the_world_are_no_warning(words: str) -> None:
    assert odd_hosts(words, OURS) == []


@pytest.mark.parametrize("host", ["αbc.com", "goοgle.com", "соса-соla.com", "www.gооgle.com", "xn--ggle-55da.com"])
def test_a_host_that_mixes_scripts_is_found(host: str) -> None:
    (found,) = odd_hosts(f"Read https://{host}/page.", OURS)
    assert found.scripts


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("bаkery.example", "bakery.example"),
        ("shop.bаkery.example", "bakery.example"),
        ("раураӏ.com", ""),
        ("paypa1.com", "paypal.com"),
        ("rnicrosoft.com", "microsoft.com"),
        ("MICR0SOFT.com", "microsoft.com"),
    ],
)
def test_a_host_that_looks_like_ours_is_found(host: str, ours: str) -> None:
    assert [found.ours for found in odd_hosts(host, OURS)] == ([ours] if ours else [])


def test_the_warning_shows_punycode_decoded_and_names_the_scripts() -> None:
    (found,) = odd_hosts("https://xn--ggle-55da.com/x", OURS)
    said = found.in_words(translator("en"))
    assert said == ("The link to gооgle.com (xn--ggle-55da.com) mixes letters of different scripts (Latin, Cyrillic).")
    (found,) = odd_hosts("paypa1.com", OURS)
    assert found.in_words(translator("en")) == (
        "The link to paypa1.com looks like paypal.com, which is ours, but leads elsewhere."
    )


def test_what_is_no_punycode_stays_as_it_is_written() -> None:
    assert decoded("XN--99999999999.com") == "xn--99999999999.com"
    assert decoded("www.example。com") == "www.example.com"
    assert hosts_in("a.b " * 500) == ["a.b"]
    assert skeleton("paypal") == skeleton("раураl") != skeleton("paypals")
