"""The measurer: numbers of publications over time, bounded, and without a word where nothing is to be said."""

import asyncio
from datetime import timedelta

import pytest

from bot.measurer import Measurer
from models.measurement import Measurement
from models.publication import Publication
from support.duties import at_work
from support.inbox_bench import InboxBench
from support.posts import published

HOUR = timedelta(hours=1)
#: The network's clock runs while the desk's stands still.
LATER = HOUR + timedelta(minutes=1)
COUNTING = "GET /api/v1/statuses/*"


def measurer(desk: InboxBench) -> Measurer:
    return Measurer(desk.store, desk.setup, desk.clock, desk.wake)


def look(desk: InboxBench, measuring: Measurer) -> int:
    """One look; returns how many were due."""
    waiting = measuring.waiting()
    for account, publications in waiting.items():
        measuring.measure(account, publications)
    desk.deliver()
    return sum(len(publications) for publications in waiting.values())


def standing(desk: InboxBench) -> Publication:
    [publication] = desk.rows(Publication)
    return publication


def test_numbers_come_with_the_hours_and_stand_on_the_card(desk: InboxBench) -> None:
    published(desk, "We bake at dawn.")
    measuring = measurer(desk)
    assert look(desk, measuring) == 0
    remote_id = standing(desk).remote_id
    desk.wait(LATER)
    desk.nora.favourite(remote_id)
    assert look(desk, measuring) == 1
    assert "Numbers on acme: reactions 1 · comments 0 · shares 0" in desk.shown("P1")
    assert look(desk, measuring) == 0
    desk.wait(LATER)
    desk.oleg.favourite(remote_id)
    desk.oleg.boost(remote_id)
    assert look(desk, measuring) == 1
    assert "Numbers on acme: reactions 2 · comments 0 · shares 1" in desk.shown("P1")
    rows = desk.rows(Measurement)
    assert [(row.likes, row.reposts, row.views) for row in rows] == [(1, 0, None), (2, 1, None)]
    assert rows[1].at - rows[0].at == LATER


def test_a_card_whose_numbers_did_not_change_is_left_alone(desk: InboxBench) -> None:
    published(desk, "We bake at dawn.")
    measuring = measurer(desk)
    desk.wait(LATER)
    look(desk, measuring)
    before = len(desk.sheet("P1").versions)
    desk.wait(LATER)
    assert look(desk, measuring) == 1
    assert len(desk.sheet("P1").versions) == before
    assert len(desk.rows(Measurement)) == 2


def test_a_network_in_trouble_is_left_alone_and_asked_later(desk: InboxBench) -> None:
    published(desk, "We bake at dawn.")
    measuring = measurer(desk)
    desk.wait(LATER)
    desk.mastodon.fault(COUNTING, "status", status=429, headers={"Retry-After": "1200"})
    assert look(desk, measuring) == 1
    assert desk.rows(Measurement) == []
    assert look(desk, measuring) == 0
    desk.wait(timedelta(minutes=19))
    assert look(desk, measuring) == 0
    desk.wait(timedelta(minutes=2))
    assert look(desk, measuring) == 1
    assert len(desk.rows(Measurement)) == 1


def test_what_was_taken_down_is_not_measured_any_more(desk: InboxBench) -> None:
    published(desk, "We bake at dawn.")
    measuring = measurer(desk)
    desk.wait(LATER)
    waiting = measuring.waiting()
    desk.act(desk.pressed("Bruno", desk.button("Delete on acme", "U1")))
    measuring.measure("acme", waiting["acme"])
    assert desk.rows(Measurement) == []
    assert standing(desk).measure_at is None


def test_what_the_network_does_not_tell_is_asked_again_at_the_next_hour(
    desk: InboxBench, capsys: pytest.CaptureFixture[str]
) -> None:
    published(desk, "We bake at dawn.")
    measuring = measurer(desk)
    desk.wait(LATER)
    desk.mastodon.fault(COUNTING, "status", status=404, body='{"error": "Record not found"}')
    assert look(desk, measuring) == 1
    assert desk.rows(Measurement) == []
    publication = standing(desk)
    assert publication.measure_at is not None
    assert publication.published_at is not None
    assert publication.measure_at - publication.published_at == 2 * HOUR


def test_one_process_measures_for_as_long_as_it_leads(desk: InboxBench) -> None:
    published(desk, "We bake at dawn.")
    desk.wait(LATER)
    measuring = measurer(desk)

    async def story() -> None:
        async with at_work([measuring.duty]):
            end = asyncio.get_running_loop().time() + 10
            while not await asyncio.to_thread(desk.rows, Measurement):
                assert asyncio.get_running_loop().time() < end, "it was not measured"
                await asyncio.sleep(0.02)

    asyncio.run(story())
    assert desk.woken > 0
