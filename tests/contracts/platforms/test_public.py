"""Every platform hears the public whole and once, and answers no wider than it was asked."""

from collections.abc import Callable

import pytest

from platforms.contract import (
    CommentGone,
    Gone,
    OutcomeUnknown,
    Permanent,
    Platform,
    RemoteComment,
    TryLater,
)
from support.platform_bench import Bench
from support.platform_progress import Kept
from support.platform_promises import able, begun


@pytest.mark.needs("reads_comments")
def test_first_look_brings_nothing_old_and_nothing_new_is_missed(bench: Bench, account: Platform) -> None:
    reader = able(account, "reads_comments")
    page = reader.comments("")
    assert page.events == ()
    assert not page.more
    early = bench.says("the very first")
    page = reader.comments(page.cursor)
    assert [event.remote_id for event in page.events] == [early]
    fresh = bench.connect()
    other = fresh.comments("")  # type: ignore[attr-defined]  # as `reader`
    assert other.events == ()
    late = bench.says("later")
    for cursor in (page.cursor, other.cursor):
        assert [event.remote_id for event in reader.comments(cursor).events] == [late]


@pytest.mark.needs("reads_comments")
def test_comments_come_whole_and_once_in_order(bench: Bench, account: Platform) -> None:
    reader = able(account, "reads_comments")
    post = account.publish(bench.outgoing("ask us anything"), "key-1", Kept())
    cursor = reader.comments("").cursor
    sent = [bench.says(f"question {n}", reply_to=post.remote_id) for n in range(85)]
    seen: list[RemoteComment] = []
    for _ in range(10):
        page = reader.comments(cursor)
        seen += page.events
        cursor = page.cursor
        if not page.more:
            break
    assert [comment.remote_id for comment in seen] == sent
    assert seen[0].parent_id == post.remote_id
    assert seen[0].text.endswith("question 0")
    assert (seen[0].author.handle or seen[0].author.name).casefold().startswith("nora")
    assert reader.comments(cursor).events == ()
    assert reader.comments(cursor).cursor == cursor


@pytest.mark.needs("reads_comments")
def test_own_posts_are_no_comments(bench: Bench, account: Platform) -> None:
    reader = able(account, "reads_comments")
    cursor = reader.comments("").cursor
    account.publish(bench.outgoing(f"@{bench.handle} is us"), "key-1", Kept())
    assert reader.comments(cursor).events == ()


@pytest.mark.needs("reads_comments", "edits_comments")
def test_comment_is_read_as_it_stands_now(bench: Bench, account: Platform) -> None:
    reader = able(account, "reads_comments")
    comment = bench.says("frist")
    bench.edits(comment, "first")
    found = reader.comment(comment)
    assert found.text.endswith("first")
    assert (found.edited_at is not None) == bench.tells_edits


@pytest.mark.needs("reads_comments")
def test_comment_that_was_deleted_is_gone(bench: Bench, account: Platform) -> None:
    reader = able(account, "reads_comments")
    comment = bench.says("never mind")
    assert reader.comment(comment).text.endswith("never mind")
    bench.deletes(comment)
    with pytest.raises(Gone):
        reader.comment(comment)


@pytest.mark.parametrize("visibility", ["public", pytest.param("direct", marks=pytest.mark.needs("visibilities"))])
@pytest.mark.needs("replies")
def test_reply_stands_under_the_comment_and_no_wider(bench: Bench, account: Platform, visibility: str) -> None:
    replier = able(account, "replies")
    comment = bench.says("question", visibility=visibility)
    read = replier.comment(comment)
    since = begun()
    reply = bench.outgoing("answer", reply_to=comment, mention=read.author.handle, visibility="public")
    done = account.publish(reply, "key-1", Kept())
    (post,) = bench.standing()
    assert post.reply_to == comment
    assert post.visibility == replier.widest_visibility(visibility)
    assert account.find(reply, "key-1", since, Kept()) == done
    elsewhere = bench.outgoing("answer", reply_to=bench.says("other"), mention=read.author.handle)
    assert account.find(elsewhere, "key-2", since, Kept()) is None


