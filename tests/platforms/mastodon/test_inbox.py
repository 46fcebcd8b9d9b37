"""What the public writes, read and heard from the pretend server and its other persona."""

import json
from datetime import UTC, datetime

import pytest

from platforms.contract import (
    CommentGone,
    Outgoing,
    RemoteComment,
    TryLater,
    Unsupported,
)
from platforms.mastodon.adapter import Mastodon
from support.platform_bench import MastodonBench
from support.platform_mastodon import answers
from support.platform_progress import Kept

NOTES = "GET /api/v1/notifications"


def test_comment_deep_in_a_thread_names_its_top(bench: MastodonBench, account: Mastodon) -> None:
    post = account.publish(Outgoing(("top",)), "key-1", Kept())
    first = bench.says("first", reply_to=post.remote_id)
    second = bench.says("second", reply_to=first)
    found = account.comment(second)
    assert (found.parent_id, found.root_id) == (first, post.remote_id)
    assert account.comment(first).root_id == ""
    assert account.comment(bench.says("alone")).root_id == ""
    answers(bench, "GET /api/v1/statuses/*/context", {"error": "Not found"}, 404)
    assert account.comment(second).root_id == ""
    answers(bench, "GET /api/v1/statuses/*/context", {})
    assert account.comment(second).root_id == ""


def test_first_mention_of_a_new_account_is_not_missed(bench: MastodonBench, account: Mastodon) -> None:
    cursor = account.comments("").cursor
    assert account.comments(cursor).cursor == cursor
    sent = [bench.says(f"n {n}") for n in range(50)]
    page = account.comments(cursor)
    assert [event.remote_id for event in page.events] == sent
    assert not page.more
    assert account.comments(page.cursor).events == ()


@pytest.mark.parametrize("status", [503, 405, 422, 403])
def test_thread_that_cannot_be_shown_does_not_hide_the_comment(
    bench: MastodonBench, account: Mastodon, status: int
) -> None:
    first = bench.says("first")
    second = bench.says("second", reply_to=first)
    bench.disturb("status", match="GET /api/v1/statuses/*/context", times=3, status=status)
    assert [event.remote_id for event in account.comments("0").events] == [first, second]


def test_server_that_gives_less_at_once_than_asked_is_asked_on(bench: MastodonBench, account: Mastodon) -> None:
    status = {"created_at": "2026-11-23T10:00:00Z", "account": {"id": "5", "acct": "x"}, "content": "hi"}
    notes = [{"id": str(n), "type": "mention", "status": {**status, "id": str(n)}} for n in (12, 11)]
    answers(bench, NOTES, notes)
    page = account.comments("10")
    assert ([event.remote_id for event in page.events], page.more) == (["11", "12"], True)
    answers(bench, NOTES, [])
    assert not account.comments(page.cursor).more


def test_quote_belongs_to_the_post_that_it_quotes(bench: MastodonBench, account: Mastodon) -> None:
    mine, status = account.whoami().remote_id, {"id": "8", "created_at": "2026-11-23T10:00:00Z", "content": "look"}
    for author, root in ((mine, "7"), ("5", "")):
        quoted = {"id": "7", "account": {"id": author}}
        quoting = {**status, "account": {"id": "5", "acct": "x"}, "quote": {"quoted_status": quoted}}
        answers(bench, NOTES, [{"id": "1", "type": "quote", "status": quoting}])
        (comment,) = account.comments("0").events
        assert isinstance(comment, RemoteComment)
        assert comment.root_id == root


def test_notification_that_makes_no_sense_does_not_stop_the_rest(bench: MastodonBench, account: Mastodon) -> None:
    status = {"id": "7", "created_at": "2026-11-23T10:00:00Z", "account": {"id": "5", "acct": "x"}, "content": "hi"}
    notes = [
        {"id": "4", "created_at": "2026-11-23T10:00:04Z", "type": "mention", "status": status},
        {"id": "3", "created_at": "2026-11-23T10:00:03Z", "type": "mention", "status": {"id": "8"}},
        {"id": "2", "created_at": "2026-11-23T10:00:02Z", "type": "mention", "status": None},
        {"id": "1", "created_at": "2026-11-23T10:00:01Z", "type": "follow", "status": None},
    ]
    answers(bench, NOTES, notes)
    page = account.comments("0")
    assert ([event.remote_id for event in page.events], page.cursor) == (["7"], "4")
    answers(bench, NOTES, notes[::-1])
    assert account.comments("0").cursor == "4"
    answers(bench, NOTES, {"not": "a list"})
    with pytest.raises(TryLater):
        account.comments("0")


