"""Pictures, carousels, reels and stories stand once on the pretend Instagram, whatever happens on the way."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from platforms.contract import (
    Attachment,
    CannotTell,
    ContentRefused,
    MediaNotReady,
    OutcomeUnknown,
    Outgoing,
    Published,
    RateLimited,
    Unsupported,
)
from platforms.graph.containers import LOOKS
from platforms.instagram.adapter import Instagram
from support.platform_instagram import InstagramBench
from support.platform_progress import Kept
from support.platform_promises import begun


def patiently(account: Instagram, outgoing: Outgoing, progress: Kept) -> Published:
    """Publish as the outbox does, attempt after attempt."""
    for _ in range(5):
        try:
            return account.publish(outgoing, "key-1", progress)
        except MediaNotReady:
            continue
    raise AssertionError("it was never ready")


def only(bench: InstagramBench) -> Any:
    """The one publication that stands."""
    (media,) = bench.account()["media"]
    return media


def test_one_film_stands_as_a_reel_in_the_feed_too(bench: InstagramBench, account: Instagram, film: Attachment) -> None:
    for form in ("post", "reel"):
        outgoing = Outgoing(("run!",), (film,), format=form)
        assert account.problems(outgoing) == []
        done = patiently(account, outgoing, Kept())
        newest = bench.account()["media"][0]
        assert (newest["id"], newest["product"], newest["type"]) == (done.remote_id, "REELS", "VIDEO")
    asked = [request["body"] for request in bench.asked("POST */media")]
    assert ["share_to_feed=true" in body for body in asked] == [True, False]


def test_carousel_stands_in_order_with_its_descriptions(
    bench: InstagramBench, account: Instagram, pictures: tuple[Attachment, ...], film: Attachment
) -> None:
    since, outgoing, progress = begun(), Outgoing(("look",), (*pictures, film)), Kept()
    done = patiently(account, outgoing, progress)
    media = only(bench)
    assert media["type"] == "CAROUSEL_ALBUM"
    assert [file["alt"] for file in media["files"]] == ["All teal", "All red", "All navy", ""]
    assert account.find(outgoing, "key-1", since, Kept()) == done
    assert account.find(replace(outgoing, media=pictures), "key-1", since, Kept()) is None


def test_story_stands_and_is_found(bench: InstagramBench, account: Instagram, pictures: tuple[Attachment, ...]) -> None:
    since, progress = begun(), Kept()
    outgoing = Outgoing(("",), pictures[:1], format="story")
    bench.disturb("drop_after")
    with pytest.raises(OutcomeUnknown):
        account.publish(outgoing, "key-1", progress)
    found = account.find(outgoing, "key-1", since, progress)
    assert found is not None
    assert (only(bench)["id"], only(bench)["product"]) == (found.remote_id, "STORY")
    with pytest.raises(CannotTell):
        bench.connect().find(outgoing, "key-2", since, Kept())


def test_containers_are_made_once_and_waited_for(bench: InstagramBench, account: Instagram, film: Attachment) -> None:
    bench.stage("settings", video_polls=3)
    progress = Kept()
    patiently(account, Outgoing(("slow",), (film,)), progress)
    assert len(bench.asked("POST */media")) == 1
    assert len(bench.asked("POST */media_publish")) == 1


def test_after_five_minutes_it_is_given_up_and_a_retry_goes_on(
    bench: InstagramBench, account: Instagram, film: Attachment
) -> None:
    bench.stage("settings", video_polls=LOOKS)
    progress, outgoing = Kept(), Outgoing(("slow",), (film,))
    for _ in range(LOOKS - 1):
        with pytest.raises(MediaNotReady) as caught:
            account.publish(outgoing, "key-1", progress)
        assert caught.value.after == timedelta(minutes=1)
    with pytest.raises(ContentRefused, match="five minutes"):
        account.publish(outgoing, "key-1", progress)
    account.publish(outgoing, "key-1", progress)
    assert len(bench.asked("POST */media")) == 1
    assert only(bench)["text"] == "slow"


def test_film_that_cannot_be_read_is_refused_with_the_networks_words(
    bench: InstagramBench, account: Instagram, film: Attachment
) -> None:
    film.path.write_bytes(b"no film at all")
    progress, outgoing = Kept(), Outgoing(("odd",), (film,))
    with pytest.raises(MediaNotReady):
        account.publish(outgoing, "key-1", progress)
    with pytest.raises(ContentRefused, match="2207026"):
        account.publish(outgoing, "key-1", progress)
    assert bench.account()["media"] == []


def test_expired_container_is_made_anew(bench: InstagramBench, account: Instagram) -> None:
    progress, outgoing = Kept(), bench.outgoing("patience")
    bench.stage("settings", container_polls=1)
    with pytest.raises(MediaNotReady):
        account.publish(outgoing, "key-1", progress)
    bench.stage("clock", advance=25 * 3600)
    with pytest.raises(MediaNotReady, match="expired"):
        account.publish(outgoing, "key-1", progress)
    bench.stage("settings", container_polls=0)
    account.publish(outgoing, "key-1", progress)
    assert only(bench)["text"] == "patience"


@pytest.mark.parametrize("kind", ["drop_after", "status"])
def test_lost_answer_is_asked_of_the_container_and_never_published_twice(
    bench: InstagramBench, account: Instagram, kind: str
) -> None:
    """Also where the look-up was left out, as after a restart."""
    progress, outgoing = Kept(), bench.outgoing("once")
    bench.disturb(kind)
    with pytest.raises(OutcomeUnknown):
        account.publish(outgoing, "key-1", progress)
    done = account.publish(outgoing, "key-1", progress)
    assert only(bench)["id"] == done.remote_id


def test_what_stands_is_recorded_though_it_cannot_be_read(bench: InstagramBench, account: Instagram) -> None:
    progress = Kept()
    account.whoami()
    bench.disturb("status", match="GET /facebook/v26.0/179*", times=3)
    done = account.publish(bench.outgoing("blind"), "key-1", progress)
    assert done.url == "https://www.instagram.com/acme/"
    assert only(bench)["id"] == done.remote_id
    known = account.standing(progress.saved)
    assert known is not None
    assert known.remote_id == done.remote_id


def test_full_day_is_said_and_waits(bench: InstagramBench, account: Instagram) -> None:
    bench.stage("settings", instagram_quota=1)
    account.publish(bench.outgoing("first"), "key-1", Kept())
    made = len(bench.asked("POST */media"))
    with pytest.raises(RateLimited) as caught:
        account.publish(bench.outgoing("second"), "key-2", Kept())
    assert caught.value.after == timedelta(hours=1)
    assert len(bench.asked("POST */media")) == made, "no container is wasted"
    (problem,) = account.problems(bench.outgoing("second"))
    assert problem.warning
    assert "1 posts" in problem.sentence.format(**problem.params)
    assert account.problems(bench.outgoing("thanks", reply_to="1")) == []


def test_without_a_shelf_nothing_is_asked(bench: InstagramBench) -> None:
    account = InstagramBench(bench.address).connect()
    outgoing = bench.outgoing("hello")
    (problem,) = account.problems(outgoing)
    assert "public_url" in problem.sentence
    with pytest.raises(Unsupported):
        account.publish(outgoing, "key-1", Kept())
    assert bench.account()["containers"] == []


def test_picture_that_cannot_be_fetched_is_refused(bench: InstagramBench, account: Instagram) -> None:
    outgoing = bench.outgoing("gone")
    (file,) = outgoing.media
    with pytest.raises(ContentRefused, match="fetched"):
        account.publish(
            replace(outgoing, media=(replace(file, path=file.path.with_name("gone.jpeg")),)), "key-1", Kept()
        )


def test_same_words_published_for_another_key_are_not_taken_for_the_attempt(
    bench: InstagramBench, account: Instagram
) -> None:
    since, outgoing = begun(), bench.outgoing("good morning")
    account.publish(outgoing, "key-1", Kept())
    assert account.find(outgoing, "key-2", since, Kept()) is None


def test_instagram_login_publishes_and_finds_too(bench: InstagramBench) -> None:
    account = bench.by_login()
    who = account.whoami()
    assert (who.handle, who.remote_id) == ("acme", "17841400000000001")
    since, outgoing = begun(), bench.outgoing("by login")
    done = account.publish(outgoing, "key-1", Kept())
    assert account.find(outgoing, "key-1", since, Kept()) == done
    assert not account.can.deletes
    with pytest.raises(Unsupported):
        account.delete(done.remote_id)
