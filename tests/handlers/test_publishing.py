"""A post's way to the network, and every end of it."""

from datetime import timedelta

from support.bench import DeskBench

from models.delivery import DeliveryState
from models.post import PostState


def drafted(bench: DeskBench, text: str = "Hello, world", *, accounts: tuple[str, ...] = ("acme",)) -> None:
    bench.say("Ada", f"post {text}")
    bench.fill("Ada", bench.form, accounts=accounts)


def approved(bench: DeskBench, text: str = "Hello, world", *, accounts: tuple[str, ...] = ("acme",)) -> None:
    drafted(bench, text, accounts=accounts)
    bench.press("Ada", "Submit", "P1")
    bench.press("Bruno", "Approve", "P1")


def test_an_approved_post_is_published_where_it_should_and_nowhere_else(bench: DeskBench) -> None:
    approved(bench)
    bench.press("Bruno", "Publish now", "P1")
    assert [s["text"] for s in bench.public("acme")] == ["Hello, world"]
    assert bench.public("acme_it") == []
    assert bench.post().state == PostState.PUBLISHED
    assert bench.deliveries()[0].state == DeliveryState.DONE
    url = bench.public("acme")[0]["url"]
    assert f"P1 stands on acme: {url}" in bench.told()[-1]
    assert f"P1 stands on acme: {url}" in bench.told(chat="telegram")[-1]
    assert any(b.url == url for b in bench.card("P1").buttons)


def test_a_scheduled_post_leaves_at_its_hour_and_not_before(bench: DeskBench) -> None:
    approved(bench)
    bench.say("Bruno", "schedule P1 tomorrow 9:30")
    assert "Tue 24 Nov 2026, 09:30 (Europe/Rome)" in bench.whispered("Bruno")
    bench.wait(timedelta(hours=23, minutes=29))
    assert bench.public() == []
    bench.wait(timedelta(minutes=1))
    assert len(bench.public()) == 1
