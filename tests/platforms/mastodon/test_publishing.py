"""Posts, files, chains and replies on their way to the pretend server."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from platforms.contract import (
    AccessLost,
    Attachment,
    ContentRefused,
    MediaNotReady,
    OutcomeUnknown,
    Outgoing,
    Unreachable,
)
from platforms.mastodon.adapter import Mastodon
from platforms.mastodon.wire import LIMITS
from support.platform_bench import MastodonBench
from support.platform_mastodon import Clock, answers
from support.platform_progress import Kept

MEDIA = "GET /api/v1/media/*"


def test_every_field_arrives_and_nothing_else_is_sent(bench: MastodonBench, account: Mastodon) -> None:
    outgoing = Outgoing(("hello", "more"), warning="cw", visibility="unlisted", language="it")
    account.publish(outgoing, "key-1", Kept())
    assert [(p.text, p.warning, p.visibility) for p in bench.standing()] == [
        ("hello", "cw", "unlisted"),
        ("more", "cw", "unlisted"),
    ]
    first, second = bench.asked("POST /api/v1/statuses")
    assert [call["headers"]["Idempotency-Key"] for call in (first, second)] == ["key-1", "key-1/2"]
    assert set(json.loads(first["body"])) == {"status", "spoiler_text", "visibility", "language"}


def test_key_alone_keeps_a_repeat_from_standing_twice(bench: MastodonBench, account: Mastodon) -> None:
    bench.disturb("drop_after")
    with pytest.raises(OutcomeUnknown):
        account.publish(Outgoing(("once",)), "key-1", Kept())
    account.publish(Outgoing(("once",)), "key-1", Kept())
    assert len(bench.standing()) == 1


def test_picture_alone_is_a_post(bench: MastodonBench, account: Mastodon, picture: Attachment) -> None:
    account.publish(Outgoing(("",), (picture, replace(picture, alt=""))), "key-1", Kept())
    (post,) = bench.standing()
    assert (post.text, post.alts) == ("", ("A teal cat", ""))
    (first, _second) = bench.asked("POST /api/v2/media")
    assert first["headers"]["Content-Type"].startswith("multipart/form-data")


def test_slow_file_is_waited_for_a_few_seconds(
    bench: MastodonBench, account: Mastodon, clock: Clock, picture: Attachment
) -> None:
    bench.stage("clock", stopped=True)
    bench.stage("settings", media_seconds=100)
    progress, outgoing = Kept(), Outgoing(("slow",), (picture,))
    with pytest.raises(MediaNotReady) as caught:
        account.publish(outgoing, "key-1", progress)
    assert caught.value.after
    assert sum(clock.pauses) <= 6
    assert bench.standing() == []
    bench.stage("clock", advance=200)
    account.publish(outgoing, "key-1", progress)
    assert len(bench.standing()) == 1
    assert len(bench.asked("POST /api/v2/media")) == 1


def test_long_film_is_given_ten_minutes_within_a_delivery_s_attempts(
    bench: MastodonBench, account: Mastodon, picture: Attachment
) -> None:
    bench.stage("settings", media_seconds=10_000)
    progress, waits = Kept(), list[float]()
    for _ in range(12):
        with pytest.raises(MediaNotReady) as caught:
            account.publish(Outgoing(("long",), (picture,)), "key-1", progress)
        assert caught.value.after is not None
        waits.append(caught.value.after.total_seconds())
    assert waits[0] <= 10
    assert sum(waits[:-1]) + 12 * 5 >= 590
    assert max(waits) <= 60


def test_file_that_the_server_fails_on_is_refused_and_uploaded_anew_next_time(
    bench: MastodonBench, account: Mastodon, picture: Attachment
) -> None:
    bench.stage("settings", media_fails=True, media_seconds=0)
    progress, outgoing = Kept(), Outgoing(("broken",), (picture,))
    with pytest.raises(ContentRefused):
        account.publish(outgoing, "key-1", progress)
    bench.stage("settings", media_fails=False)
    account.publish(outgoing, "key-1", progress)
    assert len(bench.asked("POST /api/v2/media")) == 2


def test_file_that_vanished_since_is_uploaded_again(
    bench: MastodonBench, account: Mastodon, picture: Attachment
) -> None:
    progress = Kept({"media:0": "109999"})
    account.publish(Outgoing(("late",), (picture,)), "key-1", progress)
    assert bench.standing()[0].alts == ("A teal cat",)
    assert progress.saved["media:0"] != "109999"


@pytest.mark.parametrize("status", [404, 422])
def test_file_that_vanishes_at_the_last_moment_is_uploaded_again_once(
    bench: MastodonBench, account: Mastodon, picture: Attachment, status: int
) -> None:
    gone = {"error": "Record not found"}
    answers(bench, "POST /api/v1/statuses", {"error": "Validation failed: media not found"}, status)
    answers(bench, MEDIA, gone, 404)
    account.publish(Outgoing(("late",), (picture,)), "key-1", Kept())
    assert len(bench.asked("POST /api/v2/media")) == 2
    assert len(bench.standing()) == 1


def test_file_that_keeps_vanishing_is_put_off(bench: MastodonBench, account: Mastodon, picture: Attachment) -> None:
    bench.stage("clock", stopped=True)
    bench.stage("settings", media_seconds=100)
    answers(bench, MEDIA, {"error": "Record not found"}, 404, times=9)
    with pytest.raises(MediaNotReady, match="losing"):
        account.publish(Outgoing(("late",), (picture,)), "key-1", Kept())


def test_refusal_for_another_reason_is_not_blamed_on_the_files(
    bench: MastodonBench, account: Mastodon, picture: Attachment
) -> None:
    answers(bench, "POST /api/v1/statuses", {"error": "Validation failed: no"}, 422)
    with pytest.raises(ContentRefused, match="Validation failed: no"):
        account.publish(Outgoing(("x",), (picture,)), "key-1", Kept())
    assert len(bench.asked("POST /api/v2/media")) == 1


def test_file_missing_from_the_archive_is_said(account: Mastodon, picture: Attachment) -> None:
    picture.path.unlink()
    with pytest.raises(ContentRefused, match="File 1 is no longer in the archive"):
        account.publish(Outgoing(("x",), (picture,)), "key-1", Kept())


@pytest.mark.parametrize(("status", "body"), [(404, '{"error": "Not found"}'), (404, "<h1>404</h1>"), (405, "no")])
def test_old_server_takes_files_the_old_way(
    bench: MastodonBench, account: Mastodon, picture: Attachment, status: int, body: str
) -> None:
    answers(bench, "POST /api/v2/media", body, status)
    account.publish(Outgoing(("x",), (picture,)), "key-1", Kept())
    assert len(bench.asked("POST /api/v1/media")) == 1


def test_upload_that_is_lost_may_be_tried_later(bench: MastodonBench, account: Mastodon, picture: Attachment) -> None:
    bench.disturb("drop_after", match="POST /api/v2/media")
    with pytest.raises(Unreachable):
        account.publish(Outgoing(("x",), (picture,)), "key-1", Kept())
    answers(bench, "POST /api/v2/media", {"type": "image"})
    with pytest.raises(Unreachable, match="no id"):
        account.publish(Outgoing(("x",), (picture,)), "key-1", Kept())


@pytest.mark.parametrize("body", [{}, [], {"id": "5"}, {"id": "5", "scheduled_at": "2026-12-01T00:00:00Z"}])
def test_answer_that_names_no_post_is_unknown(bench: MastodonBench, account: Mastodon, body: object) -> None:
    answers(bench, "POST /api/v1/statuses", body)
    with pytest.raises(OutcomeUnknown):
        account.publish(Outgoing(("x",)), "key-1", Kept())


def told(account: Mastodon) -> Mastodon:
    """The account after it was asked who it is, which is when limits are read."""
    account.whoami()
    return account


def test_too_long_is_refused_with_the_servers_words_and_the_limits_are_read_again(
    bench: MastodonBench, account: Mastodon
) -> None:
    assert told(account).limits.text == 500
    bench.stage("settings", max_characters=10)
    assert account.limits.text == 500
    with pytest.raises(ContentRefused, match="Text character limit of 10 exceeded"):
        account.publish(Outgoing(("x" * 11,)), "key-1", Kept())
    assert account.limits.text == 10
    assert account.problems(Outgoing(("x" * 11,)))


def test_what_needs_the_servers_description_asks_for_it_once_a_day(
    bench: MastodonBench, account: Mastodon, clock: Clock
) -> None:
    for _ in range(3):
        account.comments("1")
    assert account.limits.text == 500
    assert len(bench.asked("GET /api/v2/instance")) == 1
    clock.moved = timedelta(days=1, minutes=1)
    bench.stage("settings", max_characters=5000)
    account.comments("1")
    assert account.limits.text == 5000


def test_server_that_cannot_be_asked_is_asked_again_soon(bench: MastodonBench, account: Mastodon, clock: Clock) -> None:
    answers(bench, "GET /api/v2/instance", "<html>", 503, times=3)
    assert told(account).limits == LIMITS
    bench.stage("settings", max_characters=77)
    account.comments("1")
    assert account.limits == LIMITS
    clock.moved = timedelta(minutes=2)
    account.comments("1")
    assert account.limits.text == 77


@pytest.mark.parametrize("body", [{"error": "Not found"}, "<h1>404 Not Found</h1>"])
def test_server_without_the_second_version_is_asked_the_first(
    bench: MastodonBench, account: Mastodon, body: object
) -> None:
    bench.stage("settings", max_characters=1234)
    answers(bench, "GET /api/v2/instance", body, 404, times=3)
    assert told(account).limits.text == 1234


def test_length_is_the_servers(bench: MastodonBench, account: Mastodon) -> None:
    outgoing = Outgoing(("@pia@elsewhere.example https://example.com/" + "x" * 60, "👨‍👩‍👧‍👦"), warning="cw")
    assert [account.length(outgoing), account.length(outgoing, 1)] == [5 + 23 + 2, 3]
    address = "https://a.example/" + "x" * 60
    assert account.length(Outgoing(("hi",), warning=address)) == 2 + len(address)
    exact = Outgoing(("https://a.example/ " + "x" * 474,), warning="cw")
    assert account.length(exact) == 500
    account.publish(exact, "key-1", Kept())
    with pytest.raises(ContentRefused):
        account.publish(replace(exact, warning="cw!"), "key-2", Kept())
    assert len(bench.standing()) == 1


def test_reply_without_a_wish_is_as_wide_as_the_comment_and_the_accounts_habit(
    bench: MastodonBench, account: Mastodon
) -> None:
    comment = bench.says("psst", visibility="direct")
    account.publish(Outgoing(("answer", "more"), reply_to=comment, mention="nora@social.example"), "key-1", Kept())
    assert [post.visibility for post in bench.standing()] == ["direct", "direct"]
    assert bench.standing()[0].text == "@nora@social.example answer"
    assert account.widest_visibility("local") == "direct"


def test_chain_of_replies_goes_on_though_the_comment_is_gone(bench: MastodonBench, account: Mastodon) -> None:
    comment, progress = bench.says("question"), Kept()
    bench.disturb("slow", seconds=0)
    bench.disturb("drop_before")
    outgoing = Outgoing(("one", "two"), reply_to=comment)
    with pytest.raises(OutcomeUnknown):
        account.publish(outgoing, "key-1", progress)
    bench.deletes(comment)
    account.publish(outgoing, "key-1", progress)
    assert [post.text for post in bench.standing()] == ["one", "two"]


class Watched(Kept):
    """Lets the bench act when a part was saved."""

    def __init__(self, bench: MastodonBench, after: str, act: Callable[[], None]) -> None:
        super().__init__()
        self._bench, self._after, self._act = bench, after, act

    def save(self, name: str, value: str) -> None:
        """Remember it."""
        super().save(name, value)
        if name == self._after and value:
            self._after = ""
            self._act()


def test_refused_chain_does_not_half_stand_and_a_retry_makes_it_whole(bench: MastodonBench, account: Mastodon) -> None:
    def refuse() -> None:
        answers(bench, "POST /api/v1/statuses", {"error": "Validation failed: spam"}, 422)

    progress, outgoing = Watched(bench, "part:1", refuse), Outgoing(("one", "two", "three"))
    with pytest.raises(ContentRefused, match="part 3: Validation failed: spam; the parts before it were taken down"):
        account.publish(outgoing, "key-1", progress)
    assert bench.standing() == []
    done = account.publish(outgoing, "key-1", progress)
    assert [post.text for post in bench.standing()] == ["one", "two", "three"]
    assert [post.remote_id for post in bench.standing()] == list(done.part_ids)
    keys = [call["headers"]["Idempotency-Key"] for call in bench.asked("POST /api/v1/statuses")]
    assert len(set(keys)) == len(keys) == 6


def test_refused_chain_that_cannot_be_taken_down_says_where_it_stands_and_goes_on(
    bench: MastodonBench, account: Mastodon
) -> None:
    def refuse() -> None:
        answers(bench, "POST /api/v1/statuses", {"error": "The access token was revoked"}, 401)
        answers(bench, "DELETE /api/v1/statuses/*", {"error": "The access token was revoked"}, 401)

    progress, outgoing = Watched(bench, "part:0", refuse), Outgoing(("one", "two"))
    with pytest.raises(AccessLost, match=r"part 1 stands at http\S+; a retry goes on after it"):
        account.publish(outgoing, "key-1", progress)
    account.publish(outgoing, "key-1", progress)
    assert [post.text for post in bench.standing()] == ["one", "two"]
