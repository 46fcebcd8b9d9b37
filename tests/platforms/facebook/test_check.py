"""What Facebook would refuse is said beforehand, each with what to do."""

from pathlib import Path

import pytest

from platforms.contract import Attachment, Outgoing
from platforms.facebook.check import problems, text
from platforms.facebook.wire import LIMITS


def file(mime: str = "image/jpeg", size: int = 1000, alt: str = "A cat") -> Attachment:
    return Attachment(Path("x"), mime, size, "ab", alt)


PICTURE, FILM = file(), file("video/mp4")


@pytest.mark.parametrize(
    "fine",
    [
        Outgoing(("hello",)),
        Outgoing(("",), (PICTURE,)),
        Outgoing(("",), link="https://example.com/a"),
        Outgoing(("hello",), (PICTURE,) * 10),
        Outgoing(("hello",), (FILM,)),
        Outgoing(("hello",), (FILM,), format="reel"),
        Outgoing(("",), (FILM,), format="story"),
        Outgoing((), (PICTURE,), format="story"),
        Outgoing(("hello",), (PICTURE,), reply_to="1_2"),
        Outgoing(("x" * 63_206,)),
    ],
)
def test_what_facebook_takes_has_no_problem(fine: Outgoing) -> None:
    assert problems(fine, LIMITS) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Outgoing(("",)), "empty"),
        (Outgoing(()), "empty"),
        (Outgoing(("x" * 63_207,)), "shorten it by"),
        (Outgoing(("one", "two")), "no chains"),
        (Outgoing(("a\x00b",)), "control characters"),
        (Outgoing(("a",), format="live"), "no format"),
        (Outgoing(("a",), format="reel"), "one video"),
        (Outgoing(("a",), (PICTURE,), format="reel"), "one video"),
        (Outgoing((), (FILM, PICTURE), format="story"), "one picture or one video"),
        (Outgoing((), format="story"), "one picture or one video"),
        (Outgoing(("a",), (FILM, PICTURE)), "cannot go together"),
        (Outgoing(("a",), (FILM, FILM)), "video fits"),
        (Outgoing(("a",), (PICTURE,) * 11), "take some out"),
        (Outgoing(("a",), (FILM,), reply_to="1_2"), "comment takes one picture"),
        (Outgoing(("a",), (file("image/webp"),)), "does not take"),
        (Outgoing(("a",), (file(size=4_000_001),)), "make it smaller"),
        (Outgoing(("a",), (file(size=0),)), "is empty"),
        (Outgoing(("a",), (file(alt="x" * 1001),)), "description"),
        (Outgoing(("a",), warning="spoiler"), "content warnings"),
        (Outgoing(("a",), visibility="private"), "public"),
        (Outgoing(("a",), link="example"), "no web address"),
    ],
)
def test_what_facebook_refuses_is_one_problem_with_all_its_words(wrong: Outgoing, said: str) -> None:
    (problem,) = problems(wrong, LIMITS)
    assert said in problem.sentence.format(**problem.params)
    assert not problem.warning


@pytest.mark.parametrize(
    "doubtful",
    [
        Outgoing(("a\u202eb",)),
        Outgoing(("a",), (file(alt=" "),)),
        Outgoing(("unseen",), (PICTURE,), format="story"),
    ],
)
def test_what_a_team_may_overrule_is_a_warning(doubtful: Outgoing) -> None:
    (problem,) = problems(doubtful, LIMITS)
    assert problem.warning


def test_link_stands_in_the_text_where_there_is_no_preview() -> None:
    link = "https://example.com/a"
    assert text(Outgoing(("see",), link=link)) == "see"
    assert text(Outgoing(("see",), (PICTURE,), link=link)) == f"see\n\n{link}"
    assert text(Outgoing((f"see {link}",), (PICTURE,), link=link)) == f"see {link}"
    assert text(Outgoing(("see",), link=link, reply_to="1_2")) == f"see\n\n{link}"
