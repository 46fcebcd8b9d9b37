"""The process is killed at every step of the intake and of the delivery machine: nothing is lost, nothing doubled."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import col, select

from models.audit import chain
from models.delivery import Delivery, DeliveryState
from models.inbound import Inbound, InboundState
from models.store import Store
from support.chaos_desk import Supervised
from support.chaos_story import Story
from support.world import World, world_in

#: Steps of the intake and the worker, of a delivery, of the collector.
STEPS = ("stored", "read", "deciding", "handled", "claimed", "sent", "recorded", "collected")
#: Steps that are only taken when an answer of the network was lost.
LOST = ("lost", "looking", "looked", "settled")
#: Comments after which a campaign gives up waiting for its last death.
MOST_COMMENTS = 40


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with world_in(tmp_path) as made:
        yield made


def assert_whole(world: World, story: Story) -> None:
    """Each post exactly once on the network, each comment exactly once in each chat, and nothing left hanging."""
    assert len(story.published()) == 1
    assert len([s for s in story.nora.timeline("acme_it") if "chaos" in s["text"]]) == 1
    for text in story.comments:
        assert len(story.in_slack(text)) == 1, text
        assert len(story.in_telegram(text)) == 1, text
    store = Store(f"sqlite:///{world.folder / 'data' / 'bottega.db'}")
    with store.read() as session:
        assert chain(session).broken_at is None
        assert not session.exec(select(Inbound).where(Inbound.state != InboundState.DONE)).all()
        ends = (DeliveryState.FAILED, DeliveryState.CANCELLED)
        assert not session.exec(select(Delivery).where(col(Delivery.state).in_(ends))).all()
    store.close()


def campaign(world: World, deaths: list[tuple[str, int]]) -> None:
    """The story, with comments until the last death is behind us; then everything is counted."""
    story = Story(world)
    with Supervised(world.config(), deaths) as desk:
        story.told()
        while desk.deaths_left and len(story.comments) < MOST_COMMENTS:
            story.comment()
        assert not desk.deaths_left, f"{desk.deaths_left} deaths never came"
        assert desk.kills == len(deaths)
        assert_whole(world, story)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("nth", [1, 2])
def test_deaths_right_after_every_step_lose_nothing_and_double_nothing(world: World, nth: int) -> None:
    order = STEPS if nth % 2 else STEPS[::-1]
    campaign(world, [(step, nth) for step in order])


@pytest.mark.timeout(600)
def test_deaths_while_a_lost_answer_is_settled_double_nothing(world: World) -> None:
    world.mastodon.fault("POST /api/v1/statuses", "drop_after", times=2)
    campaign(world, [(step, 1) for step in LOST])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("chat", ["slack", "telegram", "mastodon"])
def test_a_death_while_a_request_is_under_way_doubles_nothing(world: World, chat: str) -> None:
    stage, request = {
        "slack": (world.slack, "POST /api/chat.postMessage"),
        "telegram": (world.telegram, "POST /bot*/sendMessage"),
        "mastodon": (world.mastodon, "POST /api/v1/statuses"),
    }[chat]
    story = Story(world)
    stage.fault(request, "slow", seconds=0.5)
    with Supervised(world.config()) as desk:

        def kill_when_it_has_left() -> None:
            if desk.kills == 0 and stage.requests(request):
                desk.kill()

        story.watching = kill_when_it_has_left
        story.told()
        assert desk.kills == 1
        assert_whole(world, story)
