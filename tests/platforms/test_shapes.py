"""Whatever stands in a field, its reader answers with what a column takes, or with nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.contract import OutcomeUnknown
from platforms.graph.shapes import Malformed, made_of, needed_address, needed_id, needed_token
from platforms.shapes import address_of, count_of, id_of, number_of, text_of, time_of, words_of

LONG = "x" * 1_000_000
#: What is neither a text nor a whole number.
NEITHER: tuple[Any, ...] = (None, True, False, 1.5, -0.0, [], ["1"], {}, {"id": "1"})


@pytest.mark.parametrize("found", NEITHER)
def test_what_is_neither_text_nor_a_whole_number_is_nothing(found: Any) -> None:
    row = {"x": found}
    assert text_of(row, "x") == words_of(row, "x") == id_of(row, "x") == address_of(row, "x") == ""
    assert (number_of(row, "x"), count_of(row, "x"), time_of(found)) == (None, None, None)


@pytest.mark.parametrize("found", ["", ".", "..", " ", "x" * 256, LONG])
def test_what_is_no_id_is_none_and_is_missed_where_it_is_needed(found: str) -> None:
    row = {"id": found}
    assert id_of(row) == ""
    with pytest.raises(Malformed):
        needed_id(row)
    with pytest.raises(OutcomeUnknown):
        made_of(row)


def test_an_id_is_text_and_clean() -> None:
    assert [id_of({"id": found}) for found in (7, "7", "a" * 255, "1\0", "\ud800")] == [
        "7", "7", "a" * 255, "1\ufffd", "\ufffd",
    ]  # fmt: skip


def test_a_name_that_is_too_long_is_cut_off() -> None:
    assert words_of({"name": LONG}, "name") == "x" * 500


@pytest.mark.parametrize(
    "found", ["x", "/p/1", "http://", "http://[", "javascript:alert(1)", "//x.example", f"https://x.example/{LONG}"]
)
def test_what_cannot_be_opened_is_no_address(found: str) -> None:
    assert address_of({"url": found}, "url") == ""
    with pytest.raises(Malformed):
        needed_address({"url": found}, "url")


def test_an_address_is_taken_as_it_stands() -> None:
    assert address_of({"url": "https://x.example/p/1?a=b#c"}, "url") == "https://x.example/p/1?a=b#c"


def test_a_token_has_a_length_that_a_header_bears() -> None:
    assert needed_token({"access_token": "x" * 1000}) == "x" * 1000
    with pytest.raises(Malformed):
        needed_token({"access_token": LONG})


@pytest.mark.parametrize("found", [-1, "-1", "1.5", "1e3", "²", "NaN", "", 10**18, "9" * 5000])
def test_what_is_no_number_is_none(found: Any) -> None:
    assert number_of({"n": found}, "n") is count_of({"n": found}, "n") is None


def test_counts_end_where_their_columns_do() -> None:
    assert [count_of({"n": n}, "n") for n in (0, "12", 2**31 - 1, 2**31)] == [0, 12, 2**31 - 1, None]
    assert number_of({"n": 10_000_000_000}, "n") == 10_000_000_000


@pytest.mark.parametrize(
    "found",
    [
        "", "soon", "²", 0, -1, 7_258_118_401, 10**17, "9" * 5000, LONG,
        "1969-12-31T23:59:59Z", "2200-01-02T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
    ],
)  # fmt: skip
def test_what_is_no_time_one_can_reckon_with_is_none(found: Any) -> None:
    assert time_of(found) is None


def test_times_come_in_two_forms() -> None:
    moment = datetime(2026, 1, 2, 18, 31, 28, tzinfo=UTC)
    assert time_of("2026-01-02T18:31:28+0000") == time_of("2026-01-02T18:31:28") == moment
    assert time_of(int(moment.timestamp())) == time_of(str(int(moment.timestamp()))) == moment
