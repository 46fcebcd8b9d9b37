"""A reader of lists without places misses nothing, tells nothing twice, and begins with nothing old."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from platforms.contract import RemoteAuthor, RemoteComment
from platforms.graph.window import OVERLAP, Window

START = datetime(2026, 11, 1, 12, tzinfo=UTC)
NORA = RemoteAuthor("1", "nora", "Nora")


def comment(number: int, seconds: int = 0) -> RemoteComment:
    return RemoteComment(str(number), NORA, "hi", START + timedelta(seconds=seconds))


def test_what_stood_before_is_not_new_and_what_comes_in_the_same_second_is() -> None:
    window = Window(int(START.timestamp())).after([comment(1)])
    assert window.new([comment(2), comment(1)]) == [comment(2)]


def test_nothing_new_leaves_the_cursor_as_it_was() -> None:
    window = Window(int(START.timestamp())).after([comment(1), comment(2, 5)])
    assert window.after([comment(1), comment(2, 5)]).cursor == window.cursor
    assert Window.of(window.cursor) == window


def test_what_is_listed_late_is_still_new() -> None:
    window = Window(int(START.timestamp())).after([comment(1, 100)])
    assert window.new([comment(2, 90)]) == [comment(2, 90)]
    long_ago = 100 - int(OVERLAP.total_seconds()) - 1
    assert window.new([comment(3, long_ago)]) == []


def test_the_cursor_does_not_grow() -> None:
    window = Window(int(START.timestamp()))
    for n in range(500):
        window = window.after([comment(n, n * 60)])
    assert len(window.read) < 10


def test_the_same_second_keeps_the_networks_order() -> None:
    assert [c.remote_id for c in Window(0).new([comment(3), comment(1), comment(2)])] == ["2", "1", "3"]


@given(st.lists(st.lists(st.integers(0, 60), max_size=5), max_size=8))
def test_every_comment_is_told_once_however_it_arrives(looks: list[list[int]]) -> None:
    """Each look sees all that stands; comments come in any second, late by less than the overlap."""
    window, standing, told, number = Window(int(START.timestamp())), [comment(0)], [], 1
    window = window.after(standing)
    for seconds in looks:
        for second in seconds:
            standing.insert(0, comment(number, second))
            number += 1
        newest_first = sorted(standing, key=lambda c: c.at, reverse=True)
        told += window.new(newest_first)
        window = window.after(newest_first)
    assert sorted(int(c.remote_id) for c in told) == list(range(1, number))
