"""What a team does with comments on the pretend Threads, what it hears and what it counts."""

import pytest

from platforms.contract import ContentRefused, NotPermitted, Outgoing, RemoteComment
from platforms.graph.calls import ROWS
from platforms.threads.adapter import Threads
from platforms.threads.inbox import POSTS
from support.platform_progress import Kept
from support.platform_threads import ThreadsBench


def heard(account: Threads, cursor: str) -> tuple[list[str], str]:
    page = account.comments(cursor)
    return [event.text for event in page.events if isinstance(event, RemoteComment)], page.cursor


def test_answers_on_every_level_and_mentions_are_heard_once(bench: ThreadsBench, account: Threads) -> None:
    post = account.publish(Outgoing(("hello",)), "key-1", Kept())
    _, cursor = heard(account, "")
    top = bench.says("top", reply_to=post.remote_id)
    below = bench.says("below, @acme", reply_to=top)
    bench.says("out of the blue")
    texts, cursor = heard(account, cursor)
    assert sorted(texts) == ["@acme out of the blue", "below, @acme", "top"]
    assert heard(account, cursor) == ([], cursor)
    found = account.comment(below)
    assert (found.parent_id, found.root_id) == (top, post.remote_id)


def test_our_own_answers_and_reposts_are_no_comments(bench: ThreadsBench, account: Threads) -> None:
    comment = bench.says("hello")
    _, cursor = heard(account, "")
    account.publish(Outgoing(("hello @acme",), reply_to=comment), "key-1", Kept())
    account.repost(comment)
    assert heard(account, cursor)[0] == []


def test_only_the_newest_posts_are_listened_to(bench: ThreadsBench, account: Threads) -> None:
    oldest = account.publish(Outgoing(("oldest",)), "key-1", Kept())
    for n in range(POSTS):
        bench.stage("threads/post", **{"as": "account", "text": f"post {n}"})
    _, cursor = heard(account, "")
    bench.says("unheard", reply_to=oldest.remote_id)
    assert heard(account, cursor)[0] == []


def test_without_the_scope_for_mentions_answers_are_still_heard(bench: ThreadsBench, account: Threads) -> None:
    post = account.publish(Outgoing(("hello",)), "key-1", Kept())
    bench.stage("token", token=bench.token, revoke=["threads_manage_mentions"])
    assert account.whoami().missing_scopes == ("threads_manage_mentions",)
    _, cursor = heard(account, "")
    bench.says("answer", reply_to=post.remote_id)
    bench.says("mention")
    assert heard(account, cursor)[0] == ["answer"]


def test_what_hangs_under_a_hidden_answer_cannot_be_hidden_itself(bench: ThreadsBench, account: Threads) -> None:
    post = account.publish(Outgoing(("hello",)), "key-1", Kept())
    top = bench.says("rude", reply_to=post.remote_id)
    below = bench.says("ruder", reply_to=top)
    with pytest.raises(ContentRefused):
        account.hide(below)
    account.hide(top)
    assert account.comment(below).hidden


def test_repost_is_taken_back_by_another_process(bench: ThreadsBench, account: Threads) -> None:
    comment = bench.says("nice")
    account.repost(comment)
    other = bench.connect()
    other.unrepost(comment)
    assert bench.engaged(comment) == (False, False)
    other.unrepost(comment)


def test_numbers_add_quotes_to_reposts(bench: ThreadsBench, account: Threads) -> None:
    post = account.publish(Outgoing(("count me",)), "key-1", Kept()).remote_id
    bench.stage("threads/like", **{"as": "nora", "id": post})
    bench.stage("threads/repost", **{"as": "nora", "id": post})
    bench.stage("threads/quote", **{"as": "oleg", "id": post, "text": "look"})
    bench.stage("threads/see", id=post, views=40)
    bench.says("one", reply_to=post)
    found = account.numbers(post)
    assert (found.likes, found.reposts, found.comments, found.views) == (1, 2, 1, 40)
    bench.stage("token", token=bench.token, revoke=["threads_manage_insights"])
    with pytest.raises(NotPermitted):
        account.numbers(post)


def test_token_says_when_it_ends(bench: ThreadsBench, account: Threads) -> None:
    assert account.whoami().expires_at is not None
    bench.stage("token", token=bench.token, expires_in=None)
    assert account.whoami().expires_at is None


def test_address_that_was_not_seen_is_looked_for_among_the_own_posts(bench: ThreadsBench, account: Threads) -> None:
    oldest = bench.stage("threads/post", **{"as": "account", "text": "oldest"})["id"]
    for n in range(ROWS):
        bench.stage("threads/post", **{"as": "account", "text": f"post {n}"})
    url = next(post["url"] for post in bench.account()["posts"] if post["id"] == oldest)
    assert account.remote_id_at(url) == ""
    assert account.look_for(url) == oldest
    assert account.remote_id_at(url) == oldest
    assert account.look_for(f"{url}0") == ""


def test_addresses_of_posts_are_told_from_others_at_both_names(account: Threads) -> None:
    for host in ("www.threads.com", "threads.net"):
        assert account.is_address(f"https://{host}/@acme/post/DAbc123")
        assert not account.is_address(f"https://{host}/@acme")
    assert not account.is_address("https://elsewhere.example/@acme/post/DAbc123")
