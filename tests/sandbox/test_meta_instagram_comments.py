"""The pretend Meta's Instagram: comments, replies, mentions, private replies, and the webhooks of both logins."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from support.meta_client import PAGE, VERIFY, Callback, Graph, refusal, subscribe
from support.meta_instagram import ACCOUNT, INSTAGRAM_SECRET, Networks, networks
from support.patience import PATIENCE
from support.platform_running import running

DAY = 24 * 3600


@pytest.fixture
def meta() -> Iterator[Networks]:
    with networks() as meta:
        yield meta


@pytest.fixture(params=["page", "login"])
def graph(meta: Networks, request: pytest.FixtureRequest) -> Graph:
    found: Graph = getattr(meta, request.param)
    return found


@pytest.fixture
def media(meta: Networks, graph: Graph) -> str:
    return meta.publish(graph)


def says(graph: Graph, who: str, about: str, text: str, **more: Any) -> str:
    """Somebody comments; answers the comment's id."""
    made: str = graph.stage("instagram/comment", **{"as": who, "id": about, "text": text, **more})["id"]
    return made


def test_a_comment_is_read_and_answered(graph: Graph, media: str) -> None:
    comment = says(graph, "nora", media, "Bello!")
    reply = graph.post(f"{comment}/replies", message="Grazie")["id"]
    asked = "id,text,timestamp,username,from,like_count,hidden,parent_id,media{id},user,replies{id,text,username,user}"
    row = graph.get(f"{media}/comments", fields=asked)["data"][0]
    assert (row["id"], row["text"], row["username"], row["from"]["username"]) == (comment, "Bello!", "nora", "nora")
    assert (row["hidden"], row["like_count"], row["media"]) == (False, 0, {"id": media})
    assert "parent_id" not in row
    assert "user" not in row
    assert row["replies"]["data"] == [{"id": reply, "text": "Grazie", "username": "acme", "user": {"id": ACCOUNT}}]
    assert graph.get(reply, fields="parent_id")["parent_id"] == comment
    assert graph.get(media, fields="comments_count")["comments_count"] == 2


def test_a_reply_to_a_reply_stands_under_the_comment(graph: Graph, media: str) -> None:
    comment = says(graph, "nora", media, "Bello!")
    reply = says(graph, "oleg", comment, "Vero")
    again = graph.post(f"{reply}/replies", message="Grazie")["id"]
    assert [row["id"] for row in graph.get(f"{comment}/replies")["data"]] == [reply, again]


def test_comments_come_newest_first_at_most_fifty_a_page(graph: Graph, media: str) -> None:
    made = [says(graph, "nora", media, f"No {n}") for n in range(52)]
    first = graph.get(f"{media}/comments", limit=100)
    assert [row["id"] for row in first["data"]] == made[::-1][:50]
    rest = graph.get(f"{media}/comments", limit=100, after=first["paging"]["cursors"]["after"])
    assert [row["id"] for row in rest["data"]] == made[::-1][50:]
    assert "next" not in rest["paging"]


def test_comments_are_hidden_and_deleted(graph: Graph, media: str) -> None:
    comment = says(graph, "nora", media, "Brutto")
    assert graph.post(comment, hide=True) == {"success": True}
    assert graph.get(comment, fields="hidden")["hidden"] is True
    assert graph.post(comment, hide=False) == {"success": True}
    assert graph.get(comment, fields="hidden")["hidden"] is False
    own = graph.post(f"{media}/comments", message="First")["id"]
    assert graph.post(own, hide=True) == {"success": True}
    assert graph.get(own, fields="hidden")["hidden"] is False
    assert graph.delete(comment) == {"success": True}
    assert refusal(graph.get(comment)) == (100, 33)
    assert refusal(graph.delete(comment)) == (100, 33)


def test_comments_can_be_switched_off(graph: Graph, media: str) -> None:
    assert graph.post(media, comment_enabled=False) == {"success": True}
    assert graph.get(media, fields="is_comment_enabled")["is_comment_enabled"] is False
    assert refusal(graph.post(f"{media}/comments", message="x"))[0] == 100
    words = {"as": "nora", "id": media, "text": "x"}
    assert requests.post(f"{graph.address}/_/instagram/comment", json=words, timeout=PATIENCE).status_code == 409
    assert graph.post(media, comment_enabled=True) == {"success": True}
    says(graph, "nora", media, "x")


def test_an_empty_comment_is_refused(graph: Graph, media: str) -> None:
    assert refusal(graph.post(f"{media}/comments", message=" ")) == (100, 0)
    assert refusal(graph.post(f"{media}/comments")) == (100, 0)


