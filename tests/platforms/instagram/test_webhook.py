"""What Instagram tells by calling becomes comments, in whatever form it comes, and ours do not come back."""

import hmac
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from platforms.contract import CommentTouched, RemoteComment
from platforms.instagram.webhook import InstagramHooks

HOOKS = InstagramHooks()
AT = 1520622968
VALUE = {
    "from": {"id": "5005", "username": "nora"},
    "id": "17900",
    "text": "Love this!",
    "media": {"id": "18000", "media_product_type": "FEED"},
}


def told(*changes: dict[str, Any], **entry: Any) -> dict[str, Any]:
    return {"object": "instagram", "entry": [{"id": "17841", "time": AT, "changes": list(changes), **entry}]}


def comments(**value: Any) -> dict[str, Any]:
    return {"field": "comments", "value": {**VALUE, **value}}


def only(body: Any) -> RemoteComment:
    ((account, event),) = HOOKS.read(body)
    assert account == "17841"
    assert isinstance(event, RemoteComment)
    return event


def test_a_comment_comes_whole() -> None:
    event = only(told(comments()))
    assert (event.remote_id, event.text, event.author.handle) == ("17900", "Love this!", "nora")
    assert event.at == datetime.fromtimestamp(AT, UTC)
    assert (event.parent_id, event.root_id, event.on_ad) == ("18000", "18000", False)


def test_every_form_of_the_batch_says_the_same() -> None:
    whole = told(comments())
    flat = {"object": "instagram", "entry": [{"id": "17841", "time": AT, **comments()}]}
    by_login = {"from": VALUE["from"], "comment_id": "17900", "text": VALUE["text"], "media": VALUE["media"]}
    older = told({"field": "comments", "value": by_login})
    assert only(flat) == only([whole]) == only(older) == only(whole)


def test_a_reply_stands_under_its_comment_and_an_ads_comment_under_the_publication() -> None:
    assert only(told(comments(parent_id="17899"))).parent_id == "17899"
    ad = {"id": "18001", "media_product_type": "AD", "original_media_id": "18000", "ad_id": "6"}
    event = only(told(comments(media=ad)))
    assert (event.root_id, event.on_ad) == ("18000", True)


def test_our_own_comments_are_left_out() -> None:
    us = {"id": "17841", "username": "acme"}
    scoped = {"id": "5009", "username": "acme", "self_ig_scoped_id": "5009"}
    assert list(HOOKS.read(told(comments(**{"from": us}), comments(**{"from": scoped})))) == []


def test_mentions_are_to_be_read() -> None:
    body = told(
        {"field": "mentions", "value": {"media_id": "18005", "comment_id": "17905"}},
        {"field": "mentions", "value": {"media_id": "18006"}},
    )
    assert list(HOOKS.read(body)) == [
        ("17841", CommentTouched("mention:18005:17905")),
        ("17841", CommentTouched("mention:18006")),
    ]


def test_what_has_no_time_or_writer_is_to_be_read() -> None:
    for body in (
        told(comments(), time=None),
        told(comments(**{"from": None})),
        told(comments(**{"from": {"id": "5"}})),
    ):
        assert list(HOOKS.read(body)) == [("17841", CommentTouched("17900"))]


def test_many_come_in_one_call_and_nonsense_stops_none() -> None:
    body = told(
        comments(id="1"), {"field": "comments", "value": []}, {"field": "story_insights", "value": {}}, comments(id="2")
    )
    assert [event.remote_id for _, event in HOOKS.read(body)] == ["1", "2"]
    odd: tuple[Any, ...] = (
        None,
        [],
        "x",
        {"object": "page", "entry": told(comments())["entry"]},
        {"object": "instagram"},
    )
    for strange in odd:
        assert list(HOOKS.read(strange)) == []


def test_only_what_was_signed_with_the_secret_is_believed() -> None:
    # The vector is computed as documented: HMAC-SHA256 of the raw bytes (Graph API webhooks, "Getting started").
    raw = json.dumps(told(comments())).encode()
    good = "sha256=" + hmac.new(b"testsecret", raw, sha256).hexdigest()
    assert HOOKS.is_authentic(raw, {"x-hub-signature-256": good}, "testsecret")
    assert not HOOKS.is_authentic(raw + b" ", {"X-Hub-Signature-256": good}, "testsecret")
    assert not HOOKS.is_authentic(raw, {"X-Hub-Signature-256": good}, "other")
    assert not HOOKS.is_authentic(raw, {}, "testsecret")


def test_the_address_is_verified_by_our_word() -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "word"}
    assert HOOKS.challenge(asked, "word") == "1158201444"
    assert HOOKS.challenge(asked, "other") is None
