"""Server-sent events, however they are cut into pieces."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from platforms import sse
from platforms.sse import ServerEvent, events

STREAM = (
    b"\xef\xbb\xbf:hi\r\nevent: a\r\ndata: 1\r\ndata:2\r\n\r\nid: 7\nretry: 5\ndata:  \xc3\xa8\n\n"
    b"event: empty\n\nfield\ndata\n\r\ndata: cut"
)
WHOLE = [None, ServerEvent("a", "1\n2"), ServerEvent("message", " è"), ServerEvent("message", "")]


@given(st.lists(st.integers(min_value=0, max_value=len(STREAM)), max_size=20))
def test_pieces_do_not_matter(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    assert list(events(STREAM[a:b] for a, b in pairwise(edges))) == WHOLE


@given(st.binary(max_size=400))
def test_any_bytes_end_without_an_error(raw: bytes) -> None:
    for event in events([raw]):
        assert event is None or isinstance(event, ServerEvent)


def test_endless_line_and_endless_event_end_the_stream() -> None:
    piece = b"x" * 65536
    assert list(events(piece for _ in range(1000))) == []
    lines = (b"data: " + piece + b"\n" for _ in range(sse.MAX_EVENT // len(piece) + 2))
    assert list(events([*lines, b"\n"])) == []


def test_comments_without_end_are_no_event() -> None:
    assert len(list(events([b":thump\n"] * (sse.MAX_EVENT // 6 + 10)))) == sse.MAX_EVENT // 6 + 10
