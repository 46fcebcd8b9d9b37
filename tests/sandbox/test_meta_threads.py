"""The pretend Meta's Threads: containers, publishing, reply chains, moderation, quotas and numbers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox.meta.words import length, names
from support.meta_client import refusal
from support.meta_instagram import THREADS_USER, Networks, networks
from support.patience import PATIENCE

DAY = 24 * 3600


@pytest.fixture
def meta() -> Iterator[Networks]:
    with networks() as meta:
        yield meta


def says(meta: Networks, who: str, about: str, text: str) -> str:
    """Somebody replies; answers the reply's id."""
    made: str = meta.threads.stage("threads/reply", **{"as": who, "id": about, "text": text})["id"]
    return made


def ids(found: Any) -> list[str]:
    return [row["id"] for row in found["data"]]


def test_a_text_is_published_and_read_back(meta: Networks) -> None:
    container = meta.threads.post(f"{THREADS_USER}/threads", media_type="TEXT", text="Ciao", topic_tag="Cose buone")[
        "id"
    ]
    assert meta.threads.get(container, fields="status,error_message") == {"id": container, "status": "FINISHED"}
    post = meta.threads.post(f"{THREADS_USER}/threads_publish", creation_id=container)["id"]
    assert meta.threads.get(container, fields="status")["status"] == "PUBLISHED"
    asked = (
        "media_product_type,media_type,text,username,owner,is_quote_post,has_replies,is_reply,topic_tag,reply_audience"
    )
    assert meta.threads.get(post, fields=asked) == {
        "id": post, "media_product_type": "THREADS", "media_type": "TEXT_POST", "text": "Ciao", "username": "acme",
        "owner": {"id": THREADS_USER}, "is_quote_post": False, "has_replies": False, "is_reply": False,
        "topic_tag": "Cose buone", "reply_audience": "EVERYONE",
    }  # fmt: skip
    assert ids(meta.threads.get("me/threads")) == [post]
    assert "Ciao" in requests.get(meta.threads.get(post, fields="permalink")["permalink"], timeout=PATIENCE).text


def test_the_field_of_a_container_is_status_and_not_status_code(meta: Networks) -> None:
    container = meta.threads.post("me/threads", media_type="TEXT", text="x")["id"]
    assert refusal(meta.threads.get(container, fields="status_code")) == (100, 0)


def test_the_profile_is_read(meta: Networks) -> None:
    assert meta.threads.get("me", fields="id,username,name,threads_biography") == {
        "id": THREADS_USER, "username": "acme", "name": "Acme", "threads_biography": "Good things, made slowly.",
    }  # fmt: skip


def test_pictures_and_carousels_are_published(meta: Networks) -> None:
    picture = meta.thread(media_type="IMAGE", image_url=meta.file("square.png"), alt_text="A red field")
    read = meta.threads.get(picture, fields="media_type,media_url,alt_text")
    assert (read["media_type"], read["alt_text"]) == ("IMAGE", "A red field")
    assert requests.get(read["media_url"], timeout=PATIENCE).headers["Content-Type"] == "image/png"
    children = [
        meta.threads.post("me/threads", media_type=kind, is_carousel_item=True, **{name: meta.file(file)})["id"]
        for kind, name, file in (("IMAGE", "image_url", "wide.jpg"), ("VIDEO", "video_url", "film.mp4"))
    ]
    carousel = meta.thread(media_type="CAROUSEL", children=",".join(children), text="Two")
    read = meta.threads.get(carousel, fields="media_type,children{media_type}")
    assert [row["media_type"] for row in read["children"]["data"]] == ["IMAGE", "VIDEO"]
    assert ids(meta.threads.get("me/threads")) == [carousel, picture]


