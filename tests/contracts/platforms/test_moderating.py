"""Every platform that lets us keep order under our posts does so as often as it is asked, and never says it twice."""

from datetime import timedelta

import pytest

from platforms.contract import ContentRefused, Gone, NotPermitted, OutcomeUnknown, Platform, TryLater
from support.platform_bench import Bench
from support.platform_progress import Kept
from support.platform_promises import able, begun, unheard


@pytest.mark.needs("first_comment")
def test_first_comment_stands_under_our_own_post(bench: Bench, account: Platform) -> None:
    post = account.publish(bench.outgoing("hello"), "key-1", Kept())
    since, comment = begun(), bench.outgoing("more below", reply_to=post.remote_id)
    assert account.problems(comment) == []
    done = account.publish(comment, "key-2", Kept())
    first, under = bench.standing()
    assert (first.remote_id, under.remote_id) == (post.remote_id, done.remote_id)
    assert (under.text, under.reply_to) == ("more below", post.remote_id)
    assert account.find(comment, "key-2", since, Kept()) == done
    assert account.find(bench.outgoing("less", reply_to=post.remote_id), "key-3", since, Kept()) is None


@pytest.mark.needs("hides", "reads_comments")
def test_comment_is_hidden_and_shown_as_often_as_asked(bench: Bench, account: Platform) -> None:
    actor = able(account, "hides")
    post = account.publish(bench.outgoing("hello"), "key-1", Kept())
    comment = bench.says("rude", reply_to=post.remote_id)
    assert not actor.comment(comment).hidden
    for act, hidden in ((actor.hide, True), (actor.unhide, False)):
        for _ in range(2):
            act(comment)
            assert actor.comment(comment).hidden == hidden
    bench.disturb("drop_after", match="POST *")
    with pytest.raises(TryLater):
        actor.hide(comment)


@pytest.mark.needs("removes_comments", "reads_comments")
def test_removed_comment_is_gone_and_removing_again_is_no_error(bench: Bench, account: Platform) -> None:
    actor = able(account, "removes_comments")
    post = account.publish(bench.outgoing("hello"), "key-1", Kept())
    comment = bench.says("spam", reply_to=post.remote_id)
    for _ in range(2):
        actor.remove_comment(comment)
        with pytest.raises(Gone):
            actor.comment(comment)


@pytest.mark.needs("private_replies")
def test_private_reply_is_sent_once_and_never_repeated_when_unknown(bench: Bench, account: Platform) -> None:
    actor = able(account, "private_replies")
    comment = bench.says("where is my parcel?")
    actor.reply_privately(comment, "on its way")
    with pytest.raises(NotPermitted):
        actor.reply_privately(comment, "really")
    assert bench.privately(comment) == ["on its way"]
    other = bench.says("and mine?")
    bench.disturb("drop_after", match="POST */messages")
    with pytest.raises(OutcomeUnknown):
        actor.reply_privately(other, "too")
    assert bench.privately(other) == ["too"]


@pytest.mark.needs("private_replies")
def test_private_reply_that_would_be_refused_is_known_without_the_network(bench: Bench, account: Platform) -> None:
    comment, unreachable = bench.says("where is my parcel?"), able(bench.connect(address=unheard()), "private_replies")
    fits, day = "è" * 500, timedelta(days=1)
    assert unreachable.private_problems(comment, fits, 7 * day) == []
    assert unreachable.private_problems(comment, "", timedelta()) == []
    (long,) = unreachable.private_problems(comment, "è" * 2001, timedelta())
    (late,) = unreachable.private_problems(comment, "", 7 * day + timedelta(seconds=1))
    for problem in (long, late):
        assert not problem.warning
        assert problem.sentence.format(**problem.params)
    with pytest.raises(ContentRefused):
        able(account, "private_replies").reply_privately(comment, "è" * 2001)
    able(account, "private_replies").reply_privately(comment, fits)
    assert bench.privately(comment) == [fits]
