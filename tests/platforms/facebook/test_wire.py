"""Facebook's JSON, addresses and opening hours, read without stumbling."""

from datetime import UTC, datetime

import pytest

from platforms.contract import PageInfo, RemoteAuthor, RemoteMedia
from platforms.facebook import wire
from platforms.graph.shapes import Malformed
from platforms.shapes import time_of

COMMENT = {
    "id": "2002_3003",
    "message": "Love this!",
    "created_time": "2026-01-02T18:31:28+0000",
    "from": {"id": "4004", "name": "Jane Doe"},
}


def test_comment_under_a_post_names_the_post() -> None:
    found = wire.comment(COMMENT, "1001")
    assert (found.parent_id, found.root_id) == ("1001_2002", "1001_2002")
    assert found.author == RemoteAuthor("4004", "", "Jane Doe", "https://www.facebook.com/4004")
    assert found.at == datetime(2026, 1, 2, 18, 31, 28, tzinfo=UTC)
    assert found.url == "https://www.facebook.com/2002_3003"


def test_reply_names_the_comment_it_answers() -> None:
    found = wire.comment({**COMMENT, "parent": {"id": "2002_1"}, "is_hidden": True}, "1001")
    assert (found.parent_id, found.root_id, found.hidden) == ("2002_1", "1001_2002", True)


def test_person_whose_name_is_withheld_is_still_somebody() -> None:
    found = wire.comment({**COMMENT, "from": None}, "1001")
    assert found.author == RemoteAuthor("", "", wire.NAMELESS)


@pytest.mark.parametrize(
    ("attachment", "media"),
    [
        (
            {"media": {"image": {"src": "https://x.example/a.jpg"}}},
            (RemoteMedia("https://x.example/a.jpg", "image/*"),),
        ),
        ({"media": {"source": "https://x.example/a.mp4"}}, (RemoteMedia("https://x.example/a.mp4", "video/*"),)),
        ({"type": "share"}, ()),
    ],
)
def test_picture_and_film_of_a_comment_are_addresses(attachment: object, media: tuple[RemoteMedia, ...]) -> None:
    assert wire.comment({**COMMENT, "attachment": attachment}, "1001").media == media


@pytest.mark.parametrize("told", ["http://[", "javascript:alert(1)", "/" + "x" * 5000, ["/1"]])
def test_a_post_that_stands_has_an_address_whatever_is_told(told: object) -> None:
    row = {"id": "1001_1", "created_time": "2026-01-02T18:31:28+0000", "permalink_url": told}
    assert wire.published(row).url == "https://www.facebook.com/1001_1"


def test_the_address_of_a_film_comes_without_its_host() -> None:
    assert wire.link({"permalink_url": "/acme/videos/1/"}) == "https://www.facebook.com/acme/videos/1/"


def test_metrics_that_are_no_counts_are_left_out() -> None:
    values = {"a": True, "b": 1.5, "c": -1, "d": 2**31, "e": [], "f": 7, "g": {"x": 3, "y": True, "z": 2**31}}
    rows = [{"name": name, "values": [{"value": value}]} for name, value in values.items()]
    assert wire.insights({"data": rows}) == {"f": 7, "g": 3}


@pytest.mark.parametrize("broken", [{}, {"id": "1_2"}, {"id": "1_2", "created_time": "soon"}])
def test_comment_without_id_or_time_is_malformed(broken: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        wire.comment(broken, "1001")


@pytest.mark.parametrize(
    ("address", "remote_id"),
    [
        ("https://www.facebook.com/1001_2002", "1001_2002"),
        ("https://m.facebook.com/1001/posts/2002/?ref=x", "1001_2002"),
        ("https://www.facebook.com/acme/posts/2002", "1001_2002"),
        ("https://www.facebook.com/permalink.php?story_fbid=2002&id=1001", "1001_2002"),
        ("https://www.facebook.com/reel/77", "77"),
        ("https://www.facebook.com/acme/videos/77/", "77"),
        ("https://www.facebook.com/watch/?v=77", "77"),
        ("http://127.0.0.1:9/1001/posts/2002", "1001_2002"),
        ("https://www.facebook.com/acme/posts/pfbid0abc", ""),
        ("https://www.facebook.com/", ""),
        ("https://elsewhere.example/1001_2002", ""),
        ("https://facebook.com.evil.example/1001_2002", ""),
        ("ftp://www.facebook.com/1001_2002", ""),
        ("https://[", ""),
    ],
)
def test_id_is_read_from_an_address_of_facebook_alone(address: str, remote_id: str) -> None:
    assert wire.id_at(address, "http://127.0.0.1:9/facebook", "1001") == remote_id


def test_address_with_a_name_needs_the_page_known() -> None:
    assert wire.id_at("https://www.facebook.com/acme/posts/2002", "https://graph.facebook.com", "") == ""


def test_films_have_addresses_without_a_host() -> None:
    body = {"id": "7", "created_time": 1520383571, "permalink_url": "/1001/videos/7/"}
    assert wire.published(body).url == "https://www.facebook.com/1001/videos/7/"


def test_numbers_come_from_the_post_and_its_insights() -> None:
    post = {"reactions": {"summary": {"total_count": 5}}, "comments": {"summary": {"total_count": 2}}}
    told = wire.insights(
        {
            "data": [
                {"name": "post_media_view", "values": [{"value": {"followers": 7, "others": 3}}]},
                {"name": "post_clicks", "values": [{"value": 4}]},
                {"name": "post_total_media_view_unique", "values": []},
            ]
        }
    )
    found = wire.numbers(post, told)
    assert (found.likes, found.comments, found.reposts) == (5, 2, 0)
    assert (found.views, found.clicks, found.reach, found.saves) == (10, 4, None, None)


def test_hours_come_and_go_the_same() -> None:
    said = {"mon": "09:00-13:00, 15:00-19:00", "sat": "10:00-12:00"}
    assert wire.hours(wire.hours_told(said)) == said
    assert wire.hours_told({"mon": " 9:00 – 13:00"}) == {"mon_1_open": "09:00", "mon_1_close": "13:00"}


@pytest.mark.parametrize(
    "said", [{"monday": "09:00-10:00"}, {"mon": "9-10"}, {"mon": "09:00-10:00,11:00-12:00,13:00-14:00"}]
)
def test_hours_that_cannot_be_told_are_refused(said: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        wire.hours_told(said)


def test_page_without_words_has_none() -> None:
    assert wire.page_info({"id": "1001", "name": "Acme"}) == PageInfo("Acme", "https://www.facebook.com/1001")


@pytest.mark.parametrize("value", [None, "", "soon", 0, True, "99999999999999999999", {"a": 1}])
def test_what_is_no_time_is_none(value: object) -> None:
    assert time_of(value) is None