def test_a_post_that_is_not_ready_is_not_found(meta: Networks) -> None:
    meta.threads.stage("settings", container_polls=1)
    container = meta.threads.post("me/threads", media_type="TEXT", text="x")["id"]
    assert refusal(meta.threads.post("me/threads_publish", creation_id=container)) == (24, 4279009)
    assert meta.threads.get(container, fields="status")["status"] == "IN_PROGRESS"
    assert meta.threads.get(container, fields="status")["status"] == "FINISHED"
    assert meta.threads.post("me/threads_publish", creation_id=container)["id"]
    assert refusal(meta.threads.post("me/threads_publish", creation_id=container)) == (24, 4279009)
    old = meta.threads.post("me/threads", media_type="TEXT", text="x")["id"]
    meta.threads.advance(DAY)
    assert meta.threads.get(old, fields="status")["status"] == "EXPIRED"
    assert refusal(meta.threads.post("me/threads_publish", creation_id=old)) == (24, 4279009)


def test_a_film_that_cannot_be_had_or_read_fails_in_processing(meta: Networks) -> None:
    for file, reason in (("nothing.mp4", "FAILED_DOWNLOADING_VIDEO"), ("square.jpg", "FAILED_PROCESSING_VIDEO")):
        container = meta.threads.post("me/threads", media_type="VIDEO", video_url=meta.file(file))["id"]
        meta.threads.get(container, fields="status")
        read = meta.threads.get(container, fields="status,error_message")
        assert (read["status"], read["error_message"]) == ("ERROR", reason)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, (100, 0)),
        ({"media_type": "TEXT"}, (100, 0)),
        ({"media_type": "POEM", "text": "x"}, (100, 0)),
        ({"media_type": "TEXT", "text": "x" * 501}, (100, 0)),
        ({"media_type": "TEXT", "text": "x" * 497 + "🙂"}, (100, 0)),
        ({"media_type": "TEXT", "text": "x", "image_url": "square.jpg"}, (100, 0)),
        ({"media_type": "TEXT", "text": "x", "topic_tag": "a.b"}, (100, 0)),
        ({"media_type": "TEXT", "text": "x", "link_attachment": "acme"}, (100, 0)),
        ({"media_type": "TEXT", "text": "x", "reply_control": "nobody"}, (100, 0)),
        ({"media_type": "TEXT", "text": "x", "reply_to_id": "1"}, (24, 4279009)),
        ({"media_type": "TEXT", "text": "x", "is_carousel_item": True}, (100, 0)),
        ({"media_type": "IMAGE"}, (100, 0)),
        ({"media_type": "IMAGE", "image_url": "square.jpg", "alt_text": "x" * 1001}, (100, 0)),
        ({"media_type": "IMAGE", "image_url": "square.jpg", "link_attachment": "https://acme.example/"}, (100, 0)),
        ({"media_type": "IMAGE", "image_url": "square.jpg", "auto_publish_text": True}, (100, 0)),
        ({"media_type": "IMAGE", "image_url": "nothing.jpg"}, (9004, 2207052)),
        ({"media_type": "IMAGE", "image_url": "words.jpg"}, (36001, 2207005)),
        ({"media_type": "IMAGE", "image_url": "large.jpg"}, (36000, 2207004)),
        ({"media_type": "CAROUSEL", "children": ["1"]}, (100, 0)),
        ({"media_type": "CAROUSEL", "children": ["1", "2"]}, (100, 0)),
    ],
)
def test_containers_that_cannot_be(meta: Networks, params: dict[str, Any], expected: tuple[int, int]) -> None:
    named = {k: meta.file(v) if k.endswith("_url") else v for k, v in params.items()}
    assert refusal(meta.threads.post("me/threads", **named)) == expected


def test_emoji_count_as_their_bytes() -> None:
    assert length("Però, 日本 – “x”") == 14
    assert length("🙂") == 4
    assert length("❤️") == 6
    assert length("👩‍💻") == 11
    assert length("👍🏽") == 8
    assert length("🇮🇹") == 8


def test_a_name_is_mentioned_whole() -> None:
    for text in ("@acme", "Look, @acme!", "by @acme.", "(@acme)"):
        assert names(text, "acme")
    for text in ("acme", "@acmetron", "@acme.it", "me@acme", "@acme_it"):
        assert not names(text, "acme")


def test_a_text_of_five_hundred_is_taken_and_may_be_published_at_once(meta: Networks) -> None:
    post = meta.threads.post("me/threads", media_type="TEXT", text="x" * 496 + "🙂", auto_publish_text=True)["id"]
    assert ids(meta.threads.get("me/threads")) == [post]


