"""The pretend Meta's Pages: the profile, its pictures and settings, and numbers."""

from collections.abc import Iterator

import pytest
import requests

from support.meta_client import PAGE, Graph, Shelf, listening, opened, picture, refusal
from support.patience import PATIENCE
from support.platform_running import running


@pytest.fixture
def graph() -> Iterator[Graph]:
    with opened() as graph:
        yield graph


def test_the_profile_is_read_and_changed(graph: Graph) -> None:
    changes = {
        "about": "New words", "description": "Longer words", "website": "https://new.example", "phone": "+39 06 555",
        "emails": ["a@acme.example"], "hours": {"mon_1_open": "09:00", "mon_1_close": "18:00"}, "impressum": "Us",
        "temporary_status": "TEMPORARILY_CLOSED",
    }  # fmt: skip
    assert graph.post(PAGE, **changes) == {"success": True}
    assert graph.get(PAGE, fields=",".join(changes)) == changes | {"id": PAGE}


@pytest.mark.parametrize(
    "wrong",
    [
        {"about": "x" * 256},
        {"website": "not an address"},
        {"phone": "call me"},
        {"hours": {"mon_open": "09:00"}},
        {"hours": {"mon_1_open": "25:00"}},
        {"temporary_status": "GONE"},
        {"name": "Acme 2"},
        {"username": "acme2"},
        {"cover": "123"},
    ],
)
def test_a_change_that_does_not_fit_changes_nothing(graph: Graph, wrong: dict[str, object]) -> None:
    before = graph.get(PAGE, fields="about,description,website,phone,name,username")
    assert refusal(graph.post(PAGE, description="changed", **wrong)) == (100, 0)
    assert graph.get(PAGE, fields="about,description,website,phone,name,username") == before


def test_a_cover_is_an_uploaded_photo(graph: Graph) -> None:
    file = {"source": ("a.jpg", picture(820, 312), "image/jpeg")}
    photo = graph.post(f"{PAGE}/photos", files=file, published=False)["id"]
    graph.post(PAGE, cover=photo, offset_y=10, no_feed_story=True)
    cover = graph.get(PAGE, fields="cover{source,cover_id,offset_y}")["cover"]
    assert (cover["cover_id"], cover["offset_y"]) == (photo, 10)
    assert requests.get(cover["source"], timeout=PATIENCE).content == picture(820, 312)
    assert graph.get(f"{PAGE}/published_posts")["data"] == []


def test_a_picture_comes_from_an_address_or_a_file(graph: Graph) -> None:
    assert graph.get(PAGE, fields="picture{is_silhouette}")["picture"]["data"]["is_silhouette"] is True
    with running(Shelf({"a.png": ("image/png", picture(form="PNG"))})) as shelf:
        assert graph.post(f"{PAGE}/picture", picture=f"{shelf}/a.png") == {"success": True}
    data = graph.get(PAGE, fields="picture{url,is_silhouette}")["picture"]["data"]
    assert data["is_silhouette"] is False
    assert requests.get(data["url"], timeout=PATIENCE).content == picture(form="PNG")
    assert graph.post(f"{PAGE}/picture", files={"source": ("b.jpg", picture(), "image/jpeg")}) == {"success": True}
    assert graph.call("GET", f"{PAGE}/picture").status_code == 302
    assert graph.get(f"{PAGE}/picture", redirect=False)["data"]["url"] != data["url"]
    assert refusal(graph.post(f"{PAGE}/picture")) == (100, 0)


def test_a_change_is_told_to_who_subscribed_to_it(graph: Graph) -> None:
    with listening(graph, "website", "feed") as callback:
        graph.post(PAGE, website="https://new.example")
        assert callback.values(1, "website") == [{"value": "https://new.example"}]


def test_a_change_needs_its_scope(graph: Graph) -> None:
    graph.stage("token", owner=PAGE, revoke=["pages_manage_metadata"])
    assert refusal(graph.post(PAGE, about="x")) == (200, 0)


def test_settings_are_changed_one_at_a_time(graph: Graph) -> None:
    assert graph.post(f"{PAGE}/settings", option={"USERS_CAN_POST": False}) == {"success": True}
    rows = {row["setting"]: row["value"] for row in graph.get(f"{PAGE}/settings")["data"]}
    assert rows["USERS_CAN_POST"] is False
    two = {"USERS_CAN_POST": True, "USERS_CAN_MESSAGE": False}
    assert refusal(graph.post(f"{PAGE}/settings", option=two)) == (100, 0)


