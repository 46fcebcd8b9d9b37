"""What Facebook tells by calling becomes events; our own doings and what is no comment do not."""

from typing import Any

import pytest

from platforms.contract import CommentGone, CommentTouched, RemoteComment
from platforms.facebook.webhook import FacebookHooks

ADDED = {
    "from": {"id": "4004", "name": "Jane Doe"},
    "post": {"id": "1001_2002", "is_published": True},
    "item": "comment",
    "verb": "add",
    "comment_id": "2002_3003",
    "post_id": "1001_2002",
    "parent_id": "1001_2002",
    "message": "Love this!",
    "created_time": 1520383571,
}


def told(value: dict[str, Any], field: str = "feed") -> list[tuple[str, object]]:
    entry = {"id": "1001", "time": 1520383571, "changes": [{"field": field, "value": value}]}
    return list(FacebookHooks().read({"object": "page", "entry": [entry]}))


def test_new_comment_comes_whole() -> None:
    ((account, event),) = told(ADDED)
    assert account == "1001"
    assert isinstance(event, RemoteComment)
    assert (event.remote_id, event.text, event.author.name) == ("2002_3003", "Love this!", "Jane Doe")
    assert (event.parent_id, event.root_id, event.on_ad) == ("1001_2002", "1001_2002", False)


def test_comment_on_an_ad_is_marked() -> None:
    ((_, event),) = told({**ADDED, "post": {"id": "1001_2002", "is_published": False}})
    assert isinstance(event, RemoteComment)
    assert event.on_ad


@pytest.mark.parametrize("verb", ["edited", "hide", "unhide", "something new"])
def test_comment_that_changed_is_to_be_read(verb: str) -> None:
    assert told({**ADDED, "verb": verb}) == [("1001", CommentTouched("2002_3003"))]


def test_comment_whose_author_is_withheld_is_to_be_read() -> None:
    assert told({**ADDED, "from": None}) == [("1001", CommentTouched("2002_3003"))]


def test_comment_that_was_taken_away_is_gone() -> None:
    assert told({**ADDED, "verb": "remove"}) == [("1001", CommentGone("2002_3003"))]


def test_mention_in_a_comment_is_to_be_read() -> None:
    value = {"item": "comment", "verb": "add", "comment_id": "5_6", "post_id": "9_5", "sender_id": "4004"}
    assert told(value, "mention") == [("1001", CommentTouched("5_6"))]


def test_mention_in_a_post_elsewhere_is_nothing_that_can_be_read() -> None:
    value = {"item": "post", "verb": "add", "post_id": "4004_5", "sender_id": "4004"}
    assert told(value, "mention") == []


@pytest.mark.parametrize(
    ("verb", "event"),
    [
        ("add", CommentTouched("1001_2")),
        ("edited", CommentTouched("1001_2")),
        ("remove", CommentGone("1001_2")),
    ],
)
def test_post_of_a_visitor_is_told(verb: str, event: object) -> None:
    value = {"item": "post", "verb": verb, "post_id": "1001_2", "from": {"id": "4004", "name": "Jane"}}
    assert told(value) == [("1001", event)]


@pytest.mark.parametrize(
    "value",
    [
        {**ADDED, "from": {"id": "1001", "name": "Acme"}},
        {**ADDED, "item": "reaction"},
        {"item": "status", "verb": "add", "post_id": "1001_2", "from": {"id": "1001", "name": "Acme"}},
        {"item": "status", "verb": "add", "post_id": "1001_2"},
        {"item": "like", "verb": "add", "post_id": "1001_2", "from": {"id": "4004", "name": "Jane"}},
    ],
)
def test_own_comments_and_other_doings_are_left_out(value: dict[str, Any]) -> None:
    assert told(value) == []