@pytest.mark.needs("replies")
def test_reply_to_what_is_gone_certainly_fails(bench: Bench, account: Platform) -> None:
    able(account, "replies")
    comment = bench.says("question")
    bench.deletes(comment)
    with pytest.raises(Permanent):
        account.publish(bench.outgoing("answer", reply_to=comment), "key-1", Kept())
    assert bench.standing() == []


@pytest.mark.needs("likes")
def test_likes_come_and_go_and_repeat(bench: Bench, account: Platform) -> None:
    actor = able(account, "likes")
    comment = bench.says("nice")
    for act, liked in ((actor.like, True), (actor.unlike, False)):
        for _ in range(2):
            act(comment)
            assert bench.engaged(comment) == (liked, False)


@pytest.mark.needs("reposts")
def test_reposts_come_and_go_and_leave_a_like_alone(bench: Bench, account: Platform) -> None:
    actor = able(account, "reposts")
    comment = bench.says("nice")
    if account.can.likes:
        actor.like(comment)
    for act, reposted in ((actor.repost, True), (actor.unrepost, False)):
        for _ in range(2):
            act(comment)
            assert bench.engaged(comment) == (account.can.likes, reposted)


@pytest.mark.parametrize(
    ("flag", "do", "undo"),
    [
        pytest.param("mutes", "mute", "unmute", marks=pytest.mark.needs("mutes")),
        pytest.param("blocks", "block", "unblock", marks=pytest.mark.needs("blocks")),
    ],
)
def test_author_out_of_hearing_and_back(bench: Bench, account: Platform, flag: str, do: str, undo: str) -> None:
    actor = able(account, flag)
    author = actor.comment(bench.says("spam")).author.remote_id
    cursor = actor.comments("").cursor
    act: Callable[[str], None]
    for act in (getattr(actor, do), getattr(actor, do), getattr(actor, undo), getattr(actor, undo)):
        act(author)
    heard = bench.says("sorry")
    assert [event.remote_id for event in actor.comments(cursor).events] == [heard]


@pytest.mark.needs("reports")
def test_report_is_filed_once_and_never_repeated_when_unknown(bench: Bench, account: Platform) -> None:
    reporter = able(account, "reports")
    comment = bench.says("buy now")
    author = reporter.comment(comment).author.remote_id
    reporter.report(author, comment, "spam")
    assert bench.reports() == 1
    bench.disturb("drop_after", match="POST */reports")
    with pytest.raises(OutcomeUnknown):
        reporter.report(author, comment, "spam")
    assert bench.reports() == 2


@pytest.mark.needs("likes")
def test_acts_that_may_be_repeated_are_tried_later_when_lost(bench: Bench, account: Platform) -> None:
    actor = able(account, "likes")
    comment = bench.says("nice")
    bench.disturb("drop_after", match="POST *")
    with pytest.raises(TryLater):
        actor.like(comment)
    actor.like(comment)
    assert bench.engaged(comment) == (True, False)


@pytest.mark.needs("streams")
def test_stream_tells_of_comments_and_deletions(bench: Bench, account: Platform) -> None:
    heard = able(account, "streams").stream()
    assert next(heard) is None
    comment = bench.says("live!")
    event = next(event for event in heard if event)
    assert isinstance(event, RemoteComment)
    assert (event.remote_id, event.text) == (comment, account.comment(comment).text)  # type: ignore[attr-defined]
    bench.deletes(comment)
    assert next(event for event in heard if event) == CommentGone(comment)
    heard.close()


@pytest.mark.needs("measures", "deletes")
def test_numbers_are_counted(bench: Bench, account: Platform) -> None:
    counter = able(account, "measures")
    post = account.publish(bench.outgoing("count me"), "key-1", Kept())
    assert counter.numbers(post.remote_id).comments == 0
    bench.says("one", reply_to=post.remote_id)
    assert counter.numbers(post.remote_id).comments == 1
    able(account, "deletes").delete(post.remote_id)
    with pytest.raises(Gone):
        counter.numbers(post.remote_id)
