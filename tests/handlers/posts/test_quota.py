"""A day's quota that is used up holds an account's publications, in their order, and nothing else of it."""

from datetime import timedelta
from typing import Any

from models.delivery import DeliveryState
from support.bench import DeskBench
from support.meta_bench import add_threads
from support.posts import published
from support.stage import Stage


def texts(meta: Stage) -> list[str]:
    """What stands on Threads, oldest first."""
    posts: list[dict[str, Any]] = meta.state()["threads"]["profiles"][0]["posts"]
    return [post["text"] for post in reversed(posts)]


def test_on_a_full_day_posts_wait_in_their_order_while_other_acts_go_on(bench: DeskBench, meta: Stage) -> None:
    add_threads(bench, meta)
    meta.act("settings", threads_quota=1)
    for text in ("One", "Two", "Three"):
        published(bench, text, accounts=("threads",))
    assert texts(meta) == ["One"]
    assert "waiting: Threads takes 1 posts within 24 hours, and they are used up. Next try" in bench.shown("P2")
    bench.press("Bruno", "Delete on Threads", "U1")
    assert texts(meta) == [], "an order behind the two that wait is carried out"
    bench.wait(timedelta(minutes=30))
    assert [d.state for d in bench.deliveries()] == [DeliveryState.DONE, DeliveryState.WAITING, DeliveryState.WAITING]
    meta.act("settings", threads_quota=250)
    bench.wait(timedelta(minutes=31))
    bench.wait(timedelta(minutes=5))
    assert texts(meta) == ["Two", "Three"]
