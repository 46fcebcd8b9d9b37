"""The pretend Meta's Pages: posts, photos, links, scheduling, reading back, changing and deleting."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from support.meta_client import PAGE, Graph, Shelf, opened, picture, refusal
from support.platform_running import running


@pytest.fixture
def graph() -> Iterator[Graph]:
    with opened() as graph:
        yield graph


def photo(graph: Graph, **fields: object) -> str:
    """A photo that waits for its post."""
    answer = graph.post(
        f"{PAGE}/photos", files={"source": ("a.jpg", picture(), "image/jpeg")}, published=False, **fields
    )
    made: str = answer["id"]
    assert "post_id" not in answer
    return made


def test_a_text_is_published_and_read_back(graph: Graph) -> None:
    made = graph.post(f"{PAGE}/feed", message="Open on Sunday", fields="id,permalink_url,created_time")
    read = graph.get(
        made["id"], fields="message,from,is_published,created_time,shares,reactions.limit(0).summary(true)"
    )
    assert read["message"] == "Open on Sunday"
    assert read["from"] == {"id": PAGE, "name": "Acme"}
    assert read["is_published"] is True
    assert read["created_time"] == made["created_time"]
    assert "shares" not in read
    assert read["reactions"]["summary"]["total_count"] == 0
    assert made["permalink_url"].startswith("http")
    assert [row["id"] for row in graph.get(f"{PAGE}/feed")["data"]] == [made["id"]]


def test_an_empty_post_a_long_one_and_a_link_that_is_theirs_are_refused(graph: Graph) -> None:
    assert refusal(graph.post(f"{PAGE}/feed")) == (100, 0)
    assert refusal(graph.post(f"{PAGE}/feed", message="x" * 63_207)) == (100, 0)
    assert refusal(graph.post(f"{PAGE}/feed", link="https://www.facebook.com/acme")) == (100, 1609008)
    assert refusal(graph.post(f"{PAGE}/feed", link="nowhere")) == (100, 1609005)
    assert refusal(graph.post(f"{PAGE}/feed", link="https://a.example", picture="https://a.example/p.png")) == (100, 0)


def test_a_link_stands_as_an_attachment(graph: Graph) -> None:
    made = graph.post(f"{PAGE}/feed", message="Read", link="https://acme.example/news")["id"]
    row = graph.get(made, fields="attachments{media_type,url}")["attachments"]["data"][0]
    assert row == {"media_type": "link", "url": "https://acme.example/news"}


def test_the_same_words_twice_running_are_refused(graph: Graph) -> None:
    first = graph.post(f"{PAGE}/feed", message="Good morning")["id"]
    assert refusal(graph.post(f"{PAGE}/feed", message="Good morning")) == (506, 0)
    assert "id" in graph.post(f"{PAGE}/feed", message="Something else")
    assert "id" in graph.post(f"{PAGE}/feed", message="Good morning")
    assert graph.get(first)["message"] == "Good morning"


def test_a_photo_is_published_from_bytes(graph: Graph) -> None:
    file = {"source": ("a.jpg", picture(80, 60), "image/jpeg")}
    made = graph.post(f"{PAGE}/photos", files=file, message="Red", alt_text_custom="A red field")
    read = graph.get(made["id"], fields="name,width,height,alt_text_custom,page_story_id")
    assert read == {
        "name": "Red", "width": 80, "height": 60, "alt_text_custom": "A red field", "page_story_id": made["post_id"],
        "id": made["id"],
    }  # fmt: skip
    row = graph.get(f"{made['post_id']}/attachments")["data"][0]
    assert (row["media_type"], row["target"]["id"]) == ("photo", made["id"])


def test_a_photo_is_fetched_from_an_address(graph: Graph) -> None:
    with running(Shelf({"red.png": ("image/png", picture(form="PNG"))})) as shelf:
        made = graph.post(f"{PAGE}/photos", url=f"{shelf}/red.png", caption="Red")
        assert graph.get(made["post_id"])["message"] == "Red"
        assert refusal(graph.post(f"{PAGE}/photos", url=f"{shelf}/nothing.png")) == (324, 2069019)
    assert refusal(graph.post(f"{PAGE}/photos", url="https://elsewhere.example/a.png")) == (324, 2069019)


def test_a_photo_needs_one_source_of_the_right_kind_and_size(graph: Graph) -> None:
    file = {"source": ("a.jpg", picture(), "image/jpeg")}
    assert refusal(graph.post(f"{PAGE}/photos")) == (100, 0)
    assert refusal(graph.post(f"{PAGE}/photos", files=file, url="http://127.0.0.1/a.jpg")) == (100, 0)
    words = {"source": ("a.jpg", b"words", "image/jpeg")}
    assert refusal(graph.post(f"{PAGE}/photos", files=words)) == (100, 1366046)
    graph.stage("settings", photo_bytes=10)
    assert refusal(graph.post(f"{PAGE}/photos", files=file)) == (100, 1366046)


def test_several_photos_stand_in_one_post_in_their_order(graph: Graph) -> None:
    photos = [photo(graph) for _ in range(3)]
    media = [{"media_fbid": one} for one in photos]
    made = graph.post(f"{PAGE}/feed", message="Three", attached_media=media)["id"]
    row = graph.get(made, fields="attachments{media_type,subattachments}")["attachments"]["data"][0]
    assert row["media_type"] == "album"
    assert [part["target"]["id"] for part in row["subattachments"]["data"]] == photos
    assert refusal(graph.post(f"{PAGE}/feed", message="Again", attached_media=media)) == (100, 1366051)
    nothing = [{"media_fbid": "123"}]
    assert refusal(graph.post(f"{PAGE}/feed", message="None", attached_media=nothing)) == (100, 0)


def test_media_may_be_named_one_by_one(graph: Graph) -> None:
    media = {f"attached_media[{n}]": {"media_fbid": photo(graph)} for n in range(2)}
    made = graph.post(f"{PAGE}/feed", message="Two", **media)["id"]
    assert len(graph.get(f"{made}/attachments")["data"][0]["subattachments"]["data"]) == 2


def test_a_post_is_scheduled_changed_and_appears_by_the_clock(graph: Graph) -> None:
    at = int(graph.now()) + 3600
    made = graph.post(f"{PAGE}/feed", message="Later", published=False, scheduled_publish_time=at)["id"]
    fields = "message,scheduled_publish_time,is_published"
    waiting = graph.get(f"{PAGE}/scheduled_posts", fields=fields)["data"]
    assert waiting == [{"message": "Later", "scheduled_publish_time": at, "is_published": False, "id": made}]
    assert graph.get(f"{PAGE}/published_posts")["data"] == []
    assert graph.post(made, scheduled_publish_time=at + 600) == {"success": True}
    graph.advance(3700)
    assert graph.get(f"{PAGE}/published_posts")["data"] == []
    graph.advance(600)
    shown = graph.get(f"{PAGE}/published_posts", fields="created_time,is_published")["data"][0]
    assert shown["is_published"] is True
    assert shown["created_time"] == datetime.fromtimestamp(at + 600, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    assert graph.get(f"{PAGE}/scheduled_posts")["data"] == []


def test_a_scheduled_post_may_appear_at_once(graph: Graph) -> None:
    at = int(graph.now()) + 3600
    made = graph.post(f"{PAGE}/feed", message="Later", published=False, scheduled_publish_time=at)["id"]
    assert graph.post(made, is_published=True) == {"success": True}
    assert graph.get(f"{PAGE}/published_posts")["data"][0]["id"] == made


@pytest.mark.parametrize("ahead", [60, 31 * 86400])
def test_a_time_too_soon_or_too_late_is_refused(graph: Graph, ahead: int) -> None:
    at = int(graph.now()) + ahead
    answer = graph.post(f"{PAGE}/feed", message="x", published=False, scheduled_publish_time=at)
    assert refusal(answer) == (100, 0)


def test_a_published_post_has_no_time_and_a_scheduled_one_needs_it(graph: Graph) -> None:
    at = int(graph.now()) + 3600
    assert refusal(graph.post(f"{PAGE}/feed", message="x", scheduled_publish_time=at)) == (100, 0)
    later = {"published": False, "unpublished_content_type": "SCHEDULED"}
    assert refusal(graph.post(f"{PAGE}/feed", message="x", **later)) == (100, 0)


def test_a_dark_post_is_for_ads_alone(graph: Graph) -> None:
    made = graph.post(f"{PAGE}/feed", message="Dark", published=False)["id"]
    assert graph.get(f"{PAGE}/feed")["data"] == []
    assert [row["id"] for row in graph.get(f"{PAGE}/ads_posts")["data"]] == [made]
    assert refusal(graph.post(f"{made}/comments", message="x")) == (100, 33)


def test_a_post_is_changed_hidden_and_deleted(graph: Graph) -> None:
    made = graph.post(f"{PAGE}/feed", message="Old")["id"]
    graph.stage("pages/comment", **{"as": "nora", "id": made, "text": "Hi"})
    assert graph.post(made, message="New") == {"success": True}
    assert graph.get(made, fields="message")["message"] == "New"
    graph.post(made, is_hidden=True)
    assert graph.get(f"{PAGE}/published_posts")["data"] == []
    assert len(graph.get(f"{PAGE}/published_posts", include_hidden=True)["data"]) == 1
    assert graph.delete(made) == {"success": True}
    assert refusal(graph.get(made)) == (100, 33)
    assert refusal(graph.delete(made)) == (100, 33)


def test_only_posts_of_the_same_app_are_changed(graph: Graph) -> None:
    by_hand = graph.stage("pages/post", **{"as": "page", "text": "By hand"})["id"]
    assert refusal(graph.post(by_hand, message="x")) == (200, 0)
    assert graph.delete(by_hand) == {"success": True}


def test_posts_of_visitors_stand_on_the_feed_apart_from_ours(graph: Graph) -> None:
    theirs = graph.stage("pages/post", **{"as": "nora", "text": "Lovely place"})["id"]
    ours = graph.post(f"{PAGE}/feed", message="Thanks")["id"]
    assert {row["id"] for row in graph.get(f"{PAGE}/feed")["data"]} == {ours, theirs}
    row = graph.get(f"{PAGE}/visitor_posts", fields="from{name},message")["data"][0]
    assert (row["id"], row["from"], row["message"]) == (theirs, {"name": "Nora Nowak"}, "Lovely place")
    assert [p["id"] for p in graph.get(f"{PAGE}/posts")["data"]] == [ours]


def test_a_range_of_time_finds_what_was_just_published(graph: Graph) -> None:
    graph.post(f"{PAGE}/feed", message="Early")
    graph.advance(600)
    since = int(graph.now()) - 120
    late = graph.post(f"{PAGE}/feed", message="Late")["id"]
    assert [row["id"] for row in graph.get(f"{PAGE}/published_posts", since=since)["data"]] == [late]


def test_a_photo_story_takes_an_unpublished_photo_once(graph: Graph) -> None:
    one = photo(graph)
    made = graph.post(f"{PAGE}/photo_stories", photo_id=one)
    assert made["success"] is True
    row = graph.get(f"{PAGE}/stories")["data"][0]
    assert (row["post_id"], row["media_id"], row["media_type"]) == (str(made["post_id"]), one, "photo")
    assert refusal(graph.post(f"{PAGE}/photo_stories", photo_id=one)) == (100, 1366051)
    story = f"{PAGE}_{made['post_id']}"
    graph.stage("pages/react", **{"as": "nora", "id": story})
    assert graph.get(story, fields="reactions.limit(0).summary(true)")["reactions"]["summary"]["total_count"] == 1
    assert graph.get(f"{PAGE}/published_posts")["data"] == []
    graph.advance(86_401)
    assert graph.get(f"{PAGE}/stories")["data"] == []
    assert len(graph.get(f"{PAGE}/stories", status=["ARCHIVED"])["data"]) == 1
    assert graph.delete(story) == {"success": True}
    assert graph.get(f"{PAGE}/stories", status=["ARCHIVED"])["data"] == []
