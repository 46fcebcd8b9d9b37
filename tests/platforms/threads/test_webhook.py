"""What Threads tells by calling becomes comments and deletions, and ours do not come back."""

import hmac
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from platforms.contract import CommentGone, CommentTouched, RemoteComment
from platforms.threads.webhook import ThreadsHooks

HOOKS = ThreadsHooks()
VALUE = {
    "id": "8901234",
    "username": "nora",
    "text": "Reply",
    "media_type": "TEXT_POST",
    "permalink": "https://www.threads.com/@nora/post/Pp",
    "replied_to": {"id": "567890"},
    "root_post": {"id": "123456", "owner_id": "26", "username": "acme"},
    "timestamp": "2024-08-07T10:33:16+0000",
}


def told(field: str = "replies", **value: Any) -> dict[str, Any]:
    values = {"field": field, "value": {**VALUE, **value}}
    return {"app_id": "1", "topic": "moderate", "target_id": "26", "time": 1723226877, "values": values}


def only(body: Any) -> Any:
    ((account, event),) = HOOKS.read(body)
    assert account == "26"
    return event


def test_a_reply_comes_whole() -> None:
    event = only(told())
    assert isinstance(event, RemoteComment)
    assert (event.remote_id, event.text, event.author.handle) == ("8901234", "Reply", "nora")
    assert (event.parent_id, event.root_id) == ("567890", "123456")
    assert event.at == datetime(2024, 8, 7, 10, 33, 16, tzinfo=UTC)
    assert event.url == VALUE["permalink"]


def test_a_mention_comes_whole_and_out_of_the_blue() -> None:
    event = only(told("mentions", replied_to=None, root_post=None))
    assert (event.remote_id, event.parent_id, event.root_id) == ("8901234", "", "")


def test_a_deletion_is_known() -> None:
    assert only(told("delete", deleted_at="2024-08-07T10:33:16+0000", owner={"owner_id": "9"})) == CommentGone(
        "8901234"
    )


def test_ours_are_left_out() -> None:
    assert list(HOOKS.read(told(username="acme"))) == []
    assert list(HOOKS.read(told("publish"))) == []


def test_what_has_no_time_is_to_be_read() -> None:
    assert only(told(timestamp="")) == CommentTouched("8901234")


def test_several_values_and_calls_are_read_and_nonsense_stops_none() -> None:
    several = {**told(), "values": [told(id="1")["values"], {"field": "replies"}, told(id="2")["values"]]}
    assert [event.remote_id for _, event in HOOKS.read([several, told(id="3")])] == ["1", "2", "3"]
    odd: tuple[Any, ...] = (None, [], "x", {"values": []}, {**told(), "target_id": ""})
    for strange in odd:
        assert list(HOOKS.read(strange)) == []


def test_only_what_was_signed_with_the_secret_is_believed() -> None:
    raw = b'{"values":{}}'
    good = "sha256=" + hmac.new(b"threads-secret", raw, sha256).hexdigest()
    assert HOOKS.is_authentic(raw, {"X-Hub-Signature-256": good}, "threads-secret")
    assert not HOOKS.is_authentic(raw, {"X-Hub-Signature-256": good}, "meta-secret")
    assert HOOKS.challenge({"hub.mode": "subscribe", "hub.challenge": "7", "hub.verify_token": "w"}, "w") == "7"
