"""A desk restored from a copy posts nothing twice, and nothing at all before a member has looked."""

from datetime import timedelta
from pathlib import Path

import pytest

from models.delivery import RESTORED, DeliveryState
from models.post import PostState
from support.bench import DeskBench
from support.earlier import copied
from support.inbox_bench import InboxBench
from support.paper import words
from support.posts import approved, published

HOUR = timedelta(hours=1)


def scheduled(bench: DeskBench, text: str, hours: int) -> str:
    code = approved(bench, text)
    bench.say("Bruno", f"schedule {code} in {hours} hours")
    return code


@pytest.mark.parametrize("after", [2 * HOUR, timedelta(days=3)])
def test_what_has_left_since_the_copy_is_found_and_not_sent_again(
    bench: DeskBench, tmp_path: Path, after: timedelta
) -> None:
    due, early = scheduled(bench, "Due", 1), scheduled(bench, "For later", 24 * 7)
    back = copied(bench, tmp_path / "copy.db")
    bench.wait(HOUR)
    bench.press("Bruno", "Publish now", early)
    bench.wait(after)
    assert len(bench.public()) == 2
    back()
    bench.wait(timedelta(minutes=1))
    assert [bench.post(code).state for code in (due, early)] == [PostState.PUBLISHED] * 2
    bench.say("Bruno", "resume")
    bench.wait(timedelta(days=8))
    assert len(bench.public()) == 2


def test_what_has_not_left_keeps_its_hour_and_waits_for_a_member(bench: DeskBench, tmp_path: Path) -> None:
    code = scheduled(bench, "Later", 5)
    copied(bench, tmp_path / "copy.db")()
    bench.wait(timedelta(minutes=1))
    [delivery] = bench.deliveries()
    assert (delivery.state, delivery.due_at) == (DeliveryState.WAITING, bench.post(code).due_at)
    bench.wait(5 * HOUR)
    assert bench.deliveries()[0].state == DeliveryState.HELD
    assert bench.public() == []
    bench.say("Bruno", "resume everything")
    bench.wait(timedelta(minutes=1))
    assert bench.post(code).state == PostState.PUBLISHED
    assert len(bench.public()) == 1


def test_what_is_long_overdue_is_asked_about_after_the_resume(bench: DeskBench, tmp_path: Path) -> None:
    code = scheduled(bench, "Yesterday's news", 1)
    back = copied(bench, tmp_path / "copy.db")
    bench.now += timedelta(days=1)
    bench.mastodon.act("clock", advance=86400)
    back()
    bench.wait(timedelta(minutes=1))
    bench.say("Bruno", "resume everything")
    bench.wait(timedelta(minutes=1))
    assert bench.public() == []
    assert f"{code} should have gone out" in bench.told()[-1]


def test_both_rooms_learn_what_happened_and_who_publishes_resumes(bench: DeskBench, tmp_path: Path) -> None:
    copied(bench, tmp_path / "copy.db")()
    for paper in bench.papers.values():
        assert "I was restored from a copy of" in words(paper.sheets[-1].card)
    assert bench.actions("everything") == ["restored"]
    bench.say("Bruno", "stop")
    assert "stopped by Bottega" in bench.whispered("Bruno")
    approved(bench)
    bench.press("Bruno", "Publish now", "P1")
    assert "was stopped by Bottega" in bench.whispered("Bruno")


def test_where_the_network_does_not_tell_a_member_is_asked_with_the_reason(bench: DeskBench, tmp_path: Path) -> None:
    code = scheduled(bench, "Later", 5)
    back = copied(bench, tmp_path / "copy.db")
    bench.mastodon.fault("GET /api/v1/accounts/*/statuses", "status", status=403, times=50, body='{"error": "No"}')
    back()
    bench.wait(timedelta(minutes=1))
    [delivery] = bench.deliveries()
    assert (delivery.state, delivery.error) == (DeliveryState.UNSURE, RESTORED)
    assert f"I was restored from a copy, {code} may have gone out on acme since" in bench.told()[-1]
    bench.press("Bruno", "It is not, send it", "U1")
    assert bench.deliveries()[0].due_at == bench.post(code).due_at


def test_a_reply_that_went_out_since_is_not_sent_again(desk: InboxBench, tmp_path: Path) -> None:
    desk.commented()
    desk.preview()
    desk.mastodon.fault("POST /api/v1/statuses", "status", status=503, body="")
    desk.press_aside("Send", "Chiara")
    back = copied(desk, tmp_path / "copy.db")
    desk.wait(HOUR)
    assert len(desk.public()) == 1
    back()
    desk.wait(HOUR)
    assert len(desk.public()) == 1
    assert desk.deliveries("reply")[0].state == DeliveryState.DONE


def test_what_stood_already_stays_as_it_is(bench: DeskBench, tmp_path: Path) -> None:
    code = published(bench)
    copied(bench, tmp_path / "copy.db")()
    bench.wait(HOUR)
    assert bench.post(code).state == PostState.PUBLISHED
    assert len(bench.public()) == 1
