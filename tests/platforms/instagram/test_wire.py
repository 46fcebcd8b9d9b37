"""Instagram's JSON and its two ways in, read without stumbling."""

from datetime import UTC, datetime

import pytest

from platforms.contract import Can
from platforms.graph.addresses import shortened
from platforms.graph.shapes import Malformed
from platforms.instagram import wire
from platforms.instagram.adapter import CAN, Instagram
from platforms.instagram.scopes import INSTAGRAM, PAGE, Scopes, way_of
from platforms.spec import Keys

COMMENT = {
    "id": "17900",
    "text": "Love this!",
    "timestamp": "2026-01-02T18:31:28+0000",
    "username": "nora",
    "from": {"id": "5005", "username": "nora"},
}
MEDIA = {"id": "18000", "permalink": "https://www.instagram.com/p/Abc-1/", "media_product_type": "FEED"}


def test_comment_stands_under_its_post_or_its_comment() -> None:
    found = wire.comment(COMMENT, MEDIA)
    assert (found.parent_id, found.root_id, found.url) == ("18000", "18000", MEDIA["permalink"])
    assert (found.author.remote_id, found.author.handle) == ("5005", "nora")
    assert found.author.url == "https://www.instagram.com/nora/"
    assert found.at == datetime(2026, 1, 2, 18, 31, 28, tzinfo=UTC)
    assert wire.comment(COMMENT, MEDIA, "17899").parent_id == "17899"
    assert wire.comment({**COMMENT, "parent_id": "17899", "hidden": True}, MEDIA).hidden


def test_comment_without_a_name_is_still_read_and_one_without_time_is_not() -> None:
    nameless = {key: value for key, value in COMMENT.items() if key not in {"from", "username"}}
    assert wire.comment(nameless, {}).author.url == "https://www.instagram.com"
    with pytest.raises(Malformed):
        wire.comment({**COMMENT, "timestamp": None}, MEDIA)


def test_mentions_keep_their_own_kind_of_id() -> None:
    there = {**COMMENT, "media": {"id": "18005"}}
    found = wire.mentioned(there, "mention:18005:17900")
    assert (found.remote_id, found.root_id, found.text) == ("mention:18005:17900", "mention:18005", "Love this!")
    caption = {"id": "18005", "caption": "with @acme", "username": "nora", "timestamp": COMMENT["timestamp"]}
    assert wire.mentioned(caption, "mention:18005").text == "with @acme"


def test_ours_is_known_by_every_sign() -> None:
    for row in (
        {"from": {"id": "17841"}},
        {"from": {"id": "9", "username": "acme"}},
        {"username": "acme"},
        {"from": {"id": "9", "self_ig_scoped_id": "9"}},
    ):
        assert wire.is_by(row, "17841", "acme")
    assert not wire.is_by(COMMENT, "17841", "acme")
    assert not wire.is_by({}, "17841", "acme")
    assert not wire.is_by({}, "17841")


def test_account_is_the_one_that_paths_and_webhooks_name() -> None:
    linked = {"id": "17841", "username": "acme"}
    found = wire.me({"id": "1001", "name": "Acme", "instagram_business_account": linked})
    assert (found.id, found.username, found.page_id) == ("17841", "acme", "1001")
    found = wire.me({"id": "99", "user_id": "17841", "username": "acme"})
    assert (found.id, found.page_id) == ("17841", "")
    with pytest.raises(Malformed):
        wire.me({"id": "1001", "name": "A Page without an Instagram account"})


def test_insights_are_read_in_both_forms() -> None:
    rows = [
        {"name": "reach", "values": [{"value": 12}]},
        {"name": "views", "total_value": {"value": 30}},
        {"name": "odd", "values": [{"value": {"a": 1}}]},
        {"name": "none"},
    ]
    assert wire.insights({"data": rows}) == {"reach": 12, "views": 30}


def test_addresses_of_one_post_are_one() -> None:
    post = shortened("https://www.instagram.com/p/Abc-1/")
    assert post == "instagram.com/Abc-1"
    for url in ("https://instagram.com/reel/Abc-1/?igsh=x", " http://www.instagram.com/acme/p/Abc-1"):
        assert shortened(url) == post
    for url in (
        "https://elsewhere.example/p/Abc-1/",
        "https://www.instagram.com/p/abc-1/",
        "Abc-1",
        "",
        "http://[",
        "x:y",
    ):
        assert shortened(url) != post


@pytest.mark.parametrize(
    ("base_url", "login", "way"),
    [
        ("https://graph.facebook.com", None, "page"),
        ("https://graph.instagram.com", None, "instagram"),
        ("https://proxy.example", "instagram", "instagram"),
        ("https://graph.instagram.com", "page", "page"),
    ],
)
def test_way_in_is_chosen_or_told_by_the_address(base_url: str, login: str | None, way: str) -> None:
    assert way_of(base_url, login) == way


def test_strange_way_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(ValueError, match="login"):
        Instagram(base_url="https://graph.facebook.com", keys=Keys("t"), options={"login": "facebook"})


def test_scopes_decide_what_the_account_can() -> None:
    scopes = Scopes("page")
    assert scopes.can(CAN) == CAN
    scopes.told(set(PAGE) - {"instagram_manage_comments"})
    can = scopes.can(CAN)
    assert scopes.missing() == ("instagram_manage_comments",)
    assert not any((can.replies, can.hides, can.reads_comments, can.closes_comments, can.first_comment))
    assert can.deletes
    assert can.private_replies
    other = Scopes("instagram")
    other.told(INSTAGRAM)
    assert other.missing() == ()
    assert other.can(CAN).hides
    assert not other.can(CAN).deletes
    other.told(None)
    assert other.can(Can()) == Can()