def test_managing_comments_has_a_scope_of_its_own(meta: Networks, graph: Graph, media: str) -> None:
    comment = says(graph, "nora", media, "x")
    scopes = ["instagram_manage_comments", "instagram_business_manage_comments"]
    graph.stage("token", token=graph.token, revoke=scopes)
    assert refusal(graph.get(f"{media}/comments")) == (10, 0)
    assert refusal(graph.get(media, fields="comments{text}")) == (10, 0)
    assert refusal(graph.post(comment, hide=True)) == (200, 0)
    assert graph.get(media, fields="comments_count")["comments_count"] == 1


# -- private replies ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["page", "account", "login"])
def test_a_comment_is_answered_in_private_once(meta: Networks, way: str) -> None:
    graph, path = {
        "page": (meta.page, f"{PAGE}/messages"), "account": (meta.page, f"{ACCOUNT}/messages"),
        "login": (meta.login, "me/messages"),
    }[way]  # fmt: skip
    media = meta.publish(graph)
    comment = says(graph, "nora", media, "How much is it?")
    author = graph.get(comment, fields="from")["from"]["id"]
    answer = graph.post(path, recipient={"comment_id": comment}, message={"text": "12 €"})
    assert answer["recipient_id"] == author
    assert answer["message_id"]
    again = graph.post(path, recipient={"comment_id": comment}, message={"text": "12 €"})
    assert refusal(again) == (10900, 0)
    assert graph.state()["instagram"]["accounts"][0]["messages"][0]["text"] == "12 €"


def test_private_replies_that_cannot_be(graph: Graph, media: str) -> None:
    comment = says(graph, "nora", media, "x")

    def send(recipient: dict[str, str], text: str) -> tuple[int, int]:
        return refusal(graph.post(f"{ACCOUNT}/messages", recipient=recipient, message={"text": text}))

    assert send({"comment_id": comment}, "à" * 501) == (100, 0)
    assert send({"comment_id": comment}, "") == (100, 0)
    assert send({"comment_id": "1"}, "x") == (100, 2534014)
    assert send({"id": "1"}, "x") == (10, 2534022)
    assert send({}, "x") == (100, 0)
    graph.advance(7 * DAY + 1)
    assert send({"comment_id": comment}, "x") == (10, 2534022)


def test_a_live_comment_is_answered_in_private_while_live(meta: Networks) -> None:
    live = meta.login.stage("instagram/post", text="Live!", product="LIVE")["id"]
    assert [row["id"] for row in meta.login.get("me/live_media")["data"]] == [live]
    comment = says(meta.login, "nora", live, "Ciao")
    meta.login.stage("instagram/end", id=live)
    late = meta.login.post("me/messages", recipient={"comment_id": comment}, message={"text": "x"})
    assert refusal(late) == (10, 2534022)
    assert meta.login.get("me/live_media")["data"] == []


# -- mentions ----------------------------------------------------------------------------------------------------------


def test_a_mention_in_a_caption_is_read_and_answered(meta: Networks) -> None:
    theirs = meta.page.stage("instagram/mention", **{"as": "nora", "text": "At @acme today"})["media_id"]
    fields = f"mentioned_media.media_id({theirs}){{id,caption,username}}"
    assert meta.page.get(ACCOUNT, fields=fields)["mentioned_media"] == {
        "id": theirs, "caption": "At @acme today", "username": "nora",
    }  # fmt: skip
    assert refusal(meta.page.get(theirs, fields="caption")) == (100, 33)
    assert meta.page.post(f"{ACCOUNT}/mentions", media_id=theirs, message="Welcome!")["id"]


def test_a_mention_in_a_comment_is_read_and_answered(meta: Networks) -> None:
    named = meta.page.stage("instagram/mention", **{"as": "oleg", "text": "as @acme says", "comment": True})
    fields = f"mentioned_comment.comment_id({named['comment_id']}){{id,text,username,media{{id}}}}"
    assert meta.page.get(ACCOUNT, fields=fields)["mentioned_comment"] == {
        "id": named["comment_id"], "text": "as @acme says", "username": "oleg", "media": {"id": named["media_id"]},
    }  # fmt: skip
    reply = meta.login.post("me/mentions", **named, message="We do")
    assert reply["id"]
    wrong = meta.login.post("me/mentions", media_id=named["media_id"], message="x")
    assert refusal(wrong) == (100, 33)


def test_what_does_not_name_the_account_is_not_told_to_it(meta: Networks) -> None:
    words = {"as": "nora", "text": "@acmetron"}
    assert requests.post(f"{meta.page.address}/_/instagram/mention", json=words, timeout=PATIENCE).status_code == 409


# -- webhooks ----------------------------------------------------------------------------------------------------------

FIELDS = ["comments", "mentions", "live_comments"]