def test_replies_make_a_chain(meta: Networks) -> None:
    root = meta.thread(text="1/3")
    second = meta.thread(text="2/3", reply_to_id=root)
    third = meta.thread(text="3/3", reply_to_id=second)
    read = meta.threads.get(third, fields="root_post,replied_to{text},is_reply,is_reply_owned_by_me")
    assert (read["root_post"], read["replied_to"]["text"], read["is_reply"]) == ({"id": root}, "2/3", True)
    assert ids(meta.threads.get("me/threads")) == [root]
    assert ids(meta.threads.get("me/replies")) == [third, second]
    assert ids(meta.threads.get(f"{root}/replies")) == [second]
    assert ids(meta.threads.get(f"{root}/conversation", reverse=False)) == [second, third]
    assert ids(meta.threads.get(f"{root}/conversation")) == [third, second]


def test_pages_of_a_listing_have_cursors_and_no_addresses(meta: Networks) -> None:
    root = meta.thread(text="x")
    made = [says(meta, "nora", root, f"No {n}") for n in range(5)]
    first = meta.threads.get(f"{root}/replies", limit=3, reverse=False)
    assert (ids(first), [*first["paging"]]) == (made[:3], ["cursors"])
    rest = meta.threads.get(f"{root}/replies", limit=3, reverse=False, after=first["paging"]["cursors"]["after"])
    assert ids(rest) == made[3:]


def test_top_level_replies_are_hidden_and_those_under_them_follow(meta: Networks) -> None:
    root = meta.thread(text="x")
    reply = says(meta, "nora", root, "Brutto")
    nested = says(meta, "oleg", reply, "Vero")

    def status(post: str) -> str:
        found: str = meta.threads.get(post, fields="hide_status")["hide_status"]
        return found

    assert (status(reply), status(nested)) == ("NOT_HUSHED", "NOT_HUSHED")
    assert meta.threads.post(f"{reply}/manage_reply", hide=True) == {"success": True}
    assert (status(reply), status(nested)) == ("HIDDEN", "HIDDEN")
    assert meta.threads.post(f"{reply}/manage_reply", hide=False) == {"success": True}
    assert status(nested) == "NOT_HUSHED"
    assert refusal(meta.threads.post(f"{nested}/manage_reply", hide=True)) == (100, 0)
    own = meta.thread(text="y", reply_to_id=root)
    assert refusal(meta.threads.post(f"{own}/manage_reply", hide=True)) == (100, 33)


def test_own_posts_are_deleted_with_what_stands_under_them(meta: Networks) -> None:
    root = meta.thread(text="x")
    reply = says(meta, "nora", root, "y")
    assert refusal(meta.threads.delete(reply)) == (100, 33)
    assert meta.threads.delete(root) == {"success": True, "deleted_id": root}
    assert refusal(meta.threads.get(reply)) == (100, 33)
    assert refusal(meta.threads.delete(root)) == (100, 33)


def test_mentions_are_read_reposted_quoted_and_answered(meta: Networks) -> None:
    theirs = meta.threads.stage("threads/post", **{"as": "nora", "text": "Go to @acme."})["id"]
    other = meta.threads.stage("threads/post", **{"as": "oleg", "text": "Go home"})["id"]
    assert ids(meta.threads.get("me/mentions")) == [theirs]
    assert refusal(meta.threads.get(other)) == (100, 33)
    repost = meta.threads.post(f"{theirs}/repost")["id"]
    assert meta.threads.post(f"{theirs}/repost")["id"] == repost
    read = meta.threads.get(repost, fields="media_type,reposted_post")
    assert (read["media_type"], read["reposted_post"]) == ("REPOST_FACADE", {"id": theirs})
    quote = meta.thread(text="Do", quote_post_id=theirs)
    assert meta.threads.get(quote, fields="is_quote_post,quoted_post")["quoted_post"] == {"id": theirs}
    reply = meta.thread(text="Thanks!", reply_to_id=theirs)
    assert meta.threads.get(reply, fields="root_post")["root_post"] == {"id": theirs}


