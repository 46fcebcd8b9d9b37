"""Every platform publishes once, and knows what is certain when something breaks."""

import re
from datetime import timedelta

import pytest

from platforms.contract import (
    AccessLost,
    Attachment,
    OutcomeUnknown,
    Platform,
    RateLimited,
    TryLater,
)
from support.platform_bench import Bench
from support.platform_progress import Kept
from support.platform_promises import able, begun, unheard

TEXTS = [
    "Plain",
    "Two\n\nparagraphs\nand a line",
    "See https://example.com/a/very/long/path?with=query&and=more#too, and (https://example.org/).",
    "Tags #one #two_three, people @nora and @pia@elsewhere.example!",
    "<b>not bold</b> & \"quotes\" 'single' < > &amp;",
    "Emoji 👨‍👩‍👧‍👦 🇮🇹 e\u0301 :custom:",
    "Ciao — “perché”, c’è…  doppio  spazio",
    "*stars* _lines_ `code` ~waves~ # hash\n- list\n1. one",
]


@pytest.mark.parametrize("text", TEXTS)
def test_published_text_stands_and_is_found_again(bench: Bench, account: Platform, text: str) -> None:
    since, outgoing = begun(), bench.outgoing(text)
    done = account.publish(outgoing, "key-1", Kept())
    assert [post.text for post in bench.standing()] == [text]
    assert done.remote_id == bench.standing()[0].remote_id
    assert done.part_ids == (done.remote_id,)
    assert done.url.startswith("http")
    assert abs(done.at - since) < timedelta(minutes=1)
    found = account.find(outgoing, "key-1", since, Kept())
    assert found == done
    assert account.remote_id_at(done.url) == done.remote_id, "a member may tell us where it stands"
    assert account.remote_id_at("https://elsewhere.example/" + done.url.split("/", 3)[-1]) == ""


def test_same_key_and_progress_publish_once(bench: Bench, account: Platform) -> None:
    progress = Kept()
    first = account.publish(bench.outgoing("once"), "key-1", progress)
    assert account.publish(bench.outgoing("once"), "key-1", progress) == first
    assert len(bench.standing()) == 1


#: JSON that is none, or not what any network answers to a post.
ODD = [
    "[]",
    "null",
    "1",
    '"x"',
    "{}",
    "[" * 100_000,
    '{"id": NaN}',
    '{"id": ' + "9" * 5000 + "}",
    '{"id": []}',
    '{"id": {}}',
]


@pytest.mark.parametrize("body", ODD, ids=lambda body: body[:8])
def test_an_answer_that_makes_no_sense_is_unknown_and_no_other_failure(
    bench: Bench, account: Platform, body: str
) -> None:
    since, progress, outgoing = begun(), Kept(), bench.outgoing("did it?")
    bench.disturb("garbage", body=body)
    with pytest.raises(OutcomeUnknown):
        account.publish(outgoing, "key-1", progress)
    assert account.find(outgoing, "key-1", since, progress) is not None


@pytest.mark.parametrize("kind", ["drop_after", "garbage", "html", "empty"])
def test_lost_answer_is_unknown_and_the_post_is_found(bench: Bench, account: Platform, kind: str) -> None:
    since, progress, outgoing = begun(), Kept(), bench.outgoing("did it?")
    bench.disturb(kind)
    with pytest.raises(OutcomeUnknown):
        account.publish(outgoing, "key-1", progress)
    found = account.find(outgoing, "key-1", since, progress)
    assert found is not None
    assert [post.remote_id for post in bench.standing()] == [found.remote_id]


@pytest.mark.parametrize("kind", ["drop_before", "status"])
def test_lost_request_is_unknown_and_certainly_absent(bench: Bench, account: Platform, kind: str) -> None:
    since, progress, outgoing = begun(), Kept(), bench.outgoing("did it?")
    bench.disturb(kind)
    with pytest.raises(OutcomeUnknown):
        account.publish(outgoing, "key-1", progress)
    assert account.find(outgoing, "key-1", since, progress) is None
    account.publish(outgoing, "key-1", progress)
    assert len(bench.standing()) == 1