def test_the_numbers_of_a_post(graph: Graph) -> None:
    post = graph.post(f"{PAGE}/feed", message="Look")["id"]
    graph.stage("pages/see", id=post, views=100, reach=80, clicks=7)
    graph.stage("pages/react", **{"as": "nora", "id": post, "type": "LOVE"})
    metrics = "post_media_view,post_total_media_view_unique,post_clicks,post_reactions_by_type_total"
    rows = graph.get(f"{post}/insights", metric=metrics)["data"]
    assert {row["name"]: row["values"][0]["value"] for row in rows} == {
        "post_media_view": 100, "post_total_media_view_unique": 80, "post_clicks": 7,
        "post_reactions_by_type_total": {"love": 1},
    }  # fmt: skip
    nested = graph.get(post, fields="insights.metric(post_clicks){name,values}")["insights"]["data"]
    assert nested == [{"name": "post_clicks", "values": [{"value": 7}]}]


def test_a_dead_or_unknown_metric_fails_the_whole_request(graph: Graph) -> None:
    post = graph.post(f"{PAGE}/feed", message="Look")["id"]
    for metric in ("post_impressions", "post_impressions_unique", "post_shares", "post_wonders"):
        assert refusal(graph.get(f"{post}/insights", metric=f"post_clicks,{metric}")) == (100, 0)
    for metric in ("page_impressions", "page_fans", "page_posts_impressions", "page_engaged_users"):
        assert refusal(graph.get(f"{PAGE}/insights", metric=metric)) == (100, 0)
    assert refusal(graph.get(f"{PAGE}/insights")) == (3001, 1504028)


def test_the_numbers_of_a_page_by_day_and_range(graph: Graph) -> None:
    post = graph.post(f"{PAGE}/feed", message="Look")["id"]
    graph.stage("pages/see", id=post, views=10)
    graph.advance(86_400)
    graph.stage("pages/see", id=post, views=5)
    now = int(graph.now())
    asked = {"metric": "page_media_view", "since": now - 86_400, "until": now}
    row = graph.get(f"{PAGE}/insights", period="day", **asked)["data"][0]
    assert [value["value"] for value in row["values"]] == [10, 5]
    total = graph.get(f"{PAGE}/insights", period="total_over_range", **asked)["data"][0]
    assert total["values"] == [{"value": 15}]
    assert refusal(graph.get(f"{PAGE}/insights", metric="page_follows", since=now - 91 * 86_400, until=now)) == (100, 0)


def test_followers_come_and_go_and_a_small_page_has_no_numbers(graph: Graph) -> None:
    graph.stage("pages/follow", people=5)
    follows = graph.get(f"{PAGE}/insights", metric="page_follows,page_daily_follows", period="day")["data"]
    assert [row["values"][-1]["value"] for row in follows] == [1255, 5]
    graph.stage("pages/follow", people=-1200)
    assert refusal(graph.get(f"{PAGE}/insights", metric="page_follows")) == (100, 2874008)


def test_the_page_shows_everything(graph: Graph) -> None:
    post = graph.post(f"{PAGE}/photos", files={"source": ("a.jpg", picture(), "image/jpeg")}, message="Red")["post_id"]
    comment = graph.stage("pages/comment", **{"as": "nora", "id": post, "text": "Red!"})["id"]
    graph.stage("pages/comment", **{"as": "page", "id": comment, "text": "Yes"})
    graph.stage("pages/share", **{"as": "oleg", "id": post})
    shown = graph.state()["pages"]["pages"][0]
    assert (shown["name"], shown["posts"][0]["text"], shown["posts"][0]["shares"]) == ("Acme", "Red", 1)
    assert shown["posts"][0]["media"][0]["kind"] == "photo"
    said = shown["posts"][0]["comments"][0]
    assert (said["from"]["name"], said["replies"][0]["from"]["name"]) == ("Nora Nowak", "Acme")
    assert "Red" in requests.get(shown["posts"][0]["url"], timeout=PATIENCE).text
