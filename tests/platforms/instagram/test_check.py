"""What Instagram would refuse is known beforehand, and said so that a person can mend it."""

from dataclasses import replace
from pathlib import Path

import pytest

from platforms.contract import Attachment, Outgoing, Problem
from platforms.instagram.check import LIMITS, length, problems, text

PICTURE = Attachment(Path("a.jpg"), "image/jpeg", 1000, "00", "a cat", 100, 100)
FILM = Attachment(Path("a.mp4"), "video/mp4", 1000, "01")


def said(found: list[Problem]) -> list[str]:
    return [problem.sentence.format(**problem.params) for problem in found]


def check(*parts: str, has_shelf: bool = True, **given: object) -> list[str]:
    outgoing = Outgoing(parts, **{"media": (PICTURE,), **given})  # type: ignore[arg-type]  # a test's settings
    return said(problems(outgoing, LIMITS, has_shelf=has_shelf))


def test_good_posts_have_no_problems() -> None:
    assert check("hello") == []
    assert check() == []
    assert check("x" * 2200, media=(PICTURE,) * 10) == []
    assert check("film", media=(FILM,)) == []
    assert check("film", media=(FILM,), format="reel") == []
    assert check("both", media=(PICTURE, FILM)) == []
    assert check("", media=(FILM,), format="story") == []
    assert check("thanks!", media=(), reply_to="17900") == []


def test_text_alone_is_refused() -> None:
    assert check("hello", media=()) == ["Instagram publishes no text alone: add a picture or a film."]


def test_what_the_network_cannot_fetch_names_the_setting() -> None:
    (found,) = check("hello", has_shelf=False)
    assert found == (
        "Instagram fetches pictures and films itself: set public_url in [web] and secret_key in [desk], or a "
        "bucket in [shelf]."
    )
    assert check("thanks!", media=(), reply_to="17900", has_shelf=False) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"mime": "image/png"},
            "File 1 is of a kind (image/png) that Instagram does not take: save it as JPEG.",
        ),
        ({"size": 9_000_000}, "File 1 has 9.0 MB of at most 8.4 MB: make it smaller."),
        ({"size": 0}, "File 1 is empty: add it again."),
        (
            {"width": 1000, "height": 1251},
            "Picture 1 measures 1000 × 1251: Instagram takes shapes from 4:5 to 1.91:1. Crop it.",
        ),
        (
            {"width": 1920, "height": 1000},
            "Picture 1 measures 1920 × 1000: Instagram takes shapes from 4:5 to 1.91:1. Crop it.",
        ),
        ({"alt": "x" * 1001}, "The description of file 1 is longer than 1000 characters: shorten it."),
        ({"alt": " "}, "File 1 has no description: people who cannot see it will miss it."),
    ],
)
def test_a_picture_fits_or_says_why(change: dict[str, object], sentence: str) -> None:
    assert check("hello", media=(replace(PICTURE, **change),)) == [sentence]  # type: ignore[arg-type]  # a test's settings


def test_shapes_at_the_edge_fit_and_stories_have_any() -> None:
    for width, height in ((1080, 1350), (1910, 1000)):
        assert check("hello", media=(replace(PICTURE, width=width, height=height),)) == []
    assert check("", media=(replace(PICTURE, width=1080, height=1920, alt=""),), format="story") == []


def test_films_have_sizes_by_what_they_become() -> None:
    assert check("", media=(replace(FILM, size=299_000_000),)) == []
    assert check("", media=(replace(FILM, size=101_000_000),), format="story") == [
        "File 1 has 101.0 MB of at most 100.0 MB: make it smaller."
    ]
    (found,) = check("", media=(replace(FILM, mime="video/webm"),))
    assert found.endswith("save it as MP4.")


def test_captions_have_limits() -> None:
    assert check("x" * 2203) == ["The text has 2203 characters of at most 2200: shorten it by 3."]
    assert check(" ".join(f"#tag{n}" for n in range(31))) == ["There are 31 hashtags of at most 30: take some out."]
    assert check(" ".join(f"@p{n}" for n in range(21))) == ["There are 21 mentions of at most 20: take some out."]
    assert check("#1 mail@example.com &#39;") == []
    assert check("one", "two") == ["Instagram has no chains of posts: put everything into one text."]


def test_forms_take_what_they_take() -> None:
    assert check("x", media=(PICTURE,) * 11) == ["There are 11 files of at most 10: take some out."]
    assert check("x", format="reel") == ["A reel is one film: take the other files out or publish a post."]
    assert check("", media=(FILM, FILM), format="story") == ["A story is one picture or film: take the others out."]
    assert check("x", format="poll") == ["Instagram has no format “poll”: choose one of post, reel, story."]


def test_what_would_be_lost_is_warned_of() -> None:
    wide = replace(PICTURE, width=150)
    for given, sentence in (
        (
            {"parts": ("see https://example.com",)},
            "A link in a text on Instagram cannot be clicked: say where it is found.",
        ),
        ({"parts": ("hello",), "format": "story"}, "Instagram shows no text with a story: it will be left out."),
        ({"warning": "food"}, "Instagram has no content warnings: this one will be left out."),
        ({"media": (PICTURE, wide)}, "The files differ in shape: Instagram crops them all to that of the first."),
    ):
        outgoing = Outgoing(**{"parts": ("",), "media": (PICTURE,), **given})  # type: ignore[arg-type]  # as above
        found = problems(outgoing, LIMITS, has_shelf=True)
        assert said(found) == [sentence]
        assert all(problem.warning for problem in found)


def test_comments_are_text_and_may_be_refused_for_much() -> None:
    assert check("", media=(), reply_to="1") == ["The text is empty: write one."]
    assert check("look", reply_to="1") == ["A comment on Instagram takes no files: take them out."]
    assert check("x" * 301, media=(), reply_to="1") == ["Instagram may refuse a comment of more than 300 characters."]


def test_the_person_answered_is_named_once() -> None:
    assert text(Outgoing(("thanks",), mention="nora")) == "@nora thanks"
    assert text(Outgoing(("thanks @Nora!",), mention="@nora")) == "thanks @Nora!"
    assert text(Outgoing(("thanks @nora.b",), mention="nora")) == "@nora thanks @nora.b"
    assert length(Outgoing(("thanks",), mention="nora")) == 12