def test_older_or_other_posts_are_not_taken_for_the_attempt(bench: Bench, account: Platform) -> None:
    account.publish(bench.outgoing("good morning"), "key-1", Kept())
    account.publish(bench.outgoing("good evening"), "key-2", Kept())
    later = begun() + timedelta(seconds=30)
    assert account.find(bench.outgoing("good morning"), "key-3", later, Kept()) is None
    assert account.find(bench.outgoing("good night"), "key-4", begun() - timedelta(hours=1), Kept()) is None


def test_nobody_there_is_certain(bench: Bench) -> None:
    account = bench.connect(address=unheard())
    for call in (
        lambda: account.publish(bench.outgoing("hello"), "key-1", Kept()),
        lambda: account.find(bench.outgoing("hello"), "key-1", begun(), Kept()),
        account.whoami,
    ):
        with pytest.raises(TryLater):
            call()


def test_rate_limit_is_certain_and_says_when(bench: Bench, account: Platform) -> None:
    bench.disturb("status", status=429, headers={"Retry-After": "30"}, body="{}")
    with pytest.raises(RateLimited) as caught:
        account.publish(bench.outgoing("hello"), "key-1", Kept())
    assert caught.value.after == timedelta(seconds=30)
    assert bench.standing() == []


def test_revoked_token_is_access_lost(bench: Bench, account: Platform) -> None:
    bench.revoke()
    with pytest.raises(AccessLost):
        account.whoami()
    with pytest.raises(AccessLost):
        account.publish(bench.outgoing("hello"), "key-1", Kept())
    with pytest.raises(AccessLost):
        bench.connect(token="never-issued").whoami()


def test_problems_are_known_without_the_network(bench: Bench) -> None:
    account = bench.connect(address=unheard())
    assert account.problems(bench.outgoing("hello")) == []
    long = bench.outgoing("x" * (account.limits.text + 1))
    assert account.length(long) == account.limits.text + 1
    for outgoing in (long, bench.nothing()):
        (problem, *_) = account.problems(outgoing)
        assert not problem.warning
        assert set(re.findall(r"{(\w+)}", problem.sentence)) <= set(problem.params)


def test_picture_stands_with_its_description(bench: Bench, account: Platform, picture: Attachment) -> None:
    since, outgoing = begun(), bench.outgoing("look", media=(picture,))
    assert account.problems(outgoing) == []
    done = account.publish(outgoing, "key-1", Kept())
    (post,) = bench.standing()
    assert post.alts == ("A teal cat",)
    assert account.find(outgoing, "key-1", since, Kept()) == done
    assert account.find(bench.outgoing("look", media=(picture, picture)), "key-1", since, Kept()) is None


@pytest.mark.needs("threads")
def test_chain_stands_in_order(bench: Bench, account: Platform) -> None:
    able(account, "threads")
    done = account.publish(bench.outgoing("one", "two", "three"), "key-1", Kept())
    standing = bench.standing()
    assert [post.text for post in standing] == ["one", "two", "three"]
    assert done.part_ids == tuple(post.remote_id for post in standing)
    assert [post.reply_to for post in standing] == ["", *done.part_ids[:2]]


@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.needs("threads")
def test_chain_that_broke_goes_on_where_it_was(bench: Bench, account: Platform, kind: str, at: int) -> None:
    able(account, "threads")
    since, progress, outgoing = begun(), Kept(), bench.outgoing("one", "two", "three")
    if at:
        bench.disturb("slow", times=at, seconds=0)
    bench.disturb(kind)
    with pytest.raises(OutcomeUnknown):
        account.publish(outgoing, "key-1", progress)
    found = account.find(outgoing, "key-1", since, progress)
    whole = kind == "drop_after" and at == 2
    known = account.standing(progress.saved)
    count = at + (kind == "drop_after")
    assert (known.part_ids if known else ()) == tuple(post.remote_id for post in bench.standing())
    assert len(bench.standing()) == count
    assert (found is not None) == whole
    done = found or account.publish(outgoing, "key-1", progress)
    standing = bench.standing()
    assert [post.text for post in standing] == ["one", "two", "three"]
    assert done.part_ids == tuple(post.remote_id for post in standing)


@pytest.mark.needs("deletes")
def test_deleted_is_gone_and_deleting_again_is_no_error(bench: Bench, account: Platform) -> None:
    able(account, "deletes")
    done = account.publish(bench.outgoing("oops"), "key-1", Kept())
    for _ in range(2):
        able(account, "deletes").delete(done.remote_id)
        assert bench.standing() == []
