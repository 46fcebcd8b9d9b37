"""Threads' JSON, read without stumbling."""

from datetime import UTC, datetime

import pytest

from platforms.contract import Numbers
from platforms.graph.addresses import shortened
from platforms.graph.shapes import Malformed
from platforms.threads import wire
from platforms.threads.adapter import CAN
from platforms.threads.scopes import WANTED, Scopes

REPLY = {
    "id": "8901234",
    "text": "Reply",
    "username": "nora",
    "permalink": "https://www.threads.com/@nora/post/Pp",
    "timestamp": "2024-08-07T10:33:16+0000",
    "media_type": "IMAGE",
    "media_url": "https://cdn.example/1.jpg",
    "alt_text": "a cat",
    "root_post": {"id": "123456"},
    "replied_to": {"id": "567890"},
    "hide_status": "NOT_HUSHED",
}


def test_reply_stands_under_what_it_answers() -> None:
    found = wire.comment(REPLY)
    assert (found.parent_id, found.root_id) == ("567890", "123456")
    assert found.at == datetime(2024, 8, 7, 10, 33, 16, tzinfo=UTC)
    assert (found.author.remote_id, found.author.url) == ("nora", "https://www.threads.com/@nora")
    assert [(file.url, file.mime, file.alt) for file in found.media] == [
        ("https://cdn.example/1.jpg", "image/*", "a cat")
    ]
    assert not found.hidden
    assert wire.comment({**REPLY, "hide_status": "HIDDEN"}).hidden
    with pytest.raises(Malformed):
        wire.comment({**REPLY, "timestamp": "soon"})


def test_mention_stands_alone() -> None:
    found = wire.comment({"id": "1", "username": "nora", "timestamp": REPLY["timestamp"]})
    assert (found.parent_id, found.root_id, found.text, found.media) == ("", "", "", ())


def test_ours_is_known_by_name_or_sign() -> None:
    assert wire.is_by({"username": "acme"}, "acme")
    assert wire.is_by({"username": "x", "is_reply_owned_by_me": True}, "acme")
    assert not wire.is_by({}, "")


def test_numbers_add_quotes_to_reposts_and_leave_out_what_is_not_told() -> None:
    told = {"views": 40, "likes": 3, "reposts": 2, "quotes": 1, "replies": 5}
    rows = [{"name": name, "values": [{"value": value}]} for name, value in told.items()]
    assert wire.numbers({"data": rows}) == Numbers(likes=3, reposts=3, comments=5, views=40)
    assert wire.numbers({"data": []}) == Numbers()


def test_both_names_of_threads_are_one_address() -> None:
    one, other = "https://www.threads.com/@acme/post/Pp", "https://www.threads.net/@acme/post/Pp?xmt=1"
    assert shortened(one) == shortened(other) == "threads.com/Pp"


def test_scopes_decide_what_the_account_can() -> None:
    scopes = Scopes()
    assert scopes.can(CAN) == CAN
    scopes.told(set(WANTED) - {"threads_manage_replies", "threads_delete"})
    can = scopes.can(CAN)
    assert scopes.missing() == ("threads_manage_replies", "threads_delete")
    assert not any((can.replies, can.hides, can.deletes))
    assert can.threads
    assert can.reposts
