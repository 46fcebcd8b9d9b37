"""What stands on a Page, and what is certain when something breaks on the way."""

import json
from datetime import timedelta

import pytest

from platforms.contract import (
    Attachment,
    CannotTell,
    ContentRefused,
    MediaNotReady,
    OutcomeUnknown,
    Outgoing,
    Permanent,
    TryLater,
    Unsupported,
)
from platforms.facebook.adapter import Facebook
from platforms.facebook.videos import MOST_LOOKS
from support.platform_facebook import FacebookBench
from support.platform_progress import Kept
from support.platform_promises import begun

PHOTOS = "POST /facebook/v26.0/1001/photos"


def post(bench: FacebookBench) -> dict[str, object]:
    """The one post that stands."""
    (found,) = bench.page()["posts"]
    return dict(found)


def test_link_is_shown_as_a_preview(bench: FacebookBench, page: Facebook) -> None:
    since, outgoing = begun(), Outgoing(("see",), link="https://example.com/a")
    done = page.publish(outgoing, "k", Kept())
    assert (post(bench)["text"], post(bench)["link"]) == ("see", "https://example.com/a")
    assert page.find(outgoing, "k", since, Kept()) == done


def test_pictures_stand_in_their_order_and_are_uploaded_once(
    bench: FacebookBench, page: Facebook, pictures: tuple[Attachment, ...]
) -> None:
    since, progress, outgoing = begun(), Kept(), Outgoing(("look",), pictures)
    bench.disturb("drop_before")
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "k", progress)
    assert page.find(outgoing, "k", since, progress) is None
    done = page.publish(outgoing, "k", progress)
    (standing,) = bench.standing()
    assert standing.alts == ("All teal", "All red", "All navy")
    assert len(bench.asked(PHOTOS)) == 3
    assert page.find(outgoing, "k", since, Kept()) == done
    assert bench.page()["loose_photos"] == []


def test_pictures_of_the_attempt_are_known_by_their_ids(
    bench: FacebookBench, page: Facebook, pictures: tuple[Attachment, ...]
) -> None:
    outgoing, other = Outgoing(("look",), pictures[:2]), Outgoing(("look",), pictures[1:])
    since, progress = begun(), Kept()
    bench.disturb("drop_before")
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "k", progress)
    page.publish(other, "other", Kept())
    assert page.find(outgoing, "k", since, progress) is None


def test_picture_that_vanished_is_uploaded_again(
    bench: FacebookBench, page: Facebook, pictures: tuple[Attachment, ...]
) -> None:
    progress = Kept({"photo:0": "800000009999"})
    page.publish(Outgoing(("look",), pictures[:1]), "k", progress)
    assert [one.alts for one in bench.standing()] == [("All teal",)]
    assert progress.load("photo:0") != "800000009999"


def test_file_that_is_gone_from_the_archive_is_said(page: Facebook, pictures: tuple[Attachment, ...]) -> None:
    pictures[0].path.unlink()
    with pytest.raises(ContentRefused, match="no longer in the archive"):
        page.publish(Outgoing(("look",), pictures), "k", Kept())


def test_the_same_again_is_looked_up_once_and_then_refused(bench: FacebookBench, page: Facebook) -> None:
    page.publish(Outgoing(("good morning",)), "yesterday", Kept())
    bench.stage("clock", advance=86400)
    since, progress, outgoing = begun() + timedelta(days=1), Kept(), Outgoing(("good morning",))
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "today", progress)
    assert page.find(outgoing, "today", since, progress) is None
    with pytest.raises(ContentRefused, match="mistake"):
        page.publish(outgoing, "today", progress)
    assert len(bench.standing()) == 1


def test_refusal_in_the_networks_words_is_certain(bench: FacebookBench, page: Facebook) -> None:
    with pytest.raises(ContentRefused, match="restricted"):
        page.publish(Outgoing(("x",), link="https://www.facebook.com/x"), "k", Kept())
    assert bench.standing() == []


def test_trouble_after_the_deed_is_unknown_and_found(bench: FacebookBench, page: Facebook) -> None:
    since, progress, outgoing = begun(), Kept(), Outgoing(("x",))
    bench.stage("fail", match="POST *feed", code=1, after=True)
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "k", progress)
    assert page.find(outgoing, "k", since, progress) is not None


def test_chain_is_none_of_facebooks(page: Facebook) -> None:
    with pytest.raises(Unsupported):
        page.publish(Outgoing(("one", "two")), "k", Kept())


def test_what_stands_is_told_though_it_cannot_be_read(bench: FacebookBench, page: Facebook) -> None:
    bench.stage("fail", match="GET */1001_*", code=10)
    done = page.publish(Outgoing(("x",)), "k", Kept())
    assert done.remote_id == bench.standing()[0].remote_id
    assert done.url == f"https://www.facebook.com/{done.remote_id}"


