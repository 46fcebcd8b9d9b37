"""The pretend Meta's Pages: comments, replies, likes, hiding, blocking and private replies."""

from collections.abc import Iterator

import pytest
import requests

from sandbox.meta.person import Public
from support.meta_client import PAGE, USER, Graph, opened, picture, refusal


@pytest.fixture
def graph() -> Iterator[Graph]:
    with opened() as graph:
        yield graph


@pytest.fixture
def post(graph: Graph) -> str:
    made: str = graph.post(f"{PAGE}/feed", message="Open on Sunday")["id"]
    return made


def says(graph: Graph, who: str, about: str, text: str) -> str:
    """Somebody comments; answers the comment's id."""
    made: str = graph.stage("pages/comment", **{"as": who, "id": about, "text": text})["id"]
    return made


def test_a_comment_is_read_and_answered(graph: Graph, post: str) -> None:
    comment = says(graph, "nora", post, "Nice!")
    row = graph.get(f"{post}/comments")["data"][0]
    assert (row["id"], row["message"], row["from"]["name"]) == (comment, "Nice!", "Nora Nowak")
    reply = graph.post(f"{comment}/comments", message="Thank you")["id"]
    assert [r["id"] for r in graph.get(f"{comment}/comments")["data"]] == [reply]
    assert graph.get(reply, fields="parent{id},from{id},object{id}") == {
        "parent": {"id": comment}, "from": {"id": PAGE}, "object": {"id": post}, "id": reply,
    }  # fmt: skip
    assert [r["id"] for r in graph.get(f"{post}/comments")["data"]] == [comment]
    assert [r["id"] for r in graph.get(f"{post}/comments", filter="stream")["data"]] == [comment, reply]


def test_a_reply_to_a_reply_stands_beside_it(graph: Graph, post: str) -> None:
    comment = says(graph, "nora", post, "Nice!")
    reply = graph.post(f"{comment}/comments", message="Thank you")["id"]
    again = says(graph, "oleg", reply, "Indeed")
    assert graph.get(again, fields="parent{id}")["parent"]["id"] == comment


def test_comments_have_an_order_and_a_number(graph: Graph, post: str) -> None:
    made = [says(graph, "nora", post, f"{n}") for n in range(3)]
    newest = graph.get(f"{post}/comments", order="reverse_chronological", summary=True, limit=1)
    assert newest["data"][0]["id"] == made[-1]
    assert newest["summary"] == {"order": "reverse_chronological", "total_count": 3, "can_comment": True}
    assert graph.get(post, fields="comments.limit(0).summary(true)")["comments"]["summary"]["total_count"] == 3
    assert "summary" not in graph.get(f"{post}/comments")


def test_who_comments_is_known_to_a_page_with_the_right_scope_only(graph: Graph, post: str) -> None:
    says(graph, "nora", post, "Nice!")
    assert "from" not in graph.of(USER).get(f"{post}/comments")["data"][0]
    graph.stage("settings", from_missing=True)
    assert "from" not in graph.get(f"{post}/comments")["data"][0]


def test_a_person_s_token_cannot_comment_for_the_page(graph: Graph, post: str) -> None:
    assert refusal(graph.of(USER).post(f"{post}/comments", message="x")) == (1705, 0)


def test_an_empty_comment_is_refused_and_a_photo_may_stand_alone(graph: Graph, post: str) -> None:
    assert refusal(graph.post(f"{post}/comments")) == (100, 0)
    file = {"source": ("a.jpg", picture(), "image/jpeg")}
    photo = graph.post(f"{PAGE}/photos", files=file, published=False)["id"]
    made = graph.post(f"{post}/comments", attachment_id=photo)["id"]
    assert graph.get(made, fields="attachment{type}")["attachment"] == {"type": "photo"}


def test_ours_are_changed_and_theirs_are_hidden(graph: Graph, post: str) -> None:
    theirs = says(graph, "nora", post, "Bah")
    ours = graph.post(f"{post}/comments", message="Hello")["id"]
    assert graph.post(ours, message="Hello all") == {"success": True}
    assert graph.get(ours)["message"] == "Hello all"
    assert refusal(graph.post(theirs, message="Better")) == (200, 0)
    assert graph.get(theirs, fields="can_hide,is_hidden")["can_hide"] is True
    assert graph.post(theirs, is_hidden=True) == {"success": True}
    assert graph.get(theirs, fields="is_hidden")["is_hidden"] is True
    graph.post(theirs, is_hidden=False)
    assert graph.get(theirs, fields="is_hidden")["is_hidden"] is False
    assert refusal(graph.post(ours, is_hidden=True)) == (200, 0)


def test_a_deleted_comment_takes_its_replies_along(graph: Graph, post: str) -> None:
    theirs = says(graph, "nora", post, "Bah")
    reply = graph.post(f"{theirs}/comments", message="Sorry")["id"]
    assert graph.delete(theirs) == {"success": True}
    assert refusal(graph.get(reply)) == (100, 33)
    assert refusal(graph.delete(theirs)) == (100, 33)


