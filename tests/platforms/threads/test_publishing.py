"""Posts, chains and replies stand once on the pretend Threads, whatever happens on the way."""

from dataclasses import replace
from datetime import timedelta

import pytest

from platforms.contract import (
    Attachment,
    ContentRefused,
    Gone,
    MediaNotReady,
    OutcomeUnknown,
    Outgoing,
    Published,
    RateLimited,
    Unsupported,
)
from platforms.threads.adapter import Threads
from support.platform_progress import Kept
from support.platform_promises import begun
from support.platform_threads import ThreadsBench

LINK = "https://example.com/news"


def patiently(account: Threads, outgoing: Outgoing, progress: Kept) -> Published:
    """Publish as the outbox does, attempt after attempt."""
    for _ in range(5):
        try:
            return account.publish(outgoing, "key-1", progress)
        except MediaNotReady:
            continue
    raise AssertionError("it was never ready")


def test_carousel_stands_in_order_at_the_head_of_a_chain(
    bench: ThreadsBench, account: Threads, pictures: tuple[Attachment, ...], film: Attachment
) -> None:
    since, outgoing = begun(), Outgoing(("look", "and more"), (*pictures, film))
    done = patiently(account, outgoing, Kept())
    first, second = bench.standing()
    assert first.alts == ("All teal", "All red", "it runs")
    assert (second.text, second.reply_to, second.alts) == ("and more", first.remote_id, ())
    assert account.find(outgoing, "key-1", since, Kept()) == done
    assert account.find(replace(outgoing, media=pictures), "key-1", since, Kept()) is None


def test_link_is_a_preview_where_there_are_no_files(
    bench: ThreadsBench, account: Threads, pictures: tuple[Attachment, ...]
) -> None:
    account.publish(Outgoing(("news", "more"), link=LINK), "key-1", Kept())
    account.publish(Outgoing(("seen",), pictures[:1], link=LINK), "key-2", Kept())
    posts = [post for post, _ in bench.said()]
    assert [(post["text"], post["link"]) for post in posts] == [
        ("news", LINK),
        ("more", ""),
        (f"seen\n\n{LINK}", ""),
    ]


def test_film_alone_is_waited_for(bench: ThreadsBench, account: Threads, film: Attachment) -> None:
    progress, outgoing = Kept(), Outgoing(("run",), (film,))
    with pytest.raises(MediaNotReady) as caught:
        account.publish(outgoing, "key-1", progress)
    assert caught.value.after == timedelta(minutes=1)
    account.publish(outgoing, "key-1", progress)
    assert len(bench.asked("POST */threads")) == 1


def test_refused_later_part_takes_the_beginning_down_and_a_retry_begins_anew(
    bench: ThreadsBench, account: Threads
) -> None:
    progress, outgoing = Kept(), Outgoing(("one", "two"))
    refusal = '{"error":{"message":"(#100) no","type":"THApiException","code":100}}'
    bench.disturb("slow", match="POST */threads", seconds=0)
    bench.disturb("status", match="POST */threads", status=400, body=refusal)
    with pytest.raises(ContentRefused, match="part 2"):
        account.publish(outgoing, "key-1", progress)
    assert bench.standing() == []
    done = account.publish(outgoing, "key-1", progress)
    assert [post.text for post in bench.standing()] == ["one", "two"]
    assert len(done.part_ids) == 2


def test_beginning_that_cannot_be_taken_down_is_said_and_kept(bench: ThreadsBench, account: Threads) -> None:
    bench.stage("settings", threads_delete_quota=0)
    progress, outgoing = Kept(), Outgoing(("one", "two"))
    refusal = '{"error":{"message":"(#100) no","type":"THApiException","code":100}}'
    bench.disturb("slow", match="POST */threads", seconds=0)
    bench.disturb("status", match="POST */threads", status=400, body=refusal)
    with pytest.raises(ContentRefused, match="part 1 stands at"):
        account.publish(outgoing, "key-1", progress)
    account.publish(outgoing, "key-1", progress)
    assert [post.text for post in bench.standing()] == ["one", "two"]


@pytest.mark.parametrize("kind", ["drop_after", "status"])
def test_lost_answer_is_asked_of_the_container_and_never_published_twice(
    bench: ThreadsBench, account: Threads, kind: str
) -> None:
    progress, outgoing = Kept(), Outgoing(("once", "and again"))
    bench.disturb(kind)
    with pytest.raises(OutcomeUnknown):
        account.publish(outgoing, "key-1", progress)
    account.publish(outgoing, "key-1", progress)
    assert [post.text for post in bench.standing()] == ["once", "and again"]


def test_full_day_is_said_by_kind_and_waits(bench: ThreadsBench, account: Threads) -> None:
    bench.stage("settings", threads_quota=1)
    account.publish(Outgoing(("first",)), "key-1", Kept())
    made = len(bench.asked("POST */threads"))
    with pytest.raises(RateLimited) as caught:
        account.publish(Outgoing(("second",)), "key-2", Kept())
    assert caught.value.after == timedelta(hours=1)
    assert len(bench.asked("POST */threads")) == made, "no container is wasted"
    (problem,) = account.problems(Outgoing(("second",)))
    assert problem.warning
    comment = bench.says("hello")
    account.publish(Outgoing(("answer",), reply_to=comment), "key-3", Kept())
    bench.stage("settings", threads_reply_quota=1)
    with pytest.raises(RateLimited):
        account.publish(Outgoing(("answer more",), reply_to=comment), "key-4", Kept())


def test_answer_to_what_is_gone_says_so(bench: ThreadsBench, account: Threads) -> None:
    comment = bench.says("hello")
    bench.deletes(comment)
    with pytest.raises(Gone):
        account.publish(Outgoing(("answer",), reply_to=comment), "key-1", Kept())


def test_without_a_shelf_files_are_not_sent(bench: ThreadsBench, pictures: tuple[Attachment, ...]) -> None:
    account = ThreadsBench(bench.address).connect()
    assert account.problems(Outgoing(("text alone",))) == []
    with pytest.raises(Unsupported):
        account.publish(Outgoing(("look",), pictures), "key-1", Kept())


def test_same_words_published_for_another_key_are_not_taken_for_the_attempt(account: Threads) -> None:
    since, outgoing = begun(), Outgoing(("good morning",))
    account.publish(outgoing, "key-1", Kept())
    assert account.find(outgoing, "key-2", since, Kept()) is None


def test_what_stands_is_recorded_though_it_cannot_be_read(bench: ThreadsBench, account: Threads) -> None:
    progress = Kept()
    account.whoami()
    bench.disturb("status", match="GET /threads/v1.0/186*", times=3)
    done = account.publish(Outgoing(("blind",)), "key-1", progress)
    assert done.url == "https://www.threads.com/@acme"
    (post,) = bench.standing()
    assert post.remote_id == done.remote_id