# -- films -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["post", "reel"])
def test_film_stands_with_its_words(bench: FacebookBench, page: Facebook, film: Attachment, format_: str) -> None:
    since, progress, outgoing = begun(), Kept(), Outgoing(("watch",), (film,), format=format_)
    done = page.publish(outgoing, "k", progress)
    (standing,) = bench.standing()
    assert (standing.remote_id, standing.text) == (done.remote_id, "watch")
    assert done.remote_id.startswith("1001_")
    assert page.standing(progress.saved) == done
    assert page.find(outgoing, "k", since, Kept({"video": progress.saved["video"]})) == done


@pytest.mark.parametrize("format_", ["post", "reel"])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "garbage"])
def test_film_whose_last_answer_is_lost_stands_once(
    bench: FacebookBench, page: Facebook, film: Attachment, format_: str, kind: str
) -> None:
    since, progress, outgoing = begun(), Kept(), Outgoing(("watch",), (film,), format=format_)
    edge = "POST *video_reels" if format_ == "reel" else "POST *videos"
    before_the_last = 1 if format_ == "reel" else 4
    bench.disturb("slow", match=edge, times=before_the_last, seconds=0)
    bench.disturb(kind, match=edge)
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "k", progress)
    found = page.find(outgoing, "k", since, progress)
    assert (found is None) == (kind == "drop_before")
    done = found or page.publish(outgoing, "k", progress)
    assert [one.remote_id for one in bench.standing()] == [done.remote_id]
    assert len(bench.page()["videos"]) == 1


@pytest.mark.parametrize("piece", [1, 2, 3])
def test_film_goes_on_where_it_broke_off(bench: FacebookBench, page: Facebook, film: Attachment, piece: int) -> None:
    progress, outgoing = Kept(), Outgoing(("watch",), (film,))
    bench.disturb("slow", match="POST *videos", times=piece, seconds=0)
    bench.disturb("drop_after", match="POST *videos")
    with pytest.raises(TryLater):
        page.publish(outgoing, "k", progress)
    page.publish(outgoing, "k", progress)
    assert len(bench.page()["videos"]) == 1
    assert len(bench.standing()) == 1


def test_reel_goes_on_where_it_broke_off(bench: FacebookBench, page: Facebook, film: Attachment) -> None:
    progress, outgoing = Kept(), Outgoing(("watch",), (film,), format="reel")
    bench.disturb("drop_after", match="POST /rupload/*")
    with pytest.raises(TryLater):
        page.publish(outgoing, "k", progress)
    page.publish(outgoing, "k", progress)
    assert len(bench.asked("POST /rupload/*")) == 1
    assert len(bench.standing()) == 1


def test_upload_that_facebook_forgot_begins_anew(bench: FacebookBench, page: Facebook, film: Attachment) -> None:
    progress = Kept({"video": "700000009999", "upload": "600000009999", "wanted": "1048576-2097152"})
    page.publish(Outgoing(("watch",), (film,)), "k", progress)
    assert len(bench.standing()) == 1


def test_film_is_not_called_published_before_it_is(bench: FacebookBench, page: Facebook, film: Attachment) -> None:
    bench.stage("clock", stopped=True)
    bench.stage("settings", video_seconds=60)
    since, progress, outgoing = begun(), Kept(), Outgoing(("watch",), (film,))
    for _ in range(2):
        with pytest.raises(MediaNotReady) as caught:
            page.publish(outgoing, "k", progress)
        assert caught.value.after
    with pytest.raises(TryLater):
        page.find(outgoing, "k", since, progress)
    assert page.standing(progress.saved) is None
    bench.stage("clock", advance=61)
    done = page.publish(outgoing, "k", progress)
    assert [one.remote_id for one in bench.standing()] == [done.remote_id]


def test_film_that_takes_too_long_is_unsure_and_never_sent_again(
    bench: FacebookBench, page: Facebook, film: Attachment
) -> None:
    bench.stage("settings", video_seconds=86400)
    progress, outgoing = Kept(), Outgoing(("watch",), (film,))
    for _ in range(MOST_LOOKS):
        with pytest.raises(MediaNotReady):
            page.publish(outgoing, "k", progress)
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "k", progress)
    assert len(bench.page()["videos"]) == 1


def test_film_that_facebook_took_and_lost_is_a_members_to_judge(
    bench: FacebookBench, page: Facebook, film: Attachment
) -> None:
    bench.stage("clock", stopped=True)
    bench.stage("settings", video_seconds=60)
    since, progress, outgoing = begun(), Kept(), Outgoing(("watch",), (film,))
    with pytest.raises(MediaNotReady):
        page.publish(outgoing, "k", progress)
    page.delete(progress.saved["video"])
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "k", progress)
    with pytest.raises(CannotTell):
        page.find(outgoing, "k", since, progress)
    with pytest.raises(MediaNotReady):
        page.publish(outgoing, "k", progress)
    assert len(bench.page()["videos"]) == 1


