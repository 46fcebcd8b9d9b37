"""The pretend Meta's Instagram: numbers of media and of the account, and the metrics that are refused."""

from collections.abc import Iterator

import pytest

from support.meta_client import Graph, refusal
from support.meta_instagram import ACCOUNT, Networks, networks


@pytest.fixture
def meta() -> Iterator[Networks]:
    with networks() as meta:
        yield meta


@pytest.fixture(params=["page", "login"])
def graph(meta: Networks, request: pytest.FixtureRequest) -> Graph:
    found: Graph = getattr(meta, request.param)
    return found


def values(graph: Graph, node: str, metric: str) -> dict[str, int]:
    """The values of media by metric."""
    found = graph.get(f"{node}/insights", metric=metric)
    return {row["name"]: row["values"][0]["value"] for row in found["data"]}


def test_numbers_of_a_post(meta: Networks, graph: Graph) -> None:
    media = meta.publish(graph)
    graph.stage("instagram/see", id=media, views=100, reach=80, saved=3, shares=2)
    graph.stage("instagram/like", **{"as": "nora", "id": media})
    comment = graph.stage("instagram/comment", **{"as": "nora", "id": media, "text": "x"})["id"]
    graph.stage("instagram/comment", **{"as": "oleg", "id": comment, "text": "y"})
    metric = "views,reach,likes,comments,saved,shares,total_interactions,follows,reposts"
    assert values(graph, media, metric) == {
        "views": 100, "reach": 80, "likes": 1, "comments": 2, "saved": 3, "shares": 2, "total_interactions": 8,
        "follows": 0, "reposts": 0,
    }  # fmt: skip
    row = graph.get(f"{media}/insights", metric="reach")["data"][0]
    assert (row["period"], row["id"]) == ("lifetime", f"{media}/insights/reach/lifetime")


def test_each_kind_of_media_has_its_own_metrics(meta: Networks, graph: Graph) -> None:
    post = meta.publish(graph)
    reel = meta.publish(graph, media_type="REELS", video_url=meta.file("film.mp4"))
    story = meta.publish(graph, media_type="STORIES", image_url=meta.file("tall.jpg"))
    assert refusal(graph.get(f"{story}/insights", metric="views")) == (10, 0)
    graph.stage("instagram/see", id=story, reach=5, views=6, navigation=4)
    graph.stage("instagram/see", id=reel, ig_reels_avg_watch_time=2500)
    assert values(graph, reel, "ig_reels_avg_watch_time,views") == {"ig_reels_avg_watch_time": 2500, "views": 0}
    assert values(graph, story, "reach,replies") == {"reach": 5, "replies": 0}
    for media, metric in ((post, "replies"), (reel, "profile_visits"), (story, "likes"), (post, "impressions")):
        assert refusal(graph.get(f"{media}/insights", metric=f"views,{metric}")) == (100, 0)


@pytest.mark.parametrize("metric", ["plays", "video_views", "engagement", "clips_replays_count", "weather", ""])
def test_a_dead_metric_fails_the_whole_request(meta: Networks, graph: Graph, metric: str) -> None:
    assert refusal(graph.get(f"{meta.publish(graph)}/insights", metric=metric and f"views,{metric}")) == (100, 0)


def test_views_on_facebook_are_only_of_what_is_there(meta: Networks, graph: Graph) -> None:
    media = meta.publish(graph)
    assert refusal(graph.get(f"{media}/insights", metric="facebook_views")) == (-1, 2207086)
    graph.stage("instagram/media", id=media, crossposted=True)
    graph.stage("instagram/see", id=media, facebook_views=7)
    assert values(graph, media, "facebook_views") == {"facebook_views": 7}


def test_breakdowns_belong_to_their_metric(meta: Networks, graph: Graph) -> None:
    media = meta.publish(graph)
    graph.stage("instagram/see", id=media, profile_activity=2)
    row = graph.get(f"{media}/insights", metric="profile_activity", breakdown="action_type")["data"][0]
    assert row["total_value"]["breakdowns"][0]["dimension_keys"] == ["action_type"]
    assert refusal(graph.get(f"{media}/insights", metric="views", breakdown="action_type")) == (100, 0)


def test_a_child_of_an_album_has_no_numbers(meta: Networks, graph: Graph) -> None:
    children = [meta.container(graph, image_url=meta.file("square.jpg"), is_carousel_item=True) for _ in range(2)]
    album = meta.publish(graph, media_type="CAROUSEL", children=children)
    child = graph.get(album, fields="children")["children"]["data"][0]["id"]
    assert refusal(graph.get(f"{child}/insights", metric="views")) == (100, 0)


def test_numbers_of_the_account(meta: Networks, graph: Graph) -> None:
    media = meta.publish(graph)
    graph.stage("instagram/see", id=media, views=100, reach=80)
    graph.stage("instagram/follow", people=4)
    series = graph.get(f"{ACCOUNT}/insights", metric="reach,follower_count", period="day")["data"]
    assert [(row["name"], row["values"][-1]["value"]) for row in series] == [("reach", 80), ("follower_count", 4)]
    total = graph.get(f"{ACCOUNT}/insights", metric="views", period="day", metric_type="total_value")["data"]
    assert total[0]["total_value"] == {"value": 100}
    assert refusal(graph.get(f"{ACCOUNT}/insights", metric="views", period="day")) == (100, 0)
    assert refusal(graph.get(f"{ACCOUNT}/insights", metric="impressions", period="day")) == (100, 0)
    assert refusal(graph.get(f"{ACCOUNT}/insights", metric="reach")) == (100, 0)
    wide = graph.get(f"{ACCOUNT}/insights", metric="reach", period="day", since=0, until=40 * 24 * 3600)
    assert refusal(wide) == (100, 0)


def test_demographics_need_followers_and_a_breakdown(graph: Graph) -> None:
    asked = {"metric": "follower_demographics", "period": "lifetime", "timeframe": "this_month"}
    row = graph.get(f"{ACCOUNT}/insights", **asked, breakdown="country")["data"][0]
    results = row["total_value"]["breakdowns"][0]["results"]
    assert results[0] == {"dimension_values": ["IT"], "value": 610}
    assert refusal(graph.get(f"{ACCOUNT}/insights", **asked)) == (100, 0)
    graph.stage("instagram/follow", people=-900)
    assert refusal(graph.get(f"{ACCOUNT}/insights", **asked, breakdown="country")) == (10, 0)