@pytest.fixture
def callback(meta: Networks) -> Iterator[Callback]:
    """The app of Instagram Login and the account are subscribed."""
    callback = Callback()
    with running(callback) as address:
        meta.login.stage("instagram/subscribe", callback_url=f"{address}/hook", verify_token=VERIFY, fields=FIELDS)
        assert meta.login.post("me/subscribed_apps", subscribed_fields=FIELDS) == {"success": True}
        yield callback


def test_comments_reach_the_app_of_instagram_login(meta: Networks, callback: Callback) -> None:
    media = meta.publish(meta.login)
    comment = says(meta.login, "nora", media, "Perché? 🙂")
    [(body, signature)] = callback.wait(1)
    assert signature == "sha256=" + hmac.new(INSTAGRAM_SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert b"\\u" in body
    told = json.loads(body)
    author = meta.login.get(comment, fields="from")["from"]
    assert told["object"] == "instagram"
    assert told["entry"][0]["id"] == ACCOUNT
    assert told["entry"][0]["changes"] == [
        {
            "field": "comments",
            "value": {
                "from": author, "id": comment, "text": "Perché? 🙂",
                "media": {"id": media, "media_product_type": "FEED"},
            },
        }
    ]  # fmt: skip
    reply = meta.login.post(f"{comment}/replies", message="Così")["id"]
    own = callback.values(2, "comments")[1]
    assert (own["id"], own["parent_id"], own["from"]["id"]) == (reply, comment, ACCOUNT)
    assert own["from"]["self_ig_scoped_id"]


def test_the_flat_form_stands_in_the_entry_itself(meta: Networks, callback: Callback) -> None:
    meta.login.stage("settings", flat_webhooks=True, from_missing=True)
    comment = says(meta.login, "nora", meta.publish(meta.login), "x")
    entry = json.loads(callback.wait(1)[0][0])["entry"][0]
    assert "changes" not in entry
    assert (entry["field"], entry["value"]["id"]) == ("comments", comment)
    assert "from" not in entry["value"]


def test_live_comments_and_mentions_have_fields_of_their_own(meta: Networks, callback: Callback) -> None:
    live = meta.login.stage("instagram/post", text="Live!", product="LIVE")["id"]
    says(meta.login, "nora", live, "Ciao")
    assert callback.values(1, "live_comments")[0]["media"] == {"id": live, "media_product_type": "LIVE"}
    named = meta.login.stage("instagram/mention", **{"as": "nora", "text": "@acme", "comment": True})
    assert callback.values(1, "mentions")[0] == named


def test_an_account_unsubscribes(meta: Networks, callback: Callback) -> None:
    assert meta.login.get("me/subscribed_apps")["data"] == [
        {"app_id": "4000000002", "subscribed_fields": sorted(FIELDS)}
    ]
    assert meta.login.post("me/subscribed_apps", subscribed_fields=["mentions"]) == {"success": True}
    says(meta.login, "nora", meta.publish(meta.login), "x")
    assert meta.login.delete("me/subscribed_apps") == {"success": True}
    meta.login.stage("instagram/mention", **{"as": "nora", "text": "@acme"})
    assert meta.login.get("me/subscribed_apps")["data"] == []
    assert meta.login.state()["deliveries"] == []
    assert callback.got == []
    assert refusal(meta.login.post("me/subscribed_apps", subscribed_fields=["weather"])) == (100, 0)


def test_with_facebook_login_the_linked_page_is_subscribed(meta: Networks) -> None:
    callback = Callback()
    with running(callback) as address:
        app = meta.page.of("4000000001|sandbox-meta-secret")
        made = app.post(
            "4000000001/subscriptions", object="instagram", callback_url=f"{address}/hook", verify_token=VERIFY,
            fields=["comments"],
        )  # fmt: skip
        assert made == {"success": True}
        media = meta.publish(meta.page)
        says(meta.page, "nora", media, "before")
        subscribe(meta.page, address, ["feed"])
        assert meta.page.post(f"{PAGE}/subscribed_apps", subscribed_fields=["feed"]) == {"success": True}
        comment = says(meta.page, "nora", media, "after")
        value = callback.values(1, "comments")[0]
        assert (value["text"], value["id"], value["comment_id"]) == ("after", comment, comment)


def test_a_comment_on_an_ad_names_it_and_may_come_twice(meta: Networks, callback: Callback) -> None:
    media = meta.publish(meta.login)
    says(meta.login, "nora", media, "x", ad="6001", organic=True)
    ad, organic = callback.values(2, "comments")
    assert (ad["media"]["media_product_type"], ad["media"]["ad_id"]) == ("AD", "6001")
    assert ad["media"]["original_media_id"] == organic["media"]["id"] == media
    assert ad["id"] == organic["id"]
