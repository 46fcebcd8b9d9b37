"""What Threads would refuse is known beforehand, and said so that a person can mend it."""

from dataclasses import replace
from pathlib import Path

import pytest

from platforms.contract import Attachment, Outgoing
from platforms.threads.check import LIMITS, count, length, problems, texts

PICTURE = Attachment(Path("a.png"), "image/png", 1000, "00", "a cat", 100, 100)
FILM = Attachment(Path("a.mp4"), "video/mp4", 1000, "01", "a cat runs")


def check(*parts: str, has_shelf: bool = True, **given: object) -> list[str]:
    found = problems(Outgoing(parts, **given), LIMITS, has_shelf=has_shelf)  # type: ignore[arg-type]  # a test's settings
    return [problem.sentence.format(**problem.params) for problem in found]


def test_good_posts_have_no_problems() -> None:
    assert check("hello") == []
    assert check("one", "two", media=(PICTURE, FILM)) == []
    assert check("", media=(PICTURE,) * 20) == []
    assert check("x" * 500) == []
    assert check("see", link="https://example.com") == []


@pytest.mark.parametrize(
    ("said", "length"),
    [("hello", 5), ("perché", 6), ("👍", 4), ("👨‍👩‍👧‍👦", 25), ("🇮🇹!", 9), ("1️⃣", 7), ("漢字", 2)],
)
def test_emoji_count_as_bytes_and_letters_as_letters(said: str, length: int) -> None:
    assert count(said) == length


def test_too_long_says_by_how_much_and_which_part() -> None:
    assert check("👍" * 126) == ["The text has 504 characters of at most 500: shorten it by 4."]
    assert check("ok", "x" * 501) == ["Part 2 has 501 characters of at most 500: shorten it by 1."]


def test_nothing_is_not_published() -> None:
    for parts in ((), ("",), (" \n",)):
        assert check(*parts) == ["The text is empty: write a text or add a picture."]
    assert check("one", "", media=(PICTURE,)) == ["Part 2 is empty: write its text or take it out."]


def test_a_link_is_a_preview_or_ends_the_first_part() -> None:
    link = "https://example.com"
    assert texts(Outgoing(("see", "more"), link=link)) == ("see", "more")
    assert texts(Outgoing(("see", "more"), media=(PICTURE,), link=link)) == (f"see\n\n{link}", "more")
    assert texts(Outgoing((f"at {link}",), media=(PICTURE,), link=link)) == (f"at {link}",)
    assert length(Outgoing(("see",), media=(PICTURE,), link=link), 0) == 3 + 2 + len(link)


def test_files_fit_or_say_why() -> None:
    assert check("x", media=(PICTURE,) * 21) == ["There are 21 files of at most 20: take some out."]
    assert check("x", media=(replace(PICTURE, mime="image/webp"),)) == [
        "File 1 is of a kind (image/webp) that Threads does not take: save it as JPEG."
    ]
    assert check("x", media=(replace(PICTURE, width=1001),)) == [
        "Picture 1 measures 1001 × 100: Threads takes none longer than 10:1. Crop it."
    ]
    assert check("x", media=(replace(FILM, size=1_100_000_000),)) == [
        "File 1 has 1100.0 MB of at most 1000.0 MB: make it smaller."
    ]
    (found,) = check("x", media=(PICTURE,), has_shelf=False)
    assert found == (
        "Threads fetches pictures and films itself: set public_url in [web] and secret_key in [desk], or a "
        "bucket in [shelf]."
    )


def test_what_threads_has_not_is_said() -> None:
    assert check("x", warning="food") == ["Threads has no content warnings: this one will be left out."]
    assert check("x", format="story") == ["Threads has no format “story”: choose one of post."]