def test_quotes_are_asked_for_only_where_there_are_some(bench: MastodonBench, account: Mastodon) -> None:
    account.comments("1")
    assert bench.asked(NOTES)[-1]["query"]["types[]"] == "mention"
    bench.stage("settings", api_version=6)
    bench.connect().comments("1")  # type: ignore[attr-defined]  # Mastodon reads comments
    assert len(bench.asked(NOTES)) == 2


def test_report_and_mute_say_what_the_documentation_asks(bench: MastodonBench, account: Mastodon) -> None:
    comment = account.comment(bench.says("spam"))
    account.report(comment.author.remote_id, comment.remote_id, "spam")
    (call,) = bench.asked("POST /api/v1/reports")
    sent = json.loads(call["body"])
    assert sent == {
        "account_id": comment.author.remote_id,
        "status_ids": [comment.remote_id],
        "category": "spam",
    }


def test_stream_tells_of_edits_by_those_we_follow_but_not_of_us(bench: MastodonBench, account: Mastodon) -> None:
    bench.stage("visit/follow", **{"as": "acme", "whom": "nora"})
    heard = account.stream()
    assert next(heard) is None
    account.publish(Outgoing(("our own @acme",)), "key-1", Kept())
    comment = bench.says("frist")
    assert next(event for event in heard if event).remote_id == comment
    bench.edits(comment, "first")
    edited = next(event for event in heard if event)
    assert isinstance(edited, RemoteComment)
    assert edited.text.endswith("first")
    bench.stage("streams/drop")
    assert [event for event in heard if event] == []


def test_server_that_does_not_stream_says_so(bench: MastodonBench, account: Mastodon) -> None:
    bench.stage("settings", streaming=False)
    with pytest.raises(Unsupported):
        account.stream()


def test_stream_survives_nonsense(bench: MastodonBench, account: Mastodon) -> None:
    mine = account.whoami().remote_id
    status = {"id": "7", "created_at": "2026-11-23T10:00:00Z", "account": {"id": "5", "acct": "x"}, "content": "hi"}
    pieces = [
        ("notification", "{broken"),
        ("notification", "[]"),
        ("notification", json.dumps({"type": "favourite", "status": status})),
        ("update", json.dumps(status)),
        ("status.update", json.dumps(status)),
        ("status.update", json.dumps({**status, "mentions": [{"id": mine}]})),
        ("delete", ""),
        ("delete", "x" * 1_000_000),
        ("delete", ".."),
        ("delete", "7\0"),
    ]
    text = "".join(f"event: {name}\ndata: {data}\n\n" for name, data in pieces)
    bench.disturb("status", match="GET /api/v1/streaming/user", status=200, body=text)
    events = [event for event in account.stream() if event]
    assert [type(event) for event in events] == [RemoteComment, CommentGone]
    assert events[-1] == CommentGone("7\ufffd")


def test_a_list_whose_last_entry_has_no_name_is_not_asked_for_again_and_again(
    bench: MastodonBench, account: Mastodon
) -> None:
    cursor = account.comments("").cursor
    answers(bench, "GET /api/v1/notifications", [{"type": "mention", "id": []}])
    page = account.comments(cursor)
    assert (page.cursor, page.more) == (cursor, False)


def test_gotosocial_is_understood(bench: MastodonBench, account: Mastodon) -> None:
    bench.stage("settings", persona="gotosocial")
    since, long = datetime.now(UTC), Outgoing(("x" * 3000,))
    account.whoami()
    assert account.limits.text == 5000
    assert account.problems(long) == []
    cursor = account.comments("").cursor
    done = account.publish(long, "key-1", Kept())
    assert account.find(long, "key-1", since, Kept()) == done
    sent = [bench.says(f"n {n}", reply_to=done.remote_id) for n in range(3)]
    page = account.comments(cursor)
    assert [event.remote_id for event in page.events] == sent
    late = bench.says("late")
    assert [event.remote_id for event in account.comments(page.cursor).events] == [late]
    with pytest.raises(Unsupported):
        account.stream()


def test_account_never_shows_its_token(bench: MastodonBench, account: Mastodon) -> None:
    assert repr(account) == f"Mastodon({bench.address!r})"