def test_quotas_are_told_and_kept(meta: Networks) -> None:
    meta.threads.stage("settings", threads_quota=1, threads_reply_quota=1, threads_delete_quota=1)
    root = meta.thread(text="x")
    reply = meta.thread(text="y", reply_to_id=root)
    asked = "quota_usage,config,reply_quota_usage,reply_config,delete_quota_usage,delete_config"
    config = {"quota_total": 1, "quota_duration": DAY}
    assert meta.threads.get("me/threads_publishing_limit", fields=asked)["data"] == [
        {
            "quota_usage": 1, "config": config, "reply_quota_usage": 1, "reply_config": config,
            "delete_quota_usage": 0, "delete_config": config,
        }
    ]  # fmt: skip
    for more in ({}, {"reply_to_id": root}):
        container = meta.threads.post("me/threads", media_type="TEXT", text="z", **more)["id"]
        assert refusal(meta.threads.post("me/threads_publish", creation_id=container)) == (9, 2207042)
    assert meta.threads.delete(reply)["success"] is True
    assert refusal(meta.threads.delete(root)) == (9, 2207042)
    meta.threads.advance(DAY + 1)
    assert meta.threads.get("me/threads_publishing_limit")["data"] == [{"quota_usage": 0}]
    meta.thread(text="x")


def test_numbers_of_a_post_and_of_the_profile(meta: Networks) -> None:
    post = meta.thread(text="x")
    reply = says(meta, "nora", post, "y")
    meta.threads.stage("threads/see", id=post, views=50, shares=1, clicks=3)
    meta.threads.stage("threads/like", **{"as": "nora", "id": post})
    meta.threads.stage("threads/repost", **{"as": "nora", "id": post})
    meta.threads.stage("threads/quote", **{"as": "oleg", "id": post, "text": "!"})
    found = meta.threads.get(f"{post}/insights", metric="views,likes,replies,reposts,quotes,shares")["data"]
    assert {row["name"]: row["values"][0]["value"] for row in found} == {
        "views": 50, "likes": 1, "replies": 1, "reposts": 1, "quotes": 1, "shares": 1,
    }  # fmt: skip
    assert refusal(meta.threads.get(f"{post}/insights", metric="views,impressions")) == (100, 0)
    assert refusal(meta.threads.get(f"{reply}/insights", metric="views")) == (10, 0)
    own = meta.threads.get("me/threads_insights", metric="views,likes,clicks,followers_count")["data"]
    assert own[0]["values"][-1]["value"] == 50
    assert [own[1]["total_value"], own[3]["total_value"]] == [{"value": 1}, {"value": 320}]
    assert own[2]["link_total_values"][0]["value"] == 3
    people = meta.threads.get("me/threads_insights", metric="follower_demographics", breakdown="country")["data"][0]
    assert people["total_value"]["breakdowns"][0]["results"][0] == {"dimension_values": ["IT"], "value": 200}
    assert refusal(meta.threads.get("me/threads_insights", metric="follower_demographics")) == (100, 0)
    assert refusal(meta.threads.get("me/threads_insights", metric="views", since=1712991599)) == (100, 0)


def test_each_work_has_a_scope(meta: Networks) -> None:
    post = meta.thread(text="x")
    reply = says(meta, "nora", post, "@acme y")
    works: dict[str, Callable[[], Any]] = {
        "threads_manage_replies": lambda: meta.threads.post(f"{reply}/manage_reply", hide=True),
        "threads_read_replies": lambda: meta.threads.get(f"{post}/replies"),
        "threads_manage_insights": lambda: meta.threads.get(f"{post}/insights", metric="views"),
        "threads_manage_mentions": lambda: meta.threads.get("me/mentions"),
        "threads_delete": lambda: meta.threads.delete(post),
        "threads_content_publish": lambda: meta.threads.post("me/threads", media_type="TEXT", text="x"),
    }
    for scope, work in works.items():
        meta.threads.stage("token", token=meta.threads.token, revoke=[scope])
        assert refusal(work())[0] in {10, 200}, scope
        meta.threads.stage("token", token=meta.threads.token, grant=[scope])
        assert "error" not in work(), scope
        if scope == "threads_delete":
            post = meta.thread(text="x")
