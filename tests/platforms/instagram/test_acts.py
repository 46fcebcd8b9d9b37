"""What a team does with comments on the pretend Instagram, and what it counts."""

from datetime import timedelta

import pytest

from platforms.contract import (
    CannotTell,
    ContentRefused,
    Gone,
    NotPermitted,
    OutcomeUnknown,
    RemoteComment,
    Unsupported,
)
from platforms.instagram.adapter import Instagram
from support.platform_instagram import InstagramBench
from support.platform_progress import Kept
from support.platform_promises import begun


def test_answer_to_an_answer_stands_beside_it(bench: InstagramBench, account: Instagram) -> None:
    top = bench.says("question")
    below = bench.says("me too", reply_to=top)
    read = account.comment(below)
    assert read.parent_id == top
    since, reply = begun(), bench.outgoing("here", reply_to=below, mention=read.author.handle)
    done = account.publish(reply, "key-1", Kept())
    (ours,) = bench.standing()
    assert (ours.text, ours.reply_to) == ("@nora here", top)
    assert account.find(reply, "key-1", since, Kept()) == done


def test_lost_answer_of_a_comment_is_found_by_its_words(bench: InstagramBench, account: Instagram) -> None:
    since, progress = begun(), Kept()
    reply = bench.outgoing("thank you", reply_to=bench.says("nice"))
    bench.disturb("drop_after", match="POST */replies")
    with pytest.raises(OutcomeUnknown):
        account.publish(reply, "key-1", progress)
    found = account.find(reply, "key-1", since, progress)
    assert found is not None
    (ours,) = bench.standing()
    assert ours.remote_id == found.remote_id


def test_lost_request_of_a_comment_is_certainly_absent(bench: InstagramBench, account: Instagram) -> None:
    since, progress = begun(), Kept()
    reply = bench.outgoing("thank you", reply_to=bench.says("thank you"))
    bench.disturb("drop_before", match="POST */replies")
    with pytest.raises(OutcomeUnknown):
        account.publish(reply, "key-1", progress)
    assert account.find(reply, "key-1", since, progress) is None
    account.publish(reply, "key-1", progress)
    assert len(bench.standing()) == 1


def test_same_words_of_another_answer_are_not_taken_for_it(bench: InstagramBench, account: Instagram) -> None:
    since, reply = begun(), bench.outgoing("thank you", reply_to=bench.says("nice"))
    account.publish(reply, "key-1", Kept())
    assert account.find(reply, "key-2", since, Kept()) is None


def test_what_is_answered_and_gone_takes_the_answer_with_it(bench: InstagramBench, account: Instagram) -> None:
    since, progress, comment = begun(), Kept(), bench.says("nice")
    reply = bench.outgoing("thank you", reply_to=comment)
    account.publish(reply, "key-1", progress)
    bench.deletes(comment)
    assert account.find(reply, "key-1", since, Kept()) is None


def test_mention_elsewhere_is_read_and_answered(bench: InstagramBench, account: Instagram) -> None:
    told = bench.stage("instagram/mention", **{"as": "nora", "text": "ask @acme!", "comment": True})
    remote_id = f"mention:{told['media_id']}:{told['comment_id']}"
    found = account.comment(remote_id)
    assert (found.remote_id, found.text, found.author.handle) == (remote_id, "ask @acme!", "nora")
    since, reply = begun(), bench.outgoing("gladly", reply_to=remote_id, mention="nora")
    account.publish(reply, "key-1", Kept())
    with pytest.raises(CannotTell):
        account.find(reply, "key-1", since, Kept())
    for act in (account.hide, account.remove_comment):
        with pytest.raises(Unsupported):
            act(remote_id)
    (problem,) = account.private_problems(remote_id, "", timedelta())
    assert "only a public answer" in problem.sentence
    with pytest.raises(Unsupported):
        account.reply_privately(remote_id, "hello")
    with pytest.raises(NotPermitted):
        bench.by_login().comment(remote_id)


def test_mention_in_a_caption_is_read_and_answered(bench: InstagramBench, account: Instagram) -> None:
    told = bench.stage("instagram/mention", **{"as": "nora", "text": "with @acme"})
    remote_id = f"mention:{told['media_id']}"
    assert account.comment(remote_id).text == "with @acme"
    account.publish(bench.outgoing("thanks", reply_to=remote_id), "key-1", Kept())
    for strange in ("mention:1", "mention:1){id},x", "mention:"):
        with pytest.raises(Gone):
            account.comment(strange)


def test_commenting_ends_and_begins_again(bench: InstagramBench, account: Instagram) -> None:
    post = account.publish(bench.outgoing("hello"), "key-1", Kept())
    for act, open_ in ((account.close_comments, False), (account.open_comments, True)):
        for _ in range(2):
            act(post.remote_id)
            assert bench.account()["media"][0]["comment_enabled"] == open_


@pytest.mark.parametrize("way", ["page", "instagram"])
def test_private_answer_has_a_length_and_a_time(bench: InstagramBench, way: str) -> None:
    account = bench.connect() if way == "page" else bench.by_login()
    comment = bench.says("where is it?")
    with pytest.raises(ContentRefused):
        account.reply_privately(comment, "è" * 501)
    account.reply_privately(comment, "è" * 500)
    assert bench.privately(comment) == ["è" * 500]
    late = bench.says("and mine?")
    bench.stage("clock", advance=8 * 24 * 3600)
    with pytest.raises(NotPermitted):
        account.reply_privately(late, "sorry")


def test_comment_under_an_ad_says_so(bench: InstagramBench, account: Instagram) -> None:
    post = account.publish(bench.outgoing("hello"), "key-1", Kept())
    told = bench.stage("instagram/comment", **{"as": "nora", "id": post.remote_id, "text": "ad!", "ad": "6001"})
    found = account.comment(told["id"])
    assert isinstance(found, RemoteComment)
    assert found.root_id == post.remote_id


def test_numbers_are_asked_by_kind(bench: InstagramBench, account: Instagram) -> None:
    for product in ("FEED", "REELS", "STORY"):
        media = bench.stage("instagram/post", text="x", product=product)["id"]
        seen = {"views": 40, "reach": 30, "shares": 2} | ({"saved": 5} if product != "STORY" else {"link_clicks": 3})
        bench.stage("instagram/see", id=media, **seen)
        bench.stage("instagram/like", **{"as": "nora", "id": media})
        found = account.numbers(media)
        assert (found.views, found.reach, found.reposts, found.likes) == (40, 30, 2, 1)
        assert found.saves == (None if product == "STORY" else 5)
        assert found.clicks == (3 if product == "STORY" else None)


def test_without_the_scope_the_public_counts_are_left(bench: InstagramBench, account: Instagram) -> None:
    media = bench.stage("instagram/post", text="x")["id"]
    bench.stage("instagram/like", **{"as": "nora", "id": media})
    bench.stage("token", token=bench.token, revoke=["instagram_manage_insights"])
    found = account.numbers(media)
    assert (found.likes, found.comments, found.views) == (1, 0, None)
    assert account.whoami().missing_scopes == ("instagram_manage_insights",)


def test_token_that_ends_says_when(bench: InstagramBench, account: Instagram) -> None:
    bench.stage("token", token=bench.token, expires_in=3600)
    ends = account.whoami().expires_at
    assert ends is not None
    assert abs(ends - begun() - timedelta(hours=1)) < timedelta(minutes=1)