def test_film_that_fails_is_refused_and_may_be_tried_again(
    bench: FacebookBench, page: Facebook, film: Attachment
) -> None:
    progress, outgoing = Kept(), Outgoing(("watch",), (film,), format="reel")
    bench.stage("settings", video_fails=True)
    with pytest.raises(ContentRefused, match="not supported"):
        page.publish(outgoing, "k", progress)
    bench.stage("settings", video_fails=False)
    page.publish(outgoing, "k", progress)
    assert len(bench.standing()) == 1


@pytest.mark.parametrize("offsets", [(-5, 10), (5, 1), (0, 10**12), ("1-2", 3), (None, 1), (True, 1)])
def test_pieces_that_the_film_has_not_are_never_sent(
    bench: FacebookBench, page: Facebook, film: Attachment, offsets: tuple[object, object]
) -> None:
    begun_film = {"video_id": "7", "upload_session_id": "8", "start_offset": offsets[0], "end_offset": offsets[1]}
    bench.disturb("status", match="POST *videos", status=200, body=json.dumps(begun_film))
    with pytest.raises(TryLater):
        page.publish(Outgoing(("watch",), (film,)), "k", Kept())


def test_film_that_was_taken_is_never_refused_because_it_may_not_be_looked_at(
    bench: FacebookBench, page: Facebook, film: Attachment
) -> None:
    progress, outgoing = Kept(), Outgoing(("watch",), (film,))
    bench.stage("settings", video_seconds=600)
    with pytest.raises(MediaNotReady):
        page.publish(outgoing, "k", progress)
    bench.stage("fail", match="GET *", code=10)
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "k", progress)


def test_spent_quota_of_reels_is_waited_for(bench: FacebookBench, page: Facebook, film: Attachment) -> None:
    bench.stage("settings", reels_a_day=0)
    with pytest.raises(TryLater) as caught:
        page.publish(Outgoing(("watch",), (film,), format="reel"), "k", Kept())
    assert caught.value.after


# -- stories ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["picture", "film"])
def test_story_stands_and_is_found(
    bench: FacebookBench, page: Facebook, film: Attachment, pictures: tuple[Attachment, ...], kind: str
) -> None:
    since, progress = begun(), Kept()
    outgoing = Outgoing((), (film if kind == "film" else pictures[0],), format="story")
    bench.disturb("slow", match="POST *video_stories", seconds=0)
    bench.disturb("drop_after", match="POST *_stories")
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "k", progress)
    found = page.find(outgoing, "k", since, progress)
    assert found is not None
    assert found.url.startswith("http")
    assert len(bench.page()["stories"]) == 1


def test_story_that_was_never_told_is_absent(
    bench: FacebookBench, page: Facebook, pictures: tuple[Attachment, ...]
) -> None:
    since, progress, outgoing = begun(), Kept(), Outgoing((), pictures[:1], format="story")
    bench.disturb("drop_before", match="POST *photo_stories")
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "k", progress)
    assert page.find(outgoing, "k", since, progress) is None
    done = page.publish(outgoing, "k", progress)
    assert page.standing(progress.saved) == done
    assert len(bench.page()["stories"]) == 1


# -- comments of ours --------------------------------------------------------------------------------------------------


def test_first_comment_stands_under_the_post(
    bench: FacebookBench, page: Facebook, pictures: tuple[Attachment, ...]
) -> None:
    above = page.publish(Outgoing(("post",)), "k", Kept())
    since, outgoing = begun(), Outgoing(("more",), pictures[:1], reply_to=above.remote_id)
    bench.disturb("drop_after", match="POST *comments")
    with pytest.raises(OutcomeUnknown):
        page.publish(outgoing, "c", Kept())
    found = page.find(outgoing, "c", since, Kept())
    assert found is not None
    ((comment, under),) = bench.said()
    assert (comment["id"], comment["text"], under) == (found.remote_id, "more", above.remote_id)
    assert comment["attachment"]


def test_reply_to_a_reply_is_found_beside_it(bench: FacebookBench, page: Facebook) -> None:
    question = bench.says("question")
    reply = bench.says("and another", reply_to=question)
    since, outgoing = begun(), Outgoing(("answer",), reply_to=reply)
    done = page.publish(outgoing, "c", Kept())
    assert page.find(outgoing, "c", since, Kept()) == done


def test_answer_under_a_deleted_comment_is_certainly_absent(bench: FacebookBench, page: Facebook) -> None:
    question = bench.says("question")
    bench.deletes(question)
    outgoing = Outgoing(("answer",), reply_to=question)
    assert page.find(outgoing, "c", begun(), Kept()) is None
    with pytest.raises(Permanent):
        page.publish(outgoing, "c", Kept())
