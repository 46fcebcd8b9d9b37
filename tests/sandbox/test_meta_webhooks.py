"""The pretend Meta's webhooks: the callback's consent, signed bodies, what they tell, redelivery and disorder."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator

import pytest

from support.meta_client import APP, APP_TOKEN, PAGE, SECRET, Callback, Graph, listening, opened, refusal, subscribe
from support.platform_running import running


@pytest.fixture
def graph() -> Iterator[Graph]:
    with opened() as graph:
        yield graph


@pytest.fixture
def post(graph: Graph) -> str:
    made: str = graph.post(f"{PAGE}/feed", message="Open on Sunday")["id"]
    return made


def says(graph: Graph, who: str, about: str, text: str) -> str:
    made: str = graph.stage("pages/comment", **{"as": who, "id": about, "text": text})["id"]
    return made


def test_a_callback_must_agree_before_it_is_kept(graph: Graph) -> None:
    with running(Callback()) as address:
        assert subscribe(graph, address, ["feed"]) == {"success": True}
        row = graph.of(APP_TOKEN).get(f"{APP}/subscriptions")["data"][0]
        assert (row["callback_url"], [f["name"] for f in row["fields"]]) == (f"{address}/hook", ["feed"])
        assert refusal(subscribe(graph, address, ["feed"], verify_token="wrong")) == (2200, 0)
    assert refusal(subscribe(graph, "http://127.0.0.1:9", ["feed"])) == (2200, 0)
    assert graph.of(APP_TOKEN).delete(f"{APP}/subscriptions", object="page") == {"success": True}
    assert graph.of(APP_TOKEN).get(f"{APP}/subscriptions")["data"] == []


def test_a_comment_is_told_with_a_signature_over_the_raw_bytes(graph: Graph, post: str) -> None:
    with listening(graph) as callback:
        comment = says(graph, "pia", post, "Però, bello! https://a.example/b")
        body, signature = callback.wait(1)[0]
    assert signature == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert body.isascii()
    assert rb"\/" in body
    told = json.loads(body)
    value = told["entry"][0]["changes"][0]["value"]
    assert (told["object"], told["entry"][0]["id"]) == ("page", PAGE)
    assert (value["item"], value["verb"], value["comment_id"], value["post_id"]) == ("comment", "add", comment, post)
    assert (value["parent_id"], value["message"]) == (post, "Però, bello! https://a.example/b")
    assert value["from"] == {"id": "3003", "name": "Pia Però"}


def test_everything_that_happens_to_a_comment_is_told(graph: Graph, post: str) -> None:
    with listening(graph) as callback:
        comment = says(graph, "nora", post, "Nice")
        reply = graph.post(f"{comment}/comments", message="Thanks")["id"]
        callback.wait(2)
        graph.stage("pages/edit", **{"as": "nora", "id": comment, "text": "Very nice"})
        callback.wait(3)
        graph.post(comment, is_hidden=True)
        callback.wait(4)
        graph.stage("pages/delete", **{"as": "nora", "id": comment})
        told = callback.values(5)
    assert sorted(v["verb"] for v in told[:2]) == ["add", "add"]
    ours = next(v for v in told if v["comment_id"] == reply)
    assert (ours["from"]["id"], ours["parent_id"]) == (PAGE, comment)
    assert [v["verb"] for v in told[2:]] == ["edited", "hide", "remove"]
    assert told[2]["message"] == "Very nice"
    assert "message" not in told[4]


def test_posts_reactions_and_mentions_are_told(graph: Graph, post: str) -> None:
    with listening(graph, "feed", "mention") as callback:
        graph.post(f"{PAGE}/feed", message="Second")
        assert callback.values(1)[0]["item"] == "status"
        graph.stage("pages/react", **{"as": "nora", "id": post, "type": "SAD"})
        assert callback.values(2)[1]["reaction_type"] == "sorry"
        graph.stage("pages/post", **{"as": "oleg", "text": "Hello there"})
        assert callback.values(3)[2]["item"] == "post"
        graph.stage("pages/mention", **{"as": "nora", "text": "See @Acme"})
        assert callback.values(1, "mention")[0]["sender_name"] == "Nora Nowak"
        graph.delete(post)
        assert callback.values(4)[3]["verb"] == "remove"


def test_only_subscribed_fields_of_subscribed_pages_are_told(graph: Graph, post: str) -> None:
    with listening(graph, "mention") as callback:
        says(graph, "nora", post, "unheard")
        graph.stage("pages/mention", **{"as": "nora", "text": "heard"})
        callback.wait(1)
        rows = graph.get(f"{PAGE}/subscribed_apps")["data"]
        assert rows[0]["subscribed_fields"] == ["mention"]
        assert graph.delete(f"{PAGE}/subscribed_apps") == {"success": True}
        graph.stage("pages/mention", **{"as": "nora", "text": "unheard"})
        assert len(graph.state()["deliveries"]) == 1
    assert refusal(graph.post(f"{PAGE}/subscribed_apps", subscribed_fields=["weather"])) == (100, 0)


def test_a_delivery_is_repeated_until_it_is_answered_200(graph: Graph, post: str) -> None:
    graph.stage("settings", redelivery_seconds=0.01)
    with listening(graph) as callback:
        callback.answers = [500, 404, 302]
        says(graph, "nora", post, "Nice")
        bodies = [body for body, _ in callback.wait(4)]
        while not graph.state()["deliveries"][0]["done"]:
            threading.Event().wait(0.01)
        assert graph.state()["deliveries"][0]["answers"] == ["500", "404", "302", "200"]
    assert len(set(bodies)) == 1


def test_deliveries_come_twice_backwards_and_together_when_told_so(graph: Graph, post: str) -> None:
    graph.stage("settings", webhooks="held", duplicate=True, reorder=True, batch=True)
    with listening(graph) as callback:
        first, second = says(graph, "nora", post, "one"), says(graph, "oleg", post, "two")
        graph.stage("webhooks/release")
        told = json.loads(callback.wait(1)[0][0])
    ids = [entry["changes"][0]["value"]["comment_id"] for entry in told["entry"]]
    assert ids == [second, second, first, first]


@pytest.mark.parametrize("disorder", ["reorder", "batch"])
def test_what_is_gathered_for_disorder_leaves_by_itself(graph: Graph, post: str, disorder: str) -> None:
    graph.stage("settings", **{disorder: True})
    with listening(graph) as callback:
        made = {says(graph, "nora", post, "one"), says(graph, "oleg", post, "two")}
        assert {value["comment_id"] for value in callback.values(2)} == made


def test_a_signature_may_be_wrong_and_the_author_missing(graph: Graph, post: str) -> None:
    graph.stage("settings", bad_signature=True, from_missing=True)
    with listening(graph) as callback:
        says(graph, "nora", post, "Nice")
        body, signature = callback.wait(1)[0]
        assert signature != "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert "from" not in callback.values(1)[0]


def test_comments_under_an_ad_are_told_though_the_dark_post_is_not(graph: Graph) -> None:
    with listening(graph) as callback:
        dark = graph.post(f"{PAGE}/feed", message="Dark", published=False)["id"]
        graph.stage("pages/comment", **{"as": "nora", "id": dark, "text": "Advert!", "ad": True})
        told = callback.values(1)
    assert [(v["item"], v["post"]["is_published"]) for v in told] == [("comment", False)]
