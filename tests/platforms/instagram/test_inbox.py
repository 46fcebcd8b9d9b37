"""Comments under the newest posts are heard whole and once, though Instagram lists them post by post."""

import pytest

from platforms.contract import RemoteComment
from platforms.graph.calls import ROWS
from platforms.instagram.adapter import Instagram
from platforms.instagram.inbox import ALWAYS, POSTS
from support.platform_instagram import InstagramBench
from support.platform_progress import Kept


def heard(account: Instagram, cursor: str) -> tuple[list[str], str]:
    page = account.comments(cursor)
    assert not page.more
    assert all(isinstance(event, RemoteComment) for event in page.events)
    return [event.text for event in page.events if isinstance(event, RemoteComment)], page.cursor


def test_answers_below_old_comments_are_heard_in_order(bench: InstagramBench, account: Instagram) -> None:
    top = bench.says("old")
    _, cursor = heard(account, "")
    below = bench.says("new below", reply_to=top)
    bench.says("new above")
    texts, cursor = heard(account, cursor)
    assert sorted(texts) == ["new above", "new below"]
    assert account.comment(below).parent_id == top
    assert heard(account, cursor) == ([], cursor)


def test_posts_without_change_are_not_read_again(bench: InstagramBench, account: Instagram) -> None:
    posts = [bench.stage("instagram/post", text=f"post {n}")["id"] for n in range(ALWAYS + 3)]
    for post in posts:
        bench.says("hello", reply_to=post)
    _, cursor = heard(account, "")
    before = len(bench.asked("GET */comments"))
    _, cursor = heard(account, cursor)
    assert len(bench.asked("GET */comments")) == before + ALWAYS
    bench.says("late", reply_to=posts[0])
    assert heard(account, cursor)[0] == ["late"]


def test_only_the_newest_posts_are_looked_at(bench: InstagramBench, account: Instagram) -> None:
    oldest = bench.stage("instagram/post", text="oldest")["id"]
    for n in range(POSTS):
        bench.stage("instagram/post", text=f"post {n}")
    _, cursor = heard(account, "")
    bench.says("unheard", reply_to=oldest)
    assert heard(account, cursor)[0] == []


def test_our_own_comments_are_left_out(bench: InstagramBench, account: Instagram) -> None:
    post = account.publish(bench.outgoing("hello"), "key-1", Kept())
    _, cursor = heard(account, "")
    account.publish(bench.outgoing("first!", reply_to=post.remote_id), "key-2", Kept())
    bench.stage("instagram/comment", **{"as": "account", "id": post.remote_id, "text": "by hand"})
    assert heard(account, cursor)[0] == []


def test_instagram_login_hears_the_same(bench: InstagramBench) -> None:
    account = bench.by_login()
    _, cursor = heard(account, "")
    bench.says("hello")
    assert heard(account, cursor)[0] == ["hello"]


def test_address_of_what_was_listed_is_known(bench: InstagramBench, account: Instagram) -> None:
    post = bench.stage("instagram/post", text="by hand")["id"]
    url = bench.account()["media"][0]["url"]
    assert account.remote_id_at(url) == ""
    account.comments("")
    assert account.remote_id_at(url) == post


def test_address_that_was_not_seen_is_looked_for_among_the_own_posts(bench: InstagramBench, account: Instagram) -> None:
    story = bench.stage("instagram/post", text="", product="STORY")["id"]
    oldest = bench.stage("instagram/post", text="oldest")["id"]
    for n in range(ROWS):
        bench.stage("instagram/post", text=f"post {n}")
    urls = {media["id"]: media["url"] for media in bench.account()["media"]}
    assert account.remote_id_at(urls[oldest]) == ""
    assert account.look_for(urls[oldest]) == oldest
    assert account.look_for(urls[story]) == story
    assert account.look_for(f"{urls[oldest]}0") == ""
    looked = bench.asked("GET *")
    assert account.look_for(urls[oldest]) == oldest, "by now it is known"
    assert bench.asked("GET *") == looked


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://www.instagram.com/p/DAbc123/", True),
        ("https://instagram.com/acme/reel/DAbc123/?igsh=x", True),
        ("https://www.instagram.com/acme/", False),
        ("https://elsewhere.example/p/DAbc123/", False),
        ("instagram.com/p/DAbc123", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_an_address_of_a_post_is_told_from_others(account: Instagram, url: str, is_one: bool) -> None:
    assert account.is_address(url) is is_one
