"""What Mastodon would refuse is known beforehand, and said so that a person can mend it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from platforms.contract import Attachment, Outgoing, Problem
from platforms.mastodon.check import length, problems, texts
from platforms.mastodon.wire import LIMITS

PICTURE = Attachment(Path("a.png"), "image/png", 1000, "00", "a cat", 100, 100)
FILM = Attachment(Path("a.mp4"), "video/mp4", 1000, "01", "a cat runs")


def said(*found: Problem) -> list[str]:
    return [problem.sentence.format(**problem.params) for problem in found]


def check(*parts: str, **given: object) -> list[str]:
    return said(*problems(Outgoing(parts, **given), LIMITS))  # type: ignore[arg-type]  # a test's settings


def test_good_posts_have_no_problems() -> None:
    assert check("hello") == []
    assert check("one", "two", visibility="unlisted", language="it", warning="spoilers") == []
    assert check("", media=(PICTURE,) * 4) == []
    assert check("x" * 500) == []
    assert check("film", media=(FILM,)) == []


@pytest.mark.parametrize("empty", ["", "  \n\t"])
def test_nothing_is_not_published(empty: str) -> None:
    assert check(empty) == ["The text is empty: write a text or add a picture."]
    assert check() == ["There is nothing to publish: write a text or add a picture."]
    assert check("one", empty, media=(PICTURE,)) == ["Part 2 is empty: write its text or take it out."]


def test_too_long_says_by_how_much_and_which_part() -> None:
    assert check("x" * 503) == ["The text has 503 characters of at most 500: shorten it by 3."]
    assert check("ok", "x" * 501) == ["Part 2 has 501 characters of at most 500: shorten it by 1."]


def test_warning_and_mention_count_too() -> None:
    outgoing = Outgoing(("x" * 480, "y"), warning="w" * 10, mention="nora@social.example")
    assert length(outgoing, 0, LIMITS) == 480 + 10 + len("@nora ")
    assert length(outgoing, 1, LIMITS) == 11
    assert check("x" * 494, mention="nora@a.example") == []
    (found,) = check("x" * 495, mention="nora@a.example")
    assert found == "The text has 501 characters of at most 500: shorten it by 1."


def test_person_answered_is_named_once_and_only_in_the_first_part() -> None:
    assert texts(Outgoing(("hi", "more"), mention="nora@a.example")) == ("@nora@a.example hi", "more")
    assert texts(Outgoing(("hi @Nora@A.example!",), mention="@nora@a.example")) == ("hi @Nora@A.example!",)
    assert texts(Outgoing(("hi @nora@a.example.org",), mention="nora@a.example"))[0].startswith("@nora@a.example hi")
    assert texts(Outgoing((), mention="nora")) == ("@nora",)


def test_a_short_name_at_the_beginning_is_the_person_answered_and_not_a_second_one() -> None:
    assert texts(Outgoing(("@Nora, yes",), mention="nora@a.example")) == ("@nora@a.example, yes",)
    assert texts(Outgoing(("@nora yes",), mention="nora")) == ("@nora yes",)
    assert texts(Outgoing(("@norah yes",), mention="nora@a.example")) == ("@nora@a.example @norah yes",)
    assert texts(Outgoing(("@nora@b.example yes",), mention="nora@a.example")) == (
        "@nora@a.example @nora@b.example yes",
    )
    assert texts(Outgoing(("hi",))) == ("hi",)


def test_hidden_characters_are_found() -> None:
    assert check("a\x07b") == ["The text contains invisible control characters: type it anew."]
    assert check("ok", "a\x00b") == ["Part 2 contains invisible control characters: type it anew."]
    assert check("a\n\tb") == []
    assert check("a", warning="\x1b[1m") == ["The content warning contains invisible control characters: type it anew."]
    assert check("a", warning=" ") == ["The content warning is blank: write it or take it away."]


def test_turned_writing_direction_is_only_a_warning() -> None:
    (found,) = problems(Outgoing(("abc\u202edef",)), LIMITS)
    assert found.warning
    (part,) = problems(Outgoing(("x", "abc\u2066def")), LIMITS)
    assert said(part)[0].startswith("Part 2 turns")


def test_choices_are_those_of_the_network() -> None:
    assert check("a", visibility="friends") == [
        "Mastodon has no visibility “friends”: choose one of public, unlisted, private, direct."
    ]
    assert check("a", language="Italian") == ["“Italian” is no language code: use one like en or it."]


def test_files_that_do_not_fit_together() -> None:
    assert check("a", media=(PICTURE,) * 5) == ["There are 5 pictures of at most 4: take some out."]
    assert check("a", media=(FILM, FILM)) == ["Only 1 video fits into a post: take the others out."]
    mixed = "A video and pictures cannot go together: keep the video or the pictures."
    assert check("a", media=(PICTURE, FILM)) == [mixed]
    sound = replace(FILM, mime="video/webm")
    assert check("a", media=(sound, PICTURE)) == [mixed]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"mime": "image/bmp"}, "File 1 is of a kind (image/bmp) that this server does not take."),
        ({"size": 17_000_000}, "File 1 has 17.0 MB of at most 16.8 MB: make it smaller."),
        ({"size": 0}, "File 1 is empty: add it again."),
        (
            {"width": 10_000, "height": 4_000},
            "Picture 1 measures 10000 × 4000, more than 33.2 megapixels: make it smaller.",
        ),
        ({"alt": "x" * 1501}, "The description of file 1 is longer than 1500 characters: shorten it."),
        ({"alt": " "}, "File 1 has no description: people who cannot see it will miss it."),
    ],
)
def test_file_that_the_server_would_not_take(change: dict[str, object], sentence: str) -> None:
    assert check("a", media=(replace(PICTURE, **change),)) == [sentence]  # type: ignore[arg-type]


def test_film_may_be_larger_than_a_picture() -> None:
    assert check("a", media=(replace(FILM, size=50_000_000, width=9000, height=9000),)) == []


def test_missing_description_can_be_overruled_and_the_rest_cannot() -> None:
    found = problems(Outgoing(("",), media=(replace(PICTURE, alt="", mime="image/bmp"),)), LIMITS)
    assert [problem.warning for problem in found] == [False, True]


def test_every_sentence_names_only_what_it_is_given() -> None:
    everything = Outgoing(
        ("x\x00\u202e" * 600, "", "x\x01\u202e" * 600),
        (PICTURE, *(replace(FILM, size=10**9, mime="x/y"),) * 3),
        warning="\x02",
        visibility="v",
        language="L",
    )
    for problem in problems(everything, LIMITS):
        assert set(re.findall(r"{(\w+)}", problem.sentence)) <= set(problem.params), problem
