"""The pretend Meta's Instagram: containers, what is refused, publishing once, quotas, reading back and deleting."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from support.meta_client import Graph, film, refusal
from support.meta_instagram import ACCOUNT, Networks, networks
from support.patience import PATIENCE

DAY = 24 * 3600


@pytest.fixture
def meta() -> Iterator[Networks]:
    with networks() as meta:
        yield meta


@pytest.fixture(params=["page", "login"])
def graph(meta: Networks, request: pytest.FixtureRequest) -> Graph:
    """Both ways in: the token of the linked Page, and that of Instagram Login."""
    found: Graph = getattr(meta, request.param)
    return found


def test_a_picture_is_published_and_read_back(meta: Networks, graph: Graph) -> None:
    container = meta.container(graph, image_url=meta.file("square.jpg"), caption="Ciao #acme", alt_text="A red field")
    assert graph.get(container, fields="status_code,status")["status_code"] == "FINISHED"
    media = graph.post(f"{ACCOUNT}/media_publish", creation_id=container)["id"]
    assert media != container
    asked = "caption,alt_text,media_type,media_product_type,username,is_comment_enabled,like_count,comments_count"
    assert graph.get(media, fields=asked) == {
        "id": media, "caption": "Ciao #acme", "alt_text": "A red field", "media_type": "IMAGE",
        "media_product_type": "FEED", "username": "acme", "is_comment_enabled": True, "like_count": 0,
        "comments_count": 0,
    }  # fmt: skip
    found = graph.get(media, fields="media_url,permalink")
    assert requests.get(found["media_url"], timeout=PATIENCE).headers["Content-Type"] == "image/jpeg"
    assert "Ciao #acme" in requests.get(found["permalink"], timeout=PATIENCE).text
    assert [row["id"] for row in graph.get(f"{ACCOUNT}/media")["data"]] == [media]


def test_the_account_is_known_by_another_id_to_an_app_of_instagram_login(meta: Networks) -> None:
    me = meta.login.get("me", fields="user_id,username,account_type,followers_count,media_count")
    assert me == {
        "user_id": ACCOUNT, "username": "acme", "account_type": "BUSINESS", "followers_count": 940, "media_count": 0,
        "id": "24000000000000001",
    }  # fmt: skip
    assert meta.page.get("1001", fields="instagram_business_account{id,username}")["instagram_business_account"] == {
        "id": ACCOUNT,
        "username": "acme",
    }


def test_an_album_takes_finished_children_and_counts_once(meta: Networks, graph: Graph) -> None:
    first = meta.container(graph, image_url=meta.file("square.jpg"), is_carousel_item=True, alt_text="One")
    second = meta.container(graph, video_url=meta.file("film.mp4"), media_type="VIDEO", is_carousel_item=True)
    album = meta.container(graph, media_type="CAROUSEL", children=f"{first},{second}", caption="Two")
    assert graph.get(album, fields="status_code")["status_code"] == "IN_PROGRESS"
    assert graph.get(album, fields="status_code")["status_code"] == "FINISHED"
    media = graph.post(f"{ACCOUNT}/media_publish", creation_id=album)["id"]
    read = graph.get(media, fields="media_type,children{media_type,alt_text}")
    assert (read["media_type"], [row["media_type"] for row in read["children"]["data"]]) == (
        "CAROUSEL_ALBUM", ["IMAGE", "VIDEO"],
    )  # fmt: skip
    assert [row["id"] for row in graph.get(f"{ACCOUNT}/media")["data"]] == [media]
    assert graph.get(f"{ACCOUNT}/content_publishing_limit")["data"] == [{"quota_usage": 1}]
    assert graph.get(first, fields="status_code")["status_code"] == "PUBLISHED"


def test_a_reel_takes_time_and_reads_as_a_video(meta: Networks, graph: Graph) -> None:
    graph.stage("clock", stopped=True)
    graph.stage("settings", video_seconds=60, video_polls=2)
    reel = meta.container(graph, media_type="REELS", video_url=meta.file("film.mp4"), caption="Slow")
    assert refusal(graph.post(f"{ACCOUNT}/media_publish", creation_id=reel)) == (9007, 2207027)
    states = [graph.get(reel, fields="status_code")["status_code"] for _ in range(3)]
    assert states == ["IN_PROGRESS"] * 3
    graph.advance(61)
    assert graph.get(reel, fields="status_code,status") == {
        "id": reel, "status_code": "FINISHED",
        "status": "Finished: Media has been uploaded and it is ready to be published.",
    }  # fmt: skip
    media = graph.post(f"{ACCOUNT}/media_publish", creation_id=reel)["id"]
    read = graph.get(media, fields="media_type,media_product_type,is_shared_to_feed")
    assert (read["media_type"], read["media_product_type"], read["is_shared_to_feed"]) == ("VIDEO", "REELS", True)


def test_stories_are_listed_for_a_day_and_apart(meta: Networks, graph: Graph) -> None:
    story = meta.publish(graph, media_type="STORIES", image_url=meta.file("tall.jpg"))
    assert graph.get(story, fields="media_product_type")["media_product_type"] == "STORY"
    assert graph.get(f"{ACCOUNT}/media")["data"] == []
    assert [row["id"] for row in graph.get(f"{ACCOUNT}/stories")["data"]] == [story]
    graph.advance(DAY)
    assert graph.get(f"{ACCOUNT}/stories")["data"] == []


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("square.png", (36001, 2207005)),
        ("stereo.jpg", (36001, 2207005)),
        ("words.jpg", (36001, 2207005)),
        ("large.jpg", (36000, 2207004)),
        ("wide.jpg", (36003, 2207009)),
        ("tall.jpg", (36003, 2207009)),
        ("nothing.jpg", (9004, 2207052)),
        ("città.jpg", (9004, 2207052)),
    ],
)
def test_pictures_are_fetched_and_looked_at(meta: Networks, graph: Graph, file: str, expected: tuple[int, int]) -> None:
    assert refusal(graph.post(f"{ACCOUNT}/media", image_url=meta.file(file))) == expected


def test_nothing_is_fetched_from_elsewhere(meta: Networks) -> None:
    answer = meta.login.post(f"{ACCOUNT}/media", image_url="https://example.com/a.jpg")
    assert refusal(answer) == (9004, 2207052)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, (100, 0)),
        ({"media_type": "IMAGE", "image_url": "square.jpg"}, (100, 2207023)),
        ({"media_type": "PAINTING", "image_url": "square.jpg"}, (100, 2207023)),
        ({"media_type": "VIDEO", "video_url": "film.mp4"}, (100, 2207023)),
        ({"image_url": "square.jpg", "video_url": "film.mp4"}, (100, 0)),
        ({"video_url": "film.mp4"}, (100, 0)),
        ({"media_type": "REELS", "video_url": "film.mp4", "is_carousel_item": True}, (100, 2207023)),
        ({"image_url": "square.jpg", "is_carousel_item": True, "caption": "a child"}, (100, 0)),
        ({"media_type": "REELS", "video_url": "film.mp4", "alt_text": "a reel"}, (100, 0)),
        ({"media_type": "STORIES", "image_url": "tall.jpg", "collaborators": ["nora"]}, (100, 0)),
        ({"image_url": "square.jpg", "caption": "x" * 2201}, (36004, 2207010)),
        ({"image_url": "square.jpg", "caption": " ".join(f"#tag{n}" for n in range(31))}, (36004, 2207010)),
        ({"image_url": "square.jpg", "caption": " ".join(f"@nora{n}" for n in range(21))}, (100, 2207040)),
        ({"image_url": "square.jpg", "alt_text": "x" * 1001}, (100, 0)),
        ({"image_url": "square.jpg", "collaborators": ["a", "b", "c", "d"]}, (100, 0)),
        ({"image_url": "square.jpg", "user_tags": [{"username": "nora"}]}, (100, 0)),
        ({"image_url": "square.jpg", "user_tags": [{"username": "nora", "x": 2, "y": 0}]}, (100, 0)),
        ({"image_url": "square.jpg", "location_id": "123"}, (100, 0)),
        ({"image_url": "square.jpg", "colour": "red"}, (100, 0)),
        ({"media_type": "CAROUSEL", "children": []}, (100, 2207028)),
        ({"media_type": "CAROUSEL", "children": ["1", "2"]}, (100, 0)),
    ],
)
def test_containers_that_cannot_be(
    meta: Networks, graph: Graph, params: dict[str, Any], expected: tuple[int, int]
) -> None:
    named = {k: meta.file(v) if k.endswith("_url") else v for k, v in params.items()}
    assert refusal(graph.post(f"{ACCOUNT}/media", **named)) == expected


def test_the_longest_of_everything_is_taken(meta: Networks, graph: Graph) -> None:
    caption = " ".join(f"#tag{n}" for n in range(30)) + " " + " ".join(f"@nora{n}" for n in range(20))
    meta.publish(
        graph, image_url=meta.file("square.jpg"), caption=caption.ljust(2200, "."), alt_text="x" * 1000,
        collaborators=["a", "b", "c"], user_tags=[{"username": "nora", "x": 0.5, "y": 1}], location_id="1001",
    )  # fmt: skip


def test_a_container_is_published_once(meta: Networks, graph: Graph) -> None:
    container = meta.container(graph)
    graph.post(f"{ACCOUNT}/media_publish", creation_id=container)
    assert refusal(graph.post(f"{ACCOUNT}/media_publish", creation_id=container)) == (24, 2207008)
    assert graph.get(container, fields="status_code")["status_code"] == "PUBLISHED"
    assert len(graph.get(f"{ACCOUNT}/media")["data"]) == 1


def test_what_cannot_be_published(meta: Networks, graph: Graph) -> None:
    child = meta.container(graph, image_url=meta.file("square.jpg"), is_carousel_item=True)
    assert refusal(graph.post(f"{ACCOUNT}/media_publish", creation_id=child)) == (100, 0)
    assert refusal(graph.post(f"{ACCOUNT}/media_publish", creation_id="1")) == (24, 2207008)
    assert refusal(graph.post(f"{ACCOUNT}/media_publish")) == (100, 0)
    old = meta.container(graph)
    graph.advance(DAY)
    assert graph.get(old, fields="status_code")["status_code"] == "EXPIRED"
    assert refusal(graph.post(f"{ACCOUNT}/media_publish", creation_id=old)) == (-2, 2207020)


def test_a_film_that_is_none_or_cannot_be_had_fails_in_processing(meta: Networks, graph: Graph) -> None:
    for file, reason in (("square.jpg", "2207026"), ("nothing.mp4", "2207077")):
        reel = meta.container(graph, media_type="REELS", video_url=meta.file(file))
        assert graph.get(reel, fields="status_code")["status_code"] == "IN_PROGRESS"
        read = graph.get(reel, fields="status_code,status")
        assert (read["status_code"], read["status"]) == (
            "ERROR", f"Error: Media upload has failed with error code {reason}",
        )  # fmt: skip
        assert refusal(graph.post(f"{ACCOUNT}/media_publish", creation_id=reel)) == (-1, 2207032)


def test_containers_end_as_the_stage_says(meta: Networks, graph: Graph) -> None:
    graph.stage("settings", container_polls=2, container_outcome="ERROR", container_error="2207053")
    container = meta.container(graph)
    states = [graph.get(container, fields="status_code")["status_code"] for _ in range(3)]
    assert states == ["IN_PROGRESS", "IN_PROGRESS", "ERROR"]
    graph.stage("settings", container_polls=0, container_outcome="EXPIRED")
    assert graph.get(meta.container(graph), fields="status_code")["status_code"] == "EXPIRED"


def test_a_day_has_room_for_so_many_posts(meta: Networks, graph: Graph) -> None:
    graph.stage("clock", stopped=True)
    graph.stage("settings", instagram_quota=2)
    for _ in range(2):
        meta.publish(graph)
    limit = graph.get(f"{ACCOUNT}/content_publishing_limit", fields="quota_usage,config")["data"][0]
    assert limit == {"quota_usage": 2, "config": {"quota_total": 2, "quota_duration": DAY}}
    third = meta.container(graph)
    assert refusal(graph.post(f"{ACCOUNT}/media_publish", creation_id=third)) == (9, 2207042)
    graph.advance(DAY - 10)
    assert refusal(graph.post(f"{ACCOUNT}/media_publish", creation_id=third)) == (9, 2207042)
    graph.advance(11)
    meta.publish(graph)


def test_a_day_has_room_for_so_many_containers(meta: Networks, graph: Graph) -> None:
    graph.stage("settings", containers_a_day=1)
    meta.container(graph)
    assert refusal(graph.post(f"{ACCOUNT}/media", image_url=meta.file("square.jpg"))) == (9, 2207042)


def test_only_facebook_login_deletes(meta: Networks) -> None:
    media = meta.publish(meta.login)
    assert refusal(meta.login.delete(media)) == (100, 33)
    assert meta.page.delete(media) == {"success": True}
    assert refusal(meta.page.get(media)) == (100, 33)
    assert refusal(meta.page.delete(media)) == (100, 33)
    live = meta.page.stage("instagram/post", text="Live!", product="LIVE")["id"]
    assert refusal(meta.page.delete(live)) == (100, 2207073)


def test_only_facebook_login_uploads_bytes(meta: Networks) -> None:
    resumable = {"media_type": "REELS", "upload_type": "resumable"}
    assert refusal(meta.login.post(f"{ACCOUNT}/media", **resumable)) == (100, 0)
    made = meta.page.post(f"{ACCOUNT}/media", **resumable)
    headers = {"Authorization": f"OAuth {meta.page.token}", "offset": "0", "file_size": str(len(film()))}
    short = requests.post(made["uri"], data=film()[:-1], headers=headers, timeout=PATIENCE).json()
    assert short["debug_info"]["type"] == "PartialRequestError"
    assert meta.page.get(made["id"], fields="status_code")["status_code"] == "IN_PROGRESS"
    whole = requests.post(made["uri"], data=film(), headers=headers, timeout=PATIENCE).json()
    assert whole == {"success": True, "message": "Upload successful."}
    meta.page.get(made["id"], fields="status_code")
    assert meta.page.get(made["id"], fields="status_code")["status_code"] == "FINISHED"
    assert meta.page.post(f"{ACCOUNT}/media_publish", creation_id=made["id"])["id"]


def test_boosting_is_told_on_facebook_alone(meta: Networks) -> None:
    media = meta.publish(meta.page)
    assert meta.page.get(media, fields="boost_eligibility_info")["boost_eligibility_info"] == {
        "eligible_to_boost": True
    }
    meta.page.stage("instagram/media", id=media, ineligible="Has music")
    assert meta.page.get(media, fields="boost_eligibility_info")["boost_eligibility_info"] == {
        "eligible_to_boost": False, "boost_ineligible_reason": "Has music",
    }  # fmt: skip
    assert meta.page.get(f"{media}/boost_ads_list")["data"] == []
    assert refusal(meta.login.get(media, fields="boost_eligibility_info")) == (100, 0)


def test_tokens_reach_their_own_account_with_the_right_scopes(meta: Networks) -> None:
    other = meta.page.of("sandbox-second-page-token")
    assert refusal(other.get(ACCOUNT)) == (100, 33)
    assert meta.page.of("sandbox-user-token").get(ACCOUNT, fields="username")["username"] == "acme"
    meta.login.stage("token", token=meta.login.token, revoke=["instagram_business_content_publish"])
    assert refusal(meta.login.post(f"{ACCOUNT}/media", image_url=meta.file("square.jpg"))) == (200, 0)
    meta.login.stage("token", token=meta.login.token, end=460)
    assert refusal(meta.login.get("me")) == (190, 460)
    assert refusal(meta.page.of(meta.login.token, "").get("me")) == (190, 460)


def test_a_publish_whose_answer_is_lost_is_seen_at_the_container(meta: Networks, graph: Graph) -> None:
    container = meta.container(graph, image_url=meta.file("square.jpg"), caption="Once")
    graph.stage("faults", match="POST *media_publish", kind="drop_after")
    with pytest.raises(requests.ConnectionError):
        graph.post(f"{ACCOUNT}/media_publish", creation_id=container)
    assert graph.get(container, fields="status_code")["status_code"] == "PUBLISHED"
    assert [row["caption"] for row in graph.get(f"{ACCOUNT}/media", fields="caption")["data"]] == ["Once"]