def test_the_page_likes_and_people_react(graph: Graph, post: str) -> None:
    comment = says(graph, "nora", post, "Nice!")
    assert graph.post(f"{comment}/likes") == {"success": True}
    assert graph.get(comment, fields="like_count,user_likes")["user_likes"] is True
    assert graph.delete(f"{comment}/likes") == {"success": True}
    assert graph.get(comment, fields="like_count")["like_count"] == 0
    graph.stage("pages/react", **{"as": "nora", "id": post, "type": "LOVE"})
    graph.stage("pages/react", **{"as": "oleg", "id": post})
    counted = graph.get(f"{post}/reactions", summary="total_count,viewer_reaction")
    assert counted["summary"] == {"total_count": 2, "viewer_reaction": "NONE"}
    assert graph.get(f"{post}/reactions", type="LOVE")["data"] == [{"id": "3001", "name": "Nora Nowak", "type": "LOVE"}]
    assert [row["id"] for row in graph.get(f"{post}/likes")["data"]] == ["3002"]
    graph.stage("pages/react", **{"as": "nora", "id": post, "type": None})
    assert len(graph.get(f"{post}/reactions")["data"]) == 1


def test_a_photo_in_a_post_is_commented_on_through_it(graph: Graph) -> None:
    made = graph.post(f"{PAGE}/photos", files={"source": ("a.jpg", picture(), "image/jpeg")})
    comment = says(graph, "nora", made["post_id"], "Red!")
    assert [row["id"] for row in graph.get(f"{made['id']}/comments")["data"]] == [comment]


def test_a_blocked_person_comments_no_more(graph: Graph, post: str) -> None:
    assert graph.post(f"{PAGE}/blocked", user=["3001"]) == {"3001": True}
    assert [row["name"] for row in graph.get(f"{PAGE}/blocked", fields="name")["data"]] == ["Nora Nowak"]
    with pytest.raises(AssertionError, match="blocked"):
        says(graph, "nora", post, "x")
    assert graph.delete(f"{PAGE}/blocked", user="3001") == {"success": True}
    assert graph.get(f"{PAGE}/blocked")["data"] == []
    assert says(graph, "nora", post, "x")
    assert refusal(graph.post(f"{PAGE}/blocked")) == (100, 0)


def test_a_comment_is_answered_in_private_once_and_within_a_week(graph: Graph, post: str) -> None:
    comment, later = says(graph, "nora", post, "How much?"), says(graph, "oleg", post, "And when?")
    asked = {"recipient": {"comment_id": comment}, "message": {"text": "Ten."}, "messaging_type": "RESPONSE"}
    assert graph.get(comment, fields="can_reply_privately")["can_reply_privately"] is True
    assert refusal(graph.post(f"{PAGE}/messages", **asked | {"message": {"text": "x" * 2001}}))[0] == 100
    assert graph.post(f"{PAGE}/messages", **asked)["recipient_id"] == "3001"
    assert graph.get(comment, fields="can_reply_privately")["can_reply_privately"] is False
    assert "private_reply_conversation" in graph.get(comment, fields="private_reply_conversation")
    assert refusal(graph.post(f"{PAGE}/messages", **asked)) == (10900, 0)
    graph.advance(8 * 86400)
    late = {"recipient": {"comment_id": later}, "message": {"text": "Now."}}
    assert refusal(graph.post(f"{PAGE}/messages", **late)) == (10903, 0)
    assert refusal(graph.post(f"{PAGE}/messages", recipient={"comment_id": "1_2"}, message={"text": "x"}))[0] == 100
    assert [m["text"] for m in graph.state()["pages"]["pages"][0]["messages"]] == ["Ten."]


def test_a_visitor_s_post_is_answered_in_private_too(graph: Graph) -> None:
    theirs = graph.stage("pages/post", **{"as": "nora", "text": "Are you open?"})["id"]
    answer = graph.post(f"{PAGE}/messages", recipient={"post_id": theirs}, message={"text": "Yes."})
    assert answer["recipient_id"] == "3001"


def test_one_of_the_public_does_what_people_do(graph: Graph, post: str) -> None:
    nora = Public(graph.address, "nora")
    comment = nora.comment(post, "Nice")
    nora.edit(comment, "Very nice")
    nora.react(post, "WOW")
    nora.share(post)
    nora.mention("@Acme")
    theirs = nora.post("Hello")
    seen = nora.wait(lambda page: next((p for p in page["posts"] if p["id"] == post and p["comments"]), None))
    assert (seen["comments"][0]["text"], seen["reactions"][0]["type"], seen["shares"]) == ("Very nice", "WOW", 1)
    nora.delete(theirs)
    assert [p["id"] for p in nora.page()["posts"]] == [post]
    with pytest.raises(requests.HTTPError):
        Public(graph.address, "oleg").delete(comment)
